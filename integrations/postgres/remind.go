package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// What the city does by itself, as the audit trail names it.
const (
	scheduled    forum.Action = "forum.schedule"
	opened       forum.Action = "forum.open"
	nominated    forum.Action = "award.nominate"
	askedAnswer  forum.Action = "response.ask"
	archived     forum.Action = "forum.archive"
	becameLate   forum.Action = "followup.late"
	escalated    forum.Action = "clock.escalate"
	handedOver   forum.Action = "clock.hand_over"
	beganReview  forum.Action = "approval.begin"
	voided       forum.Action = "approval.void"
	offered      forum.Action = "award.offer"
	lapsed       forum.Action = "award.lapse"
	roundDecided forum.Action = "round.decide"
)

// clocksMayDiffer is how far a procedure's clock may run ahead of the database's.
const clocksMayDiffer = 10 * time.Minute

// Remind carries the overdue waits of a procedure one stage on: a reminder before the due date, one when it is reached, and a
// working day later the escalation to the superior. An assignment that its head has left unanswered is put to the superior
// instead. Milestones past their date become late. Called before anything is due, it refuses as unavailable for now.
func (s *Store) Remind(ctx context.Context, noun forum.Noun, subject forum.ID) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if noun == forum.TheForum {
			if err := lockForum(ctx, tx, subject); err != nil {
				return err
			}
			if err := lateMilestones(ctx, tx, subject); err != nil {
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
		if len(due) > 0 {
			return nil
		}
		var early bool
		err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM owed w WHERE w.next_at < now() + @slack::interval AND `+waitsOf+`)`,
			pgx.NamedArgs{"noun": noun, "subject": subject, "slack": clocksMayDiffer}).Scan(&early)
		if err == nil && early {
			return forum.Refuse(forum.Unavailable, "clock.too_early")
		}
		return err
	})
}

func (s *Store) remind(ctx context.Context, tx pgx.Tx, w wait) error {
	at, err := now(ctx, tx)
	if err != nil {
		return err
	}
	days, err := s.calendar(ctx, tx)
	if err != nil {
		return err
	}
	switch {
	case at.Before(w.due):
		return s.remindAgain(ctx, tx, w, 1, w.due)
	case w.reminders < 2:
		return s.remindAgain(ctx, tx, w, 2, days.After(w.due, 1))
	case w.kind == forum.AcceptAssignment:
		return s.escalateAssignment(ctx, tx, w)
	}
	return s.escalate(ctx, tx, w)
}

func (s *Store) remindAgain(ctx context.Context, tx pgx.Tx, w wait, reminders int, next time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE owed SET reminders = @n, next_at = @next WHERE id = @id`,
		pgx.NamedArgs{"id": w.id, "n": reminders, "next": next})
	if err != nil {
		return err
	}
	return tell(ctx, tx, forum.MailReminder, fmt.Sprintf("reminder:%s:%d", w.id, reminders), w)
}

// escalate tells the superiors, or the officers where there are none. The wait itself stays whose it was.
func (s *Store) escalate(ctx context.Context, tx pgx.Tx, w wait) error {
	_, err := tx.Exec(ctx, `UPDATE owed SET escalated_at = now(), next_at = NULL WHERE id = $1`, w.id)
	if err != nil {
		return err
	}
	if err := note(ctx, tx, bySystem, change{action: escalated, noun: w.noun, subject: w.subject, forum: w.forum, reason: string(w.kind)}); err != nil {
		return err
	}
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
		if superior != "" {
			superiors = append(superiors, superior)
		}
	}
	if len(superiors) == 0 {
		if superiors, err = waitedFor(ctx, tx, "", forum.Officer, ""); err != nil {
			return err
		}
	}
	return tellThem(ctx, tx, forum.MailEscalation, "escalation:"+string(w.id), w, superiors)
}
