package ldap

import (
	"slices"

	"github.com/go-ldap/ldap/v3"
)

// group is one group and who is in it directly: DNs in their comparable form, or uids.
type group struct {
	dn, cn  string
	members []string
	uids    []string
}

const anyGroup = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))"

func groupFrom(e *ldap.Entry) group {
	g := group{dn: same(e.DN), cn: e.GetEqualFoldAttributeValue("cn"), uids: e.GetEqualFoldAttributeValues("memberUid")}
	for _, dn := range slices.Concat(e.GetEqualFoldAttributeValues("member"), e.GetEqualFoldAttributeValues("uniqueMember")) {
		g.members = append(g.members, same(dn))
	}
	return g
}

// closure gives the cn of every group that holds the member, directly or through other groups. Each group is asked about
// once, so groups that hold each other come to an end.
func closure(member string, holding func(dn string) ([]group, error)) ([]string, error) {
	var names []string
	seen, ask := map[string]bool{}, []string{same(member)}
	for len(ask) > 0 {
		found, err := holding(ask[0])
		if err != nil {
			return nil, err
		}
		ask = ask[1:]
		for _, g := range found {
			if !seen[g.dn] {
				seen[g.dn] = true
				names = append(names, g.cn)
				ask = append(ask, g.dn)
			}
		}
	}
	return names, nil
}

// groupsOf asks the directory which groups hold the DN directly; a person is also looked for by their uid.
func (c *Client) groupsOf(s *session, dn string, person *Entry) ([]group, error) {
	is := ldap.EscapeFilter(dn)
	holds := "(member=" + is + ")(uniqueMember=" + is + ")"
	if dn == same(person.DN) {
		holds += "(memberUid=" + ldap.EscapeFilter(person.UID) + ")"
	}
	entries, err := c.list(s, c.settings.GroupBaseDN, "(&"+anyGroup+"(|"+holds+"))", []string{"cn"})
	if err != nil {
		return nil, err
	}
	groups := make([]group, len(entries))
	for i, e := range entries {
		groups[i] = groupFrom(e)
	}
	return groups, nil
}
