package activities

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"acropolis/forum"
)

// Sweeps start what isn't running and wake what waits in vain.
type Sweeps struct {
	Store interface {
		Unfinished(ctx context.Context, noun forum.Noun, after forum.ID, most int) ([]forum.Unfinished, error)
		GivenUp(ctx context.Context, all []forum.Start) ([]forum.Start, error)
		NoteStopped(ctx context.Context, all []forum.Stopped) error
		SettleStopped(ctx context.Context, still []forum.Start) error
	}
	Conductor interface {
		Running(ctx context.Context, noun forum.Noun) (map[forum.ID]bool, error)
		Ended(ctx context.Context, s forum.Start) (stopped forum.Stopped, ended bool, err error)
		Blocked(ctx context.Context) ([]forum.Stopped, error)
		Restart(ctx context.Context, s forum.Stopped) (started bool, err error)
		Wake(ctx context.Context, s forum.Start) error
	}
}

const (
	sweptAtOnce  = 500 // rows that are read together
	startsAtOnce = 8   // calls to Temporal that are under way together
)

// Sweep starts the procedure of every row that isn't final and has none running, and wakes those that wait for what has
// happened. What runs is listed, a thousand by one call; only what isn't in the list is asked for by itself, since the list may be
// some seconds old. One that can't be started doesn't keep the others from it. What stops again and
// again, and what is blocked, is left to a person, who sees it on the health page.
func (a *Sweeps) Sweep(ctx context.Context) error {
	var still []forum.Start
	var faults []error
	for _, noun := range forum.Procedures {
		running, err := a.Conductor.Running(ctx, noun)
		if err != nil {
			return err
		}
		for after := forum.ID(""); ; {
			rows, err := a.Store.Unfinished(ctx, noun, after, sweptAtOnce)
			if err != nil {
				return err
			}
			if len(rows) == 0 {
				break
			}
			stopped, err := a.sweep(ctx, rows, running)
			still, faults = append(still, stopped...), append(faults, err)
			after = rows[len(rows)-1].ID
		}
	}
	blocked, err := a.Conductor.Blocked(ctx)
	if err == nil {
		err = a.Store.NoteStopped(ctx, blocked)
	}
	if faults = append(faults, err); errors.Join(faults...) != nil {
		return errors.Join(faults...) // what is still stopped isn't known
	}
	return a.Store.SettleStopped(ctx, append(still, starts(blocked)...))
}

// sweep sees to some rows and gives those whose procedure still doesn't run.
func (a *Sweeps) sweep(ctx context.Context, rows []forum.Unfinished, running map[forum.ID]bool) ([]forum.Start, error) {
	var missing []forum.Start
	var waiting []forum.Unfinished
	for _, row := range rows {
		switch {
		case !running[row.ID]:
			missing = append(missing, row.Start)
		case row.Ready:
			waiting = append(waiting, row)
		}
	}
	givenUp, err := a.Store.GivenUp(ctx, missing)
	if err != nil {
		return nil, err
	}
	var faults []error
	var noted []forum.Stopped
	var still []forum.Start
	var mu sync.Mutex
	together(missing, func(s forum.Start) {
		hopeless := slices.Contains(givenUp, s)
		stopped, ended, err := a.Conductor.Ended(ctx, s)
		started := false
		if err == nil && ended && !hopeless {
			started, err = a.Conductor.Restart(ctx, stopped)
		}
		mu.Lock()
		defer mu.Unlock()
		switch faults = append(faults, err); {
		case !ended: // it runs after all, or nobody knows
		case hopeless || err != nil:
			noted, still = append(noted, stopped), append(still, s)
		case started && stopped.Why != forum.IsMissing: // what never ran is new
			stopped.Restarted = time.Now()
			noted = append(noted, stopped)
		}
	})
	together(waiting, func(row forum.Unfinished) {
		err := a.Conductor.Wake(ctx, row.Start)
		mu.Lock()
		defer mu.Unlock()
		faults = append(faults, err)
	})
	return still, errors.Join(append(faults, a.Store.NoteStopped(ctx, noted))...)
}

func starts(all []forum.Stopped) []forum.Start {
	names := make([]forum.Start, len(all))
	for i, one := range all {
		names[i] = one.Start
	}
	return names
}

// together does work for all, some at a time.
func together[T any](all []T, work func(T)) {
	var workers sync.WaitGroup
	next := make(chan T)
	for range min(startsAtOnce, len(all)) {
		workers.Go(func() {
			for one := range next {
				work(one)
			}
		})
	}
	for _, one := range all {
		next <- one
	}
	close(next)
	workers.Wait()
}
