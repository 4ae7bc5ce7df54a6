package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// originsDue are the forums whose close is so long ago that nobody looks for crowds on them any more. A forum that was withdrawn, or
// never resumed, has its announced close.
const originsDue = `
SELECT id FROM forums
WHERE origins_erased_at IS NULL AND coalesce(closed_at, closes_at) < now() - $1::interval AND status NOT IN ('open', 'scheduled', 'preparing', 'assigning', 'selected')
ORDER BY id`

// eraseSome erases a bounded number of a forum's, so that no transaction is long and nothing else waits for it.
var eraseSome = []string{`
UPDATE vote_changes SET network = NULL, wide = NULL, domain = NULL, common = false, account_age = NULL
WHERE id IN (SELECT c.id FROM vote_changes c JOIN opinions o ON o.id = c.opinion_id
	WHERE o.forum_id = $1 AND (c.network IS NOT NULL OR c.wide IS NOT NULL OR c.domain IS NOT NULL OR c.common OR c.account_age IS NOT NULL) LIMIT $2)`, `
UPDATE opinions SET network = NULL, wide = NULL, domain = NULL, common = false, account_age = NULL
WHERE id IN (SELECT id FROM opinions
	WHERE forum_id = $1 AND (network IS NOT NULL OR wide IS NOT NULL OR domain IS NOT NULL OR common OR account_age IS NOT NULL) LIMIT $2)`}

const eraseAtOnce = 2000

// EraseOrigins erases, as many days after a forum's close as the city has set, what is kept of where its votes and opinions came from. It may be stopped and run
// again at any time; a forum counts as done once nothing is left.
func (s *Store) EraseOrigins(ctx context.Context) error {
	var ids []forum.ID
	rows, err := s.pool.Query(ctx, originsDue, s.pace.Days(s.originDays))
	if err == nil {
		ids, err = pgx.CollectRows(rows, pgx.RowTo[forum.ID])
	}
	if err != nil {
		return translate(err)
	}
	for _, id := range ids {
		for _, some := range eraseSome {
			for {
				done, err := s.pool.Exec(ctx, some, id, eraseAtOnce)
				if err != nil {
					return translate(err)
				}
				if done.RowsAffected() < eraseAtOnce {
					break
				}
			}
		}
		if _, err := s.pool.Exec(ctx, `UPDATE forums SET origins_erased_at = now() WHERE id = $1`, id); err != nil {
			return translate(err)
		}
	}
	return nil
}
