package postgres_test

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/pgtest"
)

// TestRateIsOneForAllProcesses: of ten thousand who come at once to two processes exactly the burst gets through, whoever
// else comes; the others learn when to come back.
func TestRateIsOneForAllProcesses(t *testing.T) {
	url := pgtest.URL(t)
	stores := []*postgres.Store{storeOn(t, url), storeOn(t, url)}
	rate := forum.Rate{Name: "test", Every: time.Hour, Burst: 25}
	var through, told atomic.Int64
	var all sync.WaitGroup
	const workers = 40
	for n := range workers {
		all.Go(func() {
			for range 10_000 / workers {
				err := stores[n%2].TakeRate(t.Context(), rate, "203.0.113.9")
				switch refusal := forum.RefusalIn(err); {
				case err == nil:
					through.Add(1)
				case refusal == nil || refusal.Code != forum.TooMany:
					t.Error(err)
				default:
					if seconds, _ := strconv.Atoi(refusal.Fields["retry_after"]); seconds > 3000 && seconds <= 3600 {
						told.Add(1)
					}
				}
			}
		})
	}
	all.Wait()
	if through.Load() != 25 || told.Load() != 10_000-25 {
		t.Errorf("%d let through, %d told when to come back", through.Load(), told.Load())
	}
	if err := stores[0].TakeRate(t.Context(), rate, "203.0.113.10"); err != nil {
		t.Errorf("a neighbour: %v", err)
	}
	if err := stores[1].TakeRate(t.Context(), forum.Rate{Name: "other", Every: time.Hour, Burst: 1}, "203.0.113.9"); err != nil {
		t.Errorf("for something else: %v", err)
	}
}

func TestRateRecoversAndForgetsWhoIsAtRest(t *testing.T) {
	s := newStore(t)
	rate := forum.Rate{Name: "test", Every: 500 * time.Millisecond, Burst: 1}
	if err := s.TakeRate(t.Context(), rate, "a"); err != nil {
		t.Fatal(err)
	}
	refused(t, s.TakeRate(t.Context(), rate, "a"), forum.TooMany, "request.too_many")
	time.Sleep(500 * time.Millisecond)
	if err := s.TakeRate(t.Context(), rate, "a"); err != nil {
		t.Errorf("at the time told: %v", err)
	}
	exec(t, s, `UPDATE rates SET tat = now() - interval '1 hour'`)
	if err := s.TakeRate(t.Context(), rate, "b"); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, s, `SELECT count(*) FROM rates`); n != 1 {
		t.Errorf("%d rows", n)
	}
}
