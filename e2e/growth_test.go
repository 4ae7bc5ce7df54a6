package e2e

import (
	"context"
	"encoding/json"
	"flag"
	"maps"
	"testing"
	"time"

	"acropolis/e2e/program"
	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/temporal"
	"acropolis/workflows"
)

var manyOpinions = flag.Int("opinions", 3000, "how many opinions the one of two forums has whose histories are compared")

// TestHistoryDoesNotGrowWithOpinions: a forum with ten and one with many are closed, analysed, and their candidates nominated; the
// procedures of both have taken the same steps, in as many events but for what chance decides. `make growth` does it with 100,000.
func TestHistoryDoesNotGrowWithOpinions(t *testing.T) {
	c := newCity(t)
	c.worker("SWEEP_EVERY", "1h")
	store, conductor := c.store(), c.conductor()
	awaitOfficial(t, store, anOperator)
	few, crowd := forumIn(t, store, forum.Open, time.Hour), forumIn(t, store, forum.Open, time.Hour)
	for id, n := range map[forum.ID]int{few: 10, crowd: *manyOpinions} {
		execute(t, store, `
INSERT INTO opinions (id, forum_id, status, text, author, receipt, salt, accepted_at)
SELECT gen_random_uuid(), f.id, 'published', (ARRAY['나무 그늘', '바닥 분수', '횡단보도', '작은 공연', '긴 의자', '밝은 조명', '넓은 잔디'])[1 + n % 7] || '이 있으면 좋겠습니다. ' || n,
	sha256(n::text::bytea), md5(f.id::text || n), '', f.opens_at + interval '1 minute'
FROM forums f, generate_series(1, $2::int) AS n WHERE f.id = $1`, id, n)
	}
	execute(t, store, `UPDATE forums SET closes_at = now() + interval '2 seconds'`)
	began := time.Now()
	for _, id := range []forum.ID{few, crowd} {
		if err := conductor.Wake(t.Context(), forum.Start{Noun: forum.TheForum, ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	program.Await(t, "both to be analysed", 20*time.Minute, func(context.Context) bool {
		return one[int](t, store, `SELECT count(*) FROM analyses WHERE made_at IS NOT NULL`) == 2
	})
	t.Logf("%d opinions are closed and analysed %s after the first look", *manyOpinions, time.Since(began).Round(time.Second))
	for _, id := range []forum.ID{few, crowd} {
		approveAnalysis(t, store, conductor, id)
	}
	program.Await(t, "both to be at their awards", 5*time.Minute, func(context.Context) bool {
		return one[int](t, store, `SELECT count(*) FROM forums WHERE status = 'awarding'`) == 2
	})
	short, fewSteps := eventsOf(t, conductor, few)
	long, crowdSteps := eventsOf(t, conductor, crowd)
	t.Logf("%d events with 10 opinions, %d with %d; at most %d (%.2f)", short, long, *manyOpinions, mostEvents, float64(long)/mostEvents)
	if !maps.Equal(fewSteps, crowdSteps) {
		t.Errorf("the steps differ: %v with 10 opinions, %v with %d", fewSteps, crowdSteps, *manyOpinions)
	}
	if max(long-short, short-long) > byChance || long > mostEvents {
		t.Error("the history grows with the opinions, or is too long")
	}
}

// byChance is by how many events two histories of the same steps differ: a wake-up that comes while a task is under way has
// another one, with a look at what is true, and one that comes together with others has none.
const byChance = 15

func approveAnalysis(t *testing.T, s *postgres.Store, c *temporal.Conductor, id forum.ID) {
	t.Helper()
	analyst := one[forum.ID](t, s, `SELECT id FROM officials WHERE 'analyst' = ANY(duties) AND left_at IS NULL ORDER BY uid LIMIT 1`)
	approver := one[forum.ID](t, s, `SELECT id FROM officials WHERE 'executive' = ANY(duties) AND left_at IS NULL AND id <> $1 ORDER BY uid LIMIT 1`, analyst)
	line, err := json.Marshal(forum.LineDetails{Signers: []forum.LineSigner{{Role: forum.Approver, Official: approver}}})
	if err != nil {
		t.Fatal(err)
	}
	submit := aboutForum(forum.SubmitAnalysis, id, analyst, "")
	submit.Details = line
	if err := decide(t.Context(), s, c, submit); err != nil {
		t.Fatal(err)
	}
	sign := forum.Decision{ID: postgres.NewID(), Action: forum.SignApproval, Noun: forum.TheApproval, By: approver, Details: []byte(`{}`),
		Subject: one[forum.ID](t, s, `SELECT id FROM approvals WHERE subject_id = $1`, id)}
	if err := decide(t.Context(), s, c, sign); err != nil {
		t.Fatal(err)
	}
}

// eventsOf waits until a procedure has come to rest, and counts its events and what it did beside looking at what is true.
func eventsOf(t *testing.T, c *temporal.Conductor, id forum.ID) (events int, steps map[string]int) {
	t.Helper()
	workflow := workflows.WorkflowID(forum.Start{Noun: forum.TheForum, ID: id})
	since := time.Now()
	program.Await(t, "a procedure to come to rest", time.Minute, func(context.Context) bool {
		all := historyOf(t, c.Client, workflow, "").GetEvents()
		if len(all) != events {
			events, since = len(all), time.Now()
			return false
		}
		steps = map[string]int{}
		for _, e := range all {
			name := e.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName()
			if name == "" || name == "ForumFacts" {
				continue
			}
			steps[name]++
		}
		return time.Since(since) > 3*time.Second
	})
	return events, steps
}
