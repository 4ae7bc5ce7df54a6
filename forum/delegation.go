package forum

import (
	"slices"
	"time"
)

// Delegation lets whoever holds a duty decide a kind of document finally (전결), without those who would come after.
type Delegation struct {
	Noun       Noun
	Department string // code; "" for every department that has no rules of its own for the noun
	Duty       Duty
}

// Validate refuses a rule on what is no document, and for a duty that signs none.
func (d Delegation) Validate() error {
	switch {
	case !slices.Contains(DocumentNouns, d.Noun):
		return Refuse(Invalid, "choice.missing").At("noun")
	case !slices.Contains(SigningDuties(), d.Duty):
		return Refuse(Invalid, "choice.missing").At("duty")
	}
	return nil
}

// MayDelegate refuses whoever doesn't look after the rules, and one who would give a power to a duty that they hold themself.
func (o Official) MayDelegate(d Delegation) error {
	if err := o.May(Delegate, ""); err != nil {
		return err
	}
	if o.Has(d.Duty) {
		return Refuse(Forbidden, "delegation.own_duty").At("duty")
	}
	return nil
}

// SigningDuties are those that sign documents, in the order in which pages list duties.
func SigningDuties() []Duty {
	return slices.DeleteFunc(slices.Clone(Duties), func(d Duty) bool {
		return !slices.ContainsFunc(policy[SignApproval], func(p permit) bool { return p.duty == d })
	})
}

// DelegationRule is a rule with its story. One that has ended stays on record.
type DelegationRule struct {
	ID ID
	Delegation
	MadeBy    string // empty: the city began with it
	MadeAt    time.Time
	Reason    string
	EndedBy   string
	EndedAt   time.Time // zero: it stands
	EndReason string
}

// Delegations are the city's rules, with the units among which a head has their place.
type Delegations struct {
	Rules []Delegation
	Units []Department
}

// Allow says whether an official may decide a document of a department finally. A department's own rules stand in for the city's.
// A head's duty counts for the document's department and whatever lies below their own.
func (d Delegations) Allow(noun Noun, department string, o Official) bool {
	of := ""
	if slices.ContainsFunc(d.Rules, func(r Delegation) bool { return r.Noun == noun && r.Department == department }) {
		of = department
	}
	return slices.ContainsFunc(d.Rules, func(r Delegation) bool {
		return r.Noun == noun && r.Department == of && o.Has(r.Duty) && (r.Duty != Head || d.reaches(o.Department, department))
	})
}

// reaches says that a unit is the department or lies above it.
func (d Delegations) reaches(unit, department string) bool {
	for range len(d.Units) + 1 { // no chain of parents is longer
		if unit == department {
			return department != ""
		}
		at := slices.IndexFunc(d.Units, func(u Department) bool { return u.Code == department })
		if at < 0 {
			return false
		}
		department = d.Units[at].Parent
	}
	return false
}
