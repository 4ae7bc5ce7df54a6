package office

import (
	"net/http"
	"strings"
	"testing"

	"acropolis/forum"
)

func TestOfficerStartsAnUrgentTopic(t *testing.T) {
	o := newOffice(t, officer)
	to, fields := o.get("/ko/forums/urgent").form(t, "form-forum.start_urgent")
	fields["title"], fields["text"], fields["track"], fields["lang"], fields["approver"] = []string{"폭염 쉼터"}, []string{"폭염 쉼터를 어디에 둘지 묻습니다."}, []string{"general"}, []string{"ko"}, []string{string(head1.ID)}
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `href="#field-reason"`, "폭염 쉼터")
	fields["reason"] = []string{"폭염이 시작됩니다."}
	a := o.post(to, fields)
	a.want(t, http.StatusSeeOther)
	if len(o.did) != 1 || o.did[0] != "urgent 폭염 쉼터 because 폭염이 시작됩니다. with 1 signers by officer" || !strings.HasSuffix(a.Header().Get("Location"), "/approvals/"+string(id(400))) ||
		o.conductor.woken[0] != (forum.Start{Noun: forum.TheApproval, ID: id(400)}) {
		t.Errorf("did %v, woke %v", o.did, o.conductor.woken)
	}
}

func TestAcceptedSuggestionIsStartedAsUrgent(t *testing.T) {
	o := newOffice(t, officer)
	path := "/ko/suggestions/" + string(id(200))
	if strings.Contains(o.get(path).body, "form-forum.start_urgent") {
		t.Error("one that isn't screened is offered")
	}
	o.idea.Status = forum.SuggestionAccepted
	to, fields := o.get(path).form(t, "form-forum.start_urgent")
	fields["reason"], fields["approver"] = []string{"장마 전에 정해야 합니다."}, []string{string(head1.ID)}
	o.post(to, fields).want(t, http.StatusSeeOther)
	if to != path+"/urgent" || len(o.did) != 1 || !strings.HasPrefix(o.did[0], "urgent "+string(id(200))) {
		t.Errorf("%s: did %v", to, o.did)
	}
}
