package analysis

import (
	"math"
	"slices"
)

// group is a candidate that has been grown until it holds whoever is like its members.
type group struct {
	members  []bool
	profile  profile
	evidence float64
	signals  []Signal
	copies   map[int]bool
}

// profile is what the members of a group have in common, against the rest of the forum.
type profile struct {
	n, rest      int
	networks     map[string]int
	domains      map[string]int
	byNetwork    float64 // share of the members who share their network with others of them
	byDomain     float64
	ages         [ageBins]int
	acts         [actBins]int
	from, until  int64   // when nine of ten of them came
	usualArrival float64 // the rest's share within that time
	targets      []aim
}

// aim is an opinion on which a group votes, with what the rest does there.
type aim struct {
	opinion   int
	agrees    bool
	votes     int     // of the group on it
	alike     int     // of these, one way
	hit       float64 // share of the group that votes on it
	usual     float64 // the rest's
	usualWay  float64 // share of the rest's votes on it that go the group's way
	perVoting float64 // log of the rest's share that doesn't vote on it, per vote that one casts
}

const (
	growths     = 8   // rounds until a group must stand
	memberAbove = 1.0 // likeness, natural logarithm
)

// grow looks, in turns, for what a set of voters has in common and for who is like that, and weighs what comes out each time: a
// group that goes on growing loses itself among people in the end. The choices have no say in who belongs to it, so that its
// unanimity is no work of ours; of the seed, which may have been picked by them, nothing is weighed.
func (b *ballots) grow(s seed) (best group, found bool) {
	members := make([]bool, len(b.voters))
	for _, v := range s.voters {
		members[v] = true
	}
	for range growths {
		p := b.profileOf(members)
		if p.n < smallestSeed || len(p.targets) == 0 {
			break
		}
		next, changed := make([]bool, len(b.voters)), false
		for v := range b.voters {
			next[v] = !b.taken[v] && b.hits(&p, v) > 0 && b.likeness(&p, v, members[v]) > memberAbove
			changed = changed || next[v] != members[v]
		}
		members = next
		g := group{members: members, copies: s.copies, profile: b.profileOf(members)}
		if b.weigh(&g) && (!found || g.evidence > best.evidence) {
			best, found = g, true
		}
		if !changed {
			break
		}
	}
	return best, found
}

// profileOf counts what a set of voters has in common.
func (b *ballots) profileOf(members []bool) profile {
	p := profile{networks: map[string]int{}, domains: map[string]int{}}
	cast, agree := map[int]int{}, map[int]int{}
	acts := 0
	for i, in := range members {
		if !in {
			continue
		}
		v := &b.voters[i]
		p.n++
		p.ages[v.age]++
		p.acts[v.act]++
		p.networks[v.network]++
		p.domains[v.domain]++
		acts += len(v.votes)
		for o, c := range v.votes {
			cast[o]++
			if c.agrees {
				agree[o]++
			}
		}
	}
	p.rest = b.honest - p.n
	if p.n == 0 {
		return p
	}
	p.byNetwork, p.byDomain = sharing(p.networks, p.n), sharing(p.domains, p.n)
	for o, n := range cast {
		if a, is := b.aimOf(&p, o, n, agree[o], float64(acts)/float64(p.n)); is {
			p.targets = append(p.targets, a)
		}
	}
	slices.SortFunc(p.targets, func(x, y aim) int { return x.opinion - y.opinion })
	b.timesOf(&p, members)
	return p
}

// sharing is the share of n who have what others of them have too; what isn't known is shared with nobody.
func sharing(counts map[string]int, n int) float64 {
	together := 0
	for key, c := range counts {
		if key != "" && c > 1 {
			together += c
		}
	}
	return float64(together) / float64(n)
}

// aimOf says whether an opinion on which cast of the members vote is one that the group aims at: most of them vote on it, far more
// than the rest of their activity would.
func (b *ballots) aimOf(p *profile, o, cast, agree int, acts float64) (aim, bool) {
	a := aim{opinion: o, votes: cast, alike: agree, agrees: true, hit: (float64(cast) + 0.5) / (float64(p.n) + 1)}
	if cast-agree > agree {
		a.agrees, a.alike = false, cast-agree
	}
	restCast, restFor := b.castOn[o]-cast, b.forOf[o]-agree
	a.usual = (float64(restCast) + 0.5) / (float64(p.rest) + 1)
	a.perVoting = math.Log(1-min(a.usual, 0.98)) / max(b.meanCast, 1)
	// A few votes say little of what an opinion's voters think: those of the whole board say the rest.
	const borrowed = 4
	a.usualWay = (float64(restFor) + borrowed*b.forShare) / (float64(restCast) + borrowed)
	if !a.agrees {
		a.usualWay = 1 - a.usualWay
	}
	expected := 1 - math.Exp(acts*a.perVoting)
	return a, a.hit >= 0.4 && a.hit >= 1.5*expected
}

// timesOf finds when most of the members came, and how many of the rest did.
func (b *ballots) timesOf(p *profile, members []bool) {
	var at []int64
	for v, in := range members {
		if in {
			at = append(at, b.cameAt(p, v))
		}
	}
	slices.Sort(at)
	p.from, p.until = at[len(at)/20], at[len(at)-1-len(at)/20]
	margin := (p.until-p.from)/10 + 60
	p.from, p.until = p.from-margin, p.until+margin
	inside := b.arrived(p.from, p.until) * float64(b.honest)
	p.usualArrival = min(max(inside-0.9*float64(p.n), 1)/float64(max(p.rest, 1)), 1)
}

// cameAt is when a voter first voted on what a group aims at.
func (b *ballots) cameAt(p *profile, v int) int64 {
	at, found := int64(0), false
	for _, a := range p.targets {
		if c, voted := b.voters[v].votes[a.opinion]; voted && (!found || c.at < at) {
			at, found = c.at, true
		}
	}
	if !found {
		return b.voters[v].first
	}
	return at
}

func (b *ballots) hits(p *profile, v int) int {
	n := 0
	for _, a := range p.targets {
		if _, voted := b.voters[v].votes[a.opinion]; voted {
			n++
		}
	}
	return n
}

// likeness is how much more a voter looks like a group's members than like the rest of the forum, the choices left out: a natural
// logarithm, from the group's share of the forum on.
func (b *ballots) likeness(p *profile, v int, member bool) float64 {
	one := &b.voters[v]
	l := max(math.Log(float64(p.n)/float64(max(p.rest, 1))), -3)
	l += b.vectorLikeness(p, one)
	l += networkLikeness(p.networks, b.networks, one.network, p.byNetwork, p, member)
	l += networkLikeness(p.domains, b.domains, one.domain, p.byDomain, p, member)
	l += binLikeness(p.ages[one.age], b.ages[one.age], p, member, ageBins)
	l += binLikeness(p.acts[one.act], b.acts[one.act], p, member, actBins)
	if at := b.cameAt(p, v); at >= p.from && at <= p.until {
		l += math.Log(0.93 / p.usualArrival)
	} else {
		l += math.Log(0.07 / max(1-p.usualArrival, 0.07))
	}
	return l
}

// vectorLikeness compares which of the targets somebody votes on. Who votes on much votes on these, too.
func (b *ballots) vectorLikeness(p *profile, one *voter) float64 {
	l := 0.0
	for _, a := range p.targets {
		usual := 1 - math.Exp(float64(len(one.votes))*a.perVoting)
		usual = min(max(usual, 0.001), 0.98)
		if _, voted := one.votes[a.opinion]; voted {
			l += math.Log(max(a.hit, usual) / usual)
		} else {
			l += math.Log((1 - min(a.hit, 0.95)) / (1 - usual))
		}
	}
	return min(l, 12)
}

// networkLikeness compares where somebody comes from: a share of the group comes from where others of it come from, the remainder
// from anywhere. A member isn't compared with itself.
func networkLikeness(mine, all map[string]int, key string, together float64, p *profile, member bool) float64 {
	if key == "" {
		return math.Log(1 - min(together, 0.9))
	}
	here := mine[key]
	elsewhere := (float64(all[key]-here) + 0.5) / (float64(p.rest) + 1)
	if member {
		here--
	}
	together = min(together, 0.97)
	return math.Log(together*float64(here)/float64(p.n)/elsewhere + 1 - together)
}

func binLikeness(mine, all int, p *profile, member bool, bins int) float64 {
	rest := (float64(all-mine) + 1) / (float64(p.rest) + float64(bins))
	if member {
		mine--
	}
	return math.Log((float64(mine) + 1) / (float64(p.n) + float64(bins)) / rest)
}
