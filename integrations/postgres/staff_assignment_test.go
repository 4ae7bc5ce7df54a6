package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
)

// proposed is a forum whose road division is asked.
func (c city) proposed() forum.ID {
	c.t.Helper()
	id := c.selectedForum()
	c.mustInForum("officer", forum.ProposeDepartment, id, "", forum.DepartmentDetails{Department: "road"})
	return id
}

func TestDepartmentThatIsNone(t *testing.T) {
	c := newCity(t)
	id := c.selectedForum()
	_, err := c.inForum("officer", forum.ProposeDepartment, id, "", forum.DepartmentDetails{Department: "waterworks"})
	refused(t, err, forum.Invalid, "department.unknown")
	_, err = c.inForum("officer", forum.ProposeDepartment, id, "", nil)
	refused(t, err, forum.Invalid, "decision.details_malformed")
	c.wantStatus(id, forum.Selected)
}

func TestHeadTransfersToAnotherDepartment(t *testing.T) {
	c := newCity(t)
	id := c.proposed()
	_, err := c.inForum("road.head", forum.TransferAssignment, id, "우리 일이 아닙니다.", forum.DepartmentDetails{Department: "road"})
	refused(t, err, forum.Invalid, "assignment.same_department")
	c.mustInForum("road.head", forum.TransferAssignment, id, "녹지 업무입니다.", forum.DepartmentDetails{Department: "parks"})
	c.wantWaits(id, "assignment.accept parks.head")
	a, err := c.Assignment(t.Context(), id)
	c.must(err)
	if a.Status != forum.AssignmentProposed || a.Department != "parks" || a.Addressee != c.official("parks.head").ID || a.Reason != "녹지 업무입니다." {
		t.Errorf("the assignment: %+v", a)
	}
	refused(t, c.RecordDecision(t.Context(), c.decision("road.head", forum.AcceptAssignment, forum.TheForum, id, "", nil)), forum.NotFound, "page.not_found")
	c.mustInForum("parks.head", forum.AcceptAssignment, id, "", nil)
	if f, _ := c.Forum(t.Context(), id); f.Department != "parks" {
		t.Errorf("the department is %s", f.Department)
	}
	c.wantNothingWrong()
}

func TestAbsentHeadsSubstituteIsAskedAndAccepts(t *testing.T) {
	c := newCity(t)
	c.absent("road.head")
	id := c.proposed()
	c.wantWaits(id, "assignment.accept road.deputy")
	c.mustInForum("road.deputy", forum.AcceptAssignment, id, "", nil)
	c.wantStatus(id, forum.Preparing)
}

func TestDepartmentWithoutHeadGoesToTheUnitAbove(t *testing.T) {
	c := newCity(t)
	c.directory(func(p *forum.DirectoryPerson) bool { return p.UID != "road.head" })
	id := c.proposed()
	c.wantWaits(id, "assignment.accept bureau.head")
	c.mustInForum("bureau.head", forum.AcceptAssignment, id, "", nil)
}

// late moves the clock of what waits for a subject past its next reminder, as far as the row says.
func (c city) late(subject forum.ID) {
	c.t.Helper()
	exec(c.t, c.Store, `
UPDATE owed SET since = since - (next_at - now()) - interval '1 second', due = due - (next_at - now()) - interval '1 second', next_at = now() - interval '1 second'
WHERE (subject_id = $1 OR forum_id = $1) AND done_at IS NULL AND next_at IS NOT NULL`, subject)
}

func TestSilentHeadIsRemindedThenTheSuperiorIsAsked(t *testing.T) {
	c := newCity(t)
	id := c.proposed()
	facts, err := c.ForumFacts(t.Context(), id)
	c.must(err)
	reminder := one[time.Time](t, c.Store, `SELECT next_at FROM owed WHERE subject_id = $1 AND done_at IS NULL`, id)
	if !facts.Due.Equal(reminder) {
		t.Errorf("due %s, want the first reminder at %s", facts.Due, reminder)
	}
	for i, want := range []string{"assignment.accept road.head", "assignment.accept road.head", "assignment.accept bureau.head"} {
		c.late(id)
		c.must(c.Remind(t.Context(), forum.TheForum, id))
		if got := c.waits(id); len(got) != 1 || got[0] != want {
			t.Fatalf("after reminder %d: %v, want %s", i+1, got, want)
		}
	}
	if n := c.notices("reminder"); n != 2 {
		t.Errorf("%d reminders, want two", n)
	}
	a, err := c.Assignment(t.Context(), id)
	c.must(err)
	if a.Status != forum.AssignmentProposed || a.Department != "road" || a.Addressee != c.official("bureau.head").ID {
		t.Errorf("the assignment: %+v", a)
	}
	c.mustInForum("bureau.head", forum.AcceptAssignment, id, "", nil)
	if f, _ := c.Forum(t.Context(), id); f.Department != "road" {
		t.Errorf("the department is %q, want the one that was asked", f.Department)
	}
	c.wantNothingWrong()
}

func TestHeadWhoLeftHandsOverAndTheClockRunsOn(t *testing.T) {
	c := newCity(t)
	id := c.proposed()
	due := one[time.Time](t, c.Store, `SELECT due FROM owed WHERE subject_id = $1 AND done_at IS NULL`, id)
	people := append([]forum.DirectoryPerson{}, cityHall.people...)
	people = append(people, person("road.newhead", "road", "bureau.head", "", forum.Head))
	for i, p := range people {
		if p.UID == "road.head" {
			people = append(people[:i], people[i+1:]...)
			break
		}
	}
	c.must(c.RefreshDirectory(t.Context(), people, cityHall.units))
	c.wantWaits(id, "assignment.accept road.newhead")
	if now := one[time.Time](t, c.Store, `SELECT due FROM owed WHERE subject_id = $1 AND done_at IS NULL`, id); !now.Equal(due) {
		t.Errorf("the clock was set from %s to %s", due, now)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE subject_id = $1 AND action = 'clock.hand_over'`, id); n != 1 {
		t.Errorf("%d audit rows of the hand-over", n)
	}
	c.mustInForum("road.newhead", forum.AcceptAssignment, id, "", nil)
}

func TestHeadWhoLeftWithoutSuccessorHandsOverToTheSuperior(t *testing.T) {
	c := newCity(t)
	id := c.proposed()
	_, approval := c.submitted("officer", "road.head")
	c.directory(func(p *forum.DirectoryPerson) bool { return p.UID != "road.head" })
	c.wantWaits(id, "assignment.accept bureau.head")
	c.mustInForum("bureau.head", forum.AcceptAssignment, id, "", nil)

	c.must(c.sign("officer", approval.ID)) // and the line that the head stood in has the superior now
	c.must(c.sign("bureau.head", approval.ID))
	c.wantNothingWrong()
}
