package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"acropolis/forum"
)

func TestRulesOfDelegationAreShownMadeAndEnded(t *testing.T) {
	o := newOffice(t, officer)
	a := o.get("/ko/delegations")
	a.want(t, http.StatusOK, "위임전결 규정", "부서장", "도로계획과", "부시장 위임", "처음부터 있던 규정", "폐지된 규정", "규정 개정", "전결할 수 없음")
	if strings.Contains(a.body, `<option value="officer"`) {
		t.Error("an officer is offered a power for officers")
	}
	to, fields := a.form(t, "form-delegation.add")
	fields["noun"], fields["department"], fields["duty"] = []string{"extension"}, []string{roads}, []string{"executive"}
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<option value="extension" selected`, `<option value="`+roads+`" selected`, `<option value="executive" selected`)
	fields.Set("reason", "사무전결 처리 규칙 개정")
	o.post(to, fields).want(t, http.StatusSeeOther)

	end := "/ko/delegations/" + string(id(1201)) + "/end"
	o.get(end).want(t, http.StatusOK, "자료집", "도로계획과", "간부")
	o.post(end, url.Values{}).want(t, http.StatusUnprocessableEntity, "자료집")
	o.post(end, url.Values{"reason": {"규칙 개정"}}).want(t, http.StatusSeeOther)
	o.get("/ko/delegations/"+string(id(999))+"/end").want(t, http.StatusNotFound)
	if len(o.did) != 2 || o.did[0] != `delegate extension of "road-planning" to executive by officer: 사무전결 처리 규칙 개정` || o.did[1] != "end rule "+string(id(1201))+" by officer: 규칙 개정" {
		t.Errorf("did %q", o.did)
	}
}

// TestNobodyGivesThemselvesAPower: not by the list, and not by hand.
func TestNobodyGivesThemselvesAPower(t *testing.T) {
	o := newOffice(t, officer)
	fields := url.Values{"noun": {"response"}, "duty": {"officer"}, "reason": {"편의를 위해"}}
	o.post("/ko/delegations", fields).want(t, http.StatusForbidden, reason(t, "delegation.own_duty"), "편의를 위해")
	fields.Set("duty", "juror")
	o.post("/ko/delegations", fields).want(t, http.StatusUnprocessableEntity, reason(t, "choice.missing"))
	if len(o.did) != 0 {
		t.Errorf("did %v", o.did)
	}
	for _, as := range []forum.Official{head1, drafter, operator} {
		o := newOffice(t, as)
		if a := o.get("/ko/delegations"); a.Code != http.StatusOK || strings.Contains(a.body, "form-delegation.add") {
			t.Errorf("%s: status %d, or they may add a rule", as.UID, a.Code)
		}
		o.post("/ko/delegations", fields).want(t, http.StatusForbidden)
	}
}
