package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"go.temporal.io/server/temporaltest"

	"acropolis/e2e/program"
)

// A procedure in miniature that a release changes: it learns to check before it waits (docs/changing-a-procedure.md).
const aCheck = "check-before-the-wait"

func oldErrand(ctx workflow.Context) error {
	doneBy(ctx, "prepare")
	workflow.GetSignalChannel(ctx, "go on").Receive(ctx, nil)
	doneBy(ctx, "finish")
	return nil
}

func newErrand(ctx workflow.Context) error {
	doneBy(ctx, "prepare")
	if workflow.GetVersion(ctx, aCheck, workflow.DefaultVersion, 1) == 1 {
		doneBy(ctx, "check")
	}
	workflow.GetSignalChannel(ctx, "go on").Receive(ctx, nil)
	doneBy(ctx, "finish")
	return nil
}

// carelessErrand is changed without a version.
func carelessErrand(ctx workflow.Context) error {
	doneBy(ctx, "prepare")
	doneBy(ctx, "check")
	workflow.GetSignalChannel(ctx, "go on").Receive(ctx, nil)
	doneBy(ctx, "finish")
	return nil
}

func doneBy(ctx workflow.Context, step string) {
	options := workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second}
	_ = workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), step).Get(ctx, nil)
}

// errands registers one release's code of the procedure.
func errands(code any) func(worker.Registry) {
	return func(r worker.Registry) {
		r.RegisterWorkflowWithOptions(code, workflow.RegisterOptions{Name: "errand"})
		for _, step := range []string{"prepare", "check", "finish"} {
			r.RegisterActivityWithOptions(func(context.Context) error { return nil }, activity.RegisterOptions{Name: step})
		}
	}
}

// stillTheOldWay is what the first of the two releases prefers: it knows the change, and leaves it to the next to begin with it.
func stillTheOldWay(in worker.PreferredVersionProviderInput) *worker.VersionPreference {
	return &worker.VersionPreference{Version: in.MinSupported}
}

// TestChangedProcedureGoesOnWithOldHistories: one that began before the change goes on as it began; without a version it couldn't.
func TestChangedProcedureGoesOnWithOldHistories(t *testing.T) {
	server := temporaltest.NewServer(temporaltest.WithT(t))
	server.NewWorker("errands", errands(oldErrand))
	c := server.GetDefaultClient()
	runErrands(t, c, "old", 1, nil)
	recorded := historyOf(t, c, "old-0", "")
	replay := func(code any) error {
		replayer := worker.NewWorkflowReplayer()
		replayer.RegisterWorkflowWithOptions(code, workflow.RegisterOptions{Name: "errand"})
		return replayer.ReplayWorkflowHistory(nil, recorded)
	}
	if err := replay(newErrand); err != nil {
		t.Error("the new code can't go on with an old history:", err)
	}
	if replay(carelessErrand) == nil {
		t.Error("a change without a version goes unnoticed")
	}
}

// TestTwoReleasesSideBySide on one task queue, each task falling to either: the release that knows the change, and the next, which
// begins with it. All come to their end, and nobody meets a history that isn't understood.
func TestTwoReleasesSideBySide(t *testing.T) {
	worker.SetStickyWorkflowCacheSize(0) // a history is read anew for each task, so that each task may fall to another release
	t.Cleanup(func() { worker.SetStickyWorkflowCacheSize(10_000) })
	server := temporaltest.NewServer(temporaltest.WithT(t))
	c := server.GetDefaultClient()
	server.NewWorkerWithOptions("errands", errands(newErrand), worker.Options{PreferredVersionProvider: stillTheOldWay})
	began := runErrands(t, c, "before", 10, func() { server.NewWorkerWithOptions("errands", errands(newErrand), worker.Options{}) })
	began = append(began, runErrands(t, c, "beside", 30, nil)...)
	ways := map[bool]int{}
	for _, id := range began {
		ways[checked(t, c, id)]++
	}
	t.Logf("%d procedures through both releases: %d the old way, %d the new way, none misunderstood", len(began), ways[false], ways[true])
	if ways[false] < 10 || ways[true] == 0 {
		t.Errorf("the releases didn't share the work: %v", ways)
	}
}

// runErrands begins n, then does what happens between, then lets them go on to their end.
func runErrands(t *testing.T, c client.Client, name string, n int, between func()) (ids []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for i := range n {
		id := fmt.Sprintf("%s-%d", name, i)
		if _, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: "errands"}, "errand"); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	for _, id := range ids {
		program.Await(t, id+" to wait", 30*time.Second, func(ctx context.Context) bool {
			described, err := c.DescribeWorkflowExecution(ctx, id, "")
			return err == nil && described.GetPendingWorkflowTask() == nil && len(described.GetPendingActivities()) == 0 && described.GetWorkflowExecutionInfo().GetHistoryLength() > 9
		})
	}
	if between != nil {
		between()
	}
	for _, id := range ids {
		if err := c.SignalWorkflow(ctx, id, "", "go on", nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range ids {
		if err := c.GetWorkflow(ctx, id, "").Get(ctx, nil); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

// checked says whether a procedure went the new way; one whose task has failed is an error.
func checked(t *testing.T, c client.Client, id string) bool {
	t.Helper()
	found := false
	for _, event := range historyOf(t, c, id, "").GetEvents() {
		if event.GetEventType() == enums.EVENT_TYPE_WORKFLOW_TASK_FAILED {
			t.Errorf("%s wasn't understood: %s", id, event.GetWorkflowTaskFailedEventAttributes().GetFailure().GetMessage())
		}
		found = found || strings.EqualFold(event.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName(), "check")
	}
	return found
}
