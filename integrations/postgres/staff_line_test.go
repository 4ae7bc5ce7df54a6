package postgres_test

import (
	"slices"
	"strings"
	"testing"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// lineOf is an approval line laid out as "reviewer road.head".
func (c city) lineOf(places ...string) forum.LineDetails {
	c.t.Helper()
	var line forum.LineDetails
	for _, place := range places {
		role, uid, _ := strings.Cut(place, " ")
		line.Signers = append(line.Signers, forum.LineSigner{Role: forum.SignerRole(role), Official: c.official(uid).ID})
	}
	return line
}

// inReview is a dossier in such a line.
func (c city) inReview(places ...string) (forumID, approval forum.ID) {
	c.t.Helper()
	id := c.preparing()
	c.mustInForum("road.drafter", forum.SubmitDossier, id, "", c.lineOf(places...))
	a, err := c.ApprovalOf(c.t.Context(), forum.TheDossier, id)
	c.must(err)
	_, err = c.BeginReview(c.t.Context(), a.ID)
	c.must(err)
	return id, a.ID
}

// signAs signs with a comment and whatever else the signer chose.
func (c city) signAs(uid string, approval forum.ID, comment string, details forum.SignatureDetails) error {
	c.t.Helper()
	_, err := c.SignApproval(c.t.Context(), c.decided(uid, forum.SignApproval, forum.TheApproval, approval, comment, details))
	return err
}

// history is what was done in a line, as "kind by".
func (c city) history(approval forum.ID) []string {
	c.t.Helper()
	a, err := c.Approval(c.t.Context(), approval)
	c.must(err)
	var all []string
	for _, e := range a.History {
		all = append(all, strings.TrimSpace(string(e.Kind)+" "+e.ByName))
	}
	return all
}

func (c city) wantHistory(approval forum.ID, want ...string) {
	c.t.Helper()
	if got := c.history(approval); !slices.Equal(got, want) {
		c.t.Errorf("what was done in the line: %q, want %q", got, want)
	}
}

// TestConsultedDepartmentsAreAskedAtOnce: each has a clock of its own, the approver waits for all of them, and their opinions stay
// with the document.
func TestConsultedDepartmentsAreAskedAtOnce(t *testing.T) {
	c := newCity(t)
	id, a := c.inReview("reviewer road.head", "consulted parks.head", "consulted analyst", "approver bureau.head")
	c.wantWaits(id, "approval.sign road.head", "forum.set_period officer")
	refused(t, c.sign("parks.head", a), forum.Forbidden, "approval.not_your_turn")
	c.must(c.sign("road.head", a))
	c.wantWaits(id, "approval.sign analyst", "approval.sign parks.head", "forum.set_period officer")
	refused(t, c.sign("bureau.head", a), forum.Forbidden, "approval.not_your_turn")

	exec(t, c.Store, `UPDATE owed SET due = due + interval '1 hour' WHERE subject_id = $1 AND official_id = $2`, a, c.official("parks.head").ID)
	due := `SELECT due::text FROM owed WHERE subject_id = $1 AND done_at IS NULL AND official_id = $2`
	parks := one[string](t, c.Store, due, a, c.official("parks.head").ID)
	c.must(c.signAs("analyst", a, "수치를 확인했습니다.", forum.SignatureDetails{}))
	c.wantWaits(id, "approval.sign parks.head", "forum.set_period officer")
	if still := one[string](t, c.Store, due, a, c.official("parks.head").ID); still != parks {
		t.Errorf("the other's signature moved this one's clock from %s to %s", parks, still)
	}
	refused(t, c.signAs("parks.head", a, "", forum.SignatureDetails{Disagrees: true}), forum.Invalid, "approval.opinion_missing")
	c.must(c.signAs("parks.head", a, "수목 이식 계획을 더해 주십시오.", forum.SignatureDetails{Disagrees: true}))
	c.wantWaits(id, "approval.sign bureau.head", "forum.set_period officer")
	c.must(c.sign("bureau.head", a))

	whole, err := c.Approval(t.Context(), a)
	c.must(err)
	if whole.Status != forum.Approved || whole.Line[1].Status != forum.SignerConsulted || !whole.Line[1].Disagrees || whole.Line[2].Disagrees ||
		whole.Line[1].Comment != "수목 이식 계획을 더해 주십시오." {
		t.Errorf("%s, the line: %+v", whole.Status, whole.Line)
	}
	c.wantHistory(a, "drafted road.drafter", "signed road.head", "consulted analyst", "consulted parks.head", "signed bureau.head")
	c.wantNothingWrong()
}

// TestWhatWasDoneInALineIsKept: nobody takes a row of the record away or writes over it.
func TestWhatWasDoneInALineIsKept(t *testing.T) {
	c := newCity(t)
	_, a := c.inReview("approver road.head")
	for _, sql := range []string{`UPDATE approval_events SET comment = '동의' WHERE approval_id = $1`, `DELETE FROM approval_events WHERE approval_id = $1`} {
		if _, err := c.Pool().Exec(t.Context(), sql, a); err == nil || !strings.Contains(err.Error(), "never changed") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	c.wantHistory(a, "drafted road.drafter")
}

// TestHeadDecidesADossierFinally: the rules of delegation let a department's head decide; whoever comes after is left out, and the
// document says so.
func TestHeadDecidesADossierFinally(t *testing.T) {
	c := newCity(t)
	id, a := c.inReview("reviewer road.head", "reviewer officer", "approver bureau.head")
	c.must(c.signAs("road.head", a, "전결합니다.", forum.SignatureDetails{Final: true}))
	whole, err := c.Approval(t.Context(), a)
	c.must(err)
	if whole.Status != forum.Approved || whole.Document == "" || !whole.Line[0].Final || whole.Line[1].Status != forum.SignerSkipped || whole.Line[2].Status != forum.SignerSkipped {
		t.Errorf("%s %s, the line: %+v", whole.Status, whole.Document, whole.Line)
	}
	c.wantWaits(id, "forum.set_period officer")
	c.wantHistory(a, "drafted road.drafter", "signed road.head", "skipped road.head", "skipped road.head")
	if d, _ := c.Dossier(t.Context(), id); d.Status != forum.DossierApproved {
		t.Errorf("the dossier is %s", d.Status)
	}
	c.wantNothingWrong()
}

// TestNobodyDecidesFinallyWithoutARule: neither who holds no delegated duty, nor another department's head, nor while a department
// in the line is still to be consulted, nor the drafter in whatever hat.
func TestNobodyDecidesFinallyWithoutARule(t *testing.T) {
	c := newCity(t)
	final := forum.SignatureDetails{Final: true}
	_, a := c.inReview("reviewer officer", "approver road.head")
	refused(t, c.signAs("officer", a, "", final), forum.Forbidden, "approval.not_delegated")
	_, a = c.inReview("reviewer parks.head", "approver road.head")
	refused(t, c.signAs("parks.head", a, "", final), forum.Forbidden, "approval.not_delegated")
	_, a = c.inReview("reviewer road.head", "consulted parks.head", "approver bureau.head")
	refused(t, c.signAs("road.head", a, "", final), forum.Conflict, "approval.consulted_first")

	// A department's own rules stand in for the city's.
	exec(t, c.Store, `INSERT INTO delegations (noun, department, duty) VALUES ('dossier', 'road', 'executive')`)
	_, a = c.inReview("reviewer road.head", "approver bureau.head")
	refused(t, c.signAs("road.head", a, "", final), forum.Forbidden, "approval.not_delegated")
	_, a = c.inReview("reviewer mayor", "approver bureau.head")
	c.must(c.signAs("mayor", a, "", final))

	// The drafter stands in for the absent head, who might decide finally: it stays their own draft.
	id := c.preparing()
	c.mustInForum("road.deputy", forum.SubmitDossier, id, "", c.lineOf("reviewer road.head", "approver mayor"))
	own, err := c.ApprovalOf(t.Context(), forum.TheDossier, id)
	c.must(err)
	c.absent("road.head")
	refused(t, c.signAs("road.deputy", own.ID, "", final), forum.Forbidden, "approval.own_draft")
}

// TestSubstituteDecidesFinally: whoever stands in for the head stands in for their delegation too, and the document names both.
func TestSubstituteDecidesFinally(t *testing.T) {
	c := newCity(t)
	_, a := c.inReview("reviewer road.head", "approver bureau.head")
	c.absent("road.head")
	c.must(c.signAs("road.deputy", a, "", forum.SignatureDetails{Final: true}))
	whole, err := c.Approval(t.Context(), a)
	c.must(err)
	if s := whole.Line[0]; whole.Status != forum.Approved || s.Status != forum.SignerSubstitute || !s.Final || s.Name != "road.head" || s.SignedBy != "road.deputy" {
		t.Errorf("%s, the line: %+v", whole.Status, whole.Line)
	}
}

// TestDocumentReturnedToAnEarlierStep stays in review: from there on everybody signs again, and what they had signed stays known.
func TestDocumentReturnedToAnEarlierStep(t *testing.T) {
	c := newCity(t)
	id, a := c.inReview("reviewer officer", "reviewer road.head", "consulted parks.head", "consulted analyst", "approver bureau.head")
	returned := func(uid string, to int) error {
		_, err := c.ReturnApproval(t.Context(), c.decided(uid, forum.ReturnApproval, forum.TheApproval, a, "수치를 다시 확인해 주십시오.", forum.ReturnDetails{To: to}))
		return err
	}
	c.must(c.sign("officer", a))
	c.absent("road.head")
	c.must(c.sign("road.deputy", a))
	c.must(c.signAs("parks.head", a, "수목을 옮길 곳이 없습니다.", forum.SignatureDetails{Disagrees: true}))
	for _, to := range []int{3, 4, 5, 9, -1} { // those who are asked at the same time, themself, later ones, nobody
		refused(t, returned("analyst", to), forum.Invalid, "approval.not_an_earlier_step")
	}
	c.must(c.sign("analyst", a))
	c.must(returned("bureau.head", 2))
	c.wantWaits(id, "approval.sign road.head", "forum.set_period officer")
	whole, err := c.Approval(t.Context(), a)
	c.must(err)
	if whole.Status != forum.InReview || whole.Line[0].Status != forum.SignerApproved || whole.Document != "" {
		t.Errorf("%s, the line: %+v", whole.Status, whole.Line)
	}
	for _, s := range whole.Line[1:] {
		if s.Status != forum.SignerWaiting || !s.At.IsZero() || s.Comment != "" || s.Disagrees || s.SignedBy != "" {
			t.Errorf("%s signs again, but the place holds %+v", s.Name, s)
		}
	}
	c.directory(func(*forum.DirectoryPerson) bool { return true })
	for _, uid := range []string{"road.head", "analyst", "parks.head", "bureau.head"} {
		c.must(c.sign(uid, a))
	}
	c.wantHistory(a, "drafted road.drafter", "signed officer", "signed road.deputy", "consulted parks.head", "consulted analyst", "sent_back bureau.head",
		"signed road.head", "consulted analyst", "consulted parks.head", "signed bureau.head")
	c.wantNothingWrong()
}

func TestNobodyRecallsWhatSomebodyHasSigned(t *testing.T) {
	c := newCity(t)
	_, a := c.inReview("reviewer officer", "reviewer road.head", "approver bureau.head")
	c.must(c.sign("officer", a))
	recall := func() error {
		_, err := c.RecallApproval(t.Context(), c.decided("road.drafter", forum.RecallApproval, forum.TheApproval, a, "", nil))
		return err
	}
	refused(t, recall(), forum.Conflict, "approval.signed_already")
	_, err := c.ReturnApproval(t.Context(), c.decided("road.head", forum.ReturnApproval, forum.TheApproval, a, "다시 봐 주십시오.", forum.ReturnDetails{To: 1}))
	c.must(err)
	refused(t, recall(), forum.Conflict, "approval.signed_already") // nobody's signature stands, but somebody has acted
}

func TestPeopleInTheLineComment(t *testing.T) {
	c := newCity(t)
	_, a := c.inReview("reviewer officer", "approver road.head")
	key := postgres.NewID()
	for range 2 {
		c.must(c.Comment(t.Context(), c.official("road.head"), "10.0.0.3", a, key, "표를 덧붙여 주십시오."))
	}
	c.must(c.Comment(t.Context(), c.official("road.drafter"), "10.0.0.4", a, postgres.NewID(), "다음 판에 넣겠습니다."))
	c.wantHistory(a, "drafted road.drafter", "commented road.head", "commented road.drafter")
	refused(t, c.Comment(t.Context(), c.official("road.head"), "", a, postgres.NewID(), " "), forum.Invalid, "approval.comment_missing")
	refused(t, c.Comment(t.Context(), c.official("parks.head"), "", a, postgres.NewID(), "저도 한마디 하겠습니다."), forum.Forbidden, "approval.not_in_line")
	c.must(c.sign("officer", a))
	c.must(c.sign("road.head", a))
	refused(t, c.Comment(t.Context(), c.official("road.head"), "", a, postgres.NewID(), "늦었습니다."), forum.Conflict, "approval.not_in_review")
	c.wantNothingWrong()
}

// TestEverySignersStepIsTaken walks a place's whole life: also back, when the document is returned to an earlier step.
func TestEverySignersStepIsTaken(t *testing.T) {
	c := newCity(t)
	_, a := c.inReview("reviewer officer", "consulted parks.head", "reviewer road.head", "approver bureau.head")
	stands := func(want ...forum.SignerStatus) {
		t.Helper()
		whole, err := c.Approval(t.Context(), a)
		c.must(err)
		for i, s := range whole.Line {
			if s.Status != want[i] {
				t.Errorf("place %d is %s, want %s", s.Order, s.Status, want[i])
			}
		}
	}
	c.must(c.sign("officer", a))
	c.must(c.sign("parks.head", a))
	c.absent("road.head")
	c.must(c.sign("road.deputy", a))
	stands(forum.SignerApproved, forum.SignerConsulted, forum.SignerSubstitute, forum.SignerWaiting)
	_, err := c.ReturnApproval(t.Context(), c.decided("bureau.head", forum.ReturnApproval, forum.TheApproval, a, "처음부터 다시 봐 주십시오.", forum.ReturnDetails{To: 1}))
	c.must(err)
	stands(forum.SignerWaiting, forum.SignerWaiting, forum.SignerWaiting, forum.SignerWaiting)
}
