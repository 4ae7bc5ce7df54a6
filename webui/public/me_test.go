package public

import (
	"context"
	"strings"
	"testing"

	"acropolis/forum"
	"acropolis/webui/page"
)

// TestMyPageShowsWhatIsMine: each list, kept in no cache; whoever isn't signed in is led to the sign-in, and back.
func TestMyPageShowsWhatIsMine(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	for show, want := range map[string]string{
		"": "/ko/receipts/" + string(receipt), "opinions": "page=3", "votes": "비공감으로 바꾸기", "suggestions": "한강에 자전거 다리", "supports": "동의 7명",
		"subscriptions": "모든 포럼의 소식",
	} {
		got := ask(h, "GET", "/ko/me?show="+show, "", "Cookie", signedIn)
		if body := wantPage(t, got, 200, "ko"); !strings.Contains(body, want) {
			t.Errorf("%s has no %q: %s", show, want, body)
		}
		if got.Header().Get("Cache-Control") != "no-store" || !strings.Contains(got.Header().Get("X-Robots-Tag"), "noindex") {
			t.Errorf("%s may be kept: %v", show, got.Header())
		}
	}
	if got := ask(h, "GET", "/ko/me", ""); got.Code != 303 || got.Header().Get("Location") != "/ko/sign-in?next=%2Fko%2Fme" {
		t.Errorf("%d to %s", got.Code, got.Header().Get("Location"))
	}
	end := "/ko/me/subscriptions/" + string(awardID) + "/end"
	if got := ask(h, "POST", end, "", "Cookie", signedIn); got.Code != 303 || got.Header().Get("Location") != "/ko/me?show=subscriptions" || s.changes != 1 {
		t.Errorf("%d to %s, %d changes", got.Code, got.Header().Get("Location"), s.changes)
	}
	wantStatus(t, ask(h, "POST", "/ko/me/subscriptions/"+string(unknownID)+"/end", "", "Cookie", signedIn), 404)
	if got := ask(h, "POST", end, ""); got.Code != 303 || !strings.HasPrefix(got.Header().Get("Location"), "/ko/sign-in") || s.changes != 1 {
		t.Errorf("anybody ends it: %d, %d changes", got.Code, s.changes)
	}
}

func TestMyVoteIsChangedWhileTheBoardIsOpenOnly(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	vote := `action="/ko/opinions/` + string(s.opinions[1].ID) + `/vote"`
	for _, lang := range page.Public.Languages() {
		if body := ask(h, "GET", "/"+lang+"/me?show=votes", "", "Cookie", signedIn).Body.String(); !strings.Contains(body, strings.Replace(vote, "/ko/", "/"+lang+"/", 1)) {
			t.Errorf("no way to change it in %s", lang)
		}
	}
	s.forum.Status = forum.Closed
	if body := ask(h, "GET", "/ko/me?show=votes", "", "Cookie", signedIn).Body.String(); strings.Contains(body, vote) || !strings.Contains(body, "접수가 끝나 더 바꿀 수 없습니다") {
		t.Error("a button that can only refuse")
	}
}

// TestHeaderLeadsToTheSignInOrToWhatIsMine on every page and in every language; the address of the page isn't carried along.
func TestHeaderLeadsToTheSignInOrToWhatIsMine(t *testing.T) {
	h := serve(t, aCity())
	for _, lang := range page.Public.Languages() {
		for _, path := range []string{"/", "/forums/" + string(forumID), "/receipts/" + string(receipt)} {
			in, out := `href="/`+lang+`/sign-in?next=%2F`+lang+`%2Fme"`, `action="/`+lang+`/logout"`
			guest, _, _ := strings.Cut(ask(h, "GET", "/"+lang+path, "").Body.String(), "<main")
			if !strings.Contains(guest, in) || strings.Contains(guest, out) {
				t.Errorf("%s in %s to nobody: %s", path, lang, guest)
			}
			mine, _, _ := strings.Cut(ask(h, "GET", "/"+lang+path, "", "Cookie", signedIn).Body.String(), "<main")
			if strings.Contains(mine, "/sign-in") || !strings.Contains(mine, out) || !strings.Contains(mine, `href="/`+lang+`/me"`) {
				t.Errorf("%s in %s to whoever is signed in: %s", path, lang, mine)
			}
		}
	}
}

func (s *city) EraseContact(context.Context, forum.ID) error { return s.change() }

// TestCitizenErasesTheirAddress by a page that asks first; whoever isn't signed in is led to the sign-in.
func TestCitizenErasesTheirAddress(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	for _, lang := range page.Public.Languages() {
		path := "/" + lang + "/me/erase"
		if body := ask(h, "GET", "/"+lang+"/me", "", "Cookie", signedIn).Body.String(); !strings.Contains(body, `href="`+path+`"`) {
			t.Errorf("%s: my page doesn't lead there", lang)
		}
		if body := wantPage(t, ask(h, "GET", path, "", "Cookie", signedIn), 200, lang); !strings.Contains(body, `method="post" action="`+path+`"`) || s.changes != 0 {
			t.Errorf("%s, %d changes", body, s.changes)
		}
	}
	for _, method := range []string{"GET", "POST"} {
		if got := ask(h, method, "/ko/me/erase", ""); got.Code != 303 || got.Header().Get("Location") != "/ko/sign-in?next=%2Fko%2Fme%2Ferase" || s.changes != 0 {
			t.Errorf("%s by nobody: %d to %s, %d changes", method, got.Code, got.Header().Get("Location"), s.changes)
		}
	}
	got := ask(h, "POST", "/ko/me/erase", "", "Cookie", signedIn)
	if cookies := strings.Join(got.Header().Values("Set-Cookie"), ";"); got.Code != 303 || s.changes != 1 || !strings.Contains(cookies, sessionCookie+"=;") || !strings.Contains(cookies, askedCookie+"=;") {
		t.Errorf("%d, %d changes, %s", got.Code, s.changes, cookies)
	}
}
