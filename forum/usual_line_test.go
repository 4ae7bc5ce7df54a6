package forum_test

import (
	"testing"

	"acropolis/forum"
)

// TestUsualLineAsItMayBeTakenToday: everybody who may sign stays, a consulted department is asked through its new head, and every
// place that is left empty says why.
func TestUsualLineAsItMayBeTakenToday(t *testing.T) {
	place := func(role forum.SignerRole, id forum.ID, department string) forum.UsualSigner {
		return forum.UsualSigner{LineSigner: forum.LineSigner{Role: role, Official: id}, Name: string(id), Department: department}
	}
	line := forum.UsualLine{Signers: []forum.UsualSigner{place(forum.Reviewer, "left", "road"), place(forum.Reviewer, "drafter", "road"), place(forum.Reviewer, "there", "road"),
		place(forum.Consulted, "old", "parks"), place(forum.Consulted, "moved", "water"), place(forum.Consulted, "old.two", "parks"),
		place(forum.Reviewer, "ill", "road"), place(forum.Reviewer, "ill.alone", "road"), place(forum.Approver, "ill.for.drafter", "road")}}
	signers := []forum.Official{{ID: "drafter"}, {ID: "there"}, {ID: "ill", Absent: true, Substitute: "deputy"}, {ID: "ill.alone", Absent: true},
		{ID: "ill.for.drafter", Absent: true, Substitute: "drafter"}}
	heads := []forum.Official{{ID: "new", Department: "parks"}, {ID: "moved", Department: "road"}}
	want := []forum.OfferedPlace{
		{Why: forum.OfferGone}, {Why: forum.OfferOwn}, {Official: "there"},
		{Official: "new", Why: forum.OfferNewHead, Instead: "new"}, {Why: forum.OfferGone}, {Why: forum.OfferGone}, // nobody twice
		{Official: "ill", Why: forum.OfferStandIn, Instead: "deputy"}, {Why: forum.OfferAway}, {Why: forum.OfferAway},
	}
	got := line.Offer("drafter", signers, heads)
	if len(got) != len(want) {
		t.Fatalf("%d places", len(got))
	}
	for i, s := range line.Signers {
		want[i].Role, want[i].Name, want[i].Was = s.Role, s.Name, s.Official
		if got[i] != want[i] {
			t.Errorf("%s: %+v, want %+v", s.Official, got[i], want[i])
		}
	}
}

func TestOnlyWhoeverSignsMayBeDelegatedTo(t *testing.T) {
	for _, duty := range forum.Duties {
		signs := forum.Official{Duties: []forum.Duty{duty}, Department: "road"}.May(forum.SignApproval, "road") == nil
		if err := (forum.Delegation{Noun: forum.TheDossier, Duty: duty}).Validate(); (err == nil) != signs {
			t.Errorf("%s signs: %t, a rule for it: %v", duty, signs, err)
		}
	}
}
