package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// radarSteps are the open waits with all that may delay them, of one department or of the city.
var radarSteps = `
SELECT ` + owedColumns + `, COALESCE(` + ownTitle("w.noun", "w.subject_id") + `, ''),
	u.unit, COALESCE(o.absent, false) OR a.until_at IS NOT NULL, a.until_at,
	(SELECT count(*) FROM officials h WHERE h.left_at IS NULL AND ` + meansThem("h") + `),
	CASE w.noun WHEN 'approval' THEN (SELECT count(*) FROM approval_signers s WHERE s.approval_id = w.subject_id AND s.status = 'waiting') ELSE 0 END,
	CASE WHEN w.noun = 'round' THEN (SELECT r.deadline FROM rounds r WHERE r.id = w.subject_id AND r.status IN ('open', 'scoring'))
		WHEN f.status IN ('preparing', 'scheduled') THEN f.opens_at
		WHEN f.status IN ('open', 'suspended') THEN f.closes_at
		WHEN w.kind = 'award.score' THEN (SELECT j.due FROM owed j WHERE j.noun = 'forum' AND j.subject_id = f.id AND j.kind = 'award.submit' AND j.done_at IS NULL) END
FROM owed w LEFT JOIN officials_now o ON o.id = w.official_id LEFT JOIN forums f ON f.id = w.forum_id
CROSS JOIN LATERAL (SELECT COALESCE(NULLIF(w.department, ''), o.department, CASE WHEN w.duty IN ('drafter', 'head') THEN f.department END, '') AS unit) u
LEFT JOIN LATERAL (
	SELECT max(p.until_at) AS until_at FROM absences p WHERE p.official = w.official_id AND p.from_at <= GREATEST(w.due, now()) AND p.until_at > GREATEST(w.due, now())
) a ON true
WHERE w.done_at IS NULL AND (@all OR u.unit = @department)`

// Radar foresees what will be late within so many working days: in the whole city, or in the reader's department.
func (s *Store) Radar(ctx context.Context, reader forum.Official, within int) ([]forum.Risk, error) {
	rows, err := s.pool.Query(ctx, radarSteps, pgx.NamedArgs{"all": reader.SeesWholeCity(forum.ReadRadar), "department": reader.Department})
	if err != nil {
		return nil, translate(err)
	}
	steps, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.RadarStep, error) {
		var r forum.RadarStep
		var back, deadline *time.Time
		err := scanOwedAnd(row, &r.Owed, &r.Unit, &r.Away, &back, &r.Holders, &r.Signers, &deadline)
		r.BackAt, r.Deadline = instant(back), instant(deadline)
		return r, err
	})
	if err != nil {
		return nil, translate(err)
	}
	at, days, err := s.nowAndCalendar(ctx, s.pool)
	if err != nil {
		return nil, translate(err)
	}
	for i, one := range steps {
		if !one.Paused {
			steps[i].Late = days.LateBy(one.Due, at)
		}
	}
	return days.Foresee(steps, at, within), nil
}

// ClockFigures counts the steps that ended in the last so many months, this one among them, as the radar may show them to the reader.
func (s *Store) ClockFigures(ctx context.Context, reader forum.Official, months int) ([]forum.ClockFigures, error) {
	rows, err := s.pool.Query(ctx, `
SELECT kind, department, due, done_at, paused_for FROM settled_clocks
WHERE done_at >= date_trunc('month', now() AT TIME ZONE @zone) AT TIME ZONE @zone - make_interval(months => @months) AND (@all OR department = @department)`,
		pgx.NamedArgs{"zone": forum.City, "months": months - 1, "all": reader.SeesWholeCity(forum.ReadRadar), "department": reader.Department})
	if err != nil {
		return nil, translate(err)
	}
	ended, err := pgx.CollectRows(rows, pgx.RowToStructByPos[forum.EndedClock])
	if err != nil {
		return nil, translate(err)
	}
	days, err := s.calendar(ctx, s.pool)
	return days.CountClocks(ended), translate(err)
}
