package public

import (
	"bytes"
	"encoding/base64"
	"net/http/httptest"
	"strings"
	"testing"

	"acropolis/forum"
	"acropolis/webui/page"
)

const boardPath = "/api/v1/forums/" + string(forumID) + "/opinions"

const aKey = "5f0c2f3e-5b1d-4a6e-9d5a-0d6a3c1b2a99"

func TestPostedOpinionGetsReceiptAndItsAddress(t *testing.T) {
	s := aCity()
	got := ask(serve(t, s), "POST", boardPath, `{"text":"광장을 만들어 주십시오.","pseudonym":"종로 사람"}`, "Idempotency-Key", aKey)
	wantStatus(t, got, 201)
	accepted := into[forum.Accepted](t, got)
	if accepted.Receipt != receipt || accepted.Number == "" || accepted.ID != opinionID || accepted.Status != "published" {
		t.Errorf("answer %+v", accepted)
	}
	if location := got.Header().Get("Location"); location != "/api/v1/receipts/"+string(receipt) {
		t.Errorf("Location %q", location)
	}
	if got.Header().Get("Set-Cookie") != "" {
		t.Errorf("a program got the cookie %q: its retry would have another scope", got.Header().Get("Set-Cookie"))
	}
	if o := s.posted[0]; o.Lang != "ko" || len(o.Device) == 0 || len(o.Idempotency.Scope) == 0 || len(o.Idempotency.Body) != 32 {
		t.Errorf("posted %+v", o)
	}
}

func TestRetryGetsTheSameAnswerAndAnotherBodyIsRefused(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	first := ask(h, "POST", boardPath, `{"text":"광장을 만들어 주십시오.","pseudonym":"가"}`, "Idempotency-Key", aKey)
	again := ask(h, "POST", boardPath, `{ "pseudonym":"가",   "text":"광장을 만들어 주십시오." }`, "Idempotency-Key", aKey)
	wantStatus(t, again, 201)
	if again.Body.String() != first.Body.String() || again.Header().Get("Idempotency-Replayed") != "true" || first.Header().Get("Idempotency-Replayed") != "" {
		t.Errorf("first %s, again %s %v", first.Body, again.Body, again.Header())
	}
	other := ask(h, "POST", boardPath, `{"text":"광장을 만들어 주십시오.","district":"가"}`, "Idempotency-Key", aKey)
	wantStatus(t, other, 422)
	if len(s.posted) != 1 {
		t.Errorf("%d opinions kept, want 1", len(s.posted))
	}
}

func TestDecomposedHangulIsTheSameBody(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	ask(h, "POST", boardPath, `{"text":"각각 다른 글"}`, "Idempotency-Key", aKey)
	again := ask(h, "POST", boardPath, "{\"text\":\"\u1100\u1161\u11a8\u1100\u1161\u11a8 다른 글\"}", "Idempotency-Key", aKey)
	wantStatus(t, again, 201)
	if again.Header().Get("Idempotency-Replayed") != "true" {
		t.Error("the same text in another normal form was another body")
	}
}

func TestBrowsersDoNotShareAKeyAndProgramsNeedARandomOne(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	one, two := browserNamed(1), browserNamed(2)
	for _, browser := range []string{one, two, one} {
		wantStatus(t, ask(h, "POST", boardPath, `{"text":"같은 열쇠"}`, "Idempotency-Key", "1", "Cookie", browser), 201)
	}
	if len(s.posted) != 2 {
		t.Errorf("%d opinions kept of two browsers with one key, want 2", len(s.posted))
	}
	short := ask(h, "POST", boardPath, `{"text":"같은 열쇠"}`, "Idempotency-Key", "1")
	wantProblem(t, short, 422, "idempotency.too_short", "Idempotency-Key")
}

// browserNamed is the cookie of one browser among others.
func browserNamed(letter byte) string {
	return "browser=" + base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{letter}, 32))
}

func wantProblem(t *testing.T, w *httptest.ResponseRecorder, status int, key, field string) {
	t.Helper()
	wantStatus(t, w, status)
	if kind := w.Header().Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("content type %q", kind)
	}
	p := into[page.Problem](t, w)
	if p.Key != key || p.Fields["field"] != field || p.Detail == "" || p.Title == "" || p.Status != status {
		t.Errorf("problem %+v, want %s at %q", p, key, field)
	}
	if strings.Contains(p.Detail, "error.") || strings.Contains(p.Detail, "<no value>") {
		t.Errorf("detail %q has no words", p.Detail)
	}
}

// TestEveryKindOfBadInputIsAClearProblem posts what FAULTS.md lists; nothing is kept of it.
func TestEveryKindOfBadInputIsAClearProblem(t *testing.T) {
	long := strings.Repeat("가", forum.OpinionTextMax+1)
	for _, bad := range []struct {
		name, path, body string
		headers          []string
		status           int
		key, field       string
	}{
		{"empty body", boardPath, ``, nil, 400, "request.malformed", ""},
		{"empty text", boardPath, `{"text":""}`, nil, 422, "text.missing", "text"},
		{"spaces only", boardPath, `{"text":"  \n "}`, nil, 422, "text.missing", "text"},
		{"one letter", boardPath, `{"text":"가"}`, nil, 422, "text.too_short", "text"},
		{"too long", boardPath, `{"text":"` + long + `"}`, nil, 422, "text.too_long", "text"},
		{"title too long", boardPath, `{"text":"가나","title":"` + long[:3*501] + `"}`, nil, 422, "text.too_long", "title"},
		{"NUL", boardPath, `{"text":"가\u0000나"}`, nil, 400, "text.nul", "text"},
		{"invalid UTF-8", boardPath, "{\"text\":\"\xff\xfe\"}", nil, 400, "text.not_utf8", ""},
		{"bidi override", boardPath, `{"text":"가\u202e나"}`, nil, 400, "text.control", "text"},
		{"no JSON", boardPath, `text=가나`, nil, 400, "request.malformed", ""},
		{"twice the same field", boardPath, `{"text":"가나","text":"다라"}`, nil, 400, "request.duplicate_field", "text"},
		{"too deep", boardPath, strings.Repeat("[", 40), nil, 400, "request.too_deep", ""},
		{"unknown field", boardPath, `{"text":"가나","status":"published"}`, nil, 422, "request.unknown_field", "status"},
		{"wrong type", boardPath, `{"text":12}`, nil, 422, "request.wrong_type", "text"},
		{"bad address", boardPath, `{"text":"가나","email":"nobody"}`, nil, 422, "email.malformed", "email"},
		{"bad language", boardPath, `{"text":"가나","lang":"<b>"}`, nil, 422, "text.no_such_language", "lang"},
		{"the city's name", boardPath, `{"text":"가나","pseudonym":"관 리 자"}`, nil, 422, "pseudonym.reserved", "pseudonym"},
		{"wrong content type", boardPath, `{"text":"가나"}`, []string{"Content-Type", "text/plain"}, 415, "request.content_type", ""},
		{"compressed", boardPath, `{"text":"가나"}`, []string{"Content-Encoding", "gzip"}, 415, "request.content_encoding", ""},
		{"ten megabytes", boardPath, `{"text":"` + strings.Repeat("a", 10<<20) + `"}`, nil, 413, "request.too_large", ""},
		{"no key", boardPath, `{"text":"가나"}`, []string{"Idempotency-Key", ""}, 422, "idempotency.missing", "Idempotency-Key"},
		{"malformed key", boardPath, `{"text":"가나"}`, []string{"Idempotency-Key", "열쇠"}, 422, "idempotency.malformed", "Idempotency-Key"},
		{"unknown forum", "/api/v1/forums/" + string(unknownID) + "/opinions", `{"text":"가나"}`, nil, 404, "page.not_found", ""},
		{"no id at all", "/api/v1/forums/1%20OR%201/opinions", `{"text":"가나"}`, nil, 404, "page.not_found", ""},
	} {
		t.Run(bad.name, func(t *testing.T) {
			for _, lang := range page.Public.Languages() {
				s := aCity()
				headers := append([]string{"Idempotency-Key", aKey, "Accept-Language", lang}, bad.headers...)
				wantProblem(t, ask(serve(t, s), "POST", bad.path, bad.body, headers...), bad.status, bad.key, bad.field)
				if s.changes != 0 {
					t.Errorf("%d changes", s.changes)
				}
			}
		})
	}
}

func TestClosedForumTakesNoOpinion(t *testing.T) {
	s := aCity()
	s.refusal = forum.Refuse(forum.Conflict, "forum.closed")
	got := ask(serve(t, s), "POST", boardPath, `{"text":"늦었습니다"}`, "Idempotency-Key", aKey)
	wantProblem(t, got, 409, "forum.closed", "")
	if !strings.Contains(got.Body.String(), "마감했습니다") {
		t.Errorf("a citizen reads %s", got.Body)
	}
}

func TestVoteIsCastChangedAndTakenBackByASignedInCitizen(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	path := "/api/v1/opinions/" + string(opinionID) + "/vote"
	for _, choice := range []forum.Choice{forum.For, forum.Against} {
		got := ask(h, "PUT", path, `{"choice":"`+string(choice)+`"}`, "Cookie", signedIn)
		wantStatus(t, got, 200)
		if cast := into[forum.VoteCast](t, got); cast.Mine != choice || cast.For != 3 || cast.Against != 1 {
			t.Errorf("cast %+v", cast)
		}
	}
	back := ask(h, "DELETE", path, "", "Cookie", signedIn, "Idempotency-Key", aKey)
	wantStatus(t, back, 200)
	if !strings.Contains(back.Body.String(), `"mine":""`) {
		t.Errorf("taken back: %s", back.Body)
	}
	for i, want := range []forum.Choice{forum.For, forum.Against, forum.NoChoice} {
		if v := s.votes[i]; v.Opinion != opinionID || v.Citizen != citizenID || v.Choice != want {
			t.Errorf("vote %d: %+v", i, v)
		}
	}
	if s.votes[0].Idempotency.Key != "" || s.votes[2].Idempotency.Key != aKey {
		t.Error("a vote's key is optional but kept")
	}
}

func TestVoteNeedsAPersonAndAChoice(t *testing.T) {
	h := serve(t, aCity())
	path := "/api/v1/opinions/" + string(opinionID) + "/vote"
	stranger := ask(h, "PUT", path, `{"choice":"for"}`)
	wantProblem(t, stranger, 401, "vote.sign_in", "")
	if !strings.HasPrefix(stranger.Header().Get("Set-Cookie"), "browser=") {
		t.Error("a program without cookies got none: on a forum that knows devices it could never vote")
	}
	wantProblem(t, ask(h, "PUT", path, `{"choice":"for"}`, "Cookie", browserNamed(1)), 401, "vote.sign_in", "")
	wantProblem(t, ask(h, "PUT", path, `{"choice":"maybe"}`, "Cookie", signedIn), 422, "vote.no_such_choice", "choice")
	wantProblem(t, ask(h, "PUT", path, `{"choice":"for"}`, "Cookie", signedIn, "Content-Type", "text/plain"), 415, "request.content_type", "")
	wantProblem(t, ask(h, "PUT", "/api/v1/opinions/1/vote", `{"choice":"for"}`, "Cookie", signedIn), 404, "page.not_found", "")
}

func TestSessionByMailedCode(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	asked := ask(h, "POST", "/api/v1/session", `{"email":"citizen@example.org"}`)
	wantStatus(t, asked, 202)
	if len(s.asked) != 1 || s.asked[0] != "citizen@example.org" {
		t.Fatalf("asked %v", s.asked)
	}
	remembered, _, _ := strings.Cut(asked.Header().Get("Set-Cookie"), ";")
	wantProblem(t, ask(h, "POST", "/api/v1/session/confirm", `{"code":"000000"}`, "Cookie", remembered), 422, "session.wrong_code", "code")
	wantProblem(t, ask(h, "POST", "/api/v1/session/confirm", `{"code":"123456"}`), 422, "text.missing", "email")
	wantProblem(t, ask(h, "POST", "/api/v1/session", `{"email":"citizen"}`), 422, "email.malformed", "email")

	for _, body := range []string{`{"code":"123456"}`, `{"code":"123456","email":"citizen@example.org"}`} {
		confirmed := ask(h, "POST", "/api/v1/session/confirm", body, "Cookie", remembered)
		wantStatus(t, confirmed, 200)
		cookie := confirmed.Header().Values("Set-Cookie")[0]
		for _, part := range []string{"citizen=" + token, "HttpOnly", "SameSite=Lax", "Path=/"} {
			if !strings.Contains(cookie, part) {
				t.Errorf("cookie %q lacks %s", cookie, part)
			}
		}
		if strings.Contains(confirmed.Body.String(), token) || !strings.Contains(confirmed.Body.String(), `"until"`) {
			t.Errorf("answer %s", confirmed.Body)
		}
	}
}

func TestEndedSessionIsNobodys(t *testing.T) {
	s := aCity()
	got := ask(serve(t, s), "PUT", "/api/v1/opinions/"+string(opinionID)+"/vote", `{"choice":"for"}`, "Cookie", sessionCookie+"=stolen; "+browserNamed(1))
	wantProblem(t, got, 401, "vote.sign_in", "")
	if cookie := got.Header().Get("Set-Cookie"); !strings.Contains(cookie, "citizen=;") {
		t.Errorf("the dead session's cookie stays: %q", cookie)
	}
}

func TestListsAreDividedIntoPages(t *testing.T) {
	h := serve(t, aCity())
	for path, items := range map[string]int{"/api/v1/forums": 1, "/api/v1/forums?status=open&track=general&q=광장": 1, "/api/v1/forums?status=closed": 0,
		boardPath: 2, boardPath + "?sort=oldest&size=50&page=2": 2, "/api/v1/suggestions": 1} {
		got := ask(h, "GET", path, "")
		wantStatus(t, got, 200)
		if answer := into[list[map[string]any]](t, got); len(answer.Items) != items || answer.Total != items || answer.Page == 0 || answer.Size == 0 || answer.Items == nil {
			t.Errorf("%s: %s", path, got.Body)
		}
	}
	wantProblem(t, ask(h, "GET", "/api/v1/forums?page=-1", ""), 422, "request.out_of_range", "page")
	wantProblem(t, ask(h, "GET", "/api/v1/forums?size=100000", ""), 422, "request.out_of_range", "size")
	wantProblem(t, ask(h, "GET", "/api/v1/forums?status=preparing", ""), 422, "request.no_such_choice", "status")
	wantProblem(t, ask(h, "GET", boardPath+"?sort=worst", ""), 422, "request.no_such_choice", "sort")
	wantProblem(t, ask(h, "GET", boardPath+"?q=%00", ""), 400, "text.nul", "q")
	wantProblem(t, ask(h, "GET", boardPath+"?q="+strings.Repeat("a", 101), ""), 422, "text.too_long", "q")
}

func TestTopicHasDossierPeriodAndCountsWithTheirDenominator(t *testing.T) {
	got := ask(serve(t, aCity()), "GET", "/api/v1/forums/"+string(forumID), "")
	wantStatus(t, got, 200)
	document := into[map[string]any](t, got)
	if document["days"] != 4.0 || document["takes_opinions"] != true || document["response"] != nil || document["department_name"] != "도로계획과" {
		t.Errorf("%s", got.Body)
	}
	if items := document["dossier"].(map[string]any)["items"].([]any); len(items) != 4 {
		t.Errorf("%d items", len(items))
	}
}

func TestForumThatIsNotPublicIsNotFound(t *testing.T) {
	for _, status := range []forum.ForumStatus{forum.Selected, forum.Assigning, forum.Preparing} {
		s := aCity()
		s.forum.Status = status
		h := serve(t, s)
		for _, path := range []string{"/api/v1/forums/" + string(forumID), boardPath, "/api/v1/forums/" + string(forumID) + "/results", "/api/v1/forums/" + string(forumID) + "/export.csv"} {
			wantProblem(t, ask(h, "GET", path, ""), 404, "page.not_found", "")
		}
	}
}
