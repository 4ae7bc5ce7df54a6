package page

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdp "github.com/chromedp/chromedp"
)

// TestSamplePageInARealBrowser looks at everything that the shared templates draw, with axe-core, at the widths of a phone and a
// desk, in every language, both contrasts, with and without the KRDS files. Pictures stay with `go test -artifacts`.
func TestSamplePageInARealBrowser(t *testing.T) {
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
	public, _ := testSite(t, sampleOptions(Public))
	office, _ := testSite(t, sampleOptions(Office))
	o := sampleOptions(Public)
	o.CityName, o.Logger = public.options.CityName, public.log
	bare, err := newSite(o, fstest.MapFS{"ext/.gitkeep": {}})
	if err != nil {
		t.Fatal(err)
	}

	sites := map[string]string{}
	for name, s := range map[string]*Site{"public": public, "office": office, "bare": bare} {
		server := httptest.NewServer(sampleEngine(s))
		defer server.Close()
		sites[name] = server.URL
	}
	browser := startBrowser(t)
	t.Run("script", func(t *testing.T) { behave(t, browser, sites["public"]) })
	for _, scripts := range []bool{true, false} {
		t.Run(fmt.Sprintf("mend with script %v", scripts), func(t *testing.T) { mend(t, browser, sites["public"], scripts) })
	}
	for _, one := range []struct {
		site, path, display string
		widths              []int64
	}{
		{"public", "/ko/sample", "medium", []int64{390, 1280}},
		{"public", "/ko/sample", "xlarge.high", []int64{390, 1280}},
		{"public", "/en/sample", "large", []int64{390}},
		{"public", "/zh/sample", "xlarge", []int64{390}},
		{"public", "/ja/sample", "xlarge.high", []int64{390}},
		{"public", "/ko/refused", "medium", []int64{390, 1280}},
		{"public", "/ko/lost", "medium", []int64{390}},
		{"office", "/ko/sample", "medium", []int64{390, 1440}},
		{"office", "/en/refused", "medium.high", []int64{1440}},
		{"bare", "/ko/sample", "medium", []int64{390, 1280}},
	} {
		for _, width := range one.widths {
			title := fmt.Sprintf("%s%s-%d-%s", one.site, strings.ReplaceAll(one.path, "/", "-"), width, one.display)
			t.Run(title, func(t *testing.T) { look(t, browser, sites[one.site]+one.path, width, one.display, string(axe), title) })
		}
	}
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
	Nodes     []struct {
		Target []any
		Any    []struct{ Message string }
	}
}

// tooWide lists what sticks out of the window, unless it scrolls in a region of its own.
const tooWide = `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
	.filter(e => e.getBoundingClientRect().right > innerWidth && !e.closest('.scroll')).map(e => e.tagName + '.' + e.className + '#' + e.id)`

// blockedByPolicy lists what the page tried against its own Content-Security-Policy since it was loaded.
const blockedByPolicy = `new Promise(done => {
	new ReportingObserver(reports => done(reports.map(r => r.body.effectiveDirective + ' ' + r.body.blockedURL)), {types: ['csp-violation'], buffered: true}).observe();
	requestAnimationFrame(() => requestAnimationFrame(() => done([])));
})`

// runAxe leaves out the undecided texts of charts: axe can't see what is behind them, and a chart has a table besides.
const runAxe = `;axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})
	.then(r => r.violations.concat(r.incomplete.filter(i => i.id === 'color-contrast')
		.map(i => ({...i, Undecided: true, nodes: i.nodes.filter(n => !n.html.startsWith('<text'))})).filter(i => i.nodes.length > 0)))`

func look(t *testing.T, browser context.Context, url string, width int64, display, axe, title string) {
	tab, closeTab := cdp.NewContext(browser)
	defer closeTab()
	tab, cancel := context.WithTimeout(tab, 60*time.Second)
	defer cancel()
	metrics := emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 844, DeviceScaleFactor: 1}
	if _, err := cdp.Call(tab, emulation.SetDeviceMetricsOverride, metrics); err != nil {
		t.Fatal(err)
	}
	if err := cdp.Do(tab, cdp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	if _, err := cdp.Run(tab, cdp.Evaluate[string](`document.cookie = "display=`+display+`; path=/"`)); err != nil {
		t.Fatal(err)
	}
	if err := cdp.Do(tab, cdp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	picture, err := cdp.Run(tab, cdp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), title+".png"), picture, 0o600); err != nil {
		t.Fatal(err)
	}
	wide, err := cdp.Run(tab, cdp.Evaluate[[]string](tooWide))
	if err != nil || len(wide) > 0 {
		t.Errorf("the page scrolls sideways because of %v (%v)", wide, err)
	}
	blocked, err := cdp.Run(tab, cdp.Evaluate[[]string](blockedByPolicy, cdp.EvalAwaitPromise))
	if err != nil || len(blocked) > 0 {
		t.Errorf("the security policy blocked %v (%v)", blocked, err)
	}
	found, err := cdp.Run(tab, cdp.Evaluate[[]finding](axe+runAxe, cdp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		nodes, _ := json.Marshal(f.Nodes)
		if f.Undecided {
			t.Logf("look at the picture, axe can't decide %s at %.600s", f.ID, nodes)
			continue
		}
		t.Errorf("axe %s: %s at %.600s", f.ID, f.Help, nodes)
	}
}

// mend goes from the focused error summary to the field that it names, by keyboard alone.
func mend(t *testing.T, browser context.Context, site string, scripts bool) {
	tab, closeTab := cdp.NewContext(browser)
	defer closeTab()
	tab, cancel := context.WithTimeout(tab, 60*time.Second)
	defer cancel()
	if _, err := cdp.Call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts}); err != nil {
		t.Fatal(err)
	}
	if err := cdp.Do(tab, cdp.Navigate(site+"/ko/refused")); err != nil {
		t.Fatal(err)
	}
	at := func(id string) {
		t.Helper()
		got := ""
		for end := time.Now().Add(10 * time.Second); got != id && time.Now().Before(end); {
			var err error
			if got, err = cdp.Run(tab, cdp.Evaluate[string](`document.activeElement.id`)); err != nil {
				t.Fatal(err)
			}
		}
		if got != id {
			t.Fatalf("the focus is on %q, not on %q", got, id)
		}
	}
	at("errors")
	if err := cdp.Do(tab, cdp.KeyEvent("\t"), cdp.KeyEvent("\r")); err != nil {
		t.Fatal(err)
	}
	at("field-text")
}

// behave checks what the script adds to a page that works without it.
func behave(t *testing.T, browser context.Context, site string) {
	tab, closeTab := cdp.NewContext(browser)
	defer closeTab()
	tab, cancel := context.WithTimeout(tab, 60*time.Second)
	defer cancel()
	ask := func(url, script string) string {
		t.Helper()
		if url != "" {
			if err := cdp.Do(tab, cdp.Navigate(site+url)); err != nil {
				t.Fatal(err)
			}
		}
		got, err := cdp.Run(tab, cdp.Evaluate[string](script, cdp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := ask("/ko/refused", `document.activeElement.id`); got != "errors" {
		t.Errorf("the focus is on %q, not on the error summary", got)
	}
	if err := cdp.Do(tab, cdp.Navigate(site+"/ko/sample"), cdp.KeyEvent("\t")); err != nil {
		t.Fatal(err)
	}
	if got := ask("", `document.activeElement.className + ' ' + getComputedStyle(document.activeElement).outlineStyle`); got != "skip solid" {
		t.Errorf("the first Tab leads to %q, not visibly to the skip link", got)
	}
	if got := ask("/ko/sample", `(a => { a.value = '광장😀'; a.dispatchEvent(new Event('input', {bubbles: true}));
		return document.getElementById('field-text-count').textContent })(document.getElementById('field-text'))`); got != "4,000자까지 쓸 수 있습니다. (3/4,000)" {
		t.Errorf("the count says %q", got)
	}
	leaves := `String(dispatchEvent(new Event('beforeunload', {cancelable: true})))`
	if asked := ask("", leaves); asked != "false" {
		t.Error("typed text may be lost without a question")
	}
	if asked := ask("/ko/sample", leaves); asked != "true" {
		t.Error("nothing was typed, and leaving asks")
	}
	twice := ask("", `(f => [1, 2].map(() => f.dispatchEvent(new SubmitEvent('submit', {cancelable: true}))).join())(document.querySelector('form[data-warn]'))`)
	if twice != "true,false" {
		t.Errorf("a double click sends: %s", twice)
	}
	filtered := ask("/ko/live", `new Promise(done => {
		new MutationObserver(() => done(document.getElementById('list').textContent + ' ' + location.search + ' ' + document.querySelectorAll('h1').length))
			.observe(document.getElementById('live'), {childList: true});
		const q = document.querySelector('input[name=q]'); q.value = '광장'; q.dispatchEvent(new Event('input', {bubbles: true}));
	})`)
	if filtered != "광장 둘 ?q=%EA%B4%91%EC%9E%A5 1" {
		t.Errorf("the list became %q", filtered)
	}
}
