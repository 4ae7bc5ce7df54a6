package ldap

import (
	"context"
	"errors"

	"github.com/go-ldap/ldap/v3"

	"acropolis/forum"
)

// longestName bounds what is sent to the directory; no login name is longer.
const longestName = 256

// Login checks the password by a bind as the person, on a connection of its own, and gives their entry. Whoever can't be
// let in gets one and the same refusal, Unauthorised login.failed: unknown, wrong password, locked, or two entries of
// that name. An empty password is refused before the network, because a bind without one succeeds as nobody.
func (c *Client) Login(ctx context.Context, name, password string) (Entry, error) {
	if name == "" || len(name) > longestName || password == "" {
		return Entry{}, failed()
	}
	return again(ctx, func() (Entry, error) {
		reader, err := c.reader(ctx)
		if err != nil {
			return Entry{}, err
		}
		defer reader.close()
		person, err := c.find(reader, name)
		if errors.Is(err, errNobody) || errors.Is(err, errAmbiguous) {
			// The bind below costs the same time when the name is unknown, so that the time doesn't tell.
			person.DN = "uid=nobody-of-that-name," + c.settings.BaseDN
			if err := c.prove(ctx, person.DN, password); forum.CodeOf(err) == forum.Unavailable {
				return Entry{}, err
			}
			return Entry{}, failed()
		}
		if err != nil {
			return Entry{}, err
		}
		if err := c.prove(ctx, person.DN, password); err != nil {
			return Entry{}, err
		}
		if err := c.complete(reader, &person); err != nil {
			return Entry{}, err
		}
		return person, nil
	})
}

func failed() error { return forum.Refuse(forum.Unauthorised, "login.failed") }

// prove binds as the person.
func (c *Client) prove(ctx context.Context, dn, password string) error {
	own, err := c.dial(ctx)
	if err != nil {
		return err
	}
	defer own.close()
	err = own.bind(dn, password)
	switch {
	case err == nil:
		return nil
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultInvalidCredentials, ldap.LDAPResultInappropriateAuthentication,
		ldap.LDAPResultInsufficientAccessRights, ldap.LDAPResultUnwillingToPerform, ldap.LDAPResultConstraintViolation,
		ldap.LDAPResultNoSuchObject):
		return failed()
	}
	return down("bind of a person", err)
}
