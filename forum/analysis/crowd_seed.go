package analysis

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// How many candidates of each kind are looked at: those that stand out most.
const mostSeeds = 10

// seed is a set of voters that might be a crowd, and how much it stands out among those of its kind.
type seed struct {
	voters  []int
	strange float64
	copies  map[int]bool // opinions that are near-copies, where those are what brought it here
}

// candidates are the sets of voters from which crowds may be grown.
func (b *ballots) candidates(copies [][]Post) []seed {
	var all []seed
	for _, kind := range [][]seed{b.fromNetworks(), b.fromDomains(), b.fromBursts(), b.fromPairs(), b.fromCopies(copies)} {
		slices.SortStableFunc(kind, func(x, y seed) int { return cmp.Compare(y.strange, x.strange) })
		all = append(all, b.apart(kind)...)
	}
	return all
}

// apart picks the first of a kind, those left out that have most of their voters in common with an earlier one: a class stands out
// once, not with each opinion that it votes on.
func (b *ballots) apart(kind []seed) []seed {
	var picked []seed
	var members []map[int]bool
	for _, s := range kind[:min(len(kind), 8*mostSeeds)] {
		mine := make(map[int]bool, len(s.voters))
		for _, v := range s.voters {
			mine[v] = true
		}
		if !slices.ContainsFunc(members, func(other map[int]bool) bool { return overlap(mine, other) > 0.7 }) {
			picked, members = append(picked, s), append(members, mine)
		}
		if len(picked) == mostSeeds {
			break
		}
	}
	return picked
}

// overlap is the share of the smaller set that is in the larger one, too.
func overlap(a, b map[int]bool) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	both := 0
	for v := range a {
		if b[v] {
			both++
		}
	}
	return float64(both) / float64(max(len(a), 1))
}

// fromNetworks gives, for each opinion, its voters who share their network with others of its voters.
func (b *ballots) fromNetworks() []seed {
	var seeds []seed
	for o, casters := range b.casters {
		here := map[string]int{}
		for _, v := range casters {
			if n := b.voters[v].network; n != "" && !b.taken[v] {
				here[n]++
			}
		}
		var s seed
		for _, v := range casters {
			n := b.voters[v].network
			if here[n] < 3 || b.taken[v] {
				continue
			}
			s.voters = append(s.voters, v)
		}
		for _, n := range slices.Sorted(maps.Keys(here)) { // sums of fractions depend on their order
			count := here[n]
			if usual := float64(b.networks[n]) * float64(b.castOn[o]) / float64(b.honest); count >= 3 && float64(count) > usual {
				s.strange += float64(count)*math.Log(float64(count)/usual) - (float64(count) - usual)
			}
		}
		if len(s.voters) >= smallestSeed {
			seeds = append(seeds, s)
		}
	}
	return seeds
}

// fromDomains gives the voters of each uncommon mail domain.
func (b *ballots) fromDomains() []seed {
	of := map[string][]int{}
	var order []string
	for i, v := range b.voters {
		if v.domain == "" || b.taken[i] {
			continue
		}
		if of[v.domain] == nil {
			order = append(order, v.domain)
		}
		of[v.domain] = append(of[v.domain], i)
	}
	var seeds []seed
	for _, d := range order {
		if len(of[d]) >= smallestSeed {
			seeds = append(seeds, seed{voters: of[d], strange: float64(len(of[d]))})
		}
	}
	return seeds
}

// burstLengths are the windows in which an opinion's votes are looked at, in seconds.
var burstLengths = []int64{30 * 60, 3 * 3600, 12 * 3600, 48 * 3600}

// fromBursts gives, for each opinion and choice, the voters of the window that holds most beyond what the forum's own rate lets
// expect.
func (b *ballots) fromBursts() []seed {
	var seeds []seed
	for o, casters := range b.casters {
		for _, agrees := range []bool{true, false} {
			var at []int64
			for _, v := range casters {
				if cast := b.voters[v].votes[o]; !b.taken[v] && cast.agrees == agrees {
					at = append(at, cast.at)
				}
			}
			if len(at) < smallestSeed {
				continue
			}
			from, until, strange := b.strangestWindow(at)
			s := seed{strange: strange}
			for _, v := range casters {
				if cast := b.voters[v].votes[o]; !b.taken[v] && cast.at >= from && cast.at <= until {
					s.voters = append(s.voters, v)
				}
			}
			if len(s.voters) >= smallestSeed {
				seeds = append(seeds, s)
			}
		}
	}
	return seeds
}

// strangestWindow is the window with the greatest likelihood ratio against the forum's arrivals.
func (b *ballots) strangestWindow(at []int64) (from, until int64, strange float64) {
	slices.Sort(at)
	for _, length := range burstLengths {
		end := 0
		for begin := range at {
			for end < len(at) && at[end] <= at[begin]+length {
				end++
			}
			n := float64(end - begin)
			if n < smallestSeed {
				continue
			}
			usual := float64(len(at)) * b.arrived(at[begin], at[begin]+length)
			if ratio := n*math.Log(n/usual) - (n - usual); n > usual && ratio > strange {
				from, until, strange = at[begin], at[begin]+length, ratio
			}
		}
	}
	return from, until, strange
}

// arrived is the share of the forum's voters who came within a window.
func (b *ballots) arrived(from, until int64) float64 {
	low, _ := slices.BinarySearch(b.times, from)
	high, _ := slices.BinarySearch(b.times, until+1)
	return (float64(high-low) + 1) / (float64(len(b.times)) + 2)
}

// Pairs are looked for among voters of so many votes: who votes on everything votes on every pair.
const mostForPairs = 30

// fromPairs gives the voters of pairs of choices that come together more often than their shares let expect.
func (b *ballots) fromPairs() []seed {
	type pair struct{ a, b int } // opinion and choice in one number
	counts := map[pair]int{}
	single := make([]int, 2*len(b.opinions))
	voters := 0
	for i, v := range b.voters {
		if b.taken[i] || len(v.votes) > mostForPairs {
			continue
		}
		voters++
		items := itemsOf(v)
		for x, a := range items {
			single[a]++
			for _, c := range items[x+1:] {
				counts[pair{a, c}]++
			}
		}
	}
	type strangePair struct {
		pair
		strange float64
	}
	var pairs []strangePair
	for p, n := range counts {
		usual := float64(single[p.a]) * float64(single[p.b]) / float64(voters)
		if n >= smallestSeed && float64(n) > usual {
			pairs = append(pairs, strangePair{p, float64(n)*math.Log(float64(n)/usual) - (float64(n) - usual)})
		}
	}
	slices.SortFunc(pairs, func(x, y strangePair) int {
		return cmp.Or(cmp.Compare(y.strange, x.strange), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
	var seeds []seed
	for _, p := range pairs[:min(len(pairs), mostSeeds)] {
		s := seed{strange: p.strange}
		for _, i := range b.casters[p.a/2] {
			one, first := b.voters[i].votes[p.a/2]
			other, second := b.voters[i].votes[p.b/2]
			if first && second && !b.taken[i] && one.agrees == (p.a%2 == 1) && other.agrees == (p.b%2 == 1) && len(b.voters[i].votes) <= mostForPairs {
				s.voters = append(s.voters, i)
			}
		}
		seeds = append(seeds, s)
	}
	return seeds
}

// itemsOf are a voter's choices as numbers, ascending.
func itemsOf(v voter) []int {
	items := make([]int, 0, len(v.votes))
	for o, cast := range v.votes {
		if cast.agrees {
			items = append(items, 2*o+1)
		} else {
			items = append(items, 2*o)
		}
	}
	slices.Sort(items)
	return items
}

// fromCopies gives who wrote near-copies or voted for several of them.
func (b *ballots) fromCopies(groups [][]Post) []seed {
	opinionOf, voterOf := map[string]int{}, map[string]int{}
	for o, key := range b.opinions {
		opinionOf[key] = o
	}
	for v := range b.voters {
		voterOf[b.voters[v].key] = v
	}
	var seeds []seed
	for _, posts := range groups {
		s := seed{copies: map[int]bool{}, strange: float64(len(posts))}
		wrote := map[int]bool{}
		for _, p := range posts {
			if o, voted := opinionOf[p.Opinion]; voted {
				s.copies[o] = true
			}
			if v, votes := voterOf[p.Author]; votes {
				wrote[v] = true
			}
		}
		for i, v := range b.voters {
			backed := 0
			for o, cast := range v.votes {
				if cast.agrees && s.copies[o] {
					backed++
				}
			}
			if !b.taken[i] && (backed >= 2 || backed > 0 && wrote[i]) {
				s.voters = append(s.voters, i)
			}
		}
		if len(s.voters) >= smallestSeed {
			seeds = append(seeds, s)
		}
	}
	return seeds
}
