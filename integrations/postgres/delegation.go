package postgres

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// Delegations are the rules on who may decide which documents finally.
func (s *Store) Delegations(ctx context.Context) (forum.Delegations, error) {
	d, err := delegations(ctx, s.pool)
	return d, translate(err)
}

// DelegationRules are the rules with their story: those that stand by document and department, then those that have ended, the
// last one first.
func (s *Store) DelegationRules(ctx context.Context) ([]forum.DelegationRule, error) {
	rows, err := s.pool.Query(ctx, `
SELECT r.id, r.noun, r.department, r.duty, COALESCE(m.name, ''), r.made_at, r.reason, COALESCE(e.name, ''), r.ended_at, r.end_reason
FROM delegation_rules r LEFT JOIN officials m ON m.id = r.made_by LEFT JOIN officials e ON e.id = r.ended_by
ORDER BY r.ended_at DESC NULLS FIRST, r.noun, r.department, r.duty LIMIT 1000`)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.DelegationRule, error) {
		var r forum.DelegationRule
		var ended *time.Time
		err := row.Scan(&r.ID, &r.Noun, &r.Department, &r.Duty, &r.MadeBy, &r.MadeAt, &r.Reason, &r.EndedBy, &ended, &r.EndReason)
		r.EndedAt = instant(ended)
		return r, err
	})
	return all, translate(err)
}

// Delegate makes a rule. It counts from now on, for documents that are in their line already too.
func (s *Store) Delegate(ctx context.Context, by forum.Official, from string, d forum.Delegation, reason string) error {
	if err := by.MayDelegate(d); err != nil {
		return err
	}
	if err := errors.Join(d.Validate(), forum.NeedReason(reason)); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var known bool
		if err := tx.QueryRow(ctx, `SELECT @department = '' OR EXISTS (SELECT FROM departments WHERE code = @department)`,
			pgx.NamedArgs{"department": d.Department}).Scan(&known); err != nil {
			return err
		}
		if !known {
			return forum.Refuse(forum.Invalid, "department.unknown").At("department")
		}
		id := NewID()
		_, err := tx.Exec(ctx, `
INSERT INTO delegation_rules (id, noun, department, duty, made_by, reason) VALUES (@id, @noun, @department, @duty, @by, @reason)`,
			pgx.NamedArgs{"id": id, "noun": d.Noun, "department": d.Department, "duty": d.Duty, "by": by.ID, "reason": reason})
		if err != nil {
			return err
		}
		return note(ctx, tx, byOfficial(by, from), change{action: forum.Delegate, noun: forum.TheDelegation, subject: id, after: ruleText(d), reason: reason})
	})
}

// EndDelegation ends a rule now. What was decided finally by it stays decided.
func (s *Store) EndDelegation(ctx context.Context, by forum.Official, from string, id forum.ID, reason string) error {
	if err := by.May(forum.EndDelegation, ""); err != nil {
		return err
	}
	if err := forum.NeedReason(reason); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var d forum.Delegation
		var ended bool
		err := tx.QueryRow(ctx, `SELECT noun, department, duty, ended_at IS NOT NULL FROM delegation_rules WHERE id = $1 FOR UPDATE`, id).
			Scan(&d.Noun, &d.Department, &d.Duty, &ended)
		if err != nil {
			return found(err)
		}
		if ended {
			return forum.Refuse(forum.Conflict, "delegation.ended_already")
		}
		_, err = tx.Exec(ctx, `UPDATE delegation_rules SET ended_by = @by, ended_at = clock_timestamp(), end_reason = @reason WHERE id = @id`,
			pgx.NamedArgs{"id": id, "by": by.ID, "reason": reason})
		if err != nil {
			return err
		}
		return note(ctx, tx, byOfficial(by, from), change{action: forum.EndDelegation, noun: forum.TheDelegation, subject: id, before: ruleText(d), reason: reason})
	})
}

// ruleText is a rule in the trail: the document, the department where it is one's own, the duty.
func ruleText(d forum.Delegation) string {
	return strings.Join(strings.Fields(string(d.Noun)+" "+d.Department+" "+string(d.Duty)), " ")
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
