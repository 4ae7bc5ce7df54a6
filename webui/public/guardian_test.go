package public

import (
	"strings"
	"testing"

	"acropolis/forum"
)

// TestChildUnderFourteenWritesWithoutPersonalData: its text is taken at once and is nobody's, even where somebody is signed in
// on that device; its address goes to the question to its guardian only.
func TestChildUnderFourteenWritesWithoutPersonalData(t *testing.T) {
	s := aCity()
	s.forum.Track = forum.Youth
	h := serve(t, s)
	post := func(key, body string) string {
		return ask(h, "POST", "/api/v1"+topicPath+"/opinions", body, "Idempotency-Key", key, "Cookie", signedIn).Body.String()
	}
	for body, key := range map[string]string{
		`{"text":"놀이터"}`:                                                                             "youth.age_missing",
		`{"text":"놀이터","age":"12"}`:                                                                  "request.no_such_choice",
		`{"text":"놀이터","age":"under_14","pseudonym":"토끼"}`:                                           "youth.no_pseudonym",
		`{"text":"놀이터","age":"under_14","email":"child@example.org"}`:                                "youth.guardian_missing",
		`{"text":"놀이터","age":"under_14","email":"child@example.org","guardian":"Child@example.org"}`: "youth.guardian_same",
		`{"text":"놀이터","age":"under_14","email":"child@gmail.com","guardian":"child+mom@gmail.com"}`: "youth.guardian_same",
		`{"text":"놀이터","age":"under_14","email":"child@example.org","guardian":"nobody"}`:            "email.malformed",
	} {
		if got := post(aKey, body); !strings.Contains(got, `"`+key+`"`) || len(s.posted) > 0 {
			t.Errorf("%s: want %s, got %s", body, key, got)
		}
	}
	post("youth-0001-0001-0001", `{"text":"놀이터","age":"under_14","guardian":"mother@example.org"}`)
	post("youth-0001-0001-0002", `{"text":"놀이터","age":"under_14","email":"child@example.org","guardian":"mother@example.org"}`)
	post("youth-0001-0001-0003", `{"text":"놀이터","age":"from_14","email":"teen@example.org","pseudonym":"토끼"}`)
	if len(s.posted) != 3 || len(s.guardians) != 1 {
		t.Fatalf("%d posted, %d asked", len(s.posted), len(s.guardians))
	}
	for _, o := range s.posted[:2] {
		if o.Email != "" || o.Citizen != "" || o.Pseudonym != "" || o.Origin.Domain != nil {
			t.Errorf("a child's opinion tells whose it is: %+v", o)
		}
	}
	if a := s.guardians[0]; a.Child != "child@example.org" || a.Guardian != "mother@example.org" || a.Subject != opinionID || a.Noun != forum.TheOpinion {
		t.Errorf("asked %+v", a)
	}
	if o := s.posted[2]; o.Email != "teen@example.org" || o.Citizen != citizenID {
		t.Errorf("from fourteen on: %+v", o)
	}
}

func TestSuggestionOfAChildAsksItsGuardian(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	fields := []string{"title", "학교 앞 건널목", "text", "학교 앞에 건널목을 만들어 주세요.", "track", "youth", "email", "child@example.org", "guardian", "father@example.org", "form_key", aKey}
	body := wantPage(t, ask(h, "POST", "/ko/suggestions/check", form(fields...)), 422, "ko")
	if !strings.Contains(body, "만 14세 이상인지 골라 주십시오") || !strings.Contains(body, `value="father@example.org"`) {
		t.Errorf("no question, or what was typed is lost: %s", body)
	}
	fields = append(fields, "age", "under_14")
	if body := wantPage(t, ask(h, "POST", "/ko/suggestions/check", form(fields...)), 200, "ko"); !strings.Contains(body, "father@example.org") || !strings.Contains(body, "만 14세 미만") {
		t.Errorf("the check doesn't show it: %s", body)
	}
	got := ask(h, "POST", "/ko/suggestions", form(fields...), "Cookie", browserNamed(1))
	wantStatus(t, got, 303)
	if len(s.guardians) != 1 || s.guardians[0].Noun != forum.TheSuggestion || s.suggested[0].Email != "" {
		t.Errorf("asked %+v, suggested %+v", s.guardians, s.suggested)
	}
	general := append([]string{}, fields...)
	general[5] = "general"
	if ask(h, "POST", "/ko/suggestions", form(general...), "Cookie", browserNamed(1)); len(s.guardians) != 1 || s.suggested[1].Email != "child@example.org" {
		t.Errorf("on the general track nobody's age is asked: %+v", s.suggested)
	}
}

func TestGuardianAnswersByAButton(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	path := "/ko/guardians/" + secret
	got := ask(h, "GET", path, "")
	body := wantPage(t, got, 200, "ko")
	for _, want := range []string{"놀이터가 있으면 좋겠습니다", "k***@example.org", `value="yes"`, `value="no"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if s.changes != 0 || got.Header().Get("Cache-Control") != "no-store" || got.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("opening changes something, or is kept: %d, %v", s.changes, got.Header())
	}
	wantStatus(t, ask(h, "POST", path, form("answer", "maybe")), 422)
	wantStatus(t, ask(h, "POST", path, form("answer", "yes")), 303)
	wantStatus(t, ask(h, "POST", "/ko/guardians/other", form("answer", "yes")), 404)
	if s.changes != 1 {
		t.Errorf("%d changes", s.changes)
	}
}
