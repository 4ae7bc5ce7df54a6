package postgres_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres/pgtest"
)

// TestKilledDatabaseLosesNothingAcknowledged kills PostgreSQL under 16 posting clients: whoever got a receipt finds their
// opinion, everybody else is told to try again, and the same process goes on when the server is back.
func TestKilledDatabaseLosesNothingAcknowledged(t *testing.T) {
	server := pgtest.Server(t)
	s := storeOn(t, server.Database())
	id := openForum(t, s)
	w := newWriter(t, s)
	var clients sync.WaitGroup
	var mu sync.Mutex
	var receipts []forum.Receipt
	var refusals atomic.Int32
	stop, end := context.WithCancel(t.Context())
	for range 16 {
		clients.Go(func() {
			for stop.Err() == nil {
				o := opinionOf(id, "서버가 죽어도 남을 의견")
				a, err := w.Post(t.Context(), o)
				for err != nil && stop.Err() == nil { // the citizen tries again with the same key
					if forum.CodeOf(err) != forum.Unavailable {
						t.Errorf("%v", err)
						return
					}
					refusals.Add(1)
					time.Sleep(10 * time.Millisecond)
					a, err = w.Post(t.Context(), o)
				}
				if err == nil {
					mu.Lock()
					receipts = append(receipts, a.Receipt)
					mu.Unlock()
				}
			}
		})
	}
	for range 3 {
		time.Sleep(200 * time.Millisecond)
		server.Kill()
		server.Restart()
	}
	time.Sleep(300 * time.Millisecond)
	end()
	clients.Wait()
	if n := one[int](t, s, `SELECT count(*) FROM opinions WHERE receipt = ANY($1)`, receipts); n != len(receipts) || n == 0 || refusals.Load() == 0 {
		t.Errorf("%d receipts, %d of them on record; %d refusals", len(receipts), n, refusals.Load())
	}
	if n := one[int](t, s, `SELECT count(*) - count(DISTINCT receipt) FROM opinions`); n != 0 {
		t.Errorf("%d kept twice", n)
	}
	t.Logf("%d receipts, %d refusals", len(receipts), refusals.Load())
}
