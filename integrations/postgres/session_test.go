package postgres_test

import (
	"testing"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// mailedCode asks for a session and reads the code from the outbox, as its recipient would from their mail.
func mailedCode(t testing.TB, s *postgres.Store, email string) string {
	t.Helper()
	if err := s.AskSession(t.Context(), email, "ko"); err != nil {
		t.Fatal(err)
	}
	return one[string](t, s, `SELECT data ->> 'code' FROM mails WHERE kind = 'session_code' ORDER BY id DESC LIMIT 1`)
}

func TestMailedCodeOpensASessionOnce(t *testing.T) {
	s := newStore(t)
	code := mailedCode(t, s, "Me@example.org")
	token, session, err := s.ConfirmSession(t.Context(), "me@example.org", code)
	if err != nil || token == "" || session.Until.IsZero() {
		t.Fatalf("%q, %+v, %v", token, session, err)
	}
	if got, err := s.Session(t.Context(), token); err != nil || got.Contact != session.Contact {
		t.Errorf("%+v, %v", got, err)
	}
	if !one[bool](t, s, `SELECT confirmed_at IS NOT NULL FROM contacts WHERE id = $1`, session.Contact) {
		t.Error("the address isn't confirmed")
	}
	_, _, err = s.ConfirmSession(t.Context(), "me@example.org", code)
	refused(t, err, forum.Invalid, "session.wrong_code")

	if err := s.EndSession(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	_, err = s.Session(t.Context(), token)
	refused(t, err, forum.Unauthorised, "session.ended")
}

func TestCodeIsGoodForFiveTriesAndTenMinutes(t *testing.T) {
	s := newStore(t)
	code := mailedCode(t, s, "me@example.org")
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	for range forum.SessionCodeTries {
		_, _, err := s.ConfirmSession(t.Context(), "me@example.org", wrong)
		refused(t, err, forum.Invalid, "session.wrong_code")
	}
	_, _, err := s.ConfirmSession(t.Context(), "me@example.org", code)
	refused(t, err, forum.Invalid, "session.wrong_code")

	code = mailedCode(t, s, "me@example.org")
	exec(t, s, `UPDATE session_codes SET expires_at = now() - interval '1 second'`)
	_, _, err = s.ConfirmSession(t.Context(), "me@example.org", code)
	refused(t, err, forum.Invalid, "session.wrong_code")
	_, _, err = s.ConfirmSession(t.Context(), "nobody@example.org", code)
	refused(t, err, forum.Invalid, "session.wrong_code")
}

func TestNobodysMailboxIsFlooded(t *testing.T) {
	s := newStore(t)
	for range 5 {
		mailedCode(t, s, "me@example.org")
	}
	refused(t, s.AskSession(t.Context(), "ME@example.org", "ko"), forum.TooMany, "session.too_many")
	mailedCode(t, s, "somebody-else@example.org")
	refused(t, s.AskSession(t.Context(), "no address", "ko"), forum.Invalid, "email.malformed")

	for range 5 {
		if err := s.Subscribe(t.Context(), "me@example.org", "", "ko"); err != nil {
			t.Fatal(err)
		}
	}
	refused(t, s.Subscribe(t.Context(), "me@example.org", "", "ko"), forum.TooMany, "subscription.too_many")
}

func TestSubscriptionCountsOnceConfirmed(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	secret := func() string {
		return one[string](t, s, `SELECT data ->> 'secret' FROM mails WHERE kind = 'subscription_confirm' ORDER BY id DESC LIMIT 1`)
	}
	for range 2 { // asked twice: the newest mail counts
		if err := s.Subscribe(t.Context(), "me@example.org", id, "en"); err != nil {
			t.Fatal(err)
		}
	}
	if n := one[int](t, s, `SELECT count(*) FROM subscriptions WHERE confirmed_at IS NULL`); n != 1 {
		t.Errorf("%d subscriptions", n)
	}
	for range 2 {
		if err := s.ConfirmSubscription(t.Context(), secret(), ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Subscribe(t.Context(), "me@example.org", id, "en"); err != nil {
		t.Error(err)
	}
	if n := one[int](t, s, `SELECT count(*) FROM mails`); n != 2 {
		t.Errorf("%d mails: who has confirmed is asked again", n)
	}
	refused(t, s.ConfirmSubscription(t.Context(), "no secret", ""), forum.NotFound, "page.not_found")
	refused(t, s.Subscribe(t.Context(), "me@example.org", forumIn(t, s, forum.Preparing), "ko"), forum.NotFound, "page.not_found")
	refused(t, s.Subscribe(t.Context(), "", "", "ko"), forum.Invalid, "text.missing")
}
