// Package directory answers over real LDAP for the demo city, with the layout that package integrations/ldap reads: people
// under ou=people, units under ou=units, a group for each duty under ou=groups. It is for standalone alone: it listens
// where it is told (loopback, please), speaks plain LDAP, and everybody has the same password.
package directory

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/go-ldap/ldap/v3"
	"github.com/hashicorp/go-hclog"
	"github.com/jimlambrt/gldap"
)

// Where things stand in the directory.
const (
	BaseDN   = "dc=city,dc=example"
	ReaderDN = "cn=acropolis," + BaseDN // the account that may read; it has the city's password too
)

// Groups are the groups' names by the duty that they give; the same as the default of LDAP_GROUP_DUTIES.
var Groups = map[string]string{
	"officer": "forum-officers", "moderator": "forum-moderators", "drafter": "forum-drafters", "head": "forum-heads",
	"analyst": "forum-analysts", "committee": "forum-committee", "juror": "forum-jurors", "executive": "forum-executives",
	"auditor": "forum-auditors", "operator": "forum-operators",
}

// Person is one official.
type Person struct {
	UID            string
	Name, NameEn   string
	Title, TitleEn string
	Department     string // ou of a unit
	Mail, Phone    string
	Manager        string // uid, or ""
	Substitute     string // uid, or ""
	Duties         []string
}

// Unit is one department.
type Unit struct {
	OU           string
	Name, NameEn string
	Parent       string // ou, or ""
}

// Server is a running directory.
type Server struct {
	Address string // host:port

	inner    *gldap.Server
	password string
	stopped  chan struct{}

	mu      sync.RWMutex
	entries []*entry
	byDN    map[string]*entry
	bound   map[int]bool // connections that have proven who they are
}

// Serve listens at the address (port 0 for any) until ctx ends or Close is called. It refuses people and units that don't
// fit together.
func Serve(ctx context.Context, address string, people []Person, units []Unit, password string) (*Server, error) {
	address, err := free(address)
	if err != nil {
		return nil, fmt.Errorf("demo directory: %w", err)
	}
	s := &Server{Address: address, password: password, stopped: make(chan struct{}), bound: map[int]bool{}}
	if err := s.Set(people, units); err != nil {
		return nil, fmt.Errorf("demo directory: %w", err)
	}
	// Each connection lives 30 seconds at most: gldap waits for those that are open before it stops.
	s.inner, err = gldap.NewServer(gldap.WithLogger(hclog.NewNullLogger()), gldap.WithReadTimeout(30*time.Second), gldap.WithOnClose(s.forget))
	if err != nil {
		return nil, fmt.Errorf("demo directory: %w", err)
	}
	mux, err := s.routes()
	if err != nil {
		return nil, fmt.Errorf("demo directory: %w", err)
	}
	if err := s.inner.Router(mux); err != nil {
		return nil, fmt.Errorf("demo directory: %w", err)
	}
	ended := make(chan error, 1)
	go func() {
		defer close(s.stopped)
		ended <- s.inner.Run(address)
	}()
	if err := answers(address, ended); err != nil {
		return nil, fmt.Errorf("demo directory: %w", err)
	}
	context.AfterFunc(ctx, s.Close)
	return s, nil
}

// Close stops listening and waits a moment for what is being answered.
func (s *Server) Close() {
	go func() { _ = s.inner.Stop() }()
	select {
	case <-s.stopped:
	case <-time.After(2 * time.Second):
	}
}

// free resolves port 0, which gldap can't tell, and finds out early that a port is taken.
func free(address string) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// answers waits until the server answers a request. A connection alone isn't enough: gldap counts it only afterwards, and
// a Stop that came in between would race with that.
func answers(address string, ended <-chan error) error {
	for range 200 {
		if c, err := ldap.DialURL("ldap://" + address); err == nil {
			var reply *ldap.Error
			err = c.UnauthenticatedBind("")
			_ = c.Close()
			if err == nil || errors.As(err, &reply) && reply.ResultCode != ldap.ErrorNetwork {
				return nil
			}
		}
		select {
		case err := <-ended:
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
	return fmt.Errorf("%s doesn't answer", address)
}

func (s *Server) routes() (*gldap.Mux, error) {
	mux, err := gldap.NewMux()
	if err != nil {
		return nil, err
	}
	if err := mux.Bind(s.bind); err != nil {
		return nil, err
	}
	return mux, mux.Search(s.search)
}

// bind proves a person or the reader. A bind without a password proves nobody and is refused (RFC 4513, 5.1.2), except
// for the anonymous one, which may read nothing.
func (s *Server) bind(w *gldap.ResponseWriter, r *gldap.Request) {
	answer := r.NewBindResponse(gldap.WithResponseCode(gldap.ResultInvalidCredentials))
	defer func() { _ = w.Write(answer) }()
	m, err := r.GetSimpleBindMessage()
	if err != nil {
		answer.SetResultCode(gldap.ResultAuthMethodNotSupported)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.bound, r.ConnectionID())
	switch {
	case m.UserName == "" && m.Password == "":
		answer.SetResultCode(gldap.ResultSuccess)
	case m.Password == "":
		answer.SetResultCode(gldap.ResultUnwillingToPerform)
	case s.hasAccount(m.UserName) && subtle.ConstantTimeCompare([]byte(m.Password), []byte(s.password)) == 1:
		s.bound[r.ConnectionID()] = true
		answer.SetResultCode(gldap.ResultSuccess)
	}
}

func (s *Server) hasAccount(dn string) bool {
	e := s.byDN[same(dn)]
	return same(dn) == same(ReaderDN) || e != nil && e.is("inetOrgPerson")
}

func (s *Server) forget(connection int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.bound, connection)
}
