package postgres_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// wordsLeft counts what is still kept of letters to erased addresses, or waits for somebody.
func wordsLeft(t testing.TB, s *postgres.Store) int {
	t.Helper()
	return one[int](t, s, `SELECT count(*) FROM mails m JOIN contacts c ON c.id = m.contact_id WHERE c.email IS NULL AND (m.data <> '{}' OR m.status NOT IN ('sent', 'dropped'))`)
}

// TestNoLetterOutlivesTheErasureOfItsAddress, wherever it stood: what was under way is neither tried again nor kept, nothing waits for
// an operator, and a letter that was being written meanwhile isn't sent.
func TestNoLetterOutlivesTheErasureOfItsAddress(t *testing.T) {
	s := newStore(t)
	me := citizen(t, s, "me")
	letterTo := func(kind forum.MailKind, status forum.MailStatus) forum.ID {
		t.Helper()
		id := postgres.NewID()
		exec(t, s, `INSERT INTO mails (id, kind, event, noun, subject_id, contact_id, message_id, data, status, next_at, attempted_at, attempts)
VALUES ($1::uuid, $2, $1::uuid::text, 'forum', $1::uuid, $3, $1::uuid::text, '{"receipt": "r"}', $4, now() + interval '1 hour', now(), 1)`, id, kind, me, status)
		return id
	}
	for _, status := range []forum.MailStatus{forum.MailWaiting, forum.MailPending, forum.MailFailed, forum.MailUnknown} {
		letterTo(forum.MailForumOpened, status)
	}
	var underWay []forum.ID
	for range 4 {
		underWay = append(underWay, letterTo(forum.MailAwardOffered, forum.MailAttempting))
	}
	lost := letterTo(forum.MailForumOpened, forum.MailAttempting)
	if err := s.EraseContact(t.Context(), me); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, s, `SELECT count(*) FROM mails WHERE status = 'dropped' AND data = '{}'`); n != 4 {
		t.Errorf("%d of four letters are dropped", n)
	}
	for i, to := range []forum.MailStatus{forum.MailSent, forum.MailFailed, forum.MailUnknown, forum.MailPending} {
		done(t, s, underWay[i], to, time.Hour)
	}
	if one[forum.MailStatus](t, s, `SELECT status FROM mails WHERE id = $1`, underWay[0]) != forum.MailSent {
		t.Error("what arrived isn't said to have")
	}
	exec(t, s, `UPDATE mails SET attempted_at = now() - interval '3 minutes' WHERE id = $1`, lost)
	letterTo(forum.MailOpinionReceived, forum.MailPending)
	exec(t, s, `UPDATE mails SET next_at = now()`)
	if letters := due(t, s, 10); len(letters) != 0 {
		t.Errorf("%d letters go to nobody", len(letters))
	}
	if n := wordsLeft(t, s); n != 0 {
		t.Errorf("%d letters keep their words", n)
	}
	if failed, err := s.FailedMails(t.Context()); err != nil || len(failed) != 0 {
		t.Errorf("%d letters wait for an operator: %v", len(failed), err)
	}
}

// TestSenderAndErasureSeeEachOther, whichever is first and has not committed yet.
func TestSenderAndErasureSeeEachOther(t *testing.T) {
	s := newStore(t)
	held := func(first func(pgx.Tx), then ...func() error) {
		t.Helper()
		tx, err := s.Pool().Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback(t.Context()) }()
		first(tx)
		results := make(chan error, len(then))
		for i, work := range then {
			go func() { results <- work() }()
			for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
				if one[int](t, s, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) > i {
					break
				}
			}
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range then {
			if err := <-results; err != nil {
				t.Fatal(err)
			}
		}
		if n := wordsLeft(t, s); n != 0 {
			t.Errorf("%d letters keep their words", n)
		}
	}
	underWay := func() (letter, reader forum.ID) {
		t.Helper()
		exec(t, s, `UPDATE mails SET next_at = 'infinity'`)
		inOutbox(t, s, forum.MailForumOpened, 1)
		letter = due(t, s, 1)[0].ID
		reader = one[forum.ID](t, s, `UPDATE contacts SET email = id::text WHERE id = (SELECT contact_id FROM mails WHERE id = $1) RETURNING id`, letter)
		return letter, reader
	}
	letter, reader := underWay()
	held(func(tx pgx.Tx) {
		if _, err := tx.Exec(t.Context(), `UPDATE mails SET status = 'failed' WHERE id = $1`, letter); err != nil {
			t.Fatal(err)
		}
	}, func() error { return s.EraseContact(t.Context(), reader) })

	letter, reader = underWay()
	held(func(tx pgx.Tx) { // the erasure's last lock
		if _, err := tx.Exec(t.Context(), `SELECT pg_advisory_xact_lock(x'7075726765'::bigint)`); err != nil {
			t.Fatal(err)
		}
	}, func() error { return s.EraseContact(t.Context(), reader) },
		func() error { return s.MailDone(t.Context(), letter, forum.MailFailed, "why", 0) })
}

// TestGuardiansAreForgottenWithTheChildsAddress: an answer or a question about the child is taken back, its letter isn't sent, and the
// text has no address any more, also when the child comes back; other children of the same guardian are none of it.
func TestGuardiansAreForgottenWithTheChildsAddress(t *testing.T) {
	s := newStore(t)
	_, secret := asked(t, s)
	if err := s.AnswerGuardian(t.Context(), secret, true); err != nil {
		t.Fatal(err)
	}
	board := openForum(t, s)
	for child, guardian := range map[string]string{"child@example.org": "father@example.org", "another@example.org": "father@example.org"} {
		ask := forum.GuardianAsk{Noun: forum.TheOpinion, Subject: accept(t, s, opinionOf(board, child))[0].ID, Child: child, Guardian: guardian}
		if err := s.AskGuardian(t.Context(), ask); err != nil {
			t.Fatal(err)
		}
	}
	enter := func() forum.ID {
		t.Helper()
		_, session, err := s.ConfirmSession(t.Context(), "child@example.org", mailedCode(t, s, "child@example.org"))
		if err != nil {
			t.Fatal(err)
		}
		return session.Contact
	}
	if err := s.EraseContact(t.Context(), enter()); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, s, `SELECT count(*) FROM mails WHERE kind = 'guardian_asked' AND status = 'pending' AND data <> '{}'`); n != 1 {
		t.Errorf("%d questions to guardians go out, want the one about another child", n)
	}
	if err := s.ForgetGuardians(t.Context()); err != nil {
		t.Fatal(err)
	}
	if knows(t, s, "mother@example.org") != 0 || knows(t, s, "father@example.org") != 1 || knows(t, s, "child@example.org") != 0 || knows(t, s, "another@example.org") != 1 {
		t.Error("who agreed about an erased address is still known, or another child's guardian isn't")
	}
	enter()
	if n := one[int](t, s, `SELECT count(*) FROM opinions WHERE contact_id IS NOT NULL`); n != 0 {
		t.Errorf("%d texts have an address again that no guardian agreed to", n)
	}
}

// TestNobodyTriesAddressesAgainstWhatWasSent: a repeated key is compared by what was sent, which bears the address and is kept for
// long; whoever reads the database can't compute it from what everybody may read and a guess.
func TestNobodyTriesAddressesAgainstWhatWasSent(t *testing.T) {
	s := newStore(t)
	board := openForum(t, s)
	sent := opinionOf(board, "제 의견입니다.")
	accept(t, s, sent)
	proposed := forum.NewSuggestion{Title: "한강에 자전거 다리", Text: "다리를 놓아 주십시오.", Lang: "ko", Track: forum.General, Kind: forum.ByCitizen, Idempotency: keyed("a suggestion's key", "me@example.org")}
	if _, err := s.Suggest(t.Context(), proposed); err != nil {
		t.Fatal(err)
	}
	for key, guess := range map[string][]byte{
		sent.Idempotency.Key:     forum.Commit(nil, forum.LeafOpinion, string(board), string(sent.Idempotency.Body)),
		proposed.Idempotency.Key: forum.Commit(nil, forum.LeafSuggestion, "", string(proposed.Idempotency.Body)),
	} {
		if kept := one[[]byte](t, s, `SELECT body FROM idempotency_keys WHERE key = $1`, key); bytes.Equal(kept, guess) {
			t.Errorf("%s: anybody can compute it", key)
		}
	}
}
