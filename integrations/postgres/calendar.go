package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// querier reads, in a transaction or beside one.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// calendar knows the city's working days. It is read anew each time: a holiday that was declared a moment ago counts.
func (s *Store) calendar(ctx context.Context, q querier) (forum.Calendar, error) {
	rows, err := q.Query(ctx, `SELECT to_char(day, 'YYYY-MM-DD'), name FROM holidays`)
	if err != nil {
		return forum.Calendar{}, err
	}
	known := forum.Calendar{Zone: s.zone, Pace: s.pace, Holidays: map[string]string{}}
	var day, name string
	_, err = pgx.ForEachRow(rows, []any{&day, &name}, func() error {
		known.Holidays[day] = name
		return nil
	})
	return known, err
}

// now is the transaction's instant by the database's clock.
func now(ctx context.Context, q querier) (at time.Time, err error) {
	err = q.QueryRow(ctx, `SELECT now()`).Scan(&at)
	return at, err
}

// dueIn is when a period of so many working days that begins now runs out.
func (s *Store) dueIn(ctx context.Context, q querier, days int) (time.Time, error) {
	at, err := now(ctx, q)
	if err != nil {
		return time.Time{}, err
	}
	known, err := s.calendar(ctx, q)
	return known.Due(at, days), err
}

// instant is the zero time where the column is NULL.
func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
