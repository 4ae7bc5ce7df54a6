package public

import (
	"strings"
	"testing"
	"time"

	"acropolis/forum"
)

const reportURL = "/ko/opinions/" + string(opinionID) + "/report"

func TestCitizenReportsAnOpinionWithoutAnAccount(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	if board := ask(h, "GET", "/ko/forums/"+string(forumID), "").Body.String(); !strings.Contains(board, `href="`+reportURL+`"`) {
		t.Error("the board doesn't lead to the form")
	}
	asked := ask(h, "GET", reportURL, "")
	if body := wantPage(t, asked, 200, "ko"); !strings.Contains(body, "광장이 생기면") || !strings.Contains(body, "욕설·모욕·혐오 표현") {
		t.Error("the form doesn't show what is reported and why one may")
	}
	browser := strings.Split(asked.Header().Get("Set-Cookie"), ";")[0]
	if refused := wantPage(t, ask(h, "POST", reportURL, form("reason", "other", "text", ""), "Cookie", browser), 422, "ko"); !strings.Contains(refused, `href="#field-text"`) {
		t.Error("'other' says nothing without words")
	}
	if refused := wantPage(t, ask(h, "POST", reportURL, form("text", "내 말을 잃지 마세요"), "Cookie", browser), 422, "ko"); !strings.Contains(refused, `href="#field-reason"`) || !strings.Contains(refused, "내 말을 잃지 마세요") {
		t.Error("the reason is missing and nobody says so, or the words are lost")
	}
	done := ask(h, "POST", reportURL, form("reason", "insult", "text", "심한 말입니다."), "Cookie", browser)
	if to := done.Header().Get("Location"); done.Code != 303 || to != "/ko/forums/"+string(forumID)+"#opinion-"+string(opinionID) {
		t.Errorf("%d, leads to %s", done.Code, to)
	}
	if len(s.reports) != 1 || s.reports[0].Code != forum.Insulting || s.reports[0].Words != "심한 말입니다." || len(s.reports[0].Device) == 0 {
		t.Errorf("reported %+v", s.reports)
	}
	s.refusal = forum.Refuse(forum.Conflict, "report.made_already")
	if again := wantPage(t, ask(h, "POST", reportURL, form("reason", "unlawful"), "Cookie", browser), 409, "ko"); !strings.Contains(again, "이미 신고하셨습니다") {
		t.Error("nobody says that it was reported already")
	}
	wantStatus(t, ask(h, "GET", "/ko/opinions/"+string(awardID)+"/report", ""), 404)
}

// Without a browser's secret each request would be another person: it is refused and brings one.
func TestProgramReportsByTheBrowsersSecretAlone(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	const api = "/api/v1/opinions/" + string(opinionID) + "/report"
	first := ask(h, "POST", api, `{"reason":"insult"}`)
	wantProblem(t, first, 401, "report.no_browser", "")
	browser := strings.Split(first.Header().Get("Set-Cookie"), ";")[0]
	wantStatus(t, ask(h, "POST", api, `{"reason":"insult"}`, "Cookie", browser), 200)
	wantProblem(t, ask(h, "POST", api, `{"reason":"ugly"}`, "Cookie", browser), 422, "reason.no_such_code", "reason")
	wantProblem(t, ask(h, "POST", api, `{"reason":"other"}`, "Cookie", browser), 422, "reason.missing", "text")
	if len(s.reports) != 1 {
		t.Errorf("%d reports", len(s.reports))
	}
}

func TestAuthorAppealsFromTheStatusPage(t *testing.T) {
	s := hiddenCity()
	h := serve(t, s)
	path := "/ko/receipts/" + string(receipt)
	body := wantPage(t, ask(h, "GET", path, ""), 200, "ko")
	if !strings.Contains(body, `action="`+path+`/appeal"`) || !strings.Contains(body, "주제와 관련이 없는 내용: 도로 이야기입니다.") {
		t.Error("the author can't read why, or can't appeal")
	}
	if english := ask(h, "GET", "/en/receipts/"+string(receipt), "").Body.String(); !strings.Contains(english, "Has nothing to do with the topic") {
		t.Error("the code isn't in the reader's language")
	}
	if refused := wantPage(t, ask(h, "POST", path+"/appeal", form("text", "")), 422, "ko"); !strings.Contains(refused, `href="#field-text"`) {
		t.Error("an appeal without words")
	}
	wantStatus(t, ask(h, "POST", path+"/appeal", form("text", "억울합니다.")), 303)
	const api = "/api/v1/opinions/" + string(opinionID) + "/appeal"
	wantStatus(t, ask(h, "POST", api, `{"text":"억울합니다."}`, "X-Receipt", string(receipt)), 200)
	wantProblem(t, ask(h, "POST", "/api/v1/opinions/"+string(unknownID)+"/appeal", `{"text":"억울합니다."}`, "X-Receipt", string(receipt)), 404, "receipt.not_found", "")
	wantProblem(t, ask(h, "POST", api, `{"text":"억울합니다.","receipt":"`+strings.Repeat("0", 32)+`"}`), 404, "receipt.not_found", "")
	if len(s.appeals) != 2 {
		t.Errorf("%d appeals", len(s.appeals))
	}
	s.status.Appeal = &forum.Appeal{Words: "억울합니다.", At: time.Now(), Status: forum.AppealDismissed, Reason: "주제는 광장입니다."}
	body = wantPage(t, ask(h, "GET", path, ""), 200, "ko")
	if strings.Contains(body, `/appeal"`) || !strings.Contains(body, "주제는 광장입니다.") || !strings.Contains(body, "받아들이지 않음") {
		t.Error("the answer to the appeal isn't shown, or the form still is")
	}
}

func TestCitizenLearnsThatPersonalDataAreLookedAtFirst(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	check := "/ko/forums/" + string(forumID) + "/opinions/check"
	if body := wantPage(t, ask(h, "POST", check, form("text", "연락 주세요. 010-1234-5678")), 200, "ko"); !strings.Contains(body, `id="held-for"`) || !strings.Contains(body, "전화번호") {
		t.Error("the look before sending says nothing of the number")
	}
	if body := ask(h, "POST", check, form("text", "120에 물었습니다.")).Body.String(); strings.Contains(body, `id="held-for"`) {
		t.Error("120 is everybody's")
	}
	s.opinions[0].Status, s.opinions[0].HeldFor = forum.OpinionHeld, []forum.DataKind{forum.PhoneNumber}
	for _, path := range []string{"", "/sent"} {
		if body := wantPage(t, ask(h, "GET", "/ko/receipts/"+string(receipt)+path, ""), 200, "ko"); !strings.Contains(body, "개인정보(전화번호)") {
			t.Errorf("%s doesn't say why it waits", path)
		}
	}
	if got := ask(h, "GET", "/api/v1/receipts/"+string(receipt), "").Body.String(); !strings.Contains(got, `"held_for":["phone"]`) {
		t.Error(got)
	}
}
