package e2e

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"acropolis/forum"
)

// A refusal crosses Temporal unchanged: code, key and fields. From the store by an activity, and from what the procedure
// remembers by its validator, which leaves no event.
func TestRefusalCrossesTemporalBothWays(t *testing.T) {
	c := newCity(t)
	c.worker()
	store, conductor := c.store(), c.conductor()
	by := awaitOfficial(t, store, anOfficer)
	id := forumIn(t, store, forum.Preparing, 0)

	past := aboutForum(forum.SetPeriod, id, by, "")
	past.Details, _ = json.Marshal(forum.PeriodDetails{OpensAt: time.Now().Add(-time.Hour), ClosesAt: time.Now().Add(time.Hour)})
	want := forum.Refuse(forum.Invalid, "period.in_the_past").At("opens_at")
	sameRefusal(t, "the store's", decide(t.Context(), store, conductor, past), want)
	outcome, err := store.DecisionOutcome(t.Context(), past.ID)
	if err != nil || !outcome.Done {
		t.Errorf("the decision's row: %+v, %v", outcome, err)
	}
	sameRefusal(t, "the row's", outcome.Refused, want)

	before, err := conductor.HistoryLength(t.Context(), forum.Start{Noun: forum.TheForum, ID: id})
	if err != nil || before == 0 {
		t.Fatalf("%d events, %v", before, err)
	}
	resume := aboutForum(forum.ResumeForum, id, by, "")
	sameRefusal(t, "the validator's", decide(t.Context(), store, conductor, resume),
		forum.Refuse(forum.Conflict, "procedure.moved_on").With("noun", "forum"))
	if after, err := conductor.HistoryLength(t.Context(), forum.Start{Noun: forum.TheForum, ID: id}); err != nil || after != before {
		t.Errorf("the validator's refusal left %d events, %v", after-before, err)
	}
}

func sameRefusal(t *testing.T, whose string, got error, want *forum.Error) {
	t.Helper()
	refusal, ok := errors.AsType[*forum.Error](got)
	if !ok || !reflect.DeepEqual(refusal, want) {
		t.Errorf("%s refusal: got %#v, want %#v", whose, got, want)
	}
}
