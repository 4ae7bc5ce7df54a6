package lives

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"acropolis/forum"
)

// search is the search for a department, as somebody would keep it who has only read what the city promises.
type search struct {
	status, department, asked string
	transfers                 int
	due                       time.Time
}

// Who heads what, and who is above whom.
var (
	headOf = map[string]string{"road": "road.head", "parks": "parks.head", "construction": "bureau.head"}
	unitOf = map[string]string{"road.head": "road", "parks.head": "parks", "bureau.head": "construction", "mayor": "city"}
	above  = map[string]string{"road.head": "bureau.head", "parks.head": "mayor", "bureau.head": "mayor"}
)

// works says whether the city hall does; the model's weeks have two holidays.
func works(day time.Time) bool {
	date := day.Format("01-02")
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday && date != "12-25" && date != "01-01"
}

// inHours is when so many hours of work are done: nine to six, with an hour for lunch.
func inHours(from time.Time, hours int) time.Time {
	left := time.Duration(hours) * time.Hour
	for day := from; ; day = day.AddDate(0, 0, 1) {
		if !works(day) {
			continue
		}
		for _, part := range [][2]int{{9, 12}, {13, 18}} {
			start := time.Date(day.Year(), day.Month(), day.Day(), part[0], 0, 0, 0, day.Location())
			end := time.Date(day.Year(), day.Month(), day.Day(), part[1], 0, 0, 0, day.Location())
			if from.After(start) {
				start = from
			}
			if !start.Before(end) {
				continue
			}
			if end.Sub(start) >= left {
				return start.Add(left)
			}
			left -= end.Sub(start)
		}
	}
}

// nextEvening is six o'clock on the working day after.
func nextEvening(at time.Time) time.Time {
	for at = at.AddDate(0, 0, 1); !works(at); {
		at = at.AddDate(0, 0, 1)
	}
	return time.Date(at.Year(), at.Month(), at.Day(), 18, 0, 0, 0, at.Location())
}

// put asks somebody from now on: three working days of eight hours.
func (a *search) put(asked string, now time.Time) {
	a.status, a.asked, a.due = "proposed", asked, inHours(now.In(monday.Location()), 24)
}

// passes brings it before the superior of whoever hasn't answered by the evening of the working day after it was due.
func (a *search) passes(until time.Time) {
	for a.status == "proposed" && above[a.asked] != "" {
		at := nextEvening(a.due)
		if at.After(until) {
			return
		}
		a.put(above[a.asked], at)
	}
}

// may says why a head has nothing to say here, or "": it is their department that is asked, or they are.
func (a *search) may(uid string) string {
	if uid != a.asked && unitOf[uid] != a.department {
		return "page.not_found"
	}
	if a.status == "accepted" {
		return "procedure.moved_on"
	}
	return ""
}

func (a *search) accept(uid string) string {
	if refusal := a.may(uid); refusal != "" {
		return refusal
	}
	if a.status != "proposed" {
		return "procedure.moved_on"
	}
	a.status = "accepted"
	return ""
}

// pass is a head's transfer; the third goes to the officers instead.
func (a *search) pass(uid, to string, now time.Time) string {
	if refusal := a.may(uid); refusal != "" {
		return refusal
	}
	switch {
	case a.status != "proposed":
		return "procedure.moved_on"
	case to == a.department:
		return "assignment.same_department"
	}
	if a.transfers++; a.transfers >= 3 {
		a.status = "transferred"
		return ""
	}
	a.department = to
	a.put(headOf[to], now)
	return ""
}

func (a *search) propose(to string, now time.Time) string {
	switch {
	case a.status == "accepted":
		return "procedure.moved_on"
	case a.status == "proposed" && to == a.department:
		return "assignment.same_department"
	}
	a.department = to
	a.put(headOf[to], now)
	return ""
}

func TestAssignmentsHoldAgainstTheirModel(t *testing.T) {
	holdAgainst(t, func(c city) model {
		id := c.forumIn(forum.Assigning)
		at := forum.Start{Noun: forum.TheForum, ID: id}
		a := &search{department: "road"}
		a.put("road.head", monday)
		var all []command
		for _, uid := range []string{"road.head", "parks.head", "bureau.head", "mayor"} {
			all = append(all, command{uid + " accepts", inForum(uid, forum.AcceptAssignment, "", nil), func(*stage) string { return a.accept(uid) }})
			for _, to := range []string{"road", "parks", "construction"} {
				all = append(all, command{uid + " passes it on to " + to, passesOn(uid, to), func(s *stage) string { return a.pass(uid, to, s.env.Now()) }})
			}
		}
		for _, to := range []string{"road", "parks", "construction"} {
			all = append(all, command{"the officers put it to " + to, inForum("officer", forum.ProposeDepartment, "", forum.DepartmentDetails{Department: to}),
				func(s *stage) string { return a.propose(to, s.env.Now()) }})
		}
		for _, days := range []int{1, 2, 5} {
			time := time.Duration(days) * day
			pass := command{fmt.Sprintf("%d days pass", days), elapses(time), func(s *stage) string { a.passes(s.env.Now().Add(time)); return "" }}
			all = append(all, slices.Repeat([]command{pass}, 3)...)
		}
		return model{at: at, starts: []forum.Start{at}, commands: all, sees: func(s *stage) (want, got string) {
			return a.status + " " + a.department + " " + a.asked, one[string](s.city, `
SELECT a.status || ' ' || a.department || ' ' || o.uid FROM assignments a JOIN officials o ON o.id = a.addressee WHERE a.forum_id = $1`, id)
		}}
	})
}
