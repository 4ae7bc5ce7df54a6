// Package embedded runs the Temporal server inside this process, storing into PostgreSQL. It links the whole server: only
// standalone and tests import it.
package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"

	_ "go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql" // the driver that config names
	"go.temporal.io/server/temporal"
)

// Options say where the server stores and how it is called. All of PostgreSQL's are required.
type Options struct {
	// Host, Port, User and Password are PostgreSQL's. The user must be allowed to create databases and extensions (the
	// server wants btree_gin); the databases are "temporal" and "temporal_visibility".
	Host     string
	Port     int
	User     string
	Password string
	// FrontendPort on 127.0.0.1. 0 picks a free one: see Address.
	FrontendPort int
	// Namespace is made when missing, with a retention of seven days. Default "default".
	Namespace string
	// Log hears warnings and errors. Default slog.Default().
	Log *slog.Logger
	// Shards is how many parts the histories are spread over. It is fixed by the first start for ever. Default 4, which a
	// small machine takes over in no time after a crash and which still keeps two cores busy.
	Shards int
}

// ErrInUse says that another server stores into the same database.
var ErrInUse = errors.New("another Temporal server uses the database")

// Server is a running one.
type Server struct {
	address string
	server  temporal.Server
	lease   *lease
	log     *logger
	stop    sync.Once
	stopErr error
}

// Start brings the databases to this server's version and starts it. It returns when workflows can be started and
// schedules fire. After a kill the next Start finds everything as it was; timers that were due fire at once. A database
// that another server holds is refused with ErrInUse.
func Start(ctx context.Context, o Options) (*Server, error) {
	o.Namespace = cmp.Or(o.Namespace, "default")
	o.Shards = cmp.Or(o.Shards, 4)
	o.Log = cmp.Or(o.Log, slog.Default())
	s := &Server{log: newLogger(o.Log)}
	if err := s.start(ctx, o); err != nil {
		return nil, errors.Join(fmt.Errorf("start Temporal: %w", err), s.Stop())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, o Options) error {
	if err := createDatabases(ctx, o); err != nil {
		return err
	}
	var err error
	if s.lease, err = takeLease(ctx, o); err != nil {
		return err
	}
	if err := setUpSchema(ctx, o); err != nil {
		return err
	}
	ports, err := freePorts(o.FrontendPort, 0, 0, 0)
	if err != nil {
		return err
	}
	s.address = loopback(ports[0])
	server, err := temporal.NewServer(serverOptions(o, ports, s.log)...)
	if err != nil {
		return err
	}
	s.server = server
	if err := server.Start(); err != nil {
		return err
	}
	return awaitUsable(ctx, s.address, o)
}

// Address is host:port of the frontend, for client.Options.
func (s *Server) Address() string { return s.address }

// Stop ends the server and waits; running workflows go on at the next Start. Stop the workers before it. Further calls
// return what the first one did.
func (s *Server) Stop() error {
	s.stop.Do(func() {
		// What the parts say about each other's absence while they leave one by one helps nobody.
		s.log.silence()
		if s.server != nil {
			s.stopErr = s.server.Stop()
		}
		if s.lease != nil {
			s.lease.release()
		}
	})
	return s.stopErr
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// freePorts chooses for each 0. It holds all of them before it lets any go, so that they differ; one that is taken is an
// error here, where the server would panic.
func freePorts(wanted ...int) ([]int, error) {
	var ports []int
	for _, port := range wanted {
		l, err := net.Listen("tcp", loopback(port))
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
