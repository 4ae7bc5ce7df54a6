package public

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestWinnerMustSayYesOrNo(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	body := wantPage(t, ask(h, "POST", "/ko/awards/"+secret, form("form_key", aKey, "answer", "perhaps")), 422, "ko")
	if !strings.Contains(body, words(t, "award.answer_missing")) || !strings.Contains(body, `href="#field-answer"`) {
		t.Error(body)
	}
	if len(s.decisions) != 0 {
		t.Errorf("decided %+v", s.decisions)
	}
}

// words is the Korean text of a refusal that has no values.
func words(t *testing.T, key string) string {
	t.Helper()
	raw, err := os.ReadFile("../page/locales/ko/errors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	text, _ := all["error."+key].(string)
	if text == "" || strings.Contains(text, "{{") {
		t.Fatalf("no plain words for %s: %q", key, text)
	}
	return text
}

func TestProgramSignsOut(t *testing.T) {
	s := aCity()
	got := ask(serve(t, s), "DELETE", "/api/v1/session", "", "Cookie", signedIn)
	if got.Code >= 300 || !strings.Contains(strings.Join(got.Header().Values("Set-Cookie"), " "), sessionCookie+"=;") || s.changes != 1 {
		t.Errorf("status %d, %v, %d changes", got.Code, got.Header(), s.changes)
	}
}
