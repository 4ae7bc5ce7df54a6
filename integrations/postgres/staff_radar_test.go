package postgres_test

import (
	"slices"
	"testing"
	"time"

	"acropolis/forum"
)

// foreseen are the causes of the risk about a kind of step that a reader sees, or nil.
func (c city) foreseen(uid string, kind forum.Action, within int) []forum.Cause {
	c.t.Helper()
	risks, err := c.Radar(c.t.Context(), c.official(uid), within)
	c.must(err)
	for _, r := range risks {
		if r.Kind == kind {
			return r.Causes
		}
	}
	return nil
}

// TestRadarSeesWhatWillBeLate: an assignment proposed on Monday and due on Wednesday, whose head will be away on that day; the
// clock that has run out; the one that stands still.
func TestRadarSeesWhatWillBeLate(t *testing.T) {
	c, clock := timedCity(t)
	c.proposed()
	if got := c.foreseen("officer", forum.AcceptAssignment, 5); got != nil {
		t.Errorf("without a reason it foresees %v", got)
	}
	c.must(c.away("officer", "road.head", "road.deputy", inSeoul(25, 9), inSeoul(27, 18)))
	if got := c.foreseen("officer", forum.AcceptAssignment, 5); !slices.Equal(got, []forum.Cause{forum.CauseAbsent}) {
		t.Errorf("with the head away when it is due: %v", got)
	}
	if got := c.foreseen("officer", forum.AcceptAssignment, 0); got != nil {
		t.Errorf("within this day: %v", got)
	}
	if risks, err := c.Radar(t.Context(), c.official("parks.head"), 5); err != nil || len(risks) != 0 {
		t.Errorf("another department sees %+v (%v)", risks, err)
	}
	if got := c.foreseen("road.deputy", forum.AcceptAssignment, 5); got == nil {
		t.Error("the department doesn't see its own")
	}
	clock.Set(inSeoul(30, 10))
	if got := c.foreseen("officer", forum.AcceptAssignment, 5); len(got) == 0 || got[0] != forum.CauseOverdue {
		t.Errorf("when it is over: %v", got)
	}
	wait := one[forum.ID](t, c.Store, `SELECT id FROM owed WHERE kind = 'assignment.accept' AND done_at IS NULL`)
	_, err := c.PauseClock(t.Context(), c.official("officer"), "", wait, "협의 중입니다.")
	c.must(err)
	if got := c.foreseen("officer", forum.AcceptAssignment, 5); got != nil {
		t.Errorf("just paused: %v", got)
	}
	clock.Set(inSeoul(40, 10))
	if got := c.foreseen("officer", forum.AcceptAssignment, 5); !slices.Equal(got, []forum.Cause{forum.CausePaused}) {
		t.Errorf("paused for long: %v", got)
	}
}

// TestRadarSeesALineThatIsTooLong: three signers of two days each, and an opening before that.
func TestRadarSeesALineThatIsTooLong(t *testing.T) {
	c, _ := timedCity(t)
	id, _ := c.submitted("road.head", "officer", "bureau.head")
	c.mustInForum("officer", forum.SetPeriod, id, "", forum.PeriodDetails{OpensAt: inSeoul(26, 9), ClosesAt: inSeoul(60, 18)})
	if got := c.foreseen("officer", forum.SignApproval, 5); !slices.Contains(got, forum.CauseLine) {
		t.Errorf("it foresees %v", got)
	}
}

// TestFiguresOfClocksAreKept: one step in time, one two working days late, in the department's row; others' stay theirs.
func TestFiguresOfClocksAreKept(t *testing.T) {
	c, clock := timedCity(t)
	c.accepts(c.proposed())
	late := c.proposed()
	due := one[time.Time](t, c.Store, `SELECT due FROM owed WHERE subject_id = $1 AND kind = 'assignment.accept' AND done_at IS NULL`, late)
	clock.Set(due.In(inSeoul(1, 0).Location()).AddDate(0, 0, 1).Add(time.Hour)) // two: the day it fell due, and the next
	c.accepts(late)
	for uid, want := range map[string]bool{"officer": true, "road.head": true, "parks.head": false} {
		figures, err := c.ClockFigures(t.Context(), c.official(uid), 2)
		c.must(err)
		i := slices.IndexFunc(figures, func(f forum.ClockFigures) bool { return f.Kind == forum.AcceptAssignment && f.Department == "road" })
		if (i >= 0) != want {
			t.Errorf("%s sees %+v", uid, figures)
			continue
		}
		if want && (figures[i].Ended != 2 || figures[i].InTime != 1 || figures[i].Median < 1 || figures[i].Month != "2026-11") {
			t.Errorf("%+v", figures[i])
		}
	}
	clock.Set(inSeoul(23+90, 10))
	if figures, err := c.ClockFigures(t.Context(), c.official("officer"), 2); err != nil || len(figures) != 0 {
		t.Errorf("three months later: %+v (%v)", figures, err)
	}
}

func (c city) accepts(id forum.ID) {
	c.t.Helper()
	c.mustInForum("road.head", forum.AcceptAssignment, id, "", nil)
}
