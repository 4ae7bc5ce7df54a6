package office

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"acropolis/forum"
	"acropolis/webui/page"
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
	a := o.post(to, fields)
	if a.Code != http.StatusSeeOther || a.Header().Get("Location") != roundURL || len(o.conductor.woken) != 1 {
		t.Fatalf("status %d, leads to %s, woke %v", a.Code, a.Header().Get("Location"), o.conductor.woken)
	}
	if o.did[0] != "open round general 2026-11" {
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
	o.get(roundURL).want(t, http.StatusOK, `id="score-`+string(id(201))+`"`, "이해관계가 있습니까", `name="mark[need]" value="4" checked`)
	sheet := func(topic int, more ...string) url.Values {
		v := url.Values{"suggestion": {string(id(topic))}}
		for n := 0; n < len(more); n += 2 {
			v.Set(more[n], more[n+1])
		}
		return v
	}
	o.post(roundURL+"/scores", sheet(200, "conflict", "no", "mark[need]", "5", "mark[urgency]", "4", "reason", "시급합니다")).want(t, http.StatusSeeOther)
	if len(o.conductor.woken) > 0 {
		t.Errorf("woke %v although others haven't scored", o.conductor.woken)
	}
	o.last = true
	o.post(roundURL+"/scores", sheet(201, "conflict", "yes")).want(t, http.StatusSeeOther)
	if len(o.conductor.woken) != 1 || o.conductor.woken[0].Noun != forum.TheRound {
		t.Errorf("the last score woke %v", o.conductor.woken)
	}
	o.post(roundURL+"/scores", sheet(201, "conflict", "no", "mark[need]", "5")).want(t, http.StatusUnprocessableEntity, "1점부터 5점까지", `href="#field-mark[urgency]"`,
		`id="field-mark[urgency]"`, `aria-describedby="field-mark[urgency]-error"`, `id="field-mark[urgency]-error"`, `name="mark[need]" value="5" checked`)
	o.post(roundURL+"/scores", sheet(201, "mark[need]", "5")).want(t, http.StatusUnprocessableEntity, `<a href="#field-conflict">`, `aria-describedby="field-conflict-error"`, `id="field-conflict-error"`)
	if len(o.did) != 2 || o.did[0] != "score topic 5 false 시급합니다" || o.did[1] != "score topic 0 true " {
		t.Errorf("did %v", o.did)
	}
}

// Whoever judges sees who else hasn't as little as what they said.
func TestMembersSeeNeitherScoresNorWhoIsLate(t *testing.T) {
	late := forum.Owed{ID: id(810), Noun: forum.TheRound, Subject: id(300), Kind: forum.ScoreTopic, Official: head1.ID, Name: "박도로", Due: noon}
	for _, c := range []struct {
		reader forum.Official
		sees   bool
	}{{officer, true}, {committee, false}} {
		o := newOffice(t, c.reader)
		o.officials = append(o.officials, committee)
		o.round.Status, o.owed = forum.RoundScoring, append(o.owed, late)
		a := o.get(roundURL)
		a.want(t, http.StatusOK, `<meter id="quorum"`)
		if strings.Contains(a.body, "박도로") != c.sees {
			t.Errorf("%s is shown who is late: want %v", c.reader.UID, c.sees)
		}
		if strings.Contains(a.body, "4.50") {
			t.Errorf("%s is shown a mean before the round is decided", c.reader.UID)
		}
	}
}

func TestOfficerSeatsTheCommitteeAndChangesItsSheet(t *testing.T) {
	o := newOffice(t, officer)
	o.officials = append(o.officials, committee)
	a := o.get("/ko/committee")
	a.want(t, http.StatusOK, "한지숙", "필요성", "청소년 구분에는 지금 위촉된 위원이 없어")
	to, fields := a.form(t, "form-seat")
	fields.Set("track", "youth")
	fields.Set("official", string(committee.ID))
	fields.Set("from", "2026-12-01")
	o.post(to, fields).want(t, http.StatusSeeOther)
	fields.Set("official", "")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-official">`)
	o.post("/ko/committee/seats/"+string(id(310))+"/end", nil).want(t, http.StatusSeeOther)
	to, _ = a.form(t, "form-criteria")
	if to != "/ko/committee/criteria" {
		t.Errorf("the sheet goes to %s", to)
	}
	o.post(to, url.Values{"name[need]": {"필요성"}, "weight[need]": {"5"}, "name[urgency]": {"시급성"}, "weight[urgency]": {"0"}, "name[]": {"형평성"}, "weight[]": {"2"}}).want(t, http.StatusSeeOther)
	want := []string{"seat " + string(committee.ID) + " on youth from 2026-12-01", "end seat " + string(id(310)), "save criteria [{need 필요성  5} {urgency 시급성  0} { 형평성  2}]"}
	if !slices.Equal(o.did, want) {
		t.Errorf("did %q", o.did)
	}
}

func TestMonthWithoutAChoiceIsClosedWithAReason(t *testing.T) {
	o := newOffice(t, officer)
	to, fields := o.get(roundURL).form(t, "form-round.close")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-reason">`)
	fields.Set("reason", "들어온 제안이 없습니다")
	o.post(to, fields).want(t, http.StatusSeeOther)
	if d := o.conductor.only(t); d.Action != forum.CloseRound || d.Reason != "들어온 제안이 없습니다" {
		t.Errorf("decided %+v", d)
	}
}

func TestTopicsAreChosenWithReasonsForTheOthers(t *testing.T) {
	o := newOffice(t, officer)
	o.round.Status = forum.RoundDecided
	shown := o.get(roundURL)
	if strings.Index(shown.body, "한강 자전거길") > strings.Index(shown.body, "자전거 주차장") {
		t.Error("the better mean doesn't come first")
	}
	to, fields := shown.form(t, "form-round.choose")
	fields.Set("chosen[]", string(id(200)))
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-reason[`+string(id(201))+`]">`, `value="`+string(id(200))+`" checked`)
	fields.Set("reason["+string(id(201))+"]", "이미 추진 중입니다")
	o.post(to, fields).want(t, http.StatusSeeOther)
	var d forum.ChoiceDetails
	if err := json.Unmarshal(o.conductor.only(t).Details, &d); err != nil || len(d.Chosen) != 1 || d.Reasons[id(201)] != "이미 추진 중입니다" {
		t.Errorf("%v %+v", err, d)
	}
	o.round.Candidates[0].Chosen, o.round.Candidates[1].Reason = true, "이미 추진 중입니다"
	o.get(roundURL).want(t, http.StatusOK, "form-round.submit_minutes")
}

// A round is drawn in both languages at each of its stages, with all that may be said of its topics.
func TestRoundAtEachStageInBothLanguages(t *testing.T) {
	for _, lang := range page.Office.Languages() {
		for _, status := range []forum.RoundStatus{forum.RoundOpen, forum.RoundScoring, forum.RoundDecided, forum.RoundRecorded} {
			for n := 1; n <= 2; n++ {
				o := newOffice(t, officer)
				o.round.Seated[0].Official = officer.ID // the officer sits on the committee too
				o.round.Status, o.round.Tries, o.round.Candidates[1].Months = status, n, n
				o.round.Candidates[1].Tie, o.round.Candidates[1].SatOut, o.round.Candidates[1].Tally.Conflicts = forum.TieSupports, []string{"박도로"}, 2*n
				o.round.Candidates[0].Chosen, o.round.Candidates[1].Reason = n == 2, strings.Repeat("예산", n-1)
				o.get("/"+lang+"/rounds/"+string(id(300))).want(t, http.StatusOK, `<meter id="quorum"`)
			}
		}
	}
}
