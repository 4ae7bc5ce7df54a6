package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
)

// dossierWait is a forum whose drafters owe the dossier, and nobody anything else, with the id of that wait.
func (c city) dossierWait() (id, wait forum.ID) {
	c.t.Helper()
	id = c.preparing()
	exec(c.t, c.Store, `UPDATE owed SET done_at = now() WHERE subject_id = $1 AND kind = 'forum.set_period'`, id)
	return id, one[forum.ID](c.t, c.Store, `SELECT id FROM owed WHERE subject_id = $1 AND done_at IS NULL`, id)
}

func TestPausedClockIsQuietAndGetsItsTimeBack(t *testing.T) {
	c, clock := timedCity(t)
	clock.Set(inSeoul(23, 10)) // Monday
	id, wait := c.dossierWait()
	due := one[time.Time](t, c.Store, `SELECT due FROM owed WHERE id = $1`, wait)
	start, err := c.PauseClock(t.Context(), c.official("officer"), "10.0.0.1", wait, "전문가의 의견을 기다립니다.")
	c.must(err)
	if start != (forum.Start{Noun: forum.TheForum, ID: id}) {
		t.Errorf("the procedure to look again is %v", start)
	}
	// No clock strikes, however late it becomes.
	clock.Set(due.Add(60 * 24 * time.Hour))
	if facts, err := c.ForumFacts(t.Context(), id); err != nil || !facts.Due.IsZero() {
		t.Errorf("a paused clock strikes at %s, %v", facts.Due, err)
	}
	for range 3 {
		c.must(c.Remind(t.Context(), forum.TheForum, id))
	}
	if n := c.notices("reminder") + c.notices("escalation") + c.notices("audit"); n != 0 {
		t.Errorf("%d nudges of a paused clock", n)
	}
	owed, err := c.OwedOf(t.Context(), forum.TheForum, id)
	c.must(err)
	if !owed[0].Paused || owed[0].Late != 0 || owed[0].Reason != "전문가의 의견을 기다립니다." {
		t.Errorf("%+v", owed[0])
	}
	// Resumed on Wednesday at ten, it is due two working days later.
	clock.Set(inSeoul(25, 10))
	_, err = c.ResumeClock(t.Context(), c.official("officer"), "10.0.0.1", wait)
	c.must(err)
	if now := one[time.Time](t, c.Store, `SELECT due FROM owed WHERE id = $1`, wait); now.Sub(inSeoul(38, 18)).Abs() > time.Minute || !due.Equal(inSeoul(34, 18)) {
		t.Errorf("due %s, it was %s", now, due) // from Friday to the Tuesday after
	}
	if lost := one[time.Duration](t, c.Store, `SELECT paused_for FROM owed WHERE id = $1`, wait); (lost - 16*time.Hour).Abs() > time.Minute {
		t.Errorf("%s given back, want two working days of eight hours", lost)
	}
	if facts, _ := c.ForumFacts(t.Context(), id); facts.Due.IsZero() || !facts.Due.After(inSeoul(25, 10)) {
		t.Errorf("the next nudge is at %s", facts.Due)
	}
	if got := one[string](t, c.Store, `SELECT string_agg(kind, ' ' ORDER BY at) FROM clock_changes WHERE owed_id = $1`, wait); got != "paused resumed" {
		t.Errorf("the clock's record: %s", got)
	}
	if _, err := c.Pool().Exec(t.Context(), `UPDATE clock_changes SET reason = ''`); err == nil {
		t.Error("a clock's record was changed")
	}
	c.wantNothingWrong()
}

func TestWhoMayPauseAClockAndWhen(t *testing.T) {
	c := newCity(t)
	_, wait := c.dossierWait()
	pause := func(uid, reason string) error {
		_, err := c.PauseClock(t.Context(), c.official(uid), "10.0.0.1", wait, reason)
		return err
	}
	refused(t, pause("officer", " "), forum.Invalid, "reason.missing")
	refused(t, pause("road.drafter", "기다립니다."), forum.Forbidden, "duty.missing")
	refused(t, pause("parks.head", "기다립니다."), forum.NotFound, "page.not_found")
	_, err := c.ResumeClock(t.Context(), c.official("officer"), "10.0.0.1", wait)
	refused(t, err, forum.Conflict, "clock.not_paused")
	c.must(pause("road.head", "기다립니다."))
	refused(t, pause("officer", "기다립니다."), forum.Conflict, "clock.paused_already")
	exec(t, c.Store, `UPDATE owed SET done_at = now() WHERE id = $1`, wait)
	_, err = c.ResumeClock(t.Context(), c.official("officer"), "10.0.0.1", wait)
	refused(t, err, forum.NotFound, "page.not_found")
}

func TestForgottenPauseIsAskedAboutEachDay(t *testing.T) {
	c, clock := timedCity(t)
	_, wait := c.dossierWait()
	_, err := c.PauseClock(t.Context(), c.official("officer"), "10.0.0.1", wait, "전문가의 의견을 기다립니다.")
	c.must(err)
	for day, want := range map[int]int{27: 0, 30: 1, 31: 1} { // from Monday to Monday: five working days
		clock.Set(inSeoul(day, 11))
		exec(t, c.Store, `DELETE FROM mails; DELETE FROM digests`)
		c.must(c.Digest(t.Context()))
		asked := c.digest("officer.two", inSeoul(day, 11).Format(time.DateOnly))[forum.DigestPaused]
		if len(asked) != want {
			t.Errorf("on day %d the officers are asked about %d clocks, want %d", day, len(asked), want)
		}
	}
}
