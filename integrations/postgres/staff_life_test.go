package postgres_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// TestWholeLifeOfAForum is the journey from a citizen's suggestion to the archive, by the store's calls alone.
func TestWholeLifeOfAForum(t *testing.T) {
	c := newCity(t)
	ctx := t.Context()
	citizen := citizen(t, c.Store, "suggester")

	suggested, err := c.Suggest(ctx, forum.NewSuggestion{Title: "시청 앞 광장", Text: "시청 앞 차로를 시민 광장으로 바꿉시다.", Lang: "ko", Track: forum.General,
		Kind: forum.ByCitizen, Citizen: citizen, Idempotency: keyed("s", "s")})
	c.must(err)
	other, err := c.Suggest(ctx, forum.NewSuggestion{Title: "자전거 도로", Text: "강변에 자전거 도로를 넓혀 주십시오.", Lang: "ko", Track: forum.General,
		Kind: forum.ByCitizen, Citizen: citizen, Idempotency: keyed("o", "o")})
	c.must(err)
	for _, id := range []forum.ID{suggested.ID, other.ID} {
		c.must(c.Screen(ctx, c.official("moderator"), "10.0.0.3", forum.Screening{Suggestion: id, To: forum.SuggestionAccepted}))
	}

	id := c.selection(suggested.ID, other.ID)
	c.wantWaits(id, "assignment.propose officer")

	c.mustInForum("officer", forum.ProposeDepartment, id, "도로 업무입니다.", forum.DepartmentDetails{Department: "road"})
	c.wantWaits(id, "assignment.accept road.head")
	c.mustInForum("road.head", forum.AcceptAssignment, id, "", nil)
	c.wantWaits(id, "dossier.submit drafter of road", "forum.set_period officer")

	_, err = c.SaveDossier(ctx, c.official("road.drafter"), "10.0.0.2", id, 0, wholeDossier)
	c.must(err)
	facts := c.mustInForum("road.drafter", forum.SubmitDossier, id, "", c.line("road.head", "officer"))
	if len(facts.Starts) != 1 || facts.Starts[0].Noun != forum.TheApproval {
		t.Fatalf("starts %v, want the approval", facts.Starts)
	}
	approved := c.signed(forum.TheDossier, id, "road.head", "officer")
	if approved.Status != forum.Approved || !approved.Holds() || approved.Document == "" {
		t.Fatalf("the dossier's approval: %+v", approved)
	}
	opens := time.Now().Add(time.Hour)
	facts = c.mustInForum("officer", forum.SetPeriod, id, "", forum.PeriodDetails{OpensAt: opens, ClosesAt: opens.Add(time.Hour)})
	if !facts.Ready {
		t.Fatal("with dossier and period the forum is not ready to be announced")
	}
	facts, err = c.ScheduleForum(ctx, id)
	c.must(err)
	c.wantWaits(id)
	if _, err := c.OpenForum(ctx, id); err != nil || facts.Status != forum.Scheduled {
		t.Fatalf("an opening an hour ahead: %v, %s", err, facts.Status)
	}
	c.wantStatus(id, forum.Scheduled)
	c.passes(id, time.Hour+time.Minute)
	_, err = c.OpenForum(ctx, id)
	c.must(err)
	c.wantStatus(id, forum.Open)

	posted := accept(t, c.Store, c.post(id, "광장을 잔디로 만들어 주십시오.", citizen), c.post(id, "교통이 걱정입니다. 차로를 남겨 주십시오.", ""))
	c.voted(posted[0].ID, 5, 1)
	c.passes(id, time.Hour)
	facts, err = c.CloseForum(ctx, id)
	c.must(err)
	if facts.Status != forum.Closed || !facts.Ready {
		t.Fatalf("after the close: %+v", facts)
	}
	if c.mails(forum.MailWorkbook) != 1 {
		t.Error("the head got no workbook")
	}
	facts, err = c.BeginAnalysis(ctx, id)
	c.must(err)
	if facts.Made {
		t.Error("the analysis is made before it was")
	}
	c.wantWaits(id, "analysis.submit analyst")
	input, err := c.AnalysisInput(ctx, id)
	c.must(err)
	made := forum.Analysis{Forum: id, Terms: []forum.TermFigures{{Text: "광장", Opinions: 1, Occurrences: 1}, {Text: "교통", Opinions: 1, Occurrences: 1}}}
	for i, o := range input {
		made.Best = append(made.Best, forum.RankedOpinion{Opinion: o.Opinion, Rank: i + 1, Bound: 0.4})
	}
	c.must(c.SaveAnalysis(ctx, id, made))
	c.must(c.SaveSummary(ctx, c.official("analyst"), "10.0.0.4", id, "광장을 바라는 의견이 많습니다."))
	c.mustInForum("analyst", forum.SubmitAnalysis, id, "", c.line("officer"))
	c.signed(forum.TheAnalysis, id, "officer")
	facts, err = c.BeginAwarding(ctx, id, []forum.Candidate{{Opinion: posted[0].ID, Rank: 1, Bound: 0.4}, {Opinion: posted[1].ID, Rank: 2}})
	c.must(err)
	c.wantWaits(id, "award.score juror", "award.submit officer")
	if facts.Status != forum.Awarding || facts.Ready {
		t.Fatalf("awarding: %+v", facts)
	}

	candidates, err := c.Awards(ctx, id, c.official("juror").ID)
	c.must(err)
	if candidates[0].For != 0 || candidates[0].ByRule != 0 {
		t.Error("the juror sees the votes")
	}
	for _, a := range candidates {
		c.must(c.ScoreAward(ctx, c.official("juror"), "10.0.0.5", forum.AwardScore{Award: a.ID, Score: 4, Reason: "구체적입니다."}))
	}
	c.wantWaits(id, "award.submit officer")
	c.mustInForum("officer", forum.SubmitAwards, id, "", forum.AwardsDetails{LineDetails: c.line("bureau.head"),
		Picks: []forum.AwardPick{{Award: candidates[0].ID, Rank: 1, Reason: "가장 많은 공감"}, {Award: candidates[1].ID, Rank: 2, Reason: "좋은 지적"}}})
	a := c.signed(forum.TheAwards, id, "bureau.head")
	if decided, err := c.ApprovalFacts(ctx, a.ID); err != nil || len(decided.Starts) != 2 {
		t.Fatalf("starts %v, want two awards; %v", decided.Starts, err)
	}
	_, err = c.BeginResponding(ctx, id)
	c.must(err)
	c.wantWaits(id, "response.submit drafter of road")
	c.prizeDelivered(candidates[0].ID)

	_, err = c.SaveResponse(ctx, c.official("road.drafter"), "10.0.0.2", id, 0, []forum.Paragraph{
		{Text: "광장을 만들겠습니다.", Disposition: forum.Adopted, Terms: []string{"광장"}},
		{Text: "교통 대책을 마련하겠습니다.", Disposition: forum.PartlyAdopted, Terms: []string{"교통", "차로"}}})
	c.must(err)
	c.mustInForum("road.drafter", forum.SubmitResponse, id, "", c.line("road.head"))
	c.signed(forum.TheResponse, id, "road.head")
	c.wantWaits(id, "response.publish officer")
	c.mustInForum("officer", forum.PublishResponse, id, "", nil)
	if got := one[int](t, c.Store, `SELECT answered_by FROM opinions WHERE id = $1`, posted[1].ID); got != 1 {
		t.Errorf("the opinion on traffic is answered by paragraph %d, want 1", got)
	}
	if c.mails(forum.MailResponsePublished) != 1 {
		t.Errorf("%d letters on the response, want 1 to the one author with an address", c.mails(forum.MailResponsePublished))
	}
	c.wantWaits(id, "followup.plan drafter of road")
	c.mustInForum("road.drafter", forum.PlanFollowUp, id, "", forum.MilestonesDetails{Milestones: []forum.Milestone{{Title: "광장 개장", Due: time.Now().AddDate(0, 6, 0)}}})
	c.wantWaits(id, "followup.complete drafter of road")
	milestones, err := c.Milestones(ctx, id)
	c.must(err)
	c.mustInForum("road.drafter", forum.CompleteMilestone, id, "2004년 5월 개장", forum.MilestoneDetails{Milestone: milestones[0].ID})
	facts, err = c.ArchiveForum(ctx, id)
	c.must(err)
	if facts.Status != forum.Archived || !facts.Final() {
		t.Fatalf("at the end: %+v", facts)
	}
	c.wantWaits(id)
	c.wantNothingWrong()

	var read forum.Report
	count := 0
	c.must(c.Report(ctx, id, "ko", func(r forum.Report) error {
		read = r
		for _, err := range r.Opinions {
			c.must(err)
			count++
		}
		return nil
	}))
	if count != 2 || read.Figures.Opinions != 2 || read.Figures.VotesFor != 5 || len(read.Best) != 2 || read.Response == nil || read.Head != "road.head" {
		t.Errorf("the report: %d opinions, %+v", count, read.Figures)
	}
}

// selection runs a month's round in which the first topic is chosen, and gives its forum.
func (c city) selection(chosen, not forum.ID) forum.ID {
	c.t.Helper()
	ctx := c.t.Context()
	round, err := c.OpenRound(ctx, c.official("officer"), "10.0.0.1", forum.General, "2026-11")
	c.must(err)
	c.wantWaits(round, "round.start_scoring officer")
	_, err = c.StartScoring(ctx, c.decided("officer", forum.StartScoring, forum.TheRound, round, "",
		forum.ShortlistDetails{Suggestions: []forum.ID{chosen, not}, Deadline: time.Now().Add(time.Hour)}))
	c.must(err)
	for i, uid := range []string{"committee.one", "committee.two", "committee.three"} {
		c.score(uid, round, chosen, 5-i)
		c.conflict(uid, round, not)
	}
	facts, err := c.DecideRound(ctx, round)
	c.must(err)
	if facts.Status != forum.RoundDecided {
		c.t.Fatalf("the round is %s", facts.Status)
	}
	facts, err = c.ChooseTopics(ctx, c.decided("officer", forum.ChooseTopics, forum.TheRound, round, "",
		forum.ChoiceDetails{Chosen: []forum.ID{chosen}, Reasons: map[forum.ID]string{not: "다음 달에 다시 보겠습니다."}}))
	c.must(err)
	if len(facts.Starts) != 1 || facts.Starts[0].Noun != forum.TheForum {
		c.t.Fatalf("starts %v, want the forum", facts.Starts)
	}
	_, err = c.SubmitMinutes(ctx, c.decided("officer", forum.SubmitMinutes, forum.TheRound, round, "", c.line("officer.two")))
	c.must(err)
	c.signed(forum.TheMinutes, round, "officer.two")
	if r, err := c.Round(ctx, round, ""); err != nil || r.Status != forum.RoundRecorded {
		c.t.Fatalf("the round: %v, %v", r.Status, err)
	}
	c.wantWaits(round)
	return facts.Starts[0].ID
}

func (c city) post(id forum.ID, text string, citizen forum.ID) forum.NewOpinion {
	o := opinionOf(id, text)
	o.Citizen = citizen
	return o
}

// voted casts votes of that many citizens.
func (c city) voted(opinion forum.ID, inFavour, against int) {
	c.t.Helper()
	for i := range inFavour + against {
		choice := forum.For
		if i >= inFavour {
			choice = forum.Against
		}
		key := string(postgres.NewID())
		sum := sha256.Sum256([]byte(key))
		vote(c.t, c.Store, forum.NewVote{Opinion: opinion, Citizen: citizen(c.t, c.Store, key), Choice: choice,
			Idempotency: forum.Idempotency{Scope: []byte(key), Key: key, Body: sum[:]}})
	}
}

// prizeDelivered takes an award from its offer to the delivery.
func (c city) prizeDelivered(award forum.ID) {
	c.t.Helper()
	ctx := c.t.Context()
	_, err := c.OfferAward(ctx, award)
	c.must(err)
	_, err = c.AnswerAward(ctx, c.decided("", forum.AnswerAward, forum.TheAward, award, "", forum.AnswerDetails{Accept: true, NameShown: true}))
	c.must(err)
	facts, err := c.DeliverAward(ctx, c.decided("officer", forum.DeliverAward, forum.TheAward, award, "", nil))
	c.must(err)
	if facts.Status != forum.AwardDelivered {
		c.t.Fatalf("the award is %s", facts.Status)
	}
}
