package public

import (
	"fmt"
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

// TestAnswersAreAsTheDocumentSays asks real questions and holds each answer against its schema.
func TestAnswersAreAsTheDocumentSays(t *testing.T) {
	s := answered()
	s.status.Award = &forum.Award{Status: forum.AwardOffered, Rank: 1}
	h := serve(t, s)
	document := into[object](t, ask(h, "GET", "/api/v1/openapi.json", ""))
	if document["openapi"] != "3.1.0" {
		t.Fatal(document["openapi"])
	}
	for _, call := range []struct{ method, path, asked, body string }{
		{"get", "/forums", "/forums", ""},
		{"get", "/forums/{id}", "/forums/" + string(forumID), ""},
		{"get", "/forums/{id}/opinions", "/forums/" + string(forumID) + "/opinions", ""},
		{"post", "/forums/{id}/opinions", "/forums/" + string(forumID) + "/opinions", `{"text":"가나"}`},
		{"get", "/forums/{id}/results", "/forums/" + string(forumID) + "/results", ""},
		{"get", "/forums/{id}/export.json", "/forums/" + string(forumID) + "/export.json", ""},
		{"put", "/opinions/{id}/vote", "/opinions/" + string(opinionID) + "/vote", `{"choice":"for"}`},
		{"delete", "/opinions/{id}/vote", "/opinions/" + string(opinionID) + "/vote", ""},
		{"delete", "/opinions/{id}", "/opinions/" + string(opinionID), `{"receipt":"` + string(receipt) + `"}`},
		{"post", "/opinions/{id}/report", "/opinions/" + string(opinionID) + "/report", `{"reason":"insult"}`},
		{"post", "/opinions/{id}/appeal", "/opinions/" + string(opinionID) + "/appeal", `{"text":"억울합니다.","receipt":"` + string(receipt) + `"}`},
		{"get", "/suggestions", "/suggestions", ""},
		{"get", "/suggestions/{id}", "/suggestions/" + string(suggestionID), ""},
		{"post", "/suggestions", "/suggestions", `{"title":"한강 다리","text":"자전거로 건너고 싶습니다."}`},
		{"put", "/suggestions/{id}/support", "/suggestions/" + string(suggestionID) + "/support", ""},
		{"get", "/receipts/{receipt}", "/receipts/" + string(receipt), ""},
		{"post", "/session", "/session", `{"email":"me@example.org"}`},
		{"post", "/session/confirm", "/session/confirm", `{"email":"me@example.org","code":"123456"}`},
		{"post", "/subscriptions", "/subscriptions", `{"email":"me@example.org"}`},
	} {
		got := ask(h, strings.ToUpper(call.method), "/api/v1"+call.asked, call.body, "Cookie", signedIn, "Idempotency-Key", aKey)
		responses := at(document, "paths", call.path, call.method, "responses").(object)
		described, ok := responses[fmt.Sprint(got.Code)].(object)
		if !ok || got.Code >= 300 {
			t.Errorf("%s %s: %d is not described: %s", call.method, call.path, got.Code, got.Body)
			continue
		}
		schema := at(described, "content", "application/json", "schema").(object)
		for _, fault := range faults(document, schema, into[any](t, got), call.path) {
			t.Errorf("%s: %s", call.method, fault)
		}
	}
}

// at walks into a document.
func at(document object, names ...string) any {
	var v any = document
	for _, name := range names {
		v = v.(object)[name]
	}
	return v
}

// faults is as much of JSON Schema as the document uses.
func faults(document, schema object, value any, where string) []string {
	if name, ok := schema["$ref"].(string); ok {
		return faults(document, at(document, "components", "schemas", strings.TrimPrefix(name, "#/components/schemas/")).(object), value, where)
	}
	kinds := map[string]bool{}
	switch v := value.(type) {
	case string:
		kinds["string"] = true
	case bool:
		kinds["boolean"] = true
	case float64:
		kinds["number"], kinds["integer"] = true, v == float64(int64(v))
	case []any:
		kinds["array"] = true
	case object:
		kinds["object"] = true
	}
	if !kinds[schema["type"].(string)] {
		return []string{fmt.Sprintf("%s is %v, want %v", where, value, schema["type"])}
	}
	var found []string
	if allowed, ok := schema["enum"].([]any); ok && !slices.Contains(allowed, value) {
		found = append(found, fmt.Sprintf("%s is %v, want one of %v", where, value, allowed))
	}
	if items, ok := value.([]any); ok {
		for i, item := range items {
			found = append(found, faults(document, schema["items"].(object), item, fmt.Sprintf("%s[%d]", where, i))...)
		}
	}
	properties, _ := schema["properties"].(object)
	if fields, ok := value.(object); ok && properties != nil {
		for name, field := range fields {
			if property, known := properties[name].(object); known {
				found = append(found, faults(document, property, field, where+"."+name)...)
			} else if schema["additionalProperties"] == false {
				found = append(found, where+"."+name+" is not in the schema")
			}
		}
		required, _ := schema["required"].([]any)
		for _, name := range required {
			if _, there := fields[name.(string)]; !there {
				found = append(found, where+"."+name.(string)+" is missing")
			}
		}
	}
	return found
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

// TestWritesOfAnotherSiteAreRefused: another site's page can't make a citizen's browser post or vote.
func TestWritesOfAnotherSiteAreRefused(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	for _, r := range Routes(&Handlers{}) {
		if r.Method == "GET" {
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
	empty := answered()
	empty.opinions = nil
	if body := ask(serve(t, empty), "GET", "/api/v1/forums/"+string(forumID)+"/export.json", "").Body.String(); strings.TrimSpace(body) != "[\n]" {
		t.Errorf("an empty export is %q", body)
	}
	open := serve(t, aCity())
	wantProblem(t, ask(open, "GET", "/api/v1/forums/"+string(forumID)+"/export.csv", ""), 404, "results.not_yet", "")
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
