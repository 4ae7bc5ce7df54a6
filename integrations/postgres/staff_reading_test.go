package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

func TestOverdueWaitClimbsTheLadderThenIsQuiet(t *testing.T) {
	c := newCity(t)
	id := c.preparing()
	exec(t, c.Store, `UPDATE owed SET done_at = now() WHERE subject_id = $1 AND kind = 'forum.set_period'`, id)
	letters := func() string {
		return fmt.Sprint(c.notices("reminder"), " reminders, ", c.notices("escalation")+c.notices("audit"), " escalations")
	}
	// Two drafters, one superior, one auditor.
	for _, want := range []string{"2 reminders, 0 escalations", "4 reminders, 0 escalations", "4 reminders, 1 escalations", "4 reminders, 2 escalations"} {
		c.late(id)
		c.must(c.Remind(t.Context(), forum.TheForum, id))
		if got := letters(); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
		if err := c.Remind(t.Context(), forum.TheForum, id); err != nil || letters() != want {
			t.Fatalf("the same reminder again: %v, %s", err, letters())
		}
	}
	facts, err := c.ForumFacts(t.Context(), id)
	if err != nil || !facts.Due.IsZero() {
		t.Errorf("after the audit office %s is due, %v", facts.Due, err)
	}
	c.wantWaits(id, "dossier.submit drafter of road") // still owed, and shown as escalated
	if owed, _ := c.OwedOf(t.Context(), forum.TheForum, id); !owed[0].Escalated {
		t.Errorf("%+v", owed)
	}
}

func TestReminderBeforeItsTimeIsRefusedForNow(t *testing.T) {
	c := newCity(t)
	id := c.preparing()
	exec(t, c.Store, `UPDATE owed SET next_at = now() + interval '5 seconds' WHERE subject_id = $1`, id)
	refused(t, c.Remind(t.Context(), forum.TheForum, id), forum.Unavailable, "clock.too_early")
	exec(t, c.Store, `UPDATE owed SET next_at = now() + interval '1 day' WHERE subject_id = $1`, id)
	c.must(c.Remind(t.Context(), forum.TheForum, id))
}

func TestSweepFindsWhatIsUnfinishedAndWhatWaitsInVain(t *testing.T) {
	c := newCity(t)
	ready := func(id forum.ID) string {
		for _, noun := range forum.Procedures {
			for after := forum.ID(""); ; { // one by one, as the Sweep goes on by hundreds
				some, err := c.Unfinished(t.Context(), noun, after, 1)
				c.must(err)
				if len(some) == 0 {
					break
				}
				if after = some[0].ID; after == id {
					return fmt.Sprint(noun, " ", some[0].Ready)
				}
			}
		}
		return "none"
	}
	want := func(what string, id forum.ID, want string) {
		t.Helper()
		if got := ready(id); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	id, a := c.submitted("road.head")
	want("a forum that waits for a signature", id, "forum false")
	want("the approval", a.ID, "approval false")
	exec(t, c.Store, `UPDATE owed SET next_at = now() - interval '2 minutes' WHERE subject_id = $1 AND done_at IS NULL`, a.ID)
	want("an approval whose reminder is due", a.ID, "approval true")
	c.must(c.sign("road.head", a.ID))
	want("an approved document", a.ID, "none")

	open := c.open()
	want("an open board", open, "forum false")
	c.passes(open, 2*60*60*1e9)
	want("an open board whose time is over", open, "forum true")
	_, err := c.CloseForum(t.Context(), open)
	c.must(err)
	want("a closed board with nothing held", open, "forum true")
	want("an archived forum", c.ripe(forum.Archived, false), "none")

	round := c.round()
	want("an open round", round, "round false")
	c.must(c.shortlist(round, c.pool(1)...))
	want("a round that is scored", round, "round false")
	c.deadlineOver(round)
	want("a round past its deadline", round, "round true")

	forumID, awards := c.awarding(1)
	want("a candidate", awards[0].ID, "none")
	c.scored(awards)
	c.must(c.submitAwards(forumID, picks(awards)))
	c.signed(forum.TheAwards, forumID, "bureau.head")
	want("a decided prize whose turn has come", awards[0].ID, "award true")
	_, err = c.OfferAward(t.Context(), awards[0].ID)
	c.must(err)
	exec(t, c.Store, `UPDATE awards SET answer_by = now() - interval '30 seconds' WHERE id = $1`, awards[0].ID)
	want("an offer whose own clock is about to act", awards[0].ID, "award false")
	exec(t, c.Store, `UPDATE awards SET answer_by = now() - interval '2 minutes' WHERE id = $1`, awards[0].ID)
	want("an offer that nobody answered", awards[0].ID, "award true")
	c.must(c.Park(t.Context(), forum.Attention{Workflow: "award-" + string(awards[0].ID), Noun: forum.TheAward, Subject: awards[0].ID, Step: "lapse", Problem: "fault"}))
	want("one that is parked and waits for a person", awards[0].ID, "award false")
}

func TestParkedStepIsShownUntilItIsDone(t *testing.T) {
	c := newCity(t)
	id := c.selectedForum()
	step := forum.Attention{Workflow: "forum-" + string(id), Noun: forum.TheForum, Subject: id, Step: "announce the forum", Problem: "fault"}
	for range 2 {
		c.must(c.Park(t.Context(), step))
	}
	all, err := c.Attention(t.Context())
	if err != nil || len(all) != 1 || all[0].Title != "서울시청 앞 광장" || all[0].Since.IsZero() || all[0].Step != step.Step {
		t.Errorf("%+v, %v", all, err)
	}
	if f, _ := c.Forum(t.Context(), id); !f.Attention {
		t.Error("the forum doesn't show it")
	}
	c.must(c.Unpark(t.Context(), step.Workflow))
	if all, _ = c.Attention(t.Context()); len(all) != 0 {
		t.Errorf("after it was done: %+v", all)
	}
}

func TestTrailTellsWhoDidWhatAndWhy(t *testing.T) {
	c := newCity(t)
	id := c.proposed()
	c.mustInForum("road.head", forum.TransferAssignment, id, "녹지 업무입니다.", forum.DepartmentDetails{Department: "parks"})
	other := c.open()
	trail, total, err := c.Audit(t.Context(), forum.AuditFilter{Noun: forum.TheForum, Subject: id, Size: 2})
	if err != nil || len(trail) != 2 || total < 5 {
		t.Fatalf("%d of %d, %v", len(trail), total, err)
	}
	last := trail[0]
	if last.By != "road.head" || last.From != "10.0.0.1" || last.Reason != "녹지 업무입니다." || last.Noun != forum.TheAssignment ||
		last.Before != "transferred" || last.After != "proposed" || last.Title != "서울시청 앞 광장" {
		t.Errorf("%+v", last)
	}
	_, all, err := c.Audit(t.Context(), forum.AuditFilter{})
	if err != nil || all <= total {
		t.Errorf("the whole trail has %d entries, %v", all, err)
	}
	dossiers, _, err := c.Audit(t.Context(), forum.AuditFilter{Noun: forum.TheDossier, Subject: other})
	if err != nil || len(dossiers) == 0 {
		t.Errorf("the dossier's trail: %v, %v", dossiers, err)
	}
	for _, e := range dossiers {
		if e.Noun != forum.TheDossier {
			t.Errorf("%+v in the dossier's trail", e)
		}
	}
	if mine, _, _ := c.Audit(t.Context(), forum.AuditFilter{Department: "parks"}); len(mine) != 0 {
		t.Errorf("the parks division's own trail: %+v", mine)
	}
}

func TestForumsOfOneDepartment(t *testing.T) {
	c := newCity(t)
	road, asked := c.open(), c.selectedForum()
	c.mustInForum("officer", forum.ProposeDepartment, asked, "", forum.DepartmentDetails{Department: "parks"})
	for name, test := range map[string]struct {
		filter forum.ForumFilter
		want   []forum.ID
	}{
		"all":                  {forum.ForumFilter{}, []forum.ID{asked, road}},
		"the road division's":  {forum.ForumFilter{Department: "road"}, []forum.ID{road}},
		"asked of the parks":   {forum.ForumFilter{Department: "parks"}, []forum.ID{asked}},
		"open ones":            {forum.ForumFilter{Status: forum.Open}, []forum.ID{road}},
		"public ones":          {forum.ForumFilter{Public: true}, []forum.ID{road}},
		"found by their title": {forum.ForumFilter{Query: "광장"}, []forum.ID{asked, road}},
		"found by nothing":     {forum.ForumFilter{Query: "지하철"}, nil},
		"on the youth track":   {forum.ForumFilter{Track: forum.Youth}, nil},
		"the second page":      {forum.ForumFilter{Page: 2, Size: 1}, []forum.ID{road}},
	} {
		t.Run(name, func(t *testing.T) {
			got, total, err := c.Forums(t.Context(), test.filter)
			c.must(err)
			if len(got) != len(test.want) || test.filter.Size == 0 && total != len(test.want) {
				t.Fatalf("%d of %d, want %d", len(got), total, len(test.want))
			}
			for i, f := range got {
				if f.ID != test.want[i] || !strings.HasPrefix(f.Number, "20") {
					t.Errorf("%+v", f)
				}
			}
		})
	}
	_, err := c.Forum(t.Context(), postgres.NewID())
	refused(t, err, forum.NotFound, "page.not_found")
}

// TestReportStreams reads more opinions than one fetch, stops in the middle once, and gives the reader's own error back.
func TestReportStreams(t *testing.T) {
	c := newCity(t)
	id := c.open()
	exec(t, c.Store, `
INSERT INTO opinions (id, forum_id, status, text, author, receipt, salt, accepted_at)
SELECT gen_random_uuid(), $1, CASE WHEN i % 10 = 0 THEN 'hidden' ELSE 'published' END, 'opinion ' || i, '', i::text, '', now() + i * interval '1 microsecond'
FROM generate_series(1, 2500) i`, id)
	stop := errors.New("the disk is full")
	for _, most := range []int{5000, 1500, 1} {
		read := 0
		err := c.Report(t.Context(), id, "en", func(r forum.Report) error {
			for o, err := range r.Opinions {
				c.must(err)
				if o.Status != forum.OpinionPublished {
					t.Fatalf("%s in the report", o.Status)
				}
				if read++; read == most {
					return stop
				}
			}
			if r.Figures.Opinions != read || r.Department.Code != "road" || r.Head != "road.head" || r.Officer != "officer" || r.Source == "" || r.Lang != "en" {
				t.Errorf("%+v", r)
			}
			return nil
		})
		switch {
		case most == 5000 && (err != nil || read != 2250):
			t.Errorf("%d opinions, %v; want 2250", read, err)
		case most < 5000 && !errors.Is(err, stop):
			t.Errorf("after %d opinions: %v, want the reader's own error", read, err)
		}
	}
	refused(t, c.Report(t.Context(), postgres.NewID(), "ko", func(forum.Report) error { return nil }), forum.NotFound, "page.not_found")
}
