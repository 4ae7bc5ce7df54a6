package page

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

func init() { gin.SetMode(gin.TestMode) }

// testSite is a site with a page and whatever else a test adds, and the log it writes.
func testSite(t *testing.T, o Options) (*Site, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	if o.Audience == "" {
		o.Audience = Public
	}
	if o.Templates == nil {
		o.Templates = fstest.MapFS{
			"plain.html": {Data: []byte(`{{define "title"}}제목{{end}}{{define "main"}}<h1>{{.Data}}</h1>{{end}}`)},
			"form.html": {Data: []byte(`{{define "title"}}글쓰기{{end}}{{define "main"}}<form method="post">{{template "form-key" .}}` +
				`{{template "field" (.Field "text" "form.summary" .Data "kind" "area" "max" 4000 "required" true)}}</form>{{end}}`)},
		}
	}
	o.Logger = slog.New(slog.NewJSONHandler(log, nil))
	o.CityName = map[string]string{"ko": "서울특별시", "en": "Seoul", "zh": "首尔特别市", "ja": "ソウル特別市"}
	o.Strict = true
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s, log
}

// ask sends one request to an engine; headers come in pairs.
func ask(h http.Handler, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// overTheWire sends a request through a real connection; the caller closes the body.
func overTheWire(t *testing.T, method, url, contentType string, body io.Reader) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

const formType = "application/x-www-form-urlencoded"

func TestEveryCodeHasItsStatusAndAPageInEachLanguage(t *testing.T) {
	table := map[forum.Code]int{
		forum.Invalid: 422, forum.Unreadable: 400, forum.Unauthorised: 401, forum.Forbidden: 403, forum.NotFound: 404, forum.Conflict: 409,
		forum.TooLarge: 413, forum.Unsupported: 415, forum.TooMany: 429, forum.Unavailable: 503, forum.Internal: 500,
	}
	s, _ := testSite(t, Options{})
	for code, status := range table {
		e := s.Engine()
		refuse := func(*gin.Context) error { return forum.Refuse(code, "page.not_found") }
		s.Pages(e).GET("/it", s.Handle(refuse))
		e.GET("/api/v1/it", s.API(refuse))
		for _, lang := range Public.Languages() {
			got := ask(e, "GET", "/"+lang+"/it", "")
			heading := s.Text(lang, "error_page."+string(code)+".heading")
			if got.Code != status || !strings.Contains(got.Body.String(), "<h1>"+heading) && !strings.Contains(got.Body.String(), "<h1>"+strings.ReplaceAll(heading, "'", "&#39;")) {
				t.Errorf("%s in %s: status %d, want %d, with heading %q in\n%s", code, lang, got.Code, status, heading, got.Body)
			}
			document := ask(e, "GET", "/api/v1/it", "", "Accept-Language", lang)
			var p Problem
			if err := json.Unmarshal(document.Body.Bytes(), &p); err != nil {
				t.Fatal(err)
			}
			if document.Code != status || p.Status != status || p.Title != heading || p.RequestID == "" || document.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s in %s: %d %+v", code, lang, document.Code, p)
			}
			wait := document.Header().Get("Retry-After")
			if wants := code == forum.TooMany || code == forum.Unavailable; wants != (wait == "5") {
				t.Errorf("%s: Retry-After is %q", code, wait)
			}
		}
	}
}

func TestProblemDocumentSaysWhatToMend(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	e.POST("/api/v1/it", s.API(func(*gin.Context) error {
		return errors.Join(forum.Refuse(forum.Invalid, "request.not_a_number").At("count"), forum.Refuse(forum.Invalid, "request.not_a_time").At("due"))
	}))
	got := ask(e, "POST", "/api/v1/it", "", "Accept-Language", "en-GB,en;q=0.9")
	var p Problem
	if err := json.Unmarshal(got.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if got.Code != 422 || p.Type != "urn:acropolis:problem:invalid" || p.Code != forum.Invalid || p.Key != "request.not_a_number" ||
		p.Fields["field"] != "count" || p.Detail != "Please enter a whole number." || len(p.Errors) != 2 || p.Errors[1].Fields["field"] != "due" {
		t.Errorf("%d %+v", got.Code, p)
	}
	if got.Header().Get("Content-Language") != "en" || got.Header().Get("Vary") != "Accept-Language" {
		t.Errorf("headers %v", got.Header())
	}
}

func TestRefusalWithoutItsTextSaysWhatItsCodeSays(t *testing.T) {
	s, log := testSite(t, Options{})
	e := s.Engine()
	for path, refusal := range map[string]error{
		"/api/v1/key": forum.Refuse(forum.Conflict, "no.such_key"), "/api/v1/value": forum.Refuse(forum.Conflict, "text.too_long"), // needs "most"
	} {
		e.GET(path, s.API(func(*gin.Context) error { return refusal }))
		got := ask(e, "GET", path, "", "Accept-Language", "en")
		if got.Code != 409 || !strings.Contains(got.Body.String(), "The state has changed in the meantime.") || !strings.Contains(log.String(), "a refusal has no text") {
			t.Errorf("%s: %d %s", path, got.Code, got.Body)
		}
	}
}

func TestUnknownErrorShowsRequestIDAndNeverItsText(t *testing.T) {
	s, log := testSite(t, Options{})
	e := s.Engine()
	e.GET("/:lang/receipts/:receipt", s.Handle(func(*gin.Context) error { return errors.New("dial tcp 10.1.2.3: hong@example.com") }))
	got := ask(e, "GET", "/ko/receipts/0123456789abcdef0123456789abcdef?q=secret", "")
	id := got.Header().Get("X-Request-Id")
	if got.Code != 500 || id == "" || !strings.Contains(got.Body.String(), id) || strings.Contains(got.Body.String(), "10.1.2.3") {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	if !strings.Contains(log.String(), "10.1.2.3") || strings.Count(log.String(), id) != 2 {
		t.Errorf("the log should have the error and the request, both with the id %s:\n%s", id, log)
	}
	if strings.Contains(log.String(), "0123456789abcdef") || strings.Contains(log.String(), "secret") || strings.Contains(log.String(), "192.0.2.1") {
		t.Errorf("the log has the receipt, the query or the address:\n%s", log)
	}
}

func TestWhatIsNotWhollyARefusalIsAFailure(t *testing.T) {
	for name, err := range map[string]error{
		"joined with an ordinary error": errors.Join(forum.Refuse(forum.Invalid, "request.not_a_number"), errors.New("disk on fire")),
		"scrubbed on its way here":      forum.Refuse(forum.Internal, "internal"),
	} {
		s, log := testSite(t, Options{})
		e := s.Engine()
		s.Pages(e).GET("/it", s.Handle(func(*gin.Context) error { return err }))
		got := ask(e, "GET", "/ko/it", "")
		if got.Code != 500 || !strings.Contains(got.Body.String(), got.Header().Get("X-Request-Id")) || strings.Contains(got.Body.String(), "fire") || !strings.Contains(log.String(), "request failed") {
			t.Errorf("%s: %d %s\n%s", name, got.Code, got.Body, log)
		}
	}
}

func TestPanicBecomesThePageOfAnUnknownError(t *testing.T) {
	s, log := testSite(t, Options{})
	e := s.Engine()
	e.GET("/:lang/page", s.Handle(func(*gin.Context) error { panic("boom") }))
	e.GET("/api/v1/it", s.API(func(*gin.Context) error { panic("boom") }))
	e.GET("/:lang/bare", func(*gin.Context) { panic("boom") })
	for _, path := range []string{"/ko/page", "/ko/bare", "/api/v1/it"} {
		log.Reset()
		got := ask(e, "GET", path, "")
		if got.Code != 500 || strings.Contains(got.Body.String(), "boom") || !strings.Contains(log.String(), "panic: boom") || !strings.Contains(log.String(), "site_test.go") {
			t.Errorf("%s: %d %s\n%s", path, got.Code, got.Body, log)
		}
	}
	if got := ask(e, "GET", "/api/v1/it", ""); got.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("the API answered %s", got.Header().Get("Content-Type"))
	}
}

func TestClientThatWentAwayIsSilent(t *testing.T) {
	s, log := testSite(t, Options{})
	e := s.Engine()
	e.GET("/:lang/page", s.Handle(func(c *gin.Context) error { return c.Request.Context().Err() }))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest("GET", "/ko/page", nil).WithContext(ctx))
	if w.Body.Len() != 0 || strings.Contains(log.String(), "failed") || !strings.Contains(log.String(), `"status":499`) {
		t.Errorf("%q\n%s", w.Body, log)
	}
}

func TestCancellationOfOurOwnIsAnError(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	e.GET("/:lang/page", s.Handle(func(*gin.Context) error { return context.Canceled }))
	if got := ask(e, "GET", "/ko/page", ""); got.Code != 500 {
		t.Errorf("status %d: the client is still there and waits for an answer", got.Code)
	}
}

func TestSlowHandlerIsStoppedAndAPatientOneIsNot(t *testing.T) {
	s, _ := testSite(t, Options{Timeout: 20 * time.Millisecond})
	e := s.Engine()
	wait := func(c *gin.Context) error {
		select {
		case <-c.Request.Context().Done():
			return c.Request.Context().Err()
		case <-time.After(200 * time.Millisecond):
			c.String(http.StatusOK, "done")
			return nil
		}
	}
	s.Mount(e, []Route{{Method: "GET", Path: "/:lang/slow", Handle: wait}, {Method: "GET", Path: "/:lang/export", Handle: func(c *gin.Context) error {
		Patience(c, time.Minute)
		return wait(c)
	}}}, nil)
	if got := ask(e, "GET", "/ko/slow", ""); got.Code != 503 || got.Header().Get("Retry-After") == "" {
		t.Errorf("slow: %d %s", got.Code, got.Body)
	}
	if got := ask(e, "GET", "/ko/export", ""); got.Code != 200 {
		t.Errorf("export: %d %s", got.Code, got.Body)
	}
}

func TestMiddlewareStopsTheChainByAnError(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	reached := false
	pages := s.Pages(e, s.Handle(func(*gin.Context) error { return forum.Refuse(forum.Unauthorised, "page.not_found") }))
	pages.GET("/it", s.Handle(func(*gin.Context) error { reached = true; return nil }))
	if got := ask(e, "GET", "/ko/it", ""); got.Code != 401 || reached {
		t.Errorf("%d, handler reached: %v", got.Code, reached)
	}
}

func TestBrokenExportDoesNotLookWhole(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	e.GET("/:lang/export.csv", s.Handle(func(c *gin.Context) error {
		_, _ = c.Writer.WriteString("one,two\n")
		c.Writer.Flush()
		return errors.New("the cursor broke")
	}))
	server := httptest.NewServer(e)
	defer server.Close()
	answer := overTheWire(t, "GET", server.URL+"/ko/export.csv", "", nil)
	defer answer.Body.Close()
	if _, err := io.ReadAll(answer.Body); err == nil {
		t.Error("the client took a cut file for a whole one")
	}
}

func TestErrorPageLeadsBack(t *testing.T) {
	s, _ := testSite(t, Options{SignInPath: "/login"})
	e := s.Engine()
	s.Pages(e).GET("/mine", s.Handle(func(*gin.Context) error { return forum.Refuse(forum.Unauthorised, "page.not_found") }))
	got := ask(e, "GET", "/ko/mine?a=1", "", "Referer", "http://example.com/ko/forums?q=1").Body.String()
	for _, want := range []string{`href="/ko/login?next=%2Fko%2Fmine%3Fa%3D1"`, `href="/ko/forums?q=1"`, `href="/ko/"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	for _, from := range []string{"http://evil.example/elsewhere", "http://example.com/ko/mine", "::", "javascript:alert(1)"} {
		if got := ask(e, "GET", "/ko/mine", "", "Referer", from).Body.String(); strings.Contains(got, "elsewhere") || strings.Contains(got, "이전 페이지") {
			t.Errorf("the page leads back to %s", from)
		}
	}
}

func TestUnknownPageAndMethod(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	s.Pages(e).GET("/it", s.Handle(func(*gin.Context) error { return nil }))
	for _, path := range []string{"/ko/nothing", "/fr/it", "/nothing", "/fr", "/ko/it/"} {
		if got := ask(e, "GET", path, ""); got.Code != 404 || !strings.Contains(got.Body.String(), "페이지를 찾을 수 없습니다") {
			t.Errorf("%s: %d %s", path, got.Code, got.Body)
		}
	}
	got := ask(e, "POST", "/ko/it", "")
	if got.Code != 405 || got.Header().Get("Allow") != "GET" {
		t.Errorf("POST: %d Allow %q", got.Code, got.Header().Get("Allow"))
	}
	if got := ask(e, "GET", "/api/v1/nothing", ""); got.Code != 404 || got.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("API: %d %s", got.Code, got.Header().Get("Content-Type"))
	}
}

func TestHeadIsGetWithoutItsBody(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	s.Pages(e).GET("/it", s.Handle(func(c *gin.Context) error { return s.Render(c, 200, "plain", "x") }))
	got := ask(Head(e), "HEAD", "/ko/it", "")
	if got.Code != 200 || got.Body.Len() != 0 || got.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%d %q %v", got.Code, got.Body, got.Header())
	}
}

func TestRefusedFormKeepsTheWordsAndSaysWhatToMend(t *testing.T) {
	s, log := testSite(t, Options{})
	e := s.Engine()
	var why error
	s.Pages(e).POST("/it", s.Handle(func(c *gin.Context) error {
		form, err := Form(c)
		if err != nil {
			return err
		}
		return s.Refused(c, "form", form.Get("text"), why)
	}))
	sent := "form_key=0189dc5e-0000-4000-8000-000000000001&text=%EC%9E%90%EC%A0%84%EA%B1%B0"

	why = forum.Refuse(forum.Invalid, "request.not_a_number").At("text")
	got := ask(e, "POST", "/ko/it", sent, "Content-Type", formType)
	for _, want := range []string{
		"<title>오류: 글쓰기", `id="errors" role="alert"`, `<h2 id="errors-title">입력한 내용을 확인해 주십시오</h2>`, `<a href="#field-text">입력한 내용을 확인해 주십시오: 숫자로 적어 주십시오.</a>`, `aria-invalid="true"`,
		`aria-describedby="field-text-error field-text-count"`, "자전거</textarea>",
	} {
		if !strings.Contains(got.Body.String(), want) {
			t.Errorf("no %s in\n%s", want, got.Body)
		}
	}
	if got.Code != 422 || strings.Contains(got.Body.String(), "0189dc5e") {
		t.Errorf("status %d; a refused form needs a new key", got.Code)
	}

	why = errors.New("connection refused: 10.1.2.3")
	got = ask(e, "POST", "/ko/it", sent, "Content-Type", formType)
	if got.Code != 500 || !strings.Contains(got.Body.String(), `<h2 id="errors-title">처리하지 못했습니다</h2>`) || !strings.Contains(got.Body.String(), "자전거</textarea>") || !strings.Contains(got.Body.String(), "0189dc5e") ||
		strings.Contains(got.Body.String(), "10.1.2.3") || !strings.Contains(log.String(), "10.1.2.3") {
		t.Errorf("after a failure the words and the key must stay, and the text must go to the log: %d\n%s", got.Code, got.Body)
	}
}
