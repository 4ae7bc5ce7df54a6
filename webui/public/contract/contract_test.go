package contract

import (
	"net/http"
	"strings"
	"testing"
)

const sample = `{"openapi":"3.1.0","info":{"title":"A city","version":"1"},"paths":{"/forums/{id}":{"get":{"responses":{
	"200":{"description":"Done","content":{"application/json":{"schema":{"type":"object","properties":{"id":{"type":"string","format":"uuid"}},"additionalProperties":false,"required":["id"]}}}},
	"204":{"description":"Nothing"},
	"503":{"description":"Later","headers":{"Retry-After":{"required":true,"schema":{"type":"integer"}}},"content":{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}}}}}},
	"components":{"schemas":{"Problem":{"type":"object","required":["key"]}}}}`

func TestWhatTheDocumentDoesNotDescribeIsAFault(t *testing.T) {
	c, err := Read([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	const id = `{"id":"01900000-0000-7000-8000-000000000001"}`
	for _, answer := range []struct {
		name, method, path string
		status             int
		media, body, fault string
	}{
		{"as described", "GET", "/api/v1/forums/1", 200, "application/json; charset=utf-8", id, ""},
		{"without a body", "HEAD", "/api/v1/forums/1", 200, "application/json", "", ""},
		{"no part of the API", "GET", "/ko/", 500, "text/html", "", ""},
		{"another status", "GET", "/api/v1/forums/1", 418, "application/json", id, "418 is not described"},
		{"a field too many", "GET", "/api/v1/forums/1", 200, "application/json", `{"id":"01900000-0000-7000-8000-000000000001","name":"김"}`, "additional properties"},
		{"a field is missing", "GET", "/api/v1/forums/1", 200, "application/json", `{}`, "missing property"},
		{"of another format", "GET", "/api/v1/forums/1", 200, "application/json", `{"id":"1"}`, "uuid"},
		{"of another kind", "GET", "/api/v1/forums/1", 200, "text/html", id, "described as application/json"},
		{"no JSON", "GET", "/api/v1/forums/1", 200, "application/json", "{", "no JSON"},
		{"a body where there is none", "GET", "/api/v1/forums/1", 204, "", id, "has a body"},
		{"a header is missing", "GET", "/api/v1/forums/1", 503, "application/problem+json", `{"key":"city.busy"}`, "no Retry-After"},
		{"a path that isn't there", "GET", "/api/v1/rounds", 200, "application/json", id, "the document has nothing"},
		{"and is refused", "GET", "/api/v1/rounds", 404, "application/problem+json", `{"key":"page.not_found"}`, ""},
		{"and is refused by a page", "GET", "/api/v1/rounds", 404, "text/html", `<p>`, "described as application/problem+json"},
		{"a method that isn't there", "POST", "/api/v1/forums/1", 201, "application/json", id, "the document has nothing"},
	} {
		err := c.Check(answer.method, answer.path, answer.status, http.Header{"Content-Type": {answer.media}}, []byte(answer.body))
		if (err == nil) != (answer.fault == "") || err != nil && !strings.Contains(err.Error(), answer.fault) {
			t.Errorf("%s: %v, want %q", answer.name, err, answer.fault)
		}
	}
}

func TestDocumentThatIsNoneIsRefused(t *testing.T) {
	for name, broken := range map[string]string{
		"no OpenAPI 3.1":        strings.Replace(sample, "3.1.0", "3.0.3", 1),
		"no title":              strings.Replace(sample, `"title":"A city",`, "", 1),
		"no description":        strings.Replace(sample, `"description":"Nothing"`, `"summary":"Nothing"`, 1),
		"no schema":             strings.Replace(sample, `{"type":"object","required":["key"]}`, `{"type":"text"}`, 1),
		"a reference to naught": strings.Replace(sample, "schemas/Problem", "schemas/Trouble", 1),
	} {
		if _, err := Read([]byte(broken)); err == nil {
			t.Errorf("a document with %s was taken", name)
		}
	}
}
