package page

import (
	"io/fs"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

var withOthers = fstest.MapFS{
	"ext/.gitkeep": {}, "ext/krds_tokens.css": {Data: []byte(":root{}")}, "ext/PretendardGOV-Regular.subset.woff2": {Data: []byte("wOF2")}, "ext/PretendardGOV-Bold.subset.woff2": {Data: []byte("wOF2")},
}

func TestPageLinksOnlyToWhatIsThere(t *testing.T) {
	for name, others := range map[string]fs.FS{"bare clone": fstest.MapFS{"ext/.gitkeep": {}}, "with the npm files": withOthers} {
		o := Options{Audience: Public, Templates: os.DirFS("testdata/sample"), Strict: true, Logger: slog.New(slog.DiscardHandler)}
		s, err := newSite(o, others)
		if err != nil {
			t.Fatal(err)
		}
		e := sampleEngine(s)
		html := ask(e, "GET", "/ko/sample", "").Body.String()
		links := regexp.MustCompile(`(?:href|src)="(/static/[^"]*)"`).FindAllStringSubmatch(html, -1)
		if want := map[string]int{"bare clone": 3, "with the npm files": 5}[name]; len(links) != want {
			t.Errorf("%s: %d links, want %d: %v", name, len(links), want, links)
		}
		for _, link := range links {
			got := ask(e, "GET", link[1], "")
			if got.Code != 200 || got.Body.Len() == 0 || got.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
				t.Errorf("%s: %s gives %d, %v", name, link[1], got.Code, got.Header())
			}
		}
		if strings.Contains(html, `href=""`) || strings.Contains(html, `src=""`) {
			t.Errorf("%s: an empty link", name)
		}
	}
}

func TestStaticFilesHaveTheirTypeAndVersion(t *testing.T) {
	s, err := newSite(Options{Audience: Public, Logger: slog.New(slog.DiscardHandler)}, withOthers)
	if err != nil {
		t.Fatal(err)
	}
	e := s.Engine()
	for name, kind := range map[string]string{
		"acropolis.css": "text/css; charset=utf-8", "acropolis.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml", "PretendardGOV-Bold.subset.woff2": "font/woff2",
	} {
		if got := ask(e, "GET", s.assets.url(name), ""); got.Code != 200 || got.Header().Get("Content-Type") != kind {
			t.Errorf("%s: %d %s", name, got.Code, got.Header().Get("Content-Type"))
		}
	}
	old := ask(e, "GET", "/static/0123456789abcdef/acropolis.css", "")
	if old.Code != 307 || old.Header().Get("Location") != s.assets.url("acropolis.css") || strings.Contains(old.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("another version: %d %v", old.Code, old.Header())
	}
	for _, path := range []string{"/static/x/nothing.css", "/static/x/.gitkeep", "/static/x/..%2fsite.go", "/static/x/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/static/", "/static/x"} {
		if got := ask(e, "GET", path, ""); got.Code != 404 {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
}

func TestVersionChangesWithTheContent(t *testing.T) {
	version := func(css string) string {
		a, err := gatherAssets(fstest.MapFS{"static/a.css": {Data: []byte(css)}}, fstest.MapFS{"ext/.gitkeep": {}})
		if err != nil {
			t.Fatal(err)
		}
		return a.version
	}
	if version("a") == version("b") || version("a") != version("a") {
		t.Error("the version is not the content's hash")
	}
}

// TestStyleSheetsKeepToTheTokens: no colour but a KRDS token with its fallback, and nothing fetched from elsewhere.
func TestStyleSheetsKeepToTheTokens(t *testing.T) {
	css, err := fs.ReadFile(own, "static/acropolis.css")
	if err != nil {
		t.Fatal(err)
	}
	screen, printed, _ := strings.Cut(string(css), "@media print")
	if printed == "" {
		t.Error("there is no print style")
	}
	withoutFallbacks := regexp.MustCompile(`var\(--krds-[a-z0-9-]+, [^)]+\)`).ReplaceAllString(screen, "")
	if found := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(`).FindAllString(withoutFallbacks, -1); found != nil {
		t.Errorf("colours that are no token: %v", found)
	}
	for _, file := range []string{"acropolis.css", "fonts.css", "acropolis.js"} {
		text, err := fs.ReadFile(own, "static/"+file)
		if err != nil {
			t.Fatal(err)
		}
		if regexp.MustCompile(`https?://|//[a-z]+\.`).Match(text) {
			t.Errorf("%s fetches from elsewhere", file)
		}
	}
}

// TestFallbacksAreTheTokensValues holds the fallbacks against the KRDS file, where it is there.
func TestFallbacksAreTheTokensValues(t *testing.T) {
	tokens, err := fs.ReadFile(ext, "ext/krds_tokens.css")
	if err != nil {
		t.Skip("the KRDS tokens are not there: npm ci --ignore-scripts && npm run assets")
	}
	values := map[string]string{}
	for _, found := range regexp.MustCompile(`(--krds-[a-z0-9-]+): *([^;]+);`).FindAllStringSubmatch(string(tokens), -1) {
		values[found[1]] = strings.TrimSpace(found[2])
	}
	resolve := func(value string) string {
		for range 5 {
			name, isVariable := strings.CutPrefix(value, "var(")
			if !isVariable {
				break
			}
			value = values[strings.TrimSuffix(name, ")")]
		}
		return shortHex(strings.ToLower(value))
	}
	css, err := fs.ReadFile(own, "static/acropolis.css")
	if err != nil {
		t.Fatal(err)
	}
	uses := regexp.MustCompile(`var\((--krds-[a-z0-9-]+), ([^)]+)\)`).FindAllStringSubmatch(string(css), -1)
	if len(uses) < 60 {
		t.Fatalf("found only %d tokens", len(uses))
	}
	for _, use := range uses {
		if got := resolve(values[use[1]]); got == "" || strings.TrimPrefix(got, "0") != strings.TrimPrefix(shortHex(use[2]), "0") {
			t.Errorf("%s is %q in KRDS, the fallback is %q", use[1], got, use[2])
		}
	}
}

// shortHex writes #ffffff as #fff.
func shortHex(colour string) string {
	if len(colour) == 7 && colour[0] == '#' && colour[1] == colour[2] && colour[3] == colour[4] && colour[5] == colour[6] {
		return "#" + colour[1:2] + colour[3:4] + colour[5:6]
	}
	return colour
}

func TestLayoutHasNoInlineStyleOrScript(t *testing.T) {
	s, _ := testSite(t, sampleOptions(Public))
	e := sampleEngine(s)
	for _, path := range []string{"/ko/sample", "/en/refused", "/ko/lost"} {
		html := ask(e, "GET", path, "").Body.String()
		if found := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script>|<script [^>]*>[^<]|javascript:`).FindString(html); found != "" {
			t.Errorf("%s has %q, which the policy forbids", path, found)
		}
	}
}
