package public

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/webui/page"
)

// gate vouches for whoever brings "good." and the nonce they were sent with.
type gate struct{}

func (gate) Address(nonce, lang string) string {
	return "https://login.city.example/?" + url.Values{"nonce": {nonce}, "lang": {lang}}.Encode()
}

func (gate) Read(assertion string) (forum.Assertion, error) {
	nonce, ok := strings.CutPrefix(assertion, "good.")
	if !ok {
		return forum.Assertion{}, forum.Refuse(forum.Invalid, "session.not_vouched")
	}
	return forum.Assertion{Subject: "citizen-1", Nonce: nonce}, nil
}

func (s *city) ConfirmAssertion(context.Context, forum.Assertion, string) (string, forum.Session, error) {
	return token, forum.Session{Contact: citizenID, Kind: forum.IdentitySSO, Until: time.Now().Add(forum.SessionLife)}, s.change()
}

// TestSignInByTheGateway in every language: the way there, and each way back.
func TestSignInByTheGateway(t *testing.T) {
	s := aCity()
	s.forum.Identity = forum.IdentitySSO
	h := serve(t, s, func(o *Options) { o.Gateway = gate{} })
	for _, lang := range page.Public.Languages() {
		topic := "/" + lang + "/forums/" + string(forumID)
		path := "/" + lang + "/session/gateway"
		if body := ask(h, "GET", topic, "").Body.String(); !strings.Contains(body, path+"?next="+url.QueryEscape(topic)) {
			t.Errorf("%s: the topic doesn't lead to the gateway", lang)
		}
		begun := ask(h, "GET", path+"?next="+url.QueryEscape(topic), "")
		cookie := begun.Result().Cookies()[0]
		nonce, _, _ := strings.Cut(cookie.Value, ".")
		if body := wantPage(t, begun, 200, lang); !strings.Contains(body, `href="https://login.city.example/?lang=`+lang+`&nonce=`+nonce+`"`) {
			t.Fatal(body)
		}
		// From another site the browser sends no cookie: the page asks it to send the same once more.
		landed := wantPage(t, ask(h, "POST", path, form("assertion", "good."+nonce), "Sec-Fetch-Site", "cross-site"), 200, lang)
		if !strings.Contains(landed, `value="good.`+nonce+`"`) || !strings.Contains(landed, `name="here"`) {
			t.Error(landed)
		}
		kept := "gateway=" + cookie.Value
		for key, got := range map[string]struct{ body, cookie string }{
			"session.not_vouched":  {form("assertion", "good.another", "here", "1"), kept},
			"session.gateway_lost": {form("assertion", "good."+nonce, "here", "1"), ""},
		} {
			refusal := ask(h, "POST", path, got.body, "Cookie", got.cookie)
			if body := wantPage(t, refusal, 422, lang); lang == "ko" && !strings.Contains(body, words(t, key)) || !strings.Contains(body, "https://login.city.example") {
				t.Errorf("%s: %s", key, body)
			}
		}
		if s.changes != 0 {
			t.Fatalf("%d sessions of nobody", s.changes)
		}
		in := ask(h, "POST", path, form("assertion", "good."+nonce), "Cookie", kept)
		if in.Code != 303 || in.Header().Get("Location") != topic || s.changes != 1 || !strings.Contains(strings.Join(in.Header().Values("Set-Cookie"), ";"), "citizen="+token) {
			t.Errorf("%d to %s, %v", in.Code, in.Header().Get("Location"), in.Header())
		}
		s.changes = 0
	}
	without := serve(t, s)
	for _, method := range []string{"GET", "POST"} {
		got := ask(without, method, "/ko/session/gateway", "")
		if body := wantPage(t, got, 404, "ko"); !strings.Contains(body, words(t, "session.no_gateway")) {
			t.Error(body)
		}
	}
}
