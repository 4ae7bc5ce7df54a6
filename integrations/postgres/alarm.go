package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// openAlarm says in SQL that an act of approvals a stands without its approval and nobody has answered for it yet.
const openAlarm = `a.alarmed_at IS NOT NULL AND a.settled_at IS NULL`

// AlarmApproval raises the alarm over an act that was done before its approval, when the line's clock has run out.
func (s *Store) AlarmApproval(ctx context.Context, id forum.ID) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		a, err := lockApproval(ctx, tx, id)
		if err != nil || !a.AfterTheFact || a.Alarm != "" || forum.ApprovalSteps.IsFinal(a.Status) {
			return err
		}
		var late bool
		err = tx.QueryRow(ctx, `
SELECT EXISTS (SELECT FROM owed WHERE noun = @noun AND subject_id = @subject AND kind = @kind AND done_at IS NULL AND paused_at IS NULL AND due <= now())`,
			pgx.NamedArgs{"noun": forum.TheApproval, "subject": a.ID, "kind": forum.SignApproval}).Scan(&late)
		if err != nil || !late {
			return err
		}
		return s.alarm(ctx, tx, a, forum.AlarmLate)
	})
}

// alarm says on the document, on the trail, to the officers and to the audit office that an act stands without its approval.
// It stays open until the document is approved after all or an officer answers for it.
func (s *Store) alarm(ctx context.Context, tx pgx.Tx, a forum.Approval, why forum.Alarm) error {
	_, err := tx.Exec(ctx, `UPDATE approvals SET alarm = @why, alarmed_at = now(), settled_at = NULL WHERE id = @id`,
		pgx.NamedArgs{"id": a.ID, "why": string(why)})
	if err != nil {
		return err
	}
	if err := record(ctx, tx, a.ID, bySystem, lineEvent{kind: forum.LineAlarmed}); err != nil {
		return err
	}
	if err := note(ctx, tx, bySystem, change{action: alarmed, noun: forum.TheApproval, subject: a.ID, forum: forumOf(a), reason: string(why)}); err != nil {
		return err
	}
	for _, duty := range []forum.Duty{forum.Officer, forum.Auditor} {
		err := s.owe(ctx, tx, forum.Owed{Noun: forum.TheApproval, Subject: a.ID, Forum: forumOf(a), Kind: forum.SettleAlarm, Duty: duty,
			Days: forum.Terms[forum.SettleAlarm].Days})
		if err != nil {
			return err
		}
	}
	return nil
}

// SettleAlarm is an officer's answer for an act that stands without its approval.
func (s *Store) SettleAlarm(ctx context.Context, decision forum.ID) (forum.ApprovalFacts, error) {
	return s.decideApproval(ctx, decision, forum.SettleAlarm, func(tx pgx.Tx, a forum.Approval, d forum.Decision, by actor) error {
		if !a.Alarmed() {
			return movedOn(forum.TheApproval)
		}
		if err := settleAlarm(ctx, tx, a, d, by); err != nil {
			return err
		}
		return note(ctx, tx, by, change{action: d.Action, noun: forum.TheApproval, subject: a.ID, forum: forumOf(a), reason: d.Reason})
	})
}

// settleAlarm ends an alarm: it was answered for, or the document is approved after all.
func settleAlarm(ctx context.Context, tx pgx.Tx, a forum.Approval, d forum.Decision, by actor) error {
	if _, err := tx.Exec(ctx, `UPDATE approvals SET settled_at = now() WHERE id = $1`, a.ID); err != nil {
		return err
	}
	if err := record(ctx, tx, a.ID, by, lineEvent{kind: forum.LineSettled, comment: d.Reason}); err != nil {
		return err
	}
	return settle(ctx, tx, forum.TheApproval, a.ID, forum.SettleAlarm)
}
