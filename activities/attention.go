package activities

import (
	"context"

	"acropolis/forum"
)

// AttentionStore is what Attentions need of the database.
type AttentionStore interface {
	Park(ctx context.Context, a forum.Attention) error
	Unpark(ctx context.Context, workflow string) error
}

// Attentions are the steps that couldn't be done and wait for a person.
type Attentions struct{ Store AttentionStore }

// Park shows a step as "needs attention".
func (a *Attentions) Park(ctx context.Context, step forum.Attention) error {
	return a.Store.Park(ctx, step)
}

// Unpark takes it off the page.
func (a *Attentions) Unpark(ctx context.Context, workflow string) error {
	return a.Store.Unpark(ctx, workflow)
}
