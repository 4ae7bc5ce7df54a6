package postgres_test

import (
	"slices"
	"testing"
	"time"

	"acropolis/forum"
)

func (c city) oweModeration() {
	c.t.Helper()
	c.must(c.OweModeration(c.t.Context()))
}

// The clock of an open forum's queue is that of what waits longest in it; it goes with the last of it.
func TestModeratorsOweAnAnswerAsLongAsSomethingWaits(t *testing.T) {
	c := newCity(t)
	id := c.open()
	posted := accept(t, c.Store, opinionOf(id, "첫째 말"), opinionOf(id, "제 전화는 010-1234-5678입니다."), opinionOf(id, "둘째 말"))
	c.must(c.report(posted[0].ID, "one", forum.Insulting, ""))
	exec(t, c.Store, `UPDATE opinion_reports SET reported_at = now() - interval '10 minutes'`)
	c.wantWaiting(1, 1, 0, 2)
	if all := c.waits(id); len(all) != 0 {
		t.Fatalf("owed before anybody looked: %q", all)
	}
	c.oweModeration()
	c.oweModeration() // nothing new
	const clock = `SELECT since = (SELECT min(reported_at) FROM opinion_reports) FROM owed WHERE done_at IS NULL AND subject_id = $1`
	if all := c.waits(id); !slices.Equal(all, []string{"opinion.moderate moderator"}) || !one[bool](t, c.Store, clock, id) {
		t.Fatalf("%q", all)
	}
	c.must(c.answer(forum.Verdict{Opinion: posted[0].ID, To: forum.AnswerSeen, Reason: "문제가 없습니다."}))
	c.oweModeration()
	if all := c.waits(id); len(all) != 1 || !one[bool](t, c.Store, `SELECT since = (SELECT accepted_at FROM opinions WHERE status = 'held') FROM owed WHERE done_at IS NULL AND subject_id = $1`, id) {
		t.Errorf("the clock isn't that of what waits longest now: %q", all)
	}
	c.must(c.answer(forum.Verdict{Opinion: posted[1].ID, To: forum.AnswerHide, Code: forum.Advertising}))
	c.oweModeration()
	if all := c.waits(id); len(all) != 0 {
		t.Errorf("owed, and nothing waits: %q", all)
	}
	c.wantNothingWrong()
}

func TestModeratorsAreRemindedAndTheirSuperiorsTold(t *testing.T) {
	c := newCity(t)
	id := c.open()
	accept(t, c.Store, opinionOf(id, "제 전화는 010-1234-5678입니다."))
	c.oweModeration()
	for _, late := range []time.Duration{-time.Hour, time.Hour, 72 * time.Hour} {
		exec(t, c.Store, `UPDATE owed SET due = now() - $1::interval, next_at = now() WHERE done_at IS NULL AND subject_id = $2`, late, id)
		c.oweModeration()
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM notices WHERE kind <> 'owed' AND owed_id = (SELECT id FROM owed WHERE subject_id = $1 AND kind = 'opinion.moderate')`, id); n < 2 {
		t.Errorf("%d notices after the first", n)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM owed WHERE done_at IS NULL AND next_at <= now()`); n != 0 {
		t.Errorf("%d clocks that nobody minds", n)
	}
}

func TestSecondPersonOfAnExclusionIsWaitedFor(t *testing.T) {
	s := newStore(t)
	id, _ := attacked(t, s)
	officer, analyst := official(t, s, "officer", forum.Officer), official(t, s, "analyst", forum.Analyst)
	x, err := ask(t, s, officer, id)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, s, `UPDATE forums SET title_en = 'The square' WHERE id = $1`, id)
	wants := func(kinds ...forum.Action) {
		t.Helper()
		work, err := s.MyWork(t.Context(), officer)
		if err != nil {
			t.Fatal(err)
		}
		var got []forum.Action
		for _, o := range work {
			if o.Noun == forum.TheExclusion && o.Subject == x && o.Title != "" && o.TitleEn == "The square" {
				got = append(got, o.Kind)
			}
		}
		if !slices.Equal(got, kinds) {
			t.Errorf("owed %q, want %q", got, kinds)
		}
	}
	step := func(by forum.Official, action forum.Action) {
		t.Helper()
		if err := s.DecideExclusion(t.Context(), by, "10.0.0.1", x, action, "확인했습니다."); err != nil {
			t.Fatal(err)
		}
	}
	wants(forum.ConfirmExclusion)
	step(analyst, forum.ConfirmExclusion)
	wants()
	step(analyst, forum.AskUndo)
	wants(forum.ConfirmUndo)
	step(officer, forum.DeclineUndo)
	wants()
}
