package e2e

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"acropolis/integrations/temporal"
	"acropolis/workflows"
)

// sweep lets the worker sweep once and waits for the end.
func sweep(t *testing.T, c *city) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	run, err := c.conductor().Client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "sweep-now", TaskQueue: workflows.TaskQueue}, workflows.Sweep)
	if err == nil {
		err = run.Get(ctx, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// runningForums counts the procedures of forums that run, as far as Temporal's lists tell.
func runningForums(ctx context.Context, c *temporal.Conductor) int {
	counted, err := c.Client.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: "WorkflowType = 'Forum' AND ExecutionStatus = 'Running'"})
	if err != nil {
		return 0
	}
	return int(counted.GetCount())
}
