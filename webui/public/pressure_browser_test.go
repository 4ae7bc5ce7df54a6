package public

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdp "github.com/chromedp/chromedp"

	"acropolis/forum"
)

// TestUnderPressureInARealBrowser: with scripts a citizen's opinion goes through after the browser has solved the task, also
// when they press send before it has; without, the page that keeps the text leads to the mailed code.
func TestUnderPressureInARealBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	browser := startBrowser(t)
	for _, scripts := range []bool{true, false} {
		s := aCity()
		s.forum.Identity = forum.IdentityDevice
		s.pressures = []forum.Pressure{{Forum: forumID, Since: time.Now()}}
		server := httptest.NewServer(serve(t, s, func(o *Options) { o.Challenges = []byte("the key of the tasks in all the tests") }))
		tab, closeTab := cdp.NewContext(browser)
		tab, cancel := context.WithTimeout(tab, 2*time.Minute)
		if _, err := cdp.Call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts}); err != nil {
			t.Fatal(err)
		}
		run := func(script string) {
			t.Helper()
			if _, err := cdp.Run(tab, cdp.Evaluate[bool](script+"; true")); err != nil {
				t.Fatal(err)
			}
		}
		await := func(what, condition string) {
			t.Helper()
			for tab.Err() == nil {
				if is, err := cdp.Run(tab, cdp.Evaluate[bool](condition)); err == nil && is {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
			t.Fatalf("%s: not within two minutes", what)
		}
		if err := cdp.Do(tab, cdp.Navigate(server.URL+"/ko/forums/"+string(forumID)+"/opinions/new")); err != nil {
			t.Fatal(err)
		}
		run(`document.querySelector("textarea").value = "광장을 만들어 주십시오."; document.querySelector("main form").submit()`)
		await("the look before sending", `location.pathname.endsWith("/check") && document.querySelector("[data-task]") !== null`)
		if scripts {
			run(`document.querySelector("main form button.primary").click()`)
			await("the confirmation", `location.pathname.endsWith("/sent")`)
			if len(s.posted) != 1 || s.posted[0].Text != "광장을 만들어 주십시오." {
				t.Errorf("%+v", s.posted)
			}
		} else {
			run(`document.querySelector("main form").submit()`)
			await("the refusal", `document.querySelector("#errors") !== null`)
			left, err := cdp.Run(tab, cdp.Evaluate[string](`document.querySelector("[name=text]").value + " " + document.querySelector(".without").innerText + " " + document.querySelector(".without a").pathname`))
			if err != nil || !strings.HasPrefix(left, "광장을 만들어 주십시오.") || !strings.Contains(left, "인증번호") || !strings.HasSuffix(left, "/ko/sign-in") || len(s.posted) != 0 {
				t.Errorf("%q %v, %d posted", left, err, len(s.posted))
			}
		}
		cancel()
		closeTab()
		server.Close()
	}
}
