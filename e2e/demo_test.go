package e2e

import (
	"context"
	"flag"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"acropolis/e2e/program"
	"acropolis/forum"
	"acropolis/integrations/postgres"
)

var pictures = flag.Bool("pictures", false, "take README's pictures anew")

// whoActs are officials of the demo city who between them may act on every forum.
var whoActs = []string{"kim.dohyun", "jung.daun", "choi.yunseo", "park.eungyeol"}

var decisionLink = regexp.MustCompile(`/forums/[0-9a-f-]+/(decisions/[a-z._]+|awards/scores|opinions/moderation)`)

func TestDemoCityIsAlive(t *testing.T) {
	c := newStandalone(t)
	store := c.store()
	forums, total, err := store.Forums(t.Context(), forum.ForumFilter{Page: 1, Size: 50})
	if err != nil || total != len(forum.ForumSteps)+len(forum.ForumSteps.Ends()) {
		t.Fatalf("%d forums, want one in each status (%v)", total, err)
	}
	officials := map[string]*official{}
	for _, uid := range whoActs {
		officials[uid] = c.logIn(uid)
	}
	conductor := c.conductor()
	for _, f := range forums {
		if forum.ForumSteps.IsFinal(f.Status) {
			continue
		}
		program.Await(t, "the procedure of the forum that is "+string(f.Status), 30*time.Second, func(ctx context.Context) bool {
			events, err := conductor.HistoryLength(ctx, forum.Start{Noun: forum.TheForum, ID: f.ID})
			return err == nil && events > 3 // started, and its first step done
		})
		acts := false
		for _, uid := range append(inCharge(t, store, f), whoActs...) {
			if officials[uid] == nil {
				officials[uid] = c.logIn(uid)
			}
			acts = acts || decisionLink.MatchString(officials[uid].read("/ko/forums/"+string(f.ID)))
		}
		if !acts {
			t.Errorf("nobody can do anything about the forum that is %s", f.Status)
		}
	}
	wellKept(t, store)
	if *pictures {
		takePictures(t, c, forums)
	}
}

// inCharge are the head and a drafter of the department that has the forum, or is asked to take it.
func inCharge(t *testing.T, store *postgres.Store, f forum.Forum) []string {
	department := f.Department
	if f.Status == forum.Assigning {
		assignment, err := store.Assignment(t.Context(), f.ID)
		must(t, err)
		department = assignment.Department
	}
	if department == "" {
		return nil
	}
	var uids []string
	for _, duty := range []forum.Duty{forum.Head, forum.Drafter} {
		people, err := store.Officials(t.Context(), duty, department)
		if err != nil || len(people) == 0 {
			t.Fatalf("%s has no %s (%v)", department, duty, err)
		}
		uids = append(uids, people[0].UID)
	}
	return uids
}

// takePictures shows what citizens see, on a desk and on a phone, and a forum in the intranet.
func takePictures(t *testing.T, c *city, forums []forum.Forum) {
	of := map[forum.ForumStatus]string{}
	for _, f := range forums {
		of[f.Status] = "/ko/forums/" + string(f.ID)
	}
	browser := []chromedp.ExecAllocatorOption{chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true), chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 1100)}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), browser...)
	defer stop()
	page, stop := chromedp.NewContext(allocator)
	defer stop()
	must(t, chromedp.Do(page, chromedp.Navigate(c.public+of[forum.Open])))
	picture(t, page, "topic")
	for width, on := range map[int64]string{390: "-phone", 1280: "-desk"} {
		must(t, chromedp.Do(page, chromedp.EmulateViewport(width, 1100)))
		for name, path := range map[string]string{"home": "/ko/", "results": of[forum.Following] + "/results"} {
			must(t, chromedp.Do(page, chromedp.Navigate(c.public+path)))
			picture(t, page, name+on)
		}
		must(t, chromedp.Do(page, chromedp.Navigate(c.public+of[forum.Open])))
		if on == "-phone" { // README has it on a desk
			picture(t, page, "topic"+on)
		}
		must(t, chromedp.Do(page, toTheBoard))
		picture(t, page, "board"+on)
		must(t, chromedp.Do(page, chromedp.Navigate(c.public+of[forum.Open]+"/opinions/new"), chromedp.SendKeys(chromedp.CSS("#field-text"), "분수와 그늘이 있으면 여름에도 쉬어 갈 수 있겠습니다."),
			chromedp.Click(chromedp.CSS("main form .primary")), chromedp.WaitVisible(chromedp.CSS("main .facts")),
			chromedp.Click(chromedp.CSS("main form .primary")), chromedp.WaitVisible(chromedp.CSS("main .receipt"))))
		picture(t, page, "confirmation"+on)
	}
	must(t, chromedp.Do(page, chromedp.EmulateViewport(1280, 1100), chromedp.Navigate(c.office+"/ko/login?next="+url.QueryEscape(of[forum.Open])),
		chromedp.SendKeys(chromedp.CSS("input[name=name]"), whoActs[0]), chromedp.SendKeys(chromedp.CSS("input[name=password]"), c.password),
		chromedp.Submit(chromedp.CSS("form[action$='/login']")), chromedp.WaitReady(chromedp.CSS("form[action$='/logout']")), chromedp.Navigate(c.office+of[forum.Open])))
	picture(t, page, "forum")
}

// toTheBoard jumps there, without the glide of a page.
func toTheBoard(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.getElementById('board').scrollIntoView({behavior: 'instant'}), true`))
	return chromedp.Void{}, err
}

func picture(t *testing.T, page context.Context, name string) {
	t.Helper()
	text, err := chromedp.Run(page, chromedp.Text(chromedp.CSS("main")))
	if err != nil || strings.TrimSpace(text) == "" {
		t.Fatalf("the page of the picture %s is empty (%v)", name, err)
	}
	png, err := chromedp.Run(page, chromedp.CaptureScreenshot())
	must(t, err)
	must(t, os.WriteFile("../docs/pictures/"+name+".png", png, 0o644)) //nolint:gosec // a public file
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
