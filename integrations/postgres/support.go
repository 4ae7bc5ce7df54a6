package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// supporters is the scope in which the city knows who backs suggestions: one for all, because merged suggestions carry their
// supports over.
const supporters = "city"

// backing is one support on its way in.
type backing struct {
	forum.NewSupport
	id      forum.ID // of the change
	order   int      // in which it came
	voter   []byte
	salt    []byte
	body    []byte
	outcome forum.Outcome[int]
}

// keepSupports keeps every change and lets the last of one person on one suggestion count. The suggestions are locked already.
// Changes are numbered after the supports' rows are locked. Those whose key was used before are not returned.
const keepSupports = `
WITH sent AS (
	SELECT * FROM unnest(@ids::uuid[], @orders::int[], @suggestions::uuid[], @voters::bytea[], @stands::boolean[], @scopes::bytea[],
		@keys::text[], @bodies::bytea[], @salts::bytea[], @commitments::bytea[])
	AS s (id, ord, suggestion_id, voter, stands, scope, key, body, salt, commitment)
), keyed AS (
	INSERT INTO idempotency_keys (scope, key, body, answer)
	SELECT scope, key, body, '{}' FROM sent WHERE key <> '' ORDER BY scope, key
	ON CONFLICT ON CONSTRAINT one_answer_per_key DO NOTHING
	RETURNING scope, key
), cast_now AS MATERIALIZED (
	SELECT s.* FROM sent s LEFT JOIN keyed k USING (scope, key) WHERE s.key = '' OR k.key IS NOT NULL
), kept AS (
	INSERT INTO supports AS s (suggestion_id, voter, stands, accepted_at)
	SELECT DISTINCT ON (suggestion_id, voter) suggestion_id, voter, stands, statement_timestamp()
	FROM cast_now ORDER BY suggestion_id, voter, ord DESC
	ON CONFLICT ON CONSTRAINT one_support_each DO UPDATE SET stands = excluded.stands, accepted_at = excluded.accepted_at, carried_from = NULL
	RETURNING s.suggestion_id, s.voter
), changes AS (
	INSERT INTO support_changes (id, suggestion_id, voter, stands, accepted_at, salt)
	SELECT c.id, c.suggestion_id, c.voter, c.stands, statement_timestamp(), c.salt
	FROM cast_now c JOIN kept k USING (suggestion_id, voter) ORDER BY c.ord
	RETURNING id
), leaves AS (
	INSERT INTO log_pending (subject_id, kind, version, accepted_at, commitment)
	SELECT id, 'support', @version, statement_timestamp(), commitment FROM cast_now
)
SELECT id FROM changes`

const countSupports = `
SELECT s.id, (SELECT count(*) FROM supports p WHERE p.suggestion_id = s.id AND p.stands) FROM unnest($1::uuid[]) AS s (id)`

// keepSupportAnswers completes the idempotency keys of the changes that were kept.
const keepSupportAnswers = `
UPDATE idempotency_keys i SET answer = jsonb_build_object('suggestion', c.suggestion_id, 'supports',
	(SELECT count(*) FROM supports p WHERE p.suggestion_id = c.suggestion_id AND p.stands))
FROM unnest($1::bytea[], $2::text[], $3::uuid[]) AS k (scope, key, change) JOIN support_changes c ON c.id = k.change
WHERE i.scope = k.scope AND i.key = k.key`

// Support backs a suggestion, or takes the backing back, and gives the supports that stand; see CastSupports.
func (s *Store) Support(ctx context.Context, n forum.NewSupport) (supports int, err error) {
	outcome := s.CastSupports(ctx, []forum.NewSupport{n})[0]
	return outcome.Answer, outcome.Err
}

// CastSupports takes supports, many at a time, and answers in the same order with those that stand after the transaction. One
// person twice in a batch is two changes of which the last one counts. Refusals: Unauthorised for nobody signed in, NotFound,
// Conflict where the suggestion takes no support now.
func (s *Store) CastSupports(ctx context.Context, sent []forum.NewSupport) []forum.Outcome[int] {
	all := make([]*backing, len(sent))
	leaders := map[writeKey]*backing{}
	var fresh []*backing
	for i, n := range sent {
		b := &backing{NewSupport: n, id: NewID(), order: i, salt: randomBytes(16)}
		all[i] = b
		if n.Citizen == "" || !forum.IdentityEmail.Takes(n.Kind) { // who backs is known by an address, and backs once
			b.outcome.Err = forum.Refuse(forum.Unauthorised, "support.sign_in")
			continue
		}
		key := keyOf(n.Idempotency)
		if key.key != "" {
			b.body = s.bodyOf(forum.LeafSupport, n.Suggestion, n.Idempotency)
		}
		if key.key == "" || leaders[key] == nil {
			leaders[key] = b
			fresh = append(fresh, b)
		}
	}
	if len(fresh) > 0 {
		for i, outcome := range inHalves(fresh, func(some []*backing) ([]forum.Outcome[int], error) { return s.backBatch(ctx, some) }) {
			fresh[i].outcome = outcome
		}
	}
	answers := make([]forum.Outcome[int], len(sent))
	for i, b := range all {
		leader := leaders[keyOf(b.Idempotency)]
		if b.outcome.Err == nil && b.Idempotency.Key != "" && leader != b {
			b.outcome = leader.outcome
			if !bytes.Equal(leader.body, b.body) {
				b.outcome = forum.Outcome[int]{Err: otherBody()}
			}
		}
		answers[i] = b.outcome
	}
	return answers
}

// backBatch takes a batch in one transaction. It fails as a whole or answers each.
func (s *Store) backBatch(ctx context.Context, all []*backing) ([]forum.Outcome[int], error) {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		status, err := s.recogniseSupporters(ctx, tx, all)
		if err != nil {
			return err
		}
		var able, left []*backing
		for _, b := range all {
			if status[b.Suggestion].TakesSupport() {
				able = append(able, b)
			} else {
				left = append(left, b)
			}
		}
		if len(able) > 0 {
			met, err := keepBackings(ctx, tx, able)
			if err != nil {
				return err
			}
			left = append(left, met...)
		}
		return answerLeftSupports(ctx, tx, left, status)
	})
	if err != nil {
		return nil, err
	}
	outcomes := make([]forum.Outcome[int], len(all))
	for i, b := range all {
		outcomes[i] = b.outcome
	}
	return outcomes, nil
}

// recogniseSupporters locks the suggestions and turns each person into their key in the city. One under which they backed the
// suggestion before VOTER_KEY was changed stays theirs.
func (s *Store) recogniseSupporters(ctx context.Context, tx pgx.Tx, all []*backing) (map[forum.ID]forum.SuggestionStatus, error) {
	var orders []int32
	var of []string
	var keys [][]byte
	for i, b := range all {
		for keyID := range s.keys {
			key, err := s.personKey(keyID, supporters, person(b.Citizen, nil))
			if err != nil {
				return nil, err
			}
			if keyID == s.keyID {
				b.voter = key
			}
			orders, of, keys = append(orders, int32(i)), append(of, string(b.Suggestion)), append(keys, key) //nolint:gosec // a batch's index
		}
	}
	rows, err := tx.Query(ctx, `SELECT id, status FROM suggestions WHERE id = ANY($1) ORDER BY id FOR SHARE`, suggestionsOf(all))
	if err != nil {
		return nil, err
	}
	statuses := map[forum.ID]forum.SuggestionStatus{}
	var id forum.ID
	var status forum.SuggestionStatus
	if _, err := pgx.ForEachRow(rows, []any{&id, &status}, func() error { statuses[id] = status; return nil }); err != nil {
		return nil, err
	}
	if len(s.keys) == 1 {
		return statuses, nil
	}
	rows, err = tx.Query(ctx, `
SELECT k.ord, k.voter FROM unnest($1::int[], $2::uuid[], $3::bytea[]) AS k (ord, suggestion_id, voter) JOIN supports s USING (suggestion_id, voter)
ORDER BY s.accepted_at DESC`, orders, of, keys) // the first to have counted is read last, and stays
	if err != nil {
		return nil, err
	}
	var order int
	var voter []byte
	_, err = pgx.ForEachRow(rows, []any{&order, &voter}, func() error { all[order].voter = slices.Clone(voter); return nil })
	return statuses, err
}

func suggestionsOf(all []*backing) []string {
	ids := make([]string, len(all))
	for i, b := range all {
		ids[i] = string(b.Suggestion)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// keepBackings keeps supports and counts for the answers, in one exchange. It gives back those whose key was used before.
func keepBackings(ctx context.Context, tx pgx.Tx, able []*backing) (met []*backing, err error) {
	args, keyed := supportArgs(able)
	var batch pgx.Batch
	kept, counts := map[forum.ID]bool{}, map[forum.ID]int{}
	var id forum.ID
	var n int
	batch.Queue(keepSupports, args).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&id}, func() error { kept[id] = true; return nil })
		return err
	})
	batch.Queue(countSupports, suggestionsOf(able)).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&id, &n}, func() error { counts[id] = n; return nil })
		return err
	})
	if len(keyed.keys) > 0 {
		batch.Queue(keepSupportAnswers, keyed.scopes, keyed.keys, keyed.changes)
	}
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return nil, err
	}
	for _, b := range able {
		if kept[b.id] {
			b.outcome = forum.Outcome[int]{Answer: counts[b.Suggestion]}
		} else {
			met = append(met, b)
		}
	}
	return met, nil
}

func supportArgs(able []*backing) (pgx.NamedArgs, keyedVotes) {
	n := len(able)
	ids, suggestions, keys := make([]string, n), make([]string, n), make([]string, n)
	orders, stands := make([]int32, n), make([]bool, n)
	voters, scopes, bodies, salts, commitments := make([][]byte, n), make([][]byte, n), make([][]byte, n), make([][]byte, n), make([][]byte, n)
	var keyed keyedVotes
	for i, b := range able {
		ids[i], suggestions[i], keys[i], orders[i], stands[i] = string(b.id), string(b.Suggestion), b.Idempotency.Key, int32(b.order), b.Stands //nolint:gosec // a batch's index
		voters[i], scopes[i], bodies[i], salts[i] = b.voter, notNil(b.Idempotency.Scope), b.body, b.salt
		commitments[i] = forum.CommitSupport(b.salt, b.Suggestion, b.voter, b.Stands)
		if keys[i] != "" {
			keyed.scopes, keyed.keys, keyed.changes = append(keyed.scopes, scopes[i]), append(keyed.keys, keys[i]), append(keyed.changes, ids[i])
		}
	}
	return pgx.NamedArgs{"version": forum.LeafVersion, "ids": ids, "orders": orders, "suggestions": suggestions, "voters": voters, "stands": stands,
		"scopes": scopes, "keys": keys, "bodies": bodies, "salts": salts, "commitments": commitments}, keyed
}

// answerLeftSupports answers those that weren't kept: what their key was answered before, or why.
func answerLeftSupports(ctx context.Context, tx pgx.Tx, left []*backing, status map[forum.ID]forum.SuggestionStatus) error {
	var keys []writeKey
	for _, b := range left {
		if b.Idempotency.Key != "" {
			keys = append(keys, keyOf(b.Idempotency))
		}
	}
	earlier, err := earlierAnswers(ctx, tx, keys)
	if err != nil {
		return err
	}
	for _, b := range left {
		before, used := earlier[keyOf(b.Idempotency)]
		is, known := status[b.Suggestion]
		b.outcome = forum.Outcome[int]{}
		switch {
		case used && bytes.Equal(before.body, b.body):
			var answer struct{ Supports int }
			if err := json.Unmarshal(before.answer, &answer); err != nil {
				return fmt.Errorf("the answer kept with an idempotency key: %w", err)
			}
			b.outcome.Answer = answer.Supports
		case used:
			b.outcome.Err = otherBody()
		case !known || !is.IsPublic():
			b.outcome.Err = forum.Refuse(forum.NotFound, "page.not_found")
		default:
			b.outcome.Err = forum.Refuse(forum.Conflict, "suggestion.takes_no_support")
		}
	}
	return nil
}
