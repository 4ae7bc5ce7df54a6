package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// Screen is a moderator's answer to a submitted suggestion; its author is told. Merging carries the supports over, once per
// person, into a suggestion that still takes some.
func (s *Store) Screen(ctx context.Context, by forum.Official, from string, answer forum.Screening) error {
	if err := by.May(forum.ScreenSuggestion, ""); err != nil {
		return err
	}
	if err := answer.Validate(); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		set, args := `, reason = @reason`, pgx.NamedArgs{"reason": answer.Reason}
		if answer.To == forum.SuggestionMerged {
			if err := mergeInto(ctx, tx, answer.Suggestion, answer.MergeInto); err != nil {
				return err
			}
			set += `, merged_into = @into`
			args["into"] = answer.MergeInto
		}
		moved, err := suggestionLife.move(ctx, tx, byOfficial(by, from), step[forum.SuggestionStatus]{id: answer.Suggestion, to: answer.To,
			action: forum.ScreenSuggestion, reason: answer.Reason, set: set, args: args})
		if err != nil {
			return err
		}
		if !moved {
			return movedOn(forum.TheSuggestion) // answered already, by somebody else
		}
		return tellProposer(ctx, tx, answer.Suggestion, answer.To, answer.Reason, "screening")
	})
}

// mergeInto carries supports over. Both rows are locked in the order of their ids, so that two merges can't wait for each other.
func mergeInto(ctx context.Context, tx pgx.Tx, from, into forum.ID) error {
	rows, err := tx.Query(ctx, `SELECT id, status FROM suggestions WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`, []string{string(from), string(into)})
	if err != nil {
		return err
	}
	var id forum.ID
	var status forum.SuggestionStatus
	takes, known := false, false
	_, err = pgx.ForEachRow(rows, []any{&id, &status}, func() error {
		if id == into {
			takes, known = status.TakesSupport(), true
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case !known:
		return forum.Refuse(forum.Invalid, "suggestion.merge_target_missing").At("merge_into")
	case from != into && !takes:
		return forum.Refuse(forum.Conflict, "suggestion.merge_target_closed").At("merge_into")
	}
	_, err = tx.Exec(ctx, `
INSERT INTO supports (suggestion_id, voter, stands, accepted_at, carried_from)
SELECT @into::uuid, voter, stands, accepted_at, suggestion_id FROM supports WHERE suggestion_id = @from AND stands
ON CONFLICT ON CONSTRAINT one_support_each DO NOTHING`, pgx.NamedArgs{"into": into, "from": from})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
INSERT INTO support_counts (suggestion_id, supports)
SELECT $1, count(*) FROM supports WHERE suggestion_id = $1 AND stands HAVING count(*) > 0
ON CONFLICT (suggestion_id) DO UPDATE SET supports = excluded.supports`, into)
	return err
}
