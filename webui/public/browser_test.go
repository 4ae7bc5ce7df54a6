package public

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdp "github.com/chromedp/chromedp"

	"acropolis/forum"
	"acropolis/webui/page"
)

// shown is a page as a citizen comes to it: by its address, or by a form that was sent there.
type shown struct {
	name, path string
	form       []string
	city       func() *city
	with       func(*Options)              // how the city is set up, where not as usual
	then       func(context.Context) error // what is done there before one looks
}

// serve is the site that answers it, to a citizen.
func (p shown) serve(t *testing.T) http.Handler {
	t.Helper()
	with := p.with
	if with == nil {
		with = func(*Options) {}
	}
	return asCitizen(serve(t, p.city(), with), p.form)
}

// fullCity has a board of some length, so that a picture shows what a citizen sees.
func fullCity() *city {
	s := aCity()
	s.dossier.Items = append(s.dossier.Items, forum.DossierItem{Kind: forum.ExpertOpinion, Title: "열린 공간이 먼저입니다", Body: "도심에 앉아 쉴 곳이 없습니다. **광장**은 도시의 거실입니다.", Name: "이도시", Affiliation: "도시연구소", Stance: forum.StanceFor},
		forum.DossierItem{Kind: forum.ExpertOpinion, Title: "정체가 심해집니다", Body: "하루 7만 대가 지나는 교차로입니다.", Name: "박교통", Affiliation: "교통연구원", Stance: forum.StanceAgainst},
		forum.DossierItem{Kind: forum.Example, Title: "트래펄가 광장", Body: "북쪽 차로를 막고 계단을 놓았습니다."},
		forum.DossierItem{Kind: forum.Map, Title: "시청 앞 교차로", Body: "서울특별시 중구 세종대로 110", Link: "https://map.example.org/1"},
		forum.DossierItem{Kind: forum.Attachment, Title: "광장 조감도", Body: "서쪽에서 본 모습입니다.", Alt: "시청 앞 로터리 자리에 놓인 둥근 잔디 광장",
			File: forum.DossierFile{ID: unknownID, Name: "시청 앞 광장 조감도(2026년 11월 최종).png", Type: forum.PNG, Size: 3 << 20, SHA256: strings.Repeat("ab", 32)}})
	text := "광장이 생기면 시민이 쉴 곳이 늘어납니다. 다만 버스 노선과 우회로를 먼저 정리해 주십시오.\n\n첫째, 출근 시간에는 차로를 유지해 주십시오. 둘째, 휠체어가 다닐 수 있게 턱을 없애 주십시오."
	for i := range 6 {
		s.opinions = append(s.opinions, forum.Opinion{ID: opinionID[:35] + forum.ID("abcdef"[i:i+1]), Number: fmt.Sprintf("2026-00010%d", i), Status: forum.OpinionPublished,
			Text: text, District: "마포구", Lang: "ko", AcceptedAt: time.Now(), For: 12 * i, Against: i, Mine: []forum.Choice{forum.NoChoice, forum.For, forum.Against}[i%3], Awarded: i == 2})
	}
	return s
}

func youthCity() *city {
	s := fullCity()
	s.forum.Track = forum.Youth
	return s
}

func fullAnswered() *city {
	s := answered()
	s.opinions = fullCity().opinions
	s.status.Award = &forum.Award{Status: forum.AwardOffered, Rank: 1, AnswerBy: time.Now().Add(72 * time.Hour)}
	for i := range 35 {
		day := time.Date(2003, 2, 9+i, 0, 0, 0, 0, time.UTC)
		s.results.Figures.Days = append(s.results.Figures.Days, forum.DayFigures{Date: day.Format(time.DateOnly), Opinions: (i * 7) % 11})
	}
	return s
}

// widths are a phone and a desk.
var widths = []int64{390, 1280}

// TestEveryPageInARealBrowser looks at each page with axe-core, at the widths of a phone and a desk, in every language.
// Pictures stay with `go test -artifacts`.
func TestEveryPageInARealBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Fatal("chromium is not installed: apt-get install chromium fonts-noto-cjk")
	}
	axe, err := os.ReadFile("../../node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal("axe-core is not there: npm ci --ignore-scripts")
	}
	browser := startBrowser(t)
	for _, p := range shownPages() {
		server := httptest.NewServer(p.serve(t))
		t.Cleanup(server.Close)
		for _, lang := range page.Public.Languages() {
			title := p.name + "-" + lang
			t.Run(title, func(t *testing.T) {
				t.Parallel()
				look(t, browser, server.URL+p.in(lang), string(axe), title, p.then)
			})
		}
	}
}

// asCitizen is the site as somebody signed in sees it; the page itself is what a form answers that somebody else has sent, if there is one.
func asCitizen(site http.Handler, fields []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := askedCookie + "=bWVAZXhhbXBsZS5vcmc"
		if fields == nil || strings.HasPrefix(r.URL.Path, "/static/") {
			r.Header.Set("Cookie", strings.Join([]string{signedIn, browserNamed(1), asked}, "; "))
			site.ServeHTTP(w, r)
			return
		}
		sent := httptest.NewRequest("POST", r.URL.Path, strings.NewReader(form(fields...)))
		sent.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		sent.Header.Set("Cookie", browserNamed(1)+"; "+asked)
		site.ServeHTTP(w, sent)
	})
}

func startBrowser(t *testing.T) context.Context {
	t.Helper()
	allocator, stop := cdp.NewExecAllocator(context.Background(), cdp.Headless, cdp.NoSandbox, cdp.DisableGPU, cdp.NoFirstRun,
		cdp.Flag("disable-quic", true), cdp.Flag("disable-background-networking", true), cdp.Flag("disable-component-update", true),
		cdp.Flag("disable-sync", true), cdp.UserDataDir(t.TempDir()))
	t.Cleanup(stop)
	browser, closeBrowser := cdp.NewContext(allocator) // the browser lives as long as this context: no deadline
	t.Cleanup(closeBrowser)
	if err := cdp.Do(browser); err != nil {
		t.Fatal(err)
	}
	return browser
}

// finding is what axe reports: a violation, or a contrast that it couldn't decide and a person must look at.
type finding struct {
	ID, Help  string
	Undecided bool
	Nodes     []struct{ Target []any }
}

// tooWide lists what sticks out of the window, unless it scrolls in a region of its own.
const tooWide = `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
	.filter(e => e.getBoundingClientRect().right > innerWidth && !e.closest('.scroll')).map(e => e.tagName + '.' + e.className + '#' + e.id)`

// tooSmall lists what one presses and is lower than 48 pixels. A box has its label to be pressed.
const tooSmall = `matchMedia('print').matches ? [] : [...document.querySelectorAll('.button, button, select, summary, textarea, input:not([type=hidden], [type=radio], [type=checkbox]), label.choice, .site-nav a, .pagination a, .language')]
	.filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 47.5).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 30) + ' ' + e.getBoundingClientRect().height)`

// runAxe leaves out the undecided texts of charts: axe can't see what is behind them, and a chart has a table besides.
const runAxe = `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'], rules: {'target-size': {enabled: !matchMedia('print').matches}}})
	.then(r => r.violations.concat(r.incomplete.filter(i => i.id === 'color-contrast')
		.map(i => ({...i, Undecided: true, nodes: i.nodes.filter(n => !n.html.startsWith('<text'))})).filter(i => i.nodes.length > 0)))`

func look(t *testing.T, browser context.Context, address, axe, title string, then func(context.Context) error) {
	tab, closeTab := cdp.NewContext(browser)
	defer closeTab()
	tab, cancel := context.WithTimeout(tab, 60*time.Second)
	defer cancel()
	for i, width := range widths {
		metrics := emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 844, DeviceScaleFactor: 1}
		if _, err := cdp.Call(tab, emulation.SetDeviceMetricsOverride, metrics); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if err := cdp.Do(tab, cdp.Navigate(address)); err != nil {
				t.Fatal(err)
			}
			if then != nil {
				if err := then(tab); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := cdp.Run(tab, cdp.Evaluate[bool](axe+";true")); err != nil {
				t.Fatal(err)
			}
		}
		lookAt(t, tab, fmt.Sprintf("%s-%d", title, width))
	}
}

// lookAt looks at the page that a tab shows, at its present width.
func lookAt(t *testing.T, tab context.Context, title string) {
	if kept := flag.Lookup("test.artifacts"); kept != nil && kept.Value.String() == "true" {
		picture, err := cdp.Run(tab, cdp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(t.ArtifactDir(), title+".jpeg"), picture, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	wide, err := cdp.Run(tab, cdp.Evaluate[[]string](tooWide))
	if err != nil || len(wide) > 0 {
		t.Errorf("%s: the page scrolls sideways because of %v (%v)", title, slices.Compact(wide), err)
	}
	small, err := cdp.Run(tab, cdp.Evaluate[[]string](tooSmall))
	if err != nil || len(small) > 0 {
		t.Errorf("%s: too small for a finger: %v (%v)", title, small, err)
	}
	found, err := cdp.Run(tab, cdp.Evaluate[[]finding](runAxe, cdp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		nodes, _ := json.Marshal(f.Nodes)
		if f.Undecided {
			t.Logf("%s: look at the picture, axe can't decide %s at %.600s", title, f.ID, nodes)
			continue
		}
		t.Errorf("%s: axe %s: %s at %.600s", title, f.ID, f.Help, nodes)
	}
}
