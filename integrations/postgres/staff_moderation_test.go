package postgres_test

import (
	"testing"

	"acropolis/forum"
)

func (c city) moderate(opinion forum.ID, to forum.OpinionStatus, reason string) error {
	c.t.Helper()
	return c.answer(forum.Verdict{Opinion: opinion, To: forum.ModerationAnswer(to), Reason: reason})
}

func (c city) answer(v forum.Verdict) error {
	return c.ModerateOpinion(c.t.Context(), c.official("moderator"), "10.0.0.6", v)
}

func TestHeldOpinionIsOwedAnAnswerBeforeTheAnalysis(t *testing.T) {
	c := newCity(t)
	id := c.open()
	exec(t, c.Store, `UPDATE forums SET moderation = 'before' WHERE id = $1`, id)
	held := accept(t, c.Store, c.post(id, "첫째 말", citizen(t, c.Store, "author")), opinionOf(id, "둘째"))
	c.mustInForum("officer", forum.CloseForum, id, "목적을 이루었습니다.", c.atOnce())
	c.wantWaits(id, "opinion.moderate moderator")
	facts, err := c.BeginAnalysis(t.Context(), id)
	if err != nil || facts.Status != forum.Closed || facts.Ready {
		t.Fatalf("with opinions held: %+v, %v", facts, err)
	}
	queue, err := c.ModerationQueue(t.Context(), forum.QueueFilter{Tab: forum.TabHeld})
	if err != nil || queue.Total != 2 || queue.Rows[0].ID != held[0].ID {
		t.Errorf("the queue: %+v, %v", queue, err)
	}
	refused(t, c.moderate(held[0].ID, forum.OpinionHidden, ""), forum.Invalid, "reason.missing")
	refused(t, c.moderate(held[0].ID, forum.OpinionWithdrawn, ""), forum.Invalid, "opinion.no_such_answer")
	c.must(c.moderate(held[0].ID, forum.OpinionPublished, ""))
	c.wantWaits(id, "opinion.moderate moderator")
	c.must(c.moderate(held[1].ID, forum.OpinionHidden, "욕설입니다."))
	c.wantWaits(id)
	a, err := c.Analysis(t.Context(), id)
	if err != nil || a.Figures.Opinions != 1 {
		t.Errorf("what came in time and is public counts: %+v, %v", a.Figures, err)
	}
	if c.mails(forum.MailOpinionPublished) != 1 {
		t.Error("the author isn't told")
	}
	if facts, err = c.BeginAnalysis(t.Context(), id); err != nil || facts.Status != forum.Analysing {
		t.Errorf("%+v, %v", facts, err)
	}
	c.wantNothingWrong()
}

func TestOpinionHiddenDuringTheAnalysisIsInNoFigure(t *testing.T) {
	c := newCity(t)
	id := c.open()
	posted := accept(t, c.Store, opinionOf(id, "첫째 말"), opinionOf(id, "둘째"))
	c.voted(posted[0].ID, 2, 0)
	c.mustInForum("officer", forum.CloseForum, id, "목적을 이루었습니다.", c.atOnce())
	_, err := c.BeginAnalysis(t.Context(), id)
	c.must(err)
	input, err := c.AnalysisInput(t.Context(), id)
	if err != nil || len(input) != 2 || input[0].Author == "" || input[0].For != 2 {
		t.Fatalf("%+v, %v", input, err)
	}
	c.must(c.SaveAnalysis(t.Context(), id, forum.Analysis{Best: []forum.RankedOpinion{{Opinion: input[0].Opinion, Rank: 1}, {Opinion: input[1].Opinion, Rank: 2}}}))
	c.mustInForum("analyst", forum.SubmitAnalysis, id, "", c.line("officer"))
	c.must(c.moderate(posted[0].ID, forum.OpinionHidden, "욕설입니다."))
	a, err := c.ApprovalOf(t.Context(), forum.TheAnalysis, id)
	if err != nil || a.Status != forum.Voided {
		t.Errorf("the submitted analysis is %s, %v", a.Status, err)
	}
	c.wantWaits(id, "analysis.submit analyst")
	facts, err := c.ForumFacts(t.Context(), id)
	if err != nil || facts.Made || facts.Ready {
		t.Errorf("%+v, %v: want it made anew", facts, err)
	}
	made, err := c.Analysis(t.Context(), id)
	if err != nil || made.Figures.Opinions != 1 || made.Figures.VotesFor != 0 || len(made.Best) != 1 || made.Best[0].ID != posted[1].ID {
		t.Errorf("%+v, %v", made, err)
	}
	_, err = c.inForum("analyst", forum.SubmitAnalysis, id, "", c.line("officer"))
	refused(t, err, forum.Conflict, "analysis.not_made")
	c.wantNothingWrong()
}

func TestApprovedAnalysisStays(t *testing.T) {
	c := newCity(t)
	id := c.open()
	c.mustInForum("officer", forum.CloseForum, id, "목적을 이루었습니다.", c.atOnce())
	_, err := c.BeginAnalysis(t.Context(), id)
	c.must(err)
	c.must(c.SaveAnalysis(t.Context(), id, forum.Analysis{}))
	c.mustInForum("analyst", forum.SubmitAnalysis, id, "", c.line("officer"))
	c.must(c.SaveSummary(t.Context(), c.official("analyst"), "", id, "요약을 고쳤습니다.")) // voids
	c.mustInForum("analyst", forum.SubmitAnalysis, id, "", c.line("officer"))
	c.signed(forum.TheAnalysis, id, "officer")
	refused(t, c.SaveSummary(t.Context(), c.official("analyst"), "", id, "다시 고칩니다."), forum.Conflict, "analysis.approved")
	refused(t, c.SaveSummary(t.Context(), c.official("juror"), "", id, "다시 고칩니다."), forum.Forbidden, "duty.missing")
	_, err = c.inForum("analyst", forum.SubmitAnalysis, id, "", c.line("officer"))
	refused(t, err, forum.Conflict, "analysis.approved")
	facts, err := c.ForumFacts(t.Context(), id)
	if err != nil || !facts.Ready || !facts.Made {
		t.Errorf("%+v, %v", facts, err)
	}
}

func TestStaffReadHiddenOpinionsAndCitizensDoNot(t *testing.T) {
	c := newCity(t)
	id := c.open()
	posted := accept(t, c.Store, opinionOf(id, "보이는 말"), opinionOf(id, "숨은 말"))
	c.must(c.moderate(posted[1].ID, forum.OpinionHidden, "욕설입니다."))
	hidden, total, err := c.StaffBoard(t.Context(), forum.BoardFilter{Forum: id, Status: forum.OpinionHidden})
	if err != nil || total != 1 || hidden[0].Reason != "욕설입니다." {
		t.Errorf("%+v, %d, %v", hidden, total, err)
	}
	public, total, err := c.StaffBoard(t.Context(), forum.BoardFilter{Forum: id})
	if err != nil || total != 1 || public[0].ID != posted[0].ID {
		t.Errorf("%+v, %d, %v", public, total, err)
	}
	c.must(c.Report(t.Context(), id, "ko", func(r forum.Report) error {
		if r.Figures.Opinions != 1 || r.Response != nil {
			t.Errorf("the report of an open forum: %+v", r.Figures)
		}
		for o, err := range r.Opinions {
			if err != nil || o.ID != posted[0].ID {
				t.Errorf("in the report: %+v, %v", o, err)
			}
		}
		return nil
	}))
}
