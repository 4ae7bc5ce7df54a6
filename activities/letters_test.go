package activities_test

import (
	"encoding/json"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"acropolis/forum"
)

const (
	aForum  = "01900000-0000-7000-8000-000000000001"
	receipt = "000102030405060708090a0b0c0d0e0f"
	secret  = "q83vEjRWeJASNFZ4kBI0VniQEjRWeJA"
	instant = "2026-11-23T09:00:00Z" // a Monday, 18:00 in Seoul
)

// told is what each letter is about, as whoever queues it gives it, and what its text must say.
var told = map[forum.MailKind]struct {
	data  map[string]string
	says  []string
	staff bool
}{
	forum.MailSessionCode:        {data: map[string]string{"code": "042137"}, says: []string{"042137"}},
	forum.MailOpinionReceived:    {data: about("number", "2026-001284", "receipt", receipt), says: []string{"2026-001284", "/receipts/" + receipt}},
	forum.MailOpinionHidden:      {data: about("number", "2026-001284", "receipt", receipt, "reason", "욕설이 있습니다."), says: []string{"2026-001284", "/receipts/" + receipt, "욕설이 있습니다."}},
	forum.MailOpinionHeld:        {data: about("number", "2026-001284", "receipt", receipt, "code", "", "reason", "잘못 골랐습니다."), says: []string{"2026-001284", "/receipts/" + receipt, "잘못 골랐습니다."}},
	forum.MailAppealDismissed:    {data: about("number", "2026-001284", "receipt", receipt, "code", "", "reason", "주제는 광장입니다."), says: []string{"2026-001284", "/receipts/" + receipt, "주제는 광장입니다."}},
	forum.MailOpinionPublished:   {data: about("number", "2026-001284", "receipt", receipt, "reason", ""), says: []string{"2026-001284", "/receipts/" + receipt}},
	forum.MailSuggestionReceived: {data: about("number", "2026-000031", "receipt", receipt), says: []string{"2026-000031", "/receipts/" + receipt}},
	forum.MailSuggestionAnswered: {data: about("status", "rejected", "reason", "이미 추진 중입니다.", "receipt", receipt), says: []string{"이미 추진 중입니다.", "/receipts/" + receipt}},
	forum.MailSuggestionSelected: {data: about(), says: []string{"/suggestions/" + aForum}},
	forum.MailSubscriptionAsk:    {data: map[string]string{"secret": secret}, says: []string{"/subscriptions/confirm/" + secret}},
	forum.MailGuardianAsked:      {data: map[string]string{"secret": secret, "days": "7"}, says: []string{"/guardians/" + secret, "7"}},
	forum.MailForumOpened:        {data: about("closes_at", instant), says: []string{"/forums/" + aForum, "18:00"}},
	forum.MailForumClosing:       {data: about("closes_at", instant, "reason", ""), says: []string{"/forums/" + aForum, "18:00"}},
	forum.MailForumClosed:        {data: about("closes_at", instant, "reason", "목적을 이루었습니다."), says: []string{"/forums/" + aForum, "18:00", "목적을 이루었습니다."}},
	forum.MailForumExtended:      {data: about("closes_at", instant, "reason", "참여가 늦습니다."), says: []string{"/forums/" + aForum, "18:00", "참여가 늦습니다."}},
	forum.MailForumSuspended:     {data: about("reason", "선거 기간입니다."), says: []string{"/forums/" + aForum, "선거 기간입니다."}},
	forum.MailForumResumed:       {data: about("closes_at", instant), says: []string{"/forums/" + aForum, "18:00"}},
	forum.MailForumWithdrawn:     {data: about("reason", "사업이 취소되었습니다."), says: []string{"/forums/" + aForum, "사업이 취소되었습니다."}},
	forum.MailInvitation:         {data: about("secret", secret, "answer_by", instant, "reason", ""), says: []string{"/invitations/" + secret, "18:00"}},
	forum.MailInvitationReminder: {data: about("secret", secret, "answer_by", instant, "reason", ""), says: []string{"/invitations/" + secret, "18:00"}},
	forum.MailInvitationEnded:    {data: about("secret", secret, "answer_by", instant, "reason", "포럼이 철회되었습니다."), says: []string{"/invitations/" + secret, "포럼이 철회되었습니다."}},
	forum.MailInvitationReceived: {data: about("secret", secret, "answer_by", instant, "reason", ""), says: []string{"/invitations/" + secret}},
	forum.MailInvitationOut:      {data: about("secret", secret, "answer_by", instant, "reason", ""), says: []string{"/forums/" + aForum}},
	forum.MailWorkbook:           {data: about("file", "사이버정책포럼_시청 앞 광장_20261123.xlsx"), says: []string{"/forums/" + aForum, "_20261123.xlsx"}, staff: true},
	forum.MailAwardOffered:       {data: about("receipt", receipt, "secret", secret, "answer_by", instant), says: []string{"/awards/" + secret, "18:00"}},
	forum.MailResponsePublished:  {data: about("receipts", receipt+" "+secret), says: []string{"/forums/" + aForum + "/results", "/receipts/" + receipt + "\n", "/receipts/" + secret + "\n"}},
	forum.MailResponseCorrected:  {data: about("receipts", receipt+" "+secret, "reason", "금액이 잘못되었습니다."), says: []string{"/forums/" + aForum + "/results", "금액이 잘못되었습니다.", "/receipts/" + secret + "\n"}},
	forum.MailMilestoneDone:      {data: about("milestone", "광장 개장"), says: []string{"/forums/" + aForum + "/results", "광장 개장"}},
	forum.MailHandoverAnswered:   {data: about("accepted", "false", "reason", "우리 부서의 업무가 아닙니다."), says: []string{"/forums/" + aForum, "우리 부서의 업무가 아닙니다."}, staff: true},
	forum.MailOwed:               {data: about("action", "approval.sign", "due", instant), says: []string{"18:00"}, staff: true},
	forum.MailDigest: {data: map[string]string{"at": "2026-11-25", "count": "2", "more": "3", "overdue": "1", "today": "0", "lines": digestLines(
		forum.DigestLine{Part: forum.DigestOverdue, Wait: aWait, Kind: forum.SignApproval, Noun: forum.TheApproval, Title: "자료집 <1안>", Due: due, Late: 2},
		forum.DigestLine{Part: forum.DigestEscalated, Kind: forum.SubmitDossier, Noun: forum.TheForum, Subject: aForum, Title: "광장", Due: due})},
		says: []string{"자료집 <1안>", "18:00", "/#wait-" + aWait, "/forums/" + aForum, "2026"}, staff: true},
}

const aWait = "0190aaaa-bbbb-7000-8000-000000000009"

var due = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func digestLines(lines ...forum.DigestLine) string {
	raw, _ := json.Marshal(lines)
	return string(raw)
}

func init() { // of what is told above
	day := told[forum.MailNews]
	day.data = map[string]string{"at": "2026-11-25", "count": "12", "more": "4", "lines": newsLines()}
	day.says = []string{"시청 앞 광장을 어떻게 만들까요? <1안 & 2안>", "18:00", "/forums/" + aForum, "/suggestions/" + aSuggestion, "/receipts/" + receipt,
		"/results", "참여가 늦습니다.", "광장 개장", "2026", "4"}
	told[forum.MailNews] = day
}

// newsLines are one event of each kind that a day's letter can tell of.
func newsLines() string {
	var lines []forum.NewsLine
	for _, kind := range forum.NewsKinds {
		line := forum.NewsLine{Kind: kind, Subject: aForum, Data: told[kind].data}
		if kind == forum.MailSuggestionSelected {
			line.Subject = aSuggestion
		}
		lines = append(lines, line)
	}
	raw, _ := json.Marshal(lines)
	return string(raw)
}

const aSuggestion = "01900000-0000-7000-8000-000000000002"

func about(pairs ...string) map[string]string {
	data := map[string]string{"title": "시청 앞 광장을 어떻게 만들까요? <1안 & 2안>", "forum": aForum}
	for i := 0; i < len(pairs); i += 2 {
		data[pairs[i]] = pairs[i+1]
	}
	return data
}

func letter(kind forum.MailKind, lang string, data map[string]string) forum.Letter {
	return forum.Letter{Mail: forum.Mail{Kind: kind, Subject: aForum}, Lang: lang, Data: data}
}

// TestEveryLetterSaysWhatItIsForInEveryLanguage, and leads to the site of whom it is for.
func TestEveryLetterSaysWhatItIsForInEveryLanguage(t *testing.T) {
	l := letters(t)
	if len(told) != len(forum.MailKinds) {
		t.Errorf("%d kinds are told of here, there are %d", len(told), len(forum.MailKinds))
	}
	for _, kind := range forum.MailKinds {
		for _, lang := range everyLanguage {
			about := told[kind]
			subject, text, err := l.Write(letter(kind, lang, about.data))
			if err != nil {
				t.Errorf("%s in %s: %v", kind, lang, err)
				continue
			}
			if subject == "" || strings.ContainsAny(subject, "\r\n") || strings.HasPrefix(text, "\n") || strings.HasPrefix(text, subject) {
				t.Errorf("%s in %s: the subject is %q, the text %q", kind, lang, subject, text)
			}
			if title := about.data["title"]; title != "" && !strings.Contains(subject, title) {
				t.Errorf("%s in %s: the subject %q doesn't name the topic", kind, lang, subject)
			}
			for _, bad := range []string{"<no value>", "{{", "}}", "&lt;", "&#", "%!"} {
				if strings.Contains(subject+text, bad) {
					t.Errorf("%s in %s has %q: %s", kind, lang, bad, text)
				}
			}
			site := "https://forum.city.example/" + lang + "/"
			if about.staff {
				if lang == "zh" || lang == "ja" {
					continue // no official reads in it
				}
				site = "https://office.city.example/" + lang + "/"
			}
			for _, want := range append(slices.Clone(about.says), site) {
				if !strings.Contains(subject+"\n"+text, want) {
					t.Errorf("%s in %s lacks %q: %s", kind, lang, want, text)
				}
			}
		}
	}
}

// TestLetterWithoutItsDataIsNotWritten: better none than one with a hole. Each key is taken away once; a letter is then either
// an error or reads well without it.
func TestLetterWithoutItsDataIsNotWritten(t *testing.T) {
	l := letters(t)
	failed := 0
	for _, kind := range forum.MailKinds {
		for key := range told[kind].data {
			data := maps.Clone(told[kind].data)
			delete(data, key)
			for _, lang := range everyLanguage {
				subject, text, err := l.Write(letter(kind, lang, data))
				if err != nil {
					failed++
				} else if strings.Contains(subject+text, "<no value>") || strings.Contains(text, "/receipts/\n") || strings.Contains(text, "/forums/\n") || strings.Contains(text, "□ 사유: \n") {
					t.Errorf("%s in %s without %s has a hole: %s", kind, lang, key, text)
				}
			}
		}
	}
	if failed < 20 {
		t.Errorf("only %d letters were refused: the search is broken", failed)
	}
}

// TestEachOutcomeOfASuggestionHasItsWords: the author reads words, not the status' name.
func TestEachOutcomeOfASuggestionHasItsWords(t *testing.T) {
	l := letters(t)
	said := map[string]bool{}
	for _, status := range []forum.SuggestionStatus{forum.SuggestionAccepted, forum.SuggestionMerged, forum.SuggestionTransferred, forum.SuggestionRejected,
		forum.SuggestionShortlisted, forum.SuggestionSelected, forum.SuggestionNotSelected} {
		_, text, err := l.Write(letter(forum.MailSuggestionAnswered, "ko", about("status", string(status), "receipt", receipt)))
		if err != nil || strings.Contains(text, string(status)) || said[text] {
			t.Errorf("%s: %v %s", status, err, text)
		}
		said[text] = true
	}
}

func TestInstantsAreSeoulsAndALanguageWeLackIsKorean(t *testing.T) {
	l := letters(t)
	for lang, want := range map[string]string{"ko": "2026. 11. 23.(월) 18:00", "en": "23 November 2026 (Mon), 18:00", "fr": "2026. 11. 23.(월) 18:00", "": "2026. 11. 23.(월) 18:00"} {
		if _, text, err := l.Write(letter(forum.MailForumOpened, lang, about("closes_at", instant))); err != nil || !strings.Contains(text, want) {
			t.Errorf("in %q: %v %s", lang, err, text)
		}
	}
	for lang, want := range map[string]string{"zh": "2026年11月23日（星期一） 18:00", "ja": "2026年11月23日（月） 18:00"} {
		_, text, err := l.Write(letter(forum.MailForumOpened, lang, about("closes_at", instant)))
		if err != nil || !strings.Contains(text, want) || !strings.Contains(text, l.PublicURL+"/"+lang+"/forums/") {
			t.Errorf("in %q: %v %s", lang, err, text)
		}
	}
}

// TestReasonCodeIsWrittenInTheLanguageOfTheOpinion: each code has words in each language, and what a moderator adds stands beside it.
func TestMidnightEndsTheDayBefore(t *testing.T) {
	l := letters(t)
	for lang, want := range map[string]string{"ko": "2026. 12. 8.(화) 24:00", "en": "8 December 2026 (Tue), 24:00", "zh": "24:00", "ja": "24:00"} {
		_, text, err := l.Write(letter(forum.MailForumOpened, lang, about("closes_at", "2026-12-08T15:00:00Z")))
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("%s: %v\n%s", lang, err, text)
		}
	}
}

func TestReasonCodeIsWrittenInTheLanguageOfTheOpinion(t *testing.T) {
	l := letters(t)
	for _, code := range forum.ReasonCodes {
		ko, en := "", ""
		for lang, text := range map[string]*string{"ko": &ko, "en": &en} {
			var err error
			if _, *text, err = l.Write(letter(forum.MailOpinionHidden, lang, about("number", "1", "receipt", receipt, "code", string(code), "reason", "덧붙인 말"))); err != nil {
				t.Fatal(err)
			}
		}
		if !strings.Contains(ko, ": 덧붙인 말\n") || strings.Contains(ko, "사유: : ") || !strings.Contains(en, ": 덧붙인 말\n") || strings.Contains(en, "Reason: : ") {
			t.Errorf("%s: %s%s", code, ko, en)
		}
	}
	_, text, err := l.Write(letter(forum.MailOpinionHidden, "en", about("number", "1", "receipt", receipt, "code", "insult", "reason", "")))
	if err != nil || !strings.Contains(text, "Reason: Insults, abuse or hatred\n") {
		t.Errorf("%v: %s", err, text)
	}
	for kinds, held := range map[string]bool{"": false, "phone": true} {
		_, text, err := l.Write(letter(forum.MailOpinionReceived, "ko", about("number", "1", "receipt", receipt, "held_for", kinds)))
		if err != nil || strings.Contains(text, "개인정보") != held {
			t.Errorf("held for %q: %v, %s", kinds, err, text)
		}
	}
}

var everyLanguage = []string{"ko", "en", "zh", "ja"}

// TestNewsSaysHowItEnds in every language, and nothing else does.
func TestNewsSaysHowItEnds(t *testing.T) {
	l := letters(t)
	for _, lang := range everyLanguage {
		for _, kind := range append(slices.Clone(forum.NewsKinds), forum.MailNews) {
			one := letter(kind, lang, told[kind].data)
			one.Unsubscribe = "the-token"
			if _, text, err := l.Write(one); err != nil || !strings.HasSuffix(text, "https://forum.city.example/"+lang+"/unsubscribe/the-token\n") {
				t.Errorf("%s in %s: %v %s", kind, lang, err, text)
			}
		}
	}
}

// TestPageOfALetterSaysTheSame: every line of the text stands on it, what others wrote is words, only the city's own addresses are
// links, and nothing is loaded.
func TestPageOfALetterSaysTheSame(t *testing.T) {
	l := letters(t)
	for _, kind := range forum.MailKinds {
		for _, lang := range everyLanguage {
			data := maps.Clone(told[kind].data)
			if data["title"] != "" {
				data["title"] = `<script>alert("x")</script> https://evil.example/<b>`
			}
			if data["reason"] != "" {
				data["reason"] = `<img src="https://evil.example/seen.gif"> https://forum.city.example.evil.example/`
			}
			subject, text, err := l.Write(letter(kind, lang, data))
			if err != nil {
				t.Errorf("%s in %s: %v", kind, lang, err)
				continue
			}
			page := l.HTML(lang, subject, text)
			for _, bad := range []string{"<script", "<img", `href="https://evil`, `href="https://forum.city.example.evil`, "<b>", "url("} {
				if strings.Contains(page, bad) {
					t.Errorf("%s in %s has %q: %s", kind, lang, bad, page)
				}
			}
			shown := html.UnescapeString(tags.ReplaceAllString(page, ""))
			for line := range strings.Lines(text) {
				line = strings.TrimSpace(line)
				for _, mark := range []string{"□ ", "- ", "■ "} {
					line = strings.TrimPrefix(line, mark)
				}
				if !strings.Contains(shown, line) {
					t.Errorf("%s in %s: the page lacks %q: %s", kind, lang, line, page)
				}
			}
			for _, tag := range []string{"ul", "p", "li", "a", "h2", "div"} {
				if opened, closed := len(regexp.MustCompile("<"+tag+"[ >]").FindAllString(page, -1)), strings.Count(page, "</"+tag+">"); opened != closed {
					t.Errorf("%s in %s: %d <%s>, %d ends: %s", kind, lang, opened, tag, closed, page)
				}
			}
			if !strings.Contains(page, `<html lang="`+lang+`">`) || strings.Contains(text, "forum.city.example/"+lang+"/") && !strings.Contains(page, `href="https://forum.city.example/`) {
				t.Errorf("%s in %s: %s", kind, lang, page)
			}
		}
	}
}

var tags = regexp.MustCompile("<[^>]*>")
