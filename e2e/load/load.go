package load

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Result is what a run came to.
type Result struct {
	Clients int
	Took    time.Duration
	OK      int         // answered with 200, 201 or 304
	Others  map[int]int // by status; 0 means that no answer came
	times   []time.Duration
}

// PerSecond is how many were answered well in a second.
func (r Result) PerSecond() float64 { return float64(r.OK) / r.Took.Seconds() }

// Quantile is the time within which that share of the good answers came.
func (r Result) Quantile(share float64) time.Duration {
	if len(r.times) == 0 {
		return 0
	}
	return r.times[min(len(r.times)-1, int(share*float64(len(r.times))))]
}

func (r Result) String() string {
	text := fmt.Sprintf("%8.0f /s   p50 %6.2f ms   p99 %7.2f ms", r.PerSecond(),
		r.Quantile(0.5).Seconds()*1000, r.Quantile(0.99).Seconds()*1000)
	for status, n := range r.Others {
		text += fmt.Sprintf("   %d × %d", n, status)
	}
	return text
}

// Next gives a client its next request, or nil when it has none left. seen, unless nil, gets each answer.
type Next func(client, turn int) (request []byte, seen func(Answer, error))

// Run lets so many clients send for a while, or until they have nothing left.
func Run(ctx context.Context, address string, clients int, duration time.Duration, next Next) Result {
	ctx, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	parts := make([]Result, clients)
	var all sync.WaitGroup
	began := time.Now()
	for i := range clients {
		all.Go(func() { parts[i] = one(ctx, NewClient(address), i, next) })
	}
	all.Wait()
	r := Result{Clients: clients, Took: time.Since(began), Others: map[int]int{}}
	for _, part := range parts {
		r.OK += part.OK
		r.times = append(r.times, part.times...)
		for status, n := range part.Others {
			r.Others[status] += n
		}
	}
	slices.Sort(r.times)
	return r
}

func one(ctx context.Context, c *Client, i int, next Next) Result {
	defer c.Close()
	r := Result{Others: map[int]int{}}
	for turn := 0; ctx.Err() == nil; turn++ {
		request, seen := next(i, turn)
		if request == nil {
			break
		}
		began := time.Now()
		a, err := c.Do(request)
		switch {
		case err != nil:
			r.Others[0]++
		case a.Status == 200 || a.Status == 201 || a.Status == 304:
			r.OK++
			r.times = append(r.times, time.Since(began))
		default:
			r.Others[a.Status]++
		}
		if seen != nil {
			seen(a, err)
		}
	}
	return r
}
