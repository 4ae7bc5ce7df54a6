package workflows

import (
	"maps"
	"slices"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"acropolis/forum"
)

// Names by which the Conductor reaches a running procedure; decisions have the name of their action.
const (
	Wake  = "wake"  // signal: something that you wait for has changed in the database
	Retry = "retry" // update: try the parked step again
)

// WorkflowID is a procedure's id in Temporal, made from its row.
func WorkflowID(s forum.Start) string { return string(s.Noun) + "-" + string(s.ID) }

// procedure is what all procedures share: what is true of their row, the decisions that came in, whether they were woken.
type procedure[F facts] struct {
	noun  forum.Noun
	id    forum.ID
	facts F
	look  step[F] // loads what is true
	nudge step[F] // reminds whoever is waited for, or escalates, then looks

	decisions []*decision
	woken     bool
	called    bool // it was woken by somebody, once at least
	parked    bool
	acting    bool // a step is under way
	retries   int
	// fresh: this very worker has seen what is true. One that has only replayed what another one did may be behind the database,
	// where that one was killed before it could tell; it refuses nothing by what it remembers.
	fresh   bool
	started map[forum.ID]bool
	timer   timer
}

// timer is the one that runs while a procedure waits; it runs on from one wait to the next while they aim at the same instant.
type timer struct {
	aim    time.Time
	fires  workflow.Future
	cancel workflow.CancelFunc
}

// decision is one that came in and waits to be carried out.
type decision struct {
	action  forum.Action
	id      forum.ID
	looked  bool // what is true was loaded once more before it is refused
	done    bool
	refusal *forum.Error
}

func newProcedure[F facts](noun forum.Noun, id forum.ID, look, nudge step[F]) *procedure[F] {
	return &procedure[F]{noun: noun, id: id, look: look, nudge: nudge, started: map[forum.ID]bool{}}
}

// listen opens the procedure to decisions, wake-ups and the Retry button. A handler notes the decision and waits; the main
// function acts on it. may refuses, before an event is left, what the status as remembered doesn't allow; while a step is under
// way or to come what is remembered may be over already (the winner answers the very letter that the step has sent), so then it is
// noted.
func (p *procedure[F]) listen(ctx workflow.Context, actions []forum.Action, may func(forum.Action) bool) error {
	for _, action := range actions {
		note := func(ctx workflow.Context, id forum.ID) error {
			d := &decision{action: action, id: id}
			p.decisions = append(p.decisions, d)
			if err := workflow.Await(ctx, func() bool { return d.done }); err != nil {
				return err
			}
			return Carry(d.refusal)
		}
		refuse := func(workflow.Context, forum.ID) error {
			if p.fresh && !p.acting && len(p.decisions) == 0 && !may(action) {
				return Carry(movedOn(p.noun))
			}
			return nil
		}
		if err := workflow.SetUpdateHandlerWithOptions(ctx, string(action), note, workflow.UpdateHandlerOptions{Validator: refuse}); err != nil {
			return err
		}
	}
	workflow.Go(ctx, func(ctx workflow.Context) {
		for wake := workflow.GetSignalChannel(ctx, Wake); wake.Receive(ctx, nil); {
			p.woken, p.called = true, true
		}
	})
	return workflow.SetUpdateHandler(ctx, Retry, func(workflow.Context) error { p.retries++; return nil })
}

func movedOn(noun forum.Noun) *forum.Error {
	return forum.Refuse(forum.Conflict, "procedure.moved_on").With("noun", string(noun))
}

// own does one of the procedure's own steps.
func (p *procedure[F]) own(ctx workflow.Context, name string, act step[F]) error {
	_, err := p.do(ctx, atOnce, name, act, p.id, false)
	return err
}

// ownLong does one that takes minutes.
func (p *procedure[F]) ownLong(ctx workflow.Context, name string, act step[F]) error {
	_, err := p.do(ctx, takingLong, name, act, p.id, false)
	return err
}

// choices are the decisions that a status takes, each with the step that carries it out.
type choices[F any] map[forum.Action]step[F]

// wait lets time pass until a decision, a wake-up or the clock of whoever is waited for, and acts on it.
func (p *procedure[F]) wait(ctx workflow.Context, whatFor string, take choices[F]) error {
	return p.waitUntil(ctx, whatFor, time.Time{}, nil, take)
}

// waitUntil also acts when at is reached; the next wait aims at wherever at is by then.
func (p *procedure[F]) waitUntil(ctx workflow.Context, whatFor string, at time.Time, then step[F], take choices[F]) error {
	if err := p.startChildren(ctx); err != nil {
		return err
	}
	due, _ := p.facts.Waits()
	aim, remind := at, false
	if !due.IsZero() && (aim.IsZero() || due.Before(aim)) {
		aim, remind = due, true
	}
	workflow.SetCurrentDetails(ctx, "waits for "+whatFor)
	happened, err := p.await(ctx, whatFor, aim)
	switch {
	case err != nil:
		return err
	case !happened && remind:
		return p.own(ctx, "remind, then escalate: "+whatFor, p.nudge)
	case !happened:
		return p.own(ctx, whatFor, then)
	case len(p.decisions) > 0:
		return p.decide(ctx, take)
	}
	p.woken = false
	return p.own(ctx, "look again at what is true", p.look)
}

// await says whether something happened before aim; with no aim it waits for ever.
func (p *procedure[F]) await(ctx workflow.Context, whatFor string, aim time.Time) (bool, error) {
	happened := func() bool { return p.woken || len(p.decisions) > 0 }
	if aim.IsZero() {
		p.endTimer()
		return true, workflow.Await(ctx, happened)
	}
	if happened() {
		return true, nil
	}
	left := aim.Sub(workflow.Now(ctx))
	if left <= 0 {
		return false, nil
	}
	if p.timer.cancel == nil || !p.timer.aim.Equal(aim) {
		p.endTimer()
		var running workflow.Context
		running, p.timer.cancel = workflow.WithCancel(ctx)
		p.timer.aim, p.timer.fires = aim, workflow.NewTimerWithOptions(running, left, workflow.TimerOptions{Summary: whatFor})
	}
	if err := workflow.Await(ctx, func() bool { return happened() || p.timer.fires.IsReady() }); err != nil {
		return false, err
	}
	if p.timer.fires.IsReady() {
		p.endTimer()
	}
	return happened(), nil
}

// endTimer lets go of a timer, or it would fire when nobody waits for it any more.
func (p *procedure[F]) endTimer() {
	if p.timer.cancel != nil {
		p.timer.cancel()
		p.timer = timer{}
	}
}

// decide carries out the oldest decision and lets whoever asked know.
func (p *procedure[F]) decide(ctx workflow.Context, take choices[F]) error {
	d := p.decisions[0]
	act, taken := take[d.action]
	if !taken && !d.looked {
		d.looked = true
		return p.own(ctx, "look again at what is true", p.look)
	}
	if taken {
		refusal, err := p.do(ctx, atOnce, string(d.action), act, d.id, true)
		if err != nil {
			return err
		}
		d.refusal = refusal
	} else {
		d.refusal = movedOn(p.noun)
	}
	p.decisions, d.done = p.decisions[1:], true
	return nil
}

// startChildren sees to it that the procedures that this one made are running; the Sweep sees to it too.
func (p *procedure[F]) startChildren(ctx workflow.Context) error {
	_, starts := p.facts.Waits()
	for _, s := range starts {
		if p.started[s.ID] {
			continue
		}
		p.started[s.ID] = true
		main, err := Main(s.Noun)
		if err != nil {
			return err
		}
		child := workflow.ExecuteChildWorkflow(workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
			WorkflowID: WorkflowID(s), ParentClosePolicy: enums.PARENT_CLOSE_POLICY_ABANDON, StaticSummary: string(s.Noun),
		}), main, s.ID)
		err = child.GetChildWorkflowExecution().Get(ctx, nil)
		if temporal.IsCanceledError(err) {
			return err
		}
		if err != nil { // it runs already, and may have looked before there was anything to see
			_ = workflow.SignalExternalWorkflow(ctx, WorkflowID(s), "", Wake, nil).Get(ctx, nil)
		} else if s.Noun == forum.TheApproval {
			workflow.Go(ctx, func(ctx workflow.Context) {
				_ = child.Get(ctx, nil) // what became of it stands in the database
				p.woken = true
			})
		}
	}
	return nil
}

// run is the life of a procedure: load what is true, then stage after stage until nothing follows. A history that grew long
// goes on as a new one; nothing is lost, since what is true is in the database.
func (p *procedure[F]) run(ctx workflow.Context, again any, stage func(workflow.Context) error) error {
	if err := p.own(ctx, "load what is true", p.look); err != nil {
		return err
	}
	for !p.facts.Final() {
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() && len(p.decisions) == 0 && workflow.AllHandlersFinished(ctx) {
			return workflow.NewContinueAsNewError(ctx, again, p.id)
		}
		if err := stage(ctx); err != nil {
			return err
		}
	}
	if err := p.startChildren(ctx); err != nil {
		return err
	}
	for len(p.decisions) > 0 {
		if err := p.decide(ctx, nil); err != nil {
			return err
		}
	}
	return workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
}

// sorted is the same in each replay, whatever the map's order.
func sorted[A ~string, B any](m map[A]B) []A {
	return slices.Sorted(maps.Keys(m)) //workflowcheck:ignore
}
