package forum

import (
	"cmp"
	"slices"
	"time"
)

// Cause is why a step is late or will be.
type Cause string

// The causes, the worst first.
const (
	CauseOverdue  Cause = "overdue"  // its day is past
	CauseNobody   Cause = "nobody"   // nobody is there who holds the duty
	CauseAbsent   Cause = "absent"   // it is due before the one who is asked is back
	CauseLine     Cause = "line"     // the signers still to come have more working days than are left
	CauseDeadline Cause = "deadline" // it may take until after the date before which it must be done
	CausePaused   Cause = "paused"   // its clock has stood still for long
	CauseHoliday  Cause = "holiday"  // a holiday lies between, so that fewer days are left than it seems
)

// Causes holds them in order.
var Causes = []Cause{CauseOverdue, CauseNobody, CauseAbsent, CauseLine, CauseDeadline, CausePaused, CauseHoliday}

// RadarDays is how far the radar looks unless it is asked otherwise, and RadarMost how far at most, in working days.
const (
	RadarDays = 5
	RadarMost = 60
)

// RadarStep is an open step with all that may delay it.
type RadarStep struct {
	Owed
	Unit     string    // the department that answers for it; "" for the city
	Away     bool      // whoever is asked by name is absent when it is due
	BackAt   time.Time // zero: nobody knows
	Holders  int       // how many it means
	Signers  int       // of an approval: how many still have to sign
	Deadline time.Time // before which it must be done: the opening, the close, a round's end, a jury's; zero: none
}

// Risk is a step that is late or will be, and why.
type Risk struct {
	RadarStep
	Causes []Cause
	Until  time.Time // when it is due, or when the last signer of its line is
}

// Has says whether a cause is among them.
func (r Risk) Has(cause Cause) bool { return slices.Contains(r.Causes, cause) }

// Foresee finds what is late at now or will be within so many working days, as far as calendars and absences tell: late ones
// first, the oldest clock before the others.
func (c Calendar) Foresee(steps []RadarStep, now time.Time, within int) []Risk {
	horizon := c.After(now, within)
	var risks []Risk
	for _, s := range steps {
		if r := c.foresee(s, now, horizon); len(r.Causes) > 0 {
			risks = append(risks, r)
		}
	}
	slices.SortStableFunc(risks, func(a, b Risk) int {
		return cmp.Or(slices.Index(Causes, a.Causes[0])-slices.Index(Causes, b.Causes[0]), a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID))
	})
	return risks
}

func (c Calendar) foresee(s RadarStep, now, horizon time.Time) Risk {
	r := Risk{RadarStep: s, Until: s.Due}
	if s.Signers > 1 {
		r.Until = c.After(later(s.Due, now), SignerDays*(s.Signers-1))
	}
	add := func(cause Cause, holds bool) {
		if holds {
			r.Causes = append(r.Causes, cause)
		}
	}
	if s.Paused { // a clock that stands still is never late, but it may be forgotten
		add(CausePaused, !s.PausedAt.After(c.Past(now, PausedDays)))
		return r
	}
	overdue, soon := !now.Before(s.Due), !s.Due.After(horizon)
	tooNear := !s.Deadline.IsZero() && now.Before(s.Deadline) && !s.Deadline.After(horizon) && r.Until.After(s.Deadline)
	add(CauseOverdue, overdue)
	add(CauseNobody, soon && s.Holders == 0)
	add(CauseAbsent, soon && s.Away && (s.BackAt.IsZero() || s.BackAt.After(s.Due)))
	add(CauseLine, tooNear && s.Signers > 1)
	add(CauseDeadline, tooNear && s.Signers <= 1)
	add(CauseHoliday, soon && !overdue && c.holidayBetween(now, s.Due))
	return r
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// holidayBetween says whether a holiday takes a working day away after now's own day and before due's.
func (c Calendar) holidayBetween(now, due time.Time) bool {
	last := c.on(c.City(due), 0)
	for day := c.on(c.City(now), 0).AddDate(0, 0, 1); day.Before(last); day = day.AddDate(0, 0, 1) {
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday && !c.works(day) {
			return true
		}
	}
	return false
}
