package ldap

import (
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// Entry is one person as the directory knows them. Empty means that the directory doesn't say.
type Entry struct {
	DN               string
	UID              string
	Name, NameEn     string
	Title, TitleEn   string
	Department       string // the unit's ou
	DepartmentName   string
	DepartmentNameEn string
	Mail, Phone      string
	Manager          string   // uid of the superior
	Substitute       string   // uid of the one who stands in
	Duties           []string // by the configured groups; sorted
	Groups           []string // cn of every group they are in, through other groups too; sorted
}

// Unit is one department, or one bureau above it.
type Unit struct {
	OU           string
	Name, NameEn string
	Parent       string // ou of the unit above, empty at the top
}

var (
	personAttributes = []string{"uid", "cn", "cn;lang-en", "title", "title;lang-en", "departmentNumber", "mail",
		"telephoneNumber", "manager", "secretary"}
	unitAttributes  = []string{"ou", "description", "description;lang-en", "seeAlso"}
	groupAttributes = []string{"cn", "member", "uniqueMember", "memberUid"}
)

func personFrom(e *ldap.Entry) Entry {
	get := e.GetEqualFoldAttributeValue
	return Entry{
		DN: e.DN, UID: get("uid"),
		Name: get("cn"), NameEn: get("cn;lang-en"),
		Title: get("title"), TitleEn: get("title;lang-en"),
		Department: get("departmentNumber"),
		Mail:       get("mail"), Phone: get("telephoneNumber"),
		// DNs until somebody resolves them
		Manager: get("manager"), Substitute: get("secretary"),
	}
}

func unitFrom(e *ldap.Entry) Unit {
	get := e.GetEqualFoldAttributeValue
	return Unit{OU: get("ou"), Name: get("description"), NameEn: get("description;lang-en"), Parent: first(get("seeAlso"), "ou")}
}

// in fills the unit's names into the person.
func (e *Entry) in(u Unit) { e.DepartmentName, e.DepartmentNameEn = u.Name, u.NameEn }

// has notes the groups, given by cn, and the duties that they bring.
func (e *Entry) has(groups []string, duties map[string]string) {
	e.Groups, e.Duties = groups, nil
	for _, group := range groups {
		if duty := duties[strings.ToLower(group)]; duty != "" {
			e.Duties = append(e.Duties, duty)
		}
	}
	slices.Sort(e.Groups)
	slices.Sort(e.Duties)
	e.Groups, e.Duties = slices.Compact(e.Groups), slices.Compact(e.Duties)
}

// first gives the value of the DN's first part when that is of the attribute asked for.
func first(dn, attribute string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil || len(parsed.RDNs) == 0 {
		return ""
	}
	for _, part := range parsed.RDNs[0].Attributes {
		if strings.EqualFold(part.Type, attribute) {
			return part.Value
		}
	}
	return ""
}

// same is a DN in the one form in which two spellings of it are equal.
func same(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return strings.ToLower(dn)
	}
	return strings.ToLower(parsed.String())
}
