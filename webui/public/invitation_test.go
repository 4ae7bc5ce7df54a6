package public

import (
	"strings"
	"testing"
	"time"

	"acropolis/forum"
)

const invitationPath = "/ko/invitations/" + secret

func TestExpertSavesChecksAndSubmits(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	draft := form("version", "3", "title", "우회로가 먼저입니다", "stance", "neutral", "body", "대중교통부터", "consent", "yes")
	wantStatus(t, ask(h, "POST", invitationPath, draft+"&do=save"), 303)
	got := ask(h, "POST", invitationPath, draft+"&do=check")
	wantStatus(t, got, 303)
	if to := got.Header().Get("Location"); !strings.HasSuffix(to, "/check") || len(s.saved) != 2 || s.saved[0].Version != 3 || s.saved[0].Consent != "yes" {
		t.Fatalf("leads to %s, saved %+v", to, s.saved)
	}
	body := wantPage(t, ask(h, "GET", invitationPath+"/check", ""), 200, "ko")
	if !strings.Contains(body, "공개하는 데 동의하셨습니다") || !strings.Contains(body, "<strong>대중교통</strong>") {
		t.Error(body)
	}
	key := between(t, body, `name="form_key" value="`, `"`)
	wantStatus(t, ask(h, "POST", invitationPath+"/submit", form("form_key", key, "version", "3")), 303)
	d := s.decisions[0]
	if string(d.ID) != key || d.Action != forum.SubmitInvited || d.Noun != forum.TheInvitation || d.Subject != invitationID || d.By != "" || string(d.Details) != `{"version":3}` {
		t.Errorf("decision %+v: what was written stays out of it", d)
	}
	wantStatus(t, ask(h, "POST", invitationPath+"/submit", form("form_key", key, "version", "x")), 409)
	wantStatus(t, ask(h, "POST", invitationPath+"/submit", form("version", "3")), 422)
	wantStatus(t, ask(h, "POST", "/ko/invitations/guessed/submit", form("form_key", key, "version", "3")), 404)
	wantStatus(t, ask(h, "POST", "/ko/invitations/guessed", draft), 404)
}

func TestExpertMustSayWhetherTheyAgreeBeforeTheyCheck(t *testing.T) {
	s := aCity()
	s.invitation.Draft.Consent = ""
	body := wantPage(t, ask(serve(t, s), "GET", invitationPath+"/check", ""), 422, "ko")
	if !strings.Contains(body, `href="#field-consent"`) || strings.Contains(body, `id="form-submit"`) {
		t.Error(body)
	}
}

func TestExpertsWordsAreKeptWhenTheyCannotBeSaved(t *testing.T) {
	s := aCity()
	s.refusal = forum.Refuse(forum.Conflict, "invitation.saved_elsewhere")
	body := wantPage(t, ask(serve(t, s), "POST", invitationPath, form("version", "2", "title", "길게 쓴 글", "body", "아까운 글")), 409, "ko")
	if !strings.Contains(body, "아까운 글") || !strings.Contains(body, `name="version" value="3"`) {
		t.Error(body)
	}
}

func TestExpertDeclinesOrWithdrawsConsent(t *testing.T) {
	s := aCity()
	h := serve(t, s)
	key := between(t, ask(h, "GET", invitationPath, "").Body.String(), `name="form_key" value="`, `"`)
	wantStatus(t, ask(h, "POST", invitationPath+"/decline", form("form_key", key)), 303)
	s.invitation.Status = forum.InvitationSubmitted
	key = between(t, wantPage(t, ask(h, "GET", invitationPath, ""), 200, "ko"), `name="form_key" value="`, `"`)
	wantStatus(t, ask(h, "POST", invitationPath+"/consent", form("form_key", key)), 303)
	if s.decisions[0].Action != forum.DeclineInvited || s.decisions[1].Action != forum.WithdrawConsent {
		t.Errorf("%+v", s.decisions)
	}
}

// A link that is over says what to do, and has no form.
func TestLinkThatIsOverSaysWhatToDo(t *testing.T) {
	for status, says := range map[forum.InvitationStatus]string{forum.InvitationLapsed: "기한이 지났습니다", forum.InvitationRevoked: "초청을 거두었습니다",
		forum.InvitationDeclined: "사양하셨습니다", forum.InvitationPublished: "게시되었습니다"} {
		s := aCity()
		s.invitation.Status, s.invitation.Reason = status, ""
		got := ask(serve(t, s), "GET", invitationPath, "")
		body := wantPage(t, got, 200, "ko")
		if !strings.Contains(body, says) || strings.Contains(body, "<form id=\"form-") {
			t.Errorf("%s: %s", status, body)
		}
		if got.Header().Get("Cache-Control") != "no-store" || got.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("an invitation's address is a secret: %v", got.Header())
		}
	}
	s := aCity()
	s.invitation.AnswerBy = time.Now().Add(-time.Minute) // nobody has noted it yet
	if body := wantPage(t, ask(serve(t, s), "GET", invitationPath, ""), 200, "ko"); strings.Contains(body, "form-draft") || !strings.Contains(body, "기한이 지났습니다") {
		t.Error(body)
	}
	wantStatus(t, ask(serve(t, s), "GET", invitationPath+"/check", ""), 303)
}

func TestInvitedOpinionsAreOnTheTopicTheResultsAndInTheDocuments(t *testing.T) {
	s := answered()
	h := serve(t, s)
	for _, path := range []string{"/ko/forums/" + string(forumID), "/ko/forums/" + string(forumID) + "/results"} {
		if body := wantPage(t, ask(h, "GET", path, ""), 200, "ko"); !strings.Contains(body, "우회로가 먼저입니다") || !strings.Contains(body, "시의 초청으로 쓴 의견") {
			t.Errorf("%s lacks the invited opinion", path)
		}
	}
	for _, path := range []string{"/api/v1/forums/" + string(forumID), "/api/v1/forums/" + string(forumID) + "/results"} {
		if got := ask(h, "GET", path, "").Body.String(); !strings.Contains(got, `"invited_opinions":[{"title":"우회로가 먼저입니다"`) {
			t.Errorf("%s: %s", path, got)
		}
	}
}
