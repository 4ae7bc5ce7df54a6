package postgres

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"strconv"
	"time"

	"acropolis/forum"
)

// takeRate is the generic cell rate algorithm in one statement: who comes gets a unit when no more than the burst is owed then.
// Rows long at rest are removed on the way, a few at a time.
const takeRate = `
WITH rested AS (
	DELETE FROM rates WHERE key IN (
		SELECT key FROM rates WHERE tat < statement_timestamp() - interval '1 minute' AND key <> $1 ORDER BY tat LIMIT 5 FOR UPDATE SKIP LOCKED)
)
INSERT INTO rates AS r (key, tat) VALUES ($1, statement_timestamp() + $2::interval)
ON CONFLICT (key) DO UPDATE SET tat = greatest(r.tat, statement_timestamp()) + $2::interval
WHERE greatest(r.tat, statement_timestamp()) + $2::interval - statement_timestamp() <= $3::interval`

// rateKeys hashes the names of those who are counted.
func (s *Store) rateKeys() func(name string) []byte {
	mac := hmac.New(sha256.New, s.OriginSecret())
	return func(name string) []byte {
		mac.Reset()
		mac.Write([]byte(name))
		return mac.Sum(nil)[:16]
	}
}

// TakeRate lets the one who is named by id through as often as the rate says, whichever web process they come to, and refuses
// the rest with TooMany and when to come back. What is kept is a keyed hash.
func (s *Store) TakeRate(ctx context.Context, rate forum.Rate, id string) error {
	key := s.rateKeys()("rate " + rate.Name + " " + id)
	burst := rate.Every * time.Duration(rate.Burst)
	done, err := s.pool.Exec(ctx, takeRate, key, rate.Every, burst)
	if err != nil {
		return translate(err)
	}
	if done.RowsAffected() > 0 {
		return nil
	}
	var seconds int
	err = s.pool.QueryRow(ctx, `SELECT ceil(extract(epoch FROM tat + $2::interval - $3::interval - statement_timestamp()))::int FROM rates WHERE key = $1`,
		key, rate.Every, burst).Scan(&seconds)
	if err := ignoreNoRows(err); err != nil {
		return translate(err)
	}
	return forum.Refuse(forum.TooMany, "request.too_many").With("retry_after", strconv.Itoa(max(seconds, 1)))
}
