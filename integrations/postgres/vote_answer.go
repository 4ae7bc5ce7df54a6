package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// countNow counts opinions as the transaction sees them, and keeps no answer.
const countNow = `SELECT o.id, ` + upNow + `, ` + downNow + ` FROM unnest($1::uuid[]) AS o (id) ` + joinCounts

// countAndKeep counts opinions and keeps, with the idempotency keys of the votes that were kept, what keptVote reads. A key that
// another transaction has used meanwhile fails (isTransient).
const countAndKeep = `
WITH counted AS MATERIALIZED (
	SELECT o.id, ` + upNow + ` AS up, ` + downNow + ` AS down FROM unnest($1::uuid[]) AS o (id) ` + joinCounts + `
), answered AS (
	INSERT INTO idempotency_keys (scope, key, body, answer)
	SELECT k.scope, k.key, k.body, jsonb_build_object('change', v.id, 'for', c.up, 'against', c.down,
		'mine', CASE v.choice WHEN 1 THEN 'for' WHEN -1 THEN 'against' ELSE '' END, 'at', v.accepted_at)
	FROM unnest($2::bytea[], $3::text[], $4::bytea[], $5::uuid[]) AS k (scope, key, body, change)
	JOIN vote_changes v ON v.id = k.change JOIN counted c ON c.id = v.opinion_id ORDER BY k.scope, k.key
)
SELECT id, up, down FROM counted`

// joinCounts joins to opinions o their shown counts and what the tally hasn't added yet; upNow and downNow are the sums.
const (
	upNow   = `coalesce(c.votes_for, 0) + coalesce(d.up, 0)`
	downNow = `coalesce(c.votes_against, 0) + coalesce(d.down, 0)`

	joinCounts = `
CROSS JOIN tally_cursor t LEFT JOIN vote_counts c ON c.opinion_id = o.id
LEFT JOIN LATERAL (
	SELECT sum((v.choice = 1)::int - (v.previous = 1)::int)::int AS up, sum((v.choice = -1)::int - (v.previous = -1)::int)::int AS down
	FROM vote_changes v WHERE v.opinion_id = o.id AND NOT v.excluded AND v.tx >= pg_snapshot_xmin(t.counted) AND NOT pg_visible_in_snapshot(v.tx, t.counted)
) AS d ON true`
)

func opinionsOf(casts []*cast) []string {
	ids := make([]string, len(casts))
	for i, c := range casts {
		ids[i] = string(c.Opinion)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// readCounts gives each opinion's votes for and against.
func readCounts(results pgx.BatchResults) (map[forum.ID][2]int, error) {
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	counts := map[forum.ID][2]int{}
	var id forum.ID
	var count [2]int
	_, err = pgx.ForEachRow(rows, []any{&id, &count[0], &count[1]}, func() error { counts[id] = count; return nil })
	return counts, err
}

// keptVote is a vote's answer as its idempotency key keeps it.
type keptVote struct {
	Change forum.ID `json:"change"`
	forum.VoteCast
	At time.Time `json:"at"`
}

// keyedVotes are the votes that came with an idempotency key, as columns.
type keyedVotes struct {
	scopes, bodies [][]byte
	keys, changes  []string
}

func keysOf(casts []*cast) keyedVotes {
	var k keyedVotes
	for _, c := range casts {
		if c.Idempotency.Key != "" {
			k.scopes, k.bodies = append(k.scopes, notNil(c.Idempotency.Scope)), append(k.bodies, c.body)
			k.keys, k.changes = append(k.keys, c.Idempotency.Key), append(k.changes, string(c.id))
		}
	}
	return k
}

// answerLeftVotes answers the votes that weren't kept: what their key was answered before, or why.
func (s *Store) answerLeftVotes(ctx context.Context, lock string, forumID forum.ID, left []*cast) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var mine bool
		if err := tx.QueryRow(ctx, lock, string(forumID)).Scan(&mine); err != nil {
			return err
		}
		if !mine {
			return errHeldUp
		}
		var keys []writeKey
		var ids []string
		for _, c := range left {
			ids = append(ids, string(c.Opinion))
			if c.Idempotency.Key != "" {
				keys = append(keys, keyOf(c.Idempotency))
			}
		}
		earlier, err := earlierAnswers(ctx, tx, keys)
		if err != nil {
			return err
		}
		status, err := statusesOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		notOpen := whyNotOpen(ctx, tx, forumID)
		if forum.RefusalIn(notOpen) == nil {
			return notOpen
		}
		for _, c := range left {
			if c.outcome, err = leftVote(c, earlier, status[c.Opinion], notOpen); err != nil {
				return err
			}
		}
		return nil
	})
}

func statusesOf(ctx context.Context, tx pgx.Tx, opinions []string) (map[forum.ID]forum.OpinionStatus, error) {
	rows, err := tx.Query(ctx, `SELECT id, status FROM opinions WHERE id = ANY($1)`, opinions)
	if err != nil {
		return nil, err
	}
	statuses := map[forum.ID]forum.OpinionStatus{}
	var id forum.ID
	var status forum.OpinionStatus
	_, err = pgx.ForEachRow(rows, []any{&id, &status}, func() error { statuses[id] = status; return nil })
	return statuses, err
}

func leftVote(c *cast, earlier map[writeKey]earlierAnswer, status forum.OpinionStatus, notOpen error) (forum.Outcome[forum.VoteCast], error) {
	before, used := earlier[keyOf(c.Idempotency)]
	switch {
	case used && bytes.Equal(before.body, c.body):
		var kept keptVote
		if err := json.Unmarshal(before.answer, &kept); err != nil {
			return forum.Outcome[forum.VoteCast]{}, fmt.Errorf("the answer kept with an idempotency key: %w", err)
		}
		kept.AcceptedAt = kept.At.UTC()
		return forum.Outcome[forum.VoteCast]{Answer: kept.VoteCast}, nil
	case used:
		return forum.Outcome[forum.VoteCast]{Err: otherBody()}, nil
	case status == forum.OpinionHeld: // nobody knows of it yet
		return forum.Outcome[forum.VoteCast]{Err: forum.Refuse(forum.NotFound, "page.not_found")}, nil
	case !status.IsPublic():
		return forum.Outcome[forum.VoteCast]{Err: forum.Refuse(forum.Conflict, "vote.opinion_not_public")}, nil
	}
	return forum.Outcome[forum.VoteCast]{Err: notOpen}, nil
}
