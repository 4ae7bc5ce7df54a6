package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"acropolis/forum"
)

func items(kinds ...string) url.Values {
	v := url.Values{"base": {"3"}, "do": {"save"}}
	for _, kind := range kinds {
		for name, value := range map[string]string{itemKind: kind, itemTitle: "제목 " + kind, itemBody: "본문 " + kind, itemLink: "", itemName: "김전문", itemAffiliation: "", itemStance: "for"} {
			v.Add(name, value)
		}
	}
	return v
}

func TestDossierIsSavedOnItsBase(t *testing.T) {
	o := newOffice(t, drafter)
	o.post(forumURL+"/dossier", items("background", "plan", "expert")).want(t, http.StatusSeeOther)
	if len(o.did) != 1 || !strings.HasPrefix(o.did[0], "save dossier 3 items on 3 by drafter") || !strings.Contains(o.did[0], "본문 plan") {
		t.Errorf("did %v", o.did)
	}
}

func TestSmallButtonsSaveNothing(t *testing.T) {
	for do, want := range map[string][]string{
		"add":      {"제목 background", "제목 plan", `id="item-2"`},
		"remove.0": {"제목 plan"},
		"down.0":   {"제목 plan", "제목 background"},
		"up.1":     {"제목 plan", "제목 background"},
		"preview":  {"제목 background", "제목 plan"},
	} {
		o := newOffice(t, drafter)
		form := items("background", "plan")
		form.Set("do", do)
		form.Set("add_kind", "map")
		a := o.post(forumURL+"/dossier", form)
		a.want(t, http.StatusOK, want...)
		at := -1
		for _, text := range want {
			next := strings.Index(a.body, text)
			if next < at {
				t.Errorf("%s: %s stands too early", do, text)
			}
			at = next
		}
		if len(o.did) > 0 {
			t.Errorf("%s saved something", do)
		}
	}
}

func TestFaultyItemsStandBesideTheirFields(t *testing.T) {
	o := newOffice(t, drafter)
	form := items("background", "expert", "video")
	form[itemTitle][0], form[itemStance][1] = "", ""
	o.post(forumURL+"/dossier", form).want(t, http.StatusUnprocessableEntity,
		`<a href="#field-item_title[].0">`, `<a href="#field-item_stance[].1">`, `<a href="#field-item_link[].2">`, `id="field-item_stance[].1-error"`, "본문 expert")
}

// Somebody else saved meanwhile: nothing is overwritten and nothing that was typed is lost.
func TestOverwritingIsRefusedWithTheWordsKept(t *testing.T) {
	o := newOffice(t, drafter)
	o.refuses = forum.Refuse(forum.Conflict, "dossier.changed_meanwhile")
	a := o.post(forumURL+"/dossier", items("background"))
	a.want(t, http.StatusConflict, "본문 background", `name="base" value="3"`)
}

func TestResponseKeepsTermsApart(t *testing.T) {
	o := newOffice(t, drafter)
	o.topic.Status = forum.Responding
	form := url.Values{"base": {"2"}, "do": {"save"}, paragraphText: {"광장을 조성합니다.", "어렵습니다."}, paragraphDisposition: {"adopted", "not_adopted"},
		paragraphReason: {"", "지반이 약합니다"}, paragraphTerms: {" 광장 , 잔디,", ""}}
	o.post(forumURL+"/response", form).want(t, http.StatusSeeOther)
	if len(o.did) != 1 || !strings.Contains(o.did[0], "Terms:[광장 잔디]") || !strings.HasPrefix(o.did[0], "save response 2 on 2") {
		t.Errorf("did %v", o.did)
	}
	form[paragraphReason][1] = ""
	o.post(forumURL+"/response", form).want(t, http.StatusUnprocessableEntity, `<a href="#field-paragraph_reason[].1">`, "광장을 조성합니다.")
}

// TestCorrectionIsDraftedBesideWhatCitizensRead: the published text to begin from, then the draft, and its line once it is saved.
func TestCorrectionIsDraftedBesideWhatCitizensRead(t *testing.T) {
	o := newOffice(t, drafter)
	o.topic.Status, o.response.Status = forum.Published, forum.ResponsePublished
	o.get(forumURL+"/response").want(t, http.StatusOK, forumURL+`/correction"`)
	a := o.get(forumURL + "/correction")
	a.want(t, http.StatusOK, "광장을 조성합니다.", `name="base" value="2"`)
	if strings.Contains(a.body, string(forum.CorrectResponse)) || strings.Contains(a.body, "금액이") {
		t.Error("there is something to submit before anything was saved")
	}
	form := url.Values{"base": {"2"}, "do": {"save"}, paragraphText: {"광장을 조성합니다."}, paragraphDisposition: {"adopted"}, paragraphReason: {""}, paragraphTerms: {""}}
	o.post(forumURL+"/correction", form).want(t, http.StatusUnprocessableEntity, `<a href="#field-reason">`, "광장을 조성합니다.")
	form.Set("reason", "금액이 잘못되었습니다.")
	form.Set("do", "add")
	o.post(forumURL+"/correction", form).want(t, http.StatusOK, "금액이 잘못되었습니다.", `id="paragraph-1"`)
	form.Set("do", "save")
	o.post(forumURL+"/correction", form).want(t, http.StatusSeeOther)
	if len(o.did) != 1 || o.did[0] != "save correction 1 on 2 because 금액이 잘못되었습니다." {
		t.Errorf("did %v", o.did)
	}
	o.corrected = 1
	o.get(forumURL+"/correction").want(t, http.StatusOK, `name="base" value="3"`, "금액이 잘못되었습니다.", string(forum.CorrectResponse))
	o.topic.Status = forum.Archived
	o.get(forumURL+"/response").want(t, http.StatusOK)
	if a := o.get(forumURL + "/correction"); strings.Contains(a.body, "form-correction") {
		t.Error("the response of an archived forum may be edited")
	}
}

func TestUnansweredTermsAreShown(t *testing.T) {
	o := newOffice(t, drafter)
	o.topic.Status = forum.Responding
	o.get(forumURL+"/response").want(t, http.StatusOK, `id="unanswered"`, "주차")
}

func TestMarkdownPreviewIsSafe(t *testing.T) {
	o := newOffice(t, drafter)
	form := items("background")
	form[itemBody][0] = "<script>alert(1)</script>\n\n**서울(Seoul)**은"
	form.Set("do", "preview")
	a := o.post(forumURL+"/dossier", form)
	a.want(t, http.StatusOK, "<strong>서울(Seoul)</strong>은")
	if strings.Contains(a.body, "<script>alert") {
		t.Error("raw HTML survives")
	}
}

func TestReaderOfAnotherDutyCannotEdit(t *testing.T) {
	o := newOffice(t, juror)
	if a := o.get(forumURL + "/dossier"); a.Code != http.StatusOK || strings.Contains(a.body, "form-dossier") {
		t.Errorf("status %d, or an editor for a juror", a.Code)
	}
}

// The edit voids the document in the database; its procedure would notice only at its next reminder.
func TestEditOfATextUnderReviewWakesItsDocument(t *testing.T) {
	for status, woken := range map[forum.ApprovalStatus]int{forum.InReview: 2, forum.Approved: 0} {
		o := newOffice(t, drafter)
		o.approvals = []forum.Approval{{ID: "01989d2c-0000-7000-8000-0000000000aa", Noun: forum.TheDossier, Status: status}}
		o.post(forumURL+"/dossier", items("background", "plan", "expert")).want(t, http.StatusSeeOther)
		if len(o.conductor.woken) != woken {
			t.Errorf("a document that is %s: woken %v", status, o.conductor.woken)
		}
	}
}
