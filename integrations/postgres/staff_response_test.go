package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
)

// responding is a forum that waits for the city's answer, with opinions of an author and of nobody known.
func (c city) responding(texts ...string) (id forum.ID, opinions []forum.Accepted) {
	c.t.Helper()
	id = c.open()
	for i, text := range texts {
		author := forum.ID("")
		if i == 0 {
			author = citizen(c.t, c.Store, "the first author")
		}
		opinions = append(opinions, accept(c.t, c.Store, c.post(id, text, author))...)
	}
	c.closedEarly(id)
	_, err := c.BeginAnalysis(c.t.Context(), id)
	c.must(err)
	c.must(c.SaveAnalysis(c.t.Context(), id, forum.Analysis{Forum: id, Terms: []forum.TermFigures{{Text: "광장", Opinions: 2, Occurrences: 2}}}))
	c.mustInForum("analyst", forum.SubmitAnalysis, id, "", c.line("officer"))
	c.signed(forum.TheAnalysis, id, "officer")
	_, err = c.BeginAwarding(c.t.Context(), id, nil)
	c.must(err)
	c.must(c.submitAwards(id, nil))
	c.signed(forum.TheAwards, id, "bureau.head")
	_, err = c.BeginResponding(c.t.Context(), id)
	c.must(err)
	return id, opinions
}

func (c city) saveResponse(id forum.ID, base int, paragraphs ...forum.Paragraph) forum.Response {
	c.t.Helper()
	r, err := c.SaveResponse(c.t.Context(), c.official("road.drafter"), "10.0.0.2", id, base, paragraphs)
	c.must(err)
	return r
}

var (
	onSquare  = forum.Paragraph{Text: "광장을 만들겠습니다.", Disposition: forum.Adopted, Terms: []string{"광장", "잔디"}}
	onTraffic = forum.Paragraph{Text: "교통 대책을 마련하겠습니다.", Disposition: forum.PartlyAdopted, Terms: []string{"교통", "잔디"}}
	onTheRest = forum.Paragraph{Text: "주신 의견을 살피겠습니다.", Disposition: forum.ForLater}
)

func TestResponseIsDueTwentyWorkingDaysAfterTheClose(t *testing.T) {
	c := newCity(t)
	id, _ := c.responding()
	due := one[time.Time](t, c.Store, `SELECT due FROM owed WHERE subject_id = $1 AND kind = 'response.submit' AND done_at IS NULL`, id)
	closed := one[time.Time](t, c.Store, `SELECT closed_at FROM forums WHERE id = $1`, id)
	if days := due.Sub(closed).Hours() / 24; days < 25 || days > 40 {
		t.Errorf("due %.0f days after the close; twenty working days are four weeks and more", days)
	}
}

func TestResponseThatAnswersNotEverythingIsNotSubmitted(t *testing.T) {
	c := newCity(t)
	id, _ := c.responding("광장을 만들어 주십시오.")
	submit := func() error {
		_, err := c.inForum("road.drafter", forum.SubmitResponse, id, "", c.line("road.head"))
		return err
	}
	refused(t, submit(), forum.Invalid, "response.empty")
	r := c.saveResponse(id, 0, forum.Paragraph{Text: "교통 대책을 마련하겠습니다.", Disposition: forum.Adopted, Terms: []string{"교통"}})
	if len(r.Unanswered) != 1 || r.Unanswered[0] != "광장" {
		t.Errorf("unanswered: %v", r.Unanswered)
	}
	refused(t, submit(), forum.Invalid, "response.unanswered")
	_, err := c.SaveResponse(t.Context(), c.official("road.drafter"), "", id, 1, []forum.Paragraph{{Text: "하지 않겠습니다.", Disposition: forum.NotAdopted}})
	refused(t, err, forum.Invalid, "reason.missing")
	_, err = c.SaveResponse(t.Context(), c.official("road.drafter"), "", id, 0, []forum.Paragraph{onTheRest})
	refused(t, err, forum.Conflict, "response.saved_by_another")
	_, err = c.SaveResponse(t.Context(), c.official("parks.head"), "", id, 1, []forum.Paragraph{onTheRest})
	refused(t, err, forum.NotFound, "page.not_found")
	c.saveResponse(id, 1, onTheRest)
	c.must(submit())
}

func TestResponseIsPublishedAsItWasApproved(t *testing.T) {
	c := newCity(t)
	c.subscriber("reader")
	id, opinions := c.responding("광장에 잔디와 교통 시설을", "잔디를 심읍시다", "아무 말", "숨은 말")
	exec(t, c.Store, `UPDATE opinions SET status = 'hidden' WHERE id = $1`, opinions[3].ID)
	exec(t, c.Store, `INSERT INTO audit (by_kind, action, noun, subject_id, forum_id, before, after) VALUES ('system', 'test', 'opinion', $1, $2, 'published', 'hidden')`, opinions[3].ID, id)
	publish := func() error {
		_, err := c.inForum("officer", forum.PublishResponse, id, "", nil)
		return err
	}
	refused(t, publish(), forum.Conflict, "response.not_approved")
	c.saveResponse(id, 0, onSquare, onTraffic, onTheRest)
	c.mustInForum("road.drafter", forum.SubmitResponse, id, "", c.line("road.head"))
	refused(t, publish(), forum.Conflict, "response.not_approved")
	c.signed(forum.TheResponse, id, "road.head")
	exec(t, c.Store, `UPDATE response_versions SET paragraphs = jsonb_set(paragraphs, '{0,text}', '"아무것도 하지 않겠습니다."') WHERE forum_id = $1`, id)
	refused(t, publish(), forum.Conflict, "approval.text_changed")
	exec(t, c.Store, `UPDATE response_versions SET paragraphs = jsonb_set(paragraphs, '{0,text}', to_jsonb($2::text)) WHERE forum_id = $1`, id, onSquare.Text)
	c.must(publish())

	for i, want := range []int{0, 0, 2} { // most of its terms, the first of equals, none at all
		if got := one[int](t, c.Store, `SELECT answered_by FROM opinions WHERE id = $1`, opinions[i].ID); got != want {
			t.Errorf("opinion %d is answered by paragraph %d, want %d", i, got, want)
		}
	}
	if one[bool](t, c.Store, `SELECT answered_by IS NOT NULL FROM opinions WHERE id = $1`, opinions[3].ID) {
		t.Error("a hidden opinion is answered in public")
	}
	if c.mails(forum.MailResponsePublished) != 2 {
		t.Errorf("%d letters, want one to the author and one to the subscriber", c.mails(forum.MailResponsePublished))
	}
	_, err := c.SaveResponse(t.Context(), c.official("road.drafter"), "", id, 1, []forum.Paragraph{onTheRest})
	refused(t, err, forum.Conflict, "procedure.moved_on")
	c.wantNothingWrong()
}

func TestEditAfterTheApprovalTakesItAway(t *testing.T) {
	c := newCity(t)
	id, _ := c.responding()
	c.saveResponse(id, 0, onTheRest)
	c.mustInForum("road.drafter", forum.SubmitResponse, id, "", c.line("road.head"))
	approved := c.signed(forum.TheResponse, id, "road.head")
	r := c.saveResponse(id, 1, onTheRest, onSquare)
	if r.Status != forum.ResponseDraft {
		t.Errorf("the response is %s", r.Status)
	}
	c.wantWaits(id, "response.submit drafter of road")
	if a, _ := c.Approval(t.Context(), approved.ID); a.Status != forum.Approved || a.Holds() {
		t.Errorf("the document: %s, holds %v; want it to stay and to hold no more", a.Status, a.Holds())
	}
	_, err := c.inForum("officer", forum.PublishResponse, id, "", nil)
	refused(t, err, forum.Conflict, "approval.text_changed")

	c.mustInForum("road.drafter", forum.SubmitResponse, id, "", c.line("road.head"))
	r = c.saveResponse(id, 2, onTheRest) // and an edit in review voids
	a, err := c.ApprovalOf(t.Context(), forum.TheResponse, id)
	if err != nil || a.Status != forum.Voided || r.Status != forum.ResponseDraft {
		t.Errorf("%s, %s, %v", a.Status, r.Status, err)
	}
	c.mustInForum("road.drafter", forum.SubmitResponse, id, "", c.line("road.head"))
	a, err = c.ApprovalOf(t.Context(), forum.TheResponse, id)
	c.must(err)
	_, err = c.ReturnApproval(t.Context(), c.decided("road.head", forum.ReturnApproval, forum.TheApproval, a.ID, "더 자세히 써 주십시오.", nil))
	c.must(err)
	c.wantWaits(id, "response.submit road.drafter")
	r = c.saveResponse(id, 3, onTheRest, onTraffic)
	c.wantWaits(id, "response.submit road.drafter")
	c.mustInForum("road.drafter", forum.SubmitResponse, id, "", c.line("road.head"))
	a, err = c.ApprovalOf(t.Context(), forum.TheResponse, id)
	c.must(err)
	_, err = c.RecallApproval(t.Context(), c.decided("road.drafter", forum.RecallApproval, forum.TheApproval, a.ID, "", nil))
	c.must(err)
	if r, _ = c.Response(t.Context(), id); r.Status != forum.ResponseDraft {
		t.Errorf("recalled, the response is %s", r.Status)
	}
	c.wantNothingWrong()
}

func TestPromisesAreKeptLateOrDropped(t *testing.T) {
	c := newCity(t)
	c.subscriber("reader")
	id, _ := c.responding()
	c.saveResponse(id, 0, onTheRest)
	c.mustInForum("road.drafter", forum.SubmitResponse, id, "", c.line("road.head"))
	c.signed(forum.TheResponse, id, "road.head")
	c.mustInForum("officer", forum.PublishResponse, id, "", nil)

	_, err := c.inForum("road.drafter", forum.PlanFollowUp, id, "", forum.MilestonesDetails{})
	refused(t, err, forum.Invalid, "reason.missing")
	soon := time.Now().Add(time.Hour)
	c.mustInForum("road.drafter", forum.PlanFollowUp, id, "", forum.MilestonesDetails{Milestones: []forum.Milestone{
		{Title: "설계", Due: soon}, {Title: "착공", Due: soon.AddDate(0, 1, 0)}, {Title: "개장", Due: soon.AddDate(0, 6, 0)}}})
	m, err := c.Milestones(t.Context(), id)
	c.must(err)
	facts, err := c.ForumFacts(t.Context(), id)
	if err != nil || facts.Due.IsZero() || facts.Due.After(soon.Add(time.Minute)) {
		t.Errorf("the forum minds its milestones: %+v, %v", facts, err)
	}
	exec(t, c.Store, `UPDATE milestones SET due = now() - interval '1 second' WHERE id = $1`, m[0].ID)
	exec(t, c.Store, `UPDATE owed SET due = now() - interval '1 second', next_at = now() - interval '1 second' WHERE subject_id = $1`, m[0].ID)
	c.must(c.Remind(t.Context(), forum.TheForum, id))
	if m, _ = c.Milestones(t.Context(), id); m[0].Status != forum.MilestoneLate {
		t.Errorf("past its date it is %s", m[0].Status)
	}
	facts, err = c.ArchiveForum(t.Context(), id)
	if err != nil || facts.Status != forum.Following {
		t.Errorf("with promises open: %+v, %v", facts, err)
	}
	c.mustInForum("road.drafter", forum.CompleteMilestone, id, "설계를 마쳤습니다.", forum.MilestoneDetails{Milestone: m[0].ID})
	c.mustInForum("road.drafter", forum.CompleteMilestone, id, "", forum.MilestoneDetails{Milestone: m[1].ID})
	_, err = c.inForum("officer", forum.CompleteMilestone, id, "", forum.MilestoneDetails{Milestone: id})
	refused(t, err, forum.NotFound, "page.not_found")
	_, err = c.inForum("officer", forum.DropMilestone, id, "이미 마쳤습니다.", forum.MilestoneDetails{Milestone: m[0].ID})
	refused(t, err, forum.Conflict, "procedure.moved_on")
	facts = c.mustInForum("officer", forum.DropMilestone, id, "예산이 없습니다.", forum.MilestoneDetails{Milestone: m[2].ID})
	if !facts.Ready || c.mails(forum.MailMilestoneDone) != 2 {
		t.Errorf("%+v, %d letters", facts, c.mails(forum.MailMilestoneDone))
	}
	c.wantWaits(id)
	if facts, err = c.ArchiveForum(t.Context(), id); err != nil || facts.Status != forum.Archived {
		t.Errorf("%+v, %v", facts, err)
	}
	c.wantNothingWrong()
}
