package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
)

// A lease keeps a second embedded server off the database: each would believe all histories to be its own. It is an
// advisory lock, held by a connection that lives as long as the server; PostgreSQL lets go of it when we die.
type lease struct {
	cancel context.CancelFunc
	done   chan struct{}
}

const leaseLock = 0x7465_6d70_6f72 // "tempor"

// How long a starting server waits for one that is just ending, and how often a running one looks after its lease.
const (
	leasePatience = 5 * time.Second
	leaseInterval = 5 * time.Second
)

func takeLease(ctx context.Context, o Options) (*lease, error) {
	conn, err := lock(ctx, o)
	for patience := time.Now().Add(leasePatience); conn == nil && err == nil; conn, err = lock(ctx, o) {
		if time.Now().After(patience) {
			return nil, fmt.Errorf("%w %s on %s", ErrInUse, mainDatabase, address(o))
		}
		time.Sleep(200 * time.Millisecond)
	}
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	l := &lease{cancel, make(chan struct{})}
	go l.keep(ctx, o, conn)
	return l, nil
}

// lock returns no connection when somebody else has it.
func lock(ctx context.Context, o Options) (*pgx.Conn, error) {
	conn, err := connect(ctx, o, mainDatabase)
	if err != nil {
		return nil, err
	}
	var ours bool
	err = conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", int64(leaseLock)).Scan(&ours)
	if err != nil || !ours {
		conn.Close(context.WithoutCancel(ctx))
		return nil, err
	}
	return conn, nil
}

// keep takes the lease again when PostgreSQL was away.
func (l *lease) keep(ctx context.Context, o Options, conn *pgx.Conn) {
	defer close(l.done)
	tick := time.NewTicker(leaseInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			if conn != nil {
				conn.Close(context.WithoutCancel(ctx))
			}
			return
		case <-tick.C:
		}
		if conn != nil && conn.Ping(ctx) == nil {
			continue
		}
		if conn != nil {
			conn.Close(ctx)
		}
		var err error
		if conn, err = lock(ctx, o); conn == nil && err == nil {
			o.Log.LogAttrs(ctx, slog.LevelError, "another Temporal server has taken the database while PostgreSQL was away")
		}
	}
}

func (l *lease) release() {
	l.cancel()
	<-l.done
}
