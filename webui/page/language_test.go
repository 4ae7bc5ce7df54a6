package page

import (
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

func TestRootLeadsToTheReadersLanguage(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	for header, want := range map[string]string{
		"": "/ko/", "ko-KR,ko;q=0.9,en;q=0.8": "/ko/", "en-GB,en;q=0.9": "/en/", "fr,en;q=0.5": "/en/", "fr": "/ko/", "ja;q=0.1": "/ja/", "ja-JP,en;q=0.5": "/ja/", "zh-CN,zh;q=0.9,en;q=0.8": "/zh/", "zh-Hans": "/zh/", "zh-TW,zh;q=0.9,en;q=0.8": "/zh/", "nonsense;;;": "/ko/", "*": "/ko/",
		strings.Repeat("x-", 5000) + "en": "/ko/", // parsing such a thing once took quadratic time
	} {
		if got := ask(e, "GET", "/", "", "Accept-Language", header); got.Code != 303 || got.Header().Get("Location") != want {
			t.Errorf("%.40q leads with %d to %s, want %s", header, got.Code, got.Header().Get("Location"), want)
		}
	}
	office, _ := testSite(t, Options{Audience: Office})
	if got := ask(office.Engine(), "GET", "/", "", "Accept-Language", "ja,en;q=0.5").Header().Get("Location"); got != "/en/" {
		t.Errorf("who asks for Japanese or English is led to %s by staff's site", got)
	}
	if got := ask(e, "GET", "/en", "").Header().Get("Location"); got != "/en/" {
		t.Errorf("/en leads to %q", got)
	}
}

func TestPageKnowsItsLanguageAndTheOthers(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	s.Pages(e).GET("/forums/:id", s.Handle(func(c *gin.Context) error { return s.Render(c, 200, "plain", "x") }))
	got := ask(e, "GET", "/en/forums/a%2Fb?status=open&page=2", "", "Accept-Language", "ko")
	for _, want := range []string{
		`<html lang="en"`, `href="/ko/forums/a%2Fb?status=open&amp;page=2" lang="ko" hreflang="ko">한국어</a>`, `<link rel="alternate" hreflang="ko"`, "Skip to main content", "Seoul Cyber Policy Forum",
	} {
		if !strings.Contains(got.Body.String(), want) {
			t.Errorf("no %s in\n%s", want, got.Body)
		}
	}
	if got.Header().Get("Content-Language") != "en" {
		t.Errorf("Content-Language %q", got.Header().Get("Content-Language"))
	}
}

func TestAddressesAreEscaped(t *testing.T) {
	for _, c := range []struct {
		parts []any
		want  string
	}{
		{nil, "/ko/"}, {[]any{"forums", 7, "opinions"}, "/ko/forums/7/opinions"}, {[]any{"a/b?c#d"}, "/ko/a%2Fb%3Fc%23d"}, {[]any{".."}, "/ko/.."}, {[]any{"/forums/", 1}, "/ko/forums/1"},
	} {
		if got := to("ko", c.parts...); got != c.want {
			t.Errorf("%v: %s", c.parts, got)
		}
	}
}

func TestRedirectStaysOnThisSite(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	target := ""
	s.Pages(e).POST("/it", s.Handle(func(c *gin.Context) error { return s.Redirect(c, target) }))
	for _, target = range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:alert(1)", "", "ko/forums", "/\t/evil.example", "/x\r\nSet-Cookie: a=b"} {
		if got := ask(e, "POST", "/ko/it", "").Header().Get("Location"); got != "/ko/" {
			t.Errorf("%q leads to %q", target, got)
		}
	}
	target = "/ko/forums/1?sort=best#list"
	if got := ask(e, "POST", "/ko/it", ""); got.Code != 303 || got.Header().Get("Location") != target {
		t.Errorf("%d %q", got.Code, got.Header().Get("Location"))
	}
}

func TestQuotedWordsSayTheirLanguage(t *testing.T) {
	s, _ := testSite(t, Options{})
	for path, want := range map[string]string{
		"/en/it": `Reason: <span lang="ko">&lt;b&gt;태풍&lt;/b&gt;</span>`, "/ko/it": `까닭: &lt;b&gt;태풍&lt;/b&gt;`, "/zh/it": `理由：<span lang="ko">&lt;b&gt;태풍&lt;/b&gt;</span>`,
	} {
		if got, err := testView(t, s, path).Quoted("public.reason", "reason", "<b>태풍</b>"); err != nil || string(got) != want {
			t.Errorf("at %s: %s %v", path, got, err)
		}
	}
	if got := testView(t, s, "/ko/it").LangOf("广场"); got != "zh-Hans" {
		t.Errorf("Chinese words on a Korean page are %q", got)
	}
}
