package postgres_test

import (
	"sync"
	"testing"

	"acropolis/forum"
)

// clients is how many citizens wait for an answer at the same moment.
const clients = 64

// inParallel shares n calls among the clients.
func inParallel(n int, call func(i int)) {
	var all sync.WaitGroup
	next := make(chan int)
	for range clients {
		all.Go(func() {
			for i := range next {
				call(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}

// BenchmarkAcceptedOpinions tells what batches gain over a transaction per opinion, with synchronous_commit as the test's
// server has it (fsync off: on a real disk the gain is larger).
func BenchmarkAcceptedOpinions(b *testing.B) {
	perSecond := map[string]float64{}
	for _, way := range []string{"one by one", "batched"} {
		b.Run(way, func(b *testing.B) {
			s := newStore(b)
			id := openForum(b, s)
			w := newWriter(b, s)
			b.ResetTimer()
			inParallel(b.N, func(int) {
				var err error
				if o := opinionOf(id, "서울광장에 그늘막을 설치해 주십시오."); way == "batched" {
					_, err = w.Post(b.Context(), o)
				} else {
					err = s.AcceptOpinions(b.Context(), []forum.NewOpinion{o})[0].Err
				}
				if err != nil {
					b.Error(err)
				}
			})
			report(b, perSecond, way)
		})
	}
}

// BenchmarkCastVotes is the same for votes, all on twenty opinions.
func BenchmarkCastVotes(b *testing.B) {
	perSecond := map[string]float64{}
	for _, way := range []string{"one by one", "batched"} {
		b.Run(way, func(b *testing.B) {
			s := newStore(b)
			id := openForum(b, s)
			exec(b, s, `UPDATE forums SET identity = 'device' WHERE id = $1`, id)
			var opinions []forum.ID
			for i := range 20 {
				opinions = append(opinions, accept(b, s, opinionOf(id, "의견 "+number(i)))[0].ID)
			}
			w := newWriter(b, s)
			b.ResetTimer()
			inParallel(b.N, func(i int) {
				var err error
				if v := (forum.NewVote{Opinion: opinions[i%20], Device: []byte(number(i)), Choice: forum.For}); way == "batched" {
					_, err = w.Vote(b.Context(), v)
				} else {
					err = s.CastVotes(b.Context(), []forum.NewVote{v})[0].Err
				}
				if err != nil {
					b.Error(err)
				}
			})
			report(b, perSecond, way)
		})
	}
}

func report(b *testing.B, perSecond map[string]float64, way string) {
	perSecond[way] = float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(perSecond[way], "accepted/s")
	if alone := perSecond["one by one"]; way == "batched" && alone > 0 {
		b.ReportMetric(perSecond[way]/alone, "times-one-by-one")
	}
}
