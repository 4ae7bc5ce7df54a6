package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

const (
	purgeChannel = "purges"
	purgeLock    = 0x7075_7267_65 // "purge"

	// watchLease is how long a web process may go on answering from memory after its last sign of life. Whoever hides an
	// opinion waits for every process's word, or until the silent ones have stopped by themselves.
	watchLease = 2 * time.Second
	// purgePatience bounds the wait: longer than the lease, so that it ends by the word or by the lease and never by itself.
	purgePatience = 2 * watchLease
)

// inTxHeard is inTx for work that ends with a purge: when it returns, every web process has carried that out.
func (s *Store) inTxHeard(ctx context.Context, work func(pgx.Tx) (purge int64, err error)) error {
	var purge int64
	err := s.inTx(ctx, func(tx pgx.Tx) (err error) {
		purge, err = work(tx)
		return err
	})
	if err != nil {
		return err
	}
	return s.awaitPurged(ctx, purge)
}

// inTxPurging is inTx for what takes something out of citizens' sight: when it returns, no web process shows a page from before.
func (s *Store) inTxPurging(ctx context.Context, work func(pgx.Tx) error) error {
	return s.inTxHeard(ctx, func(tx pgx.Tx) (int64, error) {
		if err := work(tx); err != nil {
			return 0, err
		}
		return purgePages(ctx, tx)
	})
}

// purgePages makes every web process forget its cached pages, once the transaction has committed. It should be the last
// statement of its transaction: the lock that keeps the ids in order is held until the end.
func purgePages(ctx context.Context, tx pgx.Tx) (id int64, err error) {
	return purge(ctx, tx, nil, nil, nil)
}

// purgeSession makes every web process refuse a session from now on.
func purgeSession(ctx context.Context, tx pgx.Tx, session forum.ID, until time.Time) (id int64, err error) {
	return purge(ctx, tx, &session, nil, &until)
}

// purgePerson makes every web process refuse all the sessions that a person has by now. Whoever calls holds the contact's row, so that
// no session is being opened meanwhile; one that is opened within the same second is refused, too, because sessions count in seconds.
func purgePerson(ctx context.Context, tx pgx.Tx, contact forum.ID) (id int64, err error) {
	var now time.Time
	if err := tx.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&now); err != nil {
		return 0, err
	}
	until := now.Add(forum.SessionLife)
	return purge(ctx, tx, nil, &contact, &until)
}

// forgetPurges forgets some rows about sessions that would all be over by themselves, late enough for every clock.
const forgetPurges = `
DELETE FROM purges WHERE id IN (SELECT id FROM purges WHERE session_until < now() - interval '1 hour' ORDER BY session_until LIMIT 5)`

func purge(ctx context.Context, tx pgx.Tx, session, contact *forum.ID, until *time.Time) (id int64, err error) {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(purgeLock)); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, forgetPurges); err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `INSERT INTO purges (session_id, contact_id, session_until) VALUES ($1, $2, $3) RETURNING id`, session, contact, until).Scan(&id)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `NOTIFY `+purgeChannel)
	return id, err
}

// awaitPurged returns when no web process answers from what it remembered before the purge: each has said so, or has been
// silent for longer than it may answer from memory.
func (s *Store) awaitPurged(ctx context.Context, id int64) error {
	ctx, cancel := context.WithTimeout(ctx, purgePatience)
	defer cancel()
	for {
		var waiting bool
		err := s.pool.QueryRow(ctx, `
SELECT EXISTS (SELECT FROM web_processes WHERE purged < $1 AND seen_at > clock_timestamp() - $2::interval)`, id, watchLease).Scan(&waiting)
		if err != nil && ctx.Err() == nil {
			return translate(err)
		}
		if err == nil && !waiting {
			return nil
		}
		select {
		case <-ctx.Done():
			return forum.Refuse(forum.Unavailable, "city.pages_not_purged")
		case <-time.After(5 * time.Millisecond):
		}
	}
}
