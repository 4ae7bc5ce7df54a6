package activities

import (
	"context"
	"errors"

	"acropolis/forum"
)

// Sweeps start what isn't running and wake what waits in vain.
type Sweeps struct {
	Store interface {
		Unfinished(ctx context.Context) ([]forum.Unfinished, error)
	}
	Conductor interface {
		Start(ctx context.Context, s forum.Start) error
		Wake(ctx context.Context, s forum.Start) error
	}
}

// Sweep starts the procedure of every row that isn't final; a start is nothing where one is running. One that can't be
// started doesn't keep the others from it.
func (a *Sweeps) Sweep(ctx context.Context) error {
	rows, err := a.Store.Unfinished(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for _, row := range rows {
		call := a.Conductor.Start
		if row.Ready {
			call = a.Conductor.Wake
		}
		faults = append(faults, call(ctx, row.Start))
	}
	return errors.Join(faults...)
}
