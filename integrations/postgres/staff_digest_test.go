package postgres_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres/pgtest"
)

// timedCity is a city hall whose database hears the time that the test sets: at first Monday, 23 November 2026, 10 o'clock.
func timedCity(t testing.TB) (city, *pgtest.Clock) {
	t.Helper()
	url := pgtest.URL(t)
	clock := pgtest.OwnClock(t, url)
	clock.Set(inSeoul(23, 10))
	c := city{storeOn(t, url), t}
	c.must(c.RefreshDirectory(t.Context(), cityHall.people, cityHall.units))
	return c, clock
}

// inSeoul is an hour of November 2026; day 31 is the first of December.
func inSeoul(day, hour int) time.Time {
	return time.Date(2026, 11, day, hour, 0, 0, 0, time.FixedZone("KST", 9*60*60))
}

// digest is what the newest digest of an official says, part by part; nil when they have none of that day.
func (c city) digest(uid, day string) map[forum.DigestPart][]forum.DigestLine {
	c.t.Helper()
	raw := one[*string](c.t, c.Store, `
SELECT (SELECT m.data ->> 'lines' FROM mails m WHERE m.kind = 'digest' AND m.event = 'digest:' || $2::text AND m.official_id = o.id)
FROM officials o WHERE o.uid = $1`, uid, day)
	if raw == nil {
		return nil
	}
	var lines []forum.DigestLine
	c.must(json.Unmarshal([]byte(*raw), &lines))
	parts := map[forum.DigestPart][]forum.DigestLine{}
	for _, l := range lines {
		parts[l.Part] = append(parts[l.Part], l)
	}
	return parts
}

// wantDigest compares how many lines each part of somebody's digest has.
func (c city) wantDigest(uid, day string, want map[forum.DigestPart]int) {
	c.t.Helper()
	got := c.digest(uid, day)
	if len(got) != len(want) {
		c.t.Errorf("%s's digest of %s is %+v, want %v", uid, day, got, want)
		return
	}
	for part, n := range want {
		if len(got[part]) != n {
			c.t.Errorf("%s's digest of %s: %d lines %s, want %d", uid, day, len(got[part]), part, n)
		}
	}
}

func TestOneDigestADayTellsWhatWaits(t *testing.T) {
	c, clock := timedCity(t)
	id := c.proposed()
	due := one[time.Time](t, c.Store, `SELECT due FROM owed WHERE subject_id = $1`, id)
	if n := c.mails(forum.MailOwed); n != 0 {
		t.Errorf("%d letters went at once for a step of three days", n)
	}
	digest := func(at time.Time) {
		t.Helper()
		clock.Set(at)
		c.must(c.Digest(t.Context()))
		c.must(c.Digest(t.Context()))
	}
	digest(inSeoul(24, 8)) // too early
	c.wantDigest("road.head", "2026-11-24", nil)
	digest(inSeoul(24, 9))
	c.wantDigest("road.head", "2026-11-24", map[forum.DigestPart]int{forum.DigestNew: 1})
	c.wantDigest("parks.head", "2026-11-24", nil)

	for day := range 3 { // as the days pass the step is due tomorrow, today, then overdue
		at := due.In(inSeoul(1, 0).Location()).AddDate(0, 0, day-1)
		digest(time.Date(at.Year(), at.Month(), at.Day(), 9, 30, 0, 0, at.Location()))
		part := []forum.DigestPart{forum.DigestTomorrow, forum.DigestToday, forum.DigestOverdue}[day]
		c.wantDigest("road.head", at.Format(time.DateOnly), map[forum.DigestPart]int{part: 1})
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM mails WHERE kind <> 'digest'`); n != 0 {
		t.Errorf("%d other letters went to staff", n)
	}
	c.wantNothingWrong()
}

// TestClockThatAHolidayMovedIsReadInTheNextDigest, once, by whoever is waited for.
func TestClockThatAHolidayMovedIsReadInTheNextDigest(t *testing.T) {
	c, clock := timedCity(t)
	c.preparing()
	digest := func(at time.Time) {
		t.Helper()
		clock.Set(at)
		c.must(c.Digest(t.Context()))
	}
	digest(inSeoul(24, 9))
	clock.Set(inSeoul(24, 10))
	_, err := c.declare("2026-11-27")
	c.must(err)
	digest(inSeoul(25, 9))
	c.wantDigest("road.drafter", "2026-11-25", map[forum.DigestPart]int{forum.DigestMoved: 1})
	c.wantDigest("parks.head", "2026-11-25", nil)
	digest(inSeoul(26, 9))
	c.wantDigest("road.drafter", "2026-11-26", nil)
}

// TestNobodyHasTwoDigestsADay: many workers try at once, in one morning and again later in the day.
func TestNobodyHasTwoDigestsADay(t *testing.T) {
	c, clock := timedCity(t)
	c.proposed()
	c.preparing()
	clock.Set(inSeoul(24, 9))
	for range 2 {
		var workers sync.WaitGroup
		for range 8 {
			workers.Go(func() {
				if err := c.Digest(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		workers.Wait()
		clock.Set(inSeoul(24, 15))
		c.proposed() // newly owed in the afternoon: tomorrow's digest tells it
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM (SELECT official_id FROM mails WHERE kind = 'digest' GROUP BY official_id HAVING count(*) > 1) AS twice`); n > 0 {
		t.Errorf("%d officials have two digests of one day", n)
	}
	if n := c.mails(forum.MailDigest); n < 4 {
		t.Errorf("%d digests", n)
	}
}

func TestWhatIsDueBeforeTheDigestGoesAtOnce(t *testing.T) {
	c, clock := timedCity(t)
	round := c.round()
	_, err := c.StartScoring(t.Context(), c.decided("officer", forum.StartScoring, forum.TheRound, round, "",
		forum.ShortlistDetails{Suggestions: c.pool(1), Deadline: inSeoul(23, 17)}))
	c.must(err)
	if n := c.mails(forum.MailOwed); n != 3 { // to each member of the committee
		t.Errorf("%d letters went at once", n)
	}
	clock.Set(inSeoul(24, 9))
	c.must(c.Digest(t.Context()))
	c.wantDigest("committee.one", "2026-11-24", map[forum.DigestPart]int{forum.DigestOverdue: 1})
}

func TestSuperiorAndAuditOfficeReadOfItInTheirDigest(t *testing.T) {
	c, clock := timedCity(t)
	id := c.preparing()
	exec(t, c.Store, `UPDATE owed SET done_at = now() WHERE subject_id = $1 AND kind = 'forum.set_period'`, id)
	for range forum.Ladder {
		clock.Set(one[time.Time](t, c.Store, `SELECT next_at FROM owed WHERE subject_id = $1 AND done_at IS NULL`, id).Add(time.Second))
		c.must(c.Remind(t.Context(), forum.TheForum, id))
	}
	day := one[time.Time](t, c.Store, `SELECT now()`).In(inSeoul(1, 0).Location())
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday || day.Hour() >= 9 {
		day = time.Date(day.Year(), day.Month(), day.Day()+1, 8, 0, 0, 0, day.Location())
	}
	clock.Set(day.Add(2 * time.Hour))
	c.must(c.Digest(t.Context()))
	for _, uid := range []string{"road.head", "auditor"} {
		c.wantDigest(uid, day.Format(time.DateOnly), map[forum.DigestPart]int{forum.DigestEscalated: 1})
	}
	if l := c.digest("auditor", day.Format(time.DateOnly))[forum.DigestEscalated]; len(l) == 1 && l[0].Late < 1+forum.AuditDays {
		t.Errorf("late by %d working days", l[0].Late)
	}
	if owed, _ := c.OwedOf(t.Context(), forum.TheForum, id); owed[0].Duty != forum.Drafter || owed[0].Department != "road" {
		t.Errorf("the step isn't whose it was: %+v", owed)
	}
}
