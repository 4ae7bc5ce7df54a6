package lives

import (
	"testing"

	"acropolis/forum"
)

var assignmentEvents = map[string]event{
	"the head who is asked accepts":     inForum("road.head", forum.AcceptAssignment, "", nil),
	"another department's head accepts": inForum("parks.head", forum.AcceptAssignment, "", nil),
	"the superior accepts":              inForum("bureau.head", forum.AcceptAssignment, "", nil),
	"an officer accepts":                inForum("officer", forum.AcceptAssignment, "", nil),
	"the head passes it on":             passesOn("road.head", "parks"),
	"the head passes it on unsaid":      inForum("road.head", forum.TransferAssignment, "", forum.DepartmentDetails{Department: "parks"}),
	"passed on to themselves":           passesOn("road.head", "road"),
	"passed on to nowhere":              passesOn("road.head", "nowhere"),
	"passed on thrice":                  after(passesOn("road.head", "parks"), passesOn("parks.head", "road"), passesOn("road.head", "parks")),
	"the officers put it to parks":      inForum("officer", forum.ProposeDepartment, "", forum.DepartmentDetails{Department: "parks"}),
	"three working days pass":           elapses(3*day + moment),
	"a week without an answer":          elapses(7 * day),
	"two weeks without an answer":       elapses(14 * day),
	"two months without an answer":      elapses(60 * day),
}

// TestAssignmentGoesWhereTheTableSays; behind the @ stands who is asked, where that isn't the road division's head any more.
func TestAssignmentGoesWhereTheTableSays(t *testing.T) {
	sureOfAll(t, "testdata/assignment.txt", forum.AssignmentSteps)
	compare(t, "testdata/assignment.txt", assignmentEvents, func(c city, status string) (forum.Start, func() string) {
		arranged := forum.Assigning
		if status == string(forum.AssignmentAccepted) {
			arranged = forum.Preparing
		}
		at := forum.Start{Noun: forum.TheForum, ID: c.forumIn(arranged)}
		switch forum.AssignmentStatus(status) {
		case forum.AssignmentEscalated:
			c.exec(`UPDATE assignments SET status = 'escalated' WHERE forum_id = $1`, at.ID)
		case forum.AssignmentTransferred:
			c.play(sweeps, func(s *stage, done func()) { assignmentEvents["passed on thrice"](s, at, func(string) { done() }) })
			c.clock.set(monday)
		}
		return at, func() string { return c.assigned(at.ID) }
	})
}

func (c city) assigned(id forum.ID) string {
	return one[string](c, `
SELECT a.status || CASE WHEN o.uid = 'road.head' THEN '' ELSE '@' || o.uid END FROM assignments a JOIN officials o ON o.id = a.addressee
WHERE a.forum_id = $1`, id)
}

func passesOn(by, to string) event {
	return inForum(by, forum.TransferAssignment, "우리 과의 업무가 아닙니다.", forum.DepartmentDetails{Department: to})
}
