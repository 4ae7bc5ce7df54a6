package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/pgtest"
)

func assertionOf(subject, nonce string) forum.Assertion {
	return forum.Assertion{Subject: subject, Nonce: nonce, IssuedAt: time.Now(), ExpiresAt: time.Now().Add(time.Minute)}
}

// TestGatewaysWordOpensASessionOnce: one that is over, good for longer than it may be, or used before opens none.
func TestGatewaysWordOpensASessionOnce(t *testing.T) {
	s := newStore(t)
	token, session, err := s.ConfirmAssertion(t.Context(), assertionOf("citizen-1", "first"), "ko")
	if err != nil || session.Kind != forum.IdentitySSO {
		t.Fatalf("%+v, %v", session, err)
	}
	got, err := s.Session(t.Context(), token)
	if err != nil || got.Contact != session.Contact || got.Kind != forum.IdentitySSO || got.Domain != nil {
		t.Errorf("%+v, %v", got, err)
	}
	_, _, err = s.ConfirmAssertion(t.Context(), assertionOf("citizen-1", "first"), "ko")
	refused(t, err, forum.Conflict, "session.vouched_already")
	for name, bad := range map[string]func(*forum.Assertion){
		"over": func(a *forum.Assertion) {
			a.IssuedAt, a.ExpiresAt = time.Now().Add(-2*time.Minute), time.Now().Add(-time.Second)
		},
		"good for too long": func(a *forum.Assertion) { a.ExpiresAt = time.Now().Add(3 * time.Minute) },
		"of tomorrow": func(a *forum.Assertion) {
			a.IssuedAt, a.ExpiresAt = time.Now().Add(time.Hour), time.Now().Add(time.Hour)
		},
		"of nobody":     func(a *forum.Assertion) { a.Subject = "" },
		"of no browser": func(a *forum.Assertion) { a.Nonce = "" },
	} {
		a := assertionOf("citizen-1", name)
		bad(&a)
		_, _, err := s.ConfirmAssertion(t.Context(), a, "ko")
		t.Run(name, func(t *testing.T) { refused(t, err, forum.Invalid, "session.not_vouched") })
	}
	_, again, err := s.ConfirmAssertion(t.Context(), assertionOf("citizen-1", "second"), "ko")
	if err != nil || again.Contact != session.Contact {
		t.Errorf("the same person is %s, was %s: %v", again.Contact, session.Contact, err)
	}
	_, other, err := s.ConfirmAssertion(t.Context(), assertionOf("citizen-2", "third"), "ko")
	if err != nil || other.Contact == session.Contact {
		t.Errorf("two people are one: %v", err)
	}
	exec(t, s, `UPDATE assertions SET expires_at = now() - interval '2 hours'`)
	if _, _, err := s.ConfirmAssertion(t.Context(), assertionOf("citizen-2", "fourth"), "ko"); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, s, `SELECT count(*) FROM assertions`); n != 1 {
		t.Errorf("%d assertions are kept that nobody could use again", n)
	}
}

// TestGatewaysCitizenStaysThemselvesUnderANewKey: otherwise who votes again after the change has two votes.
func TestGatewaysCitizenStaysThemselvesUnderANewKey(t *testing.T) {
	url := pgtest.URL(t)
	s := storeOn(t, url)
	_, before, err := s.ConfirmAssertion(t.Context(), assertionOf("citizen-1", "first"), "ko")
	if err != nil {
		t.Fatal(err)
	}
	changed, err := postgres.Open(t.Context(), postgres.Settings{URL: url, MaxConns: 4, VoterName: "2", VoterKey: "the key of the voters of another year",
		OldVoters: "1=the key of the voters in all the tests"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(changed.Close)
	for _, nonce := range []string{"second", "third"} {
		_, after, err := changed.ConfirmAssertion(t.Context(), assertionOf("citizen-1", nonce), "ko")
		if err != nil || after.Contact != before.Contact {
			t.Errorf("%s became %s: %v", before.Contact, after.Contact, err)
		}
	}
}

// TestForumTakesOnlyItsOwnKindOfSession: a session of the gateway is nobody's where a mailed code is asked for, and the other way round.
func TestForumTakesOnlyItsOwnKindOfSession(t *testing.T) {
	s := newStore(t)
	me := citizen(t, s, "me")
	for _, c := range []struct {
		forum, session forum.IdentityPolicy
		key            string // of the refusal
	}{
		{forum.IdentitySSO, forum.IdentitySSO, ""}, {forum.IdentitySSO, forum.IdentityEmail, "vote.sign_in_gateway"}, {forum.IdentitySSO, "", "vote.sign_in_gateway"},
		{forum.IdentityEmail, forum.IdentityEmail, ""}, {forum.IdentityEmail, "", ""}, {forum.IdentityEmail, forum.IdentitySSO, "vote.sign_in"},
		{forum.IdentityDevice, forum.IdentitySSO, ""}, {forum.IdentityDevice, forum.IdentityEmail, ""},
	} {
		id := openForum(t, s)
		exec(t, s, `UPDATE forums SET identity = $2 WHERE id = $1`, id, c.forum)
		opinion := accept(t, s, opinionOf(id, "광장에 나무를 심어 주세요."))[0].ID
		err := s.CastVotes(t.Context(), []forum.NewVote{{Opinion: opinion, Citizen: me, Kind: c.session, Device: []byte("a browser"), Choice: forum.For}})[0].Err
		t.Run(string(c.forum+" by "+c.session), func(t *testing.T) {
			if c.key != "" {
				refused(t, err, forum.Unauthorised, c.key)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOfficerSaysHowVotersAreKnownBeforeTheyVote(t *testing.T) {
	c := newCity(t)
	id := forumIn(t, c.Store, forum.Preparing)
	set := func(by string, to forum.IdentityPolicy, reason string) error {
		return c.SetIdentity(t.Context(), c.official(by), "10.0.0.1", id, to, reason)
	}
	refused(t, set("moderator", forum.IdentitySSO, "중요한 일입니다."), forum.Forbidden, "duty.missing")
	refused(t, set("officer", "passport", "중요한 일입니다."), forum.Invalid, "choice.missing")
	refused(t, set("officer", forum.IdentitySSO, ""), forum.Invalid, "reason.missing")
	c.must(set("officer", forum.IdentitySSO, "중요한 일입니다."))
	c.must(set("officer", forum.IdentitySSO, "중요한 일입니다."))
	if got := one[string](t, c.Store, `SELECT identity FROM forums WHERE id = $1`, id); got != "sso" {
		t.Errorf("it is %s", got)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE action = 'forum.set_identity_sso' AND reason <> ''`); n != 1 {
		t.Errorf("%d audit rows", n)
	}
	for _, status := range []forum.ForumStatus{forum.Open, forum.Suspended, forum.Closed} {
		exec(t, c.Store, `UPDATE forums SET status = $2, closed_at = CASE WHEN $2 = 'closed' THEN now() END WHERE id = $1`, id, status)
		refused(t, set("officer", forum.IdentityDevice, "바꿉니다."), forum.Conflict, "procedure.moved_on")
	}
}
