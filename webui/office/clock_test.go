package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"acropolis/forum"
)

func TestClockIsPausedWithAReasonAndResumed(t *testing.T) {
	o := newOffice(t, officer)
	path := "/ko/clocks/" + string(id(800)) + "/pause"
	to, fields := o.get(path).form(t, "form-clock.pause")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-reason">`)
	fields.Set("reason", "전문가의 의견을 기다립니다.")
	if a := o.post(to, fields); a.Code != http.StatusSeeOther || a.Header().Get("Location") != forumURL {
		t.Errorf("status %d, leads to %s", a.Code, a.Header().Get("Location"))
	}
	o.post("/ko/clocks/"+string(id(802))+"/resume", url.Values{}).want(t, http.StatusSeeOther)
	if len(o.did) != 2 || o.did[1] != "resume "+string(id(802)) || len(o.conductor.woken) != 2 || o.conductor.woken[0].Noun != forum.TheForum {
		t.Errorf("did %v, woke %v", o.did, o.conductor.woken)
	}
	o.get("/ko/").want(t, http.StatusOK, "/clocks/"+string(id(800))+"/pause", "/clocks/"+string(id(802))+"/resume", "기한 멈춤")
	if a := newOffice(t, drafter).get("/ko/"); strings.Contains(a.body, "/clocks/") {
		t.Error("a drafter is offered to pause a clock")
	}
}

func TestAbsenceIsEntered(t *testing.T) {
	o := newOffice(t, head1)
	to, fields := o.get("/ko/absences").form(t, "form-absence.enter")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `id="field-official"`)
	for name, value := range map[string]string{"official": string(head1.ID), "substitute": string(drafter.ID), "from": "2026-12-01T09:00", "until": "2026-12-03T18:00"} {
		fields.Set(name, value)
	}
	o.post(to, fields).want(t, http.StatusSeeOther)
	o.post("/ko/absences/"+string(id(950))+"/end", url.Values{}).want(t, http.StatusSeeOther)
	if len(o.did) != 2 || o.did[0] != "absence of "+string(head1.ID)+", "+string(drafter.ID)+" instead, from 2026-12-01 09:00:00 until 2026-12-03 18:00:00, by head" {
		t.Errorf("did %v", o.did)
	}
	o.refuses = forum.Refuse(forum.Conflict, "absence.substitute_absent").At("substitute")
	o.post(to, fields).want(t, http.StatusConflict, "부재 중입니다", `value="2026-12-01T09:00"`)
}

func TestDepartmentWritesItsProfile(t *testing.T) {
	o := newOffice(t, drafter)
	o.get("/ko/directory").want(t, http.StatusOK, `href="/ko/directory/departments/`+roads+`"`)
	to, fields := o.get("/ko/directory/departments/"+roads).form(t, "form-department.profile")
	fields.Set("profile", strings.Repeat("길", forum.ProfileMax+1))
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `id="field-profile-error"`, "길길")
	fields.Set("profile", "차도와 보도, 광장")
	o.post(to, fields).want(t, http.StatusSeeOther)
	fields.Set("seen", noon.Add(-time.Hour).Format(time.RFC3339Nano))
	o.post(to, fields).want(t, http.StatusConflict, "차도와 보도, 광장", "다른 사람이")
	if len(o.did) != 1 || o.did[0] != "profile of "+roads+": 차도와 보도, 광장, by drafter" {
		t.Errorf("did %v", o.did)
	}
	if a := newOffice(t, juror).get("/ko/directory/departments/" + roads); strings.Contains(a.body, "form-department.profile") || !strings.Contains(a.body, "도로와 광장") {
		t.Error("a juror may write a profile, or not read it")
	}
}

func TestRadarSaysWhatWillBeLateAndWhy(t *testing.T) {
	o := newOffice(t, officer)
	o.get("/ko/radar").want(t, http.StatusOK, "처리기한이 1일 지났습니다.", "이 업무를 맡은 직원이 없습니다.", "결재자가 3명 남아", "기한이 멈추어 있습니다", "공휴일이 있습니다",
		`href="/ko/approvals/`+string(id(400))+`"`, "12건 중 9건", "2일 (늦은 3건)")
	o.get("/en/radar").want(t, http.StatusOK, "9 of 12")
	a := o.get("/ko/radar?cause=line&days=4&sort=due&department=communication")
	a.want(t, http.StatusOK, "결재자가 3명 남아", `value="4"`)
	if strings.Contains(a.body, "이 업무를 맡은 직원이 없습니다.") {
		t.Error("the filter lets other causes through")
	}
	if a := o.get("/ko/radar?days=0"); strings.Contains(a.body, "결재자가 3명 남아") {
		t.Error("within no working day a line of next week is foreseen")
	}
	o.steps, o.figures = nil, nil
	o.get("/ko/radar").want(t, http.StatusOK, "늦었거나 늦어질 일이 없습니다.", "끝난 단계가 없습니다.")
}

func TestTrailOfAClockNamesPeople(t *testing.T) {
	o := newOffice(t, officer)
	left, gone := string(id(998)), string(id(999))
	o.trail = []forum.AuditEntry{{At: noon, By: "system", Action: "clock.hand_over", Noun: forum.TheForum, Subject: o.topic.ID, Reason: "approval.sign " + left + " " + gone + " → " + string(head1.ID)},
		{At: noon, By: "한지숙", Action: string(forum.PauseClock), Noun: forum.TheForum, Subject: o.topic.ID, Reason: "dossier.submit: 전문가의 의견을 기다립니다."}}
	o.get("/ko/audit").want(t, http.StatusOK, "결재 최퇴직 "+gone+" → 박도로", ": 전문가의 의견을 기다립니다.")
}
