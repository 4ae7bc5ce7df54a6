package lives

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"acropolis/activities"
	"acropolis/forum"
	"acropolis/integrations/temporal"
	"acropolis/workflows"
)

// stage is the real procedures on the real store, with time skipped: the database's clock goes with theirs.
type stage struct {
	city
	env     *testsuite.TestWorkflowEnvironment
	running map[string]bool // procedures, by their ids
}

// act is one thing that happens; it calls done when it is over. What follows comes a moment later, when everything has settled.
type act func(s *stage, done func())

const moment = time.Second

// play lets one thing after another happen, in one unbroken run of the procedures.
func (c city) play(acts ...act) {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	s := &stage{city: c, env: suite.NewTestWorkflowEnvironment(), running: map[string]bool{}}
	s.env.SetStartTime(c.clock.tells())
	s.env.SetTestTimeout(time.Minute)
	s.env.SetDetachedChildWait(false)
	s.env.SetOnChildWorkflowStartedListener(func(info *workflow.Info, _ workflow.Context, _ converter.EncodedValues) {
		s.running[info.WorkflowExecution.ID] = true
	})
	s.env.SetOnChildWorkflowCompletedListener(func(info *workflow.Info, _ converter.EncodedValue, _ error) {
		delete(s.running, info.WorkflowExecution.ID)
	})
	s.env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{
		&temporal.Scrub{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}, &onTime{s: s},
	}})
	// Whoever isn't running can't be woken: the Sweep sees to them.
	s.env.OnSignalExternalWorkflow(mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(serviceerror.NewNotFound("not running"))
	s.env.RegisterWorkflow(town)
	workflows.Register(s.env)
	s.env.RegisterActivity(&activities.Forums{Store: c.Store})
	s.env.RegisterActivity(&activities.Rounds{Store: c.Store})
	s.env.RegisterActivity(&activities.Approvals{Store: c.Store})
	s.env.RegisterActivity(&activities.Awards{Store: c.Store})
	s.env.RegisterActivity(&activities.Analyses{Store: c.Store, Terms: words{}})
	s.env.RegisterActivity(&activities.Attentions{Store: c.Store})
	n := 0
	var next func()
	next = func() {
		s.onTime()
		if n == len(acts) {
			s.env.CancelWorkflow()
			return
		}
		n++
		acts[n-1](s, func() { s.env.RegisterDelayedCallback(next, moment) })
	}
	s.env.RegisterDelayedCallback(next, moment)
	s.env.ExecuteWorkflow(town)
	if n != len(acts) {
		c.t.Fatalf("after %d of %d acts the stage was empty: %v", n, len(acts), s.env.GetWorkflowError())
	}
}

// town starts procedures as the Conductor does: each runs by itself, one for a row.
func town(ctx workflow.Context) error {
	for starts := workflow.GetSignalChannel(ctx, "start"); ; {
		var s forum.Start
		chosen := workflow.NewSelector(ctx)
		chosen.AddReceive(starts, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, &s) })
		chosen.AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) {})
		if chosen.Select(ctx); ctx.Err() != nil {
			return ctx.Err()
		}
		main, err := workflows.Main(s.Noun)
		if err != nil {
			return err
		}
		workflow.ExecuteChildWorkflow(workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
			WorkflowID: workflows.WorkflowID(s), ParentClosePolicy: enums.PARENT_CLOSE_POLICY_ABANDON,
			WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		}), main, s.ID)
	}
}

// decide takes a decision as the intranet does: first the row, then the procedure, which is started where none is running.
// The answer is "" or the refusal's key.
func decide(d func(s *stage) forum.Decision, answer func(key string)) act {
	return func(s *stage, done func()) {
		decision := d(s)
		over := func(err error) {
			answer(refusalKey(s.t, err))
			done()
		}
		if err := s.RecordDecision(s.t.Context(), decision); err != nil {
			over(err)
			return
		}
		s.ask(forum.Start{Noun: decision.Noun, ID: decision.Subject}, decision, over)
	}
}

// ask brings a decision to its procedure, which is started first where none is running, as the Conductor does in one call.
func (s *stage) ask(to forum.Start, d forum.Decision, over func(error)) {
	id := workflows.WorkflowID(to)
	if !s.running[id] {
		s.env.SignalWorkflow("start", to)
	}
	var send func()
	turns := 0
	send = func() {
		if turns++; turns > 1e6 {
			s.t.Errorf("%s never ran", id)
			over(nil)
			return
		}
		if !s.running[id] {
			s.env.RegisterDelayedCallback(send, 0)
			return
		}
		err := s.env.UpdateWorkflowByID(id, string(d.Action), string(d.ID), &testsuite.TestUpdateCallback{
			OnAccept: func() {}, OnReject: over, OnComplete: func(_ any, err error) { over(err) },
		}, d.ID)
		if err != nil {
			s.t.Errorf("%s: %v", d.Action, err)
			over(nil)
		}
	}
	send()
}

func refusalKey(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	if refusal := workflows.Carried(err); refusal != nil {
		return refusal.Key
	}
	if refusal := forum.RefusalIn(err); refusal != nil {
		return refusal.Key
	}
	t.Fatalf("no refusal but %v", err)
	return ""
}

// sweeps starts the procedure of each row that needs one, and wakes those that wait in vain.
func sweeps(s *stage, done func()) {
	for _, row := range s.unfinished() {
		if id := workflows.WorkflowID(row.Start); !s.running[id] {
			s.env.SignalWorkflow("start", row.Start)
		} else if row.Ready {
			s.signal(id)
		}
	}
	done()
}

func (s *stage) unfinished() []forum.Unfinished {
	var all []forum.Unfinished
	for _, noun := range forum.Procedures {
		rows, err := s.Unfinished(s.t.Context(), noun, "", 1000)
		s.must(err)
		all = append(all, rows...)
	}
	return all
}

// wake lets a row's procedure look again; one that isn't running is started, where the row needs one.
func (s *stage) wake(to forum.Start) {
	if id := workflows.WorkflowID(to); s.running[id] {
		s.signal(id)
	} else if slices.ContainsFunc(s.unfinished(), func(row forum.Unfinished) bool { return row.Start == to }) {
		s.env.SignalWorkflow("start", to)
	}
}

func (s *stage) signal(id string) {
	if err := s.env.SignalWorkflowByID(id, workflows.Wake, nil); err != nil {
		s.t.Errorf("wake %s: %v", id, err)
	}
}

// onTime sets the database's clock to the procedures' before each activity.
type onTime struct {
	interceptor.WorkerInterceptorBase
	s *stage
}

func (o *onTime) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	timed := &timed{s: o.s}
	timed.Next = next
	return timed
}

type timed struct {
	interceptor.ActivityInboundInterceptorBase
	s *stage
}

func (t *timed) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	t.s.onTime()
	return t.Next.ExecuteActivity(ctx, in)
}

func (s *stage) onTime() { s.clock.set(s.env.Now()) }

// words stands in for the dictionary: a life needs no morphology.
type words struct{}

func (words) Terms(text string) []string { return strings.Fields(text) }
