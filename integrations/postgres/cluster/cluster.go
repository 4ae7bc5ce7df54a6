//go:build unix

// Package cluster runs a private PostgreSQL server from the installed binaries: one directory, one postmaster that is our
// child, TCP on loopback. It survives what happens to such a directory: an interrupted initdb, a killed owner whose
// postmaster lives on, a killed postmaster.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// Options say where the cluster lives and how it runs. Only Dir is required.
type Options struct {
	// Dir belongs to the cluster alone: the data, the password, the port and the log are kept in it. Made when missing.
	Dir string
	// Port on 127.0.0.1. 0 picks a free one and keeps to it at later starts for as long as nobody else listens there.
	Port int
	// Fast trades the safety of a power cut for speed (fsync off); what was committed still survives any kill. For tests.
	Fast bool
	// DieWithParent lets the kernel stop the postmaster when this process dies, however it dies. Linux only. For tests;
	// elsewhere and in the product an orphaned postmaster is stopped by the next Start.
	DieWithParent bool
	// Log hears in a sentence a line what Start does beyond starting: making the cluster, stopping an orphan. Nil is silent.
	Log io.Writer
	// Settings are put on top of the defaults, e.g. {"shared_buffers": "1GB"}.
	Settings map[string]string
}

// superuser is PostgreSQL's own customary name for it.
const superuser = "postgres"

// A postmaster asked politely to stop (SIGINT) writes a checkpoint first; one that takes longer is told to quit (SIGQUIT)
// and recovers from its log at the next start. Nothing committed is lost either way.
const (
	fastShutdown      = 20 * time.Second
	immediateShutdown = 10 * time.Second
)

// Cluster is a running server. Its methods may be called from any goroutine.
type Cluster struct {
	dir      string
	port     int
	password string
	lock     *os.File
	process  *postmaster
	stop     sync.Once
	stopErr  error
}

// Start makes the cluster when Dir has none, and starts it; it returns when connections are accepted, crash recovery
// included. A directory owned by another living process is refused with ErrInUse, absent binaries with *MissingError.
// ctx bounds the start alone: the server runs until Stop.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	if o.Dir == "" {
		return nil, errors.New("the PostgreSQL cluster needs a directory of its own")
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	dir, err := makeDir(o.Dir)
	if err != nil {
		return nil, err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	c, err := start(ctx, dir, lock, o)
	if err != nil {
		lock.Close()
		return nil, err
	}
	return c, nil
}

func start(ctx context.Context, dir string, lock *os.File, o Options) (*Cluster, error) {
	account, err := accountFor(dir)
	if err != nil {
		return nil, err
	}
	password, err := keepPassword(dir, account)
	if err != nil {
		return nil, err
	}
	binaries, err := find(systemPlaces(), dataVersion(dir))
	if err != nil {
		return nil, err
	}
	if dataVersion(dir) == "" {
		fmt.Fprintf(o.Log, "making a PostgreSQL cluster in %s with %s\n", dir, binaries.dir)
		if err := makeCluster(ctx, dir, binaries, account, o.Fast); err != nil {
			return nil, err
		}
	}
	if err := stopOrphan(ctx, dataDir(dir), o.Log); err != nil {
		return nil, err
	}
	port, err := choosePort(dir, o, account)
	if err != nil {
		return nil, err
	}
	process, err := launch(ctx, dir, port, binaries, account, o)
	if err != nil {
		return nil, err
	}
	return &Cluster{dir: dir, port: port, password: password, lock: lock, process: process}, nil
}

// Stop shuts the server down, waits until it is gone and lets go of the directory. Open connections are cut; committed
// data is safe. Further calls return what the first one did. A caller whose server died (Done) stops before it starts
// again; with the same Options the port stays, so that connection pools heal by themselves.
func (c *Cluster) Stop() error {
	c.stop.Do(func() {
		c.stopErr = c.process.shutDown()
		c.lock.Close()
	})
	return c.stopErr
}

// Done is closed when the postmaster has ended, by Stop or by itself.
func (c *Cluster) Done() <-chan struct{} { return c.process.done }

// URL is the connection string of the superuser for a database. It contains the password: never log it.
func (c *Cluster) URL(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, c.password),
		Host: net.JoinHostPort(c.Host(), strconv.Itoa(c.port)), Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

func (c *Cluster) Host() string     { return "127.0.0.1" }
func (c *Cluster) Port() int        { return c.port }
func (c *Cluster) User() string     { return superuser }
func (c *Cluster) Password() string { return c.password }

// Pid is the postmaster's process id.
func (c *Cluster) Pid() int { return c.process.pid }

// makeDir resolves links, so that one directory has one name: an orphaned server is recognised by it.
func makeDir(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}

func dataDir(dir string) string { return filepath.Join(dir, "data") }
