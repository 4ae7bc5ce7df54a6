package analysis

import (
	"maps"
	"math"
	"slices"
	"time"
)

// weigh adds up what speaks for one hand behind a group, in powers of ten, and says whether it is enough: unanimity where others
// differ, and what its members share beyond that.
func (b *ballots) weigh(g *group) bool {
	p := &g.profile
	if p.n < smallestSeed || p.n < smallestCrowd && len(g.copies) == 0 || len(p.targets) == 0 {
		return false
	}
	choice, unanimous := choiceEvidence(p, g.copies)
	if !unanimous || choice < enoughChoice {
		return false
	}
	g.evidence, g.signals = min(choice, 5), []Signal{ByChoice}
	for _, s := range []struct {
		signal Signal
		weight float64
	}{
		{ByNetwork, min(b.togetherEvidence(p.networks, b.networks, p), 4)},
		{ByDomain, min(b.togetherEvidence(p.domains, b.domains, p), 4)},
		{ByBurst, min(burstEvidence(p), 3)},
		{ByVector, min(b.vectorEvidence(p), 3)},
		{ByAge, min(b.ageEvidence(p), 1)},
		{ByCopies, min(float64(len(g.copies))/4, 3)},
	} {
		if s.weight > 0.5 {
			g.evidence += s.weight
			g.signals = append(g.signals, s.signal)
		}
	}
	return g.evidence >= enoughEvidence
}

// choiceEvidence is how unlikely people like the rest would choose as alike as a group does on its targets. People who share a
// place or a reason to come may lean further one way than the others: the tail is that of a beta-binomial, which allows for it,
// and each further target counts for less, because who agrees on one thing agrees on the next. Among many targets some unanimity
// comes by chance, which is taken off; copied opinions are targets that nobody picked for their unanimity.
func choiceEvidence(p *profile, copies map[int]bool) (evidence float64, unanimous bool) {
	const leaning = 0.1 // correlation of two members' choices that needs no hand behind it
	var each []float64
	alike, votes, picked := 0, 0, 0
	for _, a := range p.targets {
		picked += toInt(!copies[a.opinion])
	}
	for _, a := range p.targets {
		way := min(max(a.usualWay, 0.02), 0.98)
		chance := 0.0
		if !copies[a.opinion] {
			chance = math.Log10(float64(picked))
		}
		each = append(each, max(-betaBinomialTail(a.votes, a.alike, way, leaning)/math.Ln10-chance, 0))
		alike, votes = alike+a.alike, votes+a.votes
	}
	slices.SortFunc(each, func(x, y float64) int {
		if x > y {
			return -1
		}
		return 1
	})
	weight := 1.0
	for _, e := range each {
		evidence += weight * e
		weight /= 1.5
	}
	return evidence, float64(alike) >= enoughAlike*float64(votes)
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// betaBinomialTail is the natural logarithm of the probability of k and more of n.
func betaBinomialTail(n, k int, mean, correlation float64) float64 {
	size := 1/correlation - 1
	alpha, beta := mean*size, (1-mean)*size
	logBeta := func(x, y float64) float64 { return lgamma(x) + lgamma(y) - lgamma(x+y) }
	tail := 0.0
	for i := k; i <= n; i++ {
		tail += math.Exp(lgamma(float64(n+1)) - lgamma(float64(i+1)) - lgamma(float64(n-i+1)) +
			logBeta(float64(i)+alpha, float64(n-i)+beta) - logBeta(alpha, beta))
	}
	return math.Log(min(max(tail, 1e-300), 1))
}

func lgamma(x float64) float64 {
	l, _ := math.Lgamma(x)
	return l
}

// togetherEvidence is how unlikely as many of the rest would share a network (or a domain) among each other.
func (b *ballots) togetherEvidence(mine, all map[string]int, p *profile) float64 {
	together := 0
	alike := map[int]int{} // how many networks have so many of the rest: a sum of fractions depends on its order, this doesn't
	for key, n := range all {
		if key == "" {
			continue
		}
		here := mine[key]
		if here > 1 {
			together += here
		}
		alike[n-here]++
	}
	usual := 0.0
	for _, n := range slices.Sorted(maps.Keys(alike)) {
		share := float64(n) / float64(max(p.rest, 1))
		usual += float64(alike[n]) * share * (1 - math.Exp(-share*float64(p.n)))
	}
	return -betaBinomialTail(p.n, together, min(max(usual, 0.01), 0.99), 0.1) / math.Ln10
}

// burstEvidence is how few of the rest came while the group did.
func burstEvidence(p *profile) float64 { return -math.Log10(max(p.usualArrival, 1e-3)) }

// vectorEvidence is how few of the rest vote on the targets, and the same way, as most of the group does. One target is no vector.
func (b *ballots) vectorEvidence(p *profile) float64 {
	if len(p.targets) < 2 {
		return 0
	}
	enough := 0.75 * float64(len(p.targets))
	rest := 0
	for i := range b.voters {
		v := &b.voters[i]
		same := 0
		for _, a := range p.targets {
			if c, voted := v.votes[a.opinion]; voted && c.agrees == a.agrees {
				same++
			}
		}
		if !b.taken[i] && float64(same) >= enough {
			rest++
		}
	}
	return -math.Log10((float64(max(rest-p.n, 0)) + 1) / float64(p.rest+1))
}

// ageEvidence is how many more new accounts a group has than the rest.
func (b *ballots) ageEvidence(p *profile) float64 {
	mine, all, known := 0, 0, 0
	for bin := 1; bin < ageBins; bin++ {
		known += b.ages[bin] - p.ages[bin]
		if bin <= 2 {
			mine, all = mine+p.ages[bin], all+b.ages[bin]-p.ages[bin]
		}
	}
	if known == 0 {
		return 0
	}
	return -betaBinomialTail(p.n, mine, min(max(float64(all)/float64(known), 0.05), 0.95), 0.1) / math.Ln10
}

// crowdOf tells of a group what people need who judge it: its suspects are those members who also choose as it does.
func (b *ballots) crowdOf(g group) Crowd {
	p := &g.profile
	c := Crowd{Score: g.evidence, Signals: g.signals, Copies: len(g.copies)}
	for v, in := range g.members {
		if !in {
			continue
		}
		score := b.likeness(p, v, true) + b.choiceLikeness(p, v)
		if g.members[v] = score >= suspectAbove; g.members[v] {
			c.Suspects = append(c.Suspects, Suspect{Voter: b.voters[v].key, Score: score, Signals: b.signalsOf(&g, v)})
		}
	}
	b.figures(&c, &g)
	return c
}

// choiceLikeness compares how somebody chooses on the targets.
func (b *ballots) choiceLikeness(p *profile, v int) float64 {
	l := 0.0
	for _, a := range p.targets {
		if c, voted := b.voters[v].votes[a.opinion]; voted && c.agrees == a.agrees {
			l += math.Log(0.97 / min(a.usualWay, 0.97))
		} else if voted {
			l += math.Log(0.03 / max(1-a.usualWay, 0.03))
		}
	}
	return l
}

// signalsOf are those of a group's signals that fit this member.
func (b *ballots) signalsOf(g *group, v int) []Signal {
	p, one := &g.profile, &b.voters[v]
	at := b.cameAt(p, v)
	fits := map[Signal]bool{
		ByChoice: true, ByVector: b.hits(p, v) > 1, ByAge: one.age == 1 || one.age == 2, ByBurst: at >= p.from && at <= p.until,
		ByNetwork: one.network != "" && p.networks[one.network] > 1, ByDomain: one.domain != "" && p.domains[one.domain] > 1, ByCopies: true,
	}
	var mine []Signal
	for _, s := range g.signals {
		if fits[s] {
			mine = append(mine, s)
		}
	}
	return mine
}

func (b *ballots) figures(c *Crowd, g *group) {
	networks, domains, votes := map[string]bool{}, map[string]bool{}, map[int]int{}
	for i, in := range g.members {
		if !in {
			continue
		}
		v := &b.voters[i]
		if v.network != "" {
			networks[v.network] = true
		}
		if v.domain != "" {
			domains[v.domain] = true
		}
		for _, a := range g.profile.targets {
			cast, voted := v.votes[a.opinion]
			if !voted || cast.agrees != a.agrees {
				continue
			}
			votes[a.opinion]++
			at := time.Unix(cast.at, 0).UTC()
			if c.First.IsZero() || at.Before(c.First) {
				c.First = at
			}
			if at.After(c.Last) {
				c.Last = at
			}
		}
	}
	c.Networks, c.Domains = len(networks), len(domains)
	for _, a := range g.profile.targets {
		c.Targets = append(c.Targets, Target{Opinion: b.opinions[a.opinion], For: a.agrees, Votes: votes[a.opinion]})
	}
}
