package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// PauseClock lets a clock stand still that waits on somebody outside, with the reason; until it is resumed nobody is reminded. It
// gives the procedure that has to look again.
func (s *Store) PauseClock(ctx context.Context, by forum.Official, from string, id forum.ID, reason string) (forum.Start, error) {
	if err := forum.NeedReason(reason); err != nil {
		return forum.Start{}, err
	}
	return s.changeClock(ctx, by, id, forum.PauseClock, func(tx pgx.Tx, w wait) error {
		if w.paused {
			return forum.Refuse(forum.Conflict, "clock.paused_already")
		}
		_, err := tx.Exec(ctx, `UPDATE owed SET paused_at = now(), pause_reason = @reason WHERE id = @id`,
			pgx.NamedArgs{"id": id, "reason": strings.TrimSpace(reason)})
		if err != nil {
			return err
		}
		return s.befell(ctx, tx, w, clockChange{kind: "paused", action: forum.PauseClock, by: byOfficial(by, from), reason: reason})
	})
}

// ResumeClock lets a clock run on and gives the lost working time back: the step is due so much later.
func (s *Store) ResumeClock(ctx context.Context, by forum.Official, from string, id forum.ID) (forum.Start, error) {
	return s.changeClock(ctx, by, id, forum.ResumeClock, func(tx pgx.Tx, w wait) error {
		if !w.paused {
			return forum.Refuse(forum.Conflict, "clock.not_paused")
		}
		at, days, err := s.nowAndCalendar(ctx, tx)
		if err != nil {
			return err
		}
		due := days.GivenBack(w.due, w.pausedAt, at)
		next, when := days.NextNudge(w.next, due, at)
		_, err = tx.Exec(ctx, `
UPDATE owed SET due = @due, reminders = @nudge, next_at = @next, paused_at = NULL, pause_reason = '', paused_for = paused_for + @lost::interval
WHERE id = @id`, pgx.NamedArgs{"id": id, "due": due, "nudge": next, "next": orNever(when), "lost": days.WorkBetween(w.pausedAt, at)})
		if err != nil {
			return err
		}
		return s.befell(ctx, tx, w, clockChange{kind: "resumed", action: forum.ResumeClock, by: byOfficial(by, from), due: due})
	})
}

// changeClock locks an open wait, asks the policy with its department, and gives the procedure whose clock it is.
func (s *Store) changeClock(ctx context.Context, by forum.Official, id forum.ID, action forum.Action, work func(pgx.Tx, wait) error) (forum.Start, error) {
	var procedure forum.Start
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+waitColumns+` FROM owed w WHERE w.id = $1 AND w.done_at IS NULL FOR UPDATE`, id)
		if err != nil {
			return err
		}
		w, err := pgx.CollectExactlyOneRow(rows, scanWait)
		if err != nil {
			return found(err)
		}
		department, err := departmentOf(ctx, tx, w)
		if err != nil {
			return err
		}
		if err := by.May(action, department); err != nil {
			return err
		}
		procedure = forum.Start{Noun: w.noun, ID: w.subject}
		if w.noun == forum.TheMilestone || w.noun == forum.TheAward {
			procedure = forum.Start{Noun: forum.TheForum, ID: w.forum}
		}
		return work(tx, w)
	})
	return procedure, err
}
