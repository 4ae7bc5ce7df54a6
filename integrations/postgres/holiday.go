package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// Calendar knows the city's working days as they are now.
func (s *Store) Calendar(ctx context.Context) (forum.Calendar, error) {
	known, err := s.calendar(ctx, s.pool)
	return known, translate(err)
}

// Holidays lists what was declared between two days, both included: elections, temporary and imported holidays.
func (s *Store) Holidays(ctx context.Context, from, to string) ([]forum.Holiday, error) {
	rows, err := s.pool.Query(ctx, `
SELECT to_char(h.day, 'YYYY-MM-DD'), h.name, h.kind, h.reason, COALESCE(o.name, ''), h.declared_at
FROM holidays h LEFT JOIN officials o ON o.id = h.declared_by WHERE h.day BETWEEN $1::date AND $2::date ORDER BY h.day`, from, to)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Holiday, error) {
		var h forum.Holiday
		err := row.Scan(&h.Day, &h.Name, &h.Kind, &h.Reason, &h.DeclaredBy, &h.DeclaredAt)
		return h, err
	})
	return all, translate(err)
}

// DeclareHolidays makes days free, from the city's today on, and moves every running clock that was promised in working days.
// It gives the procedures that wait for a moved clock, so that they can be woken; one that isn't wakes by its old clock and
// looks again. One day that is free already refuses them all, so that nothing is half done.
func (s *Store) DeclareHolidays(ctx context.Context, by forum.Official, from string, days []forum.Holiday, reason string) (waiting []forum.Start, err error) {
	if err := by.May(forum.DeclareHoliday, ""); err != nil {
		return nil, err
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		known, today, err := s.stopClocks(ctx, tx)
		if err != nil {
			return err
		}
		if err := forum.ValidateHolidays(days, reason, today, known); err != nil {
			return err
		}
		for _, h := range days {
			id := NewID()
			if _, err := tx.Exec(ctx, `
INSERT INTO holidays (id, day, name, kind, reason, declared_by) VALUES (@id, @day::date, @name, @kind, @reason, @by)`,
				pgx.NamedArgs{"id": id, "day": h.Day, "name": h.Name, "kind": h.Kind, "reason": reason, "by": by.ID}); err != nil {
				return err
			}
			if err := note(ctx, tx, byOfficial(by, from), change{action: forum.DeclareHoliday, noun: forum.TheHoliday, subject: id,
				after: h.Day + " " + h.Name, reason: reason}); err != nil {
				return err
			}
		}
		waiting, err = s.moveClocks(ctx, tx, byOfficial(by, from), reason)
		return err
	})
	return waiting, err
}

// RemoveHoliday makes a declared day a working day again, while it is still ahead, and moves every running clock back.
func (s *Store) RemoveHoliday(ctx context.Context, by forum.Official, from, day, reason string) (waiting []forum.Start, err error) {
	if err := by.May(forum.RemoveHoliday, ""); err != nil {
		return nil, err
	}
	if err := forum.NeedReason(reason); err != nil {
		return nil, err
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		_, today, err := s.stopClocks(ctx, tx)
		if err != nil {
			return err
		}
		if day <= today {
			return forum.Refuse(forum.Conflict, "holiday.began").At("day")
		}
		var id forum.ID
		var name string
		err = tx.QueryRow(ctx, `DELETE FROM holidays WHERE to_char(day, 'YYYY-MM-DD') = $1 RETURNING id, name`, day).Scan(&id, &name)
		if ignoreNoRows(err) == nil && err != nil {
			return forum.Refuse(forum.Conflict, "holiday.not_declared").At("day")
		}
		if err != nil {
			return err
		}
		if err := note(ctx, tx, byOfficial(by, from), change{action: forum.RemoveHoliday, noun: forum.TheHoliday, subject: id,
			before: day + " " + name, reason: reason}); err != nil {
			return err
		}
		waiting, err = s.moveClocks(ctx, tx, byOfficial(by, from), reason)
		return err
	})
	return waiting, err
}

// OpenPeriods are the forums whose board is, was or will be open between two instants, as far as the reader sees them.
func (s *Store) OpenPeriods(ctx context.Context, reader forum.Official, from, to time.Time) ([]forum.OpenPeriod, error) {
	rows, err := s.pool.Query(ctx, `
SELECT id, title, status, opens_at, closes_at FROM forums
WHERE opens_at < @to AND closes_at > @from AND status NOT IN ('selected', 'assigning', 'preparing', 'withdrawn') AND (@all OR department = @department)
ORDER BY opens_at, id LIMIT 200`,
		pgx.NamedArgs{"from": from, "to": to, "all": reader.SeesWholeCity(forum.ReadForums), "department": reader.Department})
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[forum.OpenPeriod])
	return all, translate(err)
}

// DueBetween are the open waits that are due between two instants: of the whole city for who sees it, otherwise the reader's
// own and their department's.
func (s *Store) DueBetween(ctx context.Context, reader forum.Official, from, to time.Time) ([]forum.Owed, error) {
	return s.owed(ctx, `
SELECT `+owedColumns+`, COALESCE(`+ownTitle("w.noun", "w.subject_id")+`, '')
FROM owed w LEFT JOIN officials_now o ON o.id = w.official_id LEFT JOIN forums f ON f.id = w.forum_id
WHERE w.done_at IS NULL AND w.due >= @from AND w.due < @to
	AND (@all OR w.official_id = @me OR @department <> '' AND @department IN (w.department, f.department))
ORDER BY w.due, w.id LIMIT 500`,
		pgx.NamedArgs{"from": from, "to": to, "all": reader.SeesWholeCity(forum.ReadForums), "me": reader.ID, "department": reader.Department})
}
