package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// invited asks an expert about a forum's topic and gives the invitation's id and the secret of the letter's link.
func (c city) invited(forumID forum.ID) (id forum.ID, secret string) {
	c.t.Helper()
	n := forum.NewInvitation{ID: postgres.NewID(), Kind: forum.InvitedOpinion, Forum: forumID, Name: "김교통", Affiliation: "서울연구원", Lang: "ko",
		Email: string(postgres.NewID()) + "@expert.example", Asked: "우회로의 영향을 봐 주십시오.", Days: 10}
	if forumID == "" {
		n.Kind = forum.InvitedSuggestion
	}
	c.must(c.Invite(c.t.Context(), c.official("officer"), "10.0.0.1", n))
	return n.ID, c.link(forum.MailInvitation, n.ID)
}

// link is the secret that a letter brings.
func (c city) link(kind forum.MailKind, id forum.ID) string {
	c.t.Helper()
	return one[string](c.t, c.Store, `SELECT data ->> 'secret' FROM mails WHERE kind = $1 AND subject_id = $2`, kind, id)
}

var wholeOpinion = forum.InvitedDraft{Title: "우회로가 먼저입니다", Body: "**대중교통**부터 갖추십시오.", Stance: forum.StanceNeutral, Consent: forum.ConsentYes}

// handedIn has the expert write and submit what they wrote.
func (c city) handedIn(id forum.ID, secret string, d forum.InvitedDraft) forum.InvitationFacts {
	c.t.Helper()
	version, err := c.SaveInvited(c.t.Context(), secret, d)
	c.must(err)
	facts, err := c.SubmitInvited(c.t.Context(), c.decided("", forum.SubmitInvited, forum.TheInvitation, id, "", forum.SubmissionDetails{Version: version}))
	c.must(err)
	if facts.Status != forum.InvitationSubmitted {
		c.t.Fatalf("handed in, it is %s", facts.Status)
	}
	return facts
}

func (c city) onInvitation(by string, action forum.Action, id forum.ID, reason string) (forum.InvitationFacts, error) {
	c.t.Helper()
	step := map[forum.Action]func() (forum.InvitationFacts, error){}
	d := c.decided(by, action, forum.TheInvitation, id, reason, nil)
	step[forum.PublishInvitation] = func() (forum.InvitationFacts, error) { return c.PublishInvitation(c.t.Context(), d) }
	step[forum.RevokeInvitation] = func() (forum.InvitationFacts, error) { return c.RevokeInvitation(c.t.Context(), d) }
	step[forum.DeclineInvited] = func() (forum.InvitationFacts, error) { return c.DeclineInvited(c.t.Context(), d) }
	step[forum.WithdrawConsent] = func() (forum.InvitationFacts, error) { return c.WithdrawConsent(c.t.Context(), d) }
	return step[action]()
}

func (c city) expired(id forum.ID) {
	c.t.Helper()
	exec(c.t, c.Store, `UPDATE invitations SET answer_by = now() - interval '1 second', remind_at = NULL WHERE id = $1`, id)
}

func TestExpertIsInvitedWritesSubmitsAndIsPublished(t *testing.T) {
	c := newCity(t)
	forumID := c.open()
	id, secret := c.invited(forumID)
	c.wantWaits(id, "invitation.submit officer")
	stored := one[[]byte](t, c.Store, `SELECT secret FROM invitation_links WHERE invitation_id = $1`, id)
	if string(stored) == secret || len(stored) != 32 {
		t.Errorf("the link's secret is kept as %x", stored)
	}
	i, f, err := c.InvitationBy(t.Context(), secret)
	if err != nil || i.Status != forum.InvitationInvited || f.ID != forumID || i.Name != "김교통" || !i.AnswerBy.After(time.Now().AddDate(0, 0, 9)) {
		t.Fatalf("%+v, %v", i, err)
	}

	version, err := c.SaveInvited(t.Context(), secret, forum.InvitedDraft{Title: "초안"})
	if err != nil || version != 1 {
		t.Fatalf("version %d, %v", version, err)
	}
	_, err = c.SaveInvited(t.Context(), secret, forum.InvitedDraft{Title: "다른 창"}) // which knows of no saving yet
	refused(t, err, forum.Conflict, "invitation.saved_elsewhere")
	if i, err := c.Invitation(t.Context(), id); err != nil || i.Status != forum.InvitationDrafted || i.Draft.Title != "" {
		t.Errorf("staff read a draft: %+v, %v", i, err)
	}
	whole := wholeOpinion
	whole.Version = 1
	version, err = c.SaveInvited(t.Context(), secret, whole)
	c.must(err)
	_, err = c.SubmitInvited(t.Context(), c.decided("", forum.SubmitInvited, forum.TheInvitation, id, "", forum.SubmissionDetails{Version: 1}))
	refused(t, err, forum.Conflict, "invitation.saved_elsewhere") // what was checked isn't what is there
	facts, err := c.SubmitInvited(t.Context(), c.decided("", forum.SubmitInvited, forum.TheInvitation, id, "", forum.SubmissionDetails{Version: version}))
	if err != nil || facts.Status != forum.InvitationSubmitted || facts.Settled || facts.Due.IsZero() {
		t.Fatalf("%+v, %v", facts, err)
	}
	c.wantWaits(id, "invitation.publish officer")
	_, err = c.SaveInvited(t.Context(), secret, whole)
	refused(t, err, forum.Conflict, "invitation.over")
	if d, err := c.PublicDossier(t.Context(), forumID); err != nil || len(d.Invited) != 0 {
		t.Errorf("public before anybody decided: %+v, %v", d.Invited, err)
	}

	facts, err = c.onInvitation("officer", forum.PublishInvitation, id, "")
	if err != nil || facts.Status != forum.InvitationPublished || !facts.Final() {
		t.Fatalf("%+v, %v", facts, err)
	}
	c.wantWaits(id)
	d, err := c.PublicDossier(t.Context(), forumID)
	if err != nil || len(d.Invited) != 1 || d.Invited[0].Name != "김교통" || d.Invited[0].Title != wholeOpinion.Title {
		t.Errorf("%+v, %v", d.Invited, err)
	}
	if a, err := c.ApprovalOf(t.Context(), forum.TheDossier, forumID); err != nil || !a.Holds() {
		t.Errorf("the dossier's approval broke: %v", err)
	}
	if one[int](t, c.Store, `SELECT count(*) FROM audit WHERE noun = 'invitation' AND action = 'invitation.publish' AND by_official = $1`, c.official("officer").ID) != 1 {
		t.Error("nobody knows who published it")
	}
	c.wantNothingWrong()
}

// What its author did not agree to stays with the city, whoever asks: the store refuses, and so does the table itself.
func TestNothingOfAnExpertIsPublicWithoutTheirConsent(t *testing.T) {
	c := newCity(t)
	forumID := c.open()
	id, secret := c.invited(forumID)
	no := wholeOpinion
	no.Consent = forum.ConsentNo
	if facts := c.handedIn(id, secret, no); !facts.Settled || !facts.Final() {
		t.Errorf("%+v", facts)
	}
	c.wantWaits(id)
	_, err := c.onInvitation("officer", forum.PublishInvitation, id, "")
	refused(t, err, forum.Conflict, "invitation.no_consent")
	_, err = c.Pool().Exec(t.Context(), `UPDATE invitations SET status = 'published' WHERE id = $1`, id)
	refused(t, postgres.Translate(err), forum.Conflict, "invitation.no_consent")

	other, link := c.invited(forumID)
	c.handedIn(other, link, wholeOpinion)
	if facts, err := c.onInvitation("", forum.WithdrawConsent, other, ""); err != nil || !facts.Final() {
		t.Errorf("%+v, %v", facts, err)
	}
	c.wantWaits(other)
	_, err = c.onInvitation("officer", forum.PublishInvitation, other, "")
	refused(t, err, forum.Conflict, "invitation.no_consent")
	if d, err := c.PublicDossier(t.Context(), forumID); err != nil || len(d.Invited) != 0 {
		t.Errorf("%+v, %v", d.Invited, err)
	}
}

// An unfinished text isn't handed in, and a link opens its own invitation and no other.
func TestExpertSubmitsAWholeTextOfTheirOwn(t *testing.T) {
	c := newCity(t)
	forumID := c.open()
	id, secret := c.invited(forumID)
	for field, d := range map[string]forum.InvitedDraft{
		"consent": {Title: "제목", Body: "글", Stance: forum.StanceFor}, "stance": {Title: "제목", Body: "글", Consent: forum.ConsentYes},
		"body": {Title: "제목", Stance: forum.StanceFor, Consent: forum.ConsentYes}, "title": {Body: "글", Stance: forum.StanceFor, Consent: forum.ConsentYes},
	} {
		i, _, err := c.InvitationBy(t.Context(), secret)
		c.must(err)
		d.Version = i.Draft.Version
		version, err := c.SaveInvited(t.Context(), secret, d)
		c.must(err)
		_, err = c.SubmitInvited(t.Context(), c.decided("", forum.SubmitInvited, forum.TheInvitation, id, "", forum.SubmissionDetails{Version: version}))
		if refusal := forum.RefusalIn(err); refusal == nil || refusal.Fields["field"] != field {
			t.Errorf("without %s: %v", field, err)
		}
	}
	_, _, err := c.InvitationBy(t.Context(), "00112233445566778899aabbccddeeff")
	refused(t, err, forum.NotFound, "page.not_found")
	_, err = c.SaveInvited(t.Context(), c.link(forum.MailInvitation, id)+"0", wholeOpinion)
	refused(t, err, forum.NotFound, "page.not_found")
	award := c.decision("officer", forum.SubmitInvited, forum.TheInvitation, id, "", forum.SubmissionDetails{})
	refused(t, c.RecordDecision(t.Context(), award), forum.Forbidden, "duty.missing") // an official is no expert
	refused(t, c.RecordDecision(t.Context(), c.decision("", forum.PublishInvitation, forum.TheInvitation, id, "", nil)), forum.Forbidden, "duty.missing")
}

func TestExpertIsRemindedOnceAndLapsesByTheDatabasesClock(t *testing.T) {
	c := newCity(t)
	id, secret := c.invited(c.open())
	_, err := c.LapseInvitation(t.Context(), id)
	refused(t, err, forum.Unavailable, "clock.too_early")
	facts, err := c.RemindExpert(t.Context(), id)
	if err != nil || c.mails(forum.MailInvitationReminder) != 0 || facts.Due.IsZero() {
		t.Errorf("reminded too early: %+v, %v", facts, err)
	}
	exec(t, c.Store, `UPDATE invitations SET remind_at = now() - interval '1 second' WHERE id = $1`, id)
	for range 2 {
		if facts, err = c.RemindExpert(t.Context(), id); err != nil || !facts.Due.IsZero() {
			t.Fatalf("%+v, %v", facts, err)
		}
	}
	if c.mails(forum.MailInvitationReminder) != 1 {
		t.Errorf("%d reminders", c.mails(forum.MailInvitationReminder))
	}
	again := c.link(forum.MailInvitationReminder, id) // its own link, beside the first
	for _, link := range []string{secret, again} {
		if i, _, err := c.InvitationBy(t.Context(), link); err != nil || i.ID != id {
			t.Errorf("%+v, %v", i, err)
		}
	}
	_, err = c.SaveInvited(t.Context(), secret, wholeOpinion)
	c.must(err)
	c.expired(id)
	late := wholeOpinion
	late.Version = 1
	_, err = c.SaveInvited(t.Context(), secret, late)
	refused(t, err, forum.Conflict, "invitation.late")
	_, err = c.SubmitInvited(t.Context(), c.decided("", forum.SubmitInvited, forum.TheInvitation, id, "", forum.SubmissionDetails{Version: 1}))
	refused(t, err, forum.Conflict, "invitation.late")
	facts, err = c.LapseInvitation(t.Context(), id)
	if err != nil || facts.Status != forum.InvitationLapsed || c.mails(forum.MailInvitationEnded) != 1 {
		t.Errorf("%+v, %v", facts, err)
	}
	c.wantWaits(id)
	if i, _, err := c.InvitationBy(t.Context(), secret); err != nil || i.Status != forum.InvitationLapsed {
		t.Errorf("the link still tells what became of it: %+v, %v", i, err)
	}
}

func TestInvitationEndsEveryWayThatItMay(t *testing.T) {
	c := newCity(t)
	c.walkInvitations()
	c.wantNothingWrong()
}

func (c city) walkInvitations() {
	t := c.t
	forumID := c.open()
	status := func(id forum.ID) forum.InvitationStatus {
		return one[forum.InvitationStatus](t, c.Store, `SELECT status FROM invitations WHERE id = $1`, id)
	}
	for _, drafted := range []bool{false, true} {
		for action, end := range map[forum.Action]forum.InvitationStatus{forum.DeclineInvited: forum.InvitationDeclined, forum.RevokeInvitation: forum.InvitationRevoked, "": forum.InvitationLapsed} {
			id, secret := c.invited(forumID)
			if status(id) != forum.InvitationInvited {
				t.Errorf("it begins as %s", status(id))
			}
			if drafted {
				_, err := c.SaveInvited(t.Context(), secret, wholeOpinion)
				c.must(err)
			}
			switch action {
			case "":
				c.expired(id)
				_, err := c.LapseInvitation(t.Context(), id)
				c.must(err)
			case forum.DeclineInvited:
				_, err := c.onInvitation("", action, id, "")
				c.must(err)
			default:
				_, err := c.onInvitation("officer", action, id, "일정이 바뀌었습니다.")
				c.must(err)
			}
			if status(id) != end {
				t.Errorf("drafted %v, %s: it is %s, want %s", drafted, action, status(id), end)
			}
			c.wantWaits(id)
		}
	}
	id, secret := c.invited(forumID)
	c.handedIn(id, secret, wholeOpinion)
	_, err := c.onInvitation("officer", forum.RevokeInvitation, id, "중복된 초청입니다.")
	c.must(err)
	if status(id) != forum.InvitationRevoked {
		t.Errorf("it is %s", status(id))
	}
	id, secret = c.invited(forumID)
	c.handedIn(id, secret, wholeOpinion)
	if _, err := c.onInvitation("officer", forum.PublishInvitation, id, ""); err != nil || status(id) != forum.InvitationPublished {
		t.Errorf("it is %s, %v", status(id), err)
	}
	open, _ := c.invited(forumID)
	c.mustInForum("officer", forum.WithdrawForum, forumID, "사업이 취소되었습니다.", nil)
	if status(open) != forum.InvitationRevoked {
		t.Errorf("of a withdrawn forum it is %s", status(open))
	}
}

func TestWhoMayInviteWhomAndWhen(t *testing.T) {
	c := newCity(t)
	forumID := c.open()
	n := forum.NewInvitation{ID: postgres.NewID(), Kind: forum.InvitedOpinion, Forum: forumID, Name: "김교통", Affiliation: "서울연구원", Lang: "ko",
		Email: "kim@expert.example", Asked: "우회로의 영향을 봐 주십시오.", Days: 3}
	refused(t, c.Invite(t.Context(), c.official("parks.head"), "", n), forum.Forbidden, "duty.missing")
	refused(t, c.Invite(t.Context(), c.official("juror"), "", n), forum.Forbidden, "duty.missing")
	c.must(c.Invite(t.Context(), c.official("road.drafter"), "", n))
	c.must(c.Invite(t.Context(), c.official("road.drafter"), "", n)) // a double click
	if c.mails(forum.MailInvitation) != 1 {
		t.Errorf("%d letters", c.mails(forum.MailInvitation))
	}
	n.ID = postgres.NewID()
	refused(t, c.Invite(t.Context(), c.official("officer"), "", n), forum.Conflict, "invitation.invited_already")
	wrong := n
	wrong.Days = 61
	refused(t, c.Invite(t.Context(), c.official("officer"), "", wrong), forum.Invalid, "invitation.days_out_of_range")
	wrong = n
	wrong.Kind = forum.InvitedSuggestion
	refused(t, c.Invite(t.Context(), c.official("officer"), "", wrong), forum.Invalid, "invitation.no_such_kind")
	closeForum(t, c.Store, forumID)
	n.Email = "lee@expert.example"
	refused(t, c.Invite(t.Context(), c.official("officer"), "", n), forum.Conflict, "procedure.moved_on")
	refused(t, c.RevealExpert(t.Context(), c.official("officer"), "", n.ID, "궁금해서"), forum.NotFound, "page.not_found")
}

func TestInvitedExpertSuggestsATopic(t *testing.T) {
	c := newCity(t)
	id, secret := c.invited("")
	facts := c.handedIn(id, secret, forum.InvitedDraft{Title: "한강 보행교", Body: "걸어서 건널 수 있는 다리를 놓읍시다."})
	if !facts.Final() {
		t.Errorf("%+v", facts)
	}
	i, _, err := c.InvitationBy(t.Context(), secret)
	if err != nil || i.Receipt == "" {
		t.Fatalf("%+v, %v", i, err)
	}
	s, err := c.Suggestion(t.Context(), i.Suggestion, true)
	if err != nil || s.Kind != forum.ByExpert || s.Status != forum.SuggestionSubmitted || s.Pseudonym != "" || s.Title != "한강 보행교" {
		t.Errorf("%+v, %v", s, err)
	}
	if c.mails(forum.MailSuggestionReceived) != 1 {
		t.Error("the expert has no receipt")
	}
	c.wantWaits(id)
	c.wantNothingWrong()
}
