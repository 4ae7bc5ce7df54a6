// Package ldap asks the city's directory who somebody is, which duties they have and whether their password is right.
//
// The directory's layout, which the demo directory shares:
//
//	people  inetOrgPerson: uid, cn (Korean), cn;lang-en, title, title;lang-en, departmentNumber (the ou of their unit),
//	        mail, telephoneNumber, manager (DN of the superior), secretary (DN of the substitute when absent)
//	units   organizationalUnit under ou=units: ou (a short stable code), description (Korean name),
//	        description;lang-en, seeAlso (DN of the unit above)
//	groups  groupOfNames, groupOfUniqueNames or posixGroup under ou=groups; a group may be another one's member
//
// Every call makes connections of its own and closes them: a few milliseconds, and in return nothing pools a connection
// that is bound as somebody or that a firewall has forgotten. Referrals are never followed. A directory that is down,
// slow or refuses the reading account is the refusal Unavailable login.directory_down; the error that wraps it tells the
// step and the result code for the log, never a name.
package ldap

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"acropolis/forum"
)

// Client asks one directory. It is safe for concurrent use.
type Client struct {
	settings Settings
	host     string
	tls      *tls.Config       // nil: plain
	duties   map[string]string // group's cn in lower case → duty
}

// New checks the settings; it doesn't dial.
func New(s Settings) (*Client, error) {
	host, roots, duties, err := s.prepare()
	if err != nil {
		return nil, fmt.Errorf("directory settings: %w", err)
	}
	c := &Client{settings: s, host: host, duties: duties}
	if s.StartTLS || strings.HasPrefix(s.URL, "ldaps:") {
		name, _, _ := net.SplitHostPort(host)
		c.tls = &tls.Config{ServerName: name, RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return c, nil
}

// session is one connection. Each operation on it is bounded by the settings' timeout and the caller's context.
type session struct {
	*ldap.Conn
	raw     net.Conn
	timeout time.Duration
	ctx     context.Context
	release func() bool
}

// dial connects, and encrypts when the settings say so; otherwise nothing has been sent when it fails.
func (c *Client) dial(ctx context.Context) (*session, error) {
	dialing, cancel := context.WithTimeout(ctx, c.settings.Timeout)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(dialing, "tcp", c.host)
	if err != nil {
		return nil, down("dial", err)
	}
	encrypted := c.tls != nil && !c.settings.StartTLS
	if encrypted {
		secured := tls.Client(raw, c.tls)
		if err := secured.HandshakeContext(dialing); err != nil {
			_ = raw.Close()
			return nil, down("TLS", err)
		}
		raw = secured
	}
	conn := ldap.NewConn(raw, encrypted)
	s := &session{Conn: conn, raw: raw, timeout: c.settings.Timeout, ctx: ctx}
	s.release = context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })
	s.arm()
	conn.Start()
	if c.settings.StartTLS {
		if err := conn.StartTLS(c.tls); err != nil {
			s.close()
			return nil, down("StartTLS", err)
		}
	}
	return s, nil
}

// arm gives the next operation its time. The deadline lies on the socket, so that neither a TLS handshake nor a blocked
// write outlives it.
func (s *session) arm() {
	_ = s.raw.SetDeadline(time.Now().Add(s.timeout))
	if s.ctx.Err() != nil { // it was cancelled before the line above moved its deadline
		_ = s.raw.SetDeadline(time.Unix(1, 0))
	}
}

func (s *session) close() {
	s.release()
	_ = s.Conn.Close()
}

func (s *session) bind(dn string, password string) error {
	s.arm()
	return s.Conn.Bind(dn, password)
}

func (s *session) search(r *ldap.SearchRequest) (*ldap.SearchResult, error) {
	s.arm()
	return s.Conn.Search(r)
}

// reader opens a session that is bound as the reading account.
func (c *Client) reader(ctx context.Context) (*session, error) {
	s, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	if c.settings.BindDN == "" {
		return s, nil
	}
	if err := s.bind(c.settings.BindDN, string(c.settings.BindPassword)); err != nil {
		s.close()
		return nil, down("bind of the reading account", err)
	}
	return s, nil
}

// again runs the attempt, and once more after a short random pause when the directory says that it is busy.
func again[T any](ctx context.Context, attempt func() (T, error)) (T, error) {
	result, err := attempt()
	if !ldap.IsErrorAnyOf(err, ldap.LDAPResultBusy, ldap.LDAPResultUnavailable) {
		return result, err
	}
	select {
	case <-time.After(100*time.Millisecond + rand.N(200*time.Millisecond)):
		return attempt()
	case <-ctx.Done():
		return result, err
	}
}

// fault is the refusal that people read, with what the log should tell. Its text names the step and the result, never
// what the directory said: that may hold a name.
type fault struct {
	step    string
	cause   error
	refusal *forum.Error
}

func (f *fault) Error() string {
	var result *ldap.Error
	var network net.Error
	switch {
	case errors.As(f.cause, &result) && result.ResultCode < ldap.ErrorNetwork:
		return fmt.Sprintf("directory, %s: result %d %s: %v", f.step, result.ResultCode, ldap.LDAPResultCodeMap[result.ResultCode], f.refusal)
	case errors.As(f.cause, &network):
		return fmt.Sprintf("directory, %s: %v: %v", f.step, network, f.refusal)
	}
	return fmt.Sprintf("directory, %s: %v: %v", f.step, f.cause, f.refusal)
}

func (f *fault) Unwrap() []error { return []error{f.refusal, f.cause} }

func down(step string, cause error) error {
	return &fault{step, cause, forum.Refuse(forum.Unavailable, "login.directory_down")}
}
