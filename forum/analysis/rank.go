package analysis

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// Tally is what the votes said about one opinion: one person, one vote, the last one they cast.
type Tally struct {
	ID           string
	For, Against int
	// At is the instant at which the opinion was accepted.
	At time.Time
}

// Ranked is an opinion's place in the ranking by agreement.
type Ranked struct {
	ID string
	// Score is WilsonLower of the opinion's votes, from 0 to 1.
	Score float64
	// Rank counts from 1; no two opinions share one.
	Rank int
}

// Rank puts the opinions in the order of agreement, best first, by the lower confidence bound of their share for: two
// votes, both for, don't outrank ninety of a hundred. More votes of the same share have the higher bound, so bounds are
// equal only where the votes are, or where none is for: there fewer against come first, so that a vote against never
// lifts an opinion. Then the earlier opinion comes first, then the smaller id. Opinions without a vote come last. The
// order of the argument doesn't matter; ids must be unique.
func Rank(tallies []Tally) []Ranked {
	scored := make([]scoredTally, len(tallies))
	for i := range tallies {
		scored[i] = scoredTally{&tallies[i], WilsonLower(tallies[i].For, tallies[i].Against)}
	}
	slices.SortFunc(scored, byAgreement)

	ranked := make([]Ranked, len(scored))
	for i, s := range scored {
		ranked[i] = Ranked{ID: s.ID, Score: s.score, Rank: i + 1}
	}
	return ranked
}

type scoredTally struct {
	*Tally
	score float64
}

func byAgreement(a, b scoredTally) int {
	if voted := a.hasVotes(); voted != b.hasVotes() {
		if voted {
			return -1
		}
		return +1
	}
	return cmp.Or(
		cmp.Compare(b.score, a.score),
		cmp.Compare(a.Against, b.Against),
		a.At.Compare(b.At),
		strings.Compare(a.ID, b.ID),
	)
}

func (t *Tally) hasVotes() bool { return t.For+t.Against > 0 }

// z95 is the standard normal quantile that a two-sided interval of 95 % reaches to.
const z95 = 1.959963984540054

// WilsonLower is the lower end of the 95 % score interval for the share of votes for among the votes for and against: 0
// without a vote for, and nearer to the plain share the more people voted.
//
// Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the American
// Statistical Association 22 (1927), 209-212; without continuity correction, as method 3 of R. G. Newcombe, Statistics
// in Medicine 17 (1998), 857-872.
func WilsonLower(inFavour, against int) float64 {
	if inFavour <= 0 {
		return 0
	}
	n := float64(inFavour) + float64(max(against, 0))
	share := float64(inFavour) / n
	const zz = z95 * z95
	// The conversions forbid fused multiply-add: frozen ranks must come out the same on every processor.
	variance := float64(share*(1-share)) / n
	spread := float64(z95 * math.Sqrt(variance+zz/float64(4*n*n)))
	return (share + zz/float64(2*n) - spread) / (1 + zz/n)
}
