package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"acropolis/forum"
)

// filled is a form's hidden fields and what an official typed.
func filled(fields url.Values, typed ...string) url.Values {
	for i := 0; i < len(typed); i += 2 {
		fields.Set(typed[i], typed[i+1])
	}
	return fields
}

func TestPaperSuggestionIsEnteredOnce(t *testing.T) {
	o := newOffice(t, officer)
	a := o.get("/ko/suggestions/new")
	a.want(t, http.StatusOK, `type="date"`, `value="2026-11-23"`, "편지", "서면", "전화", "방문", "직원 본인의 제안")
	to, fields := a.form(t, "form-suggestion.enter")
	filled(fields, "kind", "citizen", "track", "general", "lang", "ko", "title", "경로당 급식", "text", "경로당에서 점심을 함께 먹으면 좋겠습니다.", "channel", "paper", "received", "2026-11-20")
	a = o.post(to, fields)
	a.want(t, http.StatusOK, "비슷한 제안과 포럼", "자전거 주차장", "시청 앞 광장 조성", "2026. 11. 20.(금)", "경로당에서 점심")
	if len(o.did) > 0 {
		t.Fatal("entered without the second look")
	}
	to, confirmed := a.form(t, "form-check")
	for range 2 { // pressed twice
		if a = o.post(to, confirmed); a.Code != http.StatusSeeOther || a.Header().Get("Location") != "/ko/suggestions/"+string(id(200))+"/receipt" {
			t.Fatalf("status %d, leads to %s", a.Code, a.Header().Get("Location"))
		}
	}
	if len(o.did) != 2 || o.did[0] != o.did[1] || !strings.Contains(o.did[0], fields.Get("key")) || !strings.HasSuffix(o.did[0], "came by paper on 2026-11-20") {
		t.Errorf("did %v: the store can't tell that it is the same entry", o.did)
	}
	o.post(to, filled(confirmed, "change", "yes")).want(t, http.StatusOK, "경로당에서 점심", `value="paper" checked`, `value="2026-11-20"`)
	fields.Set("title", "")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, "경로당에서 점심", `<a href="#field-title">`, `value="paper" checked`)
}

func TestSuggestionCameByAChannelUnlessItIsAnOfficialsOwn(t *testing.T) {
	o := newOffice(t, officer)
	to, fields := o.get("/ko/suggestions/new").form(t, "form-suggestion.enter")
	filled(fields, "kind", "citizen", "track", "general", "lang", "ko", "title", "경로당 급식", "text", "경로당에서 점심을 함께 먹으면 좋겠습니다.", "channel", "none", "received", "")
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-channel">`, "제안자가 직원일 때만")
	a := o.post(to, filled(fields, "kind", "official"))
	a.want(t, http.StatusOK)
	to, fields = a.form(t, "form-check")
	o.post(to, fields).want(t, http.StatusSeeOther)
	if len(o.did) != 1 || !strings.HasSuffix(o.did[0], "came by  on ") {
		t.Errorf("did %v", o.did)
	}
}

func TestOpinionIsEnteredForSomebodyAndHandsOutItsReceipt(t *testing.T) {
	for _, as := range []forum.Official{officer, drafter} {
		o := newOffice(t, as)
		o.get(forumURL).want(t, http.StatusOK, `id="enter-opinion" href="`+forumURL+`/opinions/new"`)
		a := o.get(forumURL + "/opinions/new")
		a.want(t, http.StatusOK, "종로구", "받은 날짜", "마감한 뒤에는 입력할 수 없습니다")
		to, fields := a.form(t, "form-opinion.enter")
		filled(fields, "channel", "letter", "received", "2026-11-20", "lang", "ko", "text", "그늘이 있어야 합니다.", "district", "종로구", "pseudonym", "관리자")
		o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-pseudonym">`, "그늘이 있어야 합니다.")
		a = o.post(to, filled(fields, "pseudonym", "종로 주민"))
		a.want(t, http.StatusOK, "그늘이 있어야 합니다.", "종로 주민", "2026. 11. 20.(금)")
		to, fields = a.form(t, "form-check")
		a = o.post(to, fields)
		receipt := forumURL + "/opinions/" + string(id(650)) + "/receipt"
		if a.Code != http.StatusSeeOther || a.Header().Get("Location") != receipt {
			t.Fatalf("status %d, leads to %s", a.Code, a.Header().Get("Location"))
		}
		if want := `enter "그늘이 있어야 합니다." by ` + as.UID + ", came by letter on 2026-11-20, 종로구, " + fields.Get("key"); len(o.did) != 1 || o.did[0] != want {
			t.Errorf("did %v, want %s", o.did, want)
		}
		a = o.get(receipt)
		a.want(t, http.StatusOK, "의견-2026-000950", "그늘", "편지", "2026. 11. 20.(금)", "https://forum.city.example/ko/receipts/"+string(entryCode), "data-print")
		if a.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("a receipt may be kept: %q", a.Header().Get("Cache-Control"))
		}
		o.get(strings.Replace(receipt, "/ko/", "/en/", 1)).want(t, http.StatusOK, "https://forum.city.example/en/receipts/"+string(entryCode))
		o.now = noon.Add(10 * time.Minute)
		a = o.get(receipt)
		a.want(t, http.StatusOK, "의견-2026-000950", `id="receipt-over"`)
		if strings.Contains(a.body, string(entryCode)) {
			t.Error("the code is shown for ever")
		}
		o.get(forumURL+"/opinions/"+string(id(600))+"/receipt").want(t, http.StatusNotFound)
	}
}

func TestReceiptOfASuggestionIsItsEntrantsToSee(t *testing.T) {
	o := newOffice(t, officer)
	o.idea.Channel, o.idea.ReceivedOn, o.idea.EnteredBy = forum.ViaPhone, "2026-11-20", "한지숙"
	receipt := "/ko/suggestions/" + string(id(200)) + "/receipt"
	a := o.get(receipt)
	a.want(t, http.StatusOK, "제안-2026-000031", "전화", `id="receipt-over"`)
	o.get("/ko/suggestions/"+string(id(200))).want(t, http.StatusOK, "2026. 11. 20.(금) 받은 전화를 직원이 입력", "(한지숙)")
	o = newOffice(t, juror)
	o.get(receipt).want(t, http.StatusForbidden)
}

func TestNothingIsEnteredOnceTheForumHasClosed(t *testing.T) {
	o := newOffice(t, officer)
	to, fields := o.get(forumURL+"/opinions/new").form(t, "form-opinion.enter")
	filled(fields, "channel", "letter", "received", "2026-11-20", "lang", "ko", "text", "마감 전에 부친 편지입니다.")
	check := o.post(to, fields)
	o.now = o.topic.ClosesAt
	const why = "마감 전에 받은 편지라도"
	o.post(to, fields).want(t, http.StatusConflict, why, "마감 전에 부친 편지입니다.")
	o.get(forumURL+"/opinions/new").want(t, http.StatusConflict, why)
	if strings.Contains(o.get(forumURL).body, "enter-opinion") {
		t.Error("the closed forum's page leads to the form")
	}
	// Between the look and the press the database alone decides.
	o.refuses = forum.Refuse(forum.Conflict, "entry.forum_closed")
	to, fields = check.form(t, "form-check")
	o.post(to, fields).want(t, http.StatusConflict, why, "마감 전에 부친 편지입니다.")
	for status, text := range map[forum.ForumStatus]string{forum.Suspended: "잠시 멈추었습니다", forum.Preparing: "아직 열리지 않았습니다", forum.Withdrawn: "철회되어", forum.Responding: why} {
		o.now, o.topic.Status = noon, status
		o.get(forumURL+"/opinions/new").want(t, http.StatusConflict, text)
	}
}

func TestAnotherDepartmentEntersNoOpinion(t *testing.T) {
	o := newOffice(t, strangers)
	o.get(forumURL+"/opinions/new").want(t, http.StatusNotFound)
	o.post(forumURL+"/opinions/new", url.Values{}).want(t, http.StatusNotFound)
	o = newOffice(t, head1)
	o.post(forumURL+"/opinions/new", url.Values{}).want(t, http.StatusForbidden)
}

func TestChannelStandsInTheModeratorsList(t *testing.T) {
	o := newOffice(t, everyone)
	o.opinions[0].Channel, o.opinions[0].ReceivedOn, o.opinions[0].EnteredBy = forum.ViaVisit, "2026-11-20", "한지숙"
	o.get("/ko/opinions").want(t, http.StatusOK, "2026. 11. 20.(금) 방문해 밝힌 내용을 직원이 입력", "(한지숙)")
}

func TestOfficerLearnsThatParticipationLags(t *testing.T) {
	o := newOffice(t, officer)
	o.compared = []forum.Participation{{Forum: id(100), Title: "시청 앞 광장 조성", TitleEn: "An open square", Opinions: 12, Day: 10, Days: 30, Like: forum.LikeUnit, Comparable: 5, Median: 40}}
	o.get(forumURL).want(t, http.StatusOK, `id="lag"`, "30일 가운데 10일째", "의견은 12건", "지난 포럼 5곳", "40건")
	o.get("/en/").want(t, http.StatusOK, `id="lagging"`, "An open square</a>", "opinions so far: 12", "5 past forums had 40 by then",
		"An open square in front of City Hall</td>") // and what waits is in English, too
	o.compared[0].Opinions = 20
	for _, path := range []string{forumURL, "/ko/"} {
		if body := o.get(path).body; strings.Contains(body, "lag") && strings.Contains(body, "비슷한 포럼보다") {
			t.Errorf("%s warns of half as many", path)
		}
	}
	o = newOffice(t, head1)
	o.compared = []forum.Participation{{Forum: id(100), Opinions: 12, Day: 10, Days: 30, Like: forum.LikeAny, Comparable: 5, Median: 40}}
	if strings.Contains(o.get("/ko/").body, `id="lagging"`) {
		t.Error("everybody's work has every forum that lags")
	}
}

// A letter may be in any language that citizens' pages have, also in one that staff's have not.
func TestLetterInJapaneseIsEntered(t *testing.T) {
	for lang, status := range map[string]int{"ja": http.StatusOK, "zh": http.StatusOK, "fr": http.StatusUnprocessableEntity} {
		o := newOffice(t, officer)
		a := o.get(forumURL + "/opinions/new")
		a.want(t, http.StatusOK, "일본어", "중국어")
		to, fields := a.form(t, "form-opinion.enter")
		o.post(to, filled(fields, "channel", "letter", "received", "2026-11-20", "lang", lang, "text", "広場に木陰をお願いします。")).want(t, status, "広場に木陰をお願いします。")
	}
}
