package postgres

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// movedClock is what the trail calls a clock's new date under another calendar.
const movedClock forum.Action = "clock.move"

// stopClocks keeps everybody from starting, moving or ending a clock until the transaction ends, and gives the calendar and
// the city's today. Whoever starts a clock holds owed before they read the calendar (holdCalendar), so that each clock either
// is seen here or begins under the new calendar. Rounds come first, as in every step of a round.
func (s *Store) stopClocks(ctx context.Context, tx pgx.Tx) (known forum.Calendar, today string, err error) {
	if _, err := tx.Exec(ctx, `LOCK TABLE rounds, owed IN EXCLUSIVE MODE`); err != nil {
		return known, "", err
	}
	at, err := now(ctx, tx)
	if err != nil {
		return known, "", err
	}
	known, err = s.calendar(ctx, tx)
	return known, known.City(at).Format(time.DateOnly), err
}

// holdCalendar keeps the calendar as it is until the transaction ends.
func holdCalendar(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `LOCK TABLE owed IN ROW EXCLUSIVE MODE`)
	return err
}

// runningClock is an open wait that was promised in working days, paused or not.
type runningClock struct {
	id    forum.ID
	start forum.Start // the procedure that minds it
	since time.Time
	days  int
	given time.Duration // back after pauses, in working time
	due   time.Time
	nudge forum.Nudge
}

// moves are running clocks with their new dates, column by column.
type moves struct {
	changes, ids []string
	dues         []time.Time
	nudges       []int
	nexts        []*time.Time
}

// moveThem writes the new dates and, for each clock, what befell it, a line on the trail and a notice to whoever is waited for.
var moveThem = `
WITH m AS (
	SELECT * FROM unnest(@changes::uuid[], @ids::uuid[], @dues::timestamptz[], @nudges::int[], @nexts::timestamptz[]) AS m (change, id, due, nudge, next)
), changed AS (
	INSERT INTO clock_changes (id, owed_id, kind, by_official, due_before, due_after, reason)
	SELECT m.change, w.id, 'moved', @by, w.due, m.due, @reason FROM m JOIN owed w ON w.id = m.id
), noted AS (
	INSERT INTO audit (by_kind, by_official, from_addr, action, noun, subject_id, forum_id, reason)
	SELECT 'official', @by, @from, @action, w.noun, w.subject_id, w.forum_id, w.kind || ': ' || @reason FROM m JOIN owed w ON w.id = m.id ORDER BY w.id
), told AS (
	INSERT INTO notices (id, kind, event, official_id, owed_id)
	SELECT gen_random_uuid(), 'moved', 'moved:' || m.change, o.id, w.id
	FROM m JOIN owed w ON w.id = m.id JOIN officials o ON ` + meansThem("o") + ` AND o.left_at IS NULL
)
UPDATE owed w SET due = m.due, reminders = m.nudge, next_at = m.next FROM m WHERE w.id = m.id`

// moveClocks counts every running clock and every open round's deadline anew under the calendar as it is now: what comes out
// otherwise is moved, with its reminders. Run again, it finds nothing to move. It gives the procedures that wait for them.
func (s *Store) moveClocks(ctx context.Context, tx pgx.Tx, by actor, reason string) ([]forum.Start, error) {
	at, err := now(ctx, tx)
	if err != nil {
		return nil, err
	}
	days, err := s.calendar(ctx, tx)
	if err != nil {
		return nil, err
	}
	clocks, err := runningClocks(ctx, tx)
	if err != nil {
		return nil, err
	}
	waiting, err := moveRounds(ctx, tx, days)
	if err != nil {
		return nil, err
	}
	var m moves
	for _, c := range clocks {
		due := days.Due(c.since, c.days)
		if c.given > 0 {
			due = days.AfterWork(due, c.given)
		}
		if due.Equal(c.due) {
			continue
		}
		if c.nudge > forum.RemindDue && at.Before(due) {
			c.nudge = forum.RemindDue // it is due once more
		}
		nudge, next := days.NextNudge(c.nudge, due, at)
		m.changes, m.ids, m.dues = append(m.changes, string(NewID())), append(m.ids, string(c.id)), append(m.dues, due)
		m.nudges, m.nexts = append(m.nudges, int(nudge)), append(m.nexts, nil)
		if !next.IsZero() {
			m.nexts[len(m.nexts)-1] = &next
		}
		waiting = append(waiting, c.start)
	}
	_, err = tx.Exec(ctx, moveThem, pgx.NamedArgs{"changes": m.changes, "ids": m.ids, "dues": m.dues, "nudges": m.nudges, "nexts": m.nexts,
		"by": by.official, "from": by.from, "action": movedClock, "reason": reason})
	slices.SortFunc(waiting, func(a, b forum.Start) int { return cmp.Or(cmp.Compare(a.Noun, b.Noun), cmp.Compare(a.ID, b.ID)) })
	return slices.Compact(waiting), err
}

func runningClocks(ctx context.Context, tx pgx.Tx) ([]runningClock, error) {
	rows, err := tx.Query(ctx, `
SELECT w.id, p.noun, CASE WHEN p.noun = w.noun THEN w.subject_id ELSE w.forum_id END, w.since, w.days, w.paused_for, w.due, w.reminders
FROM owed w CROSS JOIN LATERAL (SELECT CASE WHEN w.noun IN ('milestone', 'award') THEN 'forum' ELSE w.noun END AS noun) p
WHERE w.done_at IS NULL AND w.days > 0 ORDER BY w.id`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (runningClock, error) {
		var c runningClock
		err := row.Scan(&c.id, &c.start.Noun, &c.start.ID, &c.since, &c.days, &c.given, &c.due, &c.nudge)
		return c, err
	})
}

// moveRounds moves the deadlines of open rounds that were promised in working days; one that an officer chose stays.
func moveRounds(ctx context.Context, tx pgx.Tx, days forum.Calendar) (moved []forum.Start, err error) {
	rows, err := tx.Query(ctx, `SELECT id, promised_at, days, deadline FROM rounds WHERE status = 'open' AND days > 0 ORDER BY id`)
	if err != nil {
		return nil, err
	}
	deadlines := map[forum.ID]time.Time{}
	var id forum.ID
	var since, deadline time.Time
	var promised int
	_, err = pgx.ForEachRow(rows, []any{&id, &since, &promised, &deadline}, func() error {
		if due := days.Due(since, promised); !due.Equal(deadline) {
			moved, deadlines[id] = append(moved, forum.Start{Noun: forum.TheRound, ID: id}), due
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, round := range moved {
		if _, err := tx.Exec(ctx, `UPDATE rounds SET deadline = $2 WHERE id = $1`, round.ID, deadlines[round.ID]); err != nil {
			return nil, err
		}
	}
	return moved, nil
}
