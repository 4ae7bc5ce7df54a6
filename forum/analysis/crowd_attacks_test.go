package analysis_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"acropolis/forum/analysis"
)

// attacks are five ways to steer a board with many accounts. Size, length, camouflage and targets are drawn from the seed.
var attacks = []struct {
	name string
	run  func(*city)
}{
	{"few networks, one target, within hours", (*city).burst},
	{"a mail domain that rises over a day", (*city).risingDomain},
	{"slow drip of new accounts, one vector", (*city).slowDrip},
	{"rotating networks, coordinated targets", (*city).botnet},
	{"copied opinions that back each other", (*city).copies},
}

// size is how many accounts attack: few or many, up to half as many as there are honest people.
func (c *city) size(least int) int {
	most := math.Min(400, float64(len(c.honest))/2)
	return int(float64(least) * math.Pow(most/float64(least), c.Float64()))
}

type target struct {
	opinion string
	agrees  bool
}

// targets are opinions whose standing an attack can change.
func (c *city) targets(n int) []target {
	var all []target
	for _, o := range c.opinions {
		s := c.standing[o]
		if s == nil || s.cast < 8 {
			continue
		}
		if share := float64(s.agree) / float64(s.cast); share < 0.5 && share > 0.1 {
			all = append(all, target{o, true})
		} else if share >= 0.5 && share < 0.9 {
			all = append(all, target{o, share < 0.8 && c.IntN(2) == 0})
		}
	}
	c.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))]
}

// attack lets one account vote on the targets, each with a likelihood, and on a few others as people do.
func (c *city) attack(targets []target, each, slips float64, noise int, at time.Time, where place, domain string, common bool, age time.Duration) {
	name := c.name("x", false)
	votes := []target{}
	for _, t := range targets {
		if c.Float64() < each {
			votes = append(votes, target{t.opinion, t.agrees != (c.Float64() < slips)})
		}
	}
	if len(votes) == 0 {
		votes = append(votes, targets[c.IntN(len(targets))])
	}
	aims := len(votes)
	for range noise {
		o := c.casts[c.IntN(len(c.casts))].Opinion // as often as people vote on it
		if s := c.standing[o]; s != nil && !slices.ContainsFunc(votes, func(t target) bool { return t.opinion == o }) {
			votes = append(votes, target{o, c.Float64() < float64(s.agree)/float64(s.cast)})
		}
	}
	if aims < len(votes) {
		c.Shuffle(len(votes), func(i, j int) { votes[i], votes[j] = votes[j], votes[i] })
	}
	start := at
	for _, v := range votes {
		c.vote(name, v.opinion, v.agrees, at, where, domain, common, age+at.Sub(start))
		at = at.Add(time.Duration(2+c.IntN(40)) * time.Second)
	}
}

func (c *city) between(least, most time.Duration) time.Duration {
	return time.Duration(float64(least) * math.Pow(float64(most)/float64(least), c.Float64()))
}

// begin is when an attack of a length begins.
func (c *city) begin(length time.Duration) time.Time {
	return c.opening.Add(time.Duration(c.Float64() * float64(boardLife-length-24*time.Hour)))
}

func (c *city) burst() {
	n, networks := c.size(40), 2+c.IntN(9)
	length := c.between(10*time.Minute, 3*time.Hour)
	begin, aim, noise := c.begin(length), c.targets(1), c.IntN(6)
	for range n {
		k := c.IntN(networks)
		domain, common := c.domain()
		c.attack(aim, 1, 0, c.IntN(noise+1), begin.Add(time.Duration(c.Float64()*float64(length))),
			place{network: fmt.Sprintf("x%d", k), wide: fmt.Sprintf("xw%d", k/3)}, domain, common, c.age(0.9))
	}
}

func (c *city) risingDomain() {
	n, domains := c.size(40), 1+c.IntN(3)
	length := c.between(2*time.Hour, 24*time.Hour)
	begin, aims, noise := c.begin(length), c.targets(1+c.IntN(3)), c.IntN(8)
	places := c.places(n)
	for i := range n {
		c.attack(aims, 0.9, 0, c.IntN(noise+1), begin.Add(time.Duration(c.Float64()*float64(length))), c.proxy(places, i),
			fmt.Sprintf("rising%d.example", c.IntN(domains)), false, c.age(0.9))
	}
}

func (c *city) slowDrip() {
	n := c.size(40)
	length := c.between(3*24*time.Hour, 14*24*time.Hour)
	begin, aims, noise := c.begin(length), c.targets(4+c.IntN(7)), c.IntN(5)
	places := c.places(n)
	slips := 0.05 * c.Float64()
	for i := range n {
		domain, common := c.domain()
		c.attack(aims, 0.9+0.1*c.Float64(), slips, c.IntN(noise+1), begin.Add(time.Duration(c.Float64()*float64(length))), c.proxy(places, i),
			domain, common, c.age(0.95))
	}
}

func (c *city) botnet() {
	n := c.size(60)
	length := c.between(time.Hour, 48*time.Hour)
	begin, aims, noise := c.begin(length), c.targets(2+c.IntN(5)), c.IntN(6)
	each := 0.7 + 0.3*c.Float64()
	for i := range n {
		domain, common := c.domain()
		where := place{network: fmt.Sprintf("bot%d", i/(1+c.IntN(2))), wide: fmt.Sprintf("w%d", c.IntN(200))}
		c.attack(aims, each, 0, c.IntN(noise+1), begin.Add(time.Duration(c.Float64()*float64(length))), where, domain, common, c.age(0.7))
	}
}

// proxy is where one of the accounts hides: among the city's own people or somewhere far away.
func (c *city) proxy(places []place, i int) place {
	if c.IntN(2) == 0 {
		where := places[i]
		where.domain = ""
		return where
	}
	return place{network: fmt.Sprintf("p%d", i), wide: fmt.Sprintf("pw%d", i/4)}
}

func (c *city) copies() {
	n := 10 + c.IntN(31)
	length := c.between(3*time.Hour, 5*24*time.Hour)
	begin, noise, each := c.begin(length), c.IntN(6), 0.6+0.4*c.Float64()
	text := c.longText()
	var aims []target
	for i := range n {
		o := fmt.Sprintf("copy%d", i)
		aims = append(aims, target{o, true})
		c.posts = append(c.posts, analysis.Post{Author: fmt.Sprintf("x%d", c.now+1+i), Opinion: o, Text: c.reworded(text)})
	}
	// A few people vote on the copies, too, most of them against.
	honest := slices.Clone(c.casts)
	for range 3 * n {
		v := honest[c.IntN(len(honest))]
		v.Opinion, v.For = aims[c.IntN(n)].opinion, c.IntN(3) == 0
		c.casts = append(c.casts, v)
	}
	places := c.places(n)
	shared := 1 + c.IntN(n)
	for i := range n {
		own := slices.Delete(slices.Clone(aims), i, i+1)
		domain, common := c.domain()
		c.attack(own, each, 0, c.IntN(noise+1), begin.Add(time.Duration(c.Float64()*float64(length))), c.proxy(places, i%shared), domain, common, c.age(0.7))
	}
}

// longText is what a campaign copies: two of the board's own texts.
func (c *city) longText() string {
	text := ""
	for len(text) < 160 {
		text += c.posts[c.IntN(len(c.posts))].Text + ". "
	}
	return text
}

// reworded is a text with some of its words exchanged and its sentences moved.
func (c *city) reworded(text string) string {
	sentences := strings.Split(text, ". ")
	c.Shuffle(len(sentences), func(i, j int) { sentences[i], sentences[j] = sentences[j], sentences[i] })
	words := strings.Fields(strings.Join(sentences, ". "))
	other := strings.Fields(c.posts[c.IntN(len(c.posts))].Text)
	for i := range words {
		if len(other) > 0 && c.Float64() < 0.12 {
			words[i] = other[c.IntN(len(other))]
		}
	}
	return strings.Join(words, " ")
}
