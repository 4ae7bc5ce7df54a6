package forum

import (
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"time"
)

const civilDay = 24 * time.Hour

// Pace lets a civil day pass within seconds, for tests and demonstrations: the city's time is Base plus the time since Base,
// stretched. The zero Pace is real time.
type Pace struct {
	Base time.Time
	Day  time.Duration // how long a civil day lasts
}

// ParsePace reads a pace such as 2s@2026-11-25T09:00:00+09:00: a day takes two seconds, counted from that instant. Nothing is
// real time.
func ParsePace(text string) (Pace, error) {
	if text == "" {
		return Pace{}, nil
	}
	day, base, found := strings.Cut(text, "@")
	if !found {
		return Pace{}, errors.New("a pace looks like 2s@2026-11-25T09:00:00+09:00")
	}
	var p Pace
	var err error
	if p.Day, err = time.ParseDuration(day); err != nil {
		return Pace{}, err
	}
	if p.Day < time.Millisecond || p.Day > civilDay {
		return Pace{}, fmt.Errorf("a day of %s: it lasts from a millisecond to 24 hours", p.Day)
	}
	if p.Base, err = time.Parse(time.RFC3339, base); err != nil {
		return Pace{}, err
	}
	return p, nil
}

// City is what the city's clocks show at an instant.
func (p Pace) City(t time.Time) time.Time {
	if p.Day == 0 {
		return t
	}
	passed := t.Sub(p.Base)
	days, rest := passed/p.Day, passed%p.Day
	if rest < 0 {
		days, rest = days-1, rest+p.Day
	}
	// In UTC every day has 24 hours, and centuries are no overflow.
	return p.Base.UTC().AddDate(0, 0, int(days)).Add(scale(rest, civilDay, p.Day))
}

// Real is the instant at which the city's clocks show that time, to the microsecond as the database keeps it and never before.
func (p Pace) Real(city time.Time) time.Time {
	if p.Day == 0 {
		return city
	}
	seconds, nanos := city.Unix()-p.Base.Unix(), city.Nanosecond()-p.Base.Nanosecond()
	if nanos < 0 {
		seconds, nanos = seconds-1, nanos+int(time.Second)
	}
	days, rest := seconds/86400, seconds%86400
	if rest < 0 {
		days, rest = days-1, rest+86400
	}
	within := scale(time.Duration(rest)*time.Second+time.Duration(nanos), p.Day, civilDay)
	t := p.Base.Add(time.Duration(days)*p.Day + within)
	if whole := t.Truncate(time.Microsecond); whole.Before(t) {
		return whole.Add(time.Microsecond)
	}
	return t
}

// Days is how long so many civil days last.
func (p Pace) Days(n int) time.Duration {
	if p.Day == 0 {
		return time.Duration(n) * civilDay
	}
	return time.Duration(n) * p.Day
}

// scale is d × to / from, rounded up where from is the longer one: back again it is d. It takes d < from.
func scale(d, to, from time.Duration) time.Duration {
	high, low := bits.Mul64(uint64(d), uint64(to))
	whole, rest := bits.Div64(high, low, uint64(from))
	if rest > 0 && from > to {
		whole++
	}
	return time.Duration(whole)
}
