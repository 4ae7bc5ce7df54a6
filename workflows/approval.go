package workflows

import (
	"go.temporal.io/sdk/workflow"

	"acropolis/activities"
	"acropolis/forum"
)

var approvals *activities.Approvals

// Approval takes one document through its line: whoever's turn it is, until it is approved, returned, recalled or void. Then it
// wakes the procedure that waits for it. An act that was done before its approval and stands without one waits for an answer.
func Approval(ctx workflow.Context, id forum.ID) error {
	a := newProcedure(forum.TheApproval, id, approvals.ApprovalFacts, approvals.RemindApproval)
	takes := func(act forum.Action) bool { return a.facts.Takes(act) }
	if err := a.listen(ctx, sorted(forum.ApprovalDecisions), takes); err != nil {
		return err
	}
	err := a.run(ctx, Approval, func(ctx workflow.Context) error {
		if a.facts.Status == forum.Drafted {
			return a.own(ctx, "lay the document before the first signer", approvals.BeginReview)
		}
		return a.wait(ctx, "whoever's turn it is", choices[forum.ApprovalFacts]{
			forum.SignApproval:   approvals.SignApproval,
			forum.ReturnApproval: approvals.ReturnApproval,
			forum.RecallApproval: approvals.RecallApproval,
			forum.SettleAlarm:    approvals.SettleAlarm,
		})
	})
	if err != nil {
		return err
	}
	if parent := workflow.GetInfo(ctx).ParentWorkflowExecution; parent != nil && parent.ID == WorkflowID(a.facts.Wake) && !a.called {
		return nil // it sees that this one has ended; one that was begun anew meanwhile has called
	}
	// If nobody is there to be woken, the Sweep starts it, and it loads what is true.
	_ = workflow.SignalExternalWorkflow(ctx, WorkflowID(a.facts.Wake), "", Wake, nil).Get(ctx, nil)
	return nil
}
