// Package rehearsal runs a forum's whole calendar in moments, before it starts: the procedures and activities that run in the
// city, in the SDK's test suite, which skips the time between their steps, on a city that writes down what would happen.
// Nothing is stored or sent.
package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/stretchr/testify/mock"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"acropolis/activities"
	"acropolis/forum"
	"acropolis/workflows"
)

// No rehearsed life is longer than horizon, and no rehearsal takes longer than patience.
const (
	horizon  = 4 * 366 * 24 * time.Hour
	patience = 20 * time.Second
)

// errStuck is a rehearsal that got nowhere.
var errStuck = errors.New("the rehearsal stands still")

// Run rehearses a plan with the city's calendar and people, and tells what it leads to and runs into.
func Run(ctx context.Context, plan forum.ForumPlan, days forum.Calendar, staff forum.Directory, others []forum.Forum) (forum.Rehearsal, error) {
	if err := plan.Validate(); err != nil {
		return forum.Rehearsal{}, err
	}
	began := time.Now()
	c := newCity(plan, days, staff)
	if err := c.live(ctx); err != nil {
		return forum.Rehearsal{}, err
	}
	r := forum.Rehearsal{Plan: plan, Events: c.events, Status: c.status, Took: time.Since(began)}
	forum.SortEvents(r.Events)
	for _, w := range c.waits {
		if !w.done {
			r.Open = append(r.Open, w.Owed)
		}
	}
	r.Loads = forum.LoadsOf(r.Events, days)
	r.Clashes = forum.ClashesOf(r, days, others)
	return r, nil
}

// newCity is a city in which the forum stands as the plan says.
func newCity(plan forum.ForumPlan, days forum.Calendar, staff forum.Directory) *city {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	c := &city{env: suite.NewTestWorkflowEnvironment(), plan: plan, days: days, staff: staff, status: plan.Status,
		decisions: map[forum.ID]forum.Decision{}, dossier: forum.DossierDraft, response: forum.ResponseDraft}
	c.id = plan.Forum
	if c.id == "" {
		c.id = c.newID()
	}
	c.env.SetStartTime(plan.Start)
	c.env.SetTestTimeout(patience)
	c.env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: patience}) // a busy machine is no deadlock
	// The test suite panics, beyond anybody's recovery, where a procedure that has ended is signalled or cancelled.
	c.env.OnSignalExternalWorkflow(mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(nil)
	c.env.OnRequestCancelExternalWorkflow(mock.Anything, mock.Anything, mock.Anything).Return(nil)
	workflows.Register(c.env)
	store := forumStore{city: c}
	c.env.RegisterActivity(&activities.Forums{Store: store})
	c.env.RegisterActivity(&activities.Approvals{Store: approvalStore{forumStore: store}})
	c.env.RegisterActivity(&activities.Awards{Store: awardStore{forumStore: store}})
	c.env.RegisterActivity(&activities.Analyses{Store: store, Terms: noTerms{}})
	c.env.RegisterActivity(&activities.Attentions{Store: store})
	return c
}

// live runs the forum's procedure until nothing follows.
func (c *city) live(ctx context.Context) (err error) {
	defer func() {
		if problem := recover(); problem != nil { // so the test suite tells that nothing happens any more
			err = fmt.Errorf("%w: %v", errStuck, problem)
		}
	}()
	main := workflows.WorkflowID(forum.Start{Noun: forum.TheForum, ID: c.id})
	c.env.SetStartWorkflowOptions(startAs(main))
	c.begins()
	c.nextDigest()
	c.later(c.now().Add(horizon), c.giveUp)
	defer c.watch(ctx)()
	c.env.ExecuteWorkflow(workflows.Forum, c.id)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, p := range c.parked {
		return fmt.Errorf("%w: %q can't be done: %s", errStuck, p.Step, p.Problem)
	}
	if err := c.env.GetWorkflowError(); err != nil && !c.gaveUp {
		return fmt.Errorf("%w: %w", errStuck, err)
	}
	return nil
}
