package postgres_test

import (
	"sync"
	"testing"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// TestSupportsComeInBatches: each is answered with its own, the last of one person counts and both are kept, a key used before is
// answered as then, and one that spoils the batch stands alone.
func TestSupportsComeInBatches(t *testing.T) {
	s := newStore(t)
	one1, other := suggest(t, s, "함께해 주세요").ID, suggest(t, s, "이것도 함께").ID
	closed := suggest(t, s, "이미 선정됨").ID
	exec(t, s, `UPDATE suggestions SET status = 'accepted'`)
	exec(t, s, `UPDATE suggestions SET status = 'selected' WHERE id = $1`, closed)
	a, b := citizen(t, s, "a"), citizen(t, s, "b")
	keyedOne := forum.NewSupport{Suggestion: other, Citizen: b, Stands: true, Idempotency: keyed("once", "stands")}
	elsewise := keyedOne
	elsewise.Idempotency.Body = []byte("another hash")
	spoilt := forum.NewSupport{Suggestion: other, Citizen: a, Stands: true, Idempotency: keyed("nul\x00", "stands")}
	batch := []forum.NewSupport{
		{Suggestion: one1, Citizen: a, Stands: true}, {Suggestion: one1, Citizen: a}, {Suggestion: one1, Citizen: b, Stands: true},
		keyedOne, keyedOne, elsewise, {Suggestion: closed, Citizen: a, Stands: true}, {Suggestion: postgres.NewID(), Citizen: a, Stands: true},
		{Suggestion: one1, Stands: true}, spoilt,
	}
	outcomes := s.CastSupports(t.Context(), batch)
	refused(t, outcomes[5].Err, forum.Invalid, "idempotency.other_body")
	refused(t, outcomes[6].Err, forum.Conflict, "suggestion.takes_no_support")
	refused(t, outcomes[7].Err, forum.NotFound, "page.not_found")
	refused(t, outcomes[8].Err, forum.Unauthorised, "support.sign_in")
	if outcomes[9].Err == nil {
		t.Error("a NUL was kept")
	}
	for _, i := range []int{0, 1, 2, 3, 4} {
		if outcomes[i].Err != nil {
			t.Errorf("%d: %v", i, outcomes[i].Err)
		}
	}
	if outcomes[2].Answer != 1 || outcomes[3].Answer != 1 || outcomes[4].Answer != 1 {
		t.Errorf("%+v", outcomes)
	}
	if n := one[int](t, s, `SELECT count(*) FROM support_changes c JOIN log_pending l ON l.subject_id = c.id AND l.kind = 'support'`); n != 4 {
		t.Errorf("%d changes with a leaf", n)
	}
	if n := one[int](t, s, `SELECT count(*) FROM supports WHERE stands`); n != 2 {
		t.Errorf("%d stand", n)
	}
	exec(t, s, `UPDATE suggestions SET status = 'selected'`)
	if n, err := s.Support(t.Context(), keyedOne); err != nil || n != 1 {
		t.Errorf("the answer of then: %d, %v", n, err)
	}
}

// TestManySupportAtOnceThroughTwoWriters: nobody counts twice, nobody is lost.
func TestManySupportAtOnceThroughTwoWriters(t *testing.T) {
	s := newStore(t)
	topics := []forum.ID{suggest(t, s, "함께해 주세요").ID, suggest(t, s, "이것도 함께").ID}
	exec(t, s, `UPDATE suggestions SET status = 'accepted'`)
	writers := []*postgres.Writer{newWriter(t, s), newWriter(t, s)}
	var all sync.WaitGroup
	for n := range 400 {
		all.Go(func() {
			who := forum.ID("00000000-0000-4000-8000-000000000" + number(100 + n%50)[0:3])
			if got, err := writers[n%2].Support(t.Context(), forum.NewSupport{Suggestion: topics[n%3%2], Citizen: who, Stands: true}); err != nil || got < 1 {
				t.Errorf("%d, %v", got, err)
			}
		})
	}
	all.Wait()
	if n := one[int](t, s, `SELECT count(*) FROM supports WHERE stands`); n != 100 {
		t.Errorf("%d stand", n)
	}
	if n := one[int](t, s, `SELECT count(*) FROM support_changes`); n != 400 {
		t.Errorf("%d changes", n)
	}
}
