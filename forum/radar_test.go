package forum_test

import (
	"testing"
	"time"

	"acropolis/forum"
)

// TestRadarForeseesWhy: each step with the causes that are found within five working days of Wednesday, 25 November, at ten. The
// Wednesday after is a holiday.
func TestRadarForeseesWhy(t *testing.T) {
	c := seoul(t)
	now := on(c, 25, 10)
	step := func(due time.Time, change func(*forum.RadarStep)) forum.RadarStep {
		s := forum.RadarStep{Owed: forum.Owed{Due: due}, Holders: 1}
		if change != nil {
			change(&s)
		}
		return s
	}
	for _, one := range []struct {
		why  string
		step forum.RadarStep
		want []forum.Cause
	}{
		{"somebody is there and has the time", step(on(c, 27, 18), nil), nil},
		{"its day is past", step(on(c, 24, 18), nil), []forum.Cause{forum.CauseOverdue}},
		{"nobody holds the duty", step(on(c, 27, 18), func(s *forum.RadarStep) { s.Holders = 0 }), []forum.Cause{forum.CauseNobody}},
		{"nobody holds the duty, but there is time", step(on(c, 41, 18), func(s *forum.RadarStep) { s.Holders = 0 }), nil},
		{"absent, and nobody knows until when", step(on(c, 27, 18), func(s *forum.RadarStep) { s.Away = true }), []forum.Cause{forum.CauseAbsent}},
		{"back too late", step(on(c, 27, 18), func(s *forum.RadarStep) { s.Away, s.BackAt = true, on(c, 30, 9) }), []forum.Cause{forum.CauseAbsent}},
		{"back in time", step(on(c, 27, 18), func(s *forum.RadarStep) { s.Away, s.BackAt = true, on(c, 26, 9) }), nil},
		{"three signers before the opening", step(on(c, 27, 18), func(s *forum.RadarStep) { s.Signers, s.Deadline = 3, on(c, 30, 9) }), []forum.Cause{forum.CauseLine}},
		{"one signer before the opening", step(on(c, 27, 18), func(s *forum.RadarStep) { s.Signers, s.Deadline = 1, on(c, 30, 9) }), nil},
		{"three signers, and weeks until the opening", step(on(c, 27, 18), func(s *forum.RadarStep) { s.Signers, s.Deadline = 3, on(c, 60, 9) }), nil},
		{"due after the close", step(on(c, 30, 18), func(s *forum.RadarStep) { s.Deadline = on(c, 30, 9) }), []forum.Cause{forum.CauseDeadline}},
		{"paused since yesterday", step(on(c, 24, 18), func(s *forum.RadarStep) { s.Paused, s.PausedAt = true, on(c, 24, 9) }), nil},
		{"paused for five working days", step(on(c, 24, 18), func(s *forum.RadarStep) { s.Paused, s.PausedAt = true, on(c, 18, 10) }), []forum.Cause{forum.CausePaused}},
		{"a holiday lies between", step(on(c, 33, 18), nil), []forum.Cause{forum.CauseHoliday}},
		{"late and absent", step(on(c, 24, 18), func(s *forum.RadarStep) { s.Away = true }), []forum.Cause{forum.CauseOverdue, forum.CauseAbsent}},
	} {
		risks := c.Foresee([]forum.RadarStep{one.step}, now, forum.RadarDays)
		var got []forum.Cause
		for _, r := range risks {
			got = r.Causes
		}
		if len(got) != len(one.want) {
			t.Errorf("%s: %v, want %v", one.why, got, one.want)
			continue
		}
		for i := range got {
			if got[i] != one.want[i] {
				t.Errorf("%s: %v, want %v", one.why, got, one.want)
			}
		}
	}
}

func TestRadarPutsTheLatestFirst(t *testing.T) {
	c := seoul(t)
	steps := []forum.RadarStep{{Owed: forum.Owed{ID: "c", Due: on(c, 27, 18)}}, {Owed: forum.Owed{ID: "b", Due: on(c, 24, 18)}, Holders: 1},
		{Owed: forum.Owed{ID: "a", Due: on(c, 23, 18)}, Holders: 1}}
	var order string
	for _, r := range c.Foresee(steps, on(c, 25, 10), 5) {
		order += string(r.ID)
	}
	if order != "abc" {
		t.Errorf("in the order %s", order)
	}
	if risks := c.Foresee(steps, on(c, 25, 10), 1); len(risks) != 2 {
		t.Errorf("within one working day: %d", len(risks))
	}
}

func TestPauseGivesItsWorkingTimeBack(t *testing.T) {
	c := seoul(t)
	due := on(c, 27, 18) // Friday
	for _, one := range []struct{ paused, resumed, want time.Time }{
		{on(c, 25, 10), on(c, 26, 10), on(c, 30, 18)}, // a working day
		{on(c, 25, 10), on(c, 25, 11), on(c, 30, 10)}, // an hour
		{on(c, 27, 19), on(c, 30, 8), due},            // a weekend: nobody worked
		{on(c, 31, 18), on(c, 33, 9), due},            // the holiday
	} {
		if got := c.GivenBack(due, one.paused, one.resumed); !got.Equal(one.want) {
			t.Errorf("paused from %s to %s it is due %s, want %s", one.paused, one.resumed, got, one.want)
		}
	}
}

func TestFiguresOfClocks(t *testing.T) {
	c := seoul(t)
	ended := func(day int) forum.EndedClock {
		return forum.EndedClock{Kind: forum.SignApproval, Department: "road", Due: on(c, 16, 18), Done: on(c, day, 12), Paused: time.Hour}
	}
	all := c.CountClocks([]forum.EndedClock{ended(16), ended(12), ended(17), ended(18), ended(19), ended(20), ended(23),
		{Kind: forum.SignApproval, Department: "road", Due: on(c, 1, 18), Done: on(c, -1, 12)}})
	if len(all) != 2 || all[0].Month != "2026-11" || all[1].Month != "2026-10" {
		t.Fatalf("%+v", all)
	}
	if f := all[0]; f.Ended != 7 || f.InTime != 2 || f.Late() != 5 || f.Median != 3 || f.P90 != 5 || f.Paused != 7*time.Hour {
		t.Errorf("%+v", f)
	}
	if f := all[1]; f.Ended != 1 || f.InTime != 1 || f.Median != 0 || f.P90 != 0 {
		t.Errorf("%+v", f)
	}
}
