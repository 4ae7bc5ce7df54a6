package forum

import (
	"slices"
	"time"
)

// City is the time zone in which the city keeps its days (PRODUCT.md section 6).
const City = "Asia/Seoul"

// OfficeCloses is the hour at which a working day, and so a period that counts in days, ends.
const OfficeCloses = 18

// The clocks of PRODUCT.md section 2, in working days.
const (
	AssignmentDays = 3
	DossierDays    = 10
	SignerDays     = 2
	AfterFactDays  = 2 // for the whole line of an act that was done already
	AlarmDays      = 1 // to answer for an act that stands without its approval
	HeldDays       = 2
	JuryDays       = 5
	ResponseDays   = 20
	AnalysisDays   = 5
	FollowUpDays   = 5
	OfficerDays    = 5 // what the officer owes between other people's steps
	DeliveryDays   = 10
)

// Calendar knows the city's working days. Its methods take and give instants as everybody's clock shows them, in any zone; at
// another pace than the real one they count in the city's own time.
type Calendar struct {
	Zone     *time.Location
	Holidays map[string]string // the declared ones, 2026-06-03 → its name; those of the law it knows by itself
	Rules    []CalendarRule    // in order; nil: CalendarRules
	Pace     Pace
}

// City is an instant as the city's calendar and clocks on the wall show it.
func (c Calendar) City(t time.Time) time.Time { return c.Pace.City(t).In(c.Zone) }

// real is the instant at which the city's clocks show local.
func (c Calendar) real(local time.Time) time.Time { return c.Pace.Real(local).In(c.Zone) }

// IsWorkingDay says whether the city works on t's civil day.
func (c Calendar) IsWorkingDay(t time.Time) bool { return c.works(c.City(t)) }

func (c Calendar) works(local time.Time) bool {
	switch local.Weekday() {
	case time.Sunday:
		return false
	case time.Saturday:
		if !slices.Contains(c.ruleOn(local).Saturdays, (local.Day()+6)/7) {
			return false
		}
	}
	return !c.IsHoliday(local.Format(time.DateOnly))
}

// IsHoliday says whether a day, as 2026-10-09, is a holiday by the law or declared to be one.
func (c Calendar) IsHoliday(day string) bool {
	_, lawful := statutory()[day]
	_, declared := c.Holidays[day]
	return lawful || declared
}

// closing is when the offices close on a day.
func (c Calendar) closing(local time.Time) time.Time {
	hour := OfficeCloses
	if local.Weekday() == time.Saturday && c.works(local) {
		hour = saturdayCloses
	}
	return c.on(local, hour)
}

func (c Calendar) on(local time.Time, hour int) time.Time {
	return time.Date(local.Year(), local.Month(), local.Day(), hour, 0, 0, 0, c.Zone)
}

// After is the end of the nth working day after start's own day: three working days after a Monday end on Thursday at
// OfficeCloses. With n = 0 it is the end of start's day.
func (c Calendar) After(start time.Time, n int) time.Time {
	return c.real(c.closing(c.ahead(c.City(start), n)))
}

// ahead is the nth working day after a day.
func (c Calendar) ahead(day time.Time, n int) time.Time {
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if c.works(day) {
			n--
		}
	}
	return day
}

// Before is the same hour on the last working day before t.
func (c Calendar) Before(t time.Time) time.Time {
	day := c.City(t)
	for {
		day = day.AddDate(0, 0, -1)
		if c.works(day) {
			return c.real(day)
		}
	}
}

// FirstWorkingDay is the morning of a month's first working day.
func (c Calendar) FirstWorkingDay(year int, month time.Month) time.Time {
	day := time.Date(year, month, 1, officeOpens, 0, 0, 0, c.Zone)
	for !c.works(day) {
		day = day.AddDate(0, 0, 1)
	}
	return c.real(day)
}

// WorkingDaysBetween is how many working days come after a's day up to b's own: the days left at a until b. Where b lies
// before a it is negative: the days late.
func (c Calendar) WorkingDaysBetween(a, b time.Time) int {
	if b.Before(a) {
		return -c.WorkingDaysBetween(b, a)
	}
	day, last, n := c.on(c.City(a), 12), c.on(c.City(b), 12), 0
	for day.Before(last) {
		day = day.AddDate(0, 0, 1)
		if c.works(day) {
			n++
		}
	}
	return n
}
