package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"acropolis/integrations/postgres/pgtest"
	"acropolis/integrations/temporal/embedded"

	"github.com/jackc/pgx/v5"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

const queue = "test"

// await sleeps until told otherwise: the smallest workflow with a timer and an update.
func await(ctx workflow.Context, d time.Duration) (string, error) {
	said := "nothing"
	err := workflow.SetUpdateHandler(ctx, "say", func(ctx workflow.Context, word string) (string, error) {
		said = word
		return "heard " + word, nil
	})
	if err != nil {
		return "", err
	}
	if _, err := workflow.AwaitWithTimeout(ctx, d, func() bool { return said == "enough" }); err != nil {
		return "", err
	}
	return said, nil
}

// serverIn makes this test binary a process of its own that runs a server and a worker and can be killed.
const serverIn = "EMBEDDED_TEST_POSTGRES_PORT"

func TestMain(m *testing.M) {
	if port := os.Getenv(serverIn); port != "" {
		os.Exit(beKilled(port))
	}
	os.Exit(m.Run())
}

func TestServerKeepsHistoriesAndSchedules(t *testing.T) {
	db := pgtest.Server(t)
	log := &logBuffer{}
	began := time.Now()
	server := startServer(t, db, log)
	t.Logf("first start: %v", time.Since(began))
	c := dial(t, server)
	startWorker(t, c)

	// A decision for a workflow that isn't running starts it.
	start := c.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID: "forum-1", TaskQueue: queue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, await, time.Hour)
	update, err := c.UpdateWithStartWorkflow(t.Context(), client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateID: "decision-1", UpdateName: "say", Args: []any{"hello"}, WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var answer string
	if err := update.Get(t.Context(), &answer); err != nil || answer != "heard hello" {
		t.Fatalf("update: %q, %v", answer, err)
	}
	_, err = c.ScheduleClient().Create(t.Context(), client.ScheduleOptions{
		ID:     "sweep",
		Spec:   client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: time.Second}}},
		Action: &client.ScheduleWorkflowAction{ID: "swept", Workflow: await, Args: []any{time.Millisecond}, TaskQueue: queue},
	})
	if err != nil {
		t.Fatal(err)
	}
	before := awaitSweep(t, c, 0)

	began = time.Now()
	if err := server.Stop(); err != nil {
		t.Error("stop:", err)
	}
	t.Logf("stop: %v", time.Since(began))
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the stop took %v", took)
	}

	began = time.Now()
	server = startServer(t, db, log)
	t.Logf("second start: %v", time.Since(began))
	c = dial(t, server)
	startWorker(t, c)
	described, err := c.DescribeWorkflowExecution(t.Context(), "forum-1", "")
	if err != nil {
		t.Fatal(err)
	}
	if status := described.WorkflowExecutionInfo.Status; status != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		t.Error("the workflow no longer runs:", status)
	}
	tell(t, c, "forum-1", "enough")
	if err := c.GetWorkflow(t.Context(), "forum-1", "").Get(within(t, 10*time.Second), &answer); err != nil || answer != "enough" {
		t.Errorf("the workflow ended with %q, %v", answer, err)
	}
	awaitSweep(t, c, before)
	if said := log.String(); said != "" {
		t.Error("the log isn't quiet:\n", said)
	}
}

func TestSecondServerIsRefused(t *testing.T) {
	db := pgtest.Server(t)
	first := startServer(t, db, io.Discard)
	_, err := embedded.Start(t.Context(), options(db, io.Discard))
	if !errors.Is(err, embedded.ErrInUse) {
		t.Error("second server on the same database:", err)
	}

	elsewhere := options(pgtest.Server(t), io.Discard)
	_, port, _ := net.SplitHostPort(first.Address())
	elsewhere.FrontendPort, _ = strconv.Atoi(port)
	_, err = embedded.Start(t.Context(), elsewhere)
	if err == nil || !strings.Contains(err.Error(), first.Address()) {
		t.Error("second server on the same port:", err)
	}
}

func TestTimerFiresSoonAfterAKill(t *testing.T) {
	db := pgtest.Server(t)
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), serverIn+"="+strconv.Itoa(db.Port()), "EMBEDDED_TEST_PASSWORD="+db.Password())
	victim.Stderr = os.Stderr
	if _, err := victim.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { victim.Process.Kill(); victim.Wait() })
	if _, err := fmt.Fscanf(out, "waiting\n"); err != nil {
		t.Fatal("the victim did not start:", err)
	}
	due := time.Now().Add(victimTimer)
	victim.Process.Kill()
	victim.Wait()
	time.Sleep(time.Until(due))

	began := time.Now()
	server := startServer(t, db, io.Discard)
	t.Logf("start after the kill: %v", time.Since(began))
	c := dial(t, server)
	startWorker(t, c)
	if err := c.GetWorkflow(t.Context(), "killed", "").Get(within(t, 20*time.Second), nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("fired after %v", time.Since(began))
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the timer fired %v after the start", took)
	}
}

// victimTimer runs out while nobody is there.
const victimTimer = 2 * time.Second

func beKilled(port string) int {
	n, _ := strconv.Atoi(port)
	server, err := embedded.Start(context.Background(), embedded.Options{
		Host: "127.0.0.1", Port: n, User: "postgres", Password: os.Getenv("EMBEDDED_TEST_PASSWORD"),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	c, err := client.Dial(client.Options{HostPort: server.Address(), Logger: quiet})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflow(await)
	if err := w.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	_, err = c.ExecuteWorkflow(context.Background(), client.StartWorkflowOptions{ID: "killed", TaskQueue: queue}, await, victimTimer)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for { // the timer is started by the workflow's first task
		d, err := c.DescribeWorkflowExecution(context.Background(), "killed", "")
		if err == nil && d.WorkflowExecutionInfo.HistoryLength >= 5 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	fmt.Println("waiting")
	io.Copy(io.Discard, os.Stdin) // a test that dies must not leave us behind
	return 0
}

func TestPostgresKilledUnderTheServer(t *testing.T) {
	db := pgtest.Server(t)
	server := startServer(t, db, io.Discard)
	c := dial(t, server)
	startWorker(t, c)
	_, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "survivor", TaskQueue: queue}, await, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	tell(t, c, "survivor", "hello")

	db.Kill()
	time.Sleep(2 * time.Second)
	db.Restart()

	began := time.Now()
	tell(t, c, "survivor", "enough")
	if err := c.GetWorkflow(t.Context(), "survivor", "").Get(within(t, 30*time.Second), nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("healed after %v", time.Since(began))

	conn, err := pgx.Connect(t.Context(), db.URL("temporal"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for end, held := time.Now().Add(10*time.Second), 0; held == 0; time.Sleep(100 * time.Millisecond) {
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").Scan(&held); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(end) {
			t.Fatal("nothing keeps a second server away any more")
		}
	}
}

// tell asks until it is answered; the update's id makes that safe.
func tell(t *testing.T, c client.Client, id, word string) {
	t.Helper()
	ctx := within(t, 30*time.Second)
	for {
		ask, cancel := context.WithTimeout(ctx, 5*time.Second)
		update, err := c.UpdateWorkflow(ask, client.UpdateWorkflowOptions{
			WorkflowID: id, UpdateID: word, UpdateName: "say", Args: []any{word}, WaitForStage: client.WorkflowUpdateStageCompleted,
		})
		if err == nil {
			err = update.Get(ask, nil)
		}
		cancel()
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatal("update:", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// awaitSweep waits until more than n workflows of the schedule are listed as completed, and returns how many.
func awaitSweep(t *testing.T, c client.Client, n int64) int64 {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		counted, err := c.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{
			Query: `WorkflowType = 'await' AND ExecutionStatus = 'Completed' AND WorkflowId STARTS_WITH 'swept'`,
		})
		if err != nil {
			t.Fatal(err)
		}
		if counted.Count > n {
			return counted.Count
		}
		if time.Now().After(end) {
			t.Fatalf("the schedule started nothing: still %d", n)
		}
	}
}

var quiet = sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))

func dial(t *testing.T, s *embedded.Server) client.Client {
	t.Helper()
	c, err := client.Dial(client.Options{HostPort: s.Address(), Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func startWorker(t *testing.T, c client.Client) {
	t.Helper()
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflow(await)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func startServer(t *testing.T, db *pgtest.Private, log io.Writer) *embedded.Server {
	t.Helper()
	s, err := embedded.Start(t.Context(), options(db, log))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop() })
	return s
}

func options(db *pgtest.Private, log io.Writer) embedded.Options {
	return embedded.Options{
		Host: db.Host(), Port: db.Port(), User: db.User(), Password: db.Password(), Log: slog.New(slog.NewTextHandler(log, nil)),
	}
}

// logBuffer may be written by many.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.TrimSpace(l.b.String())
}
