package page

import (
	"hash/maphash"
	"sync"
	"time"
)

// pace lets each key through at a rate, by the generic cell rate algorithm. It keeps one instant a key, its theoretical arrival
// time: when the key would be back at rest if nothing more came. All is counted in whole nanoseconds, so a wait is exact.
type pace struct {
	name   string // what is counted, for what is shared between processes
	unit   int64  // nanoseconds that one request costs
	burst  int64  // nanoseconds that may be owed
	most   int    // keys a generation of a shard
	seed   maphash.Seed
	shards []paceShard
}

// paceShard has the keys of one part in two generations: when the young one is full the old one is forgotten, so the memory
// is bounded without a timer, and a key that keeps coming keeps its instant.
type paceShard struct {
	mu         sync.Mutex
	young, old map[string]owing
}

// owing is what is known of one key: when it is at rest, and the units that other web processes haven't been told of yet.
type owing struct{ arrival, untold int64 }

// paceShards is how many keys may be looked at at once.
const paceShards = 64

// newPace makes a pace that remembers the last most keys, or some more.
func newPace(perMinute float64, burst, most int) *pace {
	unit := max(int64(float64(time.Minute)/perMinute), 1)
	p := &pace{unit: unit, burst: unit * int64(burst), most: max(most/paceShards/2, 1), seed: maphash.MakeSeed(), shards: make([]paceShard, paceShards)}
	for i := range p.shards {
		p.shards[i].young = map[string]owing{}
	}
	return p
}

func (p *pace) shard(key string) *paceShard {
	return &p.shards[maphash.String(p.seed, key)%paceShards]
}

// take uses a unit of the key, or says how long until there is one. arrival is what refund wants back.
func (p *pace) take(key string, now int64) (arrival int64, wait time.Duration) {
	s := p.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.get(key)
	arrival = max(before.arrival, now) + p.unit
	if wait := arrival - now - p.burst; wait > 0 {
		s.put(key, before, p.most) // who keeps coming is remembered
		return 0, time.Duration(wait)
	}
	s.put(key, owing{arrival, before.untold + 1}, p.most)
	return arrival, 0
}

// refund gives back the unit that take answered with arrival, as if it had never been asked for. When others of the key came
// after it nothing is given back: what they were let through on would be counted twice.
func (p *pace) refund(key string, arrival int64) {
	s := p.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if is := s.get(key); is.arrival == arrival {
		s.put(key, owing{arrival - p.unit, is.untold - 1}, p.most)
	}
}

func (s *paceShard) get(key string) owing {
	if is, ok := s.young[key]; ok {
		return is
	}
	return s.old[key]
}

func (s *paceShard) put(key string, is owing, most int) {
	if _, ok := s.young[key]; !ok && len(s.young) >= most {
		s.young, s.old = make(map[string]owing, most), s.young
	}
	s.young[key] = is
}

// began is the instant from which paces count: by the monotonic clock, which no one sets.
var began = time.Now()

func ticks() int64 { return int64(time.Since(began)) }
