package public

import (
	"strings"
	"testing"
	"time"

	"acropolis/forum"
)

func TestAuthorWithdrawsAnAcceptedSuggestionByReceipt(t *testing.T) {
	s := aCity()
	s.status = forum.ReceiptStatus{Noun: forum.TheSuggestion, Suggestion: &s.suggestions[0], History: []forum.StatusChange{{Status: "accepted", At: time.Now()}}}
	h := serve(t, s)
	if body := wantPage(t, ask(h, "GET", "/ko/receipts/"+string(receipt), ""), 200, "ko"); !strings.Contains(body, "/withdraw") || !strings.Contains(body, "목록에서 빠져") {
		t.Error(body)
	}
	wantStatus(t, ask(h, "POST", "/ko/receipts/"+string(receipt)+"/withdraw", ""), 303)
	if s.changes != 1 {
		t.Errorf("%d changes", s.changes)
	}
	s.suggestions[0].Status = forum.SuggestionShortlisted
	if body := wantPage(t, ask(h, "GET", "/ko/receipts/"+string(receipt), ""), 200, "ko"); strings.Contains(body, "/withdraw") {
		t.Error("a shortlisted suggestion can be withdrawn")
	}
}
