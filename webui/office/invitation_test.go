package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"acropolis/forum"
)

var invitationURL = "/ko/invitations/" + string(id(1100))

func TestDrafterInvitesAnExpert(t *testing.T) {
	o := newOffice(t, drafter)
	to, fields := o.get(forumURL+"/invitations").form(t, "form-invitation.invite")
	fields["name"], fields["affiliation"], fields["email"], fields["lang"], fields["days"], fields["asked"] =
		[]string{"박초청"}, []string{"서울연구원"}, []string{"park@example.org"}, []string{"ko"}, []string{"10"}, []string{"교통 영향을 봐 주십시오."}
	o.post(to, fields).want(t, http.StatusSeeOther)
	if len(o.did) != 1 || o.did[0] != `invite 박초청 for opinion on "`+string(id(100))+`" in 10 days by drafter` || o.conductor.woken[0].Noun != forum.TheInvitation {
		t.Errorf("did %v, woke %v", o.did, o.conductor.woken)
	}
	for name, value := range map[string]string{"days": "61", "email": "nobody", "lang": "fr", "asked": "", "name": "", "affiliation": ""} {
		wrong := url.Values{}
		for n, v := range fields {
			wrong[n] = v
		}
		wrong[name] = []string{value}
		o.post(to, wrong).want(t, http.StatusUnprocessableEntity, `href="#field-`+name+`"`)
	}
	if len(o.did) != 1 {
		t.Errorf("did %v", o.did)
	}
}

func TestOfficerAsksAnExpertForATopic(t *testing.T) {
	o := newOffice(t, officer)
	to, fields := o.get("/ko/suggestions/invitations").form(t, "form-invitation.invite")
	fields["name"], fields["affiliation"], fields["email"], fields["lang"], fields["days"], fields["asked"] =
		[]string{"박초청"}, []string{"서울연구원"}, []string{"park@example.org"}, []string{"en"}, []string{"5"}, []string{"새 주제를 제안해 주십시오."}
	o.post("/ko/suggestions/invitations", fields).want(t, http.StatusSeeOther)
	if to != "/ko/suggestions/invitations" || len(o.did) != 1 || o.did[0] != `invite 박초청 for suggestion on "" in 5 days by officer` {
		t.Errorf("%s: did %v", to, o.did)
	}
}

func TestClosedForumInvitesNobody(t *testing.T) {
	o := newOffice(t, officer)
	o.topic.Status = forum.Closed
	if a := o.get(forumURL + "/invitations"); strings.Contains(a.body, "form-invitation.invite") {
		t.Error("the form is offered")
	}
}

// Name and affiliation are masked until somebody says why they must know them, and that is noted.
func TestExpertsNameIsMaskedUntilAReasonIsGiven(t *testing.T) {
	o := newOffice(t, officer)
	for _, path := range []string{forumURL + "/invitations", invitationURL} {
		a := o.get(path)
		a.want(t, http.StatusOK, "김○○")
		if strings.Contains(a.body, "김초청") || strings.Contains(a.body, "한국교통연구원") {
			t.Errorf("%s names the expert", path)
		}
	}
	to, fields := o.get(invitationURL).form(t, "form-invitation.reveal")
	a := o.post(to, fields)
	a.want(t, http.StatusUnprocessableEntity, "김○○")
	if strings.Contains(a.body, "김초청") || len(o.did) > 0 {
		t.Error("shown without a reason")
	}
	fields["reason"] = []string{"감사장 발송"}
	o.post(to, fields).want(t, http.StatusOK, "김초청 (한국교통연구원)")
	if len(o.did) != 1 || !strings.HasSuffix(o.did[0], "to officer: 감사장 발송") {
		t.Errorf("did %v", o.did)
	}
	if a := o.get(invitationURL); strings.Contains(a.body, "김초청") {
		t.Error("shown again without a reason")
	}
}

func TestOfficerPublishesAfterASecondLook(t *testing.T) {
	o := newOffice(t, officer)
	to, fields := o.get(invitationURL).form(t, "form-invitation.publish")
	check := o.post(to, fields)
	check.want(t, http.StatusOK, "form-check")
	to, fields = check.form(t, "form-check")
	o.post(to, fields).want(t, http.StatusSeeOther)
	if d := o.conductor.only(t); d.Action != forum.PublishInvitation || d.Noun != forum.TheInvitation || d.Subject != id(1100) {
		t.Errorf("%+v", d)
	}
	o.invited[0].Draft.Consent = forum.ConsentNo
	if a := o.get(invitationURL); strings.Contains(a.body, "form-invitation.publish") {
		t.Error("publication is offered without consent")
	}
}

func TestRevocationNeedsAReason(t *testing.T) {
	o := newOffice(t, drafter)
	o.invited[0].Status = forum.InvitationInvited
	to, fields := o.get(invitationURL).form(t, "form-invitation.revoke")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity)
	fields["reason"] = []string{"일정이 바뀌었습니다."}
	o.post(to, fields).want(t, http.StatusSeeOther)
	if d := o.conductor.only(t); d.Action != forum.RevokeInvitation || d.Reason != "일정이 바뀌었습니다." {
		t.Errorf("%+v", d)
	}
}
