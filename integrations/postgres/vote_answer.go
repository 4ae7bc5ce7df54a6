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

// countNow counts opinions as the transaction sees them.
const countNow = `SELECT o.id, ` + upNow + `, ` + downNow + ` FROM unnest($1::uuid[]) AS o (id) ` + joinCounts

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

// keepVoteAnswers completes the rows of the idempotency keys with what keptVote reads: of the changes that were kept, with the
// counts of this moment.
var keepVoteAnswers = `
WITH kept AS (
	SELECT k.scope, k.key, v.id, v.opinion_id, v.choice, v.accepted_at
	FROM unnest($1::bytea[], $2::text[], $3::uuid[]) AS k (scope, key, change) JOIN vote_changes v ON v.id = k.change
), counted AS (
	SELECT o.id AS opinion_id, ` + upNow + ` AS up, ` + downNow + ` AS down FROM (SELECT DISTINCT opinion_id AS id FROM kept) AS o` + joinCounts + `
)
UPDATE idempotency_keys i SET answer = jsonb_build_object('change', k.id, 'for', c.up, 'against', c.down,
	'mine', CASE k.choice WHEN 1 THEN 'for' WHEN -1 THEN 'against' ELSE '' END, 'at', k.accepted_at)
FROM kept k JOIN counted c USING (opinion_id) WHERE i.scope = k.scope AND i.key = k.key`

// keyedVotes are the votes that came with an idempotency key, as columns.
type keyedVotes struct {
	scopes        [][]byte
	keys, changes []string
}

func keysOf(casts []*cast) keyedVotes {
	var k keyedVotes
	for _, c := range casts {
		if c.Idempotency.Key != "" {
			k.scopes, k.keys, k.changes = append(k.scopes, notNil(c.Idempotency.Scope)), append(k.keys, c.Idempotency.Key), append(k.changes, string(c.id))
		}
	}
	return k
}

// answerLeftVotes answers the votes that weren't kept: what their key was answered before, or why.
func answerLeftVotes(ctx context.Context, tx pgx.Tx, forumID forum.ID, left []*cast) error {
	if len(left) == 0 {
		return nil
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
	rows, err := tx.Query(ctx, `SELECT id, status FROM opinions WHERE id = ANY($1)`, ids)
	if err != nil {
		return err
	}
	status := map[forum.ID]forum.OpinionStatus{}
	var id forum.ID
	var is forum.OpinionStatus
	if _, err := pgx.ForEachRow(rows, []any{&id, &is}, func() error { status[id] = is; return nil }); err != nil {
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
