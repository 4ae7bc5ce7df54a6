package square

import (
	"context"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"time"

	browserlog "github.com/chromedp/cdproto/log"
	browserpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	cdp "github.com/chromedp/chromedp"

	"acropolis/forum"
)

// traces are what a text leaves in a page when it isn't only a text: it ran, it can run, or it leads or asks elsewhere.
const traces = `[...(window.ran ? ['something ran'] : []),
	...[...document.querySelectorAll('*')].flatMap(e => [...e.attributes].filter(a => /^on/i.test(a.name) || /^(href|src|action|formaction|srcdoc)$/i.test(a.name) && /^\s*(javascript|data:text)/i.test(a.value)).map(a => e.outerHTML.slice(0, 200))),
	...[...document.querySelectorAll('main script, main style, main iframe, main object, main embed, main meta, main link, main form')].filter(e => e.tagName != 'FORM' || !e.action.startsWith(location.origin)).map(e => e.outerHTML.slice(0, 200)),
	...[...document.querySelectorAll('img')].filter(e => e.src && !e.src.startsWith(location.origin) && !e.src.startsWith('data:')).map(e => e.outerHTML.slice(0, 200))]`

// here are the pages of this site that a page leads to.
const here = `[...document.querySelectorAll('a[href]')].map(a => a.href.split('#')[0]).filter(h => h.startsWith(location.origin) && !/\.(atom|ics|csv|json|png|svg|xml|xlsx|txt)(\?|$)/.test(h))`

const pagesMost = 80

// nothingThatCitizensSendRuns fills every public field with what might run, and follows every link in Chromium.
func (s *siege) nothingThatCitizensSendRuns() {
	if _, err := exec.LookPath("chromium"); err != nil {
		s.t.Fatal("chromium is not installed: apt-get install chromium fonts-noto-cjk")
	}
	receipts := s.sendEvils()
	s.execute(`UPDATE departments SET name = $1, name_en = $1`, s.evils()[0])
	answered, _ := s.evilForum(forum.Published)
	open, _ := s.evilForum(forum.Open)
	if err := s.store.Tally(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	tab, heard := s.browser()
	waiting := []string{s.w.url("/ko/"), s.w.url("/en/forums/", string(open)), s.w.url("/ko/forums/", string(answered)), s.w.url("/ko/forums/", string(answered), "/results"),
		s.w.url("/ko/forums/", string(s.forum)), s.w.url("/ko/suggestions"), s.w.url("/embed/forums/", string(open)), s.w.url("/ko/forums/", string(open), "?q=", url.QueryEscape(s.evils()[0]))}
	for _, receipt := range receipts {
		waiting = append(waiting, s.w.url("/ko/receipts/", receipt))
	}
	seen := map[string]bool{}
	for len(waiting) > 0 && len(seen) < pagesMost {
		address := waiting[0]
		waiting = waiting[1:]
		if seen[address] {
			continue
		}
		seen[address] = true
		waiting = append(waiting, s.look(tab, address)...)
	}
	for _, said := range heard() {
		s.t.Error(said)
	}
	if len(seen) < 40 {
		s.t.Errorf("only %d pages were looked at", len(seen))
	}
	s.t.Logf("%d pages looked at, %d texts that might run", len(seen), len(s.evils()))
}

// sendEvils posts each one as a citizen may, in every field, and gives the receipts of a few.
func (s *siege) sendEvils() (receipts []string) {
	for i, evil := range s.evils() {
		short := string([]rune(evil)[:min(len([]rune(evil)), forum.PseudonymMax)])
		opinion := s.ask("POST", s.board(), marshalled("text", evil, "title", evil, "pseudonym", short, "district", short))
		suggestion := s.ask("POST", "/api/v1/suggestions", marshalled("text", evil+" 나무를 심어 주세요", "title", "제목 "+evil, "pseudonym", short))
		if err := s.acceptedSuggestion(evil, short); err != nil {
			s.t.Fatal(err)
		}
		for _, a := range []heard{opinion, suggestion} {
			if a.StatusCode != 201 && a.StatusCode != 422 {
				s.t.Errorf("%s: %d %s", evil, a.StatusCode, a.body)
			}
			if location := a.Header.Get("Location"); a.StatusCode == 201 && i < 4 {
				receipts = append(receipts, location[strings.LastIndex(location, "/")+1:])
			}
		}
	}
	return receipts
}

// acceptedSuggestion is one that an officer looked at and found to be a text.
func (s *siege) acceptedSuggestion(text, name string) error {
	_, err := s.store.ImportSuggestion(s.t.Context(), s.by, forum.PastSuggestion{Status: forum.SuggestionAccepted, Lang: "ko", Title: "제목 " + strings.ReplaceAll(text, "\r\n", " "),
		Text: strings.ReplaceAll(text, "\r\n", "\n"), Pseudonym: name, At: time.Now().AddDate(0, 0, -1), Reason: text})
	return err
}

// browser opens a tab, and tells at the end what it said that no page of ours says.
func (s *siege) browser() (context.Context, func() []string) {
	s.t.Helper()
	allocator, stop := cdp.NewExecAllocator(context.Background(), cdp.Headless, cdp.NoSandbox, cdp.DisableGPU, cdp.NoFirstRun, cdp.Flag("disable-quic", true),
		cdp.Flag("disable-background-networking", true), cdp.Flag("disable-component-update", true), cdp.Flag("disable-sync", true), cdp.UserDataDir(s.t.TempDir()))
	s.t.Cleanup(stop)
	tab, closeTab := cdp.NewContext(allocator)
	s.t.Cleanup(closeTab)
	var mu sync.Mutex
	var said []string
	say := func(text string) { mu.Lock(); defer mu.Unlock(); said = append(said, text) }
	if err := cdp.Do(tab); err != nil {
		s.t.Fatal(err)
	}
	if err := cdp.Listen(tab, func(event any) {
		switch e := event.(type) {
		case *browserpage.EventJavascriptDialogOpening:
			say("a dialog at " + e.URL + ": " + e.Message)
		case *runtime.EventConsoleAPICalled:
			say("the console was written to: " + string(e.Type))
		case *runtime.EventExceptionThrown:
			say("an exception: " + e.ExceptionDetails.Text)
		case *browserlog.EventEntryAdded:
			if e.Entry.Source == browserlog.EntrySourceSecurity || strings.Contains(e.Entry.Text, "Content Security Policy") {
				say("the policy stopped what shouldn't be there, at " + e.Entry.URL + ": " + e.Entry.Text)
			}
		}
	}); err != nil {
		s.t.Fatal(err)
	}
	return tab, func() []string { mu.Lock(); defer mu.Unlock(); return said }
}

func (s *siege) look(tab context.Context, address string) []string {
	s.t.Helper()
	ctx, stop := context.WithTimeout(tab, 30*time.Second)
	defer stop()
	if err := cdp.Do(ctx, cdp.Navigate(address)); err != nil {
		s.t.Fatalf("%s: %v", address, err)
	}
	found, err := cdp.Run(ctx, cdp.Evaluate[[]string](traces))
	if err != nil {
		s.t.Fatalf("%s: %v", address, err)
	}
	for _, trace := range found {
		s.t.Errorf("%s: %s", address, trace)
	}
	links, err := cdp.Run(ctx, cdp.Evaluate[[]string](here))
	if err != nil {
		s.t.Fatalf("%s: %v", address, err)
	}
	return links
}
