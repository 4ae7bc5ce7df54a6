package postgres_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/pgtest"
)

// webProcess is what a web process has of the store: a watch that counts how often it forgot its pages.
type webProcess struct {
	*postgres.Store
	watch  *postgres.Watch
	forgot atomic.Int32
}

func newWebProcess(t testing.TB, url string) *webProcess {
	t.Helper()
	w := &webProcess{Store: storeOn(t, url)}
	w.watch = postgres.NewWatch(w.Store, func() { w.forgot.Add(1) }, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.watch.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	eventually(t, "a fresh watch", w.watch.Fresh)
	return w
}

func eventually(t testing.TB, what string, there func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !there(); {
		if time.Now().After(end) {
			t.Fatal("waited in vain for ", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func TestEndedSessionIsRefusedByEveryWebProcessAtOnce(t *testing.T) {
	url := pgtest.URL(t)
	here, there := newWebProcess(t, url), newWebProcess(t, url)
	token, _, err := here.OpenSession(forum.Session{Contact: postgres.NewID()}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []*webProcess{here, there} {
		if _, err := w.Session(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	if err := here.EndSession(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	for _, w := range []*webProcess{here, there, newWebProcess(t, url)} { // also by one that starts later
		_, err = w.Session(t.Context(), token)
		refused(t, err, forum.Unauthorised, "session.ended")
	}
}

func TestForgedSessionIsNobodys(t *testing.T) {
	s := newStore(t)
	token, _, err := s.OpenSession(forum.Session{Contact: postgres.NewID()}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	over, _, err := s.OpenSession(forum.Session{Contact: postgres.NewID()}, time.Now().Add(-forum.SessionLife))
	if err != nil {
		t.Fatal(err)
	}
	forged := []byte(token)
	forged[30]++ // in the contact's id
	for _, bad := range []string{"", "x", string(forged), token[:len(token)-2], over} {
		_, err := s.Session(t.Context(), bad)
		refused(t, err, forum.Unauthorised, "session.ended")
	}
}

// TestHiddenOpinionIsForgottenBeforeTheModeratorIsAnswered: each web process has forgotten by then.
func TestHiddenOpinionIsForgottenBeforeTheModeratorIsAnswered(t *testing.T) {
	url := pgtest.URL(t)
	here, there := newWebProcess(t, url), newWebProcess(t, url)
	board := openForum(t, here.Store)
	opinion := accept(t, here.Store, opinionOf(board, "광고입니다."))[0]
	before := [2]int32{here.forgot.Load(), there.forgot.Load()}
	moderator := official(t, here.Store, "moderator", forum.Moderator)
	if err := here.ModerateOpinion(t.Context(), moderator, "127.0.0.1", forum.Verdict{Opinion: opinion.ID, To: forum.AnswerHide, Reason: "광고"}); err != nil {
		t.Fatal(err)
	}
	if here.forgot.Load() == before[0] || there.forgot.Load() == before[1] {
		t.Error("a web process may still show it")
	}
}

func TestSilentWebProcessHoldsNobodyUpForLongerThanItsLease(t *testing.T) {
	s := newStore(t)
	exec(t, s, `INSERT INTO web_processes (id, seen_at, purged) VALUES (gen_random_uuid(), clock_timestamp(), 0)`) // killed just now
	token, _, err := s.OpenSession(forum.Session{Contact: postgres.NewID()}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := s.EndSession(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < time.Second || took > 5*time.Second {
		t.Errorf("it took %v: the lease is two seconds", took)
	}
}

func TestWebProcessThatLivesButDoesNotForgetIsTold(t *testing.T) {
	s := newStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	exec(t, s, `INSERT INTO web_processes (id, seen_at, purged) VALUES (gen_random_uuid(), clock_timestamp(), 0)`)
	go func() {
		for ctx.Err() == nil {
			_, _ = s.Pool().Exec(ctx, `UPDATE web_processes SET seen_at = clock_timestamp()`)
			time.Sleep(100 * time.Millisecond)
		}
	}()
	token, _, err := s.OpenSession(forum.Session{Contact: postgres.NewID()}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	refused(t, s.EndSession(t.Context(), token), forum.Unavailable, "city.pages_not_purged")
}

func TestWatchThatLostTheDatabaseForgetsEverything(t *testing.T) {
	w := newWebProcess(t, pgtest.URL(t))
	forgot := w.forgot.Load()
	exec(t, w.Store, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%web_processes%' AND pid <> pg_backend_pid()`)
	eventually(t, "the pages to be forgotten", func() bool { return w.forgot.Load() > forgot })
	eventually(t, "a fresh watch again", w.watch.Fresh)
}
