package page

import (
	"math"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"acropolis/forum"
)

// Limit lets one address through perMinute times a minute, burst of them at once, and refuses the rest with 429 and when to
// come back. Each call makes a limit of its own.
func (s *Site) Limit(perMinute float64, burst int) gin.HandlerFunc {
	buckets := newBuckets(rate.Limit(perMinute/60), burst, maxBuckets)
	return s.Handle(func(c *gin.Context) error {
		wait := buckets.take(Network(c), time.Now())
		if wait == 0 {
			return nil
		}
		seconds := strconv.Itoa(int(math.Ceil(wait.Seconds())))
		return forum.Refuse(forum.TooMany, "request.too_many").With("retry_after", seconds)
	})
}

// maxBuckets bounds the memory of a limit: some 10 MB when a flood comes from as many addresses.
const maxBuckets = 50_000

// buckets are token buckets by address, in two generations: when the young one is full the old one is forgotten, so the
// map is bounded without a clock, and an address that keeps coming keeps its bucket.
type buckets struct {
	limit rate.Limit
	burst int
	most  int

	mu         sync.Mutex
	young, old map[string]*rate.Limiter
}

func newBuckets(limit rate.Limit, burst, most int) *buckets {
	return &buckets{limit: limit, burst: burst, most: most, young: map[string]*rate.Limiter{}}
}

// take uses a token of the address, or says how long until there is one.
func (b *buckets) take(address string, now time.Time) time.Duration {
	bucket := b.of(address)
	reservation := bucket.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait > 0 {
		reservation.CancelAt(now)
	}
	return wait
}

func (b *buckets) of(address string) *rate.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	if bucket, ok := b.young[address]; ok {
		return bucket
	}
	bucket, ok := b.old[address]
	if !ok {
		bucket = rate.NewLimiter(b.limit, b.burst)
	}
	if len(b.young) >= b.most/2 {
		b.young, b.old = map[string]*rate.Limiter{}, b.young
	}
	b.young[address] = bucket
	return bucket
}

// Network is where a request comes from: the address, or for IPv6 its /64.
func Network(c *gin.Context) string { return addressKey(c.ClientIP()) }

// addressKey is the address, or for IPv6 its /64: one household has 2^64 addresses.
func addressKey(ip string) string {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	address = address.Unmap()
	if address.Is4() {
		return address.String()
	}
	prefix, err := address.WithZone("").Prefix(64)
	if err != nil {
		return ip
	}
	return prefix.String()
}
