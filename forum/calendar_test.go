package forum_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"acropolis/forum"
)

func calendar(t *testing.T) forum.Calendar {
	zone, err := time.LoadLocation(forum.City)
	if err != nil {
		t.Fatal(err)
	}
	return forum.Calendar{Zone: zone, Holidays: map[string]string{}}
}

func TestDaysAfterADayAreWorkingDays(t *testing.T) {
	c := calendar(t)
	for _, clock := range []struct {
		start string
		days  int
		due   string
	}{
		{"2026-11-23T10:00", 3, "2026-11-26T18:00"},                  // Monday to Thursday
		{"2026-11-26T17:59", 2, "2026-11-30T18:00"},                  // over a weekend
		{"2026-09-23T09:00", 1, "2026-09-28T18:00"},                  // over Chuseok
		{"2026-10-02T23:59", 4, "2026-10-12T18:00"},                  // two holidays and two weekends
		{"2026-11-28T12:00", 0, "2026-11-28T18:00"},                  // the day itself, working or not
		{"2026-11-28T12:00", 1, "2026-11-30T18:00"},                  // a Saturday's clock starts counting on Monday
		{"2026-11-23T00:30", forum.ResponseDays, "2026-12-21T18:00"}, // twenty working days
	} {
		start, _ := time.ParseInLocation("2006-01-02T15:04", clock.start, c.Zone)
		// The instant may come in any zone.
		if due := c.After(start.UTC(), clock.days).Format("2006-01-02T15:04"); due != clock.due {
			t.Errorf("%d working days from %s end %s, want %s", clock.days, clock.start, due, clock.due)
		}
	}
}

func TestReminderComesOnTheWorkingDayBefore(t *testing.T) {
	c := calendar(t)
	due := time.Date(2026, 9, 28, 18, 0, 0, 0, c.Zone) // Monday after Chuseok
	if before := c.Before(due); before.Format(time.DateOnly) != "2026-09-23" || before.Hour() != 18 {
		t.Errorf("the working day before is %s", before)
	}
}

func TestRoundOpensOnTheFirstWorkingDay(t *testing.T) {
	c := calendar(t)
	if first := c.FirstWorkingDay(2026, time.November); first.Day() != 2 {
		t.Errorf("November 2026 begins on a Sunday; its first working day is %s", first)
	}
}

// TestPeriodsRunOutAsWorkedByHand on both sides of five and six days, and of each version of the rule.
func TestPeriodsRunOutAsWorkedByHand(t *testing.T) {
	c := calendar(t)
	raw, err := os.ReadFile("testdata/due.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(raw)) {
		columns := strings.Split(strings.TrimSpace(line), "|")
		if len(columns) != 4 {
			continue
		}
		rows++
		start, due := strings.TrimSpace(columns[0]), strings.TrimSpace(columns[2])
		days, err := strconv.Atoi(strings.TrimSpace(columns[1]))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Due(at(t, start).UTC(), days).Format("2006-01-02T15:04"); got != due {
			t.Errorf("%d days from %s run out %s, by hand %s:%s", days, start, got, due, columns[3])
		}
	}
	if rows < 30 {
		t.Errorf("only %d rows read", rows)
	}
}

// at is an instant of the city's clocks.
func at(t *testing.T, text string) time.Time {
	t.Helper()
	instant, err := time.ParseInLocation("2006-01-02T15:04", text, calendar(t).Zone)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

func TestDaysLeftAndLate(t *testing.T) {
	c := calendar(t)
	for _, span := range []struct {
		from, to string
		days     int
	}{
		{"2026-11-23T10:00", "2026-11-23T18:00", 0},
		{"2026-11-23T23:00", "2026-11-24T01:00", 1},
		{"2026-11-27T10:00", "2026-11-30T10:00", 1},
		{"2026-09-23T10:00", "2026-09-28T10:00", 1}, // Chuseok
		{"2026-11-30T10:00", "2026-11-26T18:00", -2},
		{"2026-11-29T10:00", "2026-11-27T18:00", 0}, // no working day has passed since
	} {
		if days := c.WorkingDaysBetween(at(t, span.from), at(t, span.to)); days != span.days {
			t.Errorf("from %s to %s: %d working days, want %d", span.from, span.to, days, span.days)
		}
	}
}
