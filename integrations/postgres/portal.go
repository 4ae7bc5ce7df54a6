package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// datesShown is how many forums a calendar holds: some forty years of one a month.
const datesShown = 500

// lastChanged is when something last became of a forum f.
const lastChanged = `coalesce((SELECT a.at FROM audit a WHERE a.forum_id = f.id ORDER BY a.id DESC LIMIT 1), f.created_at)`

// PublicDates are the openings, closes and answers of the forums that citizens may see, the latest first. A forum whose
// period isn't set yet has no dates.
func (s *Store) PublicDates(ctx context.Context) ([]forum.PublicDates, error) {
	rows, err := s.pool.Query(ctx, `
SELECT `+forumColumns+`, r.published_at, `+lastChanged+fromForums+`LEFT JOIN responses r ON r.forum_id = f.id AND f.status IN ('published', 'following', 'archived')
WHERE f.status NOT IN ('selected', 'assigning', 'preparing') AND f.opens_at IS NOT NULL ORDER BY f.opens_at DESC, f.id LIMIT $1`, datesShown)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d forum.PublicDates, err error) {
		var answered *time.Time
		d.Forum, err = forumFrom(row, &answered, &d.ChangedAt)
		d.AnsweredAt = instant(answered)
		return d, err
	})
	return all, translate(err)
}

// PublicAddresses are the forums and suggestions that citizens may read, the newest first.
func (s *Store) PublicAddresses(ctx context.Context) ([]forum.PublicAddress, error) {
	rows, err := s.pool.Query(ctx, `
(SELECT 'forum', f.id, f.status IN ('published', 'following', 'archived'), `+lastChanged+` AS at
 FROM forums f WHERE f.status NOT IN ('selected', 'assigning', 'preparing') ORDER BY f.created_at DESC LIMIT @most)
UNION ALL
(SELECT 'suggestion', s.id, false, s.submitted_at AS at
 FROM suggestions s WHERE s.status IN ('accepted', 'shortlisted', 'selected', 'not_selected') ORDER BY s.submitted_at DESC LIMIT @most)
ORDER BY at DESC LIMIT @most`, pgx.NamedArgs{"most": forum.PublicAddressesMost})
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[forum.PublicAddress])
	return all, translate(err)
}
