package public

import (
	"net/url"
	"strings"
	"testing"
)

// TestBoardOffersTheThemesOfTheResponse: once it is out, on the page and in the API; another word is refused there.
func TestBoardOffersTheThemesOfTheResponse(t *testing.T) {
	s := answered()
	h := serve(t, s)
	theme := "?theme=" + url.QueryEscape("광장")
	body := wantPage(t, ask(h, "GET", "/ko"+topicPath+theme, ""), 200, "ko")
	if !strings.Contains(body, `<option value="광장" selected>`) || s.filter.Theme != "광장" {
		t.Errorf("no theme chosen (%q): %s", s.filter.Theme, body)
	}
	wantStatus(t, ask(h, "GET", "/api/v1"+topicPath+"/opinions"+theme, ""), 200)
	wantProblem(t, ask(h, "GET", "/api/v1"+topicPath+"/opinions?theme=x", ""), 422, "request.no_such_choice", "theme")
	wantStatus(t, ask(serve(t, aCity()), "GET", "/api/v1"+topicPath+"/opinions"+theme, ""), 422)
	if body := ask(h, "GET", "/ko"+topicPath+"/results", "").Body.String(); !strings.Contains(body, topicPath+strings.ToLower(theme)+"#board") {
		t.Error("the results don't lead to the opinions on a theme")
	}
}
