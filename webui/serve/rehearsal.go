package serve

import (
	"context"
	"errors"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/temporal/rehearsal"
)

// A rehearsal keeps a processor busy for some hundred milliseconds: so many run at once, and none longer than that.
const (
	rehearsalsAtOnce  = 2
	rehearsalPatience = 20 * time.Second
)

// rehearsals run plans on the city's calendar, people and other forums, as they are now.
type rehearsals struct {
	store *postgres.Store
	free  chan struct{}
}

func newRehearsals(store *postgres.Store) *rehearsals {
	return &rehearsals{store: store, free: make(chan struct{}, rehearsalsAtOnce)}
}

// Days are the city's working days.
func (r *rehearsals) Days(ctx context.Context) (forum.Calendar, error) { return r.store.Calendar(ctx) }

// Rehearse runs one plan; while too many others run, it refuses.
func (r *rehearsals) Rehearse(ctx context.Context, plan forum.ForumPlan) (forum.Rehearsal, error) {
	busy := forum.Refuse(forum.Unavailable, "rehearsal.busy")
	select {
	case r.free <- struct{}{}:
		defer func() { <-r.free }()
	default:
		return forum.Rehearsal{}, busy
	}
	days, err := r.store.Calendar(ctx)
	if err != nil {
		return forum.Rehearsal{}, err
	}
	var staff forum.Directory
	if staff.People, err = r.store.Officials(ctx, "", ""); err != nil {
		return forum.Rehearsal{}, err
	}
	if staff.Units, err = r.store.Departments(ctx); err != nil {
		return forum.Rehearsal{}, err
	}
	others, err := r.others(ctx)
	if err != nil {
		return forum.Rehearsal{}, err
	}
	limited, cancel := context.WithTimeout(ctx, rehearsalPatience)
	defer cancel()
	found, err := rehearsal.Run(limited, plan, days, staff, others)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return found, busy
	}
	return found, err
}

// others are the forums that may be open, or before the jury, while another one is.
func (r *rehearsals) others(ctx context.Context) ([]forum.Forum, error) {
	var all []forum.Forum
	for _, status := range []forum.ForumStatus{forum.Preparing, forum.Scheduled, forum.Open, forum.Suspended, forum.Closed, forum.Analysing, forum.Awarding} {
		some, _, err := r.store.Forums(ctx, forum.ForumFilter{Status: status, Size: 200})
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}
