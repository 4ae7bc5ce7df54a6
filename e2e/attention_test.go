package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"

	"acropolis/e2e/program"
	"acropolis/forum"
	"acropolis/workflows"
)

// A step that always panics is parked, shown to staff with its button, and keeps nobody else from going on; once a better
// worker is there, the button does it.
func TestPanickingActivityIsParkedAndGoesOnAfterRetry(t *testing.T) {
	c := newCity(t)
	broken := c.workerOf(program.Mutant(t, "worker", "activities/forum.go", "return a.Store.CloseForum(ctx, id)", `panic("always")`))
	c.webui()
	store, conductor := c.store(), c.conductor()
	by := awaitOfficial(t, store, anOfficer)
	id, other := forumIn(t, store, forum.Open, time.Second), forumIn(t, store, forum.Open, time.Hour)
	for _, one := range []forum.ID{id, other} {
		if err := conductor.Start(t.Context(), forum.Start{Noun: forum.TheForum, ID: one}); err != nil {
			t.Fatal(err)
		}
	}
	procedure := workflows.WorkflowID(forum.Start{Noun: forum.TheForum, ID: id})
	program.Await(t, "the step to be parked", 30*time.Second, func(ctx context.Context) bool {
		parked, err := store.Attention(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return len(parked) == 1 && parked[0].Workflow == procedure && parked[0].Step == "the close" && parked[0].Problem == workflows.Fault
	})

	// Nothing else stands still, and the board is closed all the same: the database decides.
	if err := decide(t.Context(), store, conductor, aboutForum(forum.SuspendForum, other, by, "선거 기간입니다.")); err != nil {
		t.Error("another forum can't go on:", err)
	}
	citizen := confirmed(t, store)
	if _, got, err := citizen.post(t.Context(), c.public, id, newKey(), "아직 열려 있습니까?", ""); err != nil || got.key() != "forum.closed" {
		t.Errorf("an opinion after the instant: %v, %v", got, err)
	}

	operator := c.logIn(anOperator)
	button := fmt.Sprintf(`name="workflow" value="%s"`, procedure)
	if page := operator.read("/ko/health"); !strings.Contains(page, `id="parked"`) || !strings.Contains(page, button) {
		t.Error("the health page doesn't show it")
	}
	if page := operator.read("/ko/forums/" + string(id)); !strings.Contains(page, `id="attention"`) || !strings.Contains(page, button) {
		t.Error("the forum's page doesn't show it")
	}
	if page := operator.read("/ko/forums/" + string(other)); strings.Contains(page, `id="attention"`) {
		t.Error("another forum's page shows it")
	}

	broken.Kill()
	c.worker()
	if status, page := operator.send("/ko/health/retry", "workflow", procedure, "back", "/ko/health"); status != http.StatusSeeOther {
		t.Fatalf("retry: %d %s", status, page)
	}
	program.Await(t, "the forum to go on", 20*time.Second, func(ctx context.Context) bool {
		topic, err := citizen.statusOf(ctx, c.public, id)
		if err != nil {
			t.Fatal(err)
		}
		return topic.Status == forum.Analysing
	})
	if page := operator.read("/ko/forums/" + string(id)); strings.Contains(page, `id="attention"`) {
		t.Error("the forum's page still shows it")
	}
	wellKept(t, store)
}

// A procedure that somebody ended by hand is running again within one Sweep, and takes decisions.
func TestTerminatedProcedureRunsAgainWithinOneSweep(t *testing.T) {
	const sweep = 5 * time.Second
	c := newCity(t)
	c.worker("SWEEP_EVERY", sweep.String())
	store, conductor := c.store(), c.conductor()
	by := awaitOfficial(t, store, anOfficer)
	id := forumIn(t, store, forum.Open, time.Hour)
	procedure := workflows.WorkflowID(forum.Start{Noun: forum.TheForum, ID: id})
	running := func(ctx context.Context) (run string) {
		described, err := conductor.Client.DescribeWorkflowExecution(ctx, procedure, "")
		if err != nil || described.GetWorkflowExecutionInfo().GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
			return ""
		}
		return described.GetWorkflowExecutionInfo().GetExecution().GetRunId()
	}
	program.Await(t, "the Sweep to start it", 2*sweep, func(ctx context.Context) bool { return running(ctx) != "" })
	first := running(t.Context())
	if err := conductor.Client.TerminateWorkflow(t.Context(), procedure, "", "by hand"); err != nil {
		t.Fatal(err)
	}
	ended := time.Now()
	program.Await(t, "the Sweep to start it again", 2*sweep, func(ctx context.Context) bool { return running(ctx) != "" })
	took := time.Since(ended)
	if second := running(t.Context()); second == first {
		t.Fatal("it was never ended")
	}
	t.Logf("running again after %v", took.Round(time.Millisecond))
	if took > sweep+2*time.Second { // the Sweep itself takes a moment
		t.Errorf("running again after %v, want one Sweep of %v", took, sweep)
	}
	if err := decide(t.Context(), store, conductor, aboutForum(forum.SuspendForum, id, by, "선거 기간입니다.")); err != nil {
		t.Error("it can't be advanced:", err)
	}
	if status := one[forum.ForumStatus](t, store, `SELECT status FROM forums WHERE id = $1`, id); status != forum.Suspended {
		t.Errorf("it is %s", status)
	}
	wellKept(t, store)
}

// A procedure whose own code panics is found and shown, is not begun again and again by the city, and goes on after the button once a
// better worker is there.
func TestBlockedProcedureIsShownAndBegunAnewByAPerson(t *testing.T) {
	c := newCity(t)
	broken := c.workerOf(program.Mutant(t, "worker", "workflows/forum.go", "\tnow := f.facts\n", "\tnow := f.facts\n\tif now.Status == forum.Open {\n\t\tpanic(\"always\")\n\t}\n"),
		"SWEEP_EVERY", "3s")
	c.webui()
	store, conductor := c.store(), c.conductor()
	by := awaitOfficial(t, store, anOfficer)
	id := forumIn(t, store, forum.Open, time.Hour)
	began := time.Now()
	blocked := func(ctx context.Context) bool {
		shown, waiting, err := store.Stopped(ctx)
		return err == nil && waiting == 1 && shown[0].ID == id && shown[0].Why == forum.IsBlocked && shown[0].Restarts == 0
	}
	program.Await(t, "it to be shown", 2*time.Minute, blocked)
	t.Logf("found after %v", time.Since(began).Round(time.Second))
	operator := c.logIn(anOperator)
	if page := operator.read("/ko/health"); !strings.Contains(page, `data-stopped="`+string(id)+`"`) {
		t.Error("the health page doesn't show it")
	}
	broken.Kill()
	c.worker("SWEEP_EVERY", "1h")
	if status, page := operator.send("/ko/health/restart", "noun", string(forum.TheForum), "id", string(id)); status != http.StatusSeeOther {
		t.Fatalf("restart: %d %s", status, page)
	}
	if err := decide(t.Context(), store, conductor, aboutForum(forum.SuspendForum, id, by, "선거 기간입니다.")); err != nil && forum.RefusalIn(err) == nil {
		t.Error("it can't be advanced:", err)
	}
	if n := one[int](t, store, `SELECT count(*) FROM audit WHERE action = 'procedure.restart' AND subject_id = $1 AND by_kind = 'official'`, id); n != 1 {
		t.Errorf("%d audit rows", n)
	}
	wellKept(t, store)
}
