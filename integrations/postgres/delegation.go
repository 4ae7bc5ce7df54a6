package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// Delegations are the rules on who may decide which documents finally.
func (s *Store) Delegations(ctx context.Context) (forum.Delegations, error) {
	d, err := delegations(ctx, s.pool)
	return d, translate(err)
}

func delegations(ctx context.Context, q querier) (forum.Delegations, error) {
	var d forum.Delegations
	rows, err := q.Query(ctx, `SELECT noun, department, duty FROM delegations ORDER BY noun, department, duty`)
	if err != nil {
		return d, err
	}
	if d.Rules, err = pgx.CollectRows(rows, pgx.RowToStructByPos[forum.Delegation]); err != nil {
		return d, err
	}
	rows, err = q.Query(ctx, `SELECT code, name, name_en, parent FROM departments ORDER BY code`)
	if err != nil {
		return d, err
	}
	d.Units, err = pgx.CollectRows(rows, pgx.RowToStructByPos[forum.Department])
	return d, err
}

// mayDecideFinally refuses a final signature that no delegation allows whose place it is, and one that would leave out a
// department that was to be consulted.
func mayDecideFinally(ctx context.Context, tx pgx.Tx, a forum.Approval, place *forum.Signer) error {
	holder, err := officialNow(ctx, tx, place.Official)
	if err != nil {
		return err
	}
	rules, err := delegations(ctx, tx)
	if err != nil {
		return err
	}
	if place.Role == forum.Consulted || !rules.Allow(a.Noun, a.Department, holder) {
		return forum.Refuse(forum.Forbidden, "approval.not_delegated").At("final")
	}
	for _, later := range a.Line {
		if later.Role == forum.Consulted && later.Status == forum.SignerWaiting {
			return forum.Refuse(forum.Conflict, "approval.consulted_first").At("final")
		}
	}
	return nil
}

// skip leaves out whoever hasn't signed: somebody has decided for them.
func skip(ctx context.Context, tx pgx.Tx, a forum.Approval, by actor) error {
	for i := range a.Line {
		place := &a.Line[i]
		if place.Status != forum.SignerWaiting {
			continue
		}
		done, err := tx.Exec(ctx, `UPDATE approval_signers SET status = @to WHERE approval_id = @approval AND ord = @ord AND status = ANY(@before)`,
			pgx.NamedArgs{"to": string(forum.SignerSkipped), "approval": a.ID, "ord": place.Order, "before": texts(forum.SignerSteps.Before(forum.SignerSkipped))})
		if err != nil {
			return err
		}
		if done.RowsAffected() != 1 {
			return movedOn(forum.TheApproval)
		}
		place.Status = forum.SignerSkipped
		if err := record(ctx, tx, a.ID, by, lineEvent{kind: forum.LineSkipped, ord: place.Order, official: place.Official}); err != nil {
			return err
		}
	}
	return nil
}
