package office

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/webui/page"
)

func TestOldestClockComesFirst(t *testing.T) {
	o := newOffice(t, head1)
	a := o.get("/ko/")
	a.want(t, http.StatusOK, "처리할 일 3건", "기한 지남 1건", "1일 지남", "상급자 보고: 한지숙", "감사 부서 통보", "전문가의 의견을 기다립니다.", `href="/ko/approvals/`+string(id(400))+`"`, `href="`+forumURL+`/response"`)
	if strings.Index(a.body, `data-kind="approval.sign"`) > strings.Index(a.body, `data-kind="response.submit"`) {
		t.Error("what is overdue stands below")
	}
}

func TestForumsOfOnesOwnDepartment(t *testing.T) {
	o := newOffice(t, drafter)
	o.get("/ko/forums").want(t, http.StatusOK, "시청 앞 광장 조성")
	o = newOffice(t, strangers)
	if a := o.get("/ko/forums"); strings.Contains(a.body, "시청 앞 광장 조성") {
		t.Error("another department's drafter sees the forum in the list")
	}
}

func TestSuggestionIsAnswered(t *testing.T) {
	o := newOffice(t, officer)
	path := "/ko/suggestions/" + string(id(200))
	to, fields := o.get(path).form(t, "form-suggestion.screen")
	fields.Set("to", "rejected")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-reason">`, `value="rejected" checked`)
	fields.Set("to", "merged")
	fields.Set("reason", "같은 내용입니다")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-merge_into">`, "같은 내용입니다")
	fields.Set("merge_into", string(id(201)))
	o.post(to, fields).want(t, http.StatusSeeOther)
	if len(o.did) != 1 || o.did[0] != "screen merged by officer" {
		t.Errorf("did %v", o.did)
	}
}

func TestOpinionsAreHiddenAfterASecondLook(t *testing.T) {
	o := newOffice(t, everyone)
	to, fields := o.get(forumURL+"/opinions?status=held").form(t, "form-opinion.moderate")
	fields.Set("opinion[]", string(id(600))+"@"+string(id(100)))
	fields.Set("to", "hidden")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-code">`)
	fields.Set("code", "insult")
	fields.Set("reason", "둘째 줄입니다")
	a := o.post(to, fields)
	a.want(t, http.StatusOK, "욕설·모욕·혐오 표현", "둘째 줄입니다")
	if len(o.did) > 0 {
		t.Fatal("hidden without the second look")
	}
	to, fields = a.form(t, "form-check")
	if a = o.post(to, fields); a.Code != http.StatusSeeOther || !strings.HasPrefix(a.Header().Get("Location"), "/ko/opinions/batches/"+fields.Get("key")+"?back=%2Fko%2Fforums%2F") {
		t.Errorf("status %d, leads to %s", a.Code, a.Header().Get("Location"))
	}
	if len(o.did) != 1 || o.did[0] != "moderate "+string(id(600))+" to hidden: insult둘째 줄입니다" || len(o.conductor.woken) != 1 {
		t.Errorf("did %v, woke %v", o.did, o.conductor.woken)
	}
}

func TestDocumentShowsWhatIsSigned(t *testing.T) {
	o := newOffice(t, head1)
	path := "/ko/approvals/" + string(id(400))
	a := o.get(path)
	a.want(t, http.StatusOK, "<strong>광장</strong>", "추진 배경", "찬성", strings.Repeat("ab", 32), "한지숙", "도로계획과", "form-approval.sign", "form-approval.return")
	to, fields := a.form(t, "form-approval.return")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-reason">`)
	to, fields = a.form(t, "form-approval.sign")
	o.post(to, fields).want(t, http.StatusSeeOther)
	if d := o.conductor.only(t); d.Noun != forum.TheApproval || d.Subject != id(400) || d.Action != forum.SignApproval {
		t.Errorf("decided %+v", d)
	}
}

func TestChangedTextCannotBeSigned(t *testing.T) {
	o := newOffice(t, head1)
	o.approvals[0].Current = strings.Repeat("cd", 32)
	a := o.get("/ko/approvals/" + string(id(400)))
	a.want(t, http.StatusOK, `id="changed"`, "form-approval.return")
	if strings.Contains(a.body, "form-approval.sign") {
		t.Error("a changed text can be signed")
	}
}

// What isn't known by name is shown all the same: this is what is signed.
func TestDocumentLeavesNothingOut(t *testing.T) {
	o := newOffice(t, head1)
	o.approvals[0].Text = `{"closes_at":"2026-12-01T09:00:05Z","surprise":"뜻밖의 값","picks":[{"rank":1,"reason":"참신"},{"rank":2,"reason":"충실"}]}`
	o.get("/ko/approvals/"+string(id(400))).want(t, http.StatusOK, "2026. 12. 1.(화) 18:00:05", "surprise", "뜻밖의 값", "참신", "충실")
	o.approvals[0].Text = `not json`
	o.get("/ko/approvals/"+string(id(400))).want(t, http.StatusOK, "not json")
}

func TestFiguresHaveTheirDenominators(t *testing.T) {
	o := newOffice(t, everyone)
	o.topic.Status = forum.Analysing
	o.analysis.Figures.FrozenAt = time.Date(2003, time.March, 16, 0, 0, 0, 0, page.Seoul)
	o.get(forumURL+"/analysis").want(t, http.StatusOK, "2003. 3. 15.(토) 24:00", "7,509", "2일 동안 하루 평균 3,755회", "투표 781건 중 89.6%", "광장", "같은 글")
	o.post(forumURL+"/analysis", url.Values{"summary": {"찬성이 많습니다"}}).want(t, http.StatusSeeOther)
	if len(o.did) != 1 || o.did[0] != "summary 찬성이 많습니다" {
		t.Errorf("did %v", o.did)
	}
}

func TestWorkbookIsAFileWithAKoreanName(t *testing.T) {
	o := newOffice(t, officer)
	a := o.get(forumURL + "/workbook.xlsx?lang=en")
	a.want(t, http.StatusOK, "PK workbook in en")
	if name := a.Header().Get("Content-Disposition"); !strings.Contains(name, url.PathEscape("사이버정책포럼_")) || !strings.Contains(name, "_20261123.xlsx") {
		t.Errorf("the file is called %s", name)
	}
	o.books.fails = errors.New("no room")
	a = o.get(forumURL + "/workbook.xlsx")
	a.want(t, http.StatusInternalServerError, "<!doctype html>")
	if a.Header().Get("Content-Disposition") != "" {
		t.Error("the error page is a download")
	}
}

func TestOperatorSendsMailsAgain(t *testing.T) {
	o := newOffice(t, operator)
	o.get("/ko/health").want(t, http.StatusOK, "발송 실패", "close the board")
	o.post("/ko/mails/"+string(id(700))+"/retry", url.Values{}).want(t, http.StatusSeeOther)
	if len(o.did) != 1 {
		t.Errorf("did %v", o.did)
	}
}

func TestTrailNamesWhoAndWhy(t *testing.T) {
	o := newOffice(t, officer)
	o.get("/ko/audit").want(t, http.StatusOK, "한지숙", "행사 일정", "127.0.0.1", "시스템", "공개 예정 → 의견 접수 중")
	o.get(forumURL+"/audit").want(t, http.StatusOK, "한지숙")
	o.get("/en/audit").want(t, http.StatusOK, "Han Jisook")
}

func TestTimelineDatesTheJourney(t *testing.T) {
	o := newOffice(t, officer)
	o.get(forumURL).want(t, http.StatusOK, `aria-current="step"`, "박도로: 결재 대기", `<data id="status" value="open"`)
}
