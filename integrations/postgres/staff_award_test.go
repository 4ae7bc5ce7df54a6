package postgres_test

import (
	"strings"
	"testing"

	"acropolis/forum"
)

// awarding is a forum before its jury, with that many opinions by as many authors, the best first.
func (c city) awarding(n int) (id forum.ID, awards []forum.Award) {
	c.t.Helper()
	id = c.open()
	var candidates []forum.Candidate
	for i := range n {
		posted := accept(c.t, c.Store, c.post(id, "의견 "+strings.Repeat("가", i+2), citizen(c.t, c.Store, "author"+number(i))))[0]
		candidates = append(candidates, forum.Candidate{Opinion: posted.ID, Rank: i + 1, Bound: 1 / float64(i+2)})
	}
	c.closedEarly(id)
	_, err := c.BeginAnalysis(c.t.Context(), id)
	c.must(err)
	c.must(c.SaveAnalysis(c.t.Context(), id, forum.Analysis{Forum: id}))
	c.mustInForum("analyst", forum.SubmitAnalysis, id, "", c.line("officer"))
	c.signed(forum.TheAnalysis, id, "officer")
	_, err = c.BeginAwarding(c.t.Context(), id, candidates)
	c.must(err)
	awards, err = c.Awards(c.t.Context(), id, "")
	c.must(err)
	return id, awards
}

func (c city) scored(awards []forum.Award) {
	c.t.Helper()
	for _, a := range awards {
		c.must(c.ScoreAward(c.t.Context(), c.official("juror"), "10.0.0.5", forum.AwardScore{Award: a.ID, Score: 4, Reason: "구체적입니다."}))
	}
}

// picks puts awards into their order.
func picks(awards []forum.Award) []forum.AwardPick {
	var all []forum.AwardPick
	for i, a := range awards {
		all = append(all, forum.AwardPick{Award: a.ID, Rank: i + 1, Reason: "심사 결과"})
	}
	return all
}

func (c city) submitAwards(id forum.ID, picks []forum.AwardPick) error {
	c.t.Helper()
	_, err := c.inForum("officer", forum.SubmitAwards, id, "", forum.AwardsDetails{Picks: picks, LineDetails: c.line("bureau.head")})
	return err
}

func TestJuryScoresBlindAndOnce(t *testing.T) {
	c := newCity(t)
	id, awards := c.awarding(2)
	exec(t, c.Store, `UPDATE opinions SET pseudonym = '홍길동' WHERE forum_id = $1`, id)
	seen, err := c.Awards(t.Context(), id, c.official("juror").ID)
	c.must(err)
	for _, a := range seen {
		if a.Pseudonym != "" || a.For+a.Against != 0 || a.ByRule != 0 || a.Bound != 0 || a.Text == "" {
			t.Errorf("the juror sees %+v", a)
		}
	}
	if officers, _ := c.Awards(t.Context(), id, c.official("officer").ID); officers[0].Pseudonym == "" || officers[0].ByRule != 1 {
		t.Errorf("the officer sees %+v", officers[0])
	}
	refused(t, c.ScoreAward(t.Context(), c.official("juror"), "", forum.AwardScore{Award: awards[0].ID, Score: 0}), forum.Invalid, "score.out_of_range")
	refused(t, c.ScoreAward(t.Context(), c.official("officer"), "", forum.AwardScore{Award: awards[0].ID, Score: 3}), forum.Forbidden, "duty.missing")
	c.must(c.ScoreAward(t.Context(), c.official("juror"), "", forum.AwardScore{Award: awards[0].ID, Score: 2}))
	c.must(c.ScoreAward(t.Context(), c.official("juror"), "", forum.AwardScore{Award: awards[0].ID, Score: 5, Reason: "다시 읽었습니다."}))
	c.must(c.ScoreAward(t.Context(), c.official("juror"), "", forum.AwardScore{Award: awards[1].ID, Conflict: true}))
	all, err := c.Awards(t.Context(), id, "")
	if err != nil || all[0].Mean != 5 || all[0].Scores != 1 || all[1].Scores != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	refused(t, c.submitAwards(id, picks(all)), forum.Invalid, "award.not_scored") // one has only a conflict of interest
	c.must(c.submitAwards(id, picks(all[:1])))
	refused(t, c.ScoreAward(t.Context(), c.official("juror"), "", forum.AwardScore{Award: all[0].ID, Score: 1}), forum.Conflict, "procedure.moved_on")
}

func TestPlacesThatAreNone(t *testing.T) {
	c := newCity(t)
	id, awards := c.awarding(3)
	c.scored(awards)
	exec(t, c.Store, `UPDATE opinions SET author = 'one person' WHERE id = ANY($1::uuid[])`, []string{string(awards[0].Opinion), string(awards[1].Opinion)})
	good := picks(awards)
	for name, test := range map[string]struct {
		picks []forum.AwardPick
		key   string
	}{
		"none":                {nil, "award.no_picks"},
		"two for one person":  {good[:2], "award.one_per_person"},
		"a place left out":    {[]forum.AwardPick{{Award: awards[0].ID, Rank: 2, Reason: "심사"}}, "award.places_broken"},
		"one opinion twice":   {[]forum.AwardPick{good[0], {Award: awards[0].ID, Rank: 2, Reason: "심사"}}, "award.places_broken"},
		"without a reason":    {[]forum.AwardPick{{Award: awards[0].ID, Rank: 1}}, "reason.missing"},
		"another's candidate": {[]forum.AwardPick{{Award: id, Rank: 1, Reason: "심사"}}, "award.not_scored"},
	} {
		t.Run(name, func(t *testing.T) { refused(t, c.submitAwards(id, test.picks), forum.Invalid, test.key) })
	}
	c.must(c.submitAwards(id, []forum.AwardPick{good[0], {Award: awards[2].ID, Rank: 2, Reason: "심사"}}))
	refused(t, c.submitAwards(id, good[:1]), forum.Conflict, "approval.in_review_already")
}

func TestReturnedAwardsAreProposedAnew(t *testing.T) {
	c := newCity(t)
	id, awards := c.awarding(2)
	c.scored(awards)
	c.must(c.submitAwards(id, picks(awards)))
	a, err := c.ApprovalOf(t.Context(), forum.TheAwards, id)
	c.must(err)
	_, err = c.ReturnApproval(t.Context(), c.decided("bureau.head", forum.ReturnApproval, forum.TheApproval, a.ID, "순위를 다시 보십시오.", nil))
	c.must(err)
	c.wantWaits(id, "award.submit officer")
	c.must(c.submitAwards(id, picks([]forum.Award{awards[1], awards[0]})))
	facts, err := c.ForumFacts(t.Context(), id)
	if err != nil || facts.Ready {
		t.Errorf("ready before the approval: %+v, %v", facts, err)
	}
	c.signed(forum.TheAwards, id, "bureau.head")
	decided, err := c.Awards(t.Context(), id, "")
	if err != nil || decided[0].ID != awards[1].ID || decided[0].Status != forum.AwardDecided || decided[0].Rank != 1 {
		t.Errorf("%+v, %v", decided, err)
	}
	if facts, _ = c.ForumFacts(t.Context(), id); !facts.Ready {
		t.Errorf("after the approval: %+v", facts)
	}
	a, err = c.ApprovalOf(t.Context(), forum.TheAwards, id)
	c.must(err)
	if facts, err := c.ApprovalFacts(t.Context(), a.ID); err != nil || len(facts.Starts) != 2 {
		t.Errorf("the approval starts %+v, %v", facts.Starts, err)
	}
	c.wantNothingWrong()
}

func TestRunnerUpIsOfferedWhatAnotherLetLapse(t *testing.T) {
	c := newCity(t)
	ctx := t.Context()
	id, awards := c.awarding(forum.Prizes + 2)
	c.scored(awards)
	c.must(c.submitAwards(id, picks(awards)))
	c.signed(forum.TheAwards, id, "bureau.head")
	a, err := c.ApprovalOf(ctx, forum.TheAwards, id)
	c.must(err)
	facts, err := c.ApprovalFacts(ctx, a.ID)
	if err != nil || len(facts.Starts) != forum.Prizes {
		t.Fatalf("%d prizes start, want %d; %v", len(facts.Starts), forum.Prizes, err)
	}
	runnerUp := awards[forum.Prizes].ID
	_, err = c.OfferAward(ctx, runnerUp)
	refused(t, err, forum.Conflict, "award.not_due")

	var offer forum.AwardFacts
	for range 2 {
		if offer, err = c.OfferAward(ctx, awards[0].ID); err != nil || offer.Status != forum.AwardOffered {
			t.Fatalf("%+v, %v", offer, err)
		}
	}
	if c.mails(forum.MailAwardOffered) != 1 {
		t.Fatalf("%d letters to the winner", c.mails(forum.MailAwardOffered))
	}
	secret := one[string](t, c.Store, `SELECT data ->> 'secret' FROM mails WHERE kind = 'award_offered'`)
	page, f, err := c.AwardOffer(ctx, secret)
	if err != nil || page.ID != awards[0].ID || f.ID != id || !page.AnswerBy.Equal(offer.AnswerBy) {
		t.Errorf("the one-time page: %+v, %v", page, err)
	}
	_, _, err = c.AwardOffer(ctx, secret[:31]+"x")
	refused(t, err, forum.NotFound, "page.not_found")

	exec(t, c.Store, `UPDATE awards SET answer_by = now() + interval '5 seconds' WHERE id = $1`, awards[0].ID)
	_, err = c.LapseAward(ctx, awards[0].ID)
	refused(t, err, forum.Unavailable, "clock.too_early")
	exec(t, c.Store, `UPDATE awards SET answer_by = now() - interval '1 second' WHERE id = $1`, awards[0].ID)
	_, err = c.AnswerAward(ctx, c.decided("", forum.AnswerAward, forum.TheAward, awards[0].ID, "", forum.AnswerDetails{Accept: true}))
	refused(t, err, forum.Conflict, "award.answer_late")
	for range 2 {
		facts, err := c.LapseAward(ctx, awards[0].ID)
		if err != nil || facts.Status != forum.AwardLapsed || len(facts.Starts) != forum.Prizes {
			t.Fatalf("%+v, %v: want the four other winners and the runner-up started", facts, err)
		}
	}
	if _, err = c.OfferAward(ctx, runnerUp); err != nil {
		t.Fatalf("the runner-up's turn: %v", err)
	}
	_, err = c.OfferAward(ctx, awards[forum.Prizes+1].ID)
	refused(t, err, forum.Conflict, "award.not_due")

	declined, err := c.AnswerAward(ctx, c.decided("", forum.AnswerAward, forum.TheAward, runnerUp, "", forum.AnswerDetails{}))
	if err != nil || declined.Status != forum.AwardDeclined {
		t.Fatalf("%+v, %v", declined, err)
	}
	if _, err = c.OfferAward(ctx, awards[forum.Prizes+1].ID); err != nil {
		t.Errorf("the next runner-up's turn: %v", err)
	}
	c.wantNothingWrong()
}

func TestNobodyDeliversWhatWasNotAccepted(t *testing.T) {
	c := newCity(t)
	id, awards := c.awarding(1)
	c.scored(awards)
	c.must(c.submitAwards(id, picks(awards)))
	c.signed(forum.TheAwards, id, "bureau.head")
	_, err := c.OfferAward(t.Context(), awards[0].ID)
	c.must(err)
	_, err = c.DeliverAward(t.Context(), c.decided("officer", forum.DeliverAward, forum.TheAward, awards[0].ID, "", nil))
	refused(t, err, forum.Conflict, "procedure.moved_on")
	refused(t, c.RecordDecision(t.Context(), c.decision("officer", forum.AnswerAward, forum.TheAward, awards[0].ID, "", forum.AnswerDetails{Accept: true})),
		forum.Forbidden, "duty.missing") // no official answers for a winner
}

func TestForumWithoutOpinionsIsAwardedNothing(t *testing.T) {
	c := newCity(t)
	id, _ := c.awarding(0)
	c.wantWaits(id, "award.submit officer")
	c.must(c.submitAwards(id, nil))
	c.signed(forum.TheAwards, id, "bureau.head")
	facts, err := c.BeginResponding(t.Context(), id)
	if err != nil || facts.Status != forum.Responding {
		t.Errorf("%+v, %v", facts, err)
	}
}
