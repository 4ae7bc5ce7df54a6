package forum

import "time"

// City is the time zone in which the city keeps its days (PRODUCT.md section 6).
const City = "Asia/Seoul"

// OfficeCloses is the hour at which a working day, and so a clock that counts in working days, ends.
const OfficeCloses = 18

// The clocks of PRODUCT.md section 2, in working days.
const (
	AssignmentDays = 3
	DossierDays    = 10
	SignerDays     = 2
	HeldDays       = 2
	JuryDays       = 5
	ResponseDays   = 20
	AnalysisDays   = 5
	FollowUpDays   = 5
	OfficerDays    = 5 // what the officer owes between other people's steps
	DeliveryDays   = 10
)

// Calendar knows the city's working days.
type Calendar struct {
	Zone     *time.Location
	Holidays map[string]string // 2026-10-09 → its name
}

// IsWorkingDay says whether the city works on t's civil day.
func (c Calendar) IsWorkingDay(t time.Time) bool {
	local := t.In(c.Zone)
	if day := local.Weekday(); day == time.Saturday || day == time.Sunday {
		return false
	}
	_, holiday := c.Holidays[local.Format(time.DateOnly)]
	return !holiday
}

// After is the end of the nth working day after start's own day: a clock of three working days that starts on a Monday runs
// out on Thursday at OfficeCloses. With n = 0 it is the end of start's day.
func (c Calendar) After(start time.Time, n int) time.Time {
	local := start.In(c.Zone)
	day := local
	for counted := 0; counted < n; {
		day = day.AddDate(0, 0, 1)
		if c.IsWorkingDay(day) {
			counted++
		}
	}
	return time.Date(day.Year(), day.Month(), day.Day(), OfficeCloses, 0, 0, 0, c.Zone)
}

// Before is the same hour on the last working day before t.
func (c Calendar) Before(t time.Time) time.Time {
	day := t.In(c.Zone)
	for {
		day = day.AddDate(0, 0, -1)
		if c.IsWorkingDay(day) {
			return day
		}
	}
}

// FirstWorkingDay is the morning of a month's first working day.
func (c Calendar) FirstWorkingDay(year int, month time.Month) time.Time {
	day := time.Date(year, month, 1, 9, 0, 0, 0, c.Zone)
	for !c.IsWorkingDay(day) {
		day = day.AddDate(0, 0, 1)
	}
	return day
}
