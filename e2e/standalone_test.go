package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"acropolis/e2e/program"
	"acropolis/forum"
)

// sent is one write of the test below, with what was answered, if anything.
type sent struct {
	key, text, email string
	by               *citizen
	receipt          forum.Receipt // empty: no answer came
	id               forum.ID
}

// Everything in one process, killed while people post and vote, and started again on the same directory after the close was
// due: what was answered is there, the close happens at once, and nobody gets a letter twice.
func TestStandaloneKilledInMidForum(t *testing.T) {
	t.Setenv("PRESSURE_WRITES", "0") // this rush is no attack: nobody is to solve tasks
	c := newStandalone(t, "-demo=false")
	store, conductor := c.store(), c.conductor()
	awaitOfficial(t, store, anOfficer)
	const period = 12 * time.Second
	id := forumIn(t, store, forum.Open, period)
	closes := time.Now().Add(period)
	if err := conductor.Start(t.Context(), forum.Start{Noun: forum.TheForum, ID: id}); err != nil {
		t.Fatal(err)
	}
	reader := confirmed(t, store)
	first, got, err := reader.post(t.Context(), c.public, id, newKey(), "나무 그늘이 넓은 광장이면 좋겠습니다.", "")
	if err != nil || !got.ok() {
		t.Fatal(got, err)
	}

	// Twelve people post, each leaving an address, and vote, until nobody answers any more.
	var mu sync.Mutex
	var all []sent
	var posting sync.WaitGroup
	voted := map[*citizen]forum.Choice{} // the last answered one
	for n := range 12 {
		person := confirmed(t, store)
		posting.Go(func() {
			choice := forum.For
			for turn := 0; ; turn++ {
				s := sent{key: newKey(), text: fmt.Sprintf("광장에 바라는 점 %d-%d", n, turn), by: person,
					email: fmt.Sprintf("writer-%d-%d@citizen.example", n, turn)}
				accepted, got, err := person.post(t.Context(), c.public, id, s.key, s.text, s.email)
				if err == nil && !got.ok() {
					t.Errorf("refused: %v", got)
					return
				}
				s.receipt, s.id = accepted.Receipt, accepted.ID
				mu.Lock()
				all = append(all, s)
				mu.Unlock()
				if err != nil {
					return
				}
				_, err = person.vote(t.Context(), c.public, first.ID, newKey(), choice)
				if err != nil {
					return
				}
				mu.Lock()
				voted[person] = choice
				mu.Unlock()
				if choice = forum.For; turn%2 == 0 {
					choice = forum.Against
				}
				time.Sleep(40 * time.Millisecond)
			}
		})
	}
	time.Sleep(3 * time.Second)
	c.main.Kill()
	posting.Wait()
	answered := 0
	for _, s := range all {
		if s.receipt != "" {
			answered++
		}
	}
	if answered < 50 || time.Now().After(closes) {
		t.Fatalf("%d answers before the kill, %v before the close", answered, time.Until(closes))
	}
	time.Sleep(time.Until(closes) + time.Second)

	c.startMain("city", "-demo=false")
	var sites, closed time.Duration
	program.Await(t, "the close", time.Minute, func(ctx context.Context) bool {
		topic, err := reader.statusOf(ctx, c.public, id)
		if err != nil {
			return false
		}
		if sites == 0 {
			sites = time.Since(c.main.Began)
		}
		closed = time.Since(c.main.Began)
		return topic.Status != forum.Open
	})
	t.Logf("killed after %d answers; started again, the site answered after %v and showed the forum closed after %v", answered,
		sites.Round(time.Millisecond), closed.Round(time.Millisecond))
	if closed > 5*time.Second {
		t.Errorf("the close that was due came %v after the start", closed)
	}

	// Each answer stands; what got none is asked again with its key, and is there or isn't.
	store = c.store()
	kept := answered
	for _, s := range all {
		if s.receipt == "" {
			again, got, err := s.by.post(t.Context(), c.public, id, s.key, s.text, s.email)
			switch {
			case err != nil:
				t.Error(err)
			case got.ok():
				kept++
				s.receipt, s.id = again.Receipt, again.ID
			case got.key() != "forum.closed":
				t.Errorf("asked again: %v", got)
			}
		}
		if s.receipt != "" {
			resolves(t, c, s)
		}
	}
	if n := one[int](t, store, `SELECT count(*) FROM opinions WHERE forum_id = $1`, id); n != kept+1 {
		t.Errorf("%d opinions on record, want %d", n, kept+1)
	}
	var frozen forum.Figures
	if err := json.Unmarshal(one[[]byte](t, store, `SELECT figures FROM analyses WHERE forum_id = $1`, id), &frozen); err != nil || frozen.Opinions != kept+1 {
		t.Errorf("the close counted %d opinions, %v; want %d", frozen.Opinions, err, kept+1)
	}
	if n := one[int](t, store, `SELECT count(*) FROM votes WHERE opinion_id = $1`, first.ID); n < len(voted) || frozen.VotesFor+frozen.VotesAgainst != n {
		t.Errorf("%d votes on record, %d answered, %d counted", n, len(voted), frozen.VotesFor+frozen.VotesAgainst)
	}
	mailedOnce(t, store, c, 1)
	wellKept(t, store)
}

// resolves checks that a receipt opens the page of what it is the receipt of.
func resolves(t *testing.T, c *city, s sent) {
	t.Helper()
	got, err := s.by.ask(t.Context(), http.MethodGet, c.public+"/api/v1/receipts/"+string(s.receipt), "", nil)
	if err != nil || !got.ok() {
		t.Errorf("a receipt doesn't resolve: %v, %v", got, err)
		return
	}
	var status struct {
		Opinion struct {
			ID   forum.ID `json:"id"`
			Text string   `json:"text"`
		} `json:"opinion"`
	}
	if err := json.Unmarshal(got.body, &status); err != nil || status.Opinion.ID != s.id || status.Opinion.Text != s.text {
		t.Errorf("a receipt opens something else: %v, %v", got, err)
	}
}
