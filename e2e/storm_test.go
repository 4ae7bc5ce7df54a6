package e2e

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"acropolis/e2e/program"
	"acropolis/forum"
	"acropolis/integrations/postgres"
)

var (
	storm   = flag.Int("storm", 60, "how many forums close in one instant")
	waiting = flag.Int("waiting", 300, "how many forums wait while their number is felt")
)

// TestForumsThatCloseInOneInstant: each is closed soon, while people go on posting, and none takes anything afterwards.
// `make storm` does it with 1,000.
func TestForumsThatCloseInOneInstant(t *testing.T) {
	c := newCity(t)
	c.worker("SWEEP_EVERY", "1h") // each closes by its own timer
	site, store, conductor := c.webui(), c.store(), c.conductor()
	awaitOfficial(t, store, anOperator)
	var ids []forum.ID
	for range *storm {
		ids = append(ids, forumIn(t, store, forum.Open, 24*time.Hour))
	}
	var writers []*citizen
	for range 8 {
		writers = append(writers, confirmed(t, store))
	}
	execute(t, store, `UPDATE forums SET closes_at = now() + $1::interval`, 20*time.Second+time.Duration(*storm)*150*time.Millisecond)
	for _, id := range ids {
		// The first Sweep may have been there before, and knows of another close.
		if err := conductor.Wake(t.Context(), forum.Start{Noun: forum.TheForum, ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	due := one[time.Time](t, store, `SELECT max(closes_at) FROM forums`)
	if time.Now().After(due) {
		t.Fatal("the machine is too slow for the instant; nothing was measured")
	}
	accepted := postUntilClosed(t, writers, site.public, ids[:len(writers)], due)
	program.Await(t, "all to be closed", 10*time.Minute, func(context.Context) bool {
		return one[int](t, store, `SELECT count(*) FROM forums WHERE closed_at IS NULL`) == 0
	})
	const limit = time.Minute
	slowest := one[time.Time](t, store, `SELECT max(at) FROM audit WHERE noun = 'forum' AND after = 'closed'`).Sub(due)
	late := one[int](t, store, `SELECT count(*) FROM opinions o JOIN forums f ON f.id = o.forum_id WHERE o.accepted_at >= f.closes_at`)
	t.Logf("%d forums closed in one instant: the slowest %v late, of %v (%.2f); %d opinions accepted meanwhile, %d of them late", len(ids),
		slowest.Round(time.Millisecond), limit, slowest.Seconds()/limit.Seconds(), accepted, late)
	if slowest > limit || late != 0 || accepted == 0 {
		t.Error("too late, or something was accepted late, or nobody posted")
	}
	wellKept(t, store)
}

// manyForums puts open forums into the city at once: copies of one, without its trail.
func manyForums(t *testing.T, s *postgres.Store, n int) []forum.ID {
	t.Helper()
	model := forumIn(t, s, forum.Open, 24*time.Hour)
	columns := strings.Join(many(t, s, `SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_name = 'forums' AND column_name NOT IN ('id', 'number')
		AND is_generated = 'NEVER' ORDER BY ordinal_position`), ", ")
	ids := []forum.ID{model}
	fresh := make([]string, 0, n)
	for range n - 1 {
		id := postgres.NewID()
		ids, fresh = append(ids, id), append(fresh, string(id))
	}
	execute(t, s, `INSERT INTO forums (id, `+columns+`) SELECT fresh, `+columns+` FROM forums, unnest($2::uuid[]) AS fresh WHERE id = $1`, model, fresh)
	execute(t, s, `INSERT INTO forum_counts (forum_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING`, fresh)
	return ids
}

// postUntilClosed lets each writer post on a forum of their own until it takes nothing more.
func postUntilClosed(t *testing.T, writers []*citizen, site string, ids []forum.ID, due time.Time) (accepted int) {
	t.Helper()
	var mu sync.Mutex
	var done sync.WaitGroup
	for n, writer := range writers {
		done.Go(func() {
			for turn := 0; ; turn++ {
				_, a, err := writer.post(t.Context(), site, ids[n%len(ids)], newKey(), fmt.Sprintf("마감 직전에 보냅니다. %d-%d", n, turn), "")
				if err != nil || !a.ok() {
					if err := endedBy(a, err); err != nil {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				accepted++
				mu.Unlock()
				time.Sleep(min(1100*time.Millisecond, max(time.Until(due)/2, time.Millisecond)))
			}
		})
	}
	done.Wait()
	return accepted
}

// TestManyForumsWait: what they cost, and how long a Sweep over them takes. `make waiting` does it with 10,000.
func TestManyForumsWait(t *testing.T) {
	c := newCity(t)
	worker := c.worker("SWEEP_EVERY", "1h")
	store, conductor := c.store(), c.conductor()
	awaitOfficial(t, store, anOperator)
	empty := databaseSizes(t, store)
	manyForums(t, store, *waiting)
	const limit = 30 * time.Second
	began := time.Now()
	sweep(t, c)
	t.Logf("a Sweep that starts %d procedures took %v", *waiting, time.Since(began).Round(time.Millisecond))
	program.Await(t, "all to run", 10*time.Minute, func(ctx context.Context) bool { return runningForums(ctx, conductor) == *waiting })
	sweep(t, c) // behind all that has just begun
	began = time.Now()
	sweep(t, c)
	took := time.Since(began)
	t.Logf("%d forums wait; a Sweep over them takes %v, of %v (%.2f)", *waiting, took.Round(time.Millisecond), limit, took.Seconds()/limit.Seconds())
	t.Logf("resident: worker %d MB, services (PostgreSQL apart) %d MB; databases before and after: %s | %s", residentMB(t, worker), residentMB(t, c.main), empty, databaseSizes(t, store))
	if took > limit {
		t.Error("too slow")
	}
}

// residentMB is what a process holds in memory.
func residentMB(t *testing.T, p *program.Process) int {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID))
	if err != nil {
		t.Skip("no /proc here")
	}
	_, rest, _ := bytes.Cut(raw, []byte("VmRSS:"))
	fields := strings.Fields(string(rest))
	kb, err := strconv.Atoi(fields[0])
	if err != nil {
		t.Fatal(err)
	}
	return kb >> 10
}

func databaseSizes(t *testing.T, s *postgres.Store) string {
	t.Helper()
	return strings.Join(many(t, s, `SELECT datname || ' ' || pg_size_pretty(pg_database_size(datname)) FROM pg_database
		WHERE datname IN ('acropolis', 'temporal', 'temporal_visibility') ORDER BY datname`), ", ")
}
