package square

import (
	"flag"
	"sync"
	"testing"

	"acropolis/e2e/load"
	"acropolis/forum"
)

var twice = flag.Int("twice", 10_000, "attempts of TestNobodyVotesTwice")

// TestNobodyVotesTwice: 100 people vote on one opinion, over and over and all at once, at two web processes. Each has one vote, their
// last change; every change is kept; what is shown is a recount.
func TestNobodyVotesTwice(t *testing.T) {
	const people = 100
	s := newSquare(t, 2, nil)
	opinion := s.post(s.openForum(), 1)[0]
	voters := s.voters(people)
	var all sync.WaitGroup
	results := make([]load.Result, len(s.webs))
	for n, w := range s.webs {
		all.Go(func() {
			results[n] = load.Run(t.Context(), w.public, people, patience, func(client, turn int) ([]byte, func(load.Answer, error)) {
				if turn >= *twice/people/len(s.webs) {
					return nil, nil
				}
				choice := forum.For
				if (turn+n)%2 == 0 {
					choice = forum.Against
				}
				return vote(w, voters[client], opinion, choice), nil
			})
		})
	}
	all.Wait()
	accepted := 0
	for _, r := range results {
		accepted += r.OK
		for status, n := range r.Others {
			t.Errorf("%d answers of %d", n, status)
		}
	}
	if n := one[int](s, `SELECT count(*) FROM votes WHERE opinion_id = $1`, opinion); n != people {
		t.Errorf("%d votes of %d people", n, people)
	}
	if n := one[int](s, `SELECT count(*) FROM vote_changes WHERE opinion_id = $1`, opinion); n != accepted {
		t.Errorf("%d changes on record, %d accepted", n, accepted)
	}
	t.Logf("%d attempts of %d people accepted as changes, %d votes", accepted, people, one[int](s, `SELECT count(*) FROM votes WHERE opinion_id = $1`, opinion))
	s.wellKept() // each vote is its voter's last change, each change says what it replaced, and shown counts equal a recount
}

// vote is the request of one vote.
func vote(w *web, v voter, opinion forum.ID, choice forum.Choice, headers ...string) []byte {
	headers = append(headers, "Cookie", v.cookie, "X-Forwarded-For", v.address, "Content-Type", "application/json", "User-Agent", "Mozilla/5.0 (load)")
	return load.Request("PUT", w.public, "/api/v1/opinions/"+string(opinion)+"/vote", []byte(`{"choice":"`+string(choice)+`"}`), headers...)
}
