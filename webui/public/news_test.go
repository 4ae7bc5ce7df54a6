package public

import (
	"net/url"
	"strings"
	"testing"

	"acropolis/forum"
)

const crossSite = "cross-site"

// TestOneClickEndsTheNewsFromAnywhere, without a cookie and from a page of another site, as a mail program sends it (RFC 8058);
// opening either address changes nothing, and no other route takes what another site sends.
func TestOneClickEndsTheNewsFromAnywhere(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	link := "/unsubscribe/" + secret
	for range 2 {
		if got := ask(h, "GET", link, ""); got.Code != 303 || got.Header().Get("Location") != "/ko/unsubscribe/"+url.PathEscape(secret) {
			t.Errorf("%d to %s", got.Code, got.Header().Get("Location"))
		}
		if body := wantPage(t, ask(h, "GET", "/ko/unsubscribe/"+secret, ""), 200, "ko"); !strings.Contains(body, `name="news" value="none"`) {
			t.Errorf("no way to end it: %s", body)
		}
	}
	if s.changes != 0 {
		t.Fatalf("reading made %d changes", s.changes)
	}
	form := []string{"Content-Type", "application/x-www-form-urlencoded", "Origin", "https://mail.example", "Sec-Fetch-Site", crossSite}
	got := ask(h, "POST", link, "List-Unsubscribe=One-Click", form...)
	if got.Code != 204 || s.news != forum.NewsNone || s.changes != 1 || got.Header().Get("Set-Cookie") != "" {
		t.Errorf("%d, %s, %d changes, cookie %q", got.Code, s.news, s.changes, got.Header().Get("Set-Cookie"))
	}
	if got := ask(h, "POST", link, "List-Unsubscribe=One-Click"); got.Code != 204 {
		t.Errorf("without a browser: %d", got.Code)
	}
	wantStatus(t, ask(h, "POST", "/unsubscribe/another", "List-Unsubscribe=One-Click", form...), 404)
	wantStatus(t, ask(h, "GET", "/unsubscribe/another", ""), 404)
	changes := s.changes
	for _, path := range []string{"/ko/unsubscribe/" + secret, "/ko/me/news", "/ko/subscriptions"} {
		wantStatus(t, ask(h, "POST", path, "news=daily", form...), 403)
	}
	if s.changes != changes {
		t.Error("another site's page changed something")
	}
}

// TestReaderChoosesHowOften on the page of the letter and on their own; what no choice is stays refused.
func TestReaderChoosesHowOften(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	page := "/en/unsubscribe/" + secret
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	for _, often := range []forum.News{forum.NewsAtOnce, forum.NewsNone, forum.NewsDaily} {
		if got := ask(h, "POST", page, url.Values{"news": {string(often)}}.Encode(), form...); got.Code != 303 || got.Header().Get("Location") != "/en/unsubscribe/"+url.PathEscape(secret) || s.news != often {
			t.Errorf("%s: %d to %s, now %s", often, got.Code, got.Header().Get("Location"), s.news)
		}
		if body := wantPage(t, ask(h, "GET", page, ""), 200, "en"); strings.Contains(body, `value="`+string(often)+`"`) {
			t.Errorf("%s is offered to whoever has it", often)
		}
	}
	wantStatus(t, ask(h, "POST", page, "news=hourly", form...), 422)
	mine := append([]string{"Cookie", signedIn}, form...)
	if got := ask(h, "POST", "/ko/me/news", "news=at_once", mine...); got.Code != 303 || got.Header().Get("Location") != "/ko/me?show=subscriptions" || s.news != forum.NewsAtOnce {
		t.Errorf("%d to %s, now %s", got.Code, got.Header().Get("Location"), s.news)
	}
	if got := ask(h, "POST", "/ko/me/news", "news=none", form...); got.Code != 303 || !strings.HasPrefix(got.Header().Get("Location"), "/ko/sign-in") || s.news != forum.NewsAtOnce {
		t.Errorf("anybody ends it: %d, %s", got.Code, s.news)
	}
	confirm := "/ko/subscriptions/confirm/" + secret
	if body := wantPage(t, ask(h, "GET", confirm, ""), 200, "ko"); !strings.Contains(body, `name="news" value="at_once"`) {
		t.Errorf("the choice isn't offered: %s", body)
	}
	wantStatus(t, ask(h, "POST", confirm, "news=hourly", form...), 422)
	s.news = forum.NewsDaily
	wantStatus(t, ask(h, "POST", confirm, "news=at_once", form...), 303)
	if s.news != forum.NewsAtOnce {
		t.Errorf("confirmed as %s", s.news)
	}
}

// TestProgramChoosesHowOften as the page does, for whoever is signed in.
func TestProgramChoosesHowOften(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	const path = "/api/v1/me/news"
	for _, often := range forum.NewsChoices {
		got := ask(h, "PUT", path, `{"news":"`+string(often)+`"}`, "Cookie", signedIn)
		if got.Code != 200 || s.news != often || got.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, now %s", often, got.Code, s.news)
		}
		got = ask(h, "GET", path, "", "Cookie", signedIn)
		if answer := into[map[string]string](t, got); got.Code != 200 || answer["news"] != string(often) {
			t.Errorf("%d %v", got.Code, answer)
		}
	}
	s.changes = 0
	for body, status := range map[string]int{`{"news":"hourly"}`: 422, `{"news":""}`: 422, `{`: 400} {
		wantStatus(t, ask(h, "PUT", path, body, "Cookie", signedIn), status)
	}
	wantStatus(t, ask(h, "GET", path, ""), 401)
	wantStatus(t, ask(h, "PUT", path, `{"news":"none"}`), 401)
	if s.changes != 0 {
		t.Errorf("%d changes by whoever may not", s.changes)
	}
}
