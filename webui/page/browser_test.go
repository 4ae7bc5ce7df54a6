package page

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

// visit sends a request with the cookies that earlier answers set, as a browser would.
func visit(e http.Handler, jar map[string]*http.Cookie, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", formType)
	}
	for _, cookie := range jar {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	for _, cookie := range w.Result().Cookies() {
		if cookie.MaxAge < 0 {
			delete(jar, cookie.Name)
		} else {
			jar[cookie.Name] = cookie
		}
	}
	return w
}

func TestBrowserSecretIsMadeOnceAndStays(t *testing.T) {
	for _, secure := range []bool{false, true} {
		s, _ := testSite(t, Options{Secure: secure})
		e := s.Engine()
		var seen [][]byte
		had := false
		s.Pages(e).GET("/it", s.Handle(func(c *gin.Context) error {
			had = s.HasBrowserSecret(c)
			seen = append(seen, s.BrowserSecret(c), s.BrowserSecret(c))
			return nil
		}))
		jar := map[string]*http.Cookie{}
		visit(e, jar, "GET", "/ko/it", "")
		if had {
			t.Error("a first visit brings no secret")
		}
		if got := visit(e, jar, "GET", "/ko/it", ""); len(got.Result().Cookies()) != 0 || !had {
			t.Error("a second visit should set no cookie")
		}
		for _, secret := range seen {
			if len(secret) != 32 || !bytes.Equal(secret, seen[0]) {
				t.Errorf("secrets differ: %x", seen)
			}
		}
		name := map[bool]string{false: "browser", true: "__Host-browser"}[secure]
		cookie := jar[name]
		if cookie == nil || !cookie.HttpOnly || cookie.Secure != secure || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" || cookie.MaxAge < 300*24*3600 {
			t.Errorf("cookie %+v", cookie)
		}

		other := map[string]*http.Cookie{}
		visit(e, other, "GET", "/ko/it", "")
		if bytes.Equal(seen[len(seen)-1], seen[0]) {
			t.Error("two browsers have the same secret")
		}
		jar[name].Value = "short"
		visit(e, jar, "GET", "/ko/it", "")
		if len(seen[len(seen)-1]) != 32 || jar[name].Value == "short" {
			t.Error("a malformed secret should be replaced")
		}
	}
}

func TestFormKeyIsFreshAndGivesTheBrowserItsSecret(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	s.Pages(e).GET("/it", s.Handle(func(c *gin.Context) error { return s.Render(c, 200, "form", "") }))
	keys := map[string]bool{}
	jar := map[string]*http.Cookie{}
	for range 3 {
		found := regexp.MustCompile(`name="form_key" value="([0-9a-f-]{36})"`).FindStringSubmatch(visit(e, jar, "GET", "/ko/it", "").Body.String())
		if found == nil {
			t.Fatal("the form carries no key")
		}
		keys[found[1]] = true
	}
	if len(keys) != 3 || jar["browser"] == nil {
		t.Errorf("%d keys, cookies %v", len(keys), jar)
	}
}

func TestNoticeIsToldOnceAcrossARedirect(t *testing.T) {
	s, _ := testSite(t, Options{})
	s.words.plain["ko"]["notice.done"], s.words.plain["en"]["notice.done"] = "접수했습니다.", "Received."
	e := s.Engine()
	pages := s.Pages(e)
	pages.POST("/it", s.Handle(func(c *gin.Context) error { s.Flash(c, "notice.done"); return s.Redirect(c, To(c, "it")) }))
	pages.GET("/it", s.Handle(func(c *gin.Context) error { return s.Render(c, 200, "plain", "x") }))
	jar := map[string]*http.Cookie{}
	if got := visit(e, jar, "POST", "/ko/it", ""); got.Code != 303 || got.Header().Get("Location") != "/ko/it" {
		t.Fatalf("%d", got.Code)
	}
	if got := visit(e, jar, "GET", "/ko/it", "").Body.String(); !strings.Contains(got, `role="status"><p>접수했습니다.</p>`) {
		t.Errorf("no notice in\n%s", got)
	}
	if got := visit(e, jar, "GET", "/ko/it", "").Body.String(); strings.Contains(got, "접수했습니다.") {
		t.Error("the notice is told twice")
	}
}

func TestForgedNoticeSaysNothing(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	s.Pages(e).GET("/it", s.Handle(func(c *gin.Context) error { return s.Render(c, 200, "plain", "x") }))
	for _, value := range []string{"!!!", "az1ub3Rfb3Vycw", "az1ub3RpY2Uubm90aGluZw" /* k=notice.nothing */, "az1sYXlvdXQuc2tpcA" /* k=layout.skip */} {
		jar := map[string]*http.Cookie{"notice": {Name: "notice", Value: value}}
		if got := visit(e, jar, "GET", "/ko/it", ""); got.Code != 200 || strings.Contains(got.Body.String(), `role="status"><p>`) || len(jar) != 0 {
			t.Errorf("%s: %d, cookies left %v", value, got.Code, jar)
		}
	}
}

func TestDisplayIsTheReadersChoice(t *testing.T) {
	for _, secure := range []bool{false, true} {
		s, _ := testSite(t, Options{Secure: secure})
		e := s.Engine()
		s.Pages(e).GET("/it", s.Handle(func(c *gin.Context) error { return s.Render(c, 200, "plain", "x") }))
		jar := map[string]*http.Cookie{}
		if got := visit(e, jar, "GET", "/ko/it?a=1", "").Body.String(); !strings.Contains(got, `class="text-medium"`) || !strings.Contains(got, `name="back" value="/ko/it?a=1"`) {
			t.Errorf("at first:\n%s", got)
		}
		got := visit(e, jar, "POST", "/ko/display", "text=xlarge&contrast=high&back=%2Fko%2Fit%3Fa%3D1")
		if got.Code != 303 || got.Header().Get("Location") != "/ko/it?a=1" {
			t.Errorf("%d %s", got.Code, got.Header().Get("Location"))
		}
		if got := visit(e, jar, "GET", "/ko/it", "").Body.String(); !strings.Contains(got, `class="text-xlarge high-contrast"`) || !strings.Contains(got, `value="xlarge" checked`) || !strings.Contains(got, `value="high" checked`) {
			t.Errorf("chosen, secure %v:\n%s", secure, got)
		}
		if got := visit(e, jar, "POST", "/ko/display", "text=%22%3E%3Cscript%3E&back=https%3A%2F%2Fevil.example"); got.Header().Get("Location") != "/ko/" {
			t.Errorf("leads to %s", got.Header().Get("Location"))
		}
		if got := visit(e, jar, "GET", "/ko/it", "").Body.String(); !strings.Contains(got, `class="text-medium"`) {
			t.Errorf("an unknown size should be the usual one:\n%s", got)
		}
		forged := map[string]*http.Cookie{"display": {Name: s.cookieName("display"), Value: "huge.low"}}
		if got := visit(e, forged, "GET", "/ko/it", "").Body.String(); !strings.Contains(got, `class="text-medium"`) {
			t.Errorf("a forged cookie:\n%s", got)
		}
	}
}
