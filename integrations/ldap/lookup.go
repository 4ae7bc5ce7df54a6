package ldap

import (
	"context"
	"errors"

	"github.com/go-ldap/ldap/v3"

	"acropolis/forum"
)

var (
	errNobody    = errors.New("nobody of that name")
	errAmbiguous = errors.New("two entries of that name")
)

// Lookup reads a person's entry as it is now, for a session that goes on. Someone who has left, or whose name two entries
// bear, is the refusal NotFound official.not_in_directory.
func (c *Client) Lookup(ctx context.Context, uid string) (Entry, error) {
	if uid == "" || len(uid) > longestName {
		return Entry{}, forum.Refuse(forum.NotFound, "official.not_in_directory")
	}
	return again(ctx, func() (Entry, error) {
		reader, err := c.reader(ctx)
		if err != nil {
			return Entry{}, err
		}
		defer reader.close()
		person, err := c.find(reader, uid)
		if errors.Is(err, errNobody) || errors.Is(err, errAmbiguous) {
			return Entry{}, forum.Refuse(forum.NotFound, "official.not_in_directory")
		}
		if err != nil {
			return Entry{}, err
		}
		return person, c.complete(reader, &person)
	})
}

// find gives the one entry of that name. The limit of two is enough to know that there are several.
func (c *Client) find(s *session, name string) (Entry, error) {
	result, err := s.search(&ldap.SearchRequest{
		BaseDN: c.settings.BaseDN, Scope: ldap.ScopeWholeSubtree, DerefAliases: ldap.NeverDerefAliases,
		SizeLimit: 2, TimeLimit: c.seconds(), Filter: c.settings.filterFor(ldap.EscapeFilter(name)),
		Attributes: personAttributes,
	})
	switch {
	case ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded):
		return Entry{}, errAmbiguous
	case err != nil:
		return Entry{}, down("search of a person", err)
	case len(result.Entries) == 0:
		return Entry{}, errNobody
	case len(result.Entries) > 1:
		return Entry{}, errAmbiguous
	}
	person := personFrom(result.Entries[0])
	if person.UID == "" {
		return Entry{}, errNobody
	}
	return person, nil
}

// complete resolves what an entry only points to: superior, substitute, department, groups.
func (c *Client) complete(s *session, person *Entry) error {
	for _, dn := range []*string{&person.Manager, &person.Substitute} {
		uid, err := c.uidOf(s, *dn)
		if err != nil {
			return err
		}
		*dn = uid
	}
	if person.Department != "" {
		units, err := c.list(s, c.settings.UnitBaseDN,
			"(&(objectClass=organizationalUnit)(ou="+ldap.EscapeFilter(person.Department)+"))", unitAttributes)
		if err != nil {
			return err
		}
		for _, u := range units {
			person.in(unitFrom(u))
		}
	}
	groups, err := closure(person.DN, func(dn string) ([]group, error) { return c.groupsOf(s, dn, person) })
	if err != nil {
		return err
	}
	person.has(groups, c.duties)
	return nil
}

// uidOf gives the uid of the one that a DN points to, or "" when the DN points nowhere.
func (c *Client) uidOf(s *session, dn string) (string, error) {
	if uid := first(dn, "uid"); uid != "" || dn == "" {
		return uid, nil
	}
	result, err := s.search(&ldap.SearchRequest{
		BaseDN: dn, Scope: ldap.ScopeBaseObject, DerefAliases: ldap.NeverDerefAliases,
		SizeLimit: 1, TimeLimit: c.seconds(), Filter: "(objectClass=*)", Attributes: []string{"uid"},
	})
	switch {
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultNoSuchObject, ldap.LDAPResultInvalidDNSyntax):
		return "", nil
	case err != nil:
		return "", down("search of a superior", err)
	case len(result.Entries) == 0:
		return "", nil
	}
	return result.Entries[0].GetEqualFoldAttributeValue("uid"), nil
}

// seconds is the timeout as the server should keep it, at least one.
func (c *Client) seconds() int { return max(1, int(c.settings.Timeout.Seconds())) }
