package postgres_test

import (
	"testing"

	"acropolis/forum"
)

func (c city) saveCorrection(id forum.ID, base int, reason string, paragraphs ...forum.Paragraph) error {
	return c.SaveCorrection(c.t.Context(), c.official("road.drafter"), "10.0.0.2", id, base, reason, paragraphs)
}

// corrected puts a published response right, with its approval.
func (c city) corrected(id forum.ID, base int, reason string, paragraphs ...forum.Paragraph) forum.Approval {
	c.t.Helper()
	c.must(c.saveCorrection(id, base, reason, paragraphs...))
	c.mustInForum("road.drafter", forum.CorrectResponse, id, "", c.line("road.head"))
	return c.signed(forum.TheCorrection, id, "road.head")
}

func (c city) answered(texts ...string) (id forum.ID, opinions []forum.Accepted) {
	c.t.Helper()
	id, opinions = c.responding(texts...)
	c.saveResponse(id, 0, onTheRest)
	c.mustInForum("road.drafter", forum.SubmitResponse, id, "", c.line("road.head"))
	c.signed(forum.TheResponse, id, "road.head")
	c.mustInForum("officer", forum.PublishResponse, id, "", nil)
	return id, opinions
}

func (c city) read(id forum.ID) forum.Response {
	c.t.Helper()
	r, err := c.Results(c.t.Context(), id)
	c.must(err)
	return r.Response
}

// TestPublishedResponseIsPutRight: citizens read the old text until the new one is approved, then the new one with its reason
// and its day, and those who were answered are told, each time once.
func TestPublishedResponseIsPutRight(t *testing.T) {
	c := newCity(t)
	c.subscriber("reader")
	id, opinions := c.answered("광장에 잔디를 심읍시다", "교통은 어떻게 합니까")
	old := c.read(id)
	refused(t, c.saveCorrection(id, 1, "", onSquare), forum.Invalid, "reason.missing")
	refused(t, c.saveCorrection(id, 1, "금액이 잘못되었습니다.", forum.Paragraph{Text: "하지 않겠습니다.", Disposition: forum.NotAdopted}), forum.Invalid, "reason.missing")
	refused(t, c.saveCorrection(id, 0, "금액이 잘못되었습니다.", onSquare), forum.Conflict, "response.saved_by_another")
	refused(t, c.SaveCorrection(t.Context(), c.official("parks.head"), "", id, 1, "금액이 잘못되었습니다.", []forum.Paragraph{onSquare}), forum.Forbidden, "duty.missing")
	_, err := c.inForum("road.drafter", forum.CorrectResponse, id, "", c.line("road.head"))
	refused(t, err, forum.Invalid, "correction.nothing")

	c.must(c.saveCorrection(id, 1, "금액이 잘못되었습니다.", onTraffic, onSquare))
	c.mustInForum("road.drafter", forum.CorrectResponse, id, "", c.line("road.head"))
	if now := c.read(id); now.Status != forum.ResponsePublished || now.Version != 1 || now.Paragraphs[0].Text != old.Paragraphs[0].Text || now.Document != old.Document || len(now.Corrections) > 0 {
		t.Errorf("before its approval citizens read %+v", now)
	}
	approved := c.signed(forum.TheCorrection, id, "road.head")
	now := c.read(id)
	if now.Status != forum.ResponseCorrected || now.Paragraphs[0].Text != onTraffic.Text || now.Document != approved.Document || !now.PublishedAt.Equal(old.PublishedAt) {
		t.Errorf("then they read %+v", now)
	}
	if len(now.Corrections) != 1 || now.Corrections[0].Reason != "금액이 잘못되었습니다." || now.Corrections[0].At.IsZero() {
		t.Errorf("corrections: %+v", now.Corrections)
	}
	for i, want := range []int{1, 0} {
		if got := one[int](t, c.Store, `SELECT answered_by FROM opinions WHERE id = $1`, opinions[i].ID); got != want {
			t.Errorf("opinion %d is answered by paragraph %d, want %d", i, got, want)
		}
	}
	c.must(c.ModerateOpinion(t.Context(), c.official("moderator"), "", forum.Verdict{Opinion: opinions[0].ID, To: forum.AnswerHide, Reason: "광고입니다."}))
	c.corrected(id, 2, "표현을 다듬었습니다.", onTheRest)
	if got := one[int](t, c.Store, `SELECT answered_by FROM opinions WHERE id = $1`, opinions[0].ID); got != 0 {
		t.Errorf("a hidden opinion is answered by paragraph %d of one", got)
	}
	if now := c.read(id); now.Version != 3 || len(now.Corrections) != 2 || now.Corrections[0].Reason != "표현을 다듬었습니다." {
		t.Errorf("corrected again they read %+v", now)
	}
	if n := c.mails(forum.MailResponseCorrected); n != 3 {
		t.Errorf("%d letters, want one to the author, who is hidden the second time, and two to the subscriber", n)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM response_versions WHERE forum_id = $1`, id); n != 3 {
		t.Errorf("%d versions are kept, want 3", n)
	}
	c.wantNothingWrong()
}

// TestEditOfACorrectionInReviewMakesItsApprovalVoid, and nothing that was not signed reaches the public.
func TestEditOfACorrectionInReviewMakesItsApprovalVoid(t *testing.T) {
	c := newCity(t)
	id, _ := c.answered("광장에 잔디를 심읍시다")
	c.must(c.saveCorrection(id, 1, "금액이 잘못되었습니다.", onTheRest))
	c.mustInForum("road.drafter", forum.CorrectResponse, id, "", c.line("road.head"))
	a, err := c.ApprovalOf(t.Context(), forum.TheCorrection, id)
	c.must(err)
	c.must(c.saveCorrection(id, 2, "금액과 날짜가 잘못되었습니다.", onTheRest))
	if a, err = c.Approval(t.Context(), a.ID); err != nil || a.Status != forum.Voided || a.Holds() {
		t.Errorf("the document is %s and holds: %v (%v)", a.Status, a.Holds(), err)
	}
	c.mustInForum("road.drafter", forum.CorrectResponse, id, "", c.line("road.head"))
	exec(t, c.Store, `UPDATE response_versions SET correction = '아무것도 아닙니다.' WHERE forum_id = $1 AND version = 3`, id)
	a, err = c.ApprovalOf(t.Context(), forum.TheCorrection, id)
	c.must(err)
	if _, err := c.SignApproval(t.Context(), c.decided("road.head", forum.SignApproval, forum.TheApproval, a.ID, "", forum.SignatureDetails{})); forum.CodeOf(err) != forum.Conflict {
		t.Errorf("a text that was changed behind its approval was signed: %v", err)
	}
	if now := c.read(id); now.Version != 1 || len(now.Corrections) > 0 {
		t.Errorf("citizens read version %d", now.Version)
	}
}

// TestForumIsNotArchivedOverACorrectionInReview.
func TestForumIsNotArchivedOverACorrectionInReview(t *testing.T) {
	c := newCity(t)
	id, _ := c.answered("광장에 잔디를 심읍시다")
	c.must(c.saveCorrection(id, 1, "금액이 잘못되었습니다.", onTheRest))
	c.mustInForum("road.drafter", forum.CorrectResponse, id, "", c.line("road.head"))
	c.mustInForum("road.drafter", forum.PlanFollowUp, id, "더 할 일이 없습니다.", forum.MilestonesDetails{})
	facts, err := c.ArchiveForum(t.Context(), id)
	c.must(err)
	if facts.Status != forum.Following {
		t.Errorf("the forum is %s", facts.Status)
	}
	c.signed(forum.TheCorrection, id, "road.head")
	if facts, err = c.ArchiveForum(t.Context(), id); err != nil || facts.Status != forum.Archived {
		t.Errorf("then it is %s (%v)", facts.Status, err)
	}
	refused(t, c.saveCorrection(id, 2, "늦었습니다.", onTheRest), forum.Conflict, "procedure.moved_on")
}
