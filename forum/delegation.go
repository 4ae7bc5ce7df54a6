package forum

import "slices"

// Delegation lets whoever holds a duty decide a kind of document finally (전결), without those who would come after.
type Delegation struct {
	Noun       Noun
	Department string // code; "" for every department that has no rules of its own for the noun
	Duty       Duty
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
