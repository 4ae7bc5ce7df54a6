package postgres_test

import (
	"crypto/sha256"
	"strconv"
	"testing"

	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/pgtest"
)

// newStore is a store on a database of the test's own.
func newStore(t testing.TB) *postgres.Store {
	t.Helper()
	return storeOn(t, pgtest.URL(t))
}

func storeOn(t testing.TB, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), postgres.Settings{URL: url, MaxConns: 40, VoterName: "1",
		VoterKey: "the key of the voters in all the tests"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// exec runs SQL that a test needs beside the store's own methods.
func exec(t testing.TB, s *postgres.Store, sql string, args ...any) {
	t.Helper()
	if _, err := s.Pool().Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// one reads a single value.
func one[T any](t testing.TB, s *postgres.Store, sql string, args ...any) T {
	t.Helper()
	var value T
	if err := s.Pool().QueryRow(t.Context(), sql, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

// forumIn inserts a forum in a status, with its audit row, open for an hour around now.
func forumIn(t testing.TB, s *postgres.Store, status forum.ForumStatus) forum.ID {
	t.Helper()
	id := postgres.NewID()
	exec(t, s, `
INSERT INTO forums (id, status, title, title_en, opens_at, closes_at, closed_at, voter_key)
VALUES ($1, $2, '서울시청 앞 광장', 'The square in front of City Hall', now() - interval '1 hour', now() + interval '1 hour',
	CASE WHEN $3 THEN now() END, '1')`, id, status, status.HasClosed())
	exec(t, s, `INSERT INTO audit (by_kind, action, noun, subject_id, forum_id, after) VALUES ('system', 'test', 'forum', $1, $1, $2)`, id, status)
	return id
}

func openForum(t testing.TB, s *postgres.Store) forum.ID { return forumIn(t, s, forum.Open) }

// citizen is a person with a confirmed address.
func citizen(t testing.TB, s *postgres.Store, name string) forum.ID {
	t.Helper()
	id := postgres.NewID()
	exec(t, s, `INSERT INTO contacts (id, email, confirmed_at) VALUES ($1, $2, now())`, id, name+"@example.org")
	return id
}

// official is a member of staff in the database.
func official(t testing.TB, s *postgres.Store, uid string, duties ...forum.Duty) forum.Official {
	t.Helper()
	o := forum.Official{ID: postgres.NewID(), UID: uid, Name: uid, Email: uid + "@city.example", Duties: duties}
	exec(t, s, `INSERT INTO officials (id, uid, name, email, duties) VALUES ($1, $2, $2, $3, $4)`, o.ID, uid, o.Email, duties)
	return o
}

// opinionOf is an opinion with a key of its own, from a browser of its own.
func opinionOf(forumID forum.ID, text string) forum.NewOpinion {
	key := string(postgres.NewID())
	return forum.NewOpinion{Forum: forumID, Text: text, Lang: "ko", District: "종로구", Device: []byte(key), Idempotency: keyed(key, text)}
}

func keyed(key, body string) forum.Idempotency {
	sum := sha256.Sum256([]byte(body))
	return forum.Idempotency{Scope: []byte("a browser"), Key: key, Body: sum[:]}
}

// accept posts opinions that must all be accepted.
func accept(t testing.TB, s *postgres.Store, sent ...forum.NewOpinion) []forum.Accepted {
	t.Helper()
	var answers []forum.Accepted
	for i, outcome := range s.AcceptOpinions(t.Context(), sent) {
		if outcome.Err != nil {
			t.Fatalf("opinion %d: %v", i, outcome.Err)
		}
		answers = append(answers, outcome.Answer)
	}
	return answers
}

// vote casts votes that must all be accepted.
func vote(t testing.TB, s *postgres.Store, sent ...forum.NewVote) []forum.VoteCast {
	t.Helper()
	var answers []forum.VoteCast
	for i, outcome := range s.CastVotes(t.Context(), sent) {
		if outcome.Err != nil {
			t.Fatalf("vote %d: %v", i, outcome.Err)
		}
		answers = append(answers, outcome.Answer)
	}
	return answers
}

// refused checks the code and key of a refusal.
func refused(t testing.TB, err error, code forum.Code, key string) {
	t.Helper()
	refusal := forum.RefusalIn(err)
	if refusal == nil || refusal.Code != code || refusal.Key != key {
		t.Helper()
		t.Errorf("want %s %s, got %v", code, key, err)
	}
}

// closeForum closes a board early, as an officer does.
func closeForum(t testing.TB, s *postgres.Store, id forum.ID) {
	t.Helper()
	officer, approver := official(t, s, "closer-"+string(id), forum.Officer).ID, official(t, s, "approver-"+string(id), forum.Executive).ID
	if _, err := byEarlyClose.try(t.Context(), s, id, officer, approver); err != nil {
		t.Fatal("close: ", err)
	}
}

func number(i int) string { return strconv.Itoa(i) }
