package directory

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// entry is one object of the directory. Attribute names may carry an option, as cn;lang-en.
type entry struct {
	dn         string
	attributes []attribute
}

type attribute struct {
	name   string
	values []string
}

// add notes the values that aren't empty.
func (e *entry) add(name string, values ...string) {
	values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
	if len(values) > 0 {
		e.attributes = append(e.attributes, attribute{name, values})
	}
}

// values of the attribute and of its variants with options.
func (e *entry) values(name string) []string {
	var all []string
	for _, a := range e.attributes {
		if a.answers(name) {
			all = append(all, a.values...)
		}
	}
	return all
}

func (a attribute) answers(name string) bool {
	return strings.EqualFold(a.name, name) || len(a.name) > len(name) && a.name[len(name)] == ';' && strings.EqualFold(a.name[:len(name)], name)
}

func (e *entry) is(class string) bool { return slices.Contains(e.values("objectClass"), class) }

// Set replaces all people and units, from the next search on.
func (s *Server) Set(people []Person, units []Unit) error {
	entries, err := build(people, units)
	if err != nil {
		return err
	}
	byDN := make(map[string]*entry, len(entries))
	for _, e := range entries {
		if byDN[same(e.dn)] != nil {
			return fmt.Errorf("%s stands twice", e.dn)
		}
		byDN[same(e.dn)] = e
	}
	for _, e := range entries {
		for _, pointer := range []string{"manager", "secretary", "seeAlso", "member"} {
			for _, dn := range e.values(pointer) {
				if byDN[same(dn)] == nil {
					return fmt.Errorf("%s: %s points to %s, which isn't there", e.dn, pointer, dn)
				}
			}
		}
		if ou := e.values("departmentNumber"); len(ou) > 0 && byDN[same(unitDN(ou[0]))] == nil {
			return fmt.Errorf("%s is in %s, which isn't there", e.dn, ou[0])
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries, s.byDN = entries, byDN
	return nil
}

func build(people []Person, units []Unit) ([]*entry, error) {
	root := &entry{dn: BaseDN}
	root.add("objectClass", "top", "domain")
	root.add("dc", "city")
	entries := []*entry{root}
	for _, ou := range []string{"people", "units", "groups"} {
		e := &entry{dn: "ou=" + ou + "," + BaseDN}
		e.add("objectClass", "top", "organizationalUnit")
		e.add("ou", ou)
		entries = append(entries, e)
	}
	for _, u := range units {
		entries = append(entries, u.entry())
	}
	members := map[string][]string{}
	for _, p := range people {
		if p.UID == "" || p.Name == "" {
			return nil, fmt.Errorf("a person without uid or name: %+v", p)
		}
		entries = append(entries, p.entry())
		for _, duty := range p.Duties {
			if Groups[duty] == "" {
				return nil, fmt.Errorf("%s: no group gives the duty %q", p.UID, duty)
			}
			members[Groups[duty]] = append(members[Groups[duty]], personDN(p.UID))
		}
	}
	for _, cn := range Groups {
		e := &entry{dn: "cn=" + cn + ",ou=groups," + BaseDN}
		e.add("objectClass", "top", "groupOfNames")
		e.add("cn", cn)
		e.add("member", members[cn]...)
		entries = append(entries, e)
	}
	slices.SortStableFunc(entries[4:], func(a, b *entry) int { return strings.Compare(a.dn, b.dn) })
	return entries, nil
}

func (p Person) entry() *entry {
	e := &entry{dn: personDN(p.UID)}
	e.add("objectClass", "top", "person", "organizationalPerson", "inetOrgPerson")
	e.add("uid", p.UID)
	e.add("cn", p.Name)
	e.add("cn;lang-en", p.NameEn)
	e.add("sn", string([]rune(p.Name)[:1]))
	e.add("title", p.Title)
	e.add("title;lang-en", p.TitleEn)
	e.add("departmentNumber", p.Department)
	e.add("mail", p.Mail)
	e.add("telephoneNumber", p.Phone)
	e.add("manager", pointer(p.Manager))
	e.add("secretary", pointer(p.Substitute))
	return e
}

func (u Unit) entry() *entry {
	e := &entry{dn: unitDN(u.OU)}
	e.add("objectClass", "top", "organizationalUnit")
	e.add("ou", u.OU)
	e.add("description", u.Name)
	e.add("description;lang-en", u.NameEn)
	if u.Parent != "" {
		e.add("seeAlso", unitDN(u.Parent))
	}
	return e
}

func pointer(uid string) string {
	if uid == "" {
		return ""
	}
	return personDN(uid)
}

func personDN(uid string) string { return "uid=" + ldap.EscapeDN(uid) + ",ou=people," + BaseDN }
func unitDN(ou string) string    { return "ou=" + ldap.EscapeDN(ou) + ",ou=units," + BaseDN }

// same is a DN in the one form in which two spellings of it are equal.
func same(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return strings.ToLower(dn)
	}
	return strings.ToLower(parsed.String())
}
