package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
)

// pool suggests that many topics, which the moderator accepts.
func (c city) pool(n int) []forum.ID {
	c.t.Helper()
	var ids []forum.ID
	author := citizen(c.t, c.Store, "author of suggestions")
	for i := range n {
		title := "제안 " + number(i)
		accepted, err := c.Suggest(c.t.Context(), forum.NewSuggestion{Title: title, Text: title + "을 검토해 주십시오.", Lang: "ko", Track: forum.General,
			Kind: forum.ByCitizen, Citizen: author, Idempotency: keyed(title, title)})
		c.must(err)
		c.must(c.Screen(c.t.Context(), c.official("moderator"), "10.0.0.3", forum.Screening{Suggestion: accepted.ID, To: forum.SuggestionAccepted}))
		ids = append(ids, accepted.ID)
	}
	return ids
}

func (c city) round() forum.ID {
	c.t.Helper()
	id, err := c.OpenRound(c.t.Context(), c.official("officer"), "10.0.0.1", forum.General, "2026-12")
	c.must(err)
	return id
}

func (c city) shortlist(round forum.ID, topics ...forum.ID) error {
	c.t.Helper()
	_, err := c.StartScoring(c.t.Context(), c.decided("officer", forum.StartScoring, forum.TheRound, round, "",
		forum.ShortlistDetails{Suggestions: topics, Deadline: time.Now().Add(time.Hour)}))
	return err
}

// tryScore gives a topic the same mark by each criterion.
func (c city) tryScore(uid string, round, topic forum.ID, mark int) error {
	c.t.Helper()
	_, err := c.ScoreTopic(c.t.Context(), c.official(uid), "10.0.0.4", forum.RoundScore{Round: round, Suggestion: topic, Marks: allMarks(mark)})
	return err
}

func (c city) score(uid string, round, topic forum.ID, mark int) {
	c.t.Helper()
	c.must(c.tryScore(uid, round, topic, mark))
}

func (c city) conflict(uid string, round, topic forum.ID) {
	c.t.Helper()
	_, err := c.ScoreTopic(c.t.Context(), c.official(uid), "", forum.RoundScore{Round: round, Suggestion: topic, Conflict: true})
	c.must(err)
}

func allMarks(mark int) map[string]int {
	return map[string]int{"need": mark, "feasibility": mark, "breadth": mark, "urgency": mark}
}

func (c city) deadlineOver(round forum.ID) {
	c.t.Helper()
	exec(c.t, c.Store, `UPDATE rounds SET deadline = now() - interval '2 minutes' WHERE id = $1`, round)
}

func TestOneRoundAMonth(t *testing.T) {
	c := newCity(t)
	c.round()
	_, err := c.OpenRound(t.Context(), c.official("officer"), "", forum.General, "2026-12")
	refused(t, err, forum.Conflict, "round.exists_already")
	_, err = c.OpenRound(t.Context(), c.official("officer"), "", forum.General, "december")
	refused(t, err, forum.Invalid, "round.month_malformed")
	_, err = c.OpenRound(t.Context(), c.official("officer"), "", "old", "2027-01")
	refused(t, err, forum.Invalid, "track.unknown")
	_, err = c.OpenRound(t.Context(), c.official("moderator"), "", forum.Youth, "2026-12")
	refused(t, err, forum.Forbidden, "duty.missing")
}

func TestScoringEndsAhead(t *testing.T) {
	c := newCity(t)
	round, topics := c.round(), c.pool(1)
	_, err := c.StartScoring(t.Context(), c.decided("officer", forum.StartScoring, forum.TheRound, round, "",
		forum.ShortlistDetails{Suggestions: topics, Deadline: time.Now().Add(-time.Hour)}))
	refused(t, err, forum.Invalid, "deadline.in_the_past")
}

func TestShortlistIsOfThePool(t *testing.T) {
	c := newCity(t)
	topics := c.pool(3)
	round := c.round()
	refused(t, c.shortlist(round), forum.Invalid, "round.shortlist_empty")
	rejected := topics[2]
	exec(t, c.Store, `UPDATE suggestions SET status = 'rejected' WHERE id = $1`, rejected)
	refused(t, c.shortlist(round, topics[0], rejected), forum.Invalid, "round.not_in_pool")
	c.must(c.shortlist(round, topics[0]))
	r, err := c.Round(t.Context(), round, "")
	if err != nil || len(r.Candidates) != 1 || !r.Candidates[0].Shortlisted || r.Members != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	if g, _ := c.Suggestion(t.Context(), topics[1], true); g.Status != forum.SuggestionAccepted {
		t.Errorf("the other topic is %s, want it in the pool", g.Status)
	}
}

func TestRoundWithoutQuorumOpensAgain(t *testing.T) {
	c := newCity(t)
	topics := c.pool(2)
	round := c.round()
	c.must(c.shortlist(round, topics...))
	c.score("committee.one", round, topics[0], 5)
	c.deadlineOver(round)
	facts, err := c.DecideRound(t.Context(), round)
	if err != nil || facts.Status != forum.RoundOpen || !facts.Deadline.After(time.Now().Add(24*time.Hour)) {
		t.Fatalf("%+v, %v", facts, err)
	}
	c.wantWaits(round, "round.start_scoring officer")

	c.must(c.shortlist(round)) // the shortlist stays, and so does the score
	c.score("committee.two", round, topics[1], 3)
	c.deadlineOver(round)
	facts, err = c.DecideRound(t.Context(), round)
	if err != nil || facts.Status != forum.RoundDecided {
		t.Fatalf("two of three are a quorum: %+v, %v", facts, err)
	}
	c.wantWaits(round, "round.choose officer")
	c.wantNothingWrong()
}

func TestRoundIsDecidedWhenAllHaveScoredOrAtItsDeadline(t *testing.T) {
	c := newCity(t)
	topics := c.pool(1)
	round := c.round()
	c.must(c.shortlist(round, topics...))
	c.wantWaits(round, "round.score committee.one", "round.score committee.three", "round.score committee.two")
	exec(t, c.Store, `UPDATE rounds SET deadline = now() + interval '5 seconds' WHERE id = $1`, round)
	_, err := c.DecideRound(t.Context(), round)
	refused(t, err, forum.Unavailable, "round.too_early")
	refused(t, c.tryScore("committee.one", round, topics[0], 6),
		forum.Invalid, "score.out_of_range")
	refused(t, c.tryScore("officer", round, topics[0], 5),
		forum.Forbidden, "duty.missing")
	for i, uid := range []string{"committee.one", "committee.two", "committee.three"} {
		for range 2 { // changed until the deadline
			c.score(uid, round, topics[0], 5-i)
		}
	}
	facts, err := c.RoundFacts(t.Context(), round)
	if err != nil || !facts.AllScored {
		t.Fatalf("%+v, %v", facts, err)
	}
	r, err := c.Round(t.Context(), round, c.official("committee.two").ID)
	if err != nil || r.Candidates[0].Tally.Mean != 0 || r.Candidates[0].Mine.Marks["need"] != 4 || r.Scored != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	for range 2 {
		if facts, err = c.DecideRound(t.Context(), round); err != nil || facts.Status != forum.RoundDecided {
			t.Fatalf("%+v, %v", facts, err)
		}
	}
	refused(t, c.tryScore("committee.one", round, topics[0], 1),
		forum.Conflict, "procedure.moved_on")
}

func TestTopicThatIsNotChosenNeedsAReasonAndGoesBackIntoThePool(t *testing.T) {
	c := newCity(t)
	topics := c.pool(2)
	round := c.round()
	c.must(c.shortlist(round, topics...))
	for _, uid := range []string{"committee.one", "committee.two"} {
		for _, topic := range topics {
			c.score(uid, round, topic, 4)
		}
	}
	c.deadlineOver(round)
	_, err := c.DecideRound(t.Context(), round)
	c.must(err)
	choose := func(d forum.ChoiceDetails) error {
		_, err := c.ChooseTopics(t.Context(), c.decided("officer", forum.ChooseTopics, forum.TheRound, round, "", d))
		return err
	}
	minutes := func() error {
		_, err := c.SubmitMinutes(t.Context(), c.decided("officer", forum.SubmitMinutes, forum.TheRound, round, "", c.line("officer.two")))
		return err
	}
	refused(t, choose(forum.ChoiceDetails{Chosen: topics[:1]}), forum.Invalid, "reason.missing")
	refused(t, choose(forum.ChoiceDetails{Chosen: []forum.ID{round}}), forum.Invalid, "round.not_shortlisted")
	refused(t, minutes(), forum.Conflict, "round.not_chosen")
	if n := one[int](t, c.Store, `SELECT count(*) FROM forums`); n != 0 {
		t.Fatalf("%d forums before the choice", n)
	}
	c.must(choose(forum.ChoiceDetails{Chosen: topics[:1], Reasons: map[forum.ID]string{topics[1]: "다음 달에 다시 봅니다."}}))
	refused(t, choose(forum.ChoiceDetails{Chosen: topics[1:]}), forum.Conflict, "round.chosen_already")
	if g, _ := c.Suggestion(t.Context(), topics[1], true); g.Status != forum.SuggestionAccepted {
		t.Errorf("the other topic is %s", g.Status)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE subject_id = $1 AND after IN ('not_selected', 'accepted') AND reason = '다음 달에 다시 봅니다.'`, topics[1]); n != 2 {
		t.Errorf("%d audit rows of the way back", n)
	}
	c.must(minutes())

	// Minutes that come back are owed again.
	a, err := c.ApprovalOf(t.Context(), forum.TheMinutes, round)
	c.must(err)
	_, err = c.ReturnApproval(t.Context(), c.decided("officer.two", forum.ReturnApproval, forum.TheApproval, a.ID, "점수를 확인해 주십시오.", nil))
	c.must(err)
	c.wantWaits(round, "round.submit_minutes officer")
	c.must(minutes())
	if a = c.signed(forum.TheMinutes, round, "officer.two"); a.Status != forum.Approved {
		t.Errorf("the minutes are %s", a.Status)
	}
	c.wantWaits(round)
	c.wantNothingWrong()
}

func TestSupportsAreCarriedOverOncePerPerson(t *testing.T) {
	c := newCity(t)
	topics := c.pool(2)
	exec(t, c.Store, `UPDATE suggestions SET status = 'submitted' WHERE id = $1`, topics[1])
	for i, voters := range []string{"{a,b}", "{b,c}"} {
		exec(t, c.Store, `INSERT INTO supports (suggestion_id, voter, stands, accepted_at) SELECT $1, v::bytea, true, now() FROM unnest($2::text[]) v`, topics[i], voters)
	}
	screen := func(to forum.Screening) error { return c.Screen(t.Context(), c.official("moderator"), "", to) }
	refused(t, screen(forum.Screening{Suggestion: topics[1], To: forum.SuggestionMerged, Reason: "같은 내용입니다."}), forum.Invalid, "suggestion.merge_target_missing")
	refused(t, screen(forum.Screening{Suggestion: topics[1], To: forum.SuggestionMerged, Reason: "같은 내용입니다.", MergeInto: topics[1]}),
		forum.Invalid, "suggestion.merged_into_itself")
	c.must(screen(forum.Screening{Suggestion: topics[1], To: forum.SuggestionMerged, Reason: "같은 내용입니다.", MergeInto: topics[0]}))
	g, err := c.Suggestion(t.Context(), topics[0], true)
	if err != nil || g.Supports != 3 {
		t.Errorf("%d supports, want three persons; %v", g.Supports, err)
	}
	refused(t, screen(forum.Screening{Suggestion: topics[1], To: forum.SuggestionRejected, Reason: "이미 답했습니다."}), forum.Conflict, "procedure.moved_on")
}
