package office

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/webui/page"
)

var forumURL = "/ko/forums/" + string(id(100))

// decide opens a forum's page, fills one of its forms in and sends it.
func (o *office) decide(t *testing.T, action forum.Action, fill url.Values) answer {
	t.Helper()
	to, fields := o.get(forumURL).form(t, "form-"+string(action))
	for name, values := range fill {
		fields[name] = values
	}
	return o.post(to, fields)
}

func TestDoubleClickIsOneDecision(t *testing.T) {
	o := newOffice(t, officer)
	o.topic.Status, o.topic.Department = forum.Selected, ""
	to, fields := o.get(forumURL).form(t, "form-assignment.propose")
	fields.Set("department", roads)
	for range 2 {
		if a := o.post(to, fields); a.Code != http.StatusSeeOther || a.Header().Get("Location") != forumURL {
			t.Fatalf("status %d, leads to %s", a.Code, a.Header().Get("Location"))
		}
	}
	d := o.conductor.only(t)
	if d.Action != forum.ProposeDepartment || d.Noun != forum.TheForum || d.Subject != id(100) || d.By != officer.ID || string(d.Details) != `{"department":"road-planning"}` {
		t.Errorf("decided %+v %s", d, d.Details)
	}
}

func TestEachFormHasAKeyOfItsOwn(t *testing.T) {
	o := newOffice(t, officer)
	_, suspend := o.get(forumURL).form(t, "form-forum.suspend")
	_, again := o.get(forumURL).form(t, "form-forum.suspend")
	_, closing := o.get(forumURL).form(t, "form-forum.close")
	if suspend.Get("key") == "" || suspend.Get("key") == again.Get("key") || suspend.Get("key") == closing.Get("key") {
		t.Error("two forms share a key")
	}
	o.post(forumURL+"/decisions/forum.resume", url.Values{}).want(t, http.StatusUnprocessableEntity, "화면이 오래되어")
}

func TestCloseIsShownOnceMore(t *testing.T) {
	o := newOffice(t, officer)
	a := o.decide(t, forum.CloseForum, url.Values{"reason": {"토론이 충분합니다"}, "approver": {string(head1.ID)}})
	a.want(t, http.StatusOK, "확인: 포럼 조기 마감", "토론이 충분합니다")
	if len(o.conductor.decided) > 0 {
		t.Fatal("closed without the second look")
	}
	to, fields := a.form(t, "form-check")

	change := url.Values{"change": {"yes"}}
	for name, values := range fields {
		change[name] = values
	}
	o.post(to, change).want(t, http.StatusOK, "토론이 충분합니다</textarea>")

	o.post(to, fields).want(t, http.StatusSeeOther)
	if d := o.conductor.only(t); d.Action != forum.CloseForum || d.Reason != "토론이 충분합니다" || !strings.Contains(string(d.Details), `"role":"approver"`) {
		t.Errorf("decided %+v", d)
	}
}

func TestReasonIsAskedForBesideItsField(t *testing.T) {
	o := newOffice(t, officer)
	o.decide(t, forum.SuspendForum, nil).want(t, http.StatusUnprocessableEntity, `<a href="#field-reason">`, `id="field-reason"`, `aria-invalid="true"`)
}

func TestRefusalKeepsTheWordsAndGivesANewKey(t *testing.T) {
	o := newOffice(t, officer)
	o.conductor.answer = forum.Refuse(forum.Conflict, "forum.moved_on")
	to, fields := o.get(forumURL).form(t, "form-forum.extend")
	fields.Set("reason", "참여가 늦습니다")
	fields.Set("closes_at", "2026-12-31T18:00")
	fields.Set("approver", string(head1.ID))
	a := o.post(to, fields)
	a.want(t, http.StatusConflict, "참여가 늦습니다</textarea>", `value="2026-12-31T18:00"`, `value="`+string(head1.ID)+`" selected`)
	if _, again := a.form(t, "form-forum.extend"); again.Get("key") == fields.Get("key") {
		t.Error("a refused decision's key is used again")
	}
}

// The rule speaks of the line's signers; the form has an approver.
func TestRefusedLineStandsBesideTheApprover(t *testing.T) {
	o := newOffice(t, officer)
	o.conductor.answer = forum.Refuse(forum.Invalid, "approval.signer_without_duty").At("signers")
	o.topic.Status = forum.Preparing
	o.decide(t, forum.SubmitDossier, url.Values{"approver": {string(head1.ID)}}).want(t, http.StatusUnprocessableEntity, `<a href="#field-approver">`, `id="field-approver-error"`)
}

func TestOutcomeThatNobodyKnows(t *testing.T) {
	unknown := forum.Refuse(forum.Unavailable, "decision.outcome_unknown")
	fill := url.Values{"reason": {"재개합니다"}}
	suspended := func(outcome *forum.DecisionOutcome, err error) *office {
		o := newOffice(t, officer)
		o.topic.Status, o.outcome, o.conductor.answer = forum.Suspended, outcome, err
		return o
	}

	o := suspended(&forum.DecisionOutcome{}, unknown)
	a := o.decide(t, forum.ResumeForum, fill)
	to := a.Header().Get("Location")
	if a.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/ko/decisions/") {
		t.Fatalf("status %d, leads to %s", a.Code, to)
	}
	o.get(to).want(t, http.StatusOK, `<data id="outcome" value="pending"`, `href="`+forumURL+`"`, "포럼 재개")
	o.outcome.Done = true
	o.get(to).want(t, http.StatusOK, `<data id="outcome" value="done"`)
	o.outcome.Refused = forum.Refuse(forum.Conflict, "forum.moved_on")
	o.get(to).want(t, http.StatusOK, `<data id="outcome" value="refused"`)

	o = suspended(&forum.DecisionOutcome{Done: true}, unknown)
	if a := o.decide(t, forum.ResumeForum, fill); a.Header().Get("Location") != forumURL {
		t.Errorf("a decision that was carried out leads to %s", a.Header().Get("Location"))
	}
	o = suspended(&forum.DecisionOutcome{Done: true, Refused: forum.Refuse(forum.Conflict, "forum.moved_on")}, unknown)
	o.decide(t, forum.ResumeForum, fill).want(t, http.StatusConflict, "재개합니다")

	// Without a row the decision was never made: the form comes back, with its key.
	o = suspended(nil, errors.New("the database is away"))
	to, fields := o.get(forumURL).form(t, "form-forum.resume")
	a = o.post(to, fields)
	a.want(t, http.StatusInternalServerError)
	if _, again := a.form(t, "form-forum.resume"); again.Get("key") != fields.Get("key") {
		t.Error("a decision whose fate nobody knows gets another key")
	}
	if strings.Contains(a.body, "database is away") {
		t.Error("the page shows an error's own text")
	}
}

func TestPeriodIsNotRounded(t *testing.T) {
	for typed, want := range map[string]string{
		"2026-11-23T09:00":             "2026-11-23T09:00:00+09:00",
		"2026-11-23T09:00:05":          "2026-11-23T09:00:05+09:00",
		"2026-11-23T09:00:05.250":      "2026-11-23T09:00:05.25+09:00",
		"2026-11-23T00:00:05.123456Z":  "2026-11-23T09:00:05.123456+09:00",
		"2026-11-23T09:00:05.25+09:00": "2026-11-23T09:00:05.25+09:00",
	} {
		o := newOffice(t, officer)
		o.topic.Status = forum.Preparing
		o.decide(t, forum.SetPeriod, url.Values{"opens_at": {typed}, "closes_at": {"2026-12-01T18:00"}}).want(t, http.StatusSeeOther)
		var d forum.PeriodDetails
		if err := json.Unmarshal(o.conductor.only(t).Details, &d); err != nil {
			t.Fatal(err)
		}
		if got := d.OpensAt.In(page.Seoul).Format(time.RFC3339Nano); got != want {
			t.Errorf("%s became %s", typed, got)
		}
		if again, err := instant(localText(d.OpensAt)); err != nil || !again.Equal(d.OpensAt) {
			t.Errorf("%s is shown as %s", typed, localText(d.OpensAt))
		}
	}
}

func TestPeriodThatMakesNoSense(t *testing.T) {
	for _, p := range []struct{ opens, closes, at string }{
		{"", "2026-12-01T18:00", "opens_at"}, {"tomorrow", "2026-12-01T18:00", "opens_at"}, {"2026-12-02T09:00", "2026-12-01T18:00", "closes_at"},
	} {
		o := newOffice(t, officer)
		o.topic.Status = forum.Preparing
		o.decide(t, forum.SetPeriod, url.Values{"opens_at": {p.opens}, "closes_at": {p.closes}}).want(t, http.StatusUnprocessableEntity, `<a href="#field-`+p.at+`">`, `value="`+p.opens+`"`)
	}
}

func TestLineIsLaidOutInOrder(t *testing.T) {
	o := newOffice(t, drafter)
	o.topic.Status = forum.Preparing
	o.decide(t, forum.SubmitDossier, url.Values{"reviewer[]": {string(officer.ID), ""}, "consulted[]": {string(strangers.ID)}, "approver": {string(head1.ID)}}).want(t, http.StatusSeeOther)
	var d forum.LineDetails
	if err := json.Unmarshal(o.conductor.only(t).Details, &d); err != nil {
		t.Fatal(err)
	}
	want := []forum.LineSigner{{Role: forum.Reviewer, Official: officer.ID}, {Role: forum.Consulted, Official: strangers.ID}, {Role: forum.Approver, Official: head1.ID}}
	if len(d.Signers) != 3 || d.Signers[0] != want[0] || d.Signers[1] != want[1] || d.Signers[2] != want[2] {
		t.Errorf("the line: %+v", d.Signers)
	}
}

func TestLineWithoutSense(t *testing.T) {
	for _, p := range []struct {
		line url.Values
		at   string
	}{
		{url.Values{"approver": {""}}, "approver"},
		{url.Values{"approver": {string(drafter.ID)}}, "approver"},
		{url.Values{"reviewer[]": {string(head1.ID)}, "approver": {string(head1.ID)}}, "approver"},
		{url.Values{"reviewer[]": {"", "somebody"}, "approver": {string(head1.ID)}}, "reviewer[].1"},
	} {
		o := newOffice(t, drafter)
		o.topic.Status = forum.Preparing
		o.decide(t, forum.SubmitDossier, p.line).want(t, http.StatusUnprocessableEntity, `<a href="#field-`+p.at+`">`, `id="field-`+p.at+`-error"`)
	}
}

func TestPlanOfWhatFollows(t *testing.T) {
	o := newOffice(t, officer)
	o.topic.Status = forum.Published
	o.decide(t, forum.PlanFollowUp, nil).want(t, http.StatusUnprocessableEntity, `<a href="#field-reason">`)
	o.decide(t, forum.PlanFollowUp, url.Values{"milestone_title[]": {"설계 공모", ""}, "milestone_due[]": {"", ""}}).
		want(t, http.StatusUnprocessableEntity, `<a href="#field-milestone_due[].0">`, "설계 공모")
	o.decide(t, forum.PlanFollowUp, url.Values{"milestone_title[]": {"설계 공모", "착공"}, "milestone_due[]": {"2027-01-04T18:00", "2027-03-02T18:00"}}).want(t, http.StatusSeeOther)
	var d forum.MilestonesDetails
	if err := json.Unmarshal(o.conductor.only(t).Details, &d); err != nil || len(d.Milestones) != 2 || d.Milestones[0].ID == d.Milestones[1].ID || d.Milestones[1].Title != "착공" {
		t.Errorf("%v %+v", err, d)
	}
}

func TestOnlyWhatTheStatusTakesIsOffered(t *testing.T) {
	o := newOffice(t, officer)
	o.topic.Status = forum.Responding
	if a := o.get(forumURL); strings.Contains(a.body, "form-response.publish") || !strings.Contains(a.body, "form-response.submit") {
		t.Error("a draft can be published, or not be submitted")
	}
	o.response.Status = forum.ResponseApproved
	if a := o.get(forumURL); !strings.Contains(a.body, "form-response.publish") || strings.Contains(a.body, "form-forum.suspend") {
		t.Error("an approved response can't be published, or a closed board can be suspended")
	}
}

// While a department is asked, its head sees the forum, and nobody else's head does.
func TestAskedHeadSeesTheForum(t *testing.T) {
	for _, p := range []struct {
		as   forum.Official
		want int
	}{{head1, http.StatusOK}, {strangers, http.StatusNotFound}} {
		o := newOffice(t, p.as)
		o.topic.Status, o.topic.Department, o.asked.Status = forum.Assigning, "", forum.AssignmentProposed
		a := o.get(forumURL)
		if a.Code != p.want || p.want == http.StatusOK && !strings.Contains(a.body, "form-assignment.accept") {
			t.Errorf("%s: status %d", p.as.UID, a.Code)
		}
	}
	// After an escalation the superior is asked in person, whatever their department.
	o := newOffice(t, strangers)
	o.topic.Status, o.topic.Department, o.asked.Addressee = forum.Assigning, "", strangers.ID
	o.get(forumURL).want(t, http.StatusOK, "form-assignment.accept")
}

func TestParkedStepHasItsButton(t *testing.T) {
	o := newOffice(t, officer)
	o.get(forumURL).want(t, http.StatusOK, "확인이 필요한 단계", `name="workflow" value="forum-1"`)
	a := o.post("/ko/health/retry", url.Values{"workflow": {"forum-1"}, "back": {forumURL}})
	if a.Code != http.StatusSeeOther || a.Header().Get("Location") != forumURL || len(o.conductor.retried) != 1 {
		t.Errorf("status %d, retried %v", a.Code, o.conductor.retried)
	}
}

// TestStoppedProcedureHasItsButton, until it runs again; then the page says when it was started.
func TestStoppedProcedureHasItsButton(t *testing.T) {
	o := newOffice(t, officer)
	a := o.get("/ko/health")
	a.want(t, http.StatusOK, `id="stopped-count">1<`, "차단(프로그램 오류)", "강제 종료", "의견 접수 중", "에 다시 시작했습니다.")
	if n := strings.Count(a.body, `action="/ko/health/restart"`); n != 1 {
		t.Errorf("%d buttons", n)
	}
	form := url.Values{"noun": {"forum"}, "id": {string(o.topic.ID)}}
	if a := o.post("/ko/health/restart", form); a.Code != http.StatusSeeOther || len(o.conductor.started) != 1 || o.conductor.started[0].ID != o.topic.ID {
		t.Errorf("status %d, started %v", a.Code, o.conductor.started)
	}
	o.conductor.answer = forum.Refuse(forum.Conflict, "procedure.runs_again")
	if a := o.post("/ko/health/restart", form); a.Code != http.StatusConflict {
		t.Errorf("status %d", a.Code)
	}
	if a := newOffice(t, drafter).post("/ko/health/restart", form); a.Code != http.StatusForbidden {
		t.Errorf("a drafter: status %d", a.Code)
	}
}
