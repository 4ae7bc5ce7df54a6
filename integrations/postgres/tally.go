package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"acropolis/forum"
	"acropolis/forum/analysis"
)

const (
	tallyLock = 0x7461_6c6c_79 // "tally": one at a time, whichever process
	// tallyOverlap covers transactions that had taken their instant but not yet written when the last tally looked.
	tallyOverlap = 15 * time.Second
)

// tallyHorizon is the instant before which everything accepted is committed and visible by now: nobody who is still
// writing began earlier.
const tallyHorizon = `
SELECT least(clock_timestamp(), min(xact_start)) FROM pg_stat_activity
WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()`

// tallyVotes recounts a forum's opinions that somebody voted on since the last tally.
const tallyVotes = `
WITH dirty AS (
	SELECT DISTINCT c.opinion_id FROM vote_changes c JOIN opinions o ON o.id = c.opinion_id
	WHERE c.accepted_at >= @since AND o.forum_id = @forum
)
INSERT INTO vote_counts AS c (opinion_id, votes_for, votes_against)
SELECT v.opinion_id, count(*) FILTER (WHERE v.choice = 1), count(*) FILTER (WHERE v.choice = -1)
FROM counted_votes v JOIN dirty USING (opinion_id) GROUP BY v.opinion_id ORDER BY v.opinion_id
ON CONFLICT (opinion_id) DO UPDATE SET votes_for = excluded.votes_for, votes_against = excluded.votes_against
WHERE (c.votes_for, c.votes_against) <> (excluded.votes_for, excluded.votes_against)`

// tallySupports recounts the suggestions that somebody backed since the last tally.
const tallySupports = `
WITH dirty AS (SELECT DISTINCT suggestion_id FROM support_changes WHERE accepted_at >= @since)
INSERT INTO support_counts AS c (suggestion_id, supports)
SELECT s.suggestion_id, count(*) FILTER (WHERE s.stands)
FROM supports s JOIN dirty USING (suggestion_id) GROUP BY s.suggestion_id ORDER BY s.suggestion_id
ON CONFLICT (suggestion_id) DO UPDATE SET supports = excluded.supports WHERE c.supports <> excluded.supports`

// dirtyForums are those whose board somebody changed since the last tally.
const dirtyForums = `
SELECT f.id FROM forums f
WHERE f.id IN (
	SELECT forum_id FROM opinions WHERE accepted_at >= @since
	UNION SELECT o.forum_id FROM vote_changes v JOIN opinions o ON o.id = v.opinion_id WHERE v.accepted_at >= @since
	UNION SELECT forum_id FROM hits WHERE seen_at >= @since
	UNION SELECT forum_id FROM audit WHERE noun = 'opinion' AND at >= @since)
ORDER BY f.id`

// countedForum counts a forum: published opinions, the votes that stand on them and who cast those, and the views during the
// period.
const countedForum = `
WITH board AS (
	SELECT count(*) AS opinions FROM opinions WHERE forum_id = @forum AND status = 'published'
), standing AS (
	SELECT count(DISTINCT v.voter) AS voters, count(*) FILTER (WHERE v.choice = 1) AS votes_for, count(*) FILTER (WHERE v.choice = -1) AS votes_against
	FROM counted_votes v JOIN opinions o ON o.id = v.opinion_id
	WHERE o.forum_id = @forum AND o.status = 'published' AND v.choice <> 0
), seen AS (
	SELECT count(*) AS hits FROM hits WHERE forum_id = @forum
)
SELECT opinions, voters, votes_for, votes_against, hits, @forum::uuid FROM board, standing, seen`

// countForum writes what countedForum counts as the shown tallies.
const countForum = `
INSERT INTO forum_counts (opinions, voters, votes_for, votes_against, hits, forum_id)` + countedForum + `
ON CONFLICT (forum_id) DO UPDATE SET opinions = excluded.opinions, voters = excluded.voters, votes_for = excluded.votes_for,
	votes_against = excluded.votes_against, hits = excluded.hits
RETURNING opinions, voters, votes_for, votes_against, hits, forum_id`

// Tally brings the shown counts up to date. It may run anywhere and at any time; while another process is at it, it does
// nothing. A closed forum is recounted, too, when one of its opinions is hidden or shown: hidden text is in no count.
func (s *Store) Tally(ctx context.Context) error {
	return translate(s.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		var mine bool
		if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, int64(tallyLock)).Scan(&mine); err != nil || !mine {
			return err
		}
		defer func() {
			if _, err := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(tallyLock)); err != nil {
				_ = conn.Conn().Close(context.WithoutCancel(ctx)) // the server lets go of it
			}
		}()
		return s.tally(ctx, conn)
	}))
}

func (s *Store) tally(ctx context.Context, conn *pgxpool.Conn) error {
	var since, horizon time.Time
	if err := conn.QueryRow(ctx, tallyHorizon).Scan(&horizon); err != nil {
		return err
	}
	// Never later than now: a database clock that was set back must not hide what comes in meanwhile.
	err := conn.QueryRow(ctx, `
SELECT CASE upto WHEN '-infinity' THEN '0001-01-01' ELSE least(upto, clock_timestamp()) - @overlap::interval END FROM tally_cursor`,
		pgx.NamedArgs{"overlap": tallyOverlap}).Scan(&since)
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, tallySupports, pgx.NamedArgs{"since": since}); err != nil {
		return err
	}
	rows, err := conn.Query(ctx, dirtyForums, pgx.NamedArgs{"since": since})
	if err != nil {
		return err
	}
	forums, err := pgx.CollectRows(rows, pgx.RowTo[forum.ID])
	if err != nil {
		return err
	}
	for _, id := range forums {
		if err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return s.tallyForum(ctx, tx, id, since) }); err != nil {
			return err
		}
	}
	_, err = conn.Exec(ctx, `UPDATE tally_cursor SET upto = $1`, horizon)
	return err
}

// tallyForum recounts one forum under its shared lock, so that it can't write over what a close has frozen meanwhile.
func (s *Store) tallyForum(ctx context.Context, tx pgx.Tx, id forum.ID, since time.Time) error {
	if err := lockForumShared(ctx, tx, id); err != nil {
		return err
	}
	var closedAt *time.Time
	if err := tx.QueryRow(ctx, `SELECT closed_at FROM forums WHERE id = $1`, id).Scan(&closedAt); err != nil {
		return err
	}
	if closedAt != nil {
		return s.freeze(ctx, tx, id, *closedAt)
	}
	if _, err := tx.Exec(ctx, tallyVotes, pgx.NamedArgs{"forum": id, "since": since}); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, countForum, pgx.NamedArgs{"forum": id})
	return err
}

// recountVotes counts all votes of a forum's opinions anew.
const recountVotes = `
INSERT INTO vote_counts AS c (opinion_id, votes_for, votes_against)
SELECT o.id, count(*) FILTER (WHERE v.choice = 1), count(*) FILTER (WHERE v.choice = -1)
FROM opinions o JOIN counted_votes v ON v.opinion_id = o.id WHERE o.forum_id = @forum GROUP BY o.id ORDER BY o.id
ON CONFLICT (opinion_id) DO UPDATE SET votes_for = excluded.votes_for, votes_against = excluded.votes_against
WHERE (c.votes_for, c.votes_against) <> (excluded.votes_for, excluded.votes_against)`

// countDays counts per civil day of the city.
const countDays = `
SELECT (at AT TIME ZONE 'Asia/Seoul')::date::text AS date, count(*) FILTER (WHERE what = 'opinion') AS opinions,
	count(*) FILTER (WHERE what = 'for') AS votes_for, count(*) FILTER (WHERE what = 'against') AS votes_against,
	count(*) FILTER (WHERE what = 'hit') AS hits
FROM (
	SELECT 'opinion' AS what, accepted_at AS at FROM opinions WHERE forum_id = @forum AND status = 'published'
	UNION ALL
	SELECT CASE v.choice WHEN 1 THEN 'for' ELSE 'against' END, v.accepted_at FROM counted_votes v JOIN opinions o ON o.id = v.opinion_id
	WHERE o.forum_id = @forum AND o.status = 'published' AND v.choice <> 0
	UNION ALL
	SELECT 'hit', seen_at FROM hits WHERE forum_id = @forum
) AS happened GROUP BY 1`

// countDistricts counts opinions by where their authors live; the empty name stands for "not given".
const countDistricts = `
SELECT district AS name, count(*) AS opinions FROM opinions WHERE forum_id = @forum AND status = 'published'
GROUP BY district ORDER BY count(*) DESC, district`

// freeze counts a forum in full at its close, in the closing transaction, which holds the forum's exclusive lock: what was
// accepted before closedAt and is public. It is run again when a closed forum's opinion is published or hidden later.
func (s *Store) freeze(ctx context.Context, tx pgx.Tx, forumID forum.ID, closedAt time.Time) error {
	if _, err := tx.Exec(ctx, recountVotes, pgx.NamedArgs{"forum": forumID}); err != nil {
		return err
	}
	figures, err := s.figures(ctx, tx, countForum, forumID, closedAt)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(figures)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
INSERT INTO analyses (forum_id, figures, frozen_at) VALUES ($1, $2, $3)
ON CONFLICT (forum_id) DO UPDATE SET figures = excluded.figures, frozen_at = excluded.frozen_at,
	approval_id = CASE WHEN analyses.figures = excluded.figures THEN analyses.approval_id END -- it was of other figures`, forumID, raw, closedAt)
	return err
}

// figures counts a forum in full by countForum, which also writes the shown tallies, or by countedForum, which only reads:
// participation with a day for each civil day from the opening to the close.
func (s *Store) figures(ctx context.Context, q querier, count string, forumID forum.ID, closedAt time.Time) (forum.Figures, error) {
	args := pgx.NamedArgs{"forum": forumID, "closed": closedAt}
	f := forum.Figures{FrozenAt: closedAt.UTC()}
	err := q.QueryRow(ctx, count, args).Scan(&f.Opinions, &f.Voters, &f.VotesFor, &f.VotesAgainst, &f.Hits, nil)
	if err != nil {
		return f, err
	}
	var opensAt, until time.Time // a close that came late doesn't lengthen the period
	err = q.QueryRow(ctx, `
SELECT f.opens_at, least(f.closes_at, @closed::timestamptz), (SELECT count(DISTINCT author) FROM opinions WHERE forum_id = f.id AND status = 'published')
FROM forums f WHERE f.id = @forum`, args).Scan(&opensAt, &until, &f.Authors)
	if err != nil {
		return f, err
	}
	rows, err := q.Query(ctx, countDays, args)
	if err != nil {
		return f, err
	}
	counted, err := pgx.CollectRows(rows, pgx.RowToStructByName[forum.DayFigures])
	if err != nil {
		return f, err
	}
	f.Days = fillDays(analysis.CivilDays(opensAt, until, s.zone), counted)
	if rows, err = q.Query(ctx, countDistricts, args); err != nil {
		return f, err
	}
	f.Districts, err = pgx.CollectRows(rows, pgx.RowToStructByName[forum.DistrictFigures])
	return f, err
}

// fillDays gives each day of the period what was counted on it. Nothing is counted outside the period.
func fillDays(period []analysis.Date, counted []forum.DayFigures) []forum.DayFigures {
	byDate := make(map[string]forum.DayFigures, len(counted))
	for _, day := range counted {
		byDate[day.Date] = day
	}
	days := make([]forum.DayFigures, len(period))
	for i, date := range period {
		days[i] = byDate[date.String()]
		days[i].Date = date.String()
	}
	return days
}

func ignoreNoRows(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}
