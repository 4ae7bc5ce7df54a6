package serve

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	cdproto "github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdp "github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// walker goes through the site in Chromium by keys alone, and looks at each stop whether one sees where one is.
type walker struct {
	t    *testing.T
	tab  context.Context
	base string
}

func newWalker(t *testing.T, base string, scripts bool) *walker {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Fatal("chromium is not installed: apt-get install chromium fonts-noto-cjk")
	}
	allocator, stop := cdp.NewExecAllocator(context.Background(), cdp.Headless, cdp.NoSandbox, cdp.DisableGPU, cdp.NoFirstRun,
		cdp.Flag("disable-quic", true), cdp.Flag("disable-background-networking", true), cdp.Flag("disable-component-update", true),
		cdp.Flag("disable-sync", true), cdp.UserDataDir(t.TempDir()), cdp.WindowSize(1280, 900))
	t.Cleanup(stop)
	browser, closeBrowser := cdp.NewContext(allocator) // the browser lives as long as this context: no deadline
	t.Cleanup(closeBrowser)
	if err := cdp.Do(browser); err != nil {
		t.Fatal(err)
	}
	tab, cancel := context.WithTimeout(browser, 3*time.Minute)
	t.Cleanup(cancel)
	// A page that glides to where the focus is would have to be waited for.
	still := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}}
	if _, err := cdp.Call(tab, emulation.SetEmulatedMedia, still); err != nil {
		t.Fatal(err)
	}
	// The window is the one in front, as a reader's is.
	if _, err := cdp.Call(tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := cdp.Call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts}); err != nil {
		t.Fatal(err)
	}
	return &walker{t: t, tab: tab, base: base}
}

// open goes to an address, as one types it or follows a letter's link.
func (w *walker) open(path string) {
	w.t.Helper()
	if err := cdp.Do(w.tab, cdp.Navigate(w.base+path)); err != nil {
		w.t.Fatalf("%s: %v", path, err)
	}
}

// stop is what has the focus.
type stop struct {
	Is             string // the element, as it is written
	There          bool   // it is the one that was looked for
	Marked, Within bool   // one sees that it has the focus, and it is in the window
}

const stopNow = `(looked => {
	const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
	return {Is: e.outerHTML.slice(0, 150), There: e.matches(looked), Within: r.bottom > 0 && r.top < innerHeight && r.width > 1,
		Marked: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 && s.outlineColor !== 'rgba(0, 0, 0, 0)' || s.boxShadow !== 'none'};
})`

func (w *walker) stop(selector string) stop {
	w.t.Helper()
	s, err := cdp.Run(w.tab, cdp.Evaluate[stop](stopNow+"("+quoted(selector)+")"))
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func quoted(s string) string { return "`" + s + "`" }

// stopsMost is more than any page of the path has.
const stopsMost = 150

// to presses Tab until the element has the focus.
func (w *walker) to(selector string) { w.t.Helper(); w.walk(selector) }

// back presses Shift-Tab until it has.
func (w *walker) back(selector string) {
	w.t.Helper()
	w.walk(selector, cdp.KeyModifiers(cdp.ModifierShift))
}

func (w *walker) walk(selector string, with ...cdp.KeyOption) {
	w.t.Helper()
	var passed []string
	for range stopsMost {
		w.press(kb.Tab, with...)
		s := w.stop(selector)
		passed = append(passed, s.Is)
		if strings.HasPrefix(s.Is, "<body") {
			continue // the browser's own bar, between the last element and the first
		}
		if !s.Marked || !s.Within {
			w.t.Errorf("nobody sees that the focus is at %s (marked %t, in the window %t)", s.Is, s.Marked, s.Within)
		}
		if s.There {
			return
		}
	}
	w.t.Fatalf("Tab doesn't lead to %s, only to\n%s", selector, strings.Join(passed, "\n"))
}

func (w *walker) press(key string, with ...cdp.KeyOption) {
	w.t.Helper()
	if err := cdp.Do(w.tab, stroke(key, with...)); err != nil {
		w.t.Fatal(err)
	}
}

// stroke is a key as a keyboard sends it. Enter is one event with its character: what the key itself has done, the character
// doesn't do once more in the field that has the focus by then.
func stroke(key string, with ...cdp.KeyOption) cdp.Action[cdp.Void] {
	if key != kb.Enter {
		return cdp.KeyEvent(key, with...)
	}
	return cdp.Func(func(ctx context.Context, tab *cdp.Target) error {
		down := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "Enter", Code: "Enter", Text: "\r", WindowsVirtualKeyCode: 13, NativeVirtualKeyCode: 13}
		if _, err := cdproto.Call(ctx, tab, input.DispatchKeyEvent, down); err != nil {
			return err
		}
		down.Type, down.Text = input.DispatchKeyEventTypeKeyUp, ""
		_, err := cdproto.Call(ctx, tab, input.DispatchKeyEvent, down)
		return err
	})
}

// follow presses a key that leads to another page, which must answer so.
func (w *walker) follow(key string, status int64) {
	w.t.Helper()
	soon, stop := context.WithTimeout(w.tab, 30*time.Second)
	defer stop()
	answer, err := cdp.RunResponse(soon, stroke(key))
	if err != nil {
		w.t.Fatalf("%q at %s leads nowhere: %v", key, w.stop("*").Is, err)
	}
	if answer.Status != status {
		w.t.Fatalf("%s answered %d, want %d: %s", answer.URL, answer.Status, status, w.see("main"))
	}
}

// enter walks to a link or a button and presses Enter.
func (w *walker) enter(selector string) {
	w.t.Helper()
	w.to(selector)
	w.follow(kb.Enter, 200)
}

// write walks to a field and types.
func (w *walker) write(selector, text string) {
	w.t.Helper()
	w.to(selector)
	w.press(text)
}

// see is what stands in an element; it must be there.
func (w *walker) see(selector string) string {
	w.t.Helper()
	text, err := cdp.Run(w.tab, cdp.Evaluate[string]("(e => e ? e.textContent : '')(document.querySelector("+quoted(selector)+"))"))
	if err != nil {
		w.t.Fatal(err)
	}
	if text = strings.Join(strings.Fields(text), " "); text == "" {
		w.t.Errorf("nothing stands in %s", selector)
	}
	return text
}

// value is what a field holds.
func (w *walker) value(selector string) string {
	w.t.Helper()
	text, err := cdp.Run(w.tab, cdp.Evaluate[string]("document.querySelector("+quoted(selector)+").value"))
	if err != nil {
		w.t.Fatal(err)
	}
	return text
}

// refused says that the focus is at the summary of what is wrong, follows its link and ends in the field.
func (w *walker) refused(field string) {
	w.t.Helper()
	s := w.stop("#errors")
	for soon := time.Now().Add(10 * time.Second); !s.There && time.Now().Before(soon); s = w.stop("#errors") {
		time.Sleep(10 * time.Millisecond) // autofocus comes with the page's first picture, which nothing tells of
	}
	if !s.There || !s.Marked || !s.Within {
		w.t.Errorf("after a refusal the focus is at %s (%+v)", s.Is, s)
	}
	w.to("#errors a[href='" + field + "']")
	w.press(kb.Enter)
	if s := w.stop(field); !s.There || !s.Marked || !s.Within {
		w.t.Errorf("the summary leads to %s (%+v), want %s", s.Is, s, field)
	}
	if described := w.see(field + "-error"); !strings.HasPrefix(described, "오류: ") {
		w.t.Errorf("beside the field stands %q", described)
	}
}
