package pgtest

import (
	"context"
	"os"
	"sync"
	"syscall"
	"testing"

	"acropolis/integrations/postgres/cluster"
)

// Private is a server for one test alone, which may kill it.
type Private struct {
	*cluster.Cluster
	t       testing.TB
	server  *server
	migrate sync.Once
}

// Server starts a private server; it is always a cluster of its own, whatever the environment names. It and its folder
// are removed when the test ends.
func Server(t testing.TB) *Private {
	t.Helper()
	dir, err := newDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := &Private{t: t, server: &server{template: randomName("template"), dir: dir}}
	p.start()
	t.Cleanup(func() { _ = p.Stop() })
	return p
}

// Database is the address of another migrated database on it. The address outlives Kill and Restart.
func (p *Private) Database() string {
	p.t.Helper()
	p.migrate.Do(func() {
		if err := p.server.makeTemplate(p.t.Context()); err != nil {
			p.t.Fatal(err)
		}
	})
	name := randomName("test")
	if err := p.server.execute(p.t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+p.server.template); err != nil {
		p.t.Fatal(err)
	}
	return p.URL(name)
}

// Kill ends the server's processes at once, as kill -9 does: the postmaster by the signal, its children as soon as they
// notice.
func (p *Private) Kill() {
	p.t.Helper()
	if err := syscall.Kill(p.Pid(), syscall.SIGKILL); err != nil {
		p.t.Fatal(err)
	}
	<-p.Done()
}

// Restart starts the server again after Kill, or stops it first; the address stays.
func (p *Private) Restart() {
	p.t.Helper()
	if err := p.Stop(); err != nil {
		p.t.Fatal(err)
	}
	p.start()
}

func (p *Private) start() {
	p.t.Helper()
	c, err := cluster.Start(context.Background(), options(p.server.dir))
	if err != nil {
		p.t.Fatal(err)
	}
	p.Cluster, p.server.url = c, c.URL("postgres")
}
