package activities

import (
	"context"

	"acropolis/forum"
)

// Readings find the terms of topics and of departments' names, from which the responsible department is suggested. The
// dictionary is in the worker alone, so the terms are kept as rows and pages read those.
type Readings struct {
	Store interface {
		Unread(ctx context.Context, n int) ([]forum.Unread, error)
		SaveTerms(ctx context.Context, read forum.Unread, terms []string) error
	}
	Terms interface{ Terms(text string) []string }
}

// readAtOnce bounds a turn, so that a whole city's import doesn't keep a worker that is asked to stop.
const readAtOnce = 50

// Read reads what nobody has read yet, and tells how much that was.
func (a *Readings) Read(ctx context.Context) (int, error) {
	unread, err := a.Store.Unread(ctx, readAtOnce)
	if err != nil {
		return 0, err
	}
	for n, one := range unread {
		if err := a.Store.SaveTerms(ctx, one, a.Terms.Terms(one.Text)); err != nil {
			return n, err
		}
	}
	return len(unread), nil
}
