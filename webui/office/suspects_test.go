package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"acropolis/forum"
)

var (
	analyst   = forum.Official{ID: id(11), UID: "analyst", Name: "오분석", NameEn: "Oh Bunseok", Department: "data", Duties: []forum.Duty{forum.Analyst}}
	moderator = forum.Official{ID: id(12), UID: "moderator", Name: "문관리", NameEn: "Moon Gwanri", Department: "communication", Duties: []forum.Duty{forum.Moderator}}
	auditor   = forum.Official{ID: id(13), UID: "auditor", Name: "감감사", NameEn: "Gam Gamsa", Department: "audit", Duties: []forum.Duty{forum.Auditor}}
)

func officeOf(t *testing.T, who forum.Official) *office {
	t.Helper()
	o := newOffice(t, who)
	o.officials = append(o.officials, who)
	return o
}

func TestSuspectVotesAreShownInFiguresAndGroups(t *testing.T) {
	o := officeOf(t, auditor)
	suspects := "/ko/forums/" + string(o.topic.ID) + "/suspects"
	a := o.get(suspects)
	a.want(t, http.StatusOK, "의심 투표", "같은 접속망", "2026-000001", "비공감 40", "시간대별 투표", "판단 근거별", "서로 닮은 의견", "확인 대기")
	if strings.Contains(a.body, "미리 보기") {
		t.Error("an auditor is offered a decision")
	}
	o.get("/ko/exclusions/"+string(id(1301))).want(t, http.StatusOK, "한 망에서 몰렸습니다.", "한지숙")
	officeOf(t, drafter).get(suspects).want(t, http.StatusForbidden)
	officeOf(t, analyst).get("/en"+strings.TrimPrefix(suspects, "/ko")).want(t, http.StatusOK, "Preview an exclusion", "the same networks")
}

func TestExclusionIsPreviewedAndAskedForWithAReason(t *testing.T) {
	o := officeOf(t, moderator)
	to := "/ko/forums/" + string(o.topic.ID) + "/suspects/" + string(id(1300))
	a := o.get(to)
	a.want(t, http.StatusOK, "광장을 넓혀 주십시오.", ">52<", ">12<")
	at, fields := a.form(t, "form-exclusion.ask")
	o.post(at, fields).want(t, http.StatusUnprocessableEntity, "광장을 넓혀 주십시오.")
	fields.Set("reason", "두 망에서 한 시간에 몰렸습니다.")
	fields.Set("digest", "of other votes")
	o.post(at, fields).want(t, http.StatusConflict, reason(t, "exclusion.changed_since"), "두 망에서 한 시간에 몰렸습니다.", "of these votes")
	fields.Set("digest", "of these votes")
	o.post(at, fields).want(t, http.StatusSeeOther)
	o.get("/ko/forums/"+string(o.topic.ID)+"/suspects/"+string(id(999))).want(t, http.StatusNotFound)
	if len(o.did) != 1 || o.did[0] != "ask to exclude "+string(id(1300))+" by moderator: 두 망에서 한 시간에 몰렸습니다." {
		t.Errorf("did %q", o.did)
	}
}

func TestWhoAskedForAnExclusionIsNotOfferedToConfirmIt(t *testing.T) {
	one := "/ko/exclusions/" + string(id(1301))
	o := officeOf(t, officer)
	a := o.get(one)
	a.want(t, http.StatusOK, "다른 담당자가 확인해야 합니다", "form-exclusion.decline")
	if strings.Contains(a.body, "form-exclusion.confirm") {
		t.Error("the officer may confirm what they asked for")
	}
	o.post(one+"/decisions/exclusion.confirm", url.Values{"reason": {"제가 보았습니다."}}).want(t, http.StatusForbidden, reason(t, "exclusion.second_person"))
	officeOf(t, moderator).post(one+"/decisions/exclusion.confirm", url.Values{"reason": {"보았습니다."}}).want(t, http.StatusForbidden)
	if len(o.did) != 0 {
		t.Errorf("did %q", o.did)
	}
}

func TestExclusionIsAnsweredByAColleagueStepByStep(t *testing.T) {
	o := officeOf(t, analyst)
	one := "/ko/exclusions/" + string(id(1301))
	for _, step := range []struct {
		from   forum.ExclusionStatus
		action string
	}{
		{forum.ExclusionAsked, "exclusion.confirm"}, {forum.ExclusionAsked, "exclusion.decline"}, {forum.ExclusionInForce, "exclusion.ask_undo"},
		{forum.ExclusionDoubted, "exclusion.confirm_undo"}, {forum.ExclusionDoubted, "exclusion.decline_undo"},
	} {
		o.did, o.exclusion.Status = nil, step.from
		to, fields := o.get(one).form(t, "form-"+step.action)
		if to != one+"/decisions/"+step.action {
			t.Errorf("%s is sent to %s", step.action, to)
		}
		o.post(to, fields).want(t, http.StatusUnprocessableEntity)
		fields.Set("reason", "확인했습니다.")
		o.post(to, fields).want(t, http.StatusSeeOther)
		if len(o.did) != 1 || o.did[0] != step.action+" of "+string(id(1301))+" by analyst: 확인했습니다." {
			t.Errorf("did %q", o.did)
		}
	}
	o.topic.Status = forum.Awarding
	if a := o.get(one); strings.Contains(a.body, "form-exclusion.confirm_undo") {
		t.Error("after the analysis was signed votes may still be counted again")
	}
}
