// Package temporal is the client side of the city's procedures: dialling, the Conductor, what keeps words out of histories.
package temporal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
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
