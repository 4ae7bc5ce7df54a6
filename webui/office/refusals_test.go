package office

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"acropolis/forum"
	"acropolis/webui/page"
)

// allDuties is somebody who may do anything, for tests of what a form says.
var allDuties = forum.Official{ID: id(10), UID: "all", Name: "모두", Department: roads, Duties: forum.Duties}

func officeOfAll(t testing.TB) *office {
	o := newOffice(t, allDuties)
	o.officials = append(o.officials, allDuties)
	return o
}

// reason is what a page says for a refusal: the longest part without a value.
func reason(t testing.TB, key string) string {
	t.Helper()
	raw, err := os.ReadFile("../page/locales/ko/errors.json")
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]string{}
	if err := json.Unmarshal(raw, &words); err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, part := range regexp.MustCompile(`{{[^}]*}}`).Split(words["error."+key], -1) {
		if len(part) > len(text) {
			text = part
		}
	}
	if text == "" {
		t.Fatalf("no words for %s", key)
	}
	return text
}

// TestEachFormSaysWhyItIsRefused sends what no browser sends and what people forget: the page says why and nothing is decided.
func TestEachFormSaysWhyItIsRefused(t *testing.T) {
	first, second, me := string(id(500)), string(id(501)), string(allDuties.ID)
	in := func(status forum.ForumStatus) func(*office) { return func(o *office) { o.topic.Status = status } }
	line := func(v url.Values) url.Values { v.Set("key", string(id(1000))); return v }
	item := func(kind, title, name, stance, link string) url.Values {
		return url.Values{"base": {"3"}, itemKind: {kind}, itemTitle: {title}, itemBody: {"본문입니다"}, itemName: {name}, itemStance: {stance}, itemLink: {link}, itemAffiliation: {""}}
	}
	many := func(names ...string) url.Values {
		v := url.Values{"base": {"3"}}
		for range max(forum.ItemsMax, forum.ParagraphsMax) + 1 {
			for _, name := range names {
				v.Add(name, "background")
			}
		}
		return v
	}
	for _, c := range []struct {
		key    string
		given  func(*office)
		path   string
		fields url.Values
	}{
		{"decision.key_missing", in(forum.Open), forumURL + "/decisions/forum.extend", url.Values{"reason": {"늦습니다"}}},
		{"choice.missing", in(forum.Selected), forumURL + "/decisions/assignment.propose", line(url.Values{})},
		{"request.not_a_time", in(forum.Preparing), forumURL + "/decisions/forum.set_period", line(url.Values{"opens_at": {"내일"}, "closes_at": {"2026-12-01T18:00"}})},
		{"approval.approver_missing", in(forum.Preparing), forumURL + "/decisions/dossier.submit", line(url.Values{"reviewer[]": {string(head1.ID)}})},
		{"approval.own_draft", in(forum.Preparing), forumURL + "/decisions/dossier.submit", line(url.Values{"approver": {me}})},
		{"approval.signer_twice", in(forum.Preparing), forumURL + "/decisions/dossier.submit", line(url.Values{"reviewer[]": {string(head1.ID)}, "approver": {string(head1.ID)}})},
		{"award.no_such_place", in(forum.Awarding), forumURL + "/decisions/award.submit", line(url.Values{"pick[" + first + "]": {"9"}, "reason[" + first + "]": {"참신"}})},
		{"award.place_taken", in(forum.Awarding), forumURL + "/decisions/award.submit",
			line(url.Values{"pick[" + first + "]": {"1"}, "reason[" + first + "]": {"참신"}, "pick[" + second + "]": {"1"}, "reason[" + second + "]": {"참신"}})},
		{"award.nothing_picked", in(forum.Awarding), forumURL + "/decisions/award.submit", line(url.Values{"approver": {string(head1.ID)}})},
		{"score.out_of_range", in(forum.Awarding), forumURL + "/awards/scores", url.Values{"award": {first}, "score": {"6"}}},
		{"followup.reason_missing", in(forum.Published), forumURL + "/decisions/followup.plan", line(url.Values{})},
		{"text.too_long", in(forum.Analysing), forumURL + "/analysis", url.Values{"summary": {strings.Repeat("가", summaryMax+1)}}},
		{"dossier.no_such_kind", in(forum.Preparing), forumURL + "/dossier", item("rumour", "소문", "", "", "")},
		{"dossier.stance_missing", in(forum.Preparing), forumURL + "/dossier", item("expert", "의견", "김전문", "", "")},
		{"dossier.link_malformed", in(forum.Preparing), forumURL + "/dossier", item("video", "영상", "", "", "javascript:alert(1)")},
		{"request.not_a_number", in(forum.Preparing), forumURL + "/dossier", url.Values{"base": {"셋"}, itemKind: {"plan"}, itemTitle: {"계획"}, itemBody: {"본문입니다"}}},
		{"dossier.too_many_items", in(forum.Preparing), forumURL + "/dossier", many(itemKind, itemTitle, itemBody)},
		{"response.too_many_paragraphs", in(forum.Responding), forumURL + "/response", many(paragraphText)},
		{"response.disposition_missing", in(forum.Responding), forumURL + "/response", url.Values{"base": {"2"}, paragraphText: {"광장을 만듭니다."}}},
		{"opinion.none_picked", nil, "/ko/opinions/moderation", url.Values{"to": {"hidden"}, "reason": {"욕설"}}},
		{"opinion.no_such_answer", nil, "/ko/opinions/moderation", url.Values{"to": {"burnt"}, "reason": {"욕설"}, "opinion[]": {string(id(600)) + "@" + string(id(100))}}},
		{"suggestion.no_such_answer", nil, "/ko/suggestions/" + string(id(200)) + "/screening", url.Values{"to": {"burnt"}, "reason": {"그냥"}}},
		{"suggestion.merge_target_missing", nil, "/ko/suggestions/" + string(id(200)) + "/screening", url.Values{"to": {"merged"}, "reason": {"같은 내용"}}},
		{"round.month_malformed", nil, "/ko/rounds", url.Values{"track": {"general"}, "month": {"11월"}, "deadline": {"2026-11-30T18:00"}}},
		{"round.shortlist_empty", nil, roundURL + "/decisions/round.start_scoring", line(url.Values{"deadline": {"2026-11-30T18:00"}})},
		{"round.choice_needs_reason", func(o *office) { o.round.Status, o.round.Candidates[0].Tally.Conflicts = forum.RoundDecided, 3 }, roundURL + "/decisions/round.choose",
			line(url.Values{"chosen[]": {string(id(200))}, "reason[" + string(id(201)) + "]": {"다음에"}})},
		{"score.conflict_unsaid", func(o *office) { o.round.Status = forum.RoundScoring }, roundURL + "/scores", url.Values{"suggestion": {string(id(201))}, "mark[need]": {"4"}}},
		{"committee.weight_out_of_range", nil, "/ko/committee/criteria", url.Values{"name[need]": {"필요성"}, "weight[need]": {"많이"}, "name[urgency]": {"시급성"}, "weight[urgency]": {"1"}}},
		{"committee.no_criterion", nil, "/ko/committee/criteria", url.Values{"name[need]": {"필요성"}, "weight[need]": {"0"}, "name[urgency]": {"시급성"}, "weight[urgency]": {"0"}}},
	} {
		t.Run(c.key, func(t *testing.T) {
			o := officeOfAll(t)
			if c.given != nil {
				c.given(o)
			}
			o.post(c.path, c.fields).want(t, http.StatusUnprocessableEntity, reason(t, c.key))
			if len(o.did) > 0 || len(o.conductor.decided) > 0 {
				t.Errorf("did %v, decided %v", o.did, o.conductor.decided)
			}
		})
	}
}

func TestDocumentThatIsDecidedCannotBeAskedAgain(t *testing.T) {
	o := newOffice(t, head1)
	o.approvals[0].Status = forum.Approved
	o.get("/ko/approvals/"+string(id(400))+"/decisions/approval.sign").want(t, http.StatusConflict, reason(t, "approval.not_in_review"))

	o = newOffice(t, officer)
	o.get("/ko/approvals/"+string(id(400))+"/decisions/approval.recall").want(t, http.StatusForbidden, reason(t, "approval.not_your_draft"))
}

func TestProgramWithoutASessionIsToldToSignIn(t *testing.T) {
	a := newOffice(t, forum.Official{}).get("/health.json")
	a.want(t, http.StatusUnauthorized, `"login.needed"`)
	if kind := a.Header().Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("content type %q", kind)
	}
	newOffice(t, operator).get("/health.json").want(t, http.StatusOK)
}

// TestEveryDecisionReachesItsProcedure takes each decision of the intranet as its form sends it, in every status that takes it.
func TestEveryDecisionReachesItsProcedure(t *testing.T) {
	fill := map[forum.Action]url.Values{
		forum.ProposeDepartment: {"department": {"parks"}}, forum.TransferAssignment: {"department": {"parks"}},
		forum.ConsultDepartment: {"department": {"parks"}}, forum.HandOverForum: {"department": {"parks"}},
		forum.SetPeriod: {"opens_at": {"2026-12-01T09:00"}, "closes_at": {"2026-12-31T18:00"}}, forum.ExtendForum: {"closes_at": {"2026-12-31T18:00"}},
		forum.SubmitAwards:      {"pick[" + string(id(500)) + "]": {"1"}, "reason[" + string(id(500)) + "]": {"참신합니다"}},
		forum.PlanFollowUp:      {"milestone_title[]": {"광장 개장"}, "milestone_due[]": {"2027-05-01T10:00"}},
		forum.CompleteMilestone: {"milestone": {string(id(900))}}, forum.DropMilestone: {"milestone": {string(id(900))}},
		forum.StartScoring: {"suggestion[]": {string(id(200))}, "deadline": {"2026-11-30T18:00"}},
		forum.ChooseTopics: {"chosen[]": {string(id(200))}, "reason[" + string(id(201)) + "]": {"다음에"}},
	}
	taken := func(t *testing.T, action forum.Action, noun forum.Noun, subject forum.ID, path string, given func(*office)) {
		t.Helper()
		o := officeOfAll(t)
		given(o)
		fields := url.Values{"key": {string(id(1000))}, "reason": {"까닭이 있습니다"}, "confirmed": {"yes"}, "approver": {string(head1.ID)}}
		for name, values := range fill[action] {
			fields[name] = values
		}
		o.post(path+"/decisions/"+string(action)+"?forum="+string(id(100)), fields).want(t, http.StatusSeeOther)
		if d := o.conductor.only(t); d.ID != id(1000) || d.Action != action || d.Noun != noun || d.Subject != subject || d.By != allDuties.ID || d.From == "" {
			t.Errorf("%s: decided %+v", action, d)
		}
	}
	for _, action := range forumActions {
		for _, status := range forum.ForumDecisions[action] {
			taken(t, action, forum.TheForum, id(100), forumURL, func(o *office) { o.topic.Status = status })
		}
	}
	for action, statuses := range forum.RoundDecisions {
		for _, status := range statuses {
			taken(t, action, forum.TheRound, id(300), roundURL, func(o *office) { o.round.Status = status })
		}
	}
	for _, status := range forum.AwardDecisions[forum.DeliverAward] {
		taken(t, forum.DeliverAward, forum.TheAward, id(500), "/ko/awards/"+string(id(500)), func(o *office) { o.awards[0].Status = status })
	}
	for _, action := range approvalActions {
		for _, status := range forum.ApprovalDecisions[action] {
			taken(t, action, forum.TheApproval, id(400), documentURL, func(o *office) {
				o.approvals[0].Status, o.approvals[0].Alarm = status, forum.AlarmLate
			})
		}
	}
}

// TestAddressOfAFormLeadsUp walks the addresses that only a form knows: opened by hand, as when the language is switched on a
// refused form, each leads to the page it lies under.
func TestAddressOfAFormLeadsUp(t *testing.T) {
	o := officeOfAll(t)
	o.approvals[0].Alarm = forum.AlarmLate
	for _, r := range o.routes {
		if r.Method != http.MethodPost || r.Action == "" {
			continue
		}
		for _, lang := range page.Office.Languages() {
			path := address(r, lang)
			a := o.get(path)
			if a.Code == http.StatusSeeOther {
				if to := a.Header().Get("Location"); o.get(to).Code != http.StatusOK {
					t.Errorf("%s leads to %s", path, to)
				}
			} else if a.Code != http.StatusOK && a.Code != http.StatusForbidden {
				t.Errorf("GET %s: status %d", path, a.Code)
			}
		}
	}
}
