package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// Vitals checks the invariants and counts mails by status and leaves that wait for the ledger. It recounts everything: for
// an operator and for tests, not for a page view.
func (s *Store) Vitals(ctx context.Context) (forum.Vitals, error) {
	v := forum.Vitals{Mails: map[forum.MailStatus]int{}}
	if err := s.tallying(ctx, afterAnother, s.tally); err != nil {
		return v, err
	}
	var err error
	if v.Invariants, err = s.Invariants(ctx); err != nil {
		return v, err
	}
	if err := s.pool.QueryRow(ctx, `SELECT count(*) FROM log_pending`).Scan(&v.LedgerPending); err != nil {
		return v, translate(err)
	}
	if v.BadAddresses, err = s.BadAddresses(ctx); err != nil {
		return v, err
	}
	rows, err := s.pool.Query(ctx, `SELECT status, count(*) FROM mails GROUP BY status`)
	if err != nil {
		return v, translate(err)
	}
	var status forum.MailStatus
	var n int
	_, err = pgx.ForEachRow(rows, []any{&status, &n}, func() error {
		v.Mails[status] = n
		return nil
	})
	return v, translate(err)
}

// BadAddresses is how many citizens' addresses get no letters: a server has refused them, or a letter came back.
func (s *Store) BadAddresses(ctx context.Context) (n int, err error) {
	err = s.pool.QueryRow(ctx, `SELECT count(*) FROM contacts WHERE bad_at IS NOT NULL`).Scan(&n)
	return n, translate(err)
}
