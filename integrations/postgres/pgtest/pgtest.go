// Package pgtest gives each test a migrated PostgreSQL database of its own.
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
//	func TestSomething(t *testing.T) { pool := connect(t, pgtest.URL(t)) … }
//
// The server is a fast private cluster, started when the first test asks and removed at the end, or the one that
// ACROPOLIS_TEST_DATABASE_URL names (its user must be allowed to create databases).
package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/cluster"

	"github.com/jackc/pgx/v5"
)

var shared struct {
	sync.Mutex
	underMain bool
	server    *server
	err       error
}

// Main runs the tests and then removes the server they used, if any. It does not return.
func Main(m interface{ Run() int }) {
	shared.underMain = true
	code := m.Run()
	if err := stopShared(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// URL is the address of a database of this test's own, a clone of a freshly migrated one. It is dropped when the test
// ends, with whatever is still connected to it.
func URL(t testing.TB) string {
	t.Helper()
	s, err := sharedServer()
	if err != nil {
		t.Fatal("pgtest: ", err)
	}
	return s.clone(t)
}

func sharedServer() (*server, error) {
	shared.Lock()
	defer shared.Unlock()
	if !shared.underMain {
		return nil, errors.New("the package's TestMain doesn't call pgtest.Main")
	}
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = newServer()
	}
	return shared.server, shared.err
}

func stopShared() error {
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		return nil
	}
	return shared.server.close()
}

// server is where databases are cloned. own is nil when the environment named one.
type server struct {
	url      string // of the database "postgres"
	template string
	own      *cluster.Cluster
	dir      string
}

func newServer() (*server, error) {
	s := &server{url: os.Getenv("ACROPOLIS_TEST_DATABASE_URL"), template: randomName("template")}
	if s.url == "" {
		var err error
		if s.dir, err = newDir(); err != nil {
			return nil, err
		}
		if s.own, err = cluster.Start(context.Background(), options(s.dir)); err != nil {
			os.RemoveAll(s.dir)
			return nil, err
		}
		s.url = s.own.URL("postgres")
	}
	if err := s.makeTemplate(context.Background()); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func options(dir string) cluster.Options {
	return cluster.Options{Dir: dir, Fast: true, DieWithParent: true, Settings: map[string]string{"max_wal_size": "256MB"}}
}

func (s *server) makeTemplate(ctx context.Context) error {
	template, err := withDatabase(s.url, s.template)
	if err != nil {
		return err
	}
	if err := s.execute(ctx, "CREATE DATABASE "+s.template); err != nil {
		return err
	}
	return postgres.Migrate(ctx, template)
}

func (s *server) clone(t testing.TB) string {
	t.Helper()
	name := randomName("test")
	address, err := withDatabase(s.url, name)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.execute(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+s.template); err != nil {
		t.Fatal("pgtest: ", err)
	}
	t.Cleanup(func() {
		if err := s.execute(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error("pgtest: ", err)
		}
	})
	return address
}

func (s *server) close() error {
	if s.own == nil {
		return s.execute(context.Background(), "DROP DATABASE IF EXISTS "+s.template+" WITH (FORCE)")
	}
	return errors.Join(s.own.Stop(), os.RemoveAll(s.dir))
}

func (s *server) execute(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, s.url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, sql)
	return err
}

func randomName(kind string) string {
	return "acropolis_" + kind + "_" + strings.ToLower(rand.Text())
}

func withDatabase(address, name string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("ACROPOLIS_TEST_DATABASE_URL can't be read")
	}
	u.Path = "/" + name
	return u.String(), nil
}
