package forum_test

import (
	"testing"
	"time"

	"acropolis/forum"
)

// seoul is the calendar of these tests: the weekends, and one Wednesday off.
func seoul(t *testing.T) forum.Calendar {
	t.Helper()
	zone, err := time.LoadLocation(forum.City)
	if err != nil {
		t.Fatal(err)
	}
	return forum.Calendar{Zone: zone, Holidays: map[string]string{"2026-12-02": "임시공휴일"}}
}

// on is an instant of late autumn 2026 in the city: Monday 23 November is day 23, Tuesday 1 December day 31.
func on(c forum.Calendar, day, hour int) time.Time {
	return time.Date(2026, 11, day, hour, 0, 0, 0, c.Zone)
}

func TestLadderOfNudges(t *testing.T) {
	c := seoul(t)
	due := on(c, 27, 18) // a Friday
	want := []struct {
		nudge forum.Nudge
		at    time.Time
	}{
		{forum.RemindBefore, on(c, 26, 18)}, // Thursday
		{forum.RemindDue, on(c, 27, 18)},
		{forum.TellSuperior, on(c, 30, 18)}, // over the weekend: Monday
		{forum.TellAudit, on(c, 34, 18)},    // Tuesday, the holiday left out, Thursday, Friday
		{forum.Silence, time.Time{}},
	}
	now := on(c, 23, 9)
	given := forum.RemindBefore
	for _, w := range want {
		next, at := c.NextNudge(given, due, now)
		if next != w.nudge || !at.Equal(w.at) {
			t.Fatalf("after %d nudges: %d at %s, want %d at %s", given, next, at, w.nudge, w.at)
		}
		now, given = at, next+1
	}
	if len(forum.Ladder) != int(forum.Silence) {
		t.Errorf("the ladder has %d rungs", len(forum.Ladder))
	}
}

func TestReminderBeforeIsLeftOutWhenItsTimeIsPast(t *testing.T) {
	c := seoul(t)
	due := on(c, 27, 18)
	for now, want := range map[time.Time]forum.Nudge{
		on(c, 26, 17): forum.RemindBefore,
		on(c, 26, 18): forum.RemindDue, // at that very instant
		on(c, 27, 12): forum.RemindDue,
		on(c, 60, 12): forum.RemindDue, // long overdue: the reminder is given before anybody else hears of it
	} {
		if next, _ := c.NextNudge(forum.RemindBefore, due, now); next != want {
			t.Errorf("at %s the first nudge is %d, want %d", now, next, want)
		}
	}
}

func TestReminderThatComesLateIsTheOneOfTheDay(t *testing.T) {
	c := seoul(t)
	due := on(c, 27, 18)
	if n := forum.NudgeNow(forum.RemindBefore, due, on(c, 27, 17)); n != forum.RemindBefore {
		t.Errorf("an hour before it is due: %d", n)
	}
	if n := forum.NudgeNow(forum.RemindBefore, due, due); n != forum.RemindDue {
		t.Errorf("when it is due: %d", n)
	}
	if n := forum.NudgeNow(forum.TellAudit, due, on(c, 90, 9)); n != forum.TellAudit {
		t.Errorf("a rung above is what it is: %d", n)
	}
}
