package temporal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"acropolis/forum"
	"acropolis/workflows"
)

// secrets are what a history must never hold: words and an address, as pgx and a panic would bring them along.
var secrets = []string{"홍길동", "hong@example.org", "광장에 반대합니다", "duplicate key"}

var leaky = fmt.Errorf(`insert opinion: %w`, errors.New(`ERROR: duplicate key value (hong@example.org, 홍길동, "광장에 반대합니다") (SQLSTATE 23505)`))

// crossed runs an activity behind the interceptor and gives what would be written into the history, and the log.
func crossed(t *testing.T, activity func(context.Context) (string, error)) (error, string, string) {
	t.Helper()
	var log strings.Builder
	var suite testsuite.WorkflowTestSuite
	suite.SetDisableRegistrationAliasing(true)
	env := suite.NewTestActivityEnvironment()
	env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{&Scrub{Log: slog.New(slog.NewTextHandler(&log, nil))}}})
	env.RegisterActivity(activity)
	_, err := env.ExecuteActivity(activity)
	history := ""
	if err != nil {
		history = temporal.GetDefaultFailureConverter().ErrorToFailure(err).String()
	}
	return err, history, log.String()
}

func wantNoSecret(t *testing.T, history string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(history, secret) {
			t.Errorf("the history holds %q: %s", secret, history)
		}
	}
}

func TestTextOfAnErrorStaysInTheWorkersLog(t *testing.T) {
	err, history, log := crossed(t, func(context.Context) (string, error) { return "홍길동", leaky })
	wantNoSecret(t, history)
	application, is := errors.AsType[*temporal.ApplicationError](err)
	if !is || application.Type() != workflows.Fault || application.NonRetryable() {
		t.Errorf("it crossed as %v", err)
	}
	if !strings.Contains(log, "duplicate key") || !strings.Contains(log, "attempt=1") {
		t.Errorf("the log says %s", log)
	}
}

func TestTextOfAPanicStaysInTheWorkersLog(t *testing.T) {
	err, history, log := crossed(t, func(context.Context) (string, error) { panic(leaky) })
	wantNoSecret(t, history)
	if application, is := errors.AsType[*temporal.ApplicationError](err); !is || application.Type() != workflows.Fault || strings.Contains(history, "goroutine") {
		t.Errorf("it crossed as %s", history)
	}
	if !strings.Contains(log, "duplicate key") || !strings.Contains(log, "scrub_test.go") {
		t.Errorf("the log doesn't say where: %s", log)
	}
}

// TestRefusalCrossesUnchanged even when an ordinary error is wrapped around it: code, key and fields, and nothing else.
func TestRefusalCrossesUnchanged(t *testing.T) {
	for _, code := range []forum.Code{forum.Invalid, forum.Conflict, forum.Forbidden, forum.NotFound, forum.Unavailable} {
		refusal := forum.Refuse(code, "dossier.incomplete").At("items").With("most", "40")
		err, history, log := crossed(t, func(context.Context) (string, error) { return "", fmt.Errorf("%w (%w)", refusal, leaky) })
		wantNoSecret(t, history)
		got := workflows.Carried(err)
		if got == nil || !errors.Is(got, refusal) || got.Fields["field"] != "items" || got.Fields["most"] != "40" {
			t.Errorf("%s crossed as %v", code, err)
		}
		application, is := errors.AsType[*temporal.ApplicationError](err)
		if !is || !application.NonRetryable() || application.Category() != temporal.ApplicationErrorCategoryBenign {
			t.Errorf("%s: the procedure alone tries again: %v", code, err)
		}
		if log != "" {
			t.Errorf("a refusal is no failure: %s", log)
		}
	}
}

func TestWhatWentWellIsLeftAlone(t *testing.T) {
	err, _, log := crossed(t, func(context.Context) (string, error) { return "done", nil })
	if err != nil || log != "" {
		t.Errorf("%v, %s", err, log)
	}
	if err, _, _ := crossed(t, func(context.Context) (string, error) { return "", temporal.NewCanceledError() }); !temporal.IsCanceledError(err) {
		t.Errorf("a cancelled activity crossed as %v", err)
	}
}
