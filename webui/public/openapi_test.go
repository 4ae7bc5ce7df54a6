package public

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"acropolis/forum"
	"acropolis/webui/page"
)

// TestEveryCallOfTheAPIIsInItsDocument compares the routes with the document, both ways.
func TestEveryCallOfTheAPIIsInItsDocument(t *testing.T) {
	paths := openAPI("")["paths"].(object)
	var routed []string
	for _, r := range Routes(&Handlers{}) {
		path, isAPI := strings.CutPrefix(r.Path, "/api/v1")
		if isAPI != r.API {
			t.Errorf("%s %s: a document's errors are problems, and nobody else's", r.Method, r.Path)
		}
		if !isAPI {
			continue
		}
		for _, name := range []string{"id", "receipt"} {
			path = strings.ReplaceAll(path, ":"+name, "{"+name+"}")
		}
		routed = append(routed, r.Method+" "+path)
		operations, _ := paths[path].(object)
		if operations[strings.ToLower(r.Method)] == nil {
			t.Errorf("%s %s is not in the document", r.Method, path)
		}
	}
	for path, operations := range paths {
		for method := range operations.(object) {
			if !slices.Contains(routed, strings.ToUpper(method)+" "+path) {
				t.Errorf("%s %s is in the document only", method, path)
			}
		}
	}
}

// TestAnswersAreAsTheDocumentSays asks each question once with everything there is to tell. What serve gives is held against the
// document, here as in every other test.
func TestAnswersAreAsTheDocumentSays(t *testing.T) {
	s := answered()
	s.status.Award = &forum.Award{Status: forum.AwardOffered, Rank: 1}
	h := serve(t, s)
	document := into[object](t, ask(h, "GET", "/api/v1/openapi.json", ""))
	if document["openapi"] != "3.1.0" {
		t.Fatal(document["openapi"])
	}
	for _, call := range []struct{ method, path, body string }{
		{"get", "/forums", ""},
		{"get", "/forums/" + string(forumID), ""},
		{"get", "/forums/" + string(forumID) + "/opinions", ""},
		{"post", "/forums/" + string(forumID) + "/opinions", `{"text":"가나"}`},
		{"get", "/forums/" + string(forumID) + "/results", ""},
		{"get", "/forums/" + string(forumID) + "/export.json", ""},
		{"put", "/opinions/" + string(opinionID) + "/vote", `{"choice":"for"}`},
		{"delete", "/opinions/" + string(opinionID) + "/vote", ""},
		{"delete", "/opinions/" + string(opinionID), `{"receipt":"` + string(receipt) + `"}`},
		{"post", "/opinions/" + string(opinionID) + "/report", `{"reason":"insult"}`},
		{"post", "/opinions/" + string(opinionID) + "/appeal", `{"text":"억울합니다.","receipt":"` + string(receipt) + `"}`},
		{"get", "/suggestions", ""},
		{"get", "/suggestions/" + string(suggestionID), ""},
		{"post", "/suggestions", `{"title":"한강 다리","text":"자전거로 건너고 싶습니다."}`},
		{"put", "/suggestions/" + string(suggestionID) + "/support", ""},
		{"get", "/receipts/" + string(receipt), ""},
		{"post", "/session", `{"email":"me@example.org"}`},
		{"post", "/session/confirm", `{"email":"me@example.org","code":"123456"}`},
		{"post", "/subscriptions", `{"email":"me@example.org"}`},
	} {
		got := ask(h, strings.ToUpper(call.method), "/api/v1"+call.path, call.body, "Cookie", signedIn, "Idempotency-Key", aKey)
		if got.Code >= 300 {
			t.Errorf("%s %s: %d: %s", call.method, call.path, got.Code, got.Body)
		}
	}
}

// TestNothingChangesOnGET walks every route that is asked with GET.
func TestNothingChangesOnGET(t *testing.T) {
	for _, made := range []func() *city{aCity, answered} {
		s := made()
		h := serve(t, s)
		for _, r := range Routes(&Handlers{}) {
			if r.Method != "GET" {
				continue
			}
			path := strings.NewReplacer(":lang", "ko", "/suggestions/:id", "/suggestions/"+string(suggestionID), ":id", string(forumID),
				":receipt", string(receipt), ":secret", secret).Replace(r.Path)
			got := ask(h, "GET", path, "", "Cookie", signedIn)
			if got.Code >= 500 || got.Code == 405 || got.Code == 429 {
				t.Errorf("GET %s: %d", path, got.Code)
			}
		}
		if s.changes != 0 {
			t.Errorf("%d changes by GET", s.changes)
		}
	}
}

// TestAddressOfAFormLeadsToTheForm: whoever changes the language of a page that answered a form asks for its address with GET.
func TestAddressOfAFormLeadsToTheForm(t *testing.T) {
	h := serve(t, aCity())
	for path, to := range map[string]string{
		"/en/forums/" + string(forumID) + "/opinions/check": "/en/forums/" + string(forumID) + "/opinions/new",
		"/zh/forums/" + string(forumID) + "/opinions":       "/zh/forums/" + string(forumID) + "/opinions/new",
		"/ja/suggestions/check":                             "/ja/suggestions/new",
		"/ko/subscriptions":                                 "/ko/subscriptions/new",
		"/en/opinions/" + string(opinionID) + "/vote":       "/en/",
		"/en/me/news": "/en/me",
		"/en/receipts/" + string(receipt) + "/appeal": "/en/receipts/" + string(receipt),
	} {
		if got := ask(h, "GET", path, ""); got.Code != http.StatusSeeOther || got.Header().Get("Location") != to {
			t.Errorf("GET %s: %d, leads to %q, want %q", path, got.Code, got.Header().Get("Location"), to)
		}
	}
}

// TestWritesOfAnotherSiteAreRefused: another site's page can't make a citizen's browser post or vote. One route knows no browser, and one
// is where the gateway's site sends it: see TestSignInByTheGateway.
func TestWritesOfAnotherSiteAreRefused(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	for _, r := range Routes(&Handlers{}) {
		if r.Method == "GET" || slices.Contains([]string{"POST/unsubscribe/:secret", "POST/:lang/session/gateway"}, r.Method+r.Path) {
			continue
		}
		path := strings.NewReplacer(":lang", "ko", "/suggestions/:id", "/suggestions/"+string(suggestionID), "/opinions/:id", "/opinions/"+string(opinionID),
			":id", string(forumID), ":receipt", string(receipt), ":secret", secret).Replace(r.Path)
		wantStatus(t, ask(h, r.Method, path, "", "Cookie", signedIn, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"), 403)
	}
	if s.changes != 0 {
		t.Errorf("%d changes", s.changes)
	}
}

func TestEveryRouteHasALimit(t *testing.T) {
	for _, r := range Routes(&Handlers{}) {
		if r.Limit == page.Unlimited || r.Handle == nil {
			t.Errorf("%s %s has no limit or no handler", r.Method, r.Path)
		}
	}
}

func TestDownloadsAreInertAndNameNobody(t *testing.T) {
	s := answered()
	s.opinions[1].Text = "=HYPERLINK(\"https://evil.example\")"
	s.opinions[0].Channel, s.opinions[0].ReceivedOn, s.opinions[0].EnteredBy = forum.ViaLetter, "2026-11-20", "한지숙"
	h := serve(t, s)
	got := ask(h, "GET", "/api/v1/forums/"+string(forumID)+"/export.csv", "")
	wantStatus(t, got, 200)
	body := got.Body.String()
	if !strings.HasPrefix(body, "\uFEFFnumber,") || !strings.Contains(body, `"'=HYPERLINK(""https://evil.example"")"`) || strings.Contains(body, "광화문 주민") {
		t.Error(body)
	}
	if !strings.Contains(body, ",letter\r\n") || strings.Contains(body, "한지숙") {
		t.Errorf("the channel isn't told, or who entered it is: %s", body)
	}
	if !strings.HasPrefix(got.Header().Get("Content-Disposition"), "attachment") {
		t.Error(got.Header())
	}
	days := answered()
	known := days.results.Figures.Days
	known[0].Hits, known[0].HitsByLanguage = 3, map[string]int{"ko": 2, "ja": 1}
	daily := func() string {
		return ask(serve(t, days), "GET", "/api/v1/forums/"+string(forumID)+"/days.csv", "").Body.String()
	}
	if body := daily(); body != "\uFEFFdate,opinions,votes_for,votes_against,hits,hits_ko,hits_en,hits_zh,hits_ja\r\n2003-02-07,1,0,0,3,2,0,0,1\r\n2003-02-08,1,0,0,0,0,0,0,0\r\n" {
		t.Error(body)
	}
	known[0].HitsByLanguage = nil // an imported forum's: nothing is said where nothing is known
	if body := daily(); !strings.Contains(body, "2003-02-07,1,0,0,3,,,,\r\n") {
		t.Error(body)
	}
	empty := answered()
	empty.opinions = nil
	if body := ask(serve(t, empty), "GET", "/api/v1/forums/"+string(forumID)+"/export.json", "").Body.String(); strings.TrimSpace(body) != "[\n]" {
		t.Errorf("an empty export is %q", body)
	}
	open := serve(t, aCity())
	wantProblem(t, ask(open, "GET", "/api/v1/forums/"+string(forumID)+"/export.csv", ""), 404, "results.not_yet", "")
	wantProblem(t, ask(open, "GET", "/api/v1/forums/"+string(forumID)+"/days.csv", ""), 404, "results.not_yet", "")
	wantProblem(t, ask(open, "GET", "/api/v1/forums/"+string(forumID)+"/results", ""), 404, "results.not_yet", "")
}

func TestFeedIsAtom(t *testing.T) {
	got := ask(serve(t, aCity()), "GET", "/feed.atom", "", "Accept-Language", "en")
	wantStatus(t, got, 200)
	for _, want := range []string{`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">`, "An open square in front of City Hall", "urn:uuid:" + string(forumID), "/en/forums/" + string(forumID)} {
		if !strings.Contains(got.Body.String(), want) {
			t.Errorf("no %q in %s", want, got.Body)
		}
	}
}
