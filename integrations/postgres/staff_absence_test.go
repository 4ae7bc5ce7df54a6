package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
)

// away enters an absence.
func (c city) away(by, who, substitute string, from, until time.Time) error {
	c.t.Helper()
	return c.EnterAbsence(c.t.Context(), c.official(by), "10.0.0.1",
		forum.Absence{Official: c.official(who).ID, Substitute: c.official(substitute).ID, From: from, Until: until})
}

func (c city) works(uid string) int {
	c.t.Helper()
	all, err := c.MyWork(c.t.Context(), c.official(uid))
	c.must(err)
	return len(all)
}

func TestAbsenceBeginsAndEndsByItself(t *testing.T) {
	c, clock := timedCity(t)
	id := c.proposed()
	if _, a := c.submitted("road.head"); a.ID == "" {
		t.Fatal("no document")
	}
	c.must(c.away("road.head", "road.head", "road.deputy", inSeoul(24, 9), inSeoul(26, 18)))
	before := c.works("road.deputy")
	answers := func() error {
		return c.RecordDecision(t.Context(), c.decision("road.deputy", forum.AcceptAssignment, forum.TheForum, id, "", nil))
	}
	refused(t, answers(), forum.Forbidden, "duty.missing") // the head is there
	clock.Set(inSeoul(24, 9))                              // to the instant
	if n := c.works("road.deputy"); n != before+2 {
		t.Errorf("the deputy has %d steps, had %d", n, before)
	}
	if o := c.official("road.head"); !o.Absent || o.Substitute != c.official("road.deputy").ID {
		t.Errorf("the head: %+v", o)
	}
	c.must(answers())
	c.must(c.Digest(t.Context()))
	parts := c.digest("road.deputy", "2026-11-24")
	if len(parts[forum.DigestTomorrow])+len(parts[forum.DigestStandsIn]) < 2 || c.digest("road.head", "2026-11-24") != nil {
		t.Errorf("the deputy reads %+v, the head %+v", parts, c.digest("road.head", "2026-11-24"))
	}
	clock.Set(inSeoul(26, 18))
	if n := c.works("road.deputy"); n != before {
		t.Errorf("after the absence the deputy has %d steps, had %d", n, before)
	}
	refused(t, answers(), forum.Forbidden, "duty.missing")
}

func TestAbsentDeputysDeputyIsAsked(t *testing.T) {
	c, clock := timedCity(t)
	c.directory(func(p *forum.DirectoryPerson) bool {
		if p.UID == "road.drafter" {
			p.Duties = append(p.Duties, forum.Head)
		}
		return true
	})
	c.must(c.away("road.head", "road.head", "road.deputy", inSeoul(24, 9), inSeoul(30, 18)))
	c.must(c.away("officer", "road.deputy", "road.drafter", inSeoul(25, 9), inSeoul(26, 18)))
	for day, want := range map[int]string{24: "road.deputy", 25: "road.drafter", 27: "road.deputy"} {
		clock.Set(inSeoul(day, 12))
		if got := c.official("road.head").Substitute; got != c.official(want).ID {
			t.Errorf("on day %d somebody else than %s stands in", day, want)
		}
	}
	// A circle isn't one: whoever is away can't stand in.
	refused(t, c.away("officer", "road.drafter", "road.deputy", inSeoul(26, 9), inSeoul(28, 18)), forum.Conflict, "absence.substitute_absent")
}

// TestSubstituteWhoLeavesIsReplaced: the absent head's work is somebody's all the while.
func TestSubstituteWhoLeavesIsReplaced(t *testing.T) {
	c, clock := timedCity(t)
	c.proposed()
	c.must(c.away("road.head", "road.head", "road.deputy", inSeoul(24, 9), inSeoul(30, 18)))
	clock.Set(inSeoul(24, 12))
	before := c.works("bureau.head")
	c.directory(func(p *forum.DirectoryPerson) bool { return p.UID != "road.deputy" })
	if got := c.official("road.head").Substitute; got != c.official("bureau.head").ID {
		t.Errorf("%s stands in", got)
	}
	if n := c.works("bureau.head"); n != before+1 {
		t.Errorf("the superior has %d steps, had %d", n, before)
	}
	if left, err := c.Leavers(t.Context()); err != nil || len(left) != 1 || left[0].UID != "road.deputy" {
		t.Errorf("%+v have left (%v)", left, err)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE action = 'clock.hand_over' AND subject_id = $1`, c.official("road.head").ID); n != 1 {
		t.Errorf("%d lines on the trail", n)
	}
}

func TestAbsenceThatIsNone(t *testing.T) {
	c, clock := timedCity(t)
	from, until := inSeoul(24, 9), inSeoul(26, 18)
	refused(t, c.away("road.head", "road.head", "road.head", from, until), forum.Invalid, "absence.own_substitute")
	refused(t, c.away("road.head", "road.head", "road.deputy", until, from), forum.Invalid, "absence.ends_before_start")
	refused(t, c.away("road.head", "road.head", "road.deputy", inSeoul(20, 9), inSeoul(21, 9)), forum.Invalid, "absence.in_the_past")
	refused(t, c.away("officer", "officer", "road.deputy", from, until), forum.Invalid, "absence.substitute_without_duty")
	refused(t, c.away("road.deputy", "road.head", "road.deputy", from, until), forum.Forbidden, "duty.missing")
	refused(t, c.away("parks.head", "road.head", "road.deputy", from, until), forum.NotFound, "page.not_found")
	gone := forum.Absence{Official: c.official("road.head").ID, Substitute: forum.ID("01a21216-0000-7000-8000-000000000000"), From: from, Until: until}
	refused(t, c.EnterAbsence(t.Context(), c.official("road.head"), "", gone), forum.Invalid, "absence.official_unknown")
	c.must(c.away("road.head", "road.drafter", "road.deputy", from, until))
	refused(t, c.away("officer", "road.drafter", "road.deputy", inSeoul(25, 9), inSeoul(40, 9)), forum.Conflict, "absence.overlaps")

	all, err := c.Absences(t.Context())
	c.must(err)
	if len(all) != 1 || all[0].SubstituteName != "road.deputy" || all[0].EnteredBy != "road.head" {
		t.Fatalf("absences: %+v", all)
	}
	refused(t, c.EndAbsence(t.Context(), c.official("parks.head"), "", all[0].ID), forum.NotFound, "page.not_found")
	clock.Set(inSeoul(25, 9))
	c.must(c.EndAbsence(t.Context(), c.official("road.drafter"), "", all[0].ID))
	refused(t, c.EndAbsence(t.Context(), c.official("road.drafter"), "", all[0].ID), forum.Conflict, "absence.over")
	if c.official("road.drafter").Absent {
		t.Error("an absence that was ended goes on")
	}
	c.wantNothingWrong()
}
