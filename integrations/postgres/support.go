package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// supporters is the scope in which the city knows who backs suggestions: one for all, because merged suggestions carry their
// supports over.
const supporters = "city"

// keepSupport keeps the change and lets it count. The change is numbered after the support's row is locked.
const keepSupport = `
WITH kept AS (
	INSERT INTO supports AS s (suggestion_id, voter, stands, accepted_at) VALUES (@suggestion, @voter, @stands, statement_timestamp())
	ON CONFLICT ON CONSTRAINT one_support_each DO UPDATE SET stands = excluded.stands, accepted_at = excluded.accepted_at, carried_from = NULL
	RETURNING suggestion_id, voter
), changed AS (
	INSERT INTO support_changes (id, suggestion_id, voter, stands, accepted_at, salt)
	SELECT @id, suggestion_id, voter, @stands, statement_timestamp(), @salt FROM kept
)
INSERT INTO log_pending (subject_id, kind, version, accepted_at, commitment) VALUES (@id, 'support', @version, statement_timestamp(), @commitment)`

// Support backs a suggestion, or takes the backing back, and gives the supports that stand. Refusals: Unauthorised for nobody
// signed in, NotFound, Conflict where the suggestion takes no support now.
func (s *Store) Support(ctx context.Context, n forum.NewSupport) (supports int, err error) {
	if n.Citizen == "" {
		return 0, forum.Refuse(forum.Unauthorised, "support.sign_in")
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		if n.Idempotency.Key != "" {
			used, err := claimSupportKey(ctx, tx, n, &supports)
			if used || err != nil {
				return err
			}
		}
		if err := s.keepSupport(ctx, tx, n); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM supports WHERE suggestion_id = $1 AND stands`, n.Suggestion).Scan(&supports); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE idempotency_keys SET answer = jsonb_build_object('suggestion', $3::uuid, 'supports', $4::int) WHERE scope = $1 AND key = $2`,
			notNil(n.Idempotency.Scope), n.Idempotency.Key, n.Suggestion, supports)
		return err
	})
	return supports, err
}

// claimSupportKey says whether the key was used before, and gives the answer of then.
func claimSupportKey(ctx context.Context, tx pgx.Tx, n forum.NewSupport, supports *int) (used bool, err error) {
	body := bodyOf(forum.LeafSupport, n.Suggestion, n.Idempotency)
	done, err := tx.Exec(ctx, `
INSERT INTO idempotency_keys (scope, key, body, answer) VALUES ($1, $2, $3, '{}') ON CONFLICT ON CONSTRAINT one_answer_per_key DO NOTHING`,
		notNil(n.Idempotency.Scope), n.Idempotency.Key, body)
	if err != nil || done.RowsAffected() > 0 {
		return false, err
	}
	earlier, err := earlierAnswers(ctx, tx, []writeKey{keyOf(n.Idempotency)})
	if err != nil {
		return true, err
	}
	before := earlier[keyOf(n.Idempotency)]
	if !bytes.Equal(before.body, body) {
		return true, otherBody()
	}
	var answer struct{ Supports int }
	if err := json.Unmarshal(before.answer, &answer); err != nil {
		return true, fmt.Errorf("the answer kept with an idempotency key: %w", err)
	}
	*supports = answer.Supports
	return true, nil
}

func (s *Store) keepSupport(ctx context.Context, tx pgx.Tx, n forum.NewSupport) error {
	var status forum.SuggestionStatus
	err := tx.QueryRow(ctx, `SELECT status FROM suggestions WHERE id = $1 FOR SHARE`, n.Suggestion).Scan(&status)
	switch {
	case err != nil:
		return found(err)
	case !status.IsPublic():
		return forum.Refuse(forum.NotFound, "page.not_found")
	case !status.TakesSupport():
		return forum.Refuse(forum.Conflict, "suggestion.takes_no_support")
	}
	voter, err := s.supporter(ctx, tx, n.Suggestion, n.Citizen)
	if err != nil {
		return err
	}
	id, salt := NewID(), randomBytes(16)
	_, err = tx.Exec(ctx, keepSupport, pgx.NamedArgs{"suggestion": n.Suggestion, "voter": voter, "stands": n.Stands, "id": id, "salt": salt,
		"version": forum.LeafVersion, "commitment": forum.CommitSupport(salt, n.Suggestion, voter, n.Stands)})
	return err
}

// supporter is a person's key in the city. One under which they backed the suggestion before VOTER_KEY was changed stays
// theirs.
func (s *Store) supporter(ctx context.Context, tx pgx.Tx, suggestion, citizen forum.ID) ([]byte, error) {
	own, err := s.personKey(s.keyID, supporters, person(citizen, nil))
	if err != nil {
		return nil, err
	}
	known := [][]byte{own}
	for keyID := range s.keys {
		key, err := s.personKey(keyID, supporters, person(citizen, nil))
		if err != nil {
			return nil, err
		}
		known = append(known, key)
	}
	var voter []byte
	err = tx.QueryRow(ctx, `SELECT voter FROM supports WHERE suggestion_id = $1 AND voter = ANY($2) ORDER BY accepted_at LIMIT 1`, suggestion, known).Scan(&voter)
	if voter == nil {
		voter = own
	}
	return voter, ignoreNoRows(err)
}
