// Package run wires the worker: it migrates the database, carries out procedures, owns their schedule, delivers the
// outbox, keeps the shown tallies and refreshes what is known of the directory.
package run

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"acropolis/activities"
	"acropolis/forum"
	"acropolis/integrations/excel"
	"acropolis/integrations/korean"
	"acropolis/integrations/ldap"
	"acropolis/integrations/mail"
	"acropolis/integrations/postgres"
	"acropolis/integrations/temporal"
	"acropolis/workflows"
)

// Settings of the worker.
type Settings struct {
	Store     postgres.Settings
	Temporal  temporal.Settings
	Mail      mail.Settings
	Directory ldap.Settings
	PublicURL string        `env:"PUBLIC_URL" default:"http://127.0.0.1:8080" help:"where citizens find the public site, for links in mails"`
	OfficeURL string        `env:"OFFICE_URL" default:"http://127.0.0.1:8081" help:"where staff find the intranet, for links in mails"`
	Sweep     time.Duration `env:"SWEEP_EVERY" default:"30s" help:"how often procedures that should run are looked for"`
	Refresh   time.Duration `env:"DIRECTORY_EVERY" default:"30s" help:"how often people and departments are read from the directory"`
}

const (
	outboxEvery  = 200 * time.Millisecond
	tallyEvery   = 500 * time.Millisecond
	recountEvery = 10 * time.Minute // whether the night's is due
	markEvery    = 20 * time.Second
	digestEvery  = 10 * time.Second
	readEvery    = 2 * time.Second
	forgetEvery  = 10 * time.Minute
	keepEvery    = 5 * time.Second // namespace and schedules are looked after
)

// Run works until ctx ends, then lets what is under way finish.
func Run(ctx context.Context, s Settings, log *slog.Logger) (err error) {
	if err := postgres.Migrate(ctx, s.Store.URL); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	store, err := postgres.Open(ctx, s.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	letters, err := activities.LoadLetters(s.PublicURL, s.OfficeURL)
	if err != nil {
		return err
	}
	postman, err := mail.New(s.Mail)
	if err != nil {
		return err
	}
	defer postman.Close()
	directory, err := ldap.New(s.Directory)
	if err != nil {
		return err
	}
	terms, err := korean.New()
	if err != nil {
		return err
	}
	c, err := temporal.Dial(ctx, s.Temporal, log)
	if err != nil {
		return err
	}
	defer c.Close()

	keeper := temporal.Keeper{Client: c, Namespace: s.Temporal.Namespace, Every: s.Sweep}
	if err := keeper.Open(ctx); err != nil {
		return fmt.Errorf("open the namespace: %w", err)
	}
	hands := &hands{log: log, turnedAway: make(chan error, 1), another: func(turnedAway func(error)) worker.Worker { return newWorker(c, store, terms, log, turnedAway) }}
	if err := hands.start(); err != nil {
		return err
	}
	if err := keeper.KeepSchedules(ctx); err != nil {
		hands.stop()
		return fmt.Errorf("keep the schedules: %w", err)
	}
	outbox := &activities.Outbox{Store: store, Postman: postmark{postman}, Letters: letters, Workbook: &excel.Books{Source: store}}
	var loops sync.WaitGroup
	loops.Go(func() { terms.Terms("의견") }) // loads the dictionary before the first analysis waits for it
	loops.Go(func() { hands.work(ctx) })
	loops.Go(func() {
		repeat(ctx, keepEvery, log, "look after the namespace and the schedules", once(keeper.Restore))
	})
	loops.Go(func() { repeat(ctx, outboxEvery, log, "deliver the outbox", outbox.Deliver) })
	readings := &activities.Readings{Store: store, Terms: terms}
	loops.Go(func() { repeat(ctx, readEvery, log, "read topics and departments", readings.Read) })
	loops.Go(func() { repeat(ctx, forgetEvery, log, "forget unanswered guardians", once(store.ForgetGuardians)) })
	loops.Go(func() { repeat(ctx, forgetEvery, log, "erase origins", once(store.EraseOrigins)) })
	loops.Go(func() { repeat(ctx, tallyEvery, log, "tally", once(store.Tally)) })
	loops.Go(func() { repeat(ctx, markEvery, log, "mark suspect votes", once(store.MarkSuspects)) })
	loops.Go(func() {
		repeat(ctx, digestsEvery(store.Pace()), log, "mind the moderators' clocks", once(store.OweModeration))
	})
	loops.Go(func() { repeat(ctx, recountEvery, log, "recount", once(store.RecountNightly)) })
	loops.Go(func() { repeat(ctx, tallyEvery, log, "index opinions", once(store.IndexOpinions)) })
	loops.Go(func() { repeat(ctx, digestsEvery(store.Pace()), log, "write the day's digests", once(store.Digest)) })
	loops.Go(func() { repeat(ctx, digestsEvery(store.Pace()), log, "write the day's news", once(store.TellNews)) })
	loops.Go(func() {
		repeat(ctx, s.Refresh, log, "refresh the directory", once(func(ctx context.Context) error { return Refresh(ctx, directory, store) }))
	})
	log.Info("the worker is at work", "temporal", s.Temporal.Address)
	loops.Wait()
	return nil
}

func newWorker(c client.Client, store *postgres.Store, terms *korean.Tokenizer, log *slog.Logger, turnedAway func(error)) worker.Worker {
	worker.SetStickyWorkflowCacheSize(proceduresAwake)
	w := worker.New(c, workflows.TaskQueue, worker.Options{
		WorkerStopTimeout:                  10 * time.Second,
		MaxConcurrentWorkflowTaskPollers:   pollers,
		MaxConcurrentActivityTaskPollers:   pollers,
		MaxConcurrentActivityExecutionSize: stepsAtOnce,
		Interceptors:                       temporal.Interceptors(log),
		OnFatalError:                       turnedAway,
	})
	workflows.Register(w)
	w.RegisterActivity(&activities.Forums{Store: store})
	w.RegisterActivity(&activities.Rounds{Store: store})
	w.RegisterActivity(&activities.Approvals{Store: store})
	w.RegisterActivity(&activities.Awards{Store: store})
	w.RegisterActivity(&activities.Invitations{Store: store})
	w.RegisterActivity(&activities.Analyses{Store: store, Terms: terms})
	w.RegisterActivity(&activities.Attentions{Store: store})
	w.RegisterActivity(&activities.Months{Store: store, Conductor: &temporal.Conductor{Client: c}})
	w.RegisterActivity(&activities.Sweeps{Store: store, Conductor: &temporal.Conductor{Client: c}})
	return w
}

// digestsEvery is how often the hour of the digests is looked for: where days are shorter, an hour of theirs.
func digestsEvery(p forum.Pace) time.Duration { return min(digestEvery, p.Days(1)/24) }

// repeat does work again and again until ctx ends, at once while there is more of it. A failure is logged once while it lasts.
func repeat(ctx context.Context, every time.Duration, log *slog.Logger, what string, work func(context.Context) (int, error)) {
	for failing := false; ; {
		did, err := work(ctx)
		switch {
		case err == nil:
			failing = false
		case errors.Is(err, context.Canceled):
		case !failing:
			failing = true
			log.ErrorContext(ctx, "this goes wrong and is tried again", "work", what, "error", err)
		}
		if did > 0 && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
		}
	}
}

func once(work func(context.Context) error) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) { return 0, work(ctx) }
}
