package forum_test

import (
	"testing"
	"time"

	"acropolis/forum"
)

func TestDigestIsDueInTheMorningOfAWorkingDay(t *testing.T) {
	c := seoul(t)
	for now, want := range map[time.Time]bool{
		on(c, 27, 8): false, on(c, 27, 9): true, on(c, 27, 23): true,
		on(c, 28, 10): false, // Saturday
		on(c, 32, 10): false, // the holiday
	} {
		if _, due := c.DigestDay(now); due != want {
			t.Errorf("at %s a digest is due: %t", now, due)
		}
	}
	for now, want := range map[time.Time]time.Time{
		on(c, 27, 8): on(c, 27, 9), on(c, 27, 9): on(c, 30, 9), on(c, 31, 20): on(c, 33, 9),
	} {
		if next := c.NextDigest(now); !next.Equal(want) {
			t.Errorf("after %s the next digest is at %s, want %s", now, next, want)
		}
	}
}

func TestOnlyWhatIsDueBeforeTheDigestGoesAtOnce(t *testing.T) {
	c := seoul(t)
	now := on(c, 27, 10) // Friday; the next digest is on Monday morning
	for due, want := range map[time.Time]bool{
		on(c, 27, 18): true, on(c, 28, 12): true, on(c, 30, 9): true,
		on(c, 30, 10): false,
		on(c, 27, 10): false, on(c, 20, 18): false, // overdue already: it won't become worse by waiting
	} {
		if at := c.CannotWait(due, now); at != want {
			t.Errorf("due %s goes at once: %t", due, at)
		}
	}
}

func TestPartsOfADigest(t *testing.T) {
	c := seoul(t)
	now := on(c, 27, 9)
	for due, want := range map[time.Time]forum.DigestPart{
		on(c, 27, 9): forum.DigestOverdue, on(c, 26, 18): forum.DigestOverdue,
		on(c, 27, 18): forum.DigestToday, on(c, 27, 14): forum.DigestToday,
		on(c, 30, 18): forum.DigestTomorrow, on(c, 29, 12): forum.DigestTomorrow, // over the weekend
		on(c, 31, 18): forum.DigestNew,
	} {
		if part := c.DigestPartOf(due, now); part != want {
			t.Errorf("due %s stands under %s, want %s", due, part, want)
		}
	}
	lines := forum.Digest([]forum.DigestLine{{Part: forum.DigestNew, Due: on(c, 40, 9)}, {Part: forum.DigestOverdue, Due: on(c, 26, 9)},
		{Part: forum.DigestPaused, Due: on(c, 1, 9)}, {Part: forum.DigestOverdue, Due: on(c, 20, 9)}})
	for i, want := range []time.Time{on(c, 20, 9), on(c, 26, 9), on(c, 40, 9), on(c, 1, 9)} {
		if !lines[i].Due.Equal(want) {
			t.Errorf("line %d is due %s", i, lines[i].Due)
		}
	}
}

func TestLateByCountsWorkingDays(t *testing.T) {
	c := seoul(t)
	due := on(c, 27, 18) // Friday
	for now, want := range map[time.Time]int{
		on(c, 27, 17): 0,
		on(c, 27, 18): 1, on(c, 27, 23): 1, on(c, 29, 12): 1, // the same evening, the weekend
		on(c, 30, 9): 1, on(c, 31, 9): 2,
		on(c, 32, 9): 2, // the holiday
		on(c, 33, 9): 3,
	} {
		if late := c.LateBy(due, now); late != want {
			t.Errorf("at %s late by %d, want %d", now, late, want)
		}
	}
}
