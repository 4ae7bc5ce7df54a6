package page

import (
	"context"
	mathrand "math/rand/v2"
	"time"

	"acropolis/forum"
)

// Rates brings together what all web processes let through: it adds what this one let through of each key, and answers, in the
// same order, how much each owes by what all have told.
type Rates func(ctx context.Context, used []forum.Used) (owed []time.Duration, err error)

// toldShare is the part of a burst that a process lets through without telling the others; mostTold bounds one exchange.
const (
	toldShare = 16
	mostTold  = 2000
)

// ShareRates tells the other web processes what this one let through since the last time, and takes in what they told. Only who
// asks much is spoken of, so it is no work for a crowd that keeps within its limits; a request never waits for it. Where it
// fails each process goes on with its own limits, and what couldn't be told is told next time.
func (s *Site) ShareRates(ctx context.Context, rates Rates) error {
	for _, p := range s.paces {
		if err := p.share(ctx, rates, string(s.options.Audience)); err != nil {
			return err
		}
	}
	return nil
}

// told is what one key is told to have used.
type told struct {
	key   string
	units int64
}

func (p *pace) share(ctx context.Context, rates Rates, site string) error {
	all := p.collect(ticks())
	if len(all) == 0 {
		return nil
	}
	used := make([]forum.Used, len(all))
	for i, one := range all {
		// What was let through longest ago has been paid for since, should it be that long that nobody could be told.
		used[i] = forum.Used{Key: site + " " + p.name + " " + one.key, Took: time.Duration(min(one.units*p.unit, p.burst))}
	}
	owed, err := rates(ctx, used)
	if err != nil {
		p.giveBack(all)
		return err
	}
	now := ticks()
	for i, one := range all {
		p.owe(one.key, now+int64(owed[i]))
	}
	return nil
}

// collect takes what is to be told: of the keys that have used more than their share of the burst since they were last spoken
// of, or that owe so much.
func (p *pace) collect(now int64) (all []told) {
	share := p.burst / toldShare
	begin := mathrand.IntN(len(p.shards)) //nolint:gosec // where there are more than may be told, each has its turn
	for i := range p.shards {
		s := &p.shards[(begin+i)%len(p.shards)]
		s.mu.Lock()
		for n, generation := range []map[string]owing{s.young, s.old} {
			for key, is := range generation {
				if is.untold*p.unit < share && is.arrival-now < share || len(all) == mostTold {
					continue
				}
				if _, newer := s.young[key]; newer && n > 0 {
					continue // what the old generation has of it is out of date
				}
				all = append(all, told{key, is.untold})
				generation[key] = owing{arrival: is.arrival}
			}
		}
		s.mu.Unlock()
	}
	return all
}

// giveBack keeps what couldn't be told.
func (p *pace) giveBack(all []told) {
	for _, one := range all {
		s := p.shard(one.key)
		s.mu.Lock()
		is := s.get(one.key)
		s.put(one.key, owing{is.arrival, is.untold + one.units}, p.most)
		s.mu.Unlock()
	}
}

// owe takes in when a key is at rest by what all processes told; what this one let through meanwhile comes on top.
func (p *pace) owe(key string, rest int64) {
	s := p.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	is := s.get(key)
	if rest += is.untold * p.unit; rest > is.arrival {
		s.put(key, owing{rest, is.untold}, p.most)
	}
}

// Gauge counts what comes for each of some things, as a limit counts by address, together with the other web processes.
type Gauge struct{ pace *pace }

// Gauge makes one: so many a minute for each thing, as many at once.
func (s *Site) Gauge(name string, perMinute int) *Gauge {
	g := &Gauge{newPace(float64(perMinute), perMinute, maxKeys)}
	g.pace.name = name
	s.paces = append(s.paces, g.pace)
	return g
}

// Take counts one for a thing, or says how long until there is room. ticket is what GiveBack wants back.
func (g *Gauge) Take(thing string) (ticket int64, wait time.Duration) {
	return g.pace.take(thing, ticks())
}

// GiveBack is for what was counted and came to nothing.
func (g *Gauge) GiveBack(thing string, ticket int64) { g.pace.refund(thing, ticket) }
