package page

import (
	"net/netip"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// Limit lets one address through perMinute times a minute, burst of them at once, and refuses the rest with 429 and when to
// come back. Each call makes a limit of its own.
func (s *Site) Limit(perMinute float64, burst int) gin.HandlerFunc {
	l := &limiter{pace: newPace(perMinute, burst, maxKeys)}
	return l.before(s, nil)
}

// maxKeys bounds the memory of a limit: some 10 MB when a flood comes from as many addresses.
const maxKeys = 50_000

// limiter is what the routes of a class share.
type limiter struct {
	pace  *pace
	mends *pace // how often what took nothing is given back; nil: never
}

func newLimiter(r limitRate) *limiter {
	l := &limiter{pace: newPace(r.perMinute, r.burst, maxKeys)}
	if r.mends {
		l.mends = newPace(r.perMinute, r.burst, maxKeys)
	}
	return l
}

// before is the handler that stands before a route: it counts by address and, where person tells one, by the person, who may
// have many addresses.
func (l *limiter) before(s *Site, person func(*gin.Context) string) gin.HandlerFunc {
	return s.Handle(func(c *gin.Context) error {
		now, network := ticks(), Network(c)
		arrival, wait := l.pace.take(network, now)
		who, whose := "", int64(0)
		if wait == 0 && person != nil {
			if who = person(c); who != "" {
				who = "person " + who
				if whose, wait = l.pace.take(who, now); wait > 0 {
					l.pace.refund(network, arrival)
				}
			}
		}
		if wait > 0 {
			seconds := strconv.FormatInt(int64((wait+time.Second-1)/time.Second), 10)
			return forum.Refuse(forum.TooMany, "request.too_many").With("retry_after", seconds)
		}
		if l.mends == nil {
			return nil
		}
		c.Next()
		if !tookNothing(c.Writer.Status()) {
			return nil
		}
		if _, wait := l.mends.take(network, ticks()); wait == 0 { // otherwise what is faulty would be free
			l.pace.refund(network, arrival)
			if who != "" {
				l.pace.refund(who, whose)
			}
		}
		return nil
	})
}

// tookNothing says that a request was refused for what its sender can mend: they aren't to wait for that.
func tookNothing(status int) bool {
	return status == StatusOf(forum.Invalid) || status == StatusOf(forum.Conflict)
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
