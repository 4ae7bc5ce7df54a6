package serve

import (
	"context"
	"sync"
	"testing"
	"time"

	"acropolis/forum"
)

// TestRehearsalOfTheRealCity: its people, its calendar, and the other board that is open meanwhile. Nothing is left behind in
// the database, and of many who rehearse at once the rest are asked to wait, not queued.
func TestRehearsalOfTheRealCity(t *testing.T) {
	c := newCity(t)
	open, _ := c.forums(t)
	r := newRehearsals(c.store)
	now := time.Now()
	plan := forum.ForumPlan{Status: forum.Selected, Start: now, Department: "road-planning", Line: 1,
		Period: forum.Period{OpensAt: now.AddDate(0, 0, 20), ClosesAt: now.AddDate(0, 0, 40)}}
	before := rows(t, c)
	got, err := r.Rehearse(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Events) == 0 {
		t.Error("nothing is foreseen")
	}
	overlaps := false
	for _, clash := range got.Clashes {
		overlaps = overlaps || clash.Kind == forum.ForumsOverlap && clash.Forum == open
	}
	if !overlaps {
		t.Errorf("the board that is open meanwhile is no clash: %v", got.Clashes)
	}
	if after := rows(t, c); after != before {
		t.Errorf("%d rows of audit, mails and waits before, %d after", before, after)
	}
	r.free <- struct{}{}
	r.free <- struct{}{}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := r.Rehearse(context.Background(), plan); forum.RefusalIn(err) == nil || forum.RefusalIn(err).Key != "rehearsal.busy" {
				t.Errorf("got %v", err)
			}
		})
	}
	all.Wait()
}

func rows(t *testing.T, c city) (n int) {
	t.Helper()
	err := c.store.Pool().QueryRow(t.Context(), `SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM mails) + (SELECT count(*) FROM owed)`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
