package forum

import (
	"cmp"
	"math"
	"time"
)

// How the pool is weighed: a suggestion's weight is log2(1 + supports) + freshness × 2^(-days / halfLife), less
// crowding for each suggestion of the same department that stands above it. Doubling the supports is worth one point, being
// new two points that halve each month, and each further topic of one department costs half a point, so that a month's
// topics aren't all one department's.
const (
	poolFreshness = 2.0
	poolHalfLife  = 30.0 // days
	poolCrowding  = 0.5
)

// RankPool orders the candidates of an open round as the officer is shown them, and gives each its weight. One whose
// department nobody can tell is crowded by none. Equal weights go to more supports, then to the older suggestion, then to its
// id.
func RankPool(candidates []RoundCandidate, at time.Time) {
	for i := range candidates {
		candidates[i].Weight = poolWeight(candidates[i].Suggestion, at)
	}
	above := map[string]int{}
	for place := range candidates {
		best := place
		for i := place + 1; i < len(candidates); i++ {
			if poolOrder(candidates[i], candidates[best], above) < 0 {
				best = i
			}
		}
		candidates[place], candidates[best] = candidates[best], candidates[place]
		one := &candidates[place]
		one.Weight, one.Rank = crowded(*one, above), place+1
		if one.Department != "" {
			above[one.Department]++
		}
	}
}

func poolWeight(g Suggestion, at time.Time) float64 {
	days := max(at.Sub(g.SubmittedAt).Hours()/24, 0)
	return math.Log2(1+float64(g.Supports)) + poolFreshness*math.Exp2(-days/poolHalfLife)
}

// crowded rounds, because processors disagree about a logarithm's last bits.
func crowded(c RoundCandidate, above map[string]int) float64 {
	return math.Round((c.Weight-poolCrowding*float64(above[c.Department]))*1e9) / 1e9
}

func poolOrder(a, b RoundCandidate, above map[string]int) int {
	return cmp.Or(cmp.Compare(crowded(b, above), crowded(a, above)), cmp.Compare(b.Suggestion.Supports, a.Suggestion.Supports),
		a.Suggestion.SubmittedAt.Compare(b.Suggestion.SubmittedAt), cmp.Compare(a.Suggestion.ID, b.Suggestion.ID))
}
