package temporal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"acropolis/forum"
	"acropolis/workflows"
)

// wire is what the Conductor's calls reach, and what they are answered.
type wire struct {
	client.Client // nil: no other call is expected

	started  []client.StartWorkflowOptions
	inputs   []any
	signal   string
	updated  client.UpdateWorkflowOptions
	patience time.Duration
	err      error // of the call itself
	outcome  error // of the update, once it has been taken
}

func (w *wire) ExecuteWorkflow(_ context.Context, o client.StartWorkflowOptions, _ any, args ...any) (client.WorkflowRun, error) {
	w.started, w.inputs = append(w.started, o), append(w.inputs, args...)
	return nil, w.err
}

func (w *wire) SignalWithStartWorkflow(_ context.Context, id, signal string, _ any, o client.StartWorkflowOptions, _ any, args ...any) (client.WorkflowRun, error) {
	w.started, w.inputs, w.signal = append(w.started, o), append(w.inputs, args...), signal
	if id != o.ID {
		return nil, fmt.Errorf("signals %s and starts %s", id, o.ID)
	}
	return nil, w.err
}

func (w *wire) NewWithStartWorkflowOperation(o client.StartWorkflowOptions, _ any, args ...any) client.WithStartWorkflowOperation {
	w.started, w.inputs = append(w.started, o), append(w.inputs, args...)
	return nil
}

func (w *wire) UpdateWithStartWorkflow(ctx context.Context, o client.UpdateWithStartWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	return w.UpdateWorkflow(ctx, o.UpdateOptions)
}

func (w *wire) UpdateWorkflow(ctx context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	w.updated = o
	if until, bounded := ctx.Deadline(); bounded {
		w.patience = time.Until(until)
	}
	if w.err != nil {
		return nil, w.err
	}
	return handle{outcome: w.outcome}, nil
}

type handle struct {
	client.WorkflowUpdateHandle
	outcome error
}

func (h handle) Get(context.Context, any) error { return h.outcome }

var decision = forum.Decision{ID: "01900000-0000-7000-8000-000000000001", Action: forum.SuspendForum, Noun: forum.TheForum,
	Subject: "01900000-0000-7000-8000-000000000002", By: "01900000-0000-7000-8000-000000000003", From: "10.0.0.1", Reason: "홍길동 씨의 민원", Details: json.RawMessage(`{"x":1}`)}

var outcomeUnknown = forum.Refuse(forum.Unavailable, "decision.outcome_unknown")

// TestOnlyIdsTravel: a person's words, name and address stay in the decision's row.
func TestOnlyIdsTravel(t *testing.T) {
	w := &wire{}
	if err := (&Conductor{w}).Decide(t.Context(), decision); err != nil {
		t.Fatal(err)
	}
	if u := w.updated; u.UpdateID != string(decision.ID) || u.UpdateName != string(forum.SuspendForum) || len(u.Args) != 1 || u.Args[0] != decision.ID ||
		u.WaitForStage != client.WorkflowUpdateStageCompleted || u.WorkflowID != w.started[0].ID {
		t.Errorf("updated %+v", u)
	}
	if len(w.inputs) != 1 || w.inputs[0] != decision.Subject {
		t.Errorf("started with %v", w.inputs)
	}
	if w.patience <= 0 || w.patience > patience {
		t.Errorf("a page would wait %s", w.patience)
	}
}

// TestStartsAreIdempotent: one that runs is left alone, one that failed or was terminated may run again.
func TestStartsAreIdempotent(t *testing.T) {
	w := &wire{}
	c := &Conductor{w}
	s := forum.Start{Noun: forum.TheForum, ID: decision.Subject}
	for _, start := range []func() error{func() error { return c.Start(t.Context(), s) }, func() error { return c.Wake(t.Context(), s) }, func() error { return c.Decide(t.Context(), decision) }} {
		if err := start(); err != nil {
			t.Fatal(err)
		}
	}
	for _, o := range w.started {
		if o.ID != workflows.WorkflowID(s) || o.TaskQueue != workflows.TaskQueue || o.WorkflowIDConflictPolicy != enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING ||
			o.WorkflowIDReusePolicy != enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE || o.WorkflowExecutionTimeout != 0 || o.WorkflowRunTimeout != 0 {
			t.Errorf("started with %+v", o)
		}
	}
	if len(w.started) != 3 || w.signal != workflows.Wake {
		t.Errorf("%d starts, signal %q", len(w.started), w.signal)
	}
	for _, noun := range []forum.Noun{forum.TheOpinion, forum.TheMail, ""} {
		if err := c.Start(t.Context(), forum.Start{Noun: noun}); err == nil {
			t.Errorf("something runs a %q", noun)
		}
	}
}

// TestAnswerToADecision: a refusal is handed on, silence is "not known yet", and anything else is a failure that nobody takes
// for an answer.
func TestAnswerToADecision(t *testing.T) {
	refusal := forum.Refuse(forum.Conflict, "forum.closed").With("most", "1")
	broken := errors.New("rpc error: code = Internal")
	for name, c := range map[string]struct {
		err, outcome error
		want         error
	}{
		"carried out":                         {},
		"refused":                             {outcome: workflows.Carry(refusal), want: refusal},
		"refused by the validator":            {err: workflows.Carry(refusal), want: refusal},
		"refused inside the SDK's own error":  {outcome: fmt.Errorf("update failed: %w", workflows.Carry(refusal)), want: refusal},
		"no answer in time":                   {err: client.NewWorkflowUpdateServiceTimeoutOrCanceledError(context.DeadlineExceeded), want: outcomeUnknown},
		"the server is late":                  {err: serviceerror.NewDeadlineExceeded("late"), want: outcomeUnknown},
		"the server is away":                  {err: serviceerror.NewUnavailable("connection refused"), want: outcomeUnknown},
		"our own patience is over":            {outcome: context.DeadlineExceeded, want: outcomeUnknown},
		"a fault of the workflow":             {outcome: temporal.NewApplicationError("see the worker's log", workflows.Fault), want: temporal.NewApplicationError("see the worker's log", workflows.Fault)},
		"something else is wrong with Decide": {err: broken, want: broken},
	} {
		err := (&Conductor{&wire{err: c.err, outcome: c.outcome}}).Decide(t.Context(), decision)
		switch {
		case c.want == nil && err != nil:
			t.Errorf("%s: %v", name, err)
		case forum.RefusalIn(c.want) != nil && !errors.Is(err, c.want):
			t.Errorf("%s: %v, want %v", name, err, c.want)
		case forum.RefusalIn(c.want) == nil && forum.RefusalIn(err) != nil:
			t.Errorf("%s became the refusal %v", name, err)
		case c.want != nil && err == nil:
			t.Errorf("%s passed for carried out", name)
		}
	}
}

func TestRetryOfWhatNoLongerRuns(t *testing.T) {
	c := &Conductor{&wire{err: serviceerror.NewNotFound("workflow execution already completed")}}
	if err := c.Retry(t.Context(), "forum-1"); !errors.Is(err, forum.Refuse(forum.Conflict, "procedure.not_running")) {
		t.Errorf("got %v", err)
	}
	w := &wire{}
	if err := (&Conductor{w}).Retry(t.Context(), "forum-1"); err != nil || w.updated.UpdateName != workflows.Retry || w.updated.WorkflowID != "forum-1" {
		t.Errorf("%v, %+v", err, w.updated)
	}
}
