package analysis

import (
	"fmt"
	"time"
)

// Date is a civil day: what a calendar on the wall shows, whatever the hour or the zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the civil day of an instant in a place.
func DateOf(at time.Time, loc *time.Location) Date {
	year, month, day := at.In(loc).Date()
	return Date{year, month, day}
}

// CivilDays are the days on which a forum that opens and closes at these instants is open, in order, both ends counted
// whole: 7 February to 15 March 2003 are 37. The close is the first instant at which it is open no longer, so a close at
// 00:00 doesn't count the day that begins. A forum that closes before it opens is open on no day.
//
// Days are steps of the calendar and not of 24 hours: Seoul's clocks had summer time in 1948-1960 and 1987-1988.
func CivilDays(opens, closes time.Time, loc *time.Location) []Date {
	if !opens.Before(closes) {
		return nil
	}
	last := DateOf(closes.Add(-time.Nanosecond), loc)
	days := []Date{DateOf(opens, loc)}
	for days[len(days)-1] != last {
		days = append(days, days[len(days)-1].next())
	}
	return days
}

// next is the following day of the calendar.
func (d Date) next() Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, time.UTC), time.UTC)
}

// String is the date by ISO 8601, "2003-02-07".
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText makes the date a string in JSON, as String writes it.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote, and refuses a day that isn't in the calendar.
func (d *Date) UnmarshalText(text []byte) error {
	day, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return err
	}
	*d = DateOf(day, time.UTC)
	return nil
}
