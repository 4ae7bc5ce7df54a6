package postgres_test

import (
	"testing"

	"acropolis/forum"
)

// accepted is a suggestion that has passed the screening, with its author's receipt.
func (c city) accepted(title string) forum.Accepted {
	c.t.Helper()
	author := citizen(c.t, c.Store, "author of "+title)
	suggested, err := c.Suggest(c.t.Context(), forum.NewSuggestion{Title: title, Text: "시청 앞 차로를 시민 광장으로 바꿉시다.", Lang: "ko", Track: forum.General,
		Kind: forum.ByCitizen, Citizen: author, Idempotency: keyed(title, title)})
	c.must(err)
	c.must(c.Screen(c.t.Context(), c.official("moderator"), "", forum.Screening{Suggestion: suggested.ID, To: forum.SuggestionAccepted}))
	return suggested
}

func (c city) suggestionStatus(id forum.ID) forum.SuggestionStatus {
	return one[forum.SuggestionStatus](c.t, c.Store, `SELECT status FROM suggestions WHERE id = $1`, id)
}

func (c city) urgent(suggestion forum.ID) (forum.ID, error) {
	return c.StartUrgent(c.t.Context(), c.official("officer"), "10.0.0.1", forum.NewUrgent{Suggestion: suggestion, Reason: "장마 전에 정해야 합니다.", LineDetails: c.line("officer.two", "mayor")})
}

func TestApprovedUrgentTopicIsAForumOutsideOfARound(t *testing.T) {
	c := newCity(t)
	suggested := c.accepted("침수 대책")
	_, err := c.Support(t.Context(), forum.NewSupport{Suggestion: suggested.ID, Citizen: citizen(t, c.Store, "supporter"), Stands: true})
	c.must(err)
	approval, err := c.urgent(suggested.ID)
	c.must(err)
	_, err = c.urgent(suggested.ID)
	refused(t, err, forum.Conflict, "approval.in_review_already")
	if c.suggestionStatus(suggested.ID) != forum.SuggestionAccepted || one[int](t, c.Store, `SELECT count(*) FROM forums`) != 0 {
		t.Error("something changed before the approval")
	}
	a := c.signed(forum.TheUrgent, suggested.ID, "officer.two", "mayor")
	if a.ID != approval || a.Status != forum.Approved || a.Document == "" || !a.Holds() {
		t.Errorf("%+v", a)
	}
	facts, err := c.ApprovalFacts(t.Context(), approval)
	if err != nil || len(facts.Starts) != 1 || facts.Starts[0].Noun != forum.TheForum {
		t.Fatalf("%+v, %v", facts, err)
	}
	f, err := c.Forum(t.Context(), facts.Starts[0].ID)
	if err != nil || f.Status != forum.Selected || f.Title != "침수 대책" {
		t.Errorf("%+v, %v", f, err)
	}
	if c.suggestionStatus(suggested.ID) != forum.SuggestionSelected {
		t.Errorf("the suggestion is %s", c.suggestionStatus(suggested.ID))
	}
	if c.mails(forum.MailSuggestionSelected) != 1 || one[int](t, c.Store, `SELECT count(*) FROM mails WHERE kind = 'suggestion_answered' AND event LIKE '%selected%'`) != 1 {
		t.Error("the proposer, or who backs it, wasn't told")
	}
	c.wantWaits(f.ID, "assignment.propose officer")
	c.wantNothingWrong()
}

func TestUrgentTopicThatComesBackChangesNothing(t *testing.T) {
	c := newCity(t)
	for i, back := range []func(d forum.ID) (forum.ApprovalFacts, error){
		func(d forum.ID) (forum.ApprovalFacts, error) { return c.ReturnApproval(t.Context(), d) },
		func(d forum.ID) (forum.ApprovalFacts, error) { return c.RecallApproval(t.Context(), d) },
	} {
		suggested := c.accepted("돌아온 주제 " + number(i))
		approval, err := c.urgent(suggested.ID)
		c.must(err)
		_, err = c.BeginReview(t.Context(), approval)
		c.must(err)
		by, action := "officer.two", forum.ReturnApproval
		if i == 1 {
			by, action = "officer", forum.RecallApproval
		}
		facts, err := back(c.decided(by, action, forum.TheApproval, approval, "급하지 않습니다.", nil))
		if err != nil || !facts.Final() || len(facts.Starts) != 0 {
			t.Errorf("%+v, %v", facts, err)
		}
		if c.suggestionStatus(suggested.ID) != forum.SuggestionAccepted {
			t.Errorf("it is %s", c.suggestionStatus(suggested.ID))
		}
		c.wantWaits(suggested.ID)
		_, err = c.urgent(suggested.ID) // and may be tried again
		c.must(err)
	}
	if one[int](t, c.Store, `SELECT count(*) FROM forums`) != 0 {
		t.Error("a forum was made")
	}
	c.wantNothingWrong()
}

func TestOfficersOwnTextIsASuggestionFirst(t *testing.T) {
	c := newCity(t)
	u := forum.NewUrgent{Title: "폭염 쉼터", Text: "폭염 쉼터를 어디에 둘지 묻습니다.", Lang: "ko", Track: forum.General, Reason: "폭염이 시작됩니다.", LineDetails: c.line("mayor"), Idempotency: keyed("u", "u")}
	_, err := c.StartUrgent(t.Context(), c.official("moderator"), "", u)
	refused(t, err, forum.Forbidden, "duty.missing")
	approval, err := c.StartUrgent(t.Context(), c.official("officer"), "", u)
	c.must(err)
	a, err := c.Approval(t.Context(), approval)
	c.must(err)
	s, err := c.Suggestion(t.Context(), a.Subject, true)
	if err != nil || s.Kind != forum.ByOfficial || s.Status != forum.SuggestionAccepted || s.Title != "폭염 쉼터" {
		t.Errorf("%+v, %v", s, err)
	}
	u.Reason = ""
	_, err = c.StartUrgent(t.Context(), c.official("officer"), "", u)
	refused(t, err, forum.Invalid, "reason.missing")
}

// A suggestion that a round has taken up, or its author has taken back, isn't the officer's to start any more.
func TestUrgentTopicThatIsTakenIsNotStarted(t *testing.T) {
	c := newCity(t)
	shortlisted := c.accepted("이달의 후보")
	approval, err := c.urgent(shortlisted.ID)
	c.must(err)
	_, err = c.BeginReview(t.Context(), approval)
	c.must(err)
	exec(t, c.Store, `UPDATE suggestions SET status = 'shortlisted' WHERE id = $1`, shortlisted.ID)
	_, err = c.SignApproval(t.Context(), c.decided("officer.two", forum.SignApproval, forum.TheApproval, approval, "", nil))
	c.must(err)
	_, err = c.SignApproval(t.Context(), c.decided("mayor", forum.SignApproval, forum.TheApproval, approval, "", nil))
	refused(t, err, forum.Conflict, "procedure.moved_on")
	_, err = c.urgent(shortlisted.ID)
	refused(t, err, forum.Conflict, "procedure.moved_on")
	refused(t, c.WithdrawSuggestion(t.Context(), shortlisted.Receipt), forum.Conflict, "suggestion.not_withdrawable")

	withdrawn := c.accepted("거둔 제안")
	approval, err = c.urgent(withdrawn.ID)
	c.must(err)
	c.must(c.WithdrawSuggestion(t.Context(), withdrawn.Receipt))
	c.must(c.WithdrawSuggestion(t.Context(), withdrawn.Receipt)) // pressed twice
	if a, err := c.Approval(t.Context(), approval); err != nil || a.Status != forum.Voided {
		t.Errorf("the document is %s, %v", a.Status, err)
	}
	if one[int](t, c.Store, `SELECT count(*) FROM forums`) != 0 {
		t.Error("a forum was made")
	}
}

func TestAuthorWithdrawsAnAcceptedSuggestion(t *testing.T) {
	c := newCity(t)
	suggested := c.accepted("거둘 제안")
	if c.suggestionStatus(suggested.ID) != forum.SuggestionAccepted {
		t.Fatalf("it is %s", c.suggestionStatus(suggested.ID))
	}
	c.must(c.WithdrawSuggestion(t.Context(), suggested.Receipt))
	if c.suggestionStatus(suggested.ID) != forum.SuggestionWithdrawn {
		t.Errorf("it is %s", c.suggestionStatus(suggested.ID))
	}
	_, err := c.Suggestion(t.Context(), suggested.ID, false)
	refused(t, err, forum.NotFound, "page.not_found")
	refused(t, c.WithdrawSuggestion(t.Context(), "00112233445566778899aabbccddeeff"), forum.NotFound, "receipt.not_found")
	status, err := c.Receipt(t.Context(), suggested.Receipt)
	if err != nil || status.History[len(status.History)-1].Status != string(forum.SuggestionWithdrawn) {
		t.Errorf("%+v, %v", status.History, err)
	}
	c.wantNothingWrong()
}
