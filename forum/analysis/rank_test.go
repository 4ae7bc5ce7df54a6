package analysis_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"acropolis/forum/analysis"
)

var noon = time.Date(2003, 2, 7, 3, 0, 0, 0, time.UTC) // 12:00 in Seoul, the first forum's first day

func TestWilsonLowerAgainstPublishedIntervals(t *testing.T) {
	for _, c := range []struct {
		of        string
		r, n      int
		want      float64
		precision float64
	}{
		{"Newcombe 1998, table I, method 3", 81, 263, 0.2553, 5e-5},
		{"Newcombe 1998, table I, method 3", 15, 148, 0.0624, 5e-5},
		{"Newcombe 1998, table I, method 3", 0, 20, 0, 0},
		{"Newcombe 1998, table I, method 3", 1, 29, 0.0061, 5e-5},
		{"everyone of one: 1/(1+z²)", 1, 1, 1 / (1 + 1.959963984540054*1.959963984540054), 1e-15},
		{"everyone of ten: 10/(10+z²)", 10, 10, 10 / (10 + 1.959963984540054*1.959963984540054), 1e-15},
		{"nobody of nobody", 0, 0, 0, 0},
	} {
		if got := analysis.WilsonLower(c.r, c.n-c.r); math.Abs(got-c.want) > c.precision {
			t.Errorf("%s: %d of %d have %.6f, want %.6f", c.of, c.r, c.n, got, c.want)
		}
	}
}

func TestWilsonLowerLiesBetweenZeroAndTheShareAndGrowsWithAgreement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inFavour, against := rapid.IntRange(0, 2_000_000).Draw(t, "for"), rapid.IntRange(0, 2_000_000).Draw(t, "against")
		bound := analysis.WilsonLower(inFavour, against)
		if share := float64(inFavour) / math.Max(1, float64(inFavour+against)); bound < 0 || bound > share {
			t.Fatalf("%d for, %d against: bound %v outside [0, %v]", inFavour, against, bound, share)
		}
		if more := analysis.WilsonLower(inFavour+1, against); more <= bound {
			t.Fatalf("%d for, %d against: one more for lowers %v to %v", inFavour, against, bound, more)
		}
		if less := analysis.WilsonLower(inFavour, against+1); less > bound || (inFavour > 0 && less == bound) {
			t.Fatalf("%d for, %d against: one more against lifts %v to %v", inFavour, against, bound, less)
		}
	})
}

func TestRankPrefersConfidenceToRawCountsAndToRawShares(t *testing.T) {
	ranked := analysis.Rank([]analysis.Tally{
		{ID: "disputed", For: 120, Against: 100, At: noon},
		{ID: "one of one", For: 1, At: noon},
		{ID: "ninety of a hundred", For: 90, Against: 10, At: noon},
	})
	wantOrder(t, ranked, "ninety of a hundred", "disputed", "one of one")
}

func TestRankBreaksTiesByVotesThenTimeThenIDAndPutsTheUnvotedLast(t *testing.T) {
	later := noon.Add(time.Minute)
	ranked := analysis.Rank([]analysis.Tally{
		{ID: "unvoted, later", At: later},
		{ID: "unvoted", At: noon.Add(-time.Hour)},
		{ID: "refused by all", Against: 100, At: noon},
		{ID: "refused by one", Against: 1, At: later},
		{ID: "c", For: 3, Against: 1, At: later},
		{ID: "b", For: 3, Against: 1, At: noon},
		{ID: "a", For: 3, Against: 1, At: later},
	})
	wantOrder(t, ranked, "b", "a", "c", "refused by one", "refused by all", "unvoted", "unvoted, later")
}

func wantOrder(t *testing.T, ranked []analysis.Ranked, ids ...string) {
	t.Helper()
	got := make([]string, len(ranked))
	for i, r := range ranked {
		got[i] = r.ID
		if r.Rank != i+1 {
			t.Errorf("%s stands at place %d with rank %d", r.ID, i+1, r.Rank)
		}
	}
	if !slices.Equal(got, ids) {
		t.Errorf("order is %q, want %q", got, ids)
	}
}

func someTallies(t *rapid.T) []analysis.Tally {
	few := rapid.IntRange(0, 4) // few values, so that ties happen
	tallies := make([]analysis.Tally, rapid.IntRange(0, 30).Draw(t, "opinions"))
	for i := range tallies {
		tallies[i] = analysis.Tally{
			ID: fmt.Sprintf("o%02d", i), For: few.Draw(t, "for"), Against: few.Draw(t, "against"),
			At: noon.Add(time.Duration(few.Draw(t, "minute")) * time.Minute),
		}
	}
	return tallies
}

func TestRankIsTheSameInWhateverOrderTheOpinionsCome(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tallies := someTallies(t)
		given := slices.Clone(tallies)
		want := analysis.Rank(tallies)
		if !slices.Equal(tallies, given) {
			t.Fatal("Rank moved its argument")
		}
		if got := analysis.Rank(rapid.Permutation(tallies).Draw(t, "shuffled")); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestRankIsATotalOrderThatKeepsWhenOthersLeave(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tallies := someTallies(t)
		place := map[string]int{}
		for i, r := range analysis.Rank(tallies) {
			if r.Rank != i+1 {
				t.Fatalf("rank %d at place %d", r.Rank, i+1)
			}
			place[r.ID] = r.Rank
		}
		if len(place) != len(tallies) {
			t.Fatalf("%d of %d opinions have a rank", len(place), len(tallies))
		}
		// Any two opinions alone stand as they do among all: antisymmetric, transitive and complete.
		for i, a := range tallies {
			for _, b := range tallies[:i] {
				if first := analysis.Rank([]analysis.Tally{a, b})[0].ID; (first == a.ID) != (place[a.ID] < place[b.ID]) {
					t.Fatalf("alone %s comes first, among all %s has %d and %s has %d", first, a.ID, place[a.ID], b.ID, place[b.ID])
				}
			}
		}
	})
}

func TestAVoteForNeverLowersAnOpinionAndAVoteAgainstNeverLiftsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tallies := someTallies(t)
		if len(tallies) == 0 {
			return
		}
		i := rapid.IntRange(0, len(tallies)-1).Draw(t, "opinion")
		before := rankOf(tallies, i)
		if tallies[i].For++; rankOf(tallies, i) > before {
			t.Fatalf("a vote for lowers %v", tallies[i])
		}
		tallies[i].For--
		if tallies[i].For+tallies[i].Against == 0 {
			return // its first vote of any kind takes it from the unvoted, who come last
		}
		if tallies[i].Against++; rankOf(tallies, i) < before {
			t.Fatalf("a vote against lifts %v", tallies[i])
		}
	})
}

func rankOf(tallies []analysis.Tally, i int) int {
	ranked := analysis.Rank(tallies)
	return 1 + slices.IndexFunc(ranked, func(r analysis.Ranked) bool { return r.ID == tallies[i].ID })
}

// BenchmarkRank shows what ranking a large board costs, also as a multiple of sorting its bounds alone.
func BenchmarkRank(b *testing.B) {
	dice := rand.New(rand.NewPCG(2003, 109))
	tallies := make([]analysis.Tally, 100_000)
	bounds := make([]float64, len(tallies))
	for i := range tallies {
		tallies[i] = analysis.Tally{ID: fmt.Sprintf("o%06d", i), For: dice.IntN(500), Against: dice.IntN(500),
			At: noon.Add(time.Duration(dice.IntN(3_000_000)) * time.Second)}
		bounds[i] = analysis.WilsonLower(tallies[i].For, tallies[i].Against)
	}
	var sorting time.Duration
	for b.Loop() {
		analysis.Rank(tallies)
		b.StopTimer()
		alone := slices.Clone(bounds)
		began := time.Now()
		slices.Sort(alone)
		sorting += time.Since(began)
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(sorting), "x-sort")
}
