package public

import (
	"html"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/webui/page"
)

// pages are every page that a GET shows, in a city where it shows most.
func pages() map[string]func() *city {
	topic := "/forums/" + string(forumID)
	return map[string]func() *city{
		"/": aCity, "/about": aCity, "/guide": aCity, "/rules": aCity, "/privacy": aCity, "/accessibility": aCity, "/forums": aCity, "/forums?status=closed&q=x": aCity, topic: aCity,
		topic + "?sort=newest&page=2": aCity, topic + "/opinions/new": aCity, "/suggestions": aCity, "/suggestions/new": aCity,
		"/suggestions/" + string(suggestionID): aCity, "/receipts/" + string(receipt): aCity, "/receipts/" + string(receipt) + "/sent": aCity,
		"/opinions/" + string(opinionID) + "/report": aCity, "/sign-in": aCity, "/subscriptions/new": aCity, "/subscriptions/new?forum=" + string(forumID): aCity, "/subscriptions/asked": aCity,
		"/subscriptions/confirm/" + secret: aCity, "/awards/" + secret: aCity, topic + "/results": answered,
		"/invitations/" + secret: aCity, "/invitations/" + secret + "/check": aCity,
	}
}

// TestPrivacyPageSaysWhenOriginsAreErased, as the city has set it.
func TestPrivacyPageSaysWhenOriginsAreErased(t *testing.T) {
	for days, want := range map[int]map[string]string{0: {"ko": "90일이 지나면", "en": "90 days after", "zh": "90天后", "ja": "90日が過ぎると"}, 30: {"en": "30 days after"}} {
		h := serve(t, aCity(), func(o *Options) { o.OriginDays = days })
		for lang, words := range want {
			if body := wantPage(t, ask(h, "GET", "/"+lang+"/privacy", ""), 200, lang); !strings.Contains(body, words) {
				t.Errorf("%s says nothing of %q", lang, words)
			}
		}
	}
}

// TestEveryPageHasItsWordsInEveryLanguage renders each page strictly: a missing word, template field or value fails it.
func TestEveryPageHasItsWordsInEveryLanguage(t *testing.T) {
	for path, made := range pages() {
		for _, lang := range page.Public.Languages() {
			s := made()
			got := ask(serve(t, s), "GET", "/"+lang+path, "", "Cookie", signedIn)
			wantPage(t, got, 200, lang)
			if s.changes != 0 {
				t.Errorf("GET %s changed something", path)
			}
		}
	}
}

// wantPage checks what every page must be.
func wantPage(t *testing.T, got *httptest.ResponseRecorder, status int, lang string) string {
	t.Helper()
	wantStatus(t, got, status)
	body := got.Body.String()
	if !strings.Contains(body, `<html lang="`+page.LangTag(lang)+`"`) || strings.Count(body, "<h1") != 1 {
		t.Errorf("no page in %s with one heading: %s", lang, body)
	}
	for _, bad := range []string{"<no value>", "%!", "public.", "notice.", "<script>alert"} {
		if strings.Contains(html.UnescapeString(body), bad) && bad != "<script>alert" || strings.Contains(body, bad) {
			t.Errorf("the page has %q: %s", bad, body)
		}
	}
	return html.UnescapeString(body)
}

func TestTopicPageShowsWhatMatters(t *testing.T) {
	s := aCity()
	body := wantPage(t, ask(serve(t, s), "GET", "/ko/forums/"+string(forumID), ""), 200, "ko")
	for _, want := range []string{
		"시청 앞 광장을 시민에게 돌려드립니다", "의견 접수 중", "11일 남음", "하루 평균 0.5 (4일 동안)", "하루 평균 1,877 (4일 동안)", "7,509",
		`aria-current="step"`, "<strong>서울(Seoul)</strong>은", "김교통", "중립", "도로계획과-2026-3", "광화문 주민", "의견-2026-000001", "의견 쓰기",
		"본인 확인을 해 주십시오", "/ko/sign-in?next=%2Fko%2Fforums%2F" + string(forumID), `name="choice" value="for"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in the page", want)
		}
	}
}

func TestTextOfACitizenIsInert(t *testing.T) {
	s := aCity()
	evil := `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	s.opinions[0].Title, s.opinions[0].Text, s.opinions[0].Pseudonym, s.opinions[0].District = evil, evil, evil, evil
	s.dossier.Items[0].Title, s.dossier.Items[0].Body, s.dossier.Items[3].Link = evil, evil+"[x](javascript:alert(1))", "javascript:alert(1)"
	s.suggestions[0].Title, s.suggestions[0].Text, s.forum.Title, s.forum.Reason, s.forum.Status = evil, evil, evil, evil, forum.Suspended
	s.status = forum.ReceiptStatus{Noun: forum.TheOpinion, Opinion: &s.opinions[0], Forum: &s.forum, History: []forum.StatusChange{{Status: "hidden", Reason: evil}}}
	h := serve(t, s)
	for _, path := range []string{"/ko/", "/ko/forums", "/ko/forums/" + string(forumID), "/ko/suggestions/" + string(suggestionID), "/ko/receipts/" + string(receipt)} {
		body := ask(h, "GET", path, "").Body.String()
		for _, bad := range []string{"<script>alert", "<img src=x", `href="javascript:`} {
			if strings.Contains(body, bad) {
				t.Errorf("%s has %q in %s", path, bad, body)
			}
		}
	}
}

func TestClosedForumShowsWhyAndNoForm(t *testing.T) {
	for status, words := range map[forum.ForumStatus][4]string{
		forum.Closed:    {"의견 접수를 마감했습니다", "no longer takes opinions", "已截止征集意见", "意見の受付を終了しました"},
		forum.Suspended: {"잠시 멈추었습니다", "suspended for a while", "暂停中", "一時停止しています"},
		forum.Scheduled: {"아직 열리지 않았습니다", "not open yet", "尚未开放", "まだ始まっていません"},
	} {
		s := aCity()
		s.forum.Status = status
		h := serve(t, s)
		for i, lang := range page.Public.Languages() {
			topic := wantPage(t, ask(h, "GET", "/"+lang+"/forums/"+string(forumID), ""), 200, lang)
			_, topic, _ = strings.Cut(topic, "<main") // the head leads to the sign-in on every page
			if strings.Contains(topic, "/opinions/new") || strings.Contains(topic, `name="choice"`) || strings.Contains(topic, "/sign-in?next") {
				t.Errorf("%s: the page still offers to write or vote", status)
			}
			form := wantPage(t, ask(h, "GET", "/"+lang+"/forums/"+string(forumID)+"/opinions/new", ""), 409, lang)
			if !strings.Contains(form, words[i]) {
				t.Errorf("%s in %s: the citizen does not read %q", status, lang, words[i])
			}
		}
	}
}

func TestForumIsShownClosedFromTheInstantOn(t *testing.T) {
	s := aCity()
	s.forum.ClosesAt = time.Now().Add(-time.Millisecond) // its status is open still
	h := serve(t, s)
	topic := wantPage(t, ask(h, "GET", "/ko/forums/"+string(forumID), ""), 200, "ko")
	if strings.Contains(topic, "/opinions/new") || strings.Contains(topic, `name="choice"`) || !strings.Contains(topic, "마감했습니다") {
		t.Error(topic)
	}
	document := into[map[string]any](t, ask(h, "GET", "/api/v1/forums/"+string(forumID), ""))
	if document["status"] != "open" || document["takes_opinions"] != false { // programs are told the fact
		t.Errorf("%v", document)
	}
	sent := ask(h, "POST", boardPath, `{"text":"시계가 다릅니다"}`, "Idempotency-Key", aKey)
	wantStatus(t, sent, 201) // whether it counts is the database's to say
}

func TestOpinionIsCheckedThenSentThenConfirmed(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	browser := browserNamed(1)
	fields := []string{"text", "광장을 만들어 주십시오.\n고맙습니다.", "title", "찬성", "pseudonym", "종로 사람", "district", "종로구", "email", "me@example.org"}
	check := ask(h, "POST", "/ko/forums/"+string(forumID)+"/opinions/check", form(fields...), "Cookie", browser)
	body := wantPage(t, check, 200, "ko")
	if !strings.Contains(body, "광장을 만들어 주십시오.") || !strings.Contains(body, "종로 사람") || s.changes != 0 {
		t.Errorf("the check page, %d changes: %s", s.changes, body)
	}
	key := between(t, body, `name="form_key" value="`, `"`)

	for range 2 { // the second is a double click
		sent := ask(h, "POST", "/ko/forums/"+string(forumID)+"/opinions", form(append(fields, "form_key", key)...), "Cookie", browser)
		wantStatus(t, sent, 303)
		if to := sent.Header().Get("Location"); to != "/ko/receipts/"+string(receipt)+"/sent" {
			t.Errorf("leads to %s", to)
		}
	}
	if len(s.posted) != 1 || s.posted[0].Email != "me@example.org" || s.posted[0].Text != "광장을 만들어 주십시오.\n고맙습니다." || s.posted[0].Lang != "ko" {
		t.Errorf("posted %+v", s.posted)
	}

	confirmation := wantPage(t, ask(h, "GET", "/ko/receipts/"+string(receipt)+"/sent", ""), 200, "ko")
	for _, want := range []string{"의견-2026-000001", "20근무일", "/ko/receipts/" + string(receipt), "data-print"} {
		if !strings.Contains(confirmation, want) {
			t.Errorf("the confirmation has no %q", want)
		}
	}
}

// between is what stands between two marks of a page.
func between(t *testing.T, body, before, after string) string {
	t.Helper()
	_, rest, found := strings.Cut(body, before)
	value, _, ended := strings.Cut(rest, after)
	if !found || !ended {
		t.Fatalf("no %s in %s", before, body)
	}
	return value
}

func TestErrorStandsBesideItsFieldAndWordsAreKept(t *testing.T) {
	for _, step := range []string{"/opinions/check", "/opinions"} {
		for _, bad := range []struct {
			fields []string
			status int
			field  string
			words  string
		}{
			{[]string{"text", "가", "title", "남겨 둘 제목"}, 422, "text", "2자 이상 적어 주십시오"},
			{[]string{"text", "", "title", "남겨 둘 제목"}, 422, "text", "내용을 적어 주십시오"},
			{[]string{"text", "광장", "title", "남겨 둘 제목", "email", "nobody"}, 422, "email", "name@example.kr"},
			{[]string{"text", "광장", "title", "남겨 둘 제목", "pseudonym", "Аdmin"}, 422, "pseudonym", "다른 별명"},
			{[]string{"text", "광\x00장", "title", "남겨 둘 제목"}, 400, "text", "NUL"},
			{[]string{"text", "\xff광장", "title", "남겨 둘 제목"}, 400, "text", "UTF-8"},
		} {
			s := aCity()
			got := ask(serve(t, s), "POST", "/ko/forums/"+string(forumID)+step, form(append(bad.fields, "form_key", aKey)...))
			body := wantPage(t, got, bad.status, "ko")
			for _, want := range []string{"<title>오류: ", `href="#field-` + bad.field + `"`, `id="field-` + bad.field + `-error"`, `aria-invalid="true"`, bad.words, "남겨 둘 제목"} {
				if !strings.Contains(body, want) {
					t.Errorf("%q to %s: no %q in %s", bad.fields, step, want, body)
				}
			}
			if s.changes != 0 {
				t.Error("something was kept")
			}
		}
	}
}

func TestEveryFaultIsToldAtOnce(t *testing.T) {
	h := serve(t, aCity())
	body := wantPage(t, ask(h, "POST", "/ko/forums/"+string(forumID)+"/opinions/check", form("text", "가", "pseudonym", "관리자")), 422, "ko")
	if !strings.Contains(body, `id="field-text-error"`) || !strings.Contains(body, `id="field-pseudonym-error"`) {
		t.Error(body)
	}
	got := ask(h, "POST", boardPath, `{"text":"가","pseudonym":"관리자"}`, "Idempotency-Key", aKey)
	wantStatus(t, got, 422)
	if p := into[page.Problem](t, got); len(p.Errors) != 2 || p.Errors[1].Fields["field"] != "pseudonym" {
		t.Errorf("%+v", p)
	}
}

func TestForumThatClosedMeanwhileKeepsTheWords(t *testing.T) {
	s := aCity()
	s.refusal = forum.Refuse(forum.Conflict, "forum.closed")
	got := ask(serve(t, s), "POST", "/ko/forums/"+string(forumID)+"/opinions", form("text", "늦게 쓴 긴 글", "form_key", aKey))
	body := wantPage(t, got, 409, "ko")
	if !strings.Contains(body, "늦게 쓴 긴 글") || !strings.Contains(body, "마감했습니다") {
		t.Error(body)
	}
}

func TestPagesThatAreNotPublicAreNotFound(t *testing.T) {
	s := aCity()
	s.forum.Status = forum.Preparing
	h := serve(t, s)
	for _, path := range []string{"/forums/" + string(forumID), "/forums/" + string(forumID) + "/opinions/new", "/forums/" + string(forumID) + "/results",
		"/forums/x", "/suggestions/" + string(unknownID), "/receipts/" + strings.Repeat("0", 32), "/receipts/1", "/awards/guessed", "/invitations/guessed", "/nothing"} {
		wantPage(t, ask(h, "GET", "/ko"+path, ""), 404, "ko")
	}
	wantStatus(t, ask(h, "GET", "/fr/forums", ""), 404)
}

func TestResultsAreNotThereBeforeTheAnswer(t *testing.T) {
	body := wantPage(t, ask(serve(t, aCity()), "GET", "/ko/forums/"+string(forumID)+"/results", ""), 404, "ko")
	if !strings.Contains(body, "아직 공개되지 않았습니다") {
		t.Error(body)
	}
}

func TestResultsNameNoWinnerWithoutConsent(t *testing.T) {
	h := serve(t, answered())
	body := wantPage(t, ask(h, "GET", "/ko/forums/"+string(forumID)+"/results", ""), 200, "ko")
	for _, want := range []string{"광장을 만들겠습니다.", "반영 곤란", "문화재 보호구역입니다.", "서울광장 개장", "2004년 5월 1일 개장", "이름을 밝히지 않음", "종로구", "export.csv", "days.csv"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(body, "이름을 밝히지 않은 사람") || strings.Contains(ask(h, "GET", "/api/v1/forums/"+string(forumID)+"/results", "").Body.String(), "이름을 밝히지 않은 사람") {
		t.Error("a winner who did not agree is named")
	}
}

func TestReceiptShowsTheAnsweringParagraphAndHistory(t *testing.T) {
	got := ask(serve(t, answered()), "GET", "/ko/receipts/"+string(receipt), "")
	body := wantPage(t, got, 200, "ko")
	for _, want := range []string{"이 의견에 대한 시의 답변", "광장을 만들겠습니다.", "처리 이력", "게시", "의견-2026-000001"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(body, "/withdraw") {
		t.Error("after the close the counts are frozen: nothing can be withdrawn")
	}
	if got.Header().Get("Cache-Control") != "no-store" || got.Header().Get("Referrer-Policy") != "no-referrer" || !strings.Contains(got.Header().Get("X-Robots-Tag"), "noindex") {
		t.Errorf("a receipt's address is a secret: %v", got.Header())
	}
}

func TestAwardIsNotToldBeforeItIsOffered(t *testing.T) {
	for status, told := range map[forum.AwardStatus]bool{forum.AwardCandidate: false, forum.AwardScored: false, forum.AwardDecided: false, forum.AwardOffered: true, forum.AwardDelivered: true} {
		s := aCity()
		s.status.Award = &forum.Award{Status: status, Rank: 1}
		h := serve(t, s)
		if got := strings.Contains(ask(h, "GET", "/ko/receipts/"+string(receipt), "").Body.String(), `id="award"`); got != told {
			t.Errorf("%s: on the page %v", status, got)
		}
		if got := strings.Contains(ask(h, "GET", "/api/v1/receipts/"+string(receipt), "").Body.String(), `"award"`); got != told {
			t.Errorf("%s: in the document %v", status, got)
		}
	}
}

func TestAuthorWithdrawsByReceipt(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	if body := wantPage(t, ask(h, "GET", "/ko/receipts/"+string(receipt), ""), 200, "ko"); !strings.Contains(body, "/withdraw") {
		t.Error("no button to withdraw")
	}
	wantStatus(t, ask(h, "POST", "/ko/receipts/"+string(receipt)+"/withdraw", ""), 303)
	wantStatus(t, ask(h, "DELETE", "/api/v1/opinions/"+string(opinionID), "", "X-Receipt", string(receipt)), 200)
	wantStatus(t, ask(h, "DELETE", "/api/v1/opinions/"+string(opinionID), `{"receipt":"`+string(receipt)+`"}`), 200)
	if s.changes != 3 {
		t.Errorf("%d changes, want 3", s.changes)
	}
	wantProblem(t, ask(h, "DELETE", "/api/v1/opinions/"+string(unknownID), "", "X-Receipt", string(receipt)), 404, "receipt.not_found", "")
	wantProblem(t, ask(h, "DELETE", "/api/v1/opinions/"+string(opinionID), "", "X-Receipt", strings.Repeat("0", 32)), 404, "receipt.not_found", "")
	wantProblem(t, ask(h, "DELETE", "/api/v1/opinions/"+string(opinionID), ""), 400, "request.malformed", "")
	if s.changes != 3 {
		t.Error("a stranger withdrew")
	}
}

func TestVoteFormReturnsToTheOpinionAndNowhereElse(t *testing.T) {
	h := serve(t, aCity())
	vote := "/ko/opinions/" + string(opinionID) + "/vote"
	back := "/ko/forums/" + string(forumID) + "?sort=newest#opinion-" + string(opinionID)
	got := ask(h, "POST", vote, form("choice", "for", "back", back), "Cookie", signedIn)
	wantStatus(t, got, 303)
	if got.Header().Get("Location") != back {
		t.Errorf("leads to %s", got.Header().Get("Location"))
	}
	stranger := ask(h, "POST", vote, form("choice", "for", "back", back))
	wantStatus(t, stranger, 303)
	if to := stranger.Header().Get("Location"); !strings.HasPrefix(to, "/ko/sign-in?next=%2Fko%2Fforums") {
		t.Errorf("a stranger is led to %s", to)
	}
	for _, elsewhere := range elsewheres {
		for _, path := range []string{vote} {
			got := ask(h, "POST", path, form("choice", "for", "back", elsewhere), "Cookie", signedIn)
			if to := got.Header().Get("Location"); to != "/ko/" {
				t.Errorf("back=%q leads to %q", elsewhere, to)
			}
		}
	}
}

var elsewheres = []string{"https://evil.example", "//evil.example", `/\evil.example`, "\\\\evil.example", "javascript:alert(1)", "evil.example", "", "/\t/evil.example"}

func TestSignInLeadsBackToAPageOfThisSiteOnly(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	asked := ask(h, "POST", "/ko/sign-in", form("email", "me@example.org", "next", "/ko/forums?page=2"))
	wantStatus(t, asked, 303)
	if to := asked.Header().Get("Location"); to != "/ko/sign-in/code?next=%2Fko%2Fforums%3Fpage%3D2" {
		t.Fatalf("leads to %s", to)
	}
	if strings.Contains(asked.Header().Get("Location"), "example.org") {
		t.Error("the address is in the URL")
	}
	remembered, _, _ := strings.Cut(asked.Header().Get("Set-Cookie"), ";")
	page := wantPage(t, ask(h, "GET", asked.Header().Get("Location"), "", "Cookie", remembered), 200, "ko")
	if !strings.Contains(page, "me@example.org") || !strings.Contains(page, `value="/ko/forums?page=2"`) {
		t.Error(page)
	}
	wrong := ask(h, "POST", "/ko/sign-in/code", form("code", "999999", "next", "/ko/forums"), "Cookie", remembered)
	if body := wantPage(t, wrong, 422, "ko"); !strings.Contains(body, "인증번호가 맞지 않거나") {
		t.Error(body)
	}
	right := ask(h, "POST", "/ko/sign-in/code", form("code", "123456", "next", "/ko/forums?page=2"), "Cookie", remembered)
	wantStatus(t, right, 303)
	if right.Header().Get("Location") != "/ko/forums?page=2" {
		t.Errorf("leads to %s", right.Header().Get("Location"))
	}
	for _, elsewhere := range elsewheres {
		got := ask(h, "POST", "/ko/sign-in/code", form("code", "123456", "next", elsewhere), "Cookie", remembered)
		if to := got.Header().Get("Location"); to != "/ko/" {
			t.Errorf("next=%q leads to %q", elsewhere, to)
		}
	}
	nobody := ask(h, "GET", "/ko/sign-in/code", "")
	if nobody.Code != 303 || nobody.Header().Get("Location") != "/ko/sign-in" {
		t.Errorf("without an address: %d %s", nobody.Code, nobody.Header().Get("Location"))
	}
	out := ask(h, "POST", "/ko/logout", "", "Cookie", signedIn)
	if out.Code != 303 || !strings.Contains(strings.Join(out.Header().Values("Set-Cookie"), " "), "citizen=;") {
		t.Errorf("signed out: %d %v", out.Code, out.Header())
	}
}

func TestSuggestionShowsSimilarOnesBeforeItIsSent(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	fields := []string{"title", "한강 다리에 자전거 길", "text", "자전거로 한강을 건너고 싶습니다.", "track", "general"}
	body := wantPage(t, ask(h, "POST", "/ko/suggestions/check", form(fields...)), 200, "ko")
	if !strings.Contains(body, "비슷한 제안이 있습니다") || !strings.Contains(body, "한강에 자전거 다리를 놓아 주세요") ||
		!strings.Contains(body, "비슷한 주제의 포럼이 있습니다") || !strings.Contains(body, "/ko/forums/"+string(forumID)) || s.changes != 0 {
		t.Error(body)
	}
	sent := ask(h, "POST", "/ko/suggestions", form(append(fields, "form_key", aKey)...))
	wantStatus(t, sent, 303)
	if len(s.suggested) != 1 || s.suggested[0].Track != forum.General || s.suggested[0].Kind != forum.ByCitizen {
		t.Errorf("suggested %+v", s.suggested)
	}
	wrong := wantPage(t, ask(h, "POST", "/en/suggestions/check", form("title", "A bridge", "text", "short", "track", "dogs")), 422, "en")
	if !strings.Contains(wrong, "Error: ") || !strings.Contains(wrong, "A bridge") {
		t.Error(wrong)
	}
	edit := wantPage(t, ask(h, "POST", "/ko/suggestions/check", form(append(fields, "edit", "yes")...)), 200, "ko")
	if !strings.Contains(edit, `id="field-text"`) || !strings.Contains(edit, "자전거로 한강을 건너고 싶습니다.") {
		t.Error("the words are lost on the way back to the form")
	}
}

func TestWhatStaffEnteredIsMarkedWithoutTheirNames(t *testing.T) {
	s := aCity()
	s.opinions[0].Channel, s.opinions[0].ReceivedOn, s.opinions[0].EnteredBy = forum.ViaLetter, "2026-11-20", "한지숙"
	s.suggestions[0].Channel, s.suggestions[0].ReceivedOn, s.suggestions[0].EnteredBy = forum.ViaPhone, "2026-11-20", "한지숙"
	h := serve(t, s)
	for path, want := range map[string]string{
		"/ko/forums/" + string(forumID):                   "2026. 11. 20.(금) 받은 편지를 직원이 입력",
		"/en/suggestions/" + string(suggestionID):         "Entered by staff from a call on 20 Nov 2026 (Fri)",
		"/api/v1/forums/" + string(forumID) + "/opinions": `"channel":"letter","received_on":"2026-11-20"`,
		"/api/v1/suggestions/" + string(suggestionID):     `"channel":"phone","received_on":"2026-11-20"`,
	} {
		body := ask(h, "GET", path, "").Body.String()
		if !strings.Contains(body, want) || strings.Contains(body, "한지숙") {
			t.Errorf("%s lacks %q, or names who entered it: %s", path, want, body)
		}
	}
}

func TestSupportNeedsAConfirmedPerson(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	path := "/suggestions/" + string(suggestionID) + "/support"
	wantStatus(t, ask(h, "POST", "/ko"+path, form("stands", "yes"), "Cookie", signedIn), 303)
	wantStatus(t, ask(h, "POST", "/ko"+path, form("stands", "no"), "Cookie", signedIn), 303)
	got := ask(h, "PUT", "/api/v1"+path, "", "Cookie", signedIn)
	wantStatus(t, got, 200)
	if !strings.Contains(got.Body.String(), `"supports":8`) {
		t.Error(got.Body)
	}
	wantStatus(t, ask(h, "DELETE", "/api/v1"+path, "", "Cookie", signedIn), 200)
	if len(s.supports) != 4 || !s.supports[0].Stands || s.supports[1].Stands || !s.supports[2].Stands || s.supports[3].Stands || s.supports[0].Citizen != citizenID {
		t.Errorf("supports %+v", s.supports)
	}
	wantProblem(t, ask(h, "PUT", "/api/v1"+path, "", "Cookie", browserNamed(1)), 401, "support.sign_in", "")
	if to := ask(h, "POST", "/ko"+path, form("stands", "yes")).Header().Get("Location"); !strings.HasPrefix(to, "/ko/sign-in?next=") {
		t.Errorf("a stranger is led to %q", to)
	}
}

func TestMailedLinksChangeNothingUntilAButtonIsPressed(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	ask(h, "GET", "/ko/subscriptions/confirm/"+secret, "")
	ask(h, "GET", "/ko/awards/"+secret, "")
	ask(h, "GET", "/ko/invitations/"+secret, "")
	ask(h, "GET", "/ko/invitations/"+secret+"/check", "")
	if s.changes != 0 {
		t.Fatalf("%d changes by opening links", s.changes)
	}
	wantStatus(t, ask(h, "POST", "/ko/subscriptions/confirm/"+secret, ""), 303)
	wantStatus(t, ask(h, "POST", "/ko/subscriptions/confirm/guessed", ""), 404)
	wantStatus(t, ask(h, "POST", "/ko/subscriptions", form("email", "me@example.org", "forum", string(forumID))), 303)
	wantStatus(t, ask(h, "POST", "/api/v1/subscriptions", `{"email":"me@example.org"}`), 202)
	wantProblem(t, ask(h, "POST", "/api/v1/subscriptions", `{"email":"me"}`), 422, "email.malformed", "email")
	wantProblem(t, ask(h, "POST", "/api/v1/subscriptions", `{"email":"me@example.org","forum":"`+string(unknownID)+`"}`), 404, "page.not_found", "")
	if body := wantPage(t, ask(h, "POST", "/en/subscriptions", form("email", "me")), 422, "en"); !strings.Contains(body, "name@example.org") {
		t.Error(body)
	}
	if len(s.subscribed) != 2 {
		t.Errorf("subscribed %v", s.subscribed)
	}
}

func TestWinnerAnswersOnce(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	key := between(t, ask(h, "GET", "/ko/awards/"+secret, "").Body.String(), `name="form_key" value="`, `"`)
	wantStatus(t, ask(h, "POST", "/ko/awards/"+secret, form("form_key", key, "answer", "accept", "name_shown", "yes")), 303)
	if len(s.decisions) != 1 {
		t.Fatalf("%d decisions", len(s.decisions))
	}
	d := s.decisions[0]
	if string(d.ID) != key || d.Action != forum.AnswerAward || d.Noun != forum.TheAward || d.Subject != awardID || d.By != "" || d.From == "" || string(d.Details) != `{"accept":true,"name_shown":true}` {
		t.Errorf("decision %+v", d)
	}
	ask(h, "POST", "/ko/awards/"+secret, form("form_key", key, "answer", "decline", "name_shown", "yes"))
	if string(s.decisions[1].Details) != `{"accept":false,"name_shown":false}` {
		t.Errorf("who declines is not named: %s", s.decisions[1].Details)
	}
	wantPage(t, ask(h, "POST", "/ko/awards/"+secret, form("form_key", key)), 422, "ko")
	wantPage(t, ask(h, "POST", "/ko/awards/guessed", form("form_key", key, "answer", "accept")), 404, "ko")
	s.award.Status = forum.AwardLapsed
	if body := wantPage(t, ask(h, "GET", "/ko/awards/"+secret, ""), 200, "ko"); strings.Contains(body, "form_key") {
		t.Error("a lapsed offer can still be answered")
	}
}

// TestSimilarOnesAreShownWhileOneTypes: the form's script sends what is typed so far, however little, and takes that part of the answer.
func TestSimilarOnesAreShownWhileOneTypes(t *testing.T) {
	h := serve(t, aCity())
	if body := wantPage(t, ask(h, "GET", "/ko/suggestions/new", ""), 200, "ko"); strings.Contains(body, "id=\"similar\"") || !strings.Contains(body, "data-peek=\"/ko/suggestions/similar\"") {
		t.Error("an empty form has something similar, or doesn't ask for it")
	}
	body := wantPage(t, ask(h, "POST", "/ko/suggestions/similar", form("title", "다리")), 200, "ko")
	if !strings.Contains(body, "id=\"similar\"") || strings.Contains(body, "id=\"errors\"") {
		t.Error("what is similar isn't shown, or who is still typing is told what is missing")
	}
	if body := wantPage(t, ask(h, "POST", "/ko/suggestions/similar", form("title", "  ")), 200, "ko"); strings.Contains(body, "id=\"similar\"") {
		t.Error("nothing is similar to nothing")
	}
}

func TestPeopleAreCountedAndRobotsAreNot(t *testing.T) {
	topic := "/ko/forums/" + string(forumID)
	for name, c := range map[string]struct {
		method  string
		headers []string
		hits    int
	}{
		"person":        {"GET", nil, 1},
		"Naver's robot": {"GET", []string{"User-Agent", "Mozilla/5.0 (compatible; Yeti/1.1; +http://naver.me/spd)"}, 0},
		"Google":        {"GET", []string{"User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1)"}, 0},
		"no name":       {"GET", []string{"User-Agent", ""}, 0},
		"head":          {"HEAD", nil, 0},
		"prefetch":      {"GET", []string{"Sec-Purpose", "prefetch;prerender"}, 0},
	} {
		s := aCity()
		wantStatus(t, ask(serve(t, s), c.method, topic, "", c.headers...), 200)
		if len(s.hits) != c.hits {
			t.Errorf("%s: %d hits, want %d", name, len(s.hits), c.hits)
		}
	}
	s := aCity()
	h := serve(t, s)
	for _, agent := range []string{"Mozilla/5.0 (X11)", "Mozilla/5.0 (X11)", "Mozilla/5.0 (Android)"} {
		if a := ask(h, "GET", topic, "", "User-Agent", agent); a.Header().Get("Set-Cookie") != "" {
			t.Error("reading leaves a cookie")
		}
	}
	if a, b, c := string(s.hits[0].Visitor), string(s.hits[1].Visitor), string(s.hits[2].Visitor); a != b || a == c || s.hits[0].Lang != "ko" {
		t.Error("who reads from the same place with the same browser is one visitor, and a different browser another")
	}
}

func TestDaysOfTheFirstForumAreThirtySeven(t *testing.T) {
	seoul := page.Seoul
	f := forum.Forum{OpensAt: time.Date(2003, 2, 7, 9, 0, 0, 0, seoul), ClosesAt: time.Date(2003, 3, 16, 0, 0, 0, 0, seoul)}
	if days := openDays(f, time.Now()); days != 37 {
		t.Errorf("%d days", days)
	}
	s := answered()
	s.forum.OpensAt, s.forum.ClosesAt, s.forum.Counts = f.OpensAt, f.ClosesAt, forum.Counts{Opinions: 109, Hits: 7509}
	if body := ask(serve(t, s), "GET", "/en/forums/"+string(forumID), "").Body.String(); !strings.Contains(body, "203 a day over 37 days") || !strings.Contains(body, "2.9 a day over 37 days") {
		t.Error("the page doesn't show 7,509 hits and 109 opinions over 37 days as 203 and 2.9 a day")
	}
	if days := openDays(f, f.OpensAt.Add(-time.Hour)); days != 0 {
		t.Errorf("%d days before the opening", days)
	}
}

func TestCookiesAreBoundToTheHostOverTLS(t *testing.T) {
	s := aCity()
	site, err := page.New(page.Options{Audience: page.Public, Templates: Templates(), Secure: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	h := New(site, Options{Store: s, Writer: s, Decider: s, Secure: true})
	e := site.Engine()
	site.Mount(e, Routes(h), h.Before)
	got := ask(e, "POST", "/api/v1/session/confirm", `{"code":"123456","email":"me@example.org"}`)
	wantStatus(t, got, 200)
	for _, cookie := range got.Header().Values("Set-Cookie") {
		if !strings.HasPrefix(cookie, "__Host-") || !strings.Contains(cookie, "; Secure") || !strings.Contains(cookie, "; HttpOnly") {
			t.Errorf("cookie %q", cookie)
		}
	}
}
