package analysis

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Cast is one standing vote with what is kept of where it came from: keys that name nobody, empty where nothing is known.
type Cast struct {
	Voter, Opinion        string
	For                   bool
	At                    time.Time
	Network, Wide, Domain string
	Common                bool          // Domain is a common provider's
	Age                   time.Duration // of the account at the vote; 0: not known
}

// Post is an opinion's text with its author's key as a voter.
type Post struct {
	Author, Opinion, Text string
}

// Signal is a kind of evidence that one hand steers a crowd.
type Signal string

// The signals. Choice stands in every crowd: its members choose alike where other people differ.
const (
	ByChoice  Signal = "choice"
	ByNetwork Signal = "network" // more from the same networks than the forum's own voters are
	ByDomain  Signal = "domain"  // more from the same mail domain
	ByBurst   Signal = "burst"   // within a time in which few others came
	ByVector  Signal = "vector"  // the same set of opinions, which hardly anybody else votes on together
	ByAge     Signal = "age"     // accounts made just before
	ByCopies  Signal = "copies"  // their opinions are near-copies of each other
)

// Target is an opinion that a crowd votes on alike.
type Target struct {
	Opinion string
	For     bool
	Votes   int
}

// Suspect is a member of a crowd: how many times likelier than not, as a natural logarithm, and which signals fit this one.
type Suspect struct {
	Voter   string
	Score   float64
	Signals []Signal
}

// Crowd is a group of voters who vote as if one hand steered them. It is a suspicion for people to judge, never a verdict.
type Crowd struct {
	Score       float64 // the evidence of the group as a whole, in powers of ten
	Signals     []Signal
	Targets     []Target
	Suspects    []Suspect
	Networks    int // how many networks and uncommon domains they came from
	Domains     int
	Copies      int // opinions of theirs that are near-copies of each other
	First, Last time.Time
}

// Limits of what Crowds calls a crowd, found on seeds 1 to 50 of the simulator (crowd_attacks_test.go).
const (
	smallestSeed   = 8
	smallestCrowd  = 12 // or as many as smallestSeed who back each other's copied texts
	mostCrowds     = 6
	enoughEvidence = 6.0  // powers of ten, all signals together
	enoughChoice   = 1.8  // powers of ten, from the choices alone
	enoughAlike    = 0.93 // of a crowd's votes on its targets go one way
	suspectAbove   = 3.0  // a member's own likelihood ratio, natural logarithm
)

// Crowds finds groups of voters who vote as one. It asks two questions of every group that came from the same networks, the same
// mail domain, within the same hours, on the same opinions or for the same copied texts: do they choose alike where others
// differ, and is what they share rare among this forum's own voters? A school class shares a network and an hour but not its
// choices; the readers of a newspaper share an hour and an opinion but neither networks nor unanimity. The same input gives the
// same crowds, in whatever order it comes.
func Crowds(casts []Cast, posts []Post) []Crowd {
	b := newBallots(casts)
	copies := NearCopies(posts)
	var crowds []Crowd
	for len(crowds) < mostCrowds {
		best, found := b.strongest(copies)
		if !found {
			break
		}
		crowds = append(crowds, b.crowdOf(best))
		for v := range best.members {
			if best.members[v] {
				b.taken[v] = true
			}
		}
	}
	return crowds
}

// strongest is the group with the most evidence among the voters that no crowd has taken yet.
func (b *ballots) strongest(copies [][]Post) (group, bool) {
	b.baseline()
	var best group
	found := false
	for _, seed := range b.candidates(copies) {
		g, ok := b.grow(seed)
		if ok && (!found || g.evidence > best.evidence) {
			best, found = g, true
		}
	}
	return best, found
}

// ballots is the input by voter and opinion, as numbers.
type ballots struct {
	voters   []voter
	opinions []string
	casters  [][]int // per opinion: the voters, in the order in which they voted
	taken    []bool  // voters that are in a crowd already

	// Of the voters that no crowd has taken:
	honest   int
	forOf    []int // per opinion: votes for
	castOn   []int // per opinion: votes
	meanCast float64
	forShare float64 // of all votes
	times    []int64 // first votes, ascending
	networks map[string]int
	domains  map[string]int
	ages     [ageBins]int
	acts     [actBins]int
}

// voter is one person as far as the board knows them.
type voter struct {
	key                   string
	votes                 map[int]vote
	first                 int64
	network, wide, domain string
	age, act              int // bins
}

type vote struct {
	agrees bool
	at     int64
}

func newBallots(casts []Cast) *ballots {
	casts = slices.Clone(casts)
	slices.SortFunc(casts, func(a, b Cast) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Voter, b.Voter), strings.Compare(a.Opinion, b.Opinion))
	})
	b := &ballots{}
	voterOf, opinionOf := map[string]int{}, map[string]int{}
	for _, c := range casts {
		o, known := opinionOf[c.Opinion]
		if !known {
			o = len(b.opinions)
			opinionOf[c.Opinion] = o
			b.opinions, b.casters = append(b.opinions, c.Opinion), append(b.casters, nil)
		}
		v, known := voterOf[c.Voter]
		if !known {
			v = len(b.voters)
			voterOf[c.Voter] = v
			one := voter{key: c.Voter, votes: map[int]vote{}, first: c.At.Unix(), network: c.Network, wide: c.Wide, age: ageBin(c.Age)}
			if !c.Common {
				one.domain = c.Domain
			}
			b.voters = append(b.voters, one)
		}
		if _, again := b.voters[v].votes[o]; !again {
			b.casters[o] = append(b.casters[o], v)
		}
		b.voters[v].votes[o] = vote{c.For, c.At.Unix()}
	}
	for v := range b.voters {
		b.voters[v].act = actBin(len(b.voters[v].votes))
	}
	b.taken = make([]bool, len(b.voters))
	return b
}

// The bins of an account's age and of how much somebody votes.
const ageBins, actBins = 6, 7

func ageBin(age time.Duration) int {
	for bin, limit := range []time.Duration{time.Nanosecond, 15 * time.Minute, 2 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour} {
		if age < limit {
			return bin
		}
	}
	return ageBins - 1
}

func actBin(votes int) int {
	for bin, limit := range []int{1, 2, 4, 8, 16, 32} {
		if votes <= limit {
			return bin
		}
	}
	return actBins - 1
}

// baseline counts what is usual among the voters that no crowd has taken.
func (b *ballots) baseline() {
	b.honest, b.ages, b.acts = 0, [ageBins]int{}, [actBins]int{}
	b.forOf, b.castOn = make([]int, len(b.opinions)), make([]int, len(b.opinions))
	b.networks, b.domains, b.times = map[string]int{}, map[string]int{}, nil
	all, agree := 0, 0
	for i, v := range b.voters {
		if b.taken[i] {
			continue
		}
		b.honest++
		b.ages[v.age]++
		b.acts[v.act]++
		b.networks[v.network]++
		b.domains[v.domain]++
		b.times = append(b.times, v.first)
		for o, cast := range v.votes {
			b.castOn[o]++
			all++
			if cast.agrees {
				b.forOf[o]++
				agree++
			}
		}
	}
	slices.Sort(b.times)
	b.meanCast = float64(all) / float64(max(b.honest, 1))
	b.forShare = (float64(agree) + 1) / (float64(all) + 2)
}
