package postgres_test

import (
	"slices"
	"testing"

	"acropolis/forum"
)

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
