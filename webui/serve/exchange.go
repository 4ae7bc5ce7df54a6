package serve

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"acropolis/integrations/postgres"
	"acropolis/webui/page"
	"acropolis/webui/public"
)

// exchange is what a web process tells the others and hears from them, beside the requests: who asks how much, and which forums
// are under pressure.
type exchange struct {
	store    *postgres.Store
	sites    []*page.Site
	citizens *public.Handlers
	log      *slog.Logger
}

// exchangeEvery is how long a process may know nothing of what another lets through; forgetEvery is how often rows are removed.
const (
	exchangeEvery = time.Second
	forgetEvery   = time.Minute
)

// run exchanges until ctx ends. While the database is away each process goes on by itself.
func (x *exchange) run(ctx context.Context) {
	tick, forgotten := time.NewTicker(exchangeEvery), time.Now()
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := x.turn(ctx)
		if time.Since(forgotten) > forgetEvery {
			forgotten = time.Now()
			err = errors.Join(err, x.store.ForgetRates(ctx), x.store.ForgetPressure(ctx))
		}
		if err != nil && ctx.Err() == nil {
			x.log.Warn("limits are this process's own for now", "error", err)
		}
	}
}

// turn is one exchange. It doesn't wait for a database that hangs.
func (x *exchange) turn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*exchangeEvery)
	defer cancel()
	var err error
	for _, site := range x.sites {
		err = errors.Join(err, site.ShareRates(ctx, x.store.ShareRates))
	}
	return errors.Join(err, x.citizens.SharePressure(ctx))
}
