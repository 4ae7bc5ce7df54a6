package forum

import "slices"

// Steps is the whole life of a noun: from each status, the statuses it may become. Statuses without an entry are final.
type Steps[S ~string] map[S][]S

// Allows says whether from may become to in one step.
func (s Steps[S]) Allows(from, to S) bool { return slices.Contains(s[from], to) }

// Before lists the statuses from which to may be reached in one step, sorted.
func (s Steps[S]) Before(to S) []S {
	var before []S
	for from, next := range s {
		if slices.Contains(next, to) {
			before = append(before, from)
		}
	}
	slices.Sort(before)
	return before
}

// IsFinal says that nothing follows status.
func (s Steps[S]) IsFinal(status S) bool { return len(s[status]) == 0 }

// Open lists the statuses that something follows, sorted.
func (s Steps[S]) Open() []S {
	var open []S
	for from, next := range s {
		if len(next) > 0 {
			open = append(open, from)
		}
	}
	slices.Sort(open)
	return open
}
