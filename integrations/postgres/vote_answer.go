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

// countFor fills in the counts of the opinions that the batch voted on: once per opinion and batch, not per vote.
func countFor(ctx context.Context, tx pgx.Tx, casts []*cast) error {
	if len(casts) == 0 {
		return nil
	}
	var ids []string
	for _, c := range casts {
		ids = append(ids, string(c.Opinion))
	}
	slices.Sort(ids)
	rows, err := tx.Query(ctx, `
SELECT opinion_id, count(*) FILTER (WHERE choice = 1), count(*) FILTER (WHERE choice = -1)
FROM counted_votes WHERE opinion_id = ANY($1) GROUP BY opinion_id`, slices.Compact(ids))
	if err != nil {
		return err
	}
	counts := map[forum.ID][2]int{}
	var id forum.ID
	var count [2]int
	if _, err := pgx.ForEachRow(rows, []any{&id, &count[0], &count[1]}, func() error { counts[id] = count; return nil }); err != nil {
		return err
	}
	for _, c := range casts {
		c.outcome.Answer.For, c.outcome.Answer.Against = counts[c.Opinion][0], counts[c.Opinion][1]
	}
	return nil
}

// keptVote is a vote's answer as its idempotency key keeps it.
type keptVote struct {
	Change forum.ID `json:"change"`
	forum.VoteCast
	At time.Time `json:"at"`
}

// keepVoteAnswers completes the rows of the idempotency keys, now that the counts are known.
func keepVoteAnswers(ctx context.Context, tx pgx.Tx, casts []*cast) error {
	var scopes [][]byte
	var keys, answers []string
	for _, c := range casts {
		if c.Idempotency.Key == "" {
			continue
		}
		raw, err := json.Marshal(keptVote{c.id, c.outcome.Answer, c.outcome.Answer.AcceptedAt})
		if err != nil {
			return err
		}
		scopes, keys, answers = append(scopes, notNil(c.Idempotency.Scope)), append(keys, c.Idempotency.Key), append(answers, string(raw))
	}
	if len(keys) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `
UPDATE idempotency_keys k SET answer = a.answer
FROM unnest(@scopes::bytea[], @keys::text[], @answers::jsonb[]) AS a (scope, key, answer) WHERE k.scope = a.scope AND k.key = a.key`,
		pgx.NamedArgs{"scopes": scopes, "keys": keys, "answers": answers})
	return err
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
