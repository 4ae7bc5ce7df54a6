package postgres

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"acropolis/forum"
	"acropolis/forum/analysis"
)

const suspectsLock = 0x73_7573_7065_6374 // "suspect": one at a time, whichever process

// suspectForums are those whose votes aren't those that were last looked at: every ten minutes at most, and a board whose look
// takes long less often; a closed one at once, so that whoever analyses it sees its marks.
const suspectForums = `
SELECT f.id FROM forums f JOIN forum_counts c ON c.forum_id = f.id LEFT JOIN suspect_runs r ON r.forum_id = f.id
WHERE f.status IN ('open', 'suspended', 'closed', 'analysing') AND NOT f.imported AND f.origins_erased_at IS NULL
	AND (r.at < f.closed_at OR (r.votes_for, r.votes_against) IS DISTINCT FROM (c.votes_for, c.votes_against)
		AND (r.at IS NULL OR r.at < now() - greatest(interval '10 minutes', 20 * r.took)))
ORDER BY r.at NULLS FIRST, f.id LIMIT 20`

// MarkSuspects looks for crowds on the boards that people vote on. Marked votes count like all others. It may run anywhere and at
// any time; while another process is at it, it does nothing.
func (s *Store) MarkSuspects(ctx context.Context) error {
	return translate(s.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		var mine bool
		if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, int64(suspectsLock)).Scan(&mine); err != nil || !mine {
			return err
		}
		defer func() {
			if _, err := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(suspectsLock)); err != nil {
				_ = conn.Conn().Close(context.WithoutCancel(ctx)) // the server lets go of it
			}
		}()
		rows, err := conn.Query(ctx, suspectForums)
		if err != nil {
			return err
		}
		forums, err := pgx.CollectRows(rows, pgx.RowTo[forum.ID])
		if err != nil {
			return err
		}
		for _, id := range forums {
			if err := s.markForum(ctx, conn, id); err != nil {
				return err
			}
		}
		return nil
	}))
}

// markForum reads a board, thinks, and writes what it found. Nothing is locked meanwhile.
func (s *Store) markForum(ctx context.Context, conn *pgxpool.Conn, id forum.ID) error {
	var at time.Time
	var votesFor, votesAgainst int
	if err := conn.QueryRow(ctx, `SELECT now(), votes_for, votes_against FROM forum_counts WHERE forum_id = $1`, id).Scan(&at, &votesFor, &votesAgainst); err != nil {
		return err
	}
	began := time.Now()
	casts, err := castsOf(ctx, conn, id)
	if err != nil {
		return err
	}
	posts, err := postsOf(ctx, conn, id)
	if err != nil {
		return err
	}
	crowds, copies := analysis.Crowds(casts, posts), analysis.NearCopies(posts)
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if err := keepCrowds(ctx, tx, id, crowds); err != nil {
			return err
		}
		if err := keepCopies(ctx, tx, id, copies); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
INSERT INTO suspect_runs (forum_id, at, took, votes_for, votes_against) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (forum_id) DO UPDATE SET at = excluded.at, took = excluded.took, votes_for = excluded.votes_for, votes_against = excluded.votes_against`,
			id, at, time.Since(began), votesFor, votesAgainst)
		return err
	})
}

// standingCasts are a board's standing votes with what is kept of where they came from; imported ones came from nowhere.
const standingCasts = `
SELECT * FROM (
	SELECT DISTINCT ON (c.opinion_id, c.voter) c.opinion_id, c.voter, c.choice, c.accepted_at, coalesce(c.network, ''), coalesce(c.wide, ''),
		coalesce(c.domain, ''), c.common, coalesce(c.account_age, 0)
	FROM vote_changes c JOIN opinions o ON o.id = c.opinion_id WHERE o.forum_id = $1 AND NOT c.imported
	ORDER BY c.opinion_id, c.voter, c.n DESC
) AS last WHERE choice <> 0`

func castsOf(ctx context.Context, q querier, id forum.ID) ([]analysis.Cast, error) {
	rows, err := q.Query(ctx, standingCasts, id)
	if err != nil {
		return nil, err
	}
	var all []analysis.Cast
	var c analysis.Cast
	var voter, network, wide, domain []byte
	var choice int16
	var age int
	_, err = pgx.ForEachRow(rows, []any{&c.Opinion, &voter, &choice, &c.At, &network, &wide, &domain, &c.Common, &age}, func() error {
		c.Voter, c.For = string(voter), choice > 0
		c.Network, c.Wide, c.Domain, c.Age = string(network), string(wide), string(domain), time.Duration(age)*time.Second
		all = append(all, c)
		return nil
	})
	return all, err
}

func postsOf(ctx context.Context, q querier, id forum.ID) ([]analysis.Post, error) {
	rows, err := q.Query(ctx, `SELECT id, author, title || ' ' || text FROM opinions WHERE forum_id = $1 AND status IN ('published', 'held', 'hidden')`, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (analysis.Post, error) {
		var p analysis.Post
		var author []byte
		err := row.Scan(&p.Opinion, &author, &p.Text)
		p.Author = string(author)
		return p, err
	})
}

// keepCrowds replaces a forum's marks. A crowd that has most of its voters in common with an earlier one is that one, so that who
// looks at it finds it again.
func keepCrowds(ctx context.Context, tx pgx.Tx, id forum.ID, crowds []analysis.Crowd) error {
	before, err := crowdsOfVoters(ctx, tx, id)
	if err != nil {
		return err
	}
	var kept []string
	used := map[forum.ID]bool{}
	var crowdIDs []string
	var voters [][]byte
	var scores []float64
	var signals []string
	for _, c := range crowds {
		crowd := earlierCrowd(c, before, used)
		used[crowd] = true
		kept = append(kept, string(crowd))
		if err := keepCrowd(ctx, tx, id, crowd, c); err != nil {
			return err
		}
		for _, one := range c.Suspects {
			crowdIDs, voters, scores = append(crowdIDs, string(crowd)), append(voters, []byte(one.Voter)), append(scores, one.Score)
			signals = append(signals, strings.Join(signalNames(one.Signals), " "))
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM suspects WHERE forum_id = $1 AND NOT voter = ANY($2)`, id, voters); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
INSERT INTO suspects AS s (forum_id, voter, crowd_id, score, signals)
SELECT $1, m.voter, m.crowd, m.score, string_to_array(m.signals, ' ') FROM unnest($2::bytea[], $3::uuid[], $4::float8[], $5::text[]) AS m (voter, crowd, score, signals)
ON CONFLICT ON CONSTRAINT one_suspicion_each DO UPDATE SET crowd_id = excluded.crowd_id, score = excluded.score, signals = excluded.signals`,
		id, voters, crowdIDs, scores, signals)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM suspect_crowds WHERE forum_id = $1 AND NOT id = ANY($2::uuid[])`, id, kept)
	return err
}

func crowdsOfVoters(ctx context.Context, q querier, id forum.ID) (map[string]forum.ID, error) {
	rows, err := q.Query(ctx, `SELECT voter, crowd_id FROM suspects WHERE forum_id = $1`, id)
	if err != nil {
		return nil, err
	}
	of := map[string]forum.ID{}
	var voter []byte
	var crowd forum.ID
	_, err = pgx.ForEachRow(rows, []any{&voter, &crowd}, func() error { of[string(voter)] = crowd; return nil })
	return of, err
}

// earlierCrowd is the crowd of which this one has most of its voters, or a new one.
func earlierCrowd(c analysis.Crowd, before map[string]forum.ID, used map[forum.ID]bool) forum.ID {
	common := map[forum.ID]int{}
	for _, s := range c.Suspects {
		if crowd, marked := before[s.Voter]; marked && !used[crowd] {
			common[crowd]++
		}
	}
	best := forum.ID("")
	for crowd, n := range common {
		if 2*n > len(c.Suspects) {
			best = crowd
		}
	}
	return cmp.Or(best, NewID())
}

func keepCrowd(ctx context.Context, tx pgx.Tx, id, crowd forum.ID, c analysis.Crowd) error {
	targets := []forum.CrowdTarget{}
	for _, t := range c.Targets {
		targets = append(targets, forum.CrowdTarget{Opinion: forum.ID(t.Opinion), For: t.For, Votes: t.Votes})
	}
	_, err := tx.Exec(ctx, `
INSERT INTO suspect_crowds AS s (id, forum_id, score, signals, targets, networks, domains, copies, first_at, last_at)
VALUES (@id, @forum, @score, @signals, @targets, @networks, @domains, @copies, @first, @last)
ON CONFLICT (id) DO UPDATE SET score = excluded.score, signals = excluded.signals, targets = excluded.targets, networks = excluded.networks,
	domains = excluded.domains, copies = excluded.copies, first_at = excluded.first_at, last_at = excluded.last_at`,
		pgx.NamedArgs{"id": crowd, "forum": id, "score": c.Score, "signals": signalNames(c.Signals), "targets": targets, "networks": c.Networks,
			"domains": c.Domains, "copies": c.Copies, "first": c.First, "last": c.Last})
	return err
}

func signalNames(signals []analysis.Signal) []string {
	names := make([]string, len(signals))
	for i, s := range signals {
		names[i] = string(s)
	}
	return names
}

// keepCopies replaces a forum's marks on opinions: near-copies of several others.
func keepCopies(ctx context.Context, tx pgx.Tx, id forum.ID, groups [][]analysis.Post) error {
	var opinions []string
	var alike []int32
	for _, g := range groups {
		for _, p := range g {
			opinions, alike = append(opinions, p.Opinion), append(alike, int32(len(g))) //nolint:gosec // a board's opinions
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM suspect_opinions WHERE forum_id = $1 AND NOT opinion_id = ANY($2::uuid[])`, id, opinions); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
INSERT INTO suspect_opinions (opinion_id, forum_id, alike) SELECT m.opinion, $1, m.alike FROM unnest($2::uuid[], $3::int[]) AS m (opinion, alike)
ON CONFLICT (opinion_id) DO UPDATE SET alike = excluded.alike`, id, opinions, alike)
	return err
}

// Suspects gives all that is marked on a forum, and what was decided about it.
func (s *Store) Suspects(ctx context.Context, id forum.ID) (forum.Suspects, error) {
	var all forum.Suspects
	var at *time.Time
	err := s.pool.QueryRow(ctx, `
SELECT (SELECT at FROM suspect_runs WHERE forum_id = $1), (SELECT count(DISTINCT v.voter) FROM votes v JOIN opinions o ON o.id = v.opinion_id
	WHERE o.forum_id = $1 AND v.choice <> 0)`, id).Scan(&at, &all.Voters)
	if err != nil {
		return all, translate(err)
	}
	all.MarkedAt = instant(at)
	if all.Crowds, err = crowdsOf(ctx, s.pool, id, ""); err != nil {
		return all, translate(err)
	}
	if all.Hours, err = suspectHours(ctx, s.pool, id); err != nil {
		return all, translate(err)
	}
	rows, err := s.pool.Query(ctx, `
SELECT o.id, shown_number(o.number, o.accepted_at, 6), o.status, m.alike FROM suspect_opinions m JOIN opinions o ON o.id = m.opinion_id
WHERE m.forum_id = $1 ORDER BY m.alike DESC, o.number LIMIT 200`, id)
	if err != nil {
		return all, translate(err)
	}
	if all.Opinions, err = pgx.CollectRows(rows, pgx.RowToStructByPos[forum.SuspectOpinion]); err != nil {
		return all, translate(err)
	}
	all.Exclusions, err = exclusionsOf(ctx, s.pool, id, "")
	return all, translate(err)
}

// crowdsOf are a forum's crowds, or one of them, the strongest first.
func crowdsOf(ctx context.Context, q querier, id, one forum.ID) ([]forum.Crowd, error) {
	rows, err := q.Query(ctx, `
SELECT c.id, c.score, c.signals, c.targets, c.networks, c.domains, c.copies, c.first_at, c.last_at,
	(SELECT count(*) FROM suspects s WHERE s.crowd_id = c.id), coalesce(v.votes, 0), coalesce(v.excluded, 0)
FROM suspect_crowds c LEFT JOIN LATERAL (
	SELECT count(*) AS votes, count(*) FILTER (WHERE v.excluded) AS excluded
	FROM suspects s JOIN opinions o ON o.forum_id = s.forum_id JOIN votes v ON v.opinion_id = o.id AND v.voter = s.voter
	WHERE s.crowd_id = c.id AND v.choice <> 0
) AS v ON true
WHERE c.forum_id = @forum AND (@one::text = '' OR c.id::text = @one) ORDER BY c.score DESC, c.id`, pgx.NamedArgs{"forum": id, "one": string(one)})
	if err != nil {
		return nil, err
	}
	crowds, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Crowd, error) {
		var c forum.Crowd
		err := row.Scan(&c.ID, &c.Score, &c.Signals, &c.Targets, &c.Networks, &c.Domains, &c.Copies, &c.First, &c.Last, &c.Voters, &c.Votes, &c.Excluded)
		return c, err
	})
	if err != nil {
		return nil, err
	}
	return crowds, numberTargets(ctx, q, crowds)
}

func numberTargets(ctx context.Context, q querier, crowds []forum.Crowd) error {
	var ids []string
	for _, c := range crowds {
		for _, t := range c.Targets {
			ids = append(ids, string(t.Opinion))
		}
	}
	rows, err := q.Query(ctx, `SELECT id, shown_number(number, accepted_at, 6) FROM opinions WHERE id = ANY($1::uuid[])`, ids)
	if err != nil {
		return err
	}
	numbers := map[forum.ID]string{}
	var id forum.ID
	var number string
	if _, err := pgx.ForEachRow(rows, []any{&id, &number}, func() error { numbers[id] = number; return nil }); err != nil {
		return err
	}
	for i := range crowds {
		for j := range crowds[i].Targets {
			crowds[i].Targets[j].Number = numbers[crowds[i].Targets[j].Opinion]
		}
		slices.SortStableFunc(crowds[i].Targets, func(a, b forum.CrowdTarget) int { return cmp.Compare(b.Votes, a.Votes) })
	}
	return nil
}

// suspectTrend counts a board's votes by time: an hour, or longer where the period is, so that a chart can show them.
const suspectTrend = `
WITH period AS (
	SELECT date_trunc('hour', opens_at) AS begin, least(closes_at, now()) AS until,
		ceil(greatest(extract(epoch FROM least(closes_at, now()) - opens_at) / 3600 / 240, 1)) * interval '1 hour' AS step
	FROM forums WHERE id = $1
), hours AS (
	SELECT generate_series(begin, until, step) AS at FROM period
), cast_at AS (
	SELECT date_bin(p.step, v.accepted_at, p.begin) AS at, s.voter IS NOT NULL AS marked, s.signals
	FROM period p, votes v JOIN opinions o ON o.id = v.opinion_id LEFT JOIN suspects s ON s.forum_id = o.forum_id AND s.voter = v.voter
	WHERE o.forum_id = $1 AND v.choice <> 0
)
SELECT h.at, coalesce(n.everything, 0), coalesce(n.marked, 0), coalesce(n.network, 0), coalesce(n.domain, 0), coalesce(n.burst, 0), coalesce(n.vector, 0),
	coalesce(n.age, 0), coalesce(n.copies, 0)
FROM hours h LEFT JOIN (
	SELECT at, count(*) AS everything, count(*) FILTER (WHERE marked) AS marked, count(*) FILTER (WHERE 'network' = ANY(signals)) AS network,
		count(*) FILTER (WHERE 'domain' = ANY(signals)) AS domain, count(*) FILTER (WHERE 'burst' = ANY(signals)) AS burst,
		count(*) FILTER (WHERE 'vector' = ANY(signals)) AS vector, count(*) FILTER (WHERE 'age' = ANY(signals)) AS age,
		count(*) FILTER (WHERE 'copies' = ANY(signals)) AS copies
	FROM cast_at GROUP BY at
) AS n ON n.at = h.at ORDER BY h.at`

func suspectHours(ctx context.Context, q querier, id forum.ID) (forum.SuspectHours, error) {
	h := forum.SuspectHours{BySignal: map[string][]int{}}
	rows, err := q.Query(ctx, suspectTrend, id)
	if err != nil {
		return h, err
	}
	var at time.Time
	var all, marked int
	names := []string{"network", "domain", "burst", "vector", "age", "copies"}
	by := make([]int, len(names))
	_, err = pgx.ForEachRow(rows, []any{&at, &all, &marked, &by[0], &by[1], &by[2], &by[3], &by[4], &by[5]}, func() error {
		h.At, h.All, h.Marked = append(h.At, at), append(h.All, all), append(h.Marked, marked)
		for i, name := range names {
			h.BySignal[name] = append(h.BySignal[name], by[i])
		}
		return nil
	})
	return h, err
}

// hexOf writes a digest.
func hexOf(sum []byte) string { return hex.EncodeToString(sum) }
