// Package temporal is the client side of the city's procedures: dialling, the Conductor, what keeps words out of histories.
package temporal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"acropolis/forum"
	"acropolis/workflows"
)

// Conductor starts, wakes and asks the city's procedures: the only caller of their names.
type Conductor struct{ Client client.Client }

// patience is how long a page waits for a procedure to carry a decision out.
const patience = 15 * time.Second

// ErrUnknown says that no answer came in time: the decision stands as a row and may yet be carried out.
var ErrUnknown = forum.Refuse(forum.Unavailable, "decision.outcome_unknown")

// Start sees to it that a row's procedure runs; where one is running, nothing happens.
func (c *Conductor) Start(ctx context.Context, s forum.Start) error {
	main, err := workflows.Main(s.Noun)
	if err != nil {
		return err
	}
	_, err = c.Client.ExecuteWorkflow(ctx, options(s), main, s.ID)
	return err
}

// Wake lets a row's procedure look again at what is true; one that isn't running is started.
func (c *Conductor) Wake(ctx context.Context, s forum.Start) error {
	main, err := workflows.Main(s.Noun)
	if err != nil {
		return err
	}
	_, err = c.Client.SignalWithStartWorkflow(ctx, workflows.WorkflowID(s), workflows.Wake, nil, options(s), main, s.ID)
	return err
}

// Decide brings a recorded decision to its procedure and waits until it is carried out or refused. Only the row's id
// travels; the update has the id too, so that a decision sent twice is one. No answer in time is ErrUnknown.
func (c *Conductor) Decide(ctx context.Context, d forum.Decision) error {
	s := forum.Start{Noun: d.Noun, ID: d.Subject}
	main, err := workflows.Main(s.Noun)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	handle, err := c.Client.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: c.Client.NewWithStartWorkflowOperation(options(s), main, s.ID),
		UpdateOptions: client.UpdateWorkflowOptions{UpdateID: string(d.ID), WorkflowID: workflows.WorkflowID(s),
			UpdateName: string(d.Action), Args: []any{d.ID}, WaitForStage: client.WorkflowUpdateStageCompleted},
	})
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	return answer(err)
}

// Retry presses the button of a parked step.
func (c *Conductor) Retry(ctx context.Context, workflowID string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	handle, err := c.Client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: workflowID, UpdateName: workflows.Retry,
		WaitForStage: client.WorkflowUpdateStageCompleted})
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	if _, gone := errors.AsType[*serviceerror.NotFound](err); gone {
		return forum.Refuse(forum.Conflict, "procedure.not_running")
	}
	return answer(err)
}

// answer gives the refusal that an update brought back, or says that no answer came.
func answer(err error) error {
	if err == nil {
		return nil
	}
	if refusal := workflows.Carried(err); refusal != nil {
		return refusal
	}
	_, timedOut := errors.AsType[*client.WorkflowUpdateServiceTimeoutOrCanceledError](err)
	_, unreachable := errors.AsType[*serviceerror.Unavailable](err)
	_, late := errors.AsType[*serviceerror.DeadlineExceeded](err)
	if timedOut || unreachable || late || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w (%w)", ErrUnknown, err)
	}
	return err
}

// Running lists whose procedures run, of one noun: a thousand by one call. The list may be some seconds behind.
func (c *Conductor) Running(ctx context.Context, noun forum.Noun) (map[forum.ID]bool, error) {
	running := map[forum.ID]bool{}
	err := c.each(ctx, "WorkflowId STARTS_WITH '"+workflows.WorkflowID(forum.Start{Noun: noun})+"' AND ExecutionStatus = 'Running'", func(e *workflow.WorkflowExecutionInfo) {
		_, id, _ := strings.Cut(e.GetExecution().GetWorkflowId(), "-")
		running[forum.ID(id)] = true
	})
	return running, err
}

// Ended tells why a procedure doesn't run, and since when; ended is false where it runs after all.
func (c *Conductor) Ended(ctx context.Context, s forum.Start) (stopped forum.Stopped, ended bool, err error) {
	described, err := c.Client.DescribeWorkflowExecution(ctx, workflows.WorkflowID(s), "")
	if _, never := errors.AsType[*serviceerror.NotFound](err); never {
		return forum.Stopped{Start: s, Why: forum.IsMissing}, true, nil
	}
	last := described.GetWorkflowExecutionInfo()
	if err != nil || last.GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return forum.Stopped{}, false, err
	}
	return forum.Stopped{Start: s, Why: cause(last.GetStatus()), Since: last.GetCloseTime().AsTime()}, true, nil
}

func cause(status enums.WorkflowExecutionStatus) forum.StopCause {
	switch status {
	case enums.WORKFLOW_EXECUTION_STATUS_TERMINATED:
		return forum.WasTerminated
	case enums.WORKFLOW_EXECUTION_STATUS_FAILED:
		return forum.HasFailed
	case enums.WORKFLOW_EXECUTION_STATUS_TIMED_OUT:
		return forum.HasTimedOut
	case enums.WORKFLOW_EXECUTION_STATUS_CANCELED:
		return forum.WasCancelled
	}
	return forum.EndedEarly
}

// blocked finds procedures whose code panics, or doesn't go with what their history says it did. The server notes that after
// some failures in a row and takes the note back as soon as one succeeds.
const blocked = "ExecutionStatus = 'Running' AND TemporalReportedProblems IN ('category=WorkflowTaskFailed', 'category=WorkflowTaskTimedOut')"

// Blocked lists the procedures that run and can't go on.
func (c *Conductor) Blocked(ctx context.Context) ([]forum.Stopped, error) {
	var all []forum.Stopped
	err := c.each(ctx, blocked, func(e *workflow.WorkflowExecutionInfo) {
		noun, id, _ := strings.Cut(e.GetExecution().GetWorkflowId(), "-")
		if subject, err := forum.ParseID(id); err == nil && slices.Contains(forum.Procedures, forum.Noun(noun)) {
			all = append(all, forum.Stopped{Start: forum.Start{Noun: forum.Noun(noun), ID: subject}, Why: forum.IsBlocked})
		}
	})
	return all, err
}

// each goes through a list of executions, page by page.
func (c *Conductor) each(ctx context.Context, query string, do func(*workflow.WorkflowExecutionInfo)) error {
	for page := []byte(nil); ; {
		answer, err := c.Client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: query, PageSize: 1000, NextPageToken: page})
		if err != nil {
			return err
		}
		for _, one := range answer.GetExecutions() {
			do(one)
		}
		if page = answer.GetNextPageToken(); len(page) == 0 {
			return nil
		}
	}
}

// Restart starts a stopped procedure anew from its row's status, and says whether it did: one that runs after all is left alone.
// A blocked one is ended by it; what was asked of it in vain is asked again.
func (c *Conductor) Restart(ctx context.Context, s forum.Stopped) (started bool, err error) {
	main, err := workflows.Main(s.Noun)
	if err != nil {
		return false, err
	}
	anew := options(s.Start)
	anew.WorkflowIDConflictPolicy = enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL
	anew.WorkflowExecutionErrorWhenAlreadyStarted = true
	if s.Why == forum.IsBlocked {
		anew.WorkflowIDConflictPolicy = enums.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
	}
	_, err = c.Client.ExecuteWorkflow(ctx, anew, main, s.ID)
	if _, runs := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err); runs {
		return false, nil
	}
	return err == nil, err
}

func options(s forum.Start) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                       workflows.WorkflowID(s),
		TaskQueue:                workflows.TaskQueue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:            string(s.Noun),
	}
}

// HistoryLength is how many events a row's procedure has left so far, in its latest run; 0 when it never ran.
func (c *Conductor) HistoryLength(ctx context.Context, s forum.Start) (int64, error) {
	description, err := c.Client.DescribeWorkflowExecution(ctx, workflows.WorkflowID(s), "")
	if _, never := errors.AsType[*serviceerror.NotFound](err); never {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return description.GetWorkflowExecutionInfo().GetHistoryLength(), nil
}
