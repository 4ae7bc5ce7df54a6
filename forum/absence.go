package forum

import (
	"slices"
	"time"
)

// Absence is a time in which an official isn't there, and who stands in for them. It begins and ends by itself.
type Absence struct {
	ID             ID
	Official       ID
	Name           string
	Department     string
	Substitute     ID
	SubstituteName string
	From           time.Time
	Until          time.Time
	EnteredBy      string
}

// Validate refuses a time that is over or ends before it begins, and somebody who stands in for themself.
func (a Absence) Validate(now time.Time) error {
	switch {
	case a.Official == a.Substitute:
		return Refuse(Invalid, "absence.own_substitute").At("substitute")
	case !a.Until.After(a.From):
		return Refuse(Invalid, "absence.ends_before_start").At("until")
	case !a.Until.After(now):
		return Refuse(Invalid, "absence.in_the_past").At("until")
	}
	return nil
}

// seats are held in person: nobody scores in somebody's place, so a substitute doesn't need them.
var seats = []Duty{Committee, Juror}

// MayStandIn says whether an official may stand in for another: they hold the same duties. A head's deputy is whoever is in the
// department, or another head.
func (o Official) MayStandIn(absent Official) bool {
	return !slices.ContainsFunc(absent.Duties, func(d Duty) bool {
		return !slices.Contains(seats, d) && !o.Has(d) && !(d == Head && o.Department == absent.Department)
	})
}
