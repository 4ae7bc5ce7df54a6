package postgres_test

import (
	"os"
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

// TestOneMailboxIsOneVoter: whoever thinks of words behind their name votes no second time, and is mailed no more codes for it.
func TestOneMailboxIsOneVoter(t *testing.T) {
	s := newStore(t)
	opinion := accept(t, s, opinionOf(openForum(t, s), "공감해 주십시오."))[0].ID
	for i, address := range []string{"kim.min@gmail.com", "kimmin+2@gmail.com", "Kim.Min+drei@googlemail.com"} {
		_, session, err := s.ConfirmSession(t.Context(), address, mailedCode(t, s, address))
		if err != nil {
			t.Fatal(err)
		}
		cast := s.CastVotes(t.Context(), []forum.NewVote{{Opinion: opinion, Citizen: session.Contact, Choice: forum.For}})[0]
		if cast.Err != nil || cast.Answer.For != 1 {
			t.Errorf("%d votes by one mailbox, %v", cast.Answer.For, cast.Err)
		}
		if i == 0 {
			exec(t, s, `DELETE FROM session_codes`)
		}
	}
	for _, word := range []string{"a", "b", "c"} {
		mailedCode(t, s, "kim.min+"+word+"@gmail.com")
	}
	refused(t, s.AskSession(t.Context(), "kim.min+d@gmail.com", "ko"), forum.TooMany, "session.too_many")
}

// TestAddressesFromBeforeAreSpelledAlike: what the migration makes of them is what the city looks for.
func TestAddressesFromBeforeAreSpelledAlike(t *testing.T) {
	s := newStore(t)
	for i, address := range []string{"kim.min+forum@gmail.com", "lee+a@outlook.com", "lee+b@outlook.com", "park+a@example.org", "choi@googlemail.com", "jung+a@me.com",
		"jung@me.com", "+a@gmail.com", "kang@naver.com"} {
		exec(t, s, `INSERT INTO contacts (id, email, lang, confirmed_at) VALUES ($1, $2, 'ko', CASE WHEN $3 THEN now() END)`, postgres.NewID(), address, i != 1)
	}
	sql, err := os.ReadFile("migrations/0037_mailboxes.sql")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		exec(t, s, string(sql))
		got := one[string](t, s, `SELECT string_agg(email, ' ' ORDER BY id) FROM contacts`)
		if want := "kimmin@gmail.com lee+a@outlook.com lee@outlook.com park+a@example.org choi@gmail.com jung+a@me.com jung@me.com +a@gmail.com kang@naver.com"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for _, email := range []string{"Kim.Min+other@gmail.com", "lee+c@outlook.com", "choi@googlemail.com"} {
		if one[int](t, s, `SELECT count(*) FROM contacts WHERE email = $1`, forum.Mailbox(email)) != 1 {
			t.Errorf("%s isn't found again", email)
		}
	}
}

// TestNobodyElseChoosesTheLanguageOfOnesLetters: who types an address asks in their own language, its owner is written to in theirs.
func TestNobodyElseChoosesTheLanguageOfOnesLetters(t *testing.T) {
	s := newStore(t)
	want := func(lang, when string) {
		t.Helper()
		if got := one[string](t, s, `SELECT lang FROM contacts`); got != lang {
			t.Errorf("%s letters are in %s, want %s", when, got, lang)
		}
	}
	confirm := func(lang string) {
		t.Helper()
		if err := s.AskSession(t.Context(), "me@example.org", lang); err != nil {
			t.Fatal(err)
		}
		code := one[string](t, s, `SELECT data ->> 'code' FROM mails WHERE kind = 'session_code' ORDER BY id DESC LIMIT 1`)
		if _, _, err := s.ConfirmSession(t.Context(), "me@example.org", code); err != nil {
			t.Fatal(err)
		}
	}
	confirm("ko")
	if err := s.AskSession(t.Context(), "me@example.org", "zh"); err != nil {
		t.Fatal(err)
	}
	want("ko", "a stranger asked for a code:")
	if err := s.Subscribe(t.Context(), "me@example.org", "", "ja"); err != nil {
		t.Fatal(err)
	}
	want("ko", "a stranger asked for news:")
	if err := s.ConfirmSubscription(t.Context(), one[string](t, s, `SELECT data ->> 'secret' FROM mails WHERE kind = 'subscription_confirm'`), ""); err != nil {
		t.Fatal(err)
	}
	want("ja", "they confirmed the news in Japanese:")
	confirm("en")
	want("en", "they came back in English:")
}
