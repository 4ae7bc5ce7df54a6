package forum_test

import (
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"acropolis/forum"
)

// instants between 2003 and 2030, to the minute.
func drawInstant(t *rapid.T, name string) time.Time {
	return time.Unix(rapid.Int64Range(1041346800/60, 1924873200/60).Draw(t, name)*60, 0)
}

// paces, the real one among them.
func drawPace(t *rapid.T) forum.Pace {
	day := rapid.SampledFrom([]time.Duration{0, 2 * time.Second, 777 * time.Millisecond, 7 * time.Minute, 24 * time.Hour}).Draw(t, "day")
	return forum.Pace{Base: time.Unix(rapid.Int64Range(1700000000, 1800000000).Draw(t, "base"), 0), Day: day}
}

// drawCalendar has the holidays of calendar and some more, at some pace.
func drawCalendar(t *testing.T, r *rapid.T) forum.Calendar {
	c := calendar(t)
	for range rapid.IntRange(0, 40).Draw(r, "holidays") {
		c.Holidays[drawInstant(r, "holiday").In(c.Zone).Format(time.DateOnly)] = "임시공휴일"
	}
	c.Pace = drawPace(r)
	return c
}

// drawStart is an instant at which the city's clocks show one between 2003 and 2030.
func drawStart(r *rapid.T, c forum.Calendar, name string) time.Time {
	return c.Pace.Real(drawInstant(r, name))
}

func TestPeriodsEndOnWorkingDaysAndNeverOvertakeEachOther(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := drawCalendar(t, r)
		start, days := drawStart(r, c, "start"), rapid.IntRange(1, 40).Draw(r, "days")
		due := c.Due(start, days)
		if !c.IsWorkingDay(due) {
			r.Fatalf("%d days from %s run out on %s, which is free", days, start, due)
		}
		later := drawStart(r, c, "later")
		if later.Before(start) {
			start, later = later, start
		}
		if a, b := c.Due(start, days), c.Due(later, days); b.Before(a) {
			r.Fatalf("%d days from %s run out %s; from %s already %s", days, start, a, later, b)
		}
		more := days + rapid.IntRange(1, 20).Draw(r, "more")
		hours := c.RuleOn(start).HourDays
		if shortSaturdays := c.RuleOn(start).Saturdays != nil; shortSaturdays && days <= hours && more > hours {
			return // so the rule has it: see testdata/due.txt
		}
		if a, b := c.Due(start, days), c.Due(start, more); b.Before(a) {
			r.Fatalf("from %s %d days run out %s and %d days %s", start, days, a, more, b)
		}
	})
}

func TestAnotherHolidayMakesNothingEarlier(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := drawCalendar(t, r)
		start, days := drawStart(r, c, "start"), rapid.IntRange(1, 30).Draw(r, "days")
		more := c
		more.Holidays = maps.Clone(c.Holidays)
		near := c.City(start).AddDate(0, 0, rapid.IntRange(-3, 60).Draw(r, "in"))
		more.Holidays[near.Format(time.DateOnly)] = "임시공휴일"
		if a, b := c.Due(start, days), more.Due(start, days); b.Before(a) {
			r.Fatalf("%d days from %s: %s, with %s free %s", days, start, a, near, b)
		}
		if a, b := c.After(start, days), more.After(start, days); b.Before(a) {
			r.Fatalf("the %dth day after %s: %s, with %s free %s", days, start, a, near, b)
		}
	})
}

func TestDaysBetweenUndoDaysAfter(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := drawCalendar(t, r)
		start, n := drawStart(r, c, "start"), rapid.IntRange(0, 40).Draw(r, "n")
		end := c.After(start, n)
		if n > 0 && (c.WorkingDaysBetween(start, end) != n || c.WorkingDaysBetween(end, start) != -n) {
			r.Fatalf("%d working days after %s comes %s; between them are %d, and back %d", n, start, end, c.WorkingDaysBetween(start, end), c.WorkingDaysBetween(end, start))
		}
		other := drawStart(r, c, "other")
		if there, back := c.WorkingDaysBetween(start, other), c.WorkingDaysBetween(other, start); there != -back {
			r.Fatalf("%d there, %d back", there, back)
		}
	})
}

func TestWorkBetweenUndoesWorkAfter(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := drawCalendar(t, r)
		c.Pace = forum.Pace{}
		start, work := drawInstant(r, "start"), time.Duration(rapid.Int64Range(0, 300*60).Draw(r, "minutes"))*time.Minute
		end := c.AfterWork(start, work)
		if got := c.WorkBetween(start, end); got != work {
			r.Fatalf("%s of work after %s end %s; between them are %s", work, start, end, got)
		}
	})
}

// TestAnotherPaceCountsTheSameDays: there and back is the same instant, and what is due is due on the same minute of the
// city's clocks.
func TestAnotherPaceCountsTheSameDays(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := drawPace(r)
		instant := p.Base.Add(time.Duration(rapid.Int64Range(-1e12, 1e12).Draw(r, "µs")) * time.Microsecond)
		if back := p.Real(p.City(instant)); !back.Equal(instant) {
			r.Fatalf("%s comes back as %s", instant, back)
		}
		c := calendar(t)
		city, days := drawInstant(r, "city"), rapid.IntRange(1, 30).Draw(r, "days")
		want, late := c.Due(city, days), c.Due(city.Add(time.Second), days) // a moment later may be due the next morning
		c.Pace = p
		if got := c.City(c.Due(p.Real(city), days)); got.Before(want) || got.After(late.Add(time.Second)) {
			r.Fatalf("%d days from %s: %s at the pace of %s, %s else", days, city, got, p.Day, want)
		}
	})
}

func TestPaceIsReadOrRefused(t *testing.T) {
	p, err := forum.ParsePace("2s@2026-11-25T09:00:00+09:00")
	if err != nil {
		t.Fatal(err)
	}
	base := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	if got := p.City(base.Add(5 * time.Second)); !got.Equal(base.Add(60 * time.Hour)) {
		t.Errorf("five seconds later it is %s; want two days and a half", got)
	}
	if p.Days(14) != 28*time.Second || (forum.Pace{}).Days(14) != 14*24*time.Hour {
		t.Error("fourteen days don't keep pace")
	}
	if p, err = forum.ParsePace(""); err != nil || p != (forum.Pace{}) {
		t.Error("nothing isn't real time")
	}
	for _, text := range []string{"2s", "@2026-11-25T09:00:00Z", "0s@2026-11-25T09:00:00Z", "-2s@2026-11-25T09:00:00Z", "25h@2026-11-25T09:00:00Z", "2s@tomorrow"} {
		if _, err := forum.ParsePace(text); err == nil {
			t.Errorf("%q is taken for a pace", text)
		}
	}
}
