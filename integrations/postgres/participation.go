package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// participation compares open forums with closed ones: how many public opinions each had at the same share of its period. Of
// the likenesses that have enough forums the closest is taken; of those the latest.
const participation = `
WITH running AS (
	SELECT f.*, extract(epoch FROM statement_timestamp() - f.opens_at) / extract(epoch FROM f.closes_at - f.opens_at) AS share,
		(statement_timestamp() AT TIME ZONE 'Asia/Seoul')::date - (f.opens_at AT TIME ZONE 'Asia/Seoul')::date + 1 AS day,
		((f.closes_at - interval '1 microsecond') AT TIME ZONE 'Asia/Seoul')::date - (f.opens_at AT TIME ZONE 'Asia/Seoul')::date + 1 AS days
	FROM forums f
	WHERE f.status = 'open' AND statement_timestamp() >= f.opens_at AND statement_timestamp() < f.closes_at
		AND (@forum = '' OR f.id::text = @forum)
), past AS (
	SELECT id, track, department, opens_at, closed_at FROM forums
	WHERE closed_at > opens_at AND status IN ('closed', 'analysing', 'awarding', 'responding', 'published', 'following', 'archived')
)
SELECT r.id, shown_number(r.number, r.created_at, 4), r.title, r.title_en, r.lang, r.department, r.day, r.days,
	(SELECT count(*) FROM opinions o WHERE o.forum_id = r.id AND o.status = 'published'), coalesce(chosen.likeness, ''),
	coalesce(by_then.forums, 0), coalesce(by_then.median, 0)
FROM running r
LEFT JOIN LATERAL (
	SELECT l.likeness, l.ord FROM (
		SELECT count(*) FILTER (WHERE p.track = r.track AND p.department = r.department AND r.department <> '') AS unit,
			count(*) FILTER (WHERE p.track = r.track) AS track, count(*) AS any_forum
		FROM past p) AS n
	CROSS JOIN LATERAL (VALUES (1, 'department', n.unit), (2, 'track', n.track), (3, 'any', n.any_forum)) AS l (ord, likeness, forums)
	WHERE l.forums >= @least ORDER BY l.ord LIMIT 1
) AS chosen ON true
LEFT JOIN LATERAL (
	SELECT count(*) AS forums, percentile_cont(0.5) WITHIN GROUP (ORDER BY kin.opinions) AS median FROM (
		SELECT (SELECT count(*) FROM opinions o WHERE o.forum_id = p.id AND o.status = 'published'
			AND o.accepted_at < p.opens_at + (p.closed_at - p.opens_at) * r.share) AS opinions
		FROM past p
		WHERE chosen.ord = 3 OR p.track = r.track AND (chosen.ord = 2 OR chosen.ord = 1 AND p.department = r.department)
		ORDER BY p.closed_at DESC, p.id LIMIT @most) AS kin
) AS by_then ON true
ORDER BY r.closes_at, r.id`

// Participation compares an open forum with closed ones; one that isn't open has nothing to compare: NotFound.
func (s *Store) Participation(ctx context.Context, forumID forum.ID) (forum.Participation, error) {
	all, err := s.participations(ctx, forumID)
	if err == nil && len(all) == 0 {
		return forum.Participation{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	if err != nil {
		return forum.Participation{}, err
	}
	return all[0], nil
}

// Lagging lists the open forums in which participation lags, the next close first.
func (s *Store) Lagging(ctx context.Context) ([]forum.Participation, error) {
	all, err := s.participations(ctx, "")
	var lagging []forum.Participation
	for _, p := range all {
		if p.Lags() {
			lagging = append(lagging, p)
		}
	}
	return lagging, err
}

func (s *Store) participations(ctx context.Context, forumID forum.ID) ([]forum.Participation, error) {
	rows, err := s.pool.Query(ctx, participation, pgx.NamedArgs{"forum": string(forumID), "least": forum.LeastComparable, "most": forum.MostComparable})
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Participation, error) {
		var p forum.Participation
		err := row.Scan(&p.Forum, &p.Number, &p.Title, &p.TitleEn, &p.Lang, &p.Department, &p.Day, &p.Days, &p.Opinions, &p.Like, &p.Comparable, &p.Median)
		return p, err
	})
	return all, translate(err)
}
