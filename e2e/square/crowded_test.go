package square

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"acropolis/forum"
)

var crowded = flag.Int("crowded", 100_000, "opinions on the board of BenchmarkCrowdedBoard")

// BenchmarkCrowdedBoard prints how long a reader waits for the pages of a board of 100,000 opinions, beside one of 1,000: first
// and last page, search, the export. One reader at a time, nothing from memory: every request asks another question.
func BenchmarkCrowdedBoard(b *testing.B) {
	s := newSquare(b, 1, nil)
	for _, n := range []int{1000, *crowded} {
		began := time.Now()
		id := s.openForum()
		ids := s.post(id, n)
		s.voteAtRandom(ids, 20_000)
		if err := s.store.Tally(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := s.store.IndexOpinions(b.Context()); err != nil {
			b.Fatal(err)
		}
		s.execute(`ANALYZE`)
		fmt.Printf("%d opinions (made in %v)\n", n, time.Since(began).Round(time.Second))
		last := (n + 19) / 20
		for _, c := range []struct{ name, query string }{
			{"first page, best", "sort=best"}, {"first page, newest", "sort=newest"},
			{"last page, best", fmt.Sprintf("sort=best&page=%d", last)}, {"last page, newest", fmt.Sprintf("sort=newest&page=%d", last)},
			{"search, rare word", "q=%EC%A2%8C%EC%84%9D"}, {"search, every opinion", "q=%EA%B4%91%EC%9E%A5"},
			{"search, one in six", "q=%EB%B6%84%EC%88%98%EB%8C%80&sort=newest"}, {"search, a number", "q=1234"},
		} {
			times := s.readTimes(b, s.webs[0].url("/ko/forums/", string(id), "?", c.query), 40)
			fmt.Printf("  %-24s p50 %7.1f ms   p99 %7.1f ms\n", c.name, ms(times[len(times)/2]), ms(times[len(times)-1]))
		}
		s.exported(b, id, n)
	}
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

// readTimes asks so many times, each time with something in the question that makes it another page.
func (s *square) readTimes(b *testing.B, address string, times int) []time.Duration {
	b.Helper()
	var took []time.Duration
	for i := range times {
		began := time.Now()
		size := get(b, fmt.Sprintf("%s&nth=%d", address, i))
		took = append(took, time.Since(began))
		if size == 0 {
			b.Fatal("an empty page")
		}
	}
	slices.Sort(took)
	return took
}

func get(t testing.TB, address string) (size int64) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	size, err = io.Copy(io.Discard, response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", address, response.StatusCode, err)
	}
	return size
}

// voteAtRandom lets a hundred people vote on opinions of a board.
func (s *square) voteAtRandom(ids []forum.ID, n int) {
	s.t.Helper()
	voters := s.voters(100)
	for from := 0; from < n; from += 500 {
		var votes []forum.NewVote
		for range 500 {
			votes = append(votes, forum.NewVote{Opinion: ids[rand.IntN(len(ids))], Citizen: voters[rand.IntN(len(voters))].contact, //nolint:gosec // no secret
				Choice: []forum.Choice{forum.For, forum.For, forum.Against}[rand.IntN(3)]}) //nolint:gosec // no secret
		}
		for _, outcome := range s.store.CastVotes(s.t.Context(), votes) {
			if outcome.Err != nil {
				s.t.Fatal(outcome.Err)
			}
		}
	}
}

// exported ends the forum, as an import of a past one would have it, and times the open data.
func (s *square) exported(b *testing.B, id forum.ID, n int) {
	b.Helper()
	s.execute(`UPDATE forums SET status = 'published', closes_at = now(), closed_at = now() WHERE id = $1`, id)
	for _, kind := range []string{"csv", "json"} {
		began := time.Now()
		size := get(b, s.webs[0].url("/api/v1/forums/", string(id), "/export.", kind))
		fmt.Printf("  export.%-17s %7.0f ms   %.1f MB, %d rows\n", kind, ms(time.Since(began)), float64(size)/1e6, n)
	}
}
