package postgres

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// watchBeat is how often a web process gives a sign of life and looks by itself, should a notification be lost.
const watchBeat = 500 * time.Millisecond

// Watch keeps what one web process holds in memory true: it hears by LISTEN, and looks by itself twice a second, what is to be
// forgotten, forgets it and says so. For as long as it can't, it isn't fresh, and nothing may be answered from memory.
type Watch struct {
	store  *Store
	forget func() // drops every cached page, also those that are being made
	id     forum.ID
	log    *slog.Logger

	fresh  atomic.Int64 // until when memory may be used, in nanoseconds of the process's own clock
	purged int64        // the last purge that was carried out
	began  time.Time

	mu    sync.RWMutex
	ended map[forum.ID]time.Time // what was ended early, a session or all of a person's, and until when such a session would have lived
}

// NewWatch makes the watch of a web process and gives it to the store, which from then on knows ended sessions from memory.
// forget must drop every cached page, and keep what is being made at that moment from being cached. Run must be called.
func NewWatch(s *Store, forget func(), log *slog.Logger) *Watch {
	w := &Watch{store: s, forget: forget, id: NewID(), log: log, began: time.Now(), ended: map[forum.ID]time.Time{}}
	s.watch = w
	return w
}

// Fresh says whether memory may be used: the database was heard within the lease.
func (w *Watch) Fresh() bool { return int64(time.Since(w.began)) < w.fresh.Load() }

// Run watches until ctx ends, across every loss of the connection: then everything is forgotten first.
func (w *Watch) Run(ctx context.Context) {
	for ctx.Err() == nil {
		err := w.listen(ctx)
		w.fresh.Store(0)
		w.forget()
		if ctx.Err() != nil {
			break
		}
		w.log.Warn("the watch over cached pages lost the database", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(watchBeat):
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_, _ = w.store.pool.Exec(ctx, `DELETE FROM web_processes WHERE id = $1`, w.id) // else its silence ends its lease
}

// listen holds a connection of its own: the pool's come and go.
func (w *Watch) listen(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, w.store.pool.Config().ConnConfig.Copy())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, `LISTEN `+purgeChannel); err != nil {
		return err
	}
	w.purged = -1 // whatever was missed: all of it
	for {
		if err := w.beat(ctx, conn); err != nil {
			return err
		}
		if err := awaitNotification(ctx, conn, watchBeat); err != nil {
			return err
		}
	}
}

// awaitNotification returns at a notification, or when it is time to look anyway.
func awaitNotification(ctx context.Context, conn *pgx.Conn, limit time.Duration) error {
	waiting, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	_, err := conn.WaitForNotification(waiting)
	if err != nil && waiting.Err() != nil && ctx.Err() == nil && !conn.IsClosed() {
		return nil
	}
	return err
}

// beat looks for what is to be forgotten, forgets it, and only then says so; with that the lease is renewed, counted from
// before the question.
func (w *Watch) beat(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, watchLease)
	defer cancel()
	asked := time.Since(w.began)
	upto, pages, err := w.read(ctx, conn)
	if err != nil {
		return err
	}
	if pages || w.purged < 0 {
		w.forget()
	}
	_, err = conn.Exec(ctx, `
INSERT INTO web_processes (id, seen_at, purged) VALUES ($1, clock_timestamp(), $2)
ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, purged = excluded.purged`, w.id, upto)
	if err != nil {
		return err
	}
	w.purged = upto
	w.fresh.Store(int64(asked + watchLease))
	return nil
}

// read gives the last purge, and whether one of the new ones is of pages; ended sessions are remembered at once.
func (w *Watch) read(ctx context.Context, conn *pgx.Conn) (upto int64, pages bool, err error) {
	upto = w.purged
	if w.purged < 0 { // at the first look pages are forgotten anyway, and only sessions matter that would still be open
		if err := conn.QueryRow(ctx, `SELECT coalesce(max(id), 0) FROM purges`).Scan(&upto); err != nil {
			return 0, false, err
		}
	}
	rows, err := conn.Query(ctx, `
SELECT id, coalesce(session_id, contact_id), session_until FROM purges WHERE id > $1 AND ($1 >= 0 OR session_until > now()) ORDER BY id`, w.purged)
	if err != nil {
		return 0, false, err
	}
	var id int64
	var whose *forum.ID
	var until *time.Time
	_, err = pgx.ForEachRow(rows, []any{&id, &whose, &until}, func() error {
		upto = max(upto, id)
		if whose == nil {
			pages = true
		} else {
			w.remember(*whose, *until)
		}
		return nil
	})
	return upto, pages, err
}

// remember keeps an ended session, or whose were ended, until the last of them would have ended by itself.
func (w *Watch) remember(whose forum.ID, until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	maps.DeleteFunc(w.ended, func(_ forum.ID, until time.Time) bool { return time.Since(until) > time.Hour })
	if until.After(w.ended[whose]) {
		w.ended[whose] = until
	}
}

// hasEnded says whether a session was ended early, by itself or with all its person's; known is false while the watch isn't fresh.
func (w *Watch) hasEnded(id forum.ID, session forum.Session) (ended, known bool) {
	if w == nil || !w.Fresh() {
		return false, false
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	return !session.Until.After(w.ended[id]) || !session.Until.After(w.ended[session.Contact]), true
}
