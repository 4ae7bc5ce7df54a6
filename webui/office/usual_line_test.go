package office

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"acropolis/forum"
)

const submitResponse = "/ko/forums/00000000-0000-7000-8000-000000000100/decisions/response.submit"

// chosen are the values that a form's selects begin with, in order.
func chosen(body, name string) []string {
	var all []string
	for _, one := range regexp.MustCompile(`(?s)<select[^>]*name="`+regexp.QuoteMeta(name)+`".*?</select>`).FindAllString(body, -1) {
		value := ""
		if m := regexp.MustCompile(`<option value="([^"]*)" selected`).FindStringSubmatch(one); m != nil {
			value = m[1]
		}
		all = append(all, value)
	}
	return all
}

// responding is the office while the department's answer is to be submitted.
func responding(t *testing.T, as forum.Official) *office {
	o := newOffice(t, as)
	o.topic.Status = forum.Responding
	return o
}

// TestUsualLineIsOfferedWithoutWhoeverHasLeft: the line is filled in, the empty place says whose it was, and the drafter may keep
// what they send as the next usual line.
func TestUsualLineIsOfferedWithoutWhoeverHasLeft(t *testing.T) {
	o := responding(t, drafter)
	a := o.get(submitResponse)
	a.want(t, http.StatusOK, "도로계획과의 평소 결재선을 채워 두었습니다(이기안, 2026", "최퇴직 님은 더 이상 이 문서를 결재할 수 없어 비워 두었습니다", "도로계획과의 평소 결재선으로 저장")
	if got := strings.Join(append(append(chosen(a.body, "reviewer[]"), chosen(a.body, "consulted[]")...), chosen(a.body, "approver")...), " "); got != "  "+string(strangers.ID)+"   "+string(head1.ID) {
		t.Errorf("filled in: %q", got)
	}
	to, fields := a.form(t, "form-response.submit")
	fields["consulted[]"], fields["approver"], fields["keep_line"] = []string{string(strangers.ID)}, []string{string(head1.ID)}, []string{"yes"}
	o.post(to, fields).want(t, http.StatusSeeOther)
	for _, d := range o.conductor.decided {
		if !strings.Contains(string(d.Details), `"keep":true`) {
			t.Errorf("decided %s", d.Details)
		}
	}
	if len(o.conductor.decided) != 1 {
		t.Errorf("decided %d times", len(o.conductor.decided))
	}
}

// TestRefusedLineIsTheDraftersOwn: a form that comes back has what was typed, not the usual line, and the box stays ticked.
func TestRefusedLineIsTheDraftersOwn(t *testing.T) {
	o := responding(t, drafter)
	to, fields := o.get(submitResponse).form(t, "form-response.submit")
	fields["reviewer[]"], fields["keep_line"] = []string{string(officer.ID), string(officer.ID)}, []string{"yes"}
	a := o.post(to, fields)
	a.want(t, http.StatusUnprocessableEntity)
	if got := chosen(a.body, "reviewer[]"); got[0] != string(officer.ID) || got[1] != string(officer.ID) {
		t.Errorf("reviewers: %q", got)
	}
	if got := chosen(a.body, "approver"); got[0] != "" || strings.Contains(a.body, "평소 결재선을 채워") {
		t.Errorf("the approver is %q, or the line is said to be the usual one", got)
	}
	if !regexp.MustCompile(`name="keep_line"[^>]*checked`).MatchString(a.body) {
		t.Error("the box isn't ticked any more")
	}
}

// TestAbsentSignerOfAUsualLineIsToldOf: one with a substitute stays, one whose substitute is the drafter is left out.
func TestAbsentSignerOfAUsualLineIsToldOf(t *testing.T) {
	for _, test := range []struct {
		substitute forum.ID
		approver   string
		says       string
	}{{officer.ID, string(head1.ID), "박도로 님은 부재 중입니다. 한지숙 님이 대결합니다."}, {drafter.ID, "", "박도로 님이 부재 중이고 대결할 사람이 없어"}, {"", "", "대결할 사람이 없어"}} {
		o := responding(t, drafter)
		o.officials[1].Absent, o.officials[1].Substitute = true, test.substitute
		a := o.get(submitResponse)
		a.want(t, http.StatusOK, test.says)
		if got := chosen(a.body, "approver"); got[0] != test.approver {
			t.Errorf("with %q as the substitute the approver is %q", test.substitute, got)
		}
	}
}

func TestUsualLinesAreSeenAndDropped(t *testing.T) {
	o := newOffice(t, head1)
	a := o.get("/ko/lines")
	a.want(t, http.StatusOK, "최퇴직", "떠난 직원", "정책 반영 결과", "/ko/lines/"+string(id(1210))+"/drop")
	o.post("/ko/lines/"+string(id(1210))+"/drop", url.Values{}).want(t, http.StatusSeeOther)
	if len(o.did) != 1 || o.did[0] != "drop line "+string(id(1210))+" by head" {
		t.Errorf("did %v", o.did)
	}
	if a = newOffice(t, strangers).get("/ko/lines"); strings.Contains(a.body, "최퇴직") {
		t.Error("another department's line is shown")
	}
	newOffice(t, officer).get("/en/lines").want(t, http.StatusOK, "최퇴직", "Drop this line")
	if a = newOffice(t, juror).get("/ko/lines"); a.Code != http.StatusOK || strings.Contains(a.body, "/drop") {
		t.Errorf("a juror: status %d, or they may drop it", a.Code)
	}
}
