package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"acropolis/forum"
)

func TestProposalSaysWhichDepartmentTheTextSuitsAndWhy(t *testing.T) {
	o := newOffice(t, officer)
	o.topic.Status, o.topic.Department = forum.Selected, ""
	a := o.get(forumURL)
	a.want(t, http.StatusOK, "광장, 보행: 도로계획과의 지난 포럼 2건", "공원: 공원과의 부서명")
	first, last := strings.Index(a.body, `<option value="`+roads+`"`), strings.Index(a.body, `<option value="communication"`)
	if first < 0 || last < first {
		t.Error("the suggested department doesn't stand first")
	}
}

// Who is consulted sees the forum and answers; everybody else's head neither sees it nor may.
func TestConsultedHeadReadsAndAnswers(t *testing.T) {
	o := newOffice(t, strangers)
	o.get(forumURL).want(t, http.StatusNotFound)
	o.consulted = []forum.Consultation{{Department: "parks", Addressee: strangers.ID, Question: "나무를 심을 수 있습니까?", AskedAt: noon}}
	o.get(forumURL).want(t, http.StatusOK, "나무를 심을 수 있습니까?", "회신 대기")
	o.decide(t, forum.AnswerConsultation, url.Values{"reason": {""}}).want(t, http.StatusUnprocessableEntity, `<a href="#field-reason">`)
	o.decide(t, forum.AnswerConsultation, url.Values{"reason": {"심을 수 있습니다"}}).want(t, http.StatusSeeOther)
	if d := o.conductor.only(t); d.Action != forum.AnswerConsultation || d.Reason != "심을 수 있습니다" {
		t.Errorf("decided %+v", d)
	}
	o.consulted[0].Opinion, o.consulted[0].AnsweredAt, o.consulted[0].AnsweredBy = "심을 수 있습니다", noon, "남다른"
	if a := o.get(forumURL); !strings.Contains(a.body, "심을 수 있습니다") || strings.Contains(a.body, "form-assignment.answer") {
		t.Error("the opinion isn't shown, or is asked again")
	}
}

func TestOtherHeadAcceptsOrDeclinesAHandover(t *testing.T) {
	o := newOffice(t, strangers)
	o.handover = &forum.Handover{From: roads, Department: "parks", Addressee: strangers.ID, Reason: "녹지 업무로 바뀌었습니다", AskedAt: noon}
	o.get(forumURL).want(t, http.StatusOK, "녹지 업무로 바뀌었습니다", "form-assignment.accept_handover", "form-assignment.decline_handover")
	o.decide(t, forum.AcceptHandover, nil).want(t, http.StatusSeeOther)

	o = newOffice(t, head1) // their own forum
	if a := o.get(forumURL); !strings.Contains(a.body, "form-assignment.hand_over") || strings.Contains(a.body, "form-assignment.accept_handover") {
		t.Error("the department's own head can't hand over, or accepts their own handover")
	}
}

func TestTopicThatWasPassedOnTooOftenIsTheOfficers(t *testing.T) {
	o := newOffice(t, head1)
	o.topic.Status, o.topic.Department = forum.Assigning, ""
	o.asked.Status, o.asked.Wanted = forum.AssignmentTransferred, "parks"
	a := o.get(forumURL)
	a.want(t, http.StatusOK, "마지막으로 요청된 부서: 공원과")
	if strings.Contains(a.body, "form-assignment.accept") || strings.Contains(a.body, "form-assignment.transfer") {
		t.Error("a head may still pass it on")
	}
}
