package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
)

func TestStoppedProcedureIsStartedByAPersonOnce(t *testing.T) {
	c := newCity(t)
	id := c.selectedForum()
	what := forum.Start{Noun: forum.TheForum, ID: id}
	stop := forum.Stopped{Start: what, Why: forum.WasTerminated, Since: time.Now().Add(-time.Hour).Truncate(time.Microsecond)}
	c.must(c.NoteStopped(t.Context(), []forum.Stopped{stop}))
	c.must(c.Park(t.Context(), forum.Attention{Workflow: "forum-" + string(id), Noun: forum.TheForum, Subject: id, Step: "announce", Problem: "fault"}))
	shown, waiting, err := c.Stopped(t.Context())
	c.must(err)
	if len(shown) != 1 || waiting != 1 || shown[0].Start != what || shown[0].Why != stop.Why || !shown[0].Since.Equal(stop.Since) || shown[0].Title == "" || shown[0].Status != string(forum.Selected) {
		t.Fatalf("%d wait, shown %+v", waiting, shown)
	}

	_, err = c.Restart(t.Context(), c.official("road.drafter"), "10.0.0.1", what)
	refused(t, err, forum.Forbidden, "duty.missing")
	_, err = c.Restart(t.Context(), c.official("officer"), "10.0.0.1", forum.Start{Noun: forum.TheForum, ID: c.selectedForum()})
	refused(t, err, forum.NotFound, "page.not_found")
	again, err := c.Restart(t.Context(), c.official("officer"), "10.0.0.1", what)
	c.must(err)
	again.Restarted = time.Now()
	c.must(c.NoteStopped(t.Context(), []forum.Stopped{again}))
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE action = 'procedure.restart' AND by_kind = 'official' AND forum_id = $1 AND reason = 'terminated'`, id); n != 1 {
		t.Errorf("%d audit rows", n)
	}
	_, err = c.Restart(t.Context(), c.official("officer"), "10.0.0.1", what)
	refused(t, err, forum.Conflict, "procedure.runs_again")
	if shown, waiting, err = c.Stopped(t.Context()); err != nil || waiting != 0 || len(shown) != 1 || shown[0].Restarted.IsZero() || shown[0].Restarts != 1 {
		t.Errorf("%d wait, shown %+v, %v", waiting, shown, err)
	}
	if parked, err := c.Attention(t.Context()); err != nil || len(parked) != 0 {
		t.Errorf("the step of the run that has ended is still shown: %+v, %v", parked, err)
	}
}

// TestWhatStopsAgainAndAgainIsGivenUp for an hour: a person must see why.
func TestWhatStopsAgainAndAgainIsGivenUp(t *testing.T) {
	c := newCity(t)
	what := forum.Start{Noun: forum.TheForum, ID: c.selectedForum()}
	givenUp := func() bool {
		t.Helper()
		some, err := c.GivenUp(t.Context(), []forum.Start{what})
		c.must(err)
		return len(some) == 1 && some[0] == what
	}
	for n := range forum.RestartsByItself {
		if givenUp() {
			t.Fatalf("given up after %d restarts", n)
		}
		c.must(c.NoteStopped(t.Context(), []forum.Stopped{{Start: what, Why: forum.HasFailed, Restarted: time.Now()}}))
	}
	if !givenUp() {
		t.Error("started for ever")
	}
	c.must(c.NoteStopped(t.Context(), []forum.Stopped{{Start: what, Why: forum.HasFailed}}))
	if !givenUp() {
		t.Error("forgotten as soon as it was noted")
	}
	exec(t, c.Store, `UPDATE stopped SET restarted_at = restarted_at - interval '61 minutes'`)
	if givenUp() {
		t.Error("given up for ever")
	}
}

func TestWhatRunsAgainLeavesThePage(t *testing.T) {
	c := newCity(t)
	first, other := forum.Start{Noun: forum.TheForum, ID: c.selectedForum()}, forum.Start{Noun: forum.TheForum, ID: c.selectedForum()}
	c.must(c.NoteStopped(t.Context(), []forum.Stopped{{Start: first, Why: forum.IsBlocked}, {Start: other, Why: forum.IsBlocked}}))
	c.must(c.SettleStopped(t.Context(), []forum.Start{other}))
	shown, waiting, err := c.Stopped(t.Context())
	c.must(err)
	if waiting != 1 || len(shown) != 2 || shown[0].Start != other || shown[1].Start != first || shown[1].Restarted.IsZero() {
		t.Errorf("%d wait, shown %+v", waiting, shown)
	}
	exec(t, c.Store, `UPDATE stopped SET restarted_at = now() - interval '31 days' WHERE subject_id = $1`, first.ID)
	c.must(c.SettleStopped(t.Context(), []forum.Start{other}))
	if n := one[int](t, c.Store, `SELECT count(*) FROM stopped`); n != 1 {
		t.Errorf("%d rows", n)
	}
}
