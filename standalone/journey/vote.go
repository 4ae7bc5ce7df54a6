package journey

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// castVotes lets the pool vote on every opinion that was accepted, as often for and against as its row says.
func (j *journey) castVotes(ctx context.Context) error {
	var open []ballot
	for _, b := range ballots(j.rows, authors(j.rows, len(j.pool)), len(j.pool)) {
		if j.posted[b.row].ID == "" {
			j.done.Add(1) // there is nothing to vote on
			continue
		}
		open = append(open, b)
	}
	return j.whileOpen(ctx, "votes", len(open), func(ctx context.Context) error {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(atOnce)
		for _, b := range open {
			group.Go(func() error { return j.cast(ctx, b) })
		}
		return group.Wait()
	})
}

func (j *journey) cast(ctx context.Context, b ballot) error {
	defer j.done.Add(1)
	opinion := j.posted[b.row]
	err := j.pool[b.citizen].call(ctx, http.MethodPut, "/api/v1/opinions/"+opinion.ID+"/vote",
		fmt.Sprintf("vote-%s-%06d", opinion.ID, b.citizen), map[string]string{"choice": b.choice}, nil)
	if r, ok := errors.AsType[*refusal](err); ok && r.Key != "forum.closed" {
		j.refused.add(b.row, j.rows[b.row].Ref, r.Key)
		return nil
	}
	if err != nil {
		return fmt.Errorf("a vote on %s: %w", j.rows[b.row].Ref, err)
	}
	j.voters[b.citizen].Store(true)
	if b.choice == inFavour {
		j.votesFor.Add(1)
	} else {
		j.votesAgainst.Add(1)
	}
	return nil
}

// awaitClosing waits for the timer to close the board.
func (j *journey) awaitClosing(ctx context.Context) error {
	var now shown
	var err error
	if now, err = j.look(ctx); err != nil {
		return err
	}
	return j.awaitStatus(ctx, patience+time.Until(now.ClosesAt), "closed", "analysing", "awarding")
}
