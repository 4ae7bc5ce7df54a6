package office

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"acropolis/forum"
)

var documentURL = "/ko/approvals/" + string(id(400))

// signature opens the document, fills the form that signs in and sends it.
func (o *office) signature(t *testing.T, fill url.Values) answer {
	t.Helper()
	to, fields := o.get(documentURL).form(t, "form-"+string(forum.SignApproval))
	for name, values := range fill {
		fields[name] = values
	}
	return o.post(to, fields)
}

func TestConsultedDepartmentSaysWhetherItAgrees(t *testing.T) {
	o := newOffice(t, strangers)
	o.approvals[0].Line = []forum.Signer{{Order: 1, Role: forum.Consulted, Official: strangers.ID, Name: "남다른", Status: forum.SignerWaiting},
		{Order: 2, Role: forum.Consulted, Official: officer.ID, Name: "한지숙", Status: forum.SignerConsulted, At: noon, Comment: "기간을 더 두십시오.", Disagrees: true},
		{Order: 3, Role: forum.Approver, Official: head1.ID, Name: "박도로", Status: forum.SignerWaiting}}
	a := o.get(documentURL)
	a.want(t, http.StatusOK, "동의합니다", "이견이 있습니다", `id="opinions"`, "기간을 더 두십시오.")
	if strings.Count(a.body, `aria-current="step"`) != 1 {
		t.Error("not exactly one place is waited for")
	}
	o.signature(t, url.Values{"agrees": {"no"}, "reason": {"나무를 옮길 곳이 없습니다."}}).want(t, http.StatusSeeOther)
	if d := o.conductor.only(t); string(d.Details) != `{"disagrees":true}` || d.Reason != "나무를 옮길 곳이 없습니다." {
		t.Errorf("decided %s %q", d.Details, d.Reason)
	}
}

func TestDocumentTellsWhatWasDoneInItsLine(t *testing.T) {
	o := newOffice(t, head1)
	o.approvals[0].History = []forum.LineEvent{{At: noon, Kind: forum.LineDrafted, Official: drafter.ID, By: drafter.ID, ByName: "이기안"},
		{At: noon, Kind: forum.LineConsulted, Order: 1, Official: strangers.ID, Name: "남다른", By: officer.ID, ByName: "한지숙", Disagrees: true, Text: "어렵습니다."},
		{At: noon, Kind: forum.LineVoided}}
	o.get(documentURL).want(t, http.StatusOK, `id="history"`, "협조: 이견 (남다른)", "어렵습니다.", "시스템")
}

// headsDecide lets a department's head decide a dossier finally.
var headsDecide = forum.Delegations{Rules: []forum.Delegation{{Noun: forum.TheDossier, Duty: forum.Head}}, Units: []forum.Department{{Code: roads}}}

func TestWhoMayDecideFinallyIsAsked(t *testing.T) {
	o := newOffice(t, head1)
	if a := o.get(documentURL); strings.Contains(a.body, `name="final"`) {
		t.Error("a head without a rule of delegation is asked")
	}
	o.delegated = headsDecide
	o.get(documentURL).want(t, http.StatusOK, `name="final"`, "전결로 처리")
	o.signature(t, url.Values{"final": {"yes"}}).want(t, http.StatusSeeOther)
	if d := o.conductor.only(t); string(d.Details) != `{"final":true}` {
		t.Errorf("decided %s", d.Details)
	}

	o.approvals[0].Status, o.approvals[0].Line[0].Final = forum.Approved, true
	o.approvals[0].Line[1].Status = forum.SignerSkipped
	o.get(documentURL).want(t, http.StatusOK, ">전결<", "전결로 생략")

	o = newOffice(t, officer)
	o.delegated, o.topic.Status = headsDecide, forum.Preparing
	o.get(forumURL).want(t, http.StatusOK, "박도로 (전결 가능)")
}

func TestDocumentIsReturnedToWhomTheReaderChooses(t *testing.T) {
	o := newOffice(t, head1)
	to, fields := o.get(documentURL).form(t, "form-approval.return")
	fields.Set("reason", "수치를 확인해 주십시오.")
	fields.Set("to", "한지숙")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, reason(t, "choice.missing"))
	fields.Set("to", "1")
	o.post(to, fields).want(t, http.StatusSeeOther)
	if d := o.conductor.only(t); string(d.Details) != `{"to":1}` {
		t.Errorf("decided %s", d.Details)
	}
}

func TestSignedDocumentIsNotRecalled(t *testing.T) {
	o := newOffice(t, drafter)
	o.get(documentURL).want(t, http.StatusOK, "form-approval.recall")
	o.approvals[0].History = []forum.LineEvent{{At: noon, Kind: forum.LineSigned, Order: 1, By: officer.ID}}
	if a := o.get(documentURL); strings.Contains(a.body, "form-approval.recall") {
		t.Error("a signed document can be recalled")
	}
	o.get(documentURL+"/decisions/approval.recall").want(t, http.StatusConflict, reason(t, "approval.signed_already"))
}

func TestPeopleInTheLineComment(t *testing.T) {
	o := newOffice(t, drafter)
	to, fields := o.get(documentURL).form(t, "form-comment")
	o.refuses = forum.Refuse(forum.Invalid, "approval.comment_missing").At("text")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-text">`, reason(t, "approval.comment_missing"))
	o.refuses = nil
	fields.Set("text", "다음 판에 넣겠습니다.")
	if a := o.post("/ko/approvals/"+string(id(400))+"/comments", fields); a.Header().Get("Location") != documentURL || len(o.did) != 1 || !strings.HasSuffix(o.did[0], "by drafter: 다음 판에 넣겠습니다.") {
		t.Errorf("status %d, did %v", a.Code, o.did)
	}
	fields.Del("key")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, reason(t, "decision.key_missing"))
	o = newOffice(t, everyone)
	if a := o.get(documentURL); strings.Contains(a.body, "form-comment") {
		t.Error("whoever isn't in the line is asked for a comment")
	}
}

// TestActWithoutApprovalIsShownUntilSomebodyAnswersForIt: on the document, on the forum's page and in the list.
func TestActWithoutApprovalIsShownUntilSomebodyAnswersForIt(t *testing.T) {
	o := newOffice(t, officer)
	o.approvals[0].Noun, o.approvals[0].AfterTheFact, o.approvals[0].Status = forum.TheEarlyClose, true, forum.InReview
	o.get(documentURL).want(t, http.StatusOK, `id="after-the-fact"`)
	o.approvals[0].Status, o.approvals[0].Alarm, o.approvals[0].AlarmedAt = forum.Returned, forum.AlarmReturned, noon
	for _, lang := range []string{"ko", "en"} {
		o.get(strings.Replace(documentURL, "ko", lang, 1)).want(t, http.StatusOK, `id="alarm"`)
	}
	o.get(forumURL).want(t, http.StatusOK, "결재를 받지 못한 조치", "문서가 반려되었습니다.")
	o.approvals[0].Late, o.round.Late = 7, 8
	o.get("/ko/approvals").want(t, http.StatusOK, "미결재 조치", "7일 지남")
	o.get("/ko/rounds").want(t, http.StatusOK, "8일 지남")
	to, fields := o.get(documentURL).form(t, "form-approval.settle")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, reason(t, "reason.missing"))
	fields.Set("reason", "시민께 알리고 다시 엽니다.")
	o.post(to, fields).want(t, http.StatusSeeOther)
	if d := o.conductor.only(t); d.Action != forum.SettleAlarm || d.Subject != id(400) {
		t.Errorf("decided %+v", d)
	}
	o.approvals[0].SettledAt = noon
	if a := o.get(documentURL); strings.Contains(a.body, `id="alarm"`) || strings.Contains(a.body, "form-approval.settle") {
		t.Error("an alarm that was answered still rings")
	}
}

func TestActInAnIncidentComesBeforeItsApproval(t *testing.T) {
	line := url.Values{"reason": {"장애가 났습니다."}, "approver": {string(head1.ID)}, "confirmed": {"yes"}, "after_the_fact": {"yes"}}
	for action, fill := range map[forum.Action]url.Values{forum.CloseForum: {}, forum.ExtendForum: {"closes_at": {"2026-12-31T18:00"}}, forum.SuspendForum: {"after_the_fact": {""}}} {
		o := newOffice(t, officer)
		for name, values := range line {
			if fill[name] == nil {
				fill[name] = values
			}
		}
		o.decide(t, action, fill).want(t, http.StatusSeeOther)
		if d := o.conductor.only(t); !strings.Contains(string(d.Details), `"after_the_fact":true`) {
			t.Errorf("%s: decided %s", action, d.Details)
		}
	}
	o := newOffice(t, officer) // a suspension may do without a line
	o.decide(t, forum.SuspendForum, url.Values{"reason": {"선거 기간입니다."}, "confirmed": {"yes"}}).want(t, http.StatusSeeOther)
	if d := o.conductor.only(t); strings.Contains(string(d.Details), "after_the_fact") {
		t.Errorf("decided %s", d.Details)
	}
}

// TestPrintedDocumentHasItsStampsOnTop: names, marks, number, fingerprint and the opinions of whoever was consulted; void stays void.
func TestPrintedDocumentHasItsStampsOnTop(t *testing.T) {
	o := newOffice(t, officer)
	a := &o.approvals[0]
	a.Status, a.Document, a.DecidedAt = forum.Approved, "road-planning-2026-0007", noon
	a.Line = []forum.Signer{{Order: 1, Role: forum.Consulted, Official: strangers.ID, Name: "남다른", Status: forum.SignerConsulted, At: noon, Comment: "나무를 남겨 주십시오.", Disagrees: true},
		{Order: 2, Role: forum.Reviewer, Official: head1.ID, Name: "박도로", Status: forum.SignerSubstitute, SignedBy: "이기안", At: noon, Final: true},
		{Order: 3, Role: forum.Approver, Official: officer.ID, Name: "한지숙", Status: forum.SignerSkipped}}
	path := "/ko/approvals/" + string(id(400)) + "/print"
	o.get(path).want(t, http.StatusOK, "road-planning-2026-0007", "박도로", "이기안 대결", ">전결<", "전결로 생략", "나무를 남겨 주십시오.", ">이견<", strings.Repeat("ab", 32), "추진 배경")
	if strings.Contains(o.get(path).body, "void-mark") {
		t.Error("a document that holds is shown as void")
	}
	a.Current = strings.Repeat("cd", 32)
	o.get(path).want(t, http.StatusOK, "void-mark")
	o.get(documentURL).want(t, http.StatusOK, "void-mark", `href="`+path+`"`)
}

// TestRecordForPrograms holds the exact text, the line and what was done in it, and nobody's address.
func TestRecordForPrograms(t *testing.T) {
	o := newOffice(t, officer)
	for i := range o.officials {
		o.officials[i].Email, o.officials[i].Phone = "someone@city.example", "02-120"
	}
	o.approvals[0].History = []forum.LineEvent{{At: noon, Kind: forum.LineSigned, Order: 1, Name: "한지숙", ByName: "한지숙", Final: true, Decision: id(1000)}}
	a := o.get("/ko/approvals/" + string(id(400)) + "/record.json")
	a.want(t, http.StatusOK)
	var r record
	if err := json.Unmarshal([]byte(a.body), &r); err != nil || r.Version != 1 || r.Text != o.approvals[0].Text || r.SHA256 != o.approvals[0].SHA256 ||
		len(r.Line) != 2 || len(r.Events) != 1 || !r.Events[0].Final || r.Events[0].Decision != id(1000) || r.Drafter.Name != "이기안" {
		t.Errorf("%v %+v", err, r)
	}
	if strings.Contains(a.body, "someone@") || strings.Contains(a.body, "02-120") {
		t.Error("the record tells somebody's address")
	}
	newOffice(t, strangers).get("/ko/approvals/"+string(id(400))+"/record.json").want(t, http.StatusNotFound)
}
