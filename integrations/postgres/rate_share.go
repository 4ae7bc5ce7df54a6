package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// shareRates adds what one process let through and gives what all have told. The rows are taken in one order, so that two
// processes never wait for each other.
const shareRates = `
INSERT INTO shared_rates AS r (key, tat)
SELECT key, statement_timestamp() + took * interval '1 microsecond' FROM unnest($1::bytea[], $2::bigint[]) AS used (key, took) ORDER BY key
ON CONFLICT (key) DO UPDATE SET tat = greatest(r.tat, statement_timestamp()) + (excluded.tat - statement_timestamp())
RETURNING key, (extract(epoch FROM tat - statement_timestamp()) * 1000000)::bigint`

// ShareRates adds what a web process let through of each key, and answers, in the same order, how long each takes to be at rest by
// what all processes have told. Keys must differ. What is kept is a keyed hash.
func (s *Store) ShareRates(ctx context.Context, used []forum.Used) ([]time.Duration, error) {
	hash, keys, took, place := s.rateKeys(), make([][]byte, len(used)), make([]int64, len(used)), make(map[string]int, len(used))
	for i, one := range used {
		keys[i], took[i] = hash("shared rate "+one.Key), one.Took.Microseconds()
		place[string(keys[i])] = i
	}
	rows, err := s.pool.Query(ctx, shareRates, keys, took)
	if err != nil {
		return nil, translate(err)
	}
	owed := make([]time.Duration, len(used))
	var key []byte
	var micros int64
	_, err = pgx.ForEachRow(rows, []any{&key, &micros}, func() error {
		owed[place[string(key)]] = time.Duration(micros) * time.Microsecond
		return nil
	})
	return owed, translate(err)
}

// forgetAtOnce is how many rows one statement removes.
const forgetAtOnce = 10000

// ForgetRates removes whom the processes have not told of for a while: all of them, because a crowd leaves more than one statement's.
func (s *Store) ForgetRates(ctx context.Context) error {
	for {
		done, err := s.pool.Exec(ctx, `
DELETE FROM shared_rates WHERE key IN (SELECT key FROM shared_rates WHERE tat < now() - interval '1 minute' LIMIT $1 FOR UPDATE SKIP LOCKED)`, forgetAtOnce)
		if err != nil || done.RowsAffected() < forgetAtOnce {
			return translate(err)
		}
	}
}
