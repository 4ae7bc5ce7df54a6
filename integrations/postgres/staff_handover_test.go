package postgres_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"acropolis/forum"
)

// clock is all that tells how long somebody has: none of it may change by a hand-over.
type clock struct {
	Since, Due, Next string // to the microsecond
	Reminders        int
}

// clocks are the open waits of a subject by their kind.
func (c city) clocks(subjects ...forum.ID) map[string]clock {
	c.t.Helper()
	rows, err := c.Pool().Query(c.t.Context(), `
SELECT w.subject_id || ' ' || w.kind, w.since, w.due, w.next_at, w.reminders FROM owed w WHERE w.subject_id = ANY($1::uuid[]) AND w.done_at IS NULL`, subjects)
	c.must(err)
	all := map[string]clock{}
	for rows.Next() {
		var key string
		var since, due, next time.Time
		var one clock
		c.must(rows.Scan(&key, &since, &due, &next, &one.Reminders))
		one.Since, one.Due, one.Next = since.Format(time.RFC3339Nano), due.Format(time.RFC3339Nano), next.Format(time.RFC3339Nano)
		all[key] = one
	}
	c.must(rows.Err())
	return all
}

// told lists whom notices of one kind are for.
func (c city) told(kind string) (uids []string) {
	c.t.Helper()
	rows, err := c.Pool().Query(c.t.Context(), `
SELECT o.uid FROM notices n JOIN officials o ON o.id = n.official_id WHERE n.kind = $1 ORDER BY 1`, kind)
	c.must(err)
	for rows.Next() {
		var uid string
		c.must(rows.Scan(&uid))
		uids = append(uids, uid)
	}
	c.must(rows.Err())
	return uids
}

// line is who stands in an approval's line, as "uid status".
func (c city) signers(approval forum.ID) string {
	c.t.Helper()
	return one[string](c.t, c.Store, `
SELECT string_agg(o.uid || ' ' || s.status, ', ' ORDER BY s.ord) FROM approval_signers s JOIN officials o ON o.id = s.official_id WHERE s.approval_id = $1`, approval)
}

// TestHeadLeavesWithThreeDocumentsAndAnAssignment: one document waits for the head's signature, one will, one has just been
// drafted, and a forum waits for the head's answer.
func TestHeadLeavesWithThreeDocumentsAndAnAssignment(t *testing.T) {
	c, clock := timedCity(t)
	_, waiting := c.submitted("road.head")
	_, later := c.submitted("officer", "road.head")
	fresh := c.preparing()
	c.mustInForum("road.drafter", forum.SubmitDossier, fresh, "", c.line("road.head", "mayor"))
	drafted, err := c.ApprovalOf(t.Context(), forum.TheDossier, fresh)
	c.must(err)
	assigned := c.proposed()
	head := c.official("road.head")
	before := c.clocks(waiting.ID, later.ID, assigned)
	if len(before) != 3 {
		t.Fatalf("waits before: %v", before)
	}

	clock.Set(inSeoul(24, 14))
	people := slices.DeleteFunc(slices.Clone(cityHall.people), func(p forum.DirectoryPerson) bool { return p.UID == "road.head" })
	people = append(people, person("road.newhead", "road", "bureau.head", "", forum.Head))
	c.must(c.RefreshDirectory(t.Context(), people, cityHall.units))

	// Where each went.
	c.wantWaits(waiting.ID, "approval.sign road.newhead")
	c.wantWaits(later.ID, "approval.sign officer")
	c.wantWaits(assigned, "assignment.accept road.newhead")
	for _, want := range []struct {
		id   forum.ID
		line string
	}{{waiting.ID, "road.newhead waiting"}, {later.ID, "officer waiting, road.newhead waiting"}, {drafted.ID, "road.newhead waiting, mayor waiting"}} {
		if got := c.signers(want.id); got != want.line {
			t.Errorf("the line is %q, want %q", got, want.line)
		}
	}
	if a, _ := c.Assignment(t.Context(), assigned); a.Addressee != c.official("road.newhead").ID {
		t.Errorf("the assignment is addressed to %s", a.Addressee)
	}
	// Who was told: the successor of both waits, and the leaver's superior, whose address stays.
	if got := fmt.Sprint(c.told("handed_over"), c.told("gave_over")); got != "[road.newhead road.newhead] [bureau.head bureau.head]" {
		t.Errorf("told: %s", got)
	}
	// The clocks are unbroken to the microsecond.
	after := c.clocks(waiting.ID, later.ID, assigned)
	for key, was := range before {
		if after[key] != was {
			t.Errorf("the clock of %s was %+v and is %+v", key, was, after[key])
		}
	}
	// The trail and the clocks' own record name from whom to whom.
	newhead := c.official("road.newhead").ID
	for _, subject := range []forum.ID{waiting.ID, later.ID, drafted.ID, assigned} {
		reason := one[string](t, c.Store, `SELECT string_agg(reason, '; ') FROM audit WHERE subject_id = $1 AND action = 'clock.hand_over'`, subject)
		kind := forum.SignApproval
		if subject == assigned {
			kind = forum.AcceptAssignment
		}
		if want := fmt.Sprintf("%s %s → %s", kind, head.ID, newhead); reason != want {
			t.Errorf("the trail says %q, want %q", reason, want)
		}
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM clock_changes WHERE kind = 'handed_over' AND from_official = $1 AND to_official = $2 AND due_before = due_after`,
		head.ID, newhead); n != 2 {
		t.Errorf("%d rows of the hand-over", n)
	}
	// And it goes on: the successor signs and accepts.
	c.must(c.sign("road.newhead", waiting.ID))
	c.mustInForum("road.newhead", forum.AcceptAssignment, assigned, "", nil)
	clock.Set(inSeoul(25, 9))
	c.must(c.Digest(t.Context()))
	if parts := c.digest("bureau.head", "2026-11-25"); parts != nil {
		t.Errorf("the superior reads of what is done already: %+v", parts)
	}
	c.wantNothingWrong()
}

func TestWhoMovesToAnotherDepartmentLeavesTheirPostsWork(t *testing.T) {
	c := newCity(t)
	_, a := c.submitted("road.head", "mayor")
	assigned := c.proposed()
	before := c.clocks(a.ID, assigned)
	c.directory(func(p *forum.DirectoryPerson) bool {
		switch p.UID {
		case "road.head":
			p.Department = "parks"
		case "road.deputy":
			p.Duties = []forum.Duty{forum.Drafter, forum.Head}
		}
		return true
	})
	c.wantWaits(a.ID, "approval.sign road.deputy")
	c.wantWaits(assigned, "assignment.accept road.deputy")
	if got := fmt.Sprint(c.told("handed_over"), c.told("gave_over")); got != "[road.deputy road.deputy] [road.head road.head]" {
		t.Errorf("told: %s", got)
	}
	for key, was := range c.clocks(a.ID, assigned) {
		if before[key] != was {
			t.Errorf("the clock of %s was set to %+v", key, was)
		}
	}
	c.directory(func(p *forum.DirectoryPerson) bool { return true }) // and back: the new one keeps it while they may do it
	c.wantWaits(assigned, "assignment.accept road.head")
}

func TestSeatOfAMemberWhoLeftIsNotInherited(t *testing.T) {
	c := newCity(t)
	round := c.round()
	c.must(c.shortlist(round, c.pool(2)...))
	c.directory(func(p *forum.DirectoryPerson) bool {
		if p.UID == "committee.two" {
			p.Duties = nil
		}
		return p.UID != "committee.one"
	})
	c.wantWaits(round, "round.score committee.three")
	id, _ := c.awarding(1)
	c.directory(func(p *forum.DirectoryPerson) bool { return p.UID != "juror" && p.UID != "committee.one" })
	for _, w := range c.waits(id) {
		if w != "award.submit officer" {
			t.Errorf("waits: %s", w)
		}
	}
}

// TestNothingIsOwedByNobody: whoever leaves, and however few are left, each open wait means somebody who is there.
func TestNothingIsOwedByNobody(t *testing.T) {
	c := newCity(t)
	ownedBySomebody := func(when string) {
		t.Helper()
		rows, err := c.Pool().Query(t.Context(), `
SELECT w.kind FROM owed w WHERE w.done_at IS NULL AND NOT EXISTS (SELECT FROM officials o WHERE o.left_at IS NULL
	AND (w.official_id = o.id OR w.official_id IS NULL AND w.duty = ANY(o.duties) AND (w.department = '' OR w.department = o.department)))`)
		c.must(err)
		for rows.Next() {
			var kind string
			c.must(rows.Scan(&kind))
			t.Errorf("%s: %s is owed by nobody", when, kind)
		}
		c.must(rows.Err())
	}
	id, a := c.submitted("road.head", "bureau.head")
	c.proposed()
	gone := map[string]bool{}
	for _, uid := range []string{"road.drafter", "road.head", "bureau.head", "road.deputy", "parks.head"} {
		gone[uid] = true
		c.directory(func(p *forum.DirectoryPerson) bool { return !gone[p.UID] })
		ownedBySomebody("without " + uid)
	}
	// The drafter has left, so what comes back is owed by somebody else.
	_, err := c.ReturnApproval(t.Context(), c.decided("mayor", forum.ReturnApproval, forum.TheApproval, a.ID, "다시 써 주십시오.", nil))
	c.must(err)
	ownedBySomebody("after the return")
	c.wantStatus(id, forum.Preparing)
	c.wantNothingWrong()
}
