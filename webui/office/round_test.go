package office

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"acropolis/forum"
)

var (
	roundURL  = "/ko/rounds/" + string(id(300))
	committee = forum.Official{ID: id(30), UID: "committee", Name: "위원", Department: "communication", Duties: []forum.Duty{forum.Committee}}
)

func TestRoundIsOpenedAndItsProcedureWoken(t *testing.T) {
	o := newOffice(t, officer)
	to, fields := o.get("/ko/rounds").form(t, "form-round.open")
	fields.Set("track", "general")
	fields.Set("month", "2026-11")
	fields.Set("deadline", "2026-11-23T12:00:01.5")
	a := o.post(to, fields)
	if a.Code != http.StatusSeeOther || a.Header().Get("Location") != roundURL || len(o.conductor.woken) != 1 {
		t.Fatalf("status %d, leads to %s, woke %v", a.Code, a.Header().Get("Location"), o.conductor.woken)
	}
	if o.did[0] != "open round general 2026-11 2026-11-23T12:00:01.5+09:00" {
		t.Errorf("did %v", o.did)
	}
	fields.Set("month", "11월")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-month">`, `value="11월"`)
}

func TestShortlist(t *testing.T) {
	o := newOffice(t, officer)
	to, fields := o.get(roundURL).form(t, "form-round.start_scoring")
	fields.Set("deadline", "2026-11-30T18:00")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, "후보 주제를 하나 이상")
	fields["suggestion[]"] = []string{string(id(200)), string(id(201))}
	o.post(to, fields).want(t, http.StatusSeeOther)
	var d forum.ShortlistDetails
	if err := json.Unmarshal(o.conductor.only(t).Details, &d); err != nil || len(d.Suggestions) != 2 || d.Deadline.IsZero() {
		t.Errorf("%v %+v", err, d)
	}
}

func TestCommitteeScoresOrDeclaresAConflict(t *testing.T) {
	o := newOffice(t, committee)
	o.officials = append(o.officials, committee)
	o.round.Status = forum.RoundScoring
	o.get(roundURL).want(t, http.StatusOK, `id="score-`+string(id(201))+`"`, "이해충돌")
	o.post(roundURL+"/scores", url.Values{"suggestion": {string(id(200))}, "score": {"5"}}).want(t, http.StatusSeeOther)
	o.post(roundURL+"/scores", url.Values{"suggestion": {string(id(201))}, "score": {"conflict"}}).want(t, http.StatusSeeOther)
	o.post(roundURL+"/scores", url.Values{"suggestion": {string(id(201))}}).want(t, http.StatusUnprocessableEntity, "1점부터 5점까지")
	if len(o.did) != 2 || o.did[0] != "score topic 5 false" || o.did[1] != "score topic 0 true" {
		t.Errorf("did %v", o.did)
	}
}

func TestTopicsAreChosenWithReasonsForTheOthers(t *testing.T) {
	o := newOffice(t, officer)
	o.round.Status = forum.RoundDecided
	page := o.get(roundURL)
	if strings.Index(page.body, "한강 자전거길") > strings.Index(page.body, "자전거 주차장") {
		t.Error("the better mean doesn't come first")
	}
	to, fields := page.form(t, "form-round.choose")
	fields.Set("chosen[]", string(id(200)))
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-reason[`+string(id(201))+`]">`, `value="`+string(id(200))+`" checked`)
	fields.Set("reason["+string(id(201))+"]", "이미 추진 중입니다")
	o.post(to, fields).want(t, http.StatusSeeOther)
	var d forum.ChoiceDetails
	if err := json.Unmarshal(o.conductor.only(t).Details, &d); err != nil || len(d.Chosen) != 1 || d.Reasons[id(201)] != "이미 추진 중입니다" {
		t.Errorf("%v %+v", err, d)
	}
	o.round.Candidates[0].Chosen = true
	o.get(roundURL).want(t, http.StatusOK, "form-round.submit_minutes")
}
