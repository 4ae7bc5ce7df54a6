package ldap

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// pageSize is below the limit of any server we know; the whole is read page by page.
const pageSize = 200

var errPartial = errors.New("the list may be partial")

// All reads every person and every unit, for the rows that are kept of them. It is all or nothing: a size limit, a
// referral, a lost connection or an empty list is an error, because who is missing would be taken for gone. A uid that two
// entries bear is left out: nobody can log in by it either. People are sorted by uid, units by ou.
func (c *Client) All(ctx context.Context) ([]Entry, []Unit, error) {
	type whole struct {
		people []Entry
		units  []Unit
	}
	w, err := again(ctx, func() (whole, error) {
		reader, err := c.reader(ctx)
		if err != nil {
			return whole{}, err
		}
		defer reader.close()
		people, err := c.list(reader, c.settings.BaseDN, c.settings.filterFor("*"), personAttributes)
		if err != nil {
			return whole{}, err
		}
		units, err := c.list(reader, c.settings.UnitBaseDN, "(objectClass=organizationalUnit)", unitAttributes)
		if err != nil {
			return whole{}, err
		}
		groups, err := c.list(reader, c.settings.GroupBaseDN, anyGroup, groupAttributes)
		if err != nil {
			return whole{}, err
		}
		if len(people) == 0 {
			return whole{}, down("list", errPartial)
		}
		w := whole{units: c.unitsFrom(units)}
		w.people = c.peopleFrom(people, w.units, groups)
		return w, nil
	})
	return w.people, w.units, err
}

// list reads all that match, page by page. What comes with an error is thrown away: it would be a part.
func (c *Client) list(s *session, base, filter string, attributes []string) ([]*ldap.Entry, error) {
	paging := ldap.NewControlPaging(pageSize)
	var all []*ldap.Entry
	for {
		page, err := s.search(&ldap.SearchRequest{
			BaseDN: base, Scope: ldap.ScopeWholeSubtree, DerefAliases: ldap.NeverDerefAliases, TimeLimit: c.seconds(),
			Filter: filter, Attributes: attributes, Controls: []ldap.Control{paging},
		})
		if err != nil {
			return nil, down("list", err)
		}
		if len(page.Referrals) > 0 {
			return nil, down("list", errPartial)
		}
		all = append(all, page.Entries...)
		next, ok := ldap.FindControl(page.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging)
		if !ok || len(next.Cookie) == 0 {
			return all, nil
		}
		paging.SetCookie(next.Cookie)
	}
}

func (c *Client) unitsFrom(entries []*ldap.Entry) []Unit {
	var units []Unit
	for _, e := range entries {
		if same(e.DN) != same(c.settings.UnitBaseDN) {
			units = append(units, unitFrom(e))
		}
	}
	slices.SortFunc(units, func(a, b Unit) int { return strings.Compare(a.OU, b.OU) })
	return units
}

func (c *Client) peopleFrom(entries []*ldap.Entry, units []Unit, groups []*ldap.Entry) []Entry {
	uids := make(map[string]string, len(entries)) // by DN
	times := make(map[string]int, len(entries))   // by uid
	for _, e := range entries {
		uid := e.GetEqualFoldAttributeValue("uid")
		uids[same(e.DN)] = uid
		times[strings.ToLower(uid)]++
	}
	unit := make(map[string]Unit, len(units))
	for _, u := range units {
		unit[strings.ToLower(u.OU)] = u
	}
	holding := map[string][]group{} // by the member's DN, or by "uid:" and the member's uid
	for _, e := range groups {
		g := groupFrom(e)
		for _, dn := range g.members {
			holding[dn] = append(holding[dn], g)
		}
		for _, uid := range g.uids {
			holding["uid:"+uid] = append(holding["uid:"+uid], g)
		}
	}
	var people []Entry
	for _, e := range entries {
		person := personFrom(e)
		if person.UID == "" || times[strings.ToLower(person.UID)] > 1 {
			continue
		}
		person.Manager, person.Substitute = uids[same(person.Manager)], uids[same(person.Substitute)]
		person.in(unit[strings.ToLower(person.Department)])
		self := same(person.DN)
		names, _ := closure(person.DN, func(dn string) ([]group, error) { // this one can't fail
			if dn == self {
				return slices.Concat(holding[dn], holding["uid:"+person.UID]), nil
			}
			return holding[dn], nil
		})
		person.has(names, c.duties)
		people = append(people, person)
	}
	slices.SortFunc(people, func(a, b Entry) int { return strings.Compare(a.UID, b.UID) })
	return people
}
