package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"acropolis/forum"
	"acropolis/forum/analysis"
)

// tallyLock lets one process at a time tally, whichever it is.
const tallyLock = 0x7461_6c6c_79 // "tally"

// unseen says of a row r that the last tally couldn't see it: what that one saw is in the shown counts, what has committed since
// is not. Numbers beyond the cluster's own come from another one, whose rows were restored here: they were counted there.
func unseen(r string) string {
	return r + `.tx >= pg_snapshot_xmin(@counted::pg_snapshot) AND ` + r + `.tx < pg_snapshot_xmax(pg_current_snapshot())
	AND NOT pg_visible_in_snapshot(` + r + `.tx, @counted::pg_snapshot)`
}

// forumsToRecount are those of which an opinion was hidden, shown or taken back since the last tally, or votes were excluded or
// count again: all these votes leave or join the forum's counts.
var forumsToRecount = `
SELECT r.forum_id FROM audit r WHERE r.noun = 'opinion' AND r.forum_id IS NOT NULL AND ` + unseen("r") + `
UNION
SELECT e.forum_id FROM exclusion_steps r JOIN exclusions e ON e.id = r.exclusion_id WHERE ` + unseen("r") + ` ORDER BY 1`

// addVotes adds what each change of a vote has changed, to its opinion and to its forum, and lets voters join the forum or leave it:
// who took a vote back is one as long as another stands. A closed forum's counts are frozen, and those of the forums in @recounted
// have just been made anew. What is new is read first, so that it costs what has come in whatever the planner thinks of the rest.
var addVotes = `
WITH fresh AS MATERIALIZED (
	SELECT r.opinion_id, r.voter, r.choice, r.previous FROM vote_changes r WHERE NOT r.excluded AND ` + unseen("r") + `
), board AS MATERIALIZED (
	SELECT o.id AS opinion_id, o.forum_id, o.accepted_at FROM (SELECT DISTINCT opinion_id FROM fresh) AS d JOIN opinions o ON o.id = d.opinion_id
	JOIN forums f ON f.id = o.forum_id WHERE f.closed_at IS NULL AND o.forum_id <> ALL(@recounted::uuid[])
), by_opinion AS MATERIALIZED (
	SELECT b.opinion_id, b.forum_id, b.accepted_at, sum((choice = 1)::int - (previous = 1)::int)::int AS up,
		sum((choice = -1)::int - (previous = -1)::int)::int AS down
	FROM fresh JOIN board b USING (opinion_id) GROUP BY 1, 2, 3
), counted AS (
	UPDATE vote_counts c SET votes_for = c.votes_for + b.up, votes_against = c.votes_against + b.down
	FROM by_opinion b WHERE c.opinion_id = b.opinion_id AND (b.up <> 0 OR b.down <> 0)
), first AS (
	INSERT INTO vote_counts (opinion_id, forum_id, accepted_at, votes_for, votes_against)
	SELECT opinion_id, forum_id, accepted_at, up, down FROM by_opinion b
	WHERE (up <> 0 OR down <> 0) AND NOT EXISTS (SELECT FROM vote_counts c WHERE c.opinion_id = b.opinion_id)
	ON CONFLICT DO NOTHING
), moved AS (
	SELECT b.forum_id, voter, bool_or(choice = 0) AS took_back FROM fresh JOIN board b USING (opinion_id)
	WHERE (choice = 0) <> (previous = 0) GROUP BY 1, 2
), stands AS MATERIALIZED (
	SELECT m.forum_id, m.voter, NOT m.took_back OR EXISTS (SELECT FROM counted_votes v JOIN opinions o ON o.id = v.opinion_id
		WHERE v.voter = m.voter AND v.choice <> 0 AND o.forum_id = m.forum_id AND o.status = 'published') AS stands FROM moved m
), joined AS (
	INSERT INTO forum_voters (forum_id, voter) SELECT forum_id, voter FROM stands WHERE stands ON CONFLICT DO NOTHING RETURNING forum_id
), gone AS (
	DELETE FROM forum_voters v USING stands s WHERE NOT s.stands AND v.forum_id = s.forum_id AND v.voter = s.voter RETURNING v.forum_id
), sums AS (
	SELECT forum_id, up, down, 0 AS voters FROM by_opinion
	UNION ALL SELECT forum_id, 0, 0, 1 FROM joined
	UNION ALL SELECT forum_id, 0, 0, -1 FROM gone
)
SELECT forum_id, 0 AS opinions, sum(voters)::int AS voters, sum(up)::int AS votes_for, sum(down)::int AS votes_against, 0 AS hits
FROM sums GROUP BY forum_id`

// addPosts counts new opinions and views.
var addPosts = `
SELECT forum_id, sum(opinions)::int AS opinions, 0 AS voters, 0 AS votes_for, 0 AS votes_against, sum(hits)::int AS hits FROM (
	SELECT r.forum_id, 1 AS opinions, 0 AS hits FROM opinions r WHERE r.status = 'published' AND ` + unseen("r") + `
	UNION ALL
	SELECT r.forum_id, 0, 1 FROM hits r WHERE ` + unseen("r") + `
) AS new JOIN forums f ON f.id = forum_id
WHERE f.closed_at IS NULL AND forum_id <> ALL(@recounted::uuid[]) GROUP BY forum_id`

// addToForums adds to the forums' shown counts.
const addToForums = `
WITH added AS (
	SELECT * FROM unnest(@forums::uuid[], @opinions::int[], @voters::int[], @for::int[], @against::int[], @hits::int[])
	AS a (forum_id, opinions, voters, votes_for, votes_against, hits)
), known AS (
	UPDATE forum_counts c SET opinions = c.opinions + a.opinions, voters = c.voters + a.voters, votes_for = c.votes_for + a.votes_for,
		votes_against = c.votes_against + a.votes_against, hits = c.hits + a.hits
	FROM added a WHERE c.forum_id = a.forum_id
)
INSERT INTO forum_counts (forum_id, opinions, voters, votes_for, votes_against, hits)
SELECT a.forum_id, a.opinions, a.voters, a.votes_for, a.votes_against, a.hits FROM added a
WHERE NOT EXISTS (SELECT FROM forum_counts c WHERE c.forum_id = a.forum_id)
ON CONFLICT DO NOTHING`

// tallySupports recounts the suggestions that somebody backed since the last tally.
var tallySupports = `
WITH dirty AS (SELECT DISTINCT r.suggestion_id FROM support_changes r WHERE ` + unseen("r") + `)
INSERT INTO support_counts AS c (suggestion_id, supports)
SELECT s.suggestion_id, count(*) FILTER (WHERE s.stands)
FROM supports s JOIN dirty USING (suggestion_id) GROUP BY s.suggestion_id ORDER BY s.suggestion_id
ON CONFLICT (suggestion_id) DO UPDATE SET supports = excluded.supports WHERE c.supports <> excluded.supports`

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
// nothing. It adds what has committed since the last one, so that it costs what has come in and not what there is; a forum of
// which an opinion was hidden or shown is counted anew: hidden text is in no count.
func (s *Store) Tally(ctx context.Context) error {
	return s.tallying(ctx, `SELECT pg_try_advisory_lock($1)`, s.tally)
}

// afterAnother waits for whoever is at it.
const afterAnother = `SELECT pg_advisory_lock($1) IS NOT NULL`

// tallying runs work as the only tally, when lock says that nobody else is at it. One snapshot for all of it: what it sees is counted, what it doesn't
// see is the next tally's. A close that froze a forum's counts meanwhile makes it start anew, instead of adding to them once more.
func (s *Store) tallying(ctx context.Context, lock string, work func(context.Context, pgx.Tx) error) error {
	return translate(s.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		var mine bool
		if err := conn.QueryRow(ctx, lock, int64(tallyLock)).Scan(&mine); err != nil || !mine {
			return err
		}
		defer func() {
			if _, err := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(tallyLock)); err != nil {
				_ = conn.Conn().Close(context.WithoutCancel(ctx)) // the server lets go of it
			}
		}()
		var err error
		for range 3 {
			err = pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error { return work(ctx, tx) })
			if !isTransient(err) {
				break
			}
		}
		return err
	}))
}

func (s *Store) tally(ctx context.Context, tx pgx.Tx) error {
	var counted string
	var elsewhere bool
	err := tx.QueryRow(ctx, `SELECT counted::text, cluster NOT IN (0, system_identifier) FROM tally_cursor, pg_control_system()`).Scan(&counted, &elsewhere)
	if err != nil {
		return err
	}
	args := pgx.NamedArgs{"counted": counted}
	which := forumsToRecount
	if elsewhere {
		which = `SELECT id FROM forums ORDER BY id`
	}
	rows, err := tx.Query(ctx, which, args)
	if err != nil {
		return err
	}
	recounted, err := pgx.CollectRows(rows, pgx.RowTo[forum.ID])
	if err != nil {
		return err
	}
	for _, id := range recounted {
		if err := s.recount(ctx, tx, id); err != nil {
			return err
		}
	}
	args["recounted"] = texts(recounted)
	if err := addToShown(ctx, tx, args); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, tallySupports, args); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE tally_cursor SET counted = pg_current_snapshot(), cluster = system_identifier FROM pg_control_system()`)
	return err
}

// added is what is to be added to a forum's shown counts.
type added struct {
	ForumID                                        forum.ID
	Opinions, Voters, VotesFor, VotesAgainst, Hits int
}

func addToShown(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) error {
	sums := map[forum.ID]added{}
	for _, sql := range []string{addVotes, addPosts} {
		rows, err := tx.Query(ctx, sql, args)
		if err != nil {
			return err
		}
		some, err := pgx.CollectRows(rows, pgx.RowToStructByName[added])
		if err != nil {
			return err
		}
		for _, a := range some {
			sum := sums[a.ForumID]
			sums[a.ForumID] = added{a.ForumID, sum.Opinions + a.Opinions, sum.Voters + a.Voters, sum.VotesFor + a.VotesFor,
				sum.VotesAgainst + a.VotesAgainst, sum.Hits + a.Hits}
		}
	}
	if len(sums) == 0 {
		return nil
	}
	var forums []string
	var opinions, voters, votesFor, votesAgainst, hits []int
	for _, id := range slices.Sorted(maps.Keys(sums)) {
		a := sums[id]
		forums, opinions, voters = append(forums, string(id)), append(opinions, a.Opinions), append(voters, a.Voters)
		votesFor, votesAgainst, hits = append(votesFor, a.VotesFor), append(votesAgainst, a.VotesAgainst), append(hits, a.Hits)
	}
	_, err := tx.Exec(ctx, addToForums, pgx.NamedArgs{"forums": forums, "opinions": opinions, "voters": voters, "for": votesFor,
		"against": votesAgainst, "hits": hits})
	return err
}

// recount counts one forum in full. A closed one is frozen anew.
func (s *Store) recount(ctx context.Context, tx pgx.Tx, id forum.ID) error {
	var closedAt *time.Time
	if err := tx.QueryRow(ctx, `SELECT closed_at FROM forums WHERE id = $1`, id).Scan(&closedAt); err != nil {
		return err
	}
	if closedAt != nil {
		return s.freeze(ctx, tx, id, *closedAt)
	}
	return s.countOpen(ctx, tx, id)
}

// countOpen counts a forum in full that hasn't closed.
func (s *Store) countOpen(ctx context.Context, tx pgx.Tx, id forum.ID) error {
	for _, sql := range []string{recountVotes, countForum, `DELETE FROM forum_voters WHERE forum_id = @forum`, recountVoters} {
		if _, err := tx.Exec(ctx, sql, pgx.NamedArgs{"forum": id}); err != nil {
			return err
		}
	}
	return nil
}

// recountVoters lists whose votes stand on a forum.
const recountVoters = `
INSERT INTO forum_voters (forum_id, voter)
SELECT DISTINCT o.forum_id, v.voter FROM counted_votes v JOIN opinions o ON o.id = v.opinion_id
WHERE o.forum_id = @forum AND o.status = 'published' AND v.choice <> 0`

// recountVotes counts all votes of a forum's opinions anew.
const recountVotes = `
INSERT INTO vote_counts AS c (opinion_id, forum_id, accepted_at, votes_for, votes_against)
SELECT o.id, o.forum_id, o.accepted_at, count(*) FILTER (WHERE v.choice = 1), count(*) FILTER (WHERE v.choice = -1)
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

// countLanguages counts hits per civil day and language of the page. What was imported says nothing of it.
const countLanguages = `
SELECT (seen_at AT TIME ZONE 'Asia/Seoul')::date::text AS date, lang, count(*)::int AS hits FROM hits
WHERE forum_id = @forum AND NOT (SELECT imported FROM forums WHERE id = @forum) GROUP BY 1, 2`

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
	counted, err := pgx.CollectRows(rows, pgx.RowToStructByNameLax[forum.DayFigures])
	if err != nil {
		return f, err
	}
	f.Days = fillDays(analysis.CivilDays(opensAt, until, s.zone), counted)
	if err := addLanguages(ctx, q, args, f.Days); err != nil {
		return f, err
	}
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

// addLanguages gives each day its hits by language.
func addLanguages(ctx context.Context, q querier, args pgx.NamedArgs, days []forum.DayFigures) error {
	rows, err := q.Query(ctx, countLanguages, args)
	if err != nil {
		return err
	}
	place := make(map[string]*forum.DayFigures, len(days))
	for i := range days {
		place[days[i].Date] = &days[i]
	}
	var date, lang string
	var hits int
	_, err = pgx.ForEachRow(rows, []any{&date, &lang, &hits}, func() error {
		if day := place[date]; day != nil {
			if day.HitsByLanguage == nil {
				day.HitsByLanguage = map[string]int{}
			}
			day.HitsByLanguage[lang] = hits
		}
		return nil
	})
	return err
}

func ignoreNoRows(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}
