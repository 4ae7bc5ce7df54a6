package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// What the city does by itself, as the audit trail names it.
const (
	scheduled        forum.Action = "forum.schedule"
	opened           forum.Action = "forum.open"
	nominated        forum.Action = "award.nominate"
	askedAnswer      forum.Action = "response.ask"
	archived         forum.Action = "forum.archive"
	editedCorrection forum.Action = "correction.edit"
	becameLate       forum.Action = "followup.late"
	escalated        forum.Action = "clock.escalate"
	toldAudit        forum.Action = "clock.tell_audit"
	handedOver       forum.Action = "clock.hand_over"
	beganReview      forum.Action = "approval.begin"
	voided           forum.Action = "approval.void"
	alarmed          forum.Action = "approval.alarm"
	offered          forum.Action = "award.offer"
	lapsed           forum.Action = "award.lapse"
	roundDecided     forum.Action = "round.decide"
	restarted        forum.Action = "procedure.restart"
	savedDraft       forum.Action = "invitation.save_draft"
	lapsedInvite     forum.Action = "invitation.lapse"
)

// clocksMayDiffer is how far a procedure's clock may run ahead of the database's.
const clocksMayDiffer = 10 * time.Minute

// Remind carries the overdue waits of a procedure one rung up the ladder: two reminders, then the superior hears of it, then the
// audit office. An assignment that its head has left unanswered is put to the superior instead. Milestones past their date become late. Called before anything is due, it refuses as unavailable for now.
func (s *Store) Remind(ctx context.Context, noun forum.Noun, subject forum.ID) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		told, early := false, false
		if noun == forum.TheForum {
			if err := lockForum(ctx, tx, subject); err != nil {
				return err
			}
			if err := lateMilestones(ctx, tx, subject); err != nil {
				return err
			}
			var err error
			if told, early, err = s.tellClosing(ctx, tx, subject); err != nil {
				return err
			}
		}
		args := pgx.NamedArgs{"noun": noun, "subject": subject}
		rows, err := tx.Query(ctx, `SELECT `+waitColumns+` FROM owed w WHERE w.next_at <= now() AND `+waitsOf+` ORDER BY w.id FOR UPDATE`, args)
		if err != nil {
			return err
		}
		due, err := pgx.CollectRows(rows, scanWait)
		if err != nil {
			return err
		}
		for _, w := range due {
			if err := s.remind(ctx, tx, w); err != nil {
				return err
			}
		}
		if len(due) > 0 || told {
			return nil
		}
		err = tx.QueryRow(ctx, `SELECT @early OR EXISTS (SELECT FROM owed w WHERE w.next_at < now() + @slack::interval AND `+waitsOf+`)`,
			pgx.NamedArgs{"noun": noun, "subject": subject, "slack": clocksMayDiffer, "early": early}).Scan(&early)
		if err == nil && early {
			return forum.Refuse(forum.Unavailable, "clock.too_early")
		}
		return err
	})
}

// remind gives a wait its next nudge and sets the clock to the one after it.
func (s *Store) remind(ctx context.Context, tx pgx.Tx, w wait) error {
	at, err := now(ctx, tx)
	if err != nil {
		return err
	}
	nudge := forum.NudgeNow(w.next, w.due, at)
	if err := s.climb(ctx, tx, w, nudge+1, at); err != nil {
		return err
	}
	switch {
	case nudge == forum.TellSuperior && w.kind == forum.AcceptAssignment:
		return s.escalateAssignment(ctx, tx, w)
	case nudge == forum.TellSuperior:
		return s.escalate(ctx, tx, w)
	case nudge == forum.TellAudit:
		return s.tellAudit(ctx, tx, w)
	}
	return s.tell(ctx, tx, notice{kind: reminder, event: fmt.Sprintf("reminder:%s:%d", w.id, nudge+1)}, w)
}

// climb sets a wait's clock to the rung after those that are given.
func (s *Store) climb(ctx context.Context, tx pgx.Tx, w wait, given forum.Nudge, at time.Time) error {
	days, err := s.calendar(ctx, tx)
	if err != nil {
		return err
	}
	next, when := days.NextNudge(given, w.due, at)
	_, err = tx.Exec(ctx, `UPDATE owed SET reminders = @nudge, next_at = @at WHERE id = @id`,
		pgx.NamedArgs{"id": w.id, "nudge": next, "at": orNever(when)})
	return err
}

// orNever keeps the zero time out of a column.
func orNever(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// escalate tells the superiors, or the officers where there are none. The wait itself stays whose it was.
func (s *Store) escalate(ctx context.Context, tx pgx.Tx, w wait) error {
	people, err := waitedFor(ctx, tx, w.official, w.duty, w.department)
	if err != nil {
		return err
	}
	var superiors []forum.ID
	for _, id := range people {
		superior, err := superiorOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if superior != "" && !slices.Contains(superiors, superior) {
			superiors = append(superiors, superior)
		}
	}
	if len(superiors) == 0 {
		if superiors, err = waitedFor(ctx, tx, "", forum.Officer, ""); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE owed SET escalated_at = now(), escalated_to = @to::uuid[] WHERE id = @id`,
		pgx.NamedArgs{"id": w.id, "to": texts(superiors)})
	if err != nil {
		return err
	}
	if err := s.befell(ctx, tx, w, clockChange{kind: "escalated", action: escalated, to: superiors}); err != nil {
		return err
	}
	return s.tellThem(ctx, tx, notice{kind: escalation, event: "escalation:" + string(w.id)}, w, superiors)
}

// tellAudit tells the audit office of a step that a superior's word hasn't moved; a city without one tells its officers.
func (s *Store) tellAudit(ctx context.Context, tx pgx.Tx, w wait) error {
	auditors, err := waitedFor(ctx, tx, "", forum.Auditor, "")
	if err != nil {
		return err
	}
	if len(auditors) == 0 {
		if auditors, err = waitedFor(ctx, tx, "", forum.Officer, ""); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE owed SET audited_at = now(), audited_to = @to::uuid[] WHERE id = @id`,
		pgx.NamedArgs{"id": w.id, "to": texts(auditors)})
	if err != nil {
		return err
	}
	if err := s.befell(ctx, tx, w, clockChange{kind: "audited", action: toldAudit, to: auditors}); err != nil {
		return err
	}
	return s.tellThem(ctx, tx, notice{kind: toAudit, event: "audit:" + string(w.id)}, w, auditors)
}
