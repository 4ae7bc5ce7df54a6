package public

import (
	"testing"

	"acropolis/forum"
)

// TestRatesHoldBeforeAnythingIsSentOrKept: when a network has used up its mails or its suggestions, nothing is mailed or kept, and
// the answer says when to come back.
func TestRatesHoldBeforeAnythingIsSentOrKept(t *testing.T) {
	for _, c := range []struct {
		rate       forum.Rate
		path, body string
	}{
		{forum.MailsOfNetwork, "/api/v1/session", `{"email":"citizen@example.org"}`},
		{forum.MailsOfNetwork, "/api/v1/subscriptions", `{"email":"citizen@example.org"}`},
		{forum.SuggestionsOfNetwork, "/api/v1/suggestions", `{"title":"광장","text":"서울광장에 그늘막을 설치해 주세요."}`},
		{forum.SuggestionsOfPerson, "/api/v1/suggestions", `{"title":"광장","text":"서울광장에 그늘막을 설치해 주세요."}`},
	} {
		s := aCity()
		h := serve(t, s)
		headers := []string{"Idempotency-Key", "0123456789abcdef", "Cookie", signedIn}
		s.spent = c.rate.Name
		got := ask(h, "POST", c.path, c.body, headers...)
		wantProblem(t, got, 429, "request.too_many", "")
		if got.Header().Get("Retry-After") != "7" || s.changes != 0 || len(s.asked) != 0 {
			t.Errorf("%s: %v, %d changes, asked %v", c.rate.Name, got.Header(), s.changes, s.asked)
		}
		s.spent = ""
		if got := ask(h, "POST", c.path, c.body, headers...); got.Code >= 300 {
			t.Errorf("%s: %d %s", c.rate.Name, got.Code, got.Body)
		}
	}
}
