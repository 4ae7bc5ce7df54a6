package office

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"acropolis/forum"
)

func TestJurorSeesTheTextAlone(t *testing.T) {
	o := newOffice(t, juror)
	o.topic.Status = forum.Awarding
	a := o.get(forumURL + "/awards")
	a.want(t, http.StatusOK, "잔디 광장이 좋겠습니다.", "후보 가")
	for _, secret := range []string{"푸른시민", "물방울님", "88", "66", "2026-0009", "84", "4.5", string(id(600))} {
		if body, _, _ := strings.Cut(a.body, "</main>"); strings.Contains(body[strings.Index(body, "<main"):], secret) {
			t.Errorf("a juror reads %q", secret)
		}
	}
}

func TestJurorsScore(t *testing.T) {
	o := newOffice(t, juror)
	o.topic.Status = forum.Awarding
	o.post(forumURL+"/awards/scores", url.Values{"award": {string(id(500))}, "score": {"4"}}).want(t, http.StatusSeeOther)
	o.post(forumURL+"/awards/scores", url.Values{"award": {string(id(501))}, "score": {"conflict"}}).want(t, http.StatusSeeOther)
	if len(o.did) != 2 || !strings.HasSuffix(o.did[0], " 4 false") || !strings.HasSuffix(o.did[1], " 0 true") || len(o.conductor.woken) != 0 {
		t.Errorf("did %v, woke %v", o.did, o.conductor.woken)
	}
	o.post(forumURL+"/awards/scores", url.Values{"award": {string(id(500))}, "score": {"9"}, "reason": {"훌륭합니다"}}).want(t, http.StatusUnprocessableEntity, "훌륭합니다", `<a href="#field-score">`, `aria-describedby="field-score-error"`, `id="field-score-error"`)
}

func pick(o *office, t *testing.T, fill url.Values) answer {
	t.Helper()
	to, fields := o.get(forumURL+"/awards").form(t, "form-award.submit")
	for name, values := range fill {
		fields[name] = values
	}
	return o.post(to, fields)
}

func TestPlacesAndReasons(t *testing.T) {
	o := newOffice(t, officer)
	o.topic.Status = forum.Awarding
	first, second := string(id(500)), string(id(501))
	pick(o, t, url.Values{"pick[" + first + "]": {"1"}, "pick[" + second + "]": {"1"}, "reason[" + first + "]": {"참신합니다"}, "approver": {string(head1.ID)}}).
		want(t, http.StatusUnprocessableEntity, "이미 정해졌습니다", "참신합니다")
	pick(o, t, url.Values{"pick[" + first + "]": {"1"}, "approver": {string(head1.ID)}}).
		want(t, http.StatusUnprocessableEntity, `<a href="#field-reason[`+first+`]">`)
	pick(o, t, url.Values{"pick[" + second + "]": {"2"}, "reason[" + second + "]": {"좋습니다"}, "pick[" + first + "]": {"1"}, "reason[" + first + "]": {"참신합니다"}, "approver": {string(head1.ID)}}).
		want(t, http.StatusSeeOther)
	var d forum.AwardsDetails
	if err := json.Unmarshal(o.conductor.only(t).Details, &d); err != nil || len(d.Picks) != 2 || d.Picks[0] != (forum.AwardPick{Award: id(500), Rank: 1, Reason: "참신합니다"}) || len(d.Signers) != 1 {
		t.Errorf("%v %+v", err, d)
	}
}

func TestDeliveryIsConfirmed(t *testing.T) {
	o := newOffice(t, officer)
	o.topic.Status, o.awards[0].Status, o.awards[0].Rank = forum.Responding, forum.AwardAccepted, 1
	to, fields := o.get(forumURL+"/awards").form(t, "form-award.deliver")
	o.post(to, fields).want(t, http.StatusSeeOther)
	if d := o.conductor.only(t); d.Noun != forum.TheAward || d.Subject != id(500) || d.Action != forum.DeliverAward {
		t.Errorf("decided %+v", d)
	}
}
