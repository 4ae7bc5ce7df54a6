package postgres_test

import (
	"sync"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// inOutbox puts n letters of a kind into the outbox.
func inOutbox(t testing.TB, s *postgres.Store, kind forum.MailKind, n int) {
	t.Helper()
	for i := range n {
		exec(t, s, `INSERT INTO mails (id, kind, event, noun, subject_id, contact_id, message_id, data) 
SELECT id, $2, id::text, 'forum', id, $3, '<' || id || '>', '{"secret": "s"}' FROM (SELECT $1::uuid AS id) AS new`,
			postgres.NewID(), kind, citizen(t, s, string(kind)+number(i)))
	}
}

func due(t testing.TB, s *postgres.Store, n int) []forum.Letter {
	t.Helper()
	letters, err := s.DueMails(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return letters
}

func done(t testing.TB, s *postgres.Store, id forum.ID, to forum.MailStatus, later time.Duration) {
	t.Helper()
	if err := s.MailDone(t.Context(), id, to, "why", later); err != nil {
		t.Fatal(err)
	}
}

func mailStatus(t testing.TB, s *postgres.Store, id forum.ID) forum.MailStatus {
	t.Helper()
	return one[forum.MailStatus](t, s, `SELECT status FROM mails WHERE id = $1`, id)
}

func TestManySendersShareTheOutbox(t *testing.T) {
	s := newStore(t)
	inOutbox(t, s, forum.MailForumOpened, 60)
	var all sync.WaitGroup
	var mu sync.Mutex
	taken := map[forum.ID]int{}
	for range 8 {
		all.Go(func() {
			for {
				letters := due(t, s, 3)
				if len(letters) == 0 {
					return
				}
				mu.Lock()
				for _, l := range letters {
					taken[l.ID]++
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if len(taken) != 60 {
		t.Errorf("%d letters taken", len(taken))
	}
	for id, n := range taken {
		if n != 1 {
			t.Errorf("%s taken %d times", id, n)
		}
	}
}

func TestLetterTakesItsSteps(t *testing.T) {
	s := newStore(t)
	inOutbox(t, s, forum.MailForumOpened, 1)
	l := due(t, s, 10)[0]
	if l.Status != forum.MailAttempting || l.Attempts != 1 || l.Address == "" {
		t.Errorf("%+v", l)
	}
	done(t, s, l.ID, forum.MailPending, time.Hour)
	if len(due(t, s, 10)) != 0 {
		t.Error("tried again before its time")
	}
	exec(t, s, `UPDATE mails SET next_at = now()`)
	if again := due(t, s, 10); len(again) != 1 || again[0].MessageID != l.MessageID || again[0].Attempts != 2 {
		t.Errorf("%+v", again)
	}
	done(t, s, l.ID, forum.MailSent, 0)
	if got := one[string](t, s, `SELECT data::text FROM mails`); got != "{}" || mailStatus(t, s, l.ID) != forum.MailSent {
		t.Errorf("a sent letter keeps %s", got)
	}
	done(t, s, l.ID, forum.MailFailed, 0) // too late
	if mailStatus(t, s, l.ID) != forum.MailSent {
		t.Error("a sent letter was changed")
	}
}

func TestLetterWhoseSenderDiedIsTriedOnceMore(t *testing.T) {
	s := newStore(t)
	inOutbox(t, s, forum.MailForumOpened, 1)
	inOutbox(t, s, forum.MailAwardOffered, 1)
	for range 2 {
		for _, l := range due(t, s, 10) {
			if l.Kind == forum.MailAwardOffered && l.Attempts > 1 {
				t.Error("an award's letter was sent again without a person")
			}
		}
		exec(t, s, `UPDATE mails SET attempted_at = now() - interval '3 minutes'`)
	}
	if letters := due(t, s, 10); len(letters) != 0 {
		t.Errorf("a third attempt: %+v", letters)
	}
	failed, err := s.FailedMails(t.Context())
	if err != nil || len(failed) != 2 || failed[0].Status != forum.MailUnknown || failed[1].Status != forum.MailUnknown {
		t.Errorf("%+v, %v", failed, err)
	}
}

func TestUnknownOutcomeOfANoticeIsTriedOnceMore(t *testing.T) {
	s := newStore(t)
	inOutbox(t, s, forum.MailForumOpened, 1)
	inOutbox(t, s, forum.MailAwardOffered, 1)
	for range 2 {
		for _, l := range due(t, s, 10) {
			done(t, s, l.ID, forum.MailUnknown, 0)
		}
	}
	if n := one[int](t, s, `SELECT count(*) FROM mails WHERE status = 'unknown'`); n != 2 {
		t.Errorf("%d unknown", n)
	}
	if got := one[string](t, s, `SELECT string_agg(attempts::text, ' ' ORDER BY kind) FROM mails`); got != "1 2" {
		t.Errorf("attempts: %s", got)
	}
}

func TestOperatorRevivesAFailedLetter(t *testing.T) {
	s := newStore(t)
	inOutbox(t, s, forum.MailForumOpened, 1)
	operator, head := official(t, s, "operator", forum.Operator), official(t, s, "head", forum.Head)
	l := due(t, s, 1)[0]
	refused(t, s.RetryMail(t.Context(), operator, "10.0.0.1", l.ID), forum.Conflict, "mail.not_failed")
	done(t, s, l.ID, forum.MailFailed, 0)
	if err := s.MarkBadAddress(t.Context(), l.Address); err != nil {
		t.Fatal(err)
	}
	refused(t, s.RetryMail(t.Context(), head, "10.0.0.1", l.ID), forum.Forbidden, "duty.missing")
	if err := s.RetryMail(t.Context(), operator, "10.0.0.1", l.ID); err != nil {
		t.Fatal(err)
	}
	if got := due(t, s, 1); len(got) != 1 || got[0].ID != l.ID {
		t.Errorf("%+v", got)
	}
	if n := one[int](t, s, `SELECT count(*) FROM audit WHERE subject_id = $1 AND by_official = $2 AND from_addr = '10.0.0.1' AND before = 'failed' AND after = 'pending'`, l.ID, operator.ID); n != 1 {
		t.Errorf("%d audit rows", n)
	}
	refused(t, s.RetryMail(t.Context(), operator, "", postgres.NewID()), forum.NotFound, "page.not_found")
}

func TestBadAddressGetsNoLetter(t *testing.T) {
	s := newStore(t)
	inOutbox(t, s, forum.MailForumOpened, 2)
	exec(t, s, `UPDATE contacts SET bad_at = now() WHERE email = 'forum_opened0@example.org'`)
	if letters := due(t, s, 10); len(letters) != 1 || letters[0].Address != "forum_opened1@example.org" {
		t.Errorf("%+v", letters)
	}
	if n := one[int](t, s, `SELECT count(*) FROM mails WHERE status = 'failed' AND problem = 'no address'`); n != 1 {
		t.Errorf("%d failed", n)
	}
}

func TestFollowersAreToldOnceEach(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	first, second, hidden := opinionOf(id, "첫째 의견"), opinionOf(id, "둘째 의견"), opinionOf(id, "숨긴 의견")
	first.Email, second.Email, second.Lang, hidden.Email = "author@example.org", "author@example.org", "en", "hidden@example.org"
	answers := accept(t, s, first, second, hidden)
	exec(t, s, `UPDATE opinions SET status = 'hidden' WHERE id = $1`, answers[2].ID)
	for _, c := range []struct {
		email     string
		forum     any
		confirmed bool
	}{{"author@example.org", id, true}, {"all@example.org", nil, true}, {"unconfirmed@example.org", id, false}, {"other@example.org", openForum(t, s), true}} {
		exec(t, s, `INSERT INTO contacts (id, email) VALUES (gen_random_uuid(), $1) ON CONFLICT DO NOTHING`, c.email)
		exec(t, s, `UPDATE contacts SET news = 'at_once' WHERE email = $1`, c.email)
		exec(t, s, `INSERT INTO subscriptions (id, forum_id, contact_id, lang, secret, confirmed_at) SELECT gen_random_uuid(), $2, id, 'en', '', CASE WHEN $3 THEN now() END FROM contacts WHERE email = $1`,
			c.email, c.forum, c.confirmed)
	}
	exec(t, s, `DELETE FROM mails`)
	for range 2 { // an activity that is tried again
		if err := s.TellEveryone(t.Context(), id, "response_published:"+string(id)); err != nil {
			t.Fatal(err)
		}
	}
	letters := due(t, s, 10)
	told := map[string]forum.Letter{}
	for _, l := range letters {
		told[l.Address] = l
	}
	if len(letters) != 2 || len(told) != 2 {
		t.Fatalf("%d letters", len(letters))
	}
	author, all := told["author@example.org"], told["all@example.org"]
	if author.Data["receipts"] != string(answers[0].Receipt)+" "+string(answers[1].Receipt) || author.Lang != "ko" || author.Data["title"] != "서울시청 앞 광장" {
		t.Errorf("the author's: %+v", author)
	}
	if all.Data["receipts"] != "" || all.Data["title"] != "The square in front of City Hall" || all.Data["forum"] != string(id) || all.Data["reason"] != "why" {
		t.Errorf("the subscriber's: %+v", all)
	}
}
