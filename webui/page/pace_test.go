package page

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"pgregory.net/rapid"

	"acropolis/forum"
)

func TestPaceTable(t *testing.T) {
	const second = int64(time.Second)
	type step struct {
		at     int64
		wait   time.Duration
		refund bool // the unit of this step is given back at once
	}
	for name, c := range map[string]struct {
		perMinute float64
		burst     int
		steps     []step
	}{
		"a burst, then one a second": {60, 2, []step{{0, 0, false}, {0, 0, false}, {0, time.Second, false}, {second - 1, 1, false}, {second, 0, false}, {second, time.Second, false}}},
		"a refusal costs nothing":    {60, 1, []step{{0, 0, false}, {0, time.Second, false}, {0, time.Second, false}, {second, 0, false}}},
		"rest fills it, no further":  {60, 2, []step{{0, 0, false}, {9 * second, 0, false}, {9 * second, 0, false}, {9 * second, time.Second, false}}},
		"given back":                 {60, 1, []step{{0, 0, true}, {0, 0, true}, {0, 0, false}, {0, time.Second, false}}},
		"a third of a minute":        {3, 1, []step{{0, 0, false}, {1, 20*time.Second - 1, false}, {20 * second, 0, false}}},
	} {
		p := newPace(c.perMinute, c.burst, 100)
		for n, step := range c.steps {
			arrival, wait := p.take("a", step.at)
			if wait != step.wait {
				t.Errorf("%s: step %d waits %v, want %v", name, n, wait, step.wait)
			}
			if step.refund {
				p.refund("a", arrival)
			}
		}
	}
}

func TestPaceGivesNothingBackTwice(t *testing.T) {
	p := newPace(60, 2, 100)
	first, _ := p.take("a", 0)
	p.take("a", 0)
	p.refund("a", first) // another came after it
	if _, wait := p.take("a", 0); wait != time.Second {
		t.Errorf("after a late refund: %v", wait)
	}
	p = newPace(60, 1, 100)
	first, _ = p.take("a", 0)
	p.refund("a", first)
	p.refund("a", first)
	p.take("a", 0)
	if _, wait := p.take("a", 0); wait != time.Second {
		t.Errorf("after two refunds of one: %v", wait)
	}
}

// TestNoWindowSeesMoreThanBurstAndRate: whatever comes when, and whatever is given back when, what was let through and kept never
// exceeds the burst and the rate's share of any window; and who comes when they were told to is let through.
func TestNoWindowSeesMoreThanBurstAndRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		burst := rapid.IntRange(1, 6).Draw(t, "burst")
		p := newPace(60, burst, 100)
		type passed struct {
			at, arrival int64
			back        bool
		}
		var all []passed
		now := int64(0)
		for range rapid.IntRange(1, 60).Draw(t, "requests") {
			now += rapid.SampledFrom([]int64{0, 0, 1, int64(time.Second) / 3, int64(time.Second), int64(3 * time.Second)}).Draw(t, "pause")
			if len(all) > 0 && rapid.IntRange(0, 3).Draw(t, "mended") == 0 {
				one := &all[rapid.IntRange(0, len(all)-1).Draw(t, "which")]
				if before := p.shard("a").get("a"); !one.back {
					p.refund("a", one.arrival)
					one.back = p.shard("a").get("a") != before
				}
			}
			arrival, wait := p.take("a", now)
			if wait > 0 {
				now += int64(wait)
				if arrival, wait = p.take("a", now); wait != 0 {
					t.Fatalf("came when told, and waits %v more", wait)
				}
			}
			all = append(all, passed{at: now, arrival: arrival})
		}
		for from := range all {
			kept := int64(0)
			for _, one := range all[from:] {
				if one.back {
					continue
				}
				kept++
				if span := one.at - all[from].at; (kept-int64(burst))*p.unit > span {
					t.Fatalf("%d kept within %v, burst %d", kept, time.Duration(span), burst)
				}
			}
		}
	})
}

func TestPaceIsBoundedAndKeepsWhoKeepsComing(t *testing.T) {
	const most = 64 * 100
	p := newPace(0.06, 1, most)
	p.take("flooder", 0)
	for n := range 20_000 {
		p.take(strconv.Itoa(n), 0)
		if _, wait := p.take("flooder", 0); wait == 0 {
			t.Fatalf("after %d others the flooder is new", n)
		}
	}
	keys := 0
	for i := range p.shards {
		keys += len(p.shards[i].young) + len(p.shards[i].old)
	}
	if keys > most {
		t.Errorf("%d keys", keys)
	}
}

// TestPaceAmongMany is for the race detector, too: of many at one instant exactly the burst passes, for each key.
func TestPaceAmongMany(t *testing.T) {
	p := newPace(60, 50, 10_000)
	var through [4]atomic.Int64
	var all sync.WaitGroup
	for n := range 40 {
		all.Go(func() {
			for range 50 {
				if _, wait := p.take(strconv.Itoa(n%4), 0); wait == 0 {
					through[n%4].Add(1)
				}
			}
		})
	}
	all.Wait()
	for n := range through {
		if got := through[n].Load(); got != 50 {
			t.Errorf("key %d: %d let through", n, got)
		}
	}
}

func TestPaceAllocatesNothing(t *testing.T) {
	p, now := newPace(60, 30, maxKeys), int64(0)
	p.take("203.0.113.9", now)
	if n := testing.AllocsPerRun(1000, func() { now++; p.take("203.0.113.9", now) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkPace(b *testing.B) {
	p := newPace(600, 300, maxKeys)
	keys := make([]string, 1024)
	for i := range keys {
		keys[i] = "203.0.113." + strconv.Itoa(i)
		p.take(keys[i], 0)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for n := 0; pb.Next(); n++ {
			p.take(keys[n%len(keys)], ticks())
		}
	})
}

// TestWhoMendsAFormDoesNotWait: what was refused as faulty isn't counted, up to as much again; what was taken is.
func TestWhoMendsAFormDoesNotWait(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	l := &limiter{pace: newPace(1, 3, 1000), mends: newPace(1, 3, 1000)}
	var refusal error
	e.POST("/api/v1/it", l.before(s, nil), s.API(func(*gin.Context) error { return refusal }))
	send := func(want int) {
		t.Helper()
		if got := ask(e, "POST", "/api/v1/it", "").Code; got != want {
			t.Errorf("%d, want %d", got, want)
		}
	}
	refusal = forum.Refuse(forum.Invalid, "text.missing")
	send(422)
	refusal = forum.Refuse(forum.Conflict, "forum.closed")
	send(409)
	refusal = nil
	send(200)
	refusal = forum.Refuse(forum.NotFound, "page.not_found") // somebody may be guessing: counted
	send(404)
	refusal = forum.Refuse(forum.Invalid, "text.missing")
	send(422) // the third and last that is given back
	send(422)
	send(429)
}

// TestAPersonIsOneFromEveryAddress: who is signed in is limited also when they come from many addresses, and doesn't use up
// those addresses for others.
func TestAPersonIsOneFromEveryAddress(t *testing.T) {
	s, _ := testSite(t, Options{TrustedProxies: []string{"192.0.2.1"}})
	e := s.Engine()
	l := newLimiter(limitRate{1, 2, false})
	e.POST("/api/v1/it", l.before(s, func(c *gin.Context) string { return c.GetHeader("Who") }), s.API(func(*gin.Context) error { return nil }))
	for n, step := range []struct {
		from, who string
		want      int
	}{{"203.0.113.1", "a", 200}, {"203.0.113.2", "a", 200}, {"203.0.113.3", "a", 429}, {"203.0.113.3", "", 200}, {"203.0.113.3", "b", 200}, {"203.0.113.3", "c", 429}} {
		if got := ask(e, "POST", "/api/v1/it", "", "X-Forwarded-For", step.from, "Who", step.who).Code; got != step.want {
			t.Errorf("step %d: %d, want %d", n, got, step.want)
		}
	}
}
