package page

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	for _, secure := range []bool{false, true} {
		s, _ := testSite(t, Options{Secure: secure})
		e := s.Engine()
		s.Pages(e).GET("/it", s.Handle(func(c *gin.Context) error { return s.Render(c, 200, "plain", "x") }))
		e.GET("/api/v1/it", s.API(func(*gin.Context) error { return nil }))
		for _, path := range []string{"/", "/ko/it", "/nothing", "/api/v1/it", "/api/v1/nothing", s.assets.url("acropolis.css")} {
			h := ask(e, "GET", path, "").Header()
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
				"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			} {
				if h.Get(name) != want {
					t.Errorf("%s: %s is %q", path, name, h.Get(name))
				}
			}
			for _, part := range []string{"default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} {
				if !strings.Contains(h.Get("Content-Security-Policy"), part) {
					t.Errorf("%s: the policy lacks %s", path, part)
				}
			}
			if strings.Contains(h.Get("Content-Security-Policy"), "unsafe") || !strings.Contains(h.Get("Permissions-Policy"), "camera=()") || len(h.Get("X-Request-Id")) != 16 {
				t.Errorf("%s: %v", path, h)
			}
			if got := h.Get("Strict-Transport-Security") != ""; got != secure {
				t.Errorf("%s: HSTS %v over TLS %v", path, got, secure)
			}
		}
	}
}

func TestCaching(t *testing.T) {
	for audience, want := range map[Audience]string{Public: "private, no-cache", Office: "no-store"} {
		s, _ := testSite(t, Options{Audience: audience})
		e := s.Engine()
		pages := s.Pages(e)
		pages.GET("/it", s.Handle(func(c *gin.Context) error { return s.Render(c, 200, "plain", "x") }))
		pages.GET("/secret", s.Handle(func(c *gin.Context) error { Private(c); return s.Render(c, 200, "plain", "x") }))
		if got := ask(e, "GET", "/ko/it", "").Header().Get("Cache-Control"); got != want {
			t.Errorf("%s page: %q", audience, got)
		}
		if got := ask(e, "GET", "/ko/nothing", "").Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s error: %q", audience, got)
		}
		if h := ask(e, "GET", "/ko/secret", "").Header(); h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("X-Robots-Tag") != "noindex, nofollow" {
			t.Errorf("%s private page: %v", audience, h)
		}
	}
}

func TestOtherSitesCannotMakeABrowserPost(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	reached := 0
	s.Pages(e).POST("/it", s.Handle(func(*gin.Context) error { reached++; return nil }))
	e.POST("/api/v1/it", s.API(func(*gin.Context) error { reached++; return nil }))
	for _, path := range []string{"/ko/it", "/api/v1/it"} {
		for _, headers := range [][]string{
			{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, // a sibling host is not this one
			{"Origin", "https://evil.example"}, {"Origin", "null"},
		} {
			if got := ask(e, "POST", path, "", headers...); got.Code != http.StatusForbidden || reached != 0 {
				t.Errorf("%s with %v: %d, handler reached %d times", path, headers, got.Code, reached)
			}
		}
		for _, headers := range [][]string{{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}, {"Origin", "http://example.com"}, nil} {
			reached = 0
			if got := ask(e, "POST", path, "", headers...); got.Code != http.StatusOK || reached != 1 {
				t.Errorf("%s with %v: %d", path, headers, got.Code)
			}
			reached = 0
		}
	}
}

func TestForwardedAddressIsBelievedFromNobody(t *testing.T) {
	for _, trusted := range [][]string{nil, {"192.0.2.1"}} {
		s, _ := testSite(t, Options{TrustedProxies: trusted})
		e := s.Engine()
		seen := ""
		e.GET("/ip", func(c *gin.Context) { seen = c.ClientIP() })
		ask(e, "GET", "/ip", "", "X-Forwarded-For", "203.0.113.9", "X-Real-Ip", "203.0.113.9")
		if want := map[bool]string{true: "192.0.2.1", false: "203.0.113.9"}[trusted == nil]; seen != want {
			t.Errorf("trusting %v, the client is %s", trusted, seen)
		}
	}
}

func TestLimitRefusesTheRestAndSaysWhenToComeBack(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	e.POST("/api/v1/it", s.Limit(6, 3), s.API(func(*gin.Context) error { return nil }))
	for n := range 3 {
		if got := ask(e, "POST", "/api/v1/it", ""); got.Code != 200 {
			t.Fatalf("request %d: %d", n+1, got.Code)
		}
	}
	got := ask(e, "POST", "/api/v1/it", "", "Accept-Language", "en")
	if got.Code != 429 || got.Header().Get("Retry-After") != "10" || !strings.Contains(got.Body.String(), "in 10 seconds") {
		t.Errorf("%d Retry-After %q %s", got.Code, got.Header().Get("Retry-After"), got.Body)
	}
}

func TestOneHouseholdIsOneAddress(t *testing.T) {
	for ip, want := range map[string]string{
		"203.0.113.9": "203.0.113.9", "::ffff:203.0.113.9": "203.0.113.9", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2:ffff::1": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "": "",
	} {
		if got := addressKey(ip); got != want {
			t.Errorf("%s: %s", ip, got)
		}
	}
}

func TestDownloadNameInAnyScript(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	e.GET("/file", s.Handle(func(c *gin.Context) error {
		Download(c, "사이버\"정책/포럼\r\n20261123.xlsx", "text/csv; charset=utf-8")
		c.String(200, "x")
		return nil
	}))
	h := ask(e, "GET", "/file", "").Header()
	want := `attachment; filename="_________20261123.xlsx"; filename*=UTF-8''`
	if got := h.Get("Content-Disposition"); !strings.HasPrefix(got, want) && !strings.Contains(got, "filename*=UTF-8''%EC%82%AC") || strings.ContainsAny(got, "\r\n") {
		t.Errorf("%q", got)
	}
	if h.Get("Content-Type") != "text/csv; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%v", h)
	}
}
