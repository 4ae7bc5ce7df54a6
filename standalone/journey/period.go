package journey

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// meter measures how fast the city answers.
type meter struct{ began time.Time }

func startMeter() meter { return meter{time.Now()} }

// rate is requests a second, within what a small and a large machine do.
func (m meter) rate(n int) float64 {
	return min(max(float64(n)/max(time.Since(m.began).Seconds(), 0.001), 20), 1000)
}

// What the open period is made of: lead lies between the officer's form and the opening; base is for what takes its time
// whatever the input; spare multiplies the rest, because a busy machine is slower than the one that was measured.
const (
	lead  = 2500 * time.Millisecond
	base  = 7 * time.Second
	spare = 1.6
)

// A single address is let post so many opinions a minute, after so many at once.
const postsAMinute, postsBurst = 60, 30

// openFor is how long the forum must be open for so many requests at a rate, where the busiest author posts so many.
func openFor(requests int, rate float64, busiest int) time.Duration {
	turn := time.Duration(max(0, busiest-postsBurst)) * time.Minute / postsAMinute
	return base + workFor(requests, rate) + turn
}

func workFor(requests int, rate float64) time.Duration {
	return time.Duration(float64(requests) / rate * spare * float64(time.Second))
}

// requests of the open period: each opinion, each vote, and everybody's look at the page.
func (j *journey) requests() int {
	all := len(j.rows) + len(j.pool)
	for _, row := range j.rows {
		all += row.Up + row.Down
	}
	return all
}

func (j *journey) busiest() int {
	posts := make([]int, len(j.pool))
	for _, citizen := range authors(j.rows, len(j.pool)) {
		posts[citizen]++
	}
	return slices.Max(posts)
}

// setPeriod lets the officer set the very instants of opening and closing. An opening that lies in the past when the form
// arrives is refused, and then set anew.
func (j *journey) setPeriod(ctx context.Context) error {
	for tries := 1; ; tries++ {
		opens := time.Now().Add(time.Duration(tries) * lead).Truncate(time.Millisecond)
		closes := opens.Add(max(openFor(j.requests(), j.rate, j.busiest()), j.OpenAtLeast)).Truncate(time.Millisecond)
		err := j.move(ctx, j.Staff.Officer[0], "forum.set_period", func(f *form) error {
			return errors.Join(f.set("opens_at", 0, opens.Format(time.RFC3339Nano)), f.set("closes_at", 0, closes.Format(time.RFC3339Nano)))
		}, "scheduled", "open")
		if _, refused := errors.AsType[*refusal](err); refused && tries < 4 && time.Now().After(opens.Add(-time.Second)) {
			continue
		}
		if err != nil {
			return err
		}
		j.say("open for %.0f s", closes.Sub(opens).Seconds())
		return nil
	}
}

// shown is the forum as the API shows it to everybody.
type shown struct {
	Status   string
	OpensAt  time.Time `json:"opens_at"`
	ClosesAt time.Time `json:"closes_at"`
	Counts   struct {
		Opinions     int
		Voters       int
		VotesFor     int `json:"votes_for"`
		VotesAgainst int `json:"votes_against"`
		Hits         int
	}
	Response *struct{ Paragraphs []struct{ Text string } }
}

func (j *journey) look(ctx context.Context) (shown, error) {
	var s shown
	err := j.public.call(ctx, http.MethodGet, "/api/v1/forums/"+j.forum, "", nil, &s)
	return s, err
}

// awaitStatus waits until the API shows one of these.
func (j *journey) awaitStatus(ctx context.Context, limit time.Duration, any ...string) error {
	last := ""
	err := await(ctx, "the forum to be "+any[0], limit, func(ctx context.Context) (bool, error) {
		s, err := j.look(ctx)
		last, j.opensAt, j.closesAt = s.Status, s.OpensAt, s.ClosesAt
		return slices.Contains(any, s.Status), err
	})
	if err != nil {
		return fmt.Errorf("%w; it is %s", err, last)
	}
	return nil
}

// awaitOpening waits for the timer to open the board.
func (j *journey) awaitOpening(ctx context.Context) error {
	err := j.awaitStatus(ctx, patience, "open")
	j.boardOpened = time.Now()
	return err
}

// tooLate is how long before the close there must be nothing left to do.
const tooLate = 5 * time.Second

// keepOpen asks for an extension, as people would, whenever the close comes near and there is still much to do; watch ends
// when there is nothing more. An extension that is under way then is brought to its end.
func (j *journey) keepOpen(ctx, watch context.Context) error {
	for sleep(watch, time.Until(j.closesAt.Add(-tooLate))) == nil {
		left := j.requests() - int(j.done.Load())
		if workFor(left, j.pace()) < tooLate/2 {
			return nil
		}
		more := tooLate + openFor(left, j.pace(), 0)
		closes := j.closesAt.Add(more).Truncate(time.Millisecond)
		j.say("%d requests are left; the officer asks for %.0f s more", left, more.Seconds())
		if err := j.extend(ctx, closes); err != nil {
			if _, refused := errors.AsType[*refusal](err); refused && watch.Err() != nil {
				return nil // it has closed meanwhile, with nothing left to do
			}
			return fmt.Errorf("extend the period: %w", err)
		}
	}
	return nil
}

// pace is how many requests a second the open board has taken so far; until there are enough to tell, what was measured before.
func (j *journey) pace() float64 {
	done := float64(j.done.Load())
	if done < 50 {
		return j.rate
	}
	return max(done/time.Since(j.boardOpened).Seconds(), 5)
}

func (j *journey) extend(ctx context.Context, closes time.Time) error {
	l := line{noun: "extension", page: j.forumPage(""), action: "forum.extend", on: j.forumPage("decisions/forum.extend"),
		drafter: j.Staff.Officer[0], signers: j.signers(j.Staff.Approver[0]), more: func(f *form) error {
			return errors.Join(f.set("closes_at", 0, closes.Format(time.RFC3339Nano)), f.set("reason", 0, j.topic.say("의견이 계속 접수되고 있어 기간을 연장합니다.", "Opinions keep coming in.")))
		}}
	if err := j.approve(ctx, l); err != nil {
		return err
	}
	return await(ctx, "the later close", patience, func(ctx context.Context) (bool, error) {
		s, err := j.look(ctx)
		if err == nil && s.ClosesAt.After(j.closesAt) {
			j.closesAt = s.ClosesAt
			return true, nil
		}
		return false, err
	})
}
