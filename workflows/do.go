package workflows

import (
	"context"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"acropolis/activities"
	"acropolis/forum"
)

// Two policies, not six: a step takes moments, a long one minutes (it reads every opinion of a forum). A short one is done by the
// worker that decides on it, as part of the same task: it leaves one event instead of six, and a forum that closes waits for
// nobody else. Where that worker dies the task is given to another one, which does the step again.
var (
	short = workflow.LocalActivityOptions{StartToCloseTimeout: 30 * time.Second, RetryPolicy: oneTry}
	long  = workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Minute, HeartbeatTimeout: lost, RetryPolicy: oneTry}

	oneTry = &temporal.RetryPolicy{MaximumAttempts: 1} // do tries again
	// parking itself never gives up: without the database there is nothing else to do.
	patient = workflow.ActivityOptions{StartToCloseTimeout: 30 * time.Second, HeartbeatTimeout: lost}
)

// lost is how long nothing is heard of a worker until another one does its step: every activity gives a sign of life each
// few seconds (integrations/temporal).
const lost = 10 * time.Second

// A step that is unavailable for now, or has failed, is tried again: soon, since a timer may be some moments ahead of the database's
// clock, then ever later. What has failed so many times is parked.
const (
	firstWait, lastWait = 300 * time.Millisecond, time.Minute
	tries               = 5
)

// A parked step waits so long for a person before it tries by itself: at first, and at most.
const firstSelfRetry, lastSelfRetry = 5 * time.Minute, time.Hour

// begin is how a step is begun.
type begin func(ctx workflow.Context, name string, act any, id forum.ID) workflow.Future

func atOnce(ctx workflow.Context, name string, act any, id forum.ID) workflow.Future {
	options := short
	options.Summary = name
	return workflow.ExecuteLocalActivity(workflow.WithLocalActivityOptions(ctx, options), act, id)
}

func takingLong(ctx workflow.Context, name string, act any, id forum.ID) workflow.Future {
	options := long
	options.Summary = name
	return workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), act, id)
}

// step is one activity of a procedure: given a row's id (the procedure's own, or a decision's), it does one guarded thing
// and tells what is true now.
type step[F any] func(context.Context, forum.ID) (F, error)

// facts is what a procedure knows of its row.
type facts interface {
	Waits() (due time.Time, starts []forum.Start)
	Final() bool
}

// do carries out one step until it is done. What can't be done is parked as "needs attention" and waits for a Retry; what is
// only unavailable is tried again; a refusal is for whoever asked, when somebody did. It returns an ordinary error only
// when the workflow is cancelled.
func (p *procedure[F]) do(ctx workflow.Context, begin begin, name string, act step[F], id forum.ID, asked bool) (*forum.Error, error) {
	wait, patience := firstWait, firstSelfRetry
	for failed := 0; ; {
		var now F
		p.acting = true
		err := begin(ctx, name, act, id).Get(ctx, &now)
		p.acting = false
		if err == nil {
			p.facts, p.fresh = now, p.fresh || !workflow.IsReplaying(ctx)
			return nil, p.unpark(ctx)
		}
		if temporal.IsCanceledError(err) || ctx.Err() != nil {
			return nil, err
		}
		refusal := Carried(err)
		if refusal == nil {
			failed++
		}
		switch {
		case refusal != nil && refusal.Code == forum.Unavailable, refusal == nil && failed < tries:
			err = workflow.NewTimerWithOptions(ctx, wait, workflow.TimerOptions{Summary: "try again: " + name}).Get(ctx, nil)
			wait = min(2*wait, lastWait)
		case refusal != nil && asked:
			return refusal, p.unpark(ctx)
		default:
			err = p.park(ctx, name, refusal, patience)
			wait, failed, patience = firstWait, 0, min(2*patience, lastSelfRetry)
		}
		if err != nil {
			return nil, err
		}
	}
}

// park shows the step as "needs attention" and waits for a Retry, or a while.
func (p *procedure[F]) park(ctx workflow.Context, name string, refusal *forum.Error, patience time.Duration) error {
	problem := Fault
	if refusal != nil {
		problem = refusal.Key
	}
	options := patient
	options.Summary = "needs attention: " + name
	var attention *activities.Attentions
	if err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), attention.Park, forum.Attention{
		Workflow: workflow.GetInfo(ctx).WorkflowExecution.ID, Noun: p.noun, Subject: p.id, Step: name, Problem: problem,
	}).Get(ctx, nil); err != nil {
		return err
	}
	p.parked = true
	before := p.retries
	_, err := workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{Timeout: patience,
		TimerOptions: workflow.TimerOptions{Summary: "waits for a Retry of: " + name}}, func() bool { return p.retries > before })
	return err
}

func (p *procedure[F]) unpark(ctx workflow.Context) error {
	if !p.parked {
		return nil
	}
	options := patient
	options.Summary = "no longer needs attention"
	var attention *activities.Attentions
	err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), attention.Unpark, workflow.GetInfo(ctx).WorkflowExecution.ID).Get(ctx, nil)
	p.parked = err != nil
	return err
}
