package office

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdp "github.com/chromedp/chromedp"

	"acropolis/forum"
)

// looks are situations that together show every page and every kind of form.
var looks = []struct {
	name   string
	duties []forum.Duty
	set    func(*office)
	pages  []string
}{
	{"open", []forum.Duty{forum.Officer, forum.Moderator, forum.Drafter, forum.Analyst}, func(o *office) {
		o.compared = []forum.Participation{{Forum: id(100), Title: o.topic.Title, TitleEn: o.topic.TitleEn, Opinions: 12, Day: 10, Days: 30, Like: forum.LikeAny, Comparable: 5, Median: 40}}
		o.session.also = map[string]string{receiptsKey: string(id(650)) + " " + string(entryCode) + " 9999999999"}
	}, []string{
		"/", "/forums", "/forums/F", "/forums/F/dossier", "/forums/F/opinions", "/forums/F/audit", "/forums/F/pr", "/forums/F/decisions/forum.extend", "/opinions",
		"/suggestions", "/suggestions/new", "/suggestions/S", "/suggestions/S/receipt", "/forums/F/opinions/new", "/forums/F/opinions/E/receipt", "/rounds", "/rounds/R", "/committee", "/approvals", "/audit", "/health", "/directory", "/calendar", "/calendar/holidays/2026-11-26/remove", "/radar", "/absences", "/lines", "/delegations", "/delegations/D/end", "/clocks/C/pause"}},
	{"moderating", []forum.Duty{forum.Moderator, forum.Officer}, func(o *office) {
		o.opinions[0].HeldFor = []forum.DataKind{forum.PhoneNumber, forum.EmailAddress}
		o.locked = &forum.ModerationLock{Official: officer.ID, Name: "한지숙", Since: noon, Until: noon.Add(forum.LockLife)}
	}, []string{"/opinions?tab=held", "/opinions/O", "/opinions/log", "/opinions/batches/B", "/forums/F"}},
	{"suspects", []forum.Duty{forum.Officer, forum.Analyst}, func(o *office) {},
		[]string{"/forums/F/suspects", "/forums/F/suspects/K", "/exclusions/X"}},
	{"scoring", []forum.Duty{forum.Committee, forum.Analyst}, func(o *office) {
		o.topic.Status, o.round.Status, o.round.Seated[0].Official = forum.Analysing, forum.RoundScoring, everyone.ID
	},
		[]string{"/rounds/R", "/forums/F/analysis"}},
	{"awarding", []forum.Duty{forum.Officer}, func(o *office) { o.topic.Status, o.round.Status = forum.Awarding, forum.RoundDecided },
		[]string{"/rounds/R", "/forums/F/awards"}},
	{"responding", []forum.Duty{forum.Officer}, func(o *office) {
		o.topic.Status, o.awards[0].Status, o.awards[0].Rank = forum.Responding, forum.AwardAccepted, 1
	},
		[]string{"/forums/F/response", "/forums/F/awards", "/forums/F/decisions/response.submit"}},
	{"following", []forum.Duty{forum.Officer}, func(o *office) { o.topic.Status = forum.Following }, []string{"/forums/F", "/forums/F/followup"}},
	{"jury", []forum.Duty{forum.Juror}, func(o *office) { o.topic.Status = forum.Awarding }, []string{"/forums/F/awards"}},
	{"signing", []forum.Duty{forum.Head}, func(o *office) { o.approvals[0].Line[1].Official = everyone.ID }, []string{"/approvals/A"}},
	{"nobody", nil, func(o *office) { o.session.official = "" }, []string{"/login"}},
}

// TestPagesInARealBrowser looks at every page, in Korean at the width of a phone and in English at that of a desk: nothing scrolls
// sideways, nothing is blocked by the page's own policy, axe-core finds no fault. Pictures stay with `go test -artifacts`.
func TestPagesInARealBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes half a minute")
	}
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Fatal("chromium is not installed: apt-get install chromium fonts-noto-cjk")
	}
	axe, err := os.ReadFile("../../node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal("axe-core is not there: npm ci --ignore-scripts")
	}
	allocator, stop := cdp.NewExecAllocator(context.Background(), cdp.Headless, cdp.NoSandbox, cdp.DisableGPU, cdp.NoFirstRun,
		cdp.Flag("disable-quic", true), cdp.Flag("disable-background-networking", true), cdp.Flag("disable-component-update", true),
		cdp.Flag("disable-sync", true), cdp.UserDataDir(t.TempDir()))
	defer stop()
	browser, closeBrowser := cdp.NewContext(allocator) // the browser lives as long as this context: no deadline
	defer closeBrowser()
	if err := cdp.Do(browser); err != nil {
		t.Fatal(err)
	}
	for _, one := range looks {
		as := everyone
		as.Duties = one.duties
		o := newOffice(t, as)
		o.officials[5] = as
		one.set(o)
		server := httptest.NewServer(o.engine)
		ids := strings.NewReplacer("/F", "/"+string(id(100)), "/S", "/"+string(id(200)), "/R", "/"+string(id(300)), "/A", "/"+string(id(400)), "/O", "/"+string(id(600)), "/B", "/"+string(id(1300)), "/C/", "/"+string(id(801))+"/", "/E/", "/"+string(id(650))+"/", "/D/", "/"+string(id(1201))+"/",
			"/K", "/"+string(id(1300)), "/X", "/"+string(id(1301)))
		for _, path := range one.pages {
			// Korean on a phone, English, whose words are longer, on a desk.
			for lang, width := range map[string]int64{"ko": 390, "en": 1280} {
				url := server.URL + "/" + lang + ids.Replace(path)
				look(t, browser, url, width, string(axe), one.name+strings.ReplaceAll(path, "/", "-")+"-"+lang)
			}
		}
		server.Close()
	}
}

// tooWide lists what sticks out of the window, unless it scrolls in a region of its own.
const tooWide = `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
	.filter(e => e.getBoundingClientRect().right > innerWidth && !e.closest('.scroll')).map(e => e.tagName + '.' + e.className + '#' + e.id).concat('the page')`

// unnamed lists the lines of a chart of several whose name is out of sight and in no legend.
const unnamed = `[...document.querySelectorAll('.chart')].filter(f => f.querySelectorAll('.scroll .line').length > 1).flatMap(f => {
	const named = [...f.querySelectorAll('.legend li')].filter(l => l.checkVisibility() && l.getBoundingClientRect().right <= innerWidth).map(l => l.textContent.trim());
	return [...f.querySelectorAll('.scroll .line > text')].filter(t => t.getBoundingClientRect().right > innerWidth).map(t => t.textContent)
		.filter(name => !named.some(n => n.startsWith(name.replace('…', ''))));
})`

// blockedByPolicy lists what the page tried against its own Content-Security-Policy since it was loaded.
const blockedByPolicy = `new Promise(done => {
	new ReportingObserver(reports => done(reports.map(r => r.body.effectiveDirective + ' ' + r.body.blockedURL)), {types: ['csp-violation'], buffered: true}).observe();
	requestAnimationFrame(() => requestAnimationFrame(() => done([])));
})`

// runAxe looks at everything, folded forms too.
const runAxe = `;document.querySelectorAll('details').forEach(d => d.open = true);
axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r => r.violations)`

func look(t *testing.T, browser context.Context, url string, width int64, axe, title string) {
	t.Helper()
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
	picture, err := cdp.Run(tab, cdp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), title+".png"), picture, 0o600); err != nil {
		t.Fatal(err)
	}
	wide, err := cdp.Run(tab, cdp.Evaluate[[]string](tooWide))
	if err != nil || len(wide) > 0 {
		t.Errorf("%s scrolls sideways because of %v (%v)", title, wide, err)
	}
	lost, err := cdp.Run(tab, cdp.Evaluate[[]string](unnamed))
	if err != nil || len(lost) > 0 {
		t.Errorf("%s: nobody sees without scrolling which lines are %q (%v)", title, lost, err)
	}
	blocked, err := cdp.Run(tab, cdp.Evaluate[[]string](blockedByPolicy, cdp.EvalAwaitPromise))
	if err != nil || len(blocked) > 0 {
		t.Errorf("%s: the security policy blocked %v (%v)", title, blocked, err)
	}
	found, err := cdp.Run(tab, cdp.Evaluate[[]struct {
		ID, Help string
		Nodes    []struct {
			Target []any
			HTML   string
		}
	}](axe+runAxe, cdp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		nodes, _ := json.Marshal(f.Nodes)
		t.Errorf("%s: axe %s: %s at %.400s", title, f.ID, f.Help, nodes)
	}
}
