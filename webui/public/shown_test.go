package public

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdp "github.com/chromedp/chromedp"

	"acropolis/forum"
)

// in is the page's address in a language. The banner has no language in its path: the portal asks for one.
func (p shown) in(lang string) string {
	if strings.HasPrefix(p.path, "/embed/") {
		return p.path + "?lang=" + lang
	}
	return "/" + lang + p.path
}

// shownPages are every page of the site, in the states in which it says something else.
func shownPages() []shown {
	return slices.Concat(topicPages(), opinionPages(), suggestionPages(), personalPages(), guardedPages(), errorPages())
}

func topicPages() []shown {
	topic := "/forums/" + string(forumID)
	in := func(status forum.ForumStatus, reason string) func() *city {
		return func() *city {
			s := fullCity()
			s.forum.Status, s.forum.Reason = status, reason
			return s
		}
	}
	return []shown{
		{name: "home", path: "/", city: fullCity}, {name: "home-answered", path: "/", city: fullAnswered}, {name: "forums", path: "/forums", city: fullCity},
		{name: "topic", path: topic, city: fullCity}, {name: "topic-answered", path: topic, city: fullAnswered}, {name: "topic-youth", path: topic, city: youthCity},
		{name: "topic-suspended", path: topic, city: in(forum.Suspended, "서버를 점검합니다.")}, {name: "topic-withdrawn", path: topic, city: in(forum.Withdrawn, "사업을 하지 않기로 했습니다.")},
		{name: "topic-scheduled", path: topic, city: emptyCity(forum.Scheduled)}, {name: "topic-empty", path: topic, city: emptyCity(forum.Open)},
		{name: "topic-nothing-found", path: topic + "?q=" + "%EC%9E%90%EC%A0%84%EA%B1%B0", city: emptyCity(forum.Open)},
		{name: "topic-printed", path: topic, city: fullCity, then: onPaper}, {name: "results-printed", path: topic + "/results", city: fullAnswered, then: onPaper},
		{name: "results", path: topic + "/results", city: fullAnswered}, {name: "embed", path: "/embed" + topic, city: fullCity}, {name: "embed-answered", path: "/embed" + topic, city: fullAnswered},
		{name: "about", path: "/about", city: fullCity}, {name: "guide", path: "/guide", city: fullCity}, {name: "rules", path: "/rules", city: fullCity},
		{name: "privacy", path: "/privacy", city: fullCity}, {name: "accessibility", path: "/accessibility", city: fullCity},
	}
}

func opinionPages() []shown {
	topic := "/forums/" + string(forumID)
	opinion := []string{"text", "광장을 만들어 주십시오.\n\n휠체어도 다닐 수 있게 턱을 없애 주십시오.", "title", "찬성합니다", "district", "종로구", "email", "me@example.org"}
	opened := "/receipts/" + string(receipt)
	return []shown{
		{name: "opinion-new", path: topic + "/opinions/new", city: fullCity}, {name: "opinion-closed", path: topic + "/opinions/new", city: fullAnswered},
		{name: "opinion-check", path: topic + "/opinions/check", form: opinion, city: fullCity},
		{name: "opinion-refused", path: topic + "/opinions/check", form: []string{"text", "가", "pseudonym", "관리자", "email", "없음"}, city: fullCity},
		{name: "opinion-check-held", path: topic + "/opinions/check", form: []string{"text", "연락 주십시오. 010-1234-5678"}, city: fullCity},
		{name: "youth-new", path: topic + "/opinions/new", city: youthCity},
		{name: "youth-refused", path: topic + "/opinions/check", form: []string{"text", "놀이터를 만들어 주세요.", "age", "under_14", "email", "child@example.org", "pseudonym", "토끼"}, city: youthCity},
		{name: "sent", path: opened + "/sent", city: fullCity}, {name: "receipt", path: opened, city: fullCity}, {name: "receipt-answered", path: opened, city: fullAnswered},
		{name: "receipt-hidden", path: opened, city: hiddenCity}, {name: "receipt-withdrawing", path: opened, city: fullCity, then: unfold},
		{name: "appeal-refused", path: opened + "/appeal", form: []string{"text", ""}, city: hiddenCity},
		{name: "report", path: "/opinions/" + string(opinionID) + "/report", city: fullCity}, {name: "report-refused", path: "/opinions/" + string(opinionID) + "/report", form: []string{"text", ""}, city: fullCity},
	}
}

func suggestionPages() []shown {
	suggestion := []string{"title", "한강 다리에 자전거 길", "text", "자전거로 한강을 안전하게 건너고 싶습니다.", "track", "general"}
	one := func(s *city) *city {
		s.status = forum.ReceiptStatus{Noun: forum.TheSuggestion, Suggestion: &s.suggestions[0], History: []forum.StatusChange{{Status: "submitted", At: s.suggestions[0].SubmittedAt}}}
		return s
	}
	sent := func() *city { return one(fullCity()) }
	transferred := func() *city {
		s := fullCity()
		s.suggestions[0].Status, s.suggestions[0].Reason = forum.SuggestionTransferred, "민원으로 처리합니다."
		return one(s)
	}
	return []shown{
		{name: "suggestions", path: "/suggestions", city: fullCity}, {name: "suggestions-none", path: "/suggestions", city: emptyCity(forum.Open)}, {name: "suggestion", path: "/suggestions/" + string(suggestionID), city: fullCity},
		{name: "suggestion-transferred", path: "/suggestions/" + string(suggestionID), city: transferred}, {name: "suggestion-new", path: "/suggestions/new", city: fullCity},
		{name: "suggestion-typing", path: "/suggestions/new", city: fullCity, then: typeSuggestion}, {name: "suggestion-check", path: "/suggestions/check", form: suggestion, city: fullCity},
		{name: "suggestion-refused", path: "/suggestions/check", form: []string{"title", "", "text", "", "track", "youth", "age", "under_14"}, city: fullCity},
		{name: "suggestion-sent", path: "/receipts/" + string(receipt) + "/sent", city: sent}, {name: "suggestion-receipt", path: "/receipts/" + string(receipt), city: sent},
	}
}

func personalPages() []shown {
	noNews := func() *city {
		s := fullCity()
		s.news = forum.NewsNone
		return s
	}
	submitted := func() *city {
		s := fullCity()
		s.invitation.Status, s.invitation.SubmittedAt = forum.InvitationSubmitted, time.Now()
		return s
	}
	accepted := func() *city {
		s := fullAnswered()
		s.award.Status = forum.AwardAccepted
		return s
	}
	invited := "/invitations/" + secret
	return []shown{
		{name: "sign-in", path: "/sign-in", city: fullCity}, {name: "sign-in-refused", path: "/sign-in", form: []string{"email", "없음"}, city: fullCity}, {name: "sign-in-code", path: "/sign-in/code", city: fullCity}, {name: "sign-in-code-refused", path: "/sign-in/code", form: []string{"code", ""}, city: fullCity},
		{name: "subscription-new", path: "/subscriptions/new?forum=" + string(forumID), city: fullCity}, {name: "subscription-all", path: "/subscriptions/new", city: fullCity},
		{name: "subscription-refused", path: "/subscriptions", form: []string{"email", ""}, city: fullCity},
		{name: "subscription-asked", path: "/subscriptions/asked", city: fullCity}, {name: "subscription-confirm", path: "/subscriptions/confirm/" + secret, city: fullCity},
		{name: "unsubscribe", path: "/unsubscribe/" + secret, city: fullCity}, {name: "unsubscribed", path: "/unsubscribe/" + secret, city: noNews},
		{name: "me", path: "/me", city: fullCity}, {name: "me-votes", path: "/me?show=votes", city: fullCity}, {name: "me-suggestions", path: "/me?show=suggestions", city: fullCity},
		{name: "me-supports", path: "/me?show=supports", city: fullCity}, {name: "me-subscriptions", path: "/me?show=subscriptions", city: fullCity},
		{name: "me-erase", path: "/me/erase", city: fullCity},
		{name: "award", path: "/awards/" + secret, city: fullCity}, {name: "award-refused", path: "/awards/" + secret, form: []string{"answer", ""}, city: fullCity}, {name: "award-accepted", path: "/awards/" + secret, city: accepted}, {name: "guardian", path: "/guardians/" + secret, city: fullCity},
		{name: "invitation", path: invited, city: fullCity}, {name: "invitation-check", path: invited + "/check", city: fullCity}, {name: "invitation-submitted", path: invited, city: submitted},
	}
}

// guardedPages are those of a forum under pressure, whose tasks a browser solves, and those that lead to the city's own sign-in and back.
func guardedPages() []shown {
	topic, gateway := "/forums/"+string(forumID), "/session/gateway"
	vote := "/opinions/" + string(opinionID) + "/vote"
	under := func() *city {
		s := fullCity()
		s.forum.Identity = forum.IdentityDevice
		s.pressures = []forum.Pressure{{Forum: forumID, Since: time.Now()}, {Since: time.Now()}}
		return s
	}
	vouched := func() *city {
		s := fullCity()
		s.forum.Identity = forum.IdentitySSO
		return s
	}
	gated := func(o *Options) { o.Gateway = gate{} }
	lasting := func(o *Options) { quick(o); o.Numbers = 1 << 40 } // it would send itself, once solved
	cast, opinion := []string{"choice", "for", "back", "/ko" + topic}, []string{"text", "광장을 만들어 주십시오.", "title", "찬성합니다", "form_key", aKey}
	return []shown{
		{name: "challenge", path: vote, form: cast, city: under, with: lasting, then: shows("[data-task] [role=status]:not(:empty)")},
		{name: "challenge-without-script", path: vote, form: cast, city: under, with: lasting, then: withoutScript},
		{name: "opinion-check-pressed", path: topic + "/opinions/check", form: opinion, city: under, with: quick, then: shows("[name=altcha]:not([value=''])")},
		{name: "opinion-pressed-without-script", path: topic + "/opinions/check", form: opinion, city: under, with: quick, then: withoutScript},
		{name: "suggestion-check-pressed", path: "/suggestions/check", form: []string{"title", "한강 다리에 자전거 길", "text", "자전거로 한강을 안전하게 건너고 싶습니다.", "track", "general"}, city: under, with: quick, then: withoutScript},
		{name: "opinion-unsolved", path: topic + "/opinions", form: opinion, city: under, with: quick, then: withoutScript},
		{name: "topic-vouched", path: topic, city: vouched, with: gated}, {name: "gateway", path: gateway + "?next=%2Fko%2Fme", city: vouched, with: gated},
		{name: "gateway-confirm", path: gateway, form: []string{"assertion", "good.nonce"}, city: vouched, with: gated},
		{name: "gateway-lost", path: gateway, form: []string{"assertion", "good.nonce", "here", "1"}, city: vouched, with: gated},
		{name: "gateway-none", path: gateway, city: fullCity},
	}
}

func errorPages() []shown {
	vote := "/opinions/" + string(opinionID) + "/vote"
	met := func(code forum.Code, key string) func() *city {
		return func() *city {
			s := fullCity()
			s.forum.Identity, s.refusal = forum.IdentityDevice, forum.Refuse(code, key)
			return s
		}
	}
	cast := []string{"choice", "for"}
	return []shown{
		{name: "not-found", path: "/forums/" + string(unknownID), city: fullCity}, {name: "no-such-page", path: "/no/such/page", city: fullCity},
		{name: "no-such-choice", path: "/suggestions?status=nonsense", city: fullCity}, {name: "secret-unknown", path: "/guardians/guessed", city: fullCity},
		{name: "unavailable", path: vote, form: cast, city: met(forum.Unavailable, "city.unavailable")}, {name: "failed", path: vote, form: cast, city: met(forum.Internal, "internal")},
		{name: "not-open-yet", path: vote, form: cast, city: met(forum.Conflict, "forum.not_open_yet")},
		{name: "too-many", path: vote, form: cast, city: met(forum.TooMany, "request.too_many")},
	}
}

// emptyCity has a forum of which nobody has said anything yet.
func emptyCity(status forum.ForumStatus) func() *city {
	return func() *city {
		s := aCity()
		s.forum.Status, s.forum.Counts, s.opinions, s.suggestions, s.dossier = status, forum.Counts{}, nil, nil, forum.Dossier{Forum: forumID}
		if status == forum.Scheduled {
			s.forum.OpensAt = time.Now().Add(48 * time.Hour)
		}
		return s
	}
}

func onPaper(tab context.Context) error {
	_, err := cdp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	return err
}

func unfold(tab context.Context) error {
	_, err := cdp.Run(tab, cdp.Evaluate[bool](`document.querySelectorAll('main details').forEach(d => d.open = true);true`))
	return err
}

// shows waits for what a script does.
func shows(selector string) func(context.Context) error {
	return func(tab context.Context) error { return cdp.Do(tab, cdp.WaitReady(cdp.CSS(selector))) }
}

// withoutScript loads the page anew as a browser without scripts has it; those of the test run again afterwards.
func withoutScript(tab context.Context) error {
	disable := func(disabled bool) error {
		_, err := cdp.Call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: disabled})
		return err
	}
	if err := disable(true); err != nil {
		return err
	}
	if err := cdp.Do(tab, cdp.Reload()); err != nil {
		return err
	}
	return disable(false)
}

// typeSuggestion types a title and waits for what is there already.
func typeSuggestion(tab context.Context) error {
	return cdp.Do(tab, cdp.SendKeys(cdp.CSS("#field-title"), "자전거 다리"), cdp.WaitVisible(cdp.CSS("#similar-forums")))
}

// documents are what isn't read as a page, and the addresses that only lead to one.
var documents = regexp.MustCompile(`\.(json|csv|atom|ics|xml|txt|png|svg)$|^/unsubscribe/:secret$|^/forums/:id/files/:file$`)

// TestEveryPageIsLookedAt: a new page has a line above, or nobody looks at it in a browser.
func TestEveryPageIsLookedAt(t *testing.T) {
	var addresses []string
	for _, p := range shownPages() {
		address, _, _ := strings.Cut(p.in("ko"), "?")
		addresses = append(addresses, address)
	}
	for _, r := range Routes(&Handlers{}) {
		if r.Method != "GET" || r.API || documents.MatchString(r.Path) {
			continue
		}
		pattern := strings.NewReplacer(":lang", "*", ":id", "*-*-*", ":receipt", string(receipt), ":secret", "*").Replace(r.Path)
		if !slices.ContainsFunc(addresses, func(a string) bool { found, _ := path.Match(pattern, a); return found }) {
			t.Errorf("nobody looks at %s: add a line to shownPages", r.Path)
		}
	}
}
