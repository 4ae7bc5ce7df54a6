package postgres_test

import (
	"slices"
	"strings"
	"testing"

	"acropolis/forum"
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
