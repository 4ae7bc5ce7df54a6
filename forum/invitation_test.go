package forum_test

import (
	"testing"

	"acropolis/forum"
)

func TestMaskedNameTellsNobodyWhoItIs(t *testing.T) {
	for name, want := range map[string]string{"김교통": "김○○", "Jane Doe": "J○○", "": ""} {
		if got := forum.MaskName(name); got != want {
			t.Errorf("%q is masked as %q, want %q", name, got, want)
		}
	}
}

func TestOfficerPublishesOnlyWhatItsAuthorAgreedTo(t *testing.T) {
	whole := forum.Invitation{Kind: forum.InvitedOpinion, Status: forum.InvitationSubmitted, Draft: forum.InvitedDraft{Consent: forum.ConsentYes}}
	if !whole.Publishable() {
		t.Error("an agreed opinion can't be published")
	}
	for _, consent := range []string{"", forum.ConsentNo} {
		one := whole
		one.Draft.Consent = consent
		if one.Publishable() {
			t.Errorf("published with the consent %q", consent)
		}
	}
	suggestion := whole
	suggestion.Kind = forum.InvitedSuggestion
	if suggestion.Publishable() {
		t.Error("a suggestion goes its own way")
	}
}
