package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// recountDue says whether a night has begun since the last recount: three in the morning, when few are up.
const recountDue = `
SELECT recounted_at < night AND now() >= night FROM tally_cursor,
	LATERAL (SELECT (date_trunc('day', now() AT TIME ZONE 'Asia/Seoul') + interval '3 hours') AT TIME ZONE 'Asia/Seoul' AS night) AS n`

// RecountNightly compares, once a night, what every board that hasn't closed shows with a recount.
func (s *Store) RecountNightly(ctx context.Context) error {
	var due bool
	if err := s.pool.QueryRow(ctx, recountDue).Scan(&due); err != nil || !due {
		return translate(err)
	}
	return s.Recount(ctx)
}

// Recount compares what every board that hasn't closed shows with a recount, within one snapshot and after a tally. A board that
// differs is put right, and raises an alarm: the tally, or somebody with a right to the tables, has made a mistake.
func (s *Store) Recount(ctx context.Context) error {
	return s.tallying(ctx, afterAnother, func(ctx context.Context, tx pgx.Tx) error {
		if err := s.tally(ctx, tx); err != nil {
			return err
		}
		ids, err := s.idsOf(ctx, tx, `SELECT id FROM forums WHERE status IN ('open', 'suspended') ORDER BY id`)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.compareCounts(ctx, tx, id); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `UPDATE tally_cursor SET recounted_at = now()`)
		return err
	})
}

func (s *Store) idsOf(ctx context.Context, tx pgx.Tx, sql string) ([]forum.ID, error) {
	rows, err := tx.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[forum.ID])
}

// shownCounts are a forum's counts as pages show them; wrong says how many of its opinions show other votes than a recount.
const shownCounts = `
SELECT coalesce(c.opinions, 0), coalesce(c.voters, 0), coalesce(c.votes_for, 0), coalesce(c.votes_against, 0), coalesce(c.hits, 0), (
	SELECT count(*) FROM opinions o LEFT JOIN vote_counts c ON c.opinion_id = o.id
	LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE v.choice = 1) AS up, count(*) FILTER (WHERE v.choice = -1) AS down
		FROM counted_votes v WHERE v.opinion_id = o.id) AS r ON true
	WHERE o.forum_id = f.id AND (coalesce(c.votes_for, 0), coalesce(c.votes_against, 0)) <> (r.up, r.down)) AS wrong
FROM forums f LEFT JOIN forum_counts c ON c.forum_id = f.id WHERE f.id = @forum`

func (s *Store) compareCounts(ctx context.Context, tx pgx.Tx, id forum.ID) error {
	args := pgx.NamedArgs{"forum": id}
	var shown, counted forum.Counts
	wrong := 0
	err := tx.QueryRow(ctx, shownCounts, args).Scan(&shown.Opinions, &shown.Voters, &shown.VotesFor, &shown.VotesAgainst, &shown.Hits, &wrong)
	if err != nil {
		return err
	}
	err = tx.QueryRow(ctx, countedForum, args).Scan(&counted.Opinions, &counted.Voters, &counted.VotesFor, &counted.VotesAgainst, &counted.Hits, nil)
	if err != nil || wrong == 0 && shown == counted {
		return err
	}
	if err := s.countOpen(ctx, tx, id); err != nil {
		return err
	}
	before, err := json.Marshal(shown)
	if err != nil {
		return err
	}
	after, err := json.Marshal(counted)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
INSERT INTO count_alarms (forum_id, shown, counted) VALUES ($1, $2, $3)
ON CONFLICT (forum_id) DO UPDATE SET at = now(), shown = excluded.shown, counted = excluded.counted`, id, before, after)
	return err
}

// CountAlarms are the boards whose shown counts differed from a recount in the last two weeks, the last one first.
func (s *Store) CountAlarms(ctx context.Context) ([]forum.CountAlarm, error) {
	rows, err := s.pool.Query(ctx, `
SELECT a.forum_id, f.title, a.at, a.shown, a.counted FROM count_alarms a JOIN forums f ON f.id = a.forum_id
WHERE a.at > now() - interval '14 days' ORDER BY a.at DESC`)
	if err != nil {
		return nil, translate(err)
	}
	alarms, err := pgx.CollectRows(rows, pgx.RowToStructByPos[forum.CountAlarm])
	return alarms, translate(err)
}
