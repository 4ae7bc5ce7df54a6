package serve

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"acropolis/forum"
)

// TestChildsLetterWaitsForItsGuardian goes the whole way on the real store and the real pages: a child writes on a youth forum,
// the guardian's letter leads to a page whose button lets the receipt go to the child.
func TestChildsLetterWaitsForItsGuardian(t *testing.T) {
	c := newCity(t)
	open, _ := c.forums(t)
	if _, err := c.store.Pool().Exec(t.Context(), `UPDATE forums SET track = 'youth' WHERE id = $1`, open); err != nil {
		t.Fatal(err)
	}
	send := func(path, kind, body string) *http.Response {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), "POST", c.public.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", kind)
		request.Header.Set("Idempotency-Key", "a-child-0001-0001")
		answer, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer
	}
	letters := func() map[forum.MailKind]forum.Letter {
		t.Helper()
		due, err := c.store.DueMails(t.Context(), 20)
		if err != nil {
			t.Fatal(err)
		}
		all := map[forum.MailKind]forum.Letter{}
		for _, l := range due {
			all[l.Kind] = l
		}
		return all
	}
	child := `{"text":"놀이터를 만들어 주세요.","age":"under_14","email":"child@example.com","guardian":"mother@example.com"}`
	for range 2 { // the answer got lost: the child sends it again
		if answer := send("/api/v1/forums/"+string(open)+"/opinions", "application/json", child); answer.StatusCode != 201 {
			t.Fatal(answer.Status)
		}
	}
	first := letters()
	asked, ok := first[forum.MailGuardianAsked]
	if !ok || asked.Address != "mother@example.com" || len(first) != 1 {
		t.Fatalf("letters before the consent: %v", first)
	}
	page := "/ko/guardians/" + asked.Data["secret"]
	if answer := send(page, "application/x-www-form-urlencoded", url.Values{"answer": {"yes"}}.Encode()); answer.StatusCode != 303 {
		t.Fatal(answer.Status)
	}
	if told := letters()[forum.MailOpinionReceived]; told.Address != "child@example.com" || told.Data["receipt"] == "" || told.Data["title"] == "" {
		t.Errorf("the child is told %+v", told)
	}
}
