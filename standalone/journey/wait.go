package journey

import (
	"context"
	"fmt"
	"time"
)

// patience is how long the city may be out of reach, or take for what ought to follow at once.
const patience = 60 * time.Second

// pause lies between two looks at what isn't there yet.
const pause = 150 * time.Millisecond

// await looks until it is there. An answer that never came is asked for again.
func await(ctx context.Context, what string, limit time.Duration, there func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("waited %s in vain for %s", limit.Round(time.Second), what))
	defer cancel()
	for {
		ok, err := there(ctx)
		if ok && err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil && !isInterruption(err) {
			return err
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// reach acts until something is true. It looks first, so that an act whose answer was lost doesn't become a second one; and
// a refusal after a lost answer is no failure until another look: the lost act may be what caused it.
func (j *journey) reach(ctx context.Context, what string, there func(context.Context) (bool, error), act func(context.Context) error) error {
	acted, doubted := false, false
	return await(ctx, what, patience, func(ctx context.Context) (bool, error) {
		ok, err := there(ctx)
		if ok || err != nil || acted {
			return ok, err
		}
		lost := j.lost.count.Load()
		err = act(ctx)
		if acted = err == nil; acted {
			return there(ctx)
		}
		if !isInterruption(err) && !doubted && j.lost.count.Load() > lost {
			doubted = true
			return there(ctx)
		}
		return false, err
	})
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
