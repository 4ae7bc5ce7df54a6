package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// querier reads, in a transaction or beside one.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// calendarLife is how old the known holidays may be: one announced late counts a minute later.
const calendarLife = time.Minute

type calendarCache struct {
	sync.Mutex
	known  forum.Calendar
	readAt time.Time
}

// calendar knows the city's working days.
func (s *Store) calendar(ctx context.Context, q querier) (forum.Calendar, error) {
	s.holidays.Lock()
	defer s.holidays.Unlock()
	if s.holidays.known.Zone != nil && time.Since(s.holidays.readAt) < calendarLife {
		return s.holidays.known, nil
	}
	rows, err := q.Query(ctx, `SELECT to_char(day, 'YYYY-MM-DD'), name FROM holidays`)
	if err != nil {
		return forum.Calendar{}, err
	}
	known := forum.Calendar{Zone: s.zone, Holidays: map[string]string{}}
	var day, name string
	_, err = pgx.ForEachRow(rows, []any{&day, &name}, func() error {
		known.Holidays[day] = name
		return nil
	})
	if err != nil {
		return forum.Calendar{}, err
	}
	s.holidays.known, s.holidays.readAt = known, time.Now()
	return known, nil
}

// now is the transaction's instant by the database's clock.
func now(ctx context.Context, q querier) (at time.Time, err error) {
	err = q.QueryRow(ctx, `SELECT now()`).Scan(&at)
	return at, err
}

// inDays is the end of the nth working day from today.
func (s *Store) inDays(ctx context.Context, q querier, n int) (time.Time, error) {
	at, err := now(ctx, q)
	if err != nil {
		return time.Time{}, err
	}
	days, err := s.calendar(ctx, q)
	return days.After(at, n), err
}

// instant is the zero time where the column is NULL.
func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
