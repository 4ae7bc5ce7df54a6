package postgres_test

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/pgtest"
)

// TestErasureEndsThePersonsSessionsInEveryBrowser at once and in every web process, also one that starts later or can't hear; nobody
// else's ends, and the person comes back by signing in anew.
func TestErasureEndsThePersonsSessionsInEveryBrowser(t *testing.T) {
	url := pgtest.URL(t)
	here, there := newWebProcess(t, url), newWebProcess(t, url)
	enter := func(w *webProcess, address string) string {
		t.Helper()
		token, _, err := w.ConfirmSession(t.Context(), address, mailedCode(t, w.Store, address))
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	laptop, phone, other := enter(here, "me@example.org"), enter(there, "me@example.org"), enter(there, "other@example.org")
	me, err := here.Session(t.Context(), laptop)
	if err != nil {
		t.Fatal(err)
	}
	if err := here.EraseContact(t.Context(), me.Contact); err != nil {
		t.Fatal(err)
	}
	goneAt := func(where string, s *postgres.Store) {
		t.Helper()
		for _, token := range []string{laptop, phone} {
			if _, err := s.Session(t.Context(), token); forum.CodeOf(err) != forum.Unauthorised {
				t.Errorf("%s a session goes on: %v", where, err)
			}
		}
		if _, err := s.Session(t.Context(), other); err != nil {
			t.Errorf("%s somebody else is signed out: %v", where, err)
		}
	}
	goneAt("there", there.Store) // at once
	goneAt("here", here.Store)
	deaf := storeOn(t, url)
	postgres.NewWatch(deaf, func() {}, slog.New(slog.DiscardHandler)) // and never run: it asks the database
	goneAt("in a deaf process", deaf)
	goneAt("in a later process", newWebProcess(t, url).Store)

	time.Sleep(time.Second) // sessions count in seconds
	again := enter(here, "me@example.org")
	for _, s := range []*postgres.Store{here.Store, there.Store, deaf} {
		if session, err := s.Session(t.Context(), again); err != nil || session.Contact != me.Contact {
			t.Errorf("they can't come back: %v", err)
		}
	}
	exec(t, here.Store, `UPDATE purges SET session_until = now() - interval '2 hours'`)
	if err := here.EndSession(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, here.Store, `SELECT count(*) FROM purges WHERE contact_id IS NOT NULL`); n != 0 {
		t.Errorf("%d endings are kept for longer than a session lives", n)
	}
}

// TestErasedAddressIsGoneAndItsOwnerVotesNoSecondTime: after the erasure nothing holds the address, nothing waits to be sent, the vote
// and the opinion stand; who confirms the same address again is the same voter, also when they wrote with it before that.
func TestErasedAddressIsGoneAndItsOwnerVotesNoSecondTime(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	opinion := accept(t, s, opinionOf(id, "남의 의견입니다."))[0].ID
	enter := func() forum.ID {
		t.Helper()
		_, session, err := s.ConfirmSession(t.Context(), "me@example.org", mailedCode(t, s, "me@example.org"))
		if err != nil {
			t.Fatal(err)
		}
		return session.Contact
	}
	me := enter()
	vote(t, s, forum.NewVote{Opinion: opinion, Citizen: me, Choice: forum.For})
	mine := opinionOf(id, "제 의견입니다.")
	mine.Email, mine.Citizen = "me@example.org", me
	own := accept(t, s, mine)[0]
	exec(t, s, `INSERT INTO subscriptions (id, contact_id, secret, confirmed_at) VALUES (gen_random_uuid(), $1, 'x', now())`, me)
	if err := s.AskGuardian(t.Context(), forum.GuardianAsk{Noun: forum.TheOpinion, Subject: opinion, Child: "me@example.org", Guardian: "parent@example.org"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.EraseContact(t.Context(), me); err != nil {
			t.Fatal(err)
		}
	}
	for _, table := range []string{"contacts", "mails", "subscriptions", "session_codes", "audit", "opinions", "guardian_consents"} {
		if n := one[int](t, s, `SELECT count(*) FROM `+table+` x WHERE x::text LIKE '%me@example%'`); n != 0 {
			t.Errorf("%s holds the address", table)
		}
	}
	for what, sql := range map[string]string{
		"a hash in the clear": `SELECT count(*) FROM contacts WHERE position('me@example'::bytea IN former) > 0`,
		"letters wait":        `SELECT count(*) FROM mails WHERE contact_id IN (SELECT id FROM contacts WHERE email IS NULL) AND (status IN ('waiting', 'pending') OR data <> '{}')`,
		"subscriptions":       `SELECT count(*) FROM subscriptions WHERE ended_at IS NULL`,
	} {
		if n := one[int](t, s, sql); n != 0 {
			t.Errorf("%s: %d", what, n)
		}
	}
	if n := one[int](t, s, `SELECT count(*) FROM audit WHERE action = 'contact.erase' AND by_kind = 'citizen' AND subject_id = $1`, me); n != 1 {
		t.Errorf("%d audit rows", n)
	}
	if n := one[int](t, s, `SELECT count(*) FROM opinions WHERE id = $1 AND status = 'published'`, own.ID); n != 1 {
		t.Error("the opinion is gone")
	}
	if due, err := s.DueMails(t.Context(), 10); err != nil || slices.ContainsFunc(due, func(l forum.Letter) bool { return l.Address != "parent@example.org" }) {
		t.Errorf("%d letters are sent: %v", len(due), err)
	}

	later := opinionOf(id, "다시 씁니다.")
	later.Email = "me@example.org"
	written := accept(t, s, later)[0]
	exec(t, s, `INSERT INTO invitations (id, kind, contact_id, name, affiliation, asked, invited_by, answer_by)
		SELECT gen_random_uuid(), 'suggestion', id, '김전문', '시립대학교', '광장의 앞날', $1, now() + interval '1 week' FROM contacts WHERE email = 'me@example.org'`,
		official(t, s, "officer", forum.Officer).ID)
	if again := enter(); again != me {
		t.Fatalf("%s came back as %s", me, again)
	}
	vote(t, s, forum.NewVote{Opinion: opinion, Citizen: me, Choice: forum.Against})
	if n := one[int](t, s, `SELECT count(*) FROM votes WHERE opinion_id = $1`, opinion); n != 1 {
		t.Errorf("one person has %d votes", n)
	}
	if n := one[int](t, s, `SELECT count(*) FROM opinions o JOIN contacts c ON c.id = o.contact_id WHERE o.id = $1 AND c.email = 'me@example.org' AND c.id = $2`, written.ID, me); n != 1 {
		t.Error("what was written meanwhile has lost its address")
	}
	if n := one[int](t, s, `SELECT count(*) FROM invitations WHERE contact_id = $1`, me); n != 1 {
		t.Error("the invitation that came meanwhile has lost its address")
	}
	if err := s.EraseContact(t.Context(), me); err != nil {
		t.Fatal(err)
	}
	if again := enter(); again != me {
		t.Errorf("the second time they came back as %s", again)
	}
	_, named, err := s.ConfirmAssertion(t.Context(), assertionOf("citizen-1", "first"), "ko")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.EraseContact(t.Context(), named.Contact); err != nil {
		t.Error(err)
	}
	if _, still, err := s.ConfirmAssertion(t.Context(), assertionOf("citizen-1", "second"), "ko"); err != nil || still.Contact != named.Contact {
		t.Errorf("the gateway's citizen votes again: %v", err)
	}
}
