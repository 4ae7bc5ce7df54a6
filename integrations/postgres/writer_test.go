package postgres_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// newWriter is a writer that is closed before its store.
func newWriter(t testing.TB, s *postgres.Store) *postgres.Writer {
	t.Helper()
	w := postgres.NewWriter(s)
	t.Cleanup(func() { w.Close(context.Background()) })
	return w
}

func TestWriterAnswersEachWithTheirOwn(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	w := newWriter(t, s)
	voter := citizen(t, s, "voter")
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			text := "의견 " + number(i)
			a, err := w.Post(t.Context(), opinionOf(id, text))
			if err != nil {
				t.Error(err)
				return
			}
			if got := one[string](t, s, `SELECT text FROM opinions WHERE id = $1`, a.ID); got != text {
				t.Errorf("%q was answered with the receipt of %q", text, got)
			}
			if v, err := w.Vote(t.Context(), forum.NewVote{Opinion: a.ID, Citizen: voter, Choice: forum.For}); err != nil || v.For != 1 {
				t.Errorf("%+v, %v", v, err)
			}
		})
	}
	all.Wait()
}

func TestClosedWriterHasWrittenEverythingAndLeavesNothingRunning(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	running := goleak.IgnoreCurrent()
	w := postgres.NewWriter(s)
	var all sync.WaitGroup
	answered := make(chan forum.Receipt, 300)
	post := func(i int) {
		if a, err := w.Post(t.Context(), opinionOf(id, "의견 "+number(i))); err == nil {
			answered <- a.Receipt
		} else {
			refused(t, err, forum.Unavailable, "city.unavailable")
		}
	}
	for i := range 300 {
		all.Go(func() { post(i) })
	}
	answered <- <-answered // they are under way
	w.Close(t.Context())
	post(300) // too late
	all.Wait()
	if n := one[int](t, s, `SELECT count(*) FROM opinions`); n != len(answered) || n == 0 {
		t.Errorf("%d opinions, %d answered", n, len(answered))
	}
	w.View(forum.NewHit{Forum: id, Visitor: []byte("too late")})
	w.Close(t.Context()) // twice is once
	goleak.VerifyNone(t, running, goleak.IgnoreAnyFunction("github.com/jackc/pgx/v5/pgxpool.(*Pool).backgroundHealthCheck"))
}

func TestFullWriterRefusesAtOnce(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	w := newWriter(t, s)
	release := blockForum(t, s, id)
	var all sync.WaitGroup
	busy := make(chan error, 20000)
	for range 6000 {
		all.Go(func() {
			if _, err := w.Post(t.Context(), opinionOf(id, "기다립니다.")); err != nil {
				busy <- err
			}
		})
	}
	select {
	case err := <-busy:
		refused(t, err, forum.Unavailable, "city.busy")
	case <-time.After(20 * time.Second):
		t.Error("6,000 waited")
	}
	release()
	all.Wait()
	if n := one[int](t, s, `SELECT count(*) FROM opinions`); n+len(busy)+1 != 6000 {
		t.Errorf("%d accepted, %d refused", n, len(busy)+1)
	}
}

func TestCallerWhoLeavesAndComesBackHasOneOpinion(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	w := newWriter(t, s)
	release := blockForum(t, s, id)
	o := opinionOf(id, "기다리다 갑니다.")
	impatient, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := w.Post(impatient, o); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	release()
	if _, err := w.Post(t.Context(), o); err != nil {
		t.Error(err)
	}
	w.Close(t.Context())
	if n := one[int](t, s, `SELECT count(*) FROM opinions`); n != 1 {
		t.Errorf("%d opinions", n)
	}
}

// blockForum holds a forum's exclusive lock until release is called.
func blockForum(t *testing.T, s *postgres.Store, id forum.ID) (release func()) {
	t.Helper()
	tx, err := s.Pool().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := postgres.LockForum(t.Context(), tx, id); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	return func() { _ = tx.Rollback(context.Background()) }
}

func TestReloadIsNoSecondHit(t *testing.T) {
	s := newStore(t)
	id, closed := openForum(t, s), forumIn(t, s, forum.Archived)
	seen := []forum.NewHit{{Forum: id, Visitor: []byte("a")}, {Forum: id, Visitor: []byte("b")}, {Forum: id, Visitor: []byte("a")},
		{Forum: closed, Visitor: []byte("a")}, {Forum: postgres.NewID(), Visitor: []byte("a")}}
	var all sync.WaitGroup
	for range 8 { // eight processes at once
		all.Go(func() {
			if err := s.NoteHits(t.Context(), seen); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := one[int](t, s, `SELECT count(*) FROM hits`); n != 2 {
		t.Errorf("%d hits", n)
	}
	exec(t, s, `UPDATE hits SET seen_at = seen_at - interval '31 minutes'`)
	if err := s.NoteHits(t.Context(), seen[:1]); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, s, `SELECT count(*) FROM hits`); n != 3 {
		t.Errorf("%d hits half an hour later", n)
	}
}

// TestWhoIsHeldUpStopsNobodyElse: while a forum is being closed, those who vote and write there wait, however many they are, and
// nobody else; also those who are to be told what they were told before.
func TestWhoIsHeldUpStopsNobodyElse(t *testing.T) {
	s := newStore(t)
	voter := citizen(t, s, "voter")
	held, free := openForum(t, s), openForum(t, s)
	heldUp, other := accept(t, s, opinionOf(held, "공감해 주십시오."))[0].ID, accept(t, s, opinionOf(free, "공감해 주십시오."))[0].ID
	w := newWriter(t, s)
	vote := forum.NewVote{Opinion: heldUp, Citizen: voter, Choice: forum.For, Idempotency: keyed("the same again", "for")}
	if _, err := w.Vote(t.Context(), vote); err != nil {
		t.Fatal(err)
	}
	tx, err := s.Pool().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	if err := postgres.LockForum(t.Context(), tx, held); err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 9)
	for i := range cap(answered) { // each in a batch of its own
		go func() {
			var err error
			switch i % 3 {
			case 0:
				_, err = w.Vote(t.Context(), vote)
			case 1:
				_, err = w.Vote(t.Context(), forum.NewVote{Opinion: heldUp, Citizen: voter, Choice: forum.Against})
			case 2:
				_, err = w.Post(t.Context(), opinionOf(held, "의견 "+number(i)))
			}
			answered <- err
		}()
		time.Sleep(10 * time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if _, err := w.Vote(ctx, forum.NewVote{Opinion: other, Citizen: voter, Choice: forum.For}); err != nil {
		t.Errorf("a vote elsewhere: %v", err)
	}
	if _, err := w.Post(ctx, opinionOf(free, "다른 의견")); err != nil {
		t.Errorf("an opinion elsewhere: %v", err)
	}
	kept := one[int](t, s, `SELECT (SELECT count(*) FROM opinions WHERE forum_id = $1) + (SELECT count(*) FROM vote_changes WHERE opinion_id = $2)`, held, heldUp)
	if len(answered) > 0 || kept != 2 {
		t.Errorf("%d in the closing forum didn't wait, %d writes of theirs are kept", len(answered), kept-2)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range cap(answered) {
		if err := <-answered; err != nil {
			t.Error(err)
		}
	}
}
