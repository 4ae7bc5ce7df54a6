package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"acropolis/forum"
)

var opinionURL = "/ko/opinions/" + string(id(600))

func TestQueueTellsWhatWaitsAndSinceWhen(t *testing.T) {
	o := newOffice(t, everyone)
	o.opinions[0].HeldFor = []forum.DataKind{forum.PhoneNumber}
	a := o.get("/ko/opinions?tab=held&forum=" + string(id(100)) + "&q=광장&size=50")
	a.want(t, http.StatusOK, "게시 보류", "이의 신청", "새 의견", "<strong>12</strong>", "기한 지남", "1일 지남", "욕설·모욕·혐오 표현", "같은 글입니다.", "억울합니다.", "2026-000902", "80%", "전화번호",
		`href="/ko/opinions?forum=`+string(id(100))+`&amp;q=%EA%B4%91%EC%9E%A5&amp;tab=reported"`, `aria-current="page"`)
	if f := o.queued[0]; f.Tab != forum.TabHeld || f.Forum != id(100) || f.Query != "광장" || f.Size != 50 {
		t.Errorf("asked for %+v", f)
	}
	o.queued = nil
	o.get("/en/opinions").want(t, http.StatusOK, "Reported", "Telephone number", "Insults")
	if o.queued[0].Tab != forum.TabReported {
		t.Errorf("begins with %s", o.queued[0].Tab)
	}
	newOffice(t, officer).get("/ko/opinions").want(t, http.StatusForbidden)
}

func TestModeratorWorksOnOneOpinionAndAnotherTakesOverInSight(t *testing.T) {
	o := newOffice(t, everyone)
	a := o.get(opinionURL)
	a.want(t, http.StatusOK, "아직 아무도", "주제와 관련이 없는 내용: 도로 이야기입니다.")
	to, fields := a.form(t, "form-take")
	if to != opinionURL+"/lock" {
		t.Errorf("leads to %s", to)
	}
	o.post(to, fields).want(t, http.StatusSeeOther)
	o.get(opinionURL).want(t, http.StatusOK, "내가 처리하고 있습니다", opinionURL+"/release")
	o.post(opinionURL+"/release", url.Values{}).want(t, http.StatusSeeOther)
	o.locked = &forum.ModerationLock{Official: officer.ID, Name: "한지숙", Until: noon.Add(5 * time.Minute)}
	a = o.get(opinionURL)
	a.want(t, http.StatusOK, "처리 중: 한지숙", "기록에 남습니다")
	o.post(to, url.Values{}).want(t, http.StatusConflict, "한지숙")
	// Even the look before answering says whose it is; what was typed stays.
	o.post("/ko/opinions/moderation", url.Values{"to": {"hidden"}, "code": {"insult"}, "reason": {"내가 쓴 말"}, "opinion[]": {string(id(600)) + "@" + string(id(100))}}).
		want(t, http.StatusConflict, "한지숙", "내가 쓴 말")
	to, fields = a.form(t, "form-take-over")
	o.post(to, fields).want(t, http.StatusSeeOther)
	if o.locked.Official != everyone.ID {
		t.Error("it isn't taken over")
	}
}

func TestAppealIsAnswered(t *testing.T) {
	o := newOffice(t, everyone)
	to, fields := o.get(opinionURL).form(t, "form-appeal")
	if to != opinionURL+"/appeal" {
		t.Errorf("leads to %s", to)
	}
	fields.Set("to", "dismissed")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-reason">`)
	fields.Set("reason", "주제는 광장입니다.")
	o.post(to, fields).want(t, http.StatusSeeOther)
	fields.Set("to", "hidden")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, reason(t, "opinion.no_such_answer"))
	fields.Set("to", "published")
	o.post(to, fields).want(t, http.StatusSeeOther)
	if len(o.did) != 2 || !strings.HasSuffix(o.did[0], "with dismissed: 주제는 광장입니다.") || !strings.HasSuffix(o.did[1], "with published: 주제는 광장입니다.") || len(o.conductor.woken) != 2 {
		t.Errorf("did %v, woke %v", o.did, o.conductor.woken)
	}
}

func TestBatchIsUndoneFromThePageAfterItAndFromTheLog(t *testing.T) {
	o := newOffice(t, everyone)
	to, fields := o.get("/ko/opinions?tab=new").form(t, "form-opinion.moderate")
	filled(fields, "opinion[]", string(id(600))+"@"+string(id(100)), "to", "seen", "code", "insult")
	to, fields = o.post(to, fields).form(t, "form-check")
	a := o.post(to, fields)
	after := a.Header().Get("Location")
	a.want(t, http.StatusSeeOther)
	if o.batch.Code != "" {
		t.Error("what was merely seen has no reason to be hidden")
	}
	a = o.get(after)
	a.want(t, http.StatusOK, "확인(조치 없음)", `href="/ko/opinions?tab=new"`, "처리 되돌리기")
	to, fields = a.form(t, "form-opinion.undo")
	if to != "/ko/opinions/batches/"+string(o.batch.ID)+"/undo" {
		t.Errorf("leads to %s", to)
	}
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-reason">`)
	fields.Set("reason", "잘못 골랐습니다.")
	o.post(to, fields).want(t, http.StatusSeeOther)
	if last := o.did[len(o.did)-1]; last != "undo "+string(o.batch.ID)+": 잘못 골랐습니다." {
		t.Errorf("did %s", last)
	}
	o.get("/ko/opinions/log").want(t, http.StatusOK, "/ko/opinions/batches/"+string(id(1300)))
	o.batch.UndoneAt, o.batch.UndoneBy, o.batch.Items[0].Changed = noon, "전담당", true
	if a = o.get(after); strings.Contains(a.body, "form-opinion.undo") || !strings.Contains(a.body, `id="undone"`) {
		t.Error("it can be undone twice")
	}
}

func TestModerationLogIsDownloadedAsItIsFiltered(t *testing.T) {
	o := newOffice(t, officer)
	query := "?forum=" + string(id(100)) + "&from=2026-11-01&to=2026-11-30"
	o.get("/ko/opinions/log"+query).want(t, http.StatusOK, "욕설·모욕·혐오 표현: 덧붙인 말", "log.csv?forum="+string(id(100))+"&amp;from=2026-11-01&amp;to=2026-11-30")
	want := forum.ModerationFilter{Forum: id(100), From: "2026-11-01", To: "2026-11-30"}
	for _, ending := range []string{"csv", "xlsx"} {
		a := o.get("/ko/opinions/log." + ending + query)
		a.want(t, http.StatusOK, "전담당", "비공개 처리", "욕설·모욕·혐오 표현", "2026-000901", "확인(조치 없음)")
		if strings.Contains(a.body, "덧붙인 말") {
			t.Errorf("%s repeats what a moderator wrote", ending)
		}
		if o.logFilter != want || !strings.Contains(a.Header().Get("Content-Disposition"), "20261123."+ending) {
			t.Errorf("%+v, %s", o.logFilter, a.Header().Get("Content-Disposition"))
		}
	}
	if a := o.get("/ko/opinions/log.csv"); !strings.Contains(a.body, "'=시청 앞") {
		t.Errorf("a formula: %s", a.body)
	}
	o.get("/ko/opinions/log?from=어제&forum=x").want(t, http.StatusOK)
	if o.logFilter.From != "" || o.logFilter.Forum != "" {
		t.Errorf("%+v", o.logFilter)
	}
	newOffice(t, drafter).get("/ko/opinions/log.csv").want(t, http.StatusForbidden)
}

func TestOfficerSaysWhenABoardIsModerated(t *testing.T) {
	o := newOffice(t, officer)
	to, fields := o.get(forumURL).form(t, "form-forum.set_moderation")
	fields.Set("moderation", "before")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-reason">`, `value="before" checked`)
	fields.Set("reason", "광고가 많습니다.")
	o.post(to, fields).want(t, http.StatusSeeOther)
	if len(o.did) != 1 || !strings.HasSuffix(o.did[0], "before: 광고가 많습니다.") {
		t.Errorf("did %v", o.did)
	}
	o.topic.Status = forum.Closed
	if strings.Contains(o.get(forumURL).body, "form-forum.set_moderation") {
		t.Error("the board is closed")
	}
	newOffice(t, drafter).post(to, fields).want(t, http.StatusForbidden)
}

// TestOfficerSaysHowVotersAreKnown before the forum opens, and asks for no sign-in that the city hasn't set up.
func TestOfficerSaysHowVotersAreKnown(t *testing.T) {
	o := newOffice(t, officer)
	if strings.Contains(o.get(forumURL).body, "form-forum.set_identity") {
		t.Error("the forum is open: who has voted would be a stranger")
	}
	o.topic.Status = forum.Scheduled
	to, fields := o.get(forumURL).form(t, "form-forum.set_identity")
	fields.Set("identity", "device")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-reason">`, `value="device" checked`)
	fields.Set("reason", "가벼운 설문입니다.")
	fields.Set("identity", "sso")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, reason(t, "identity.no_gateway"), "가벼운 설문입니다.")
	fields.Set("identity", "device")
	o.post(to, fields).want(t, http.StatusSeeOther)
	if len(o.did) != 1 || !strings.HasSuffix(o.did[0], "device: 가벼운 설문입니다.") {
		t.Errorf("did %v", o.did)
	}
	newOffice(t, drafter).post(to, fields).want(t, http.StatusForbidden)
}

func TestModeratorIsWarnedOfPersonalDataInASuggestion(t *testing.T) {
	o := newOffice(t, everyone)
	path := "/ko/suggestions/" + string(id(200))
	if strings.Contains(o.get(path).body, "personal-data") {
		t.Error("a warning of nothing")
	}
	o.idea.Text += " 010-1234-5678"
	o.get(path).want(t, http.StatusOK, `id="personal-data"`, "전화번호")
}

func TestForumsFiguresTellHitsByLanguage(t *testing.T) {
	newOffice(t, officer).get(forumURL).want(t, http.StatusOK, `id="hits-by-language"`, "한국어 7,000", "영어 509")
}

// TestAnalysisTellsHitsByLanguageOfTheirWhole: a share with what it is a share of, and the table beside it.
func TestAnalysisTellsHitsByLanguageOfTheirWhole(t *testing.T) {
	o := newOffice(t, officer)
	o.get(forumURL+"/analysis").want(t, http.StatusOK, `id="hits-by-language"`, "한국어 90.2% (460/510)", "중국어 2% (10/510)", `<th scope="col" class="figure">영어</th>`, `<td class="figure">40</td>`)
	for i := range o.analysis.Figures.Days {
		o.analysis.Figures.Days[i].HitsByLanguage = nil
	}
	if strings.Contains(o.get(forumURL+"/analysis").body, "hits-by-language") {
		t.Error("a chart of languages that nobody counted")
	}
}
