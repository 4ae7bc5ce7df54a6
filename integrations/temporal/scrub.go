package temporal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"

	"acropolis/forum"
	"acropolis/workflows"
)

// Interceptors are what a worker needs around the city's activities.
func Interceptors(log *slog.Logger) []interceptor.WorkerInterceptor {
	return append(failpoints(), &Scrub{Log: log})
}

// Scrub sees to it that no error text enters a history: a refusal crosses as code, key and fields; anything else, a panic
// too, is logged here and crosses as "fault". Texts of pgx and SMTP hold people's words and addresses.
type Scrub struct {
	interceptor.WorkerInterceptorBase
	Log *slog.Logger
}

// InterceptActivity is called by the SDK for each activity.
func (s *Scrub) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	scrubbed := &scrubbed{log: s.Log}
	scrubbed.Next = next
	return scrubbed
}

type scrubbed struct {
	interceptor.ActivityInboundInterceptorBase
	log *slog.Logger
}

// ExecuteActivity runs the activity, giving signs of life meanwhile, and scrubs what went wrong.
func (s *scrubbed) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (result any, err error) {
	defer live(ctx)()
	defer func() {
		if problem := recover(); problem != nil {
			result, err = nil, s.fault(ctx, fmt.Errorf("panic: %v\n%s", problem, debug.Stack()))
		}
	}()
	result, err = s.Next.ExecuteActivity(ctx, in)
	switch refusal := forum.RefusalIn(err); {
	case err == nil || errors.Is(err, activity.ErrResultPending) || temporal.IsCanceledError(err):
		return result, err
	case refusal != nil:
		return nil, workflows.Carry(refusal)
	}
	return nil, s.fault(ctx, err)
}

func (s *scrubbed) fault(ctx context.Context, err error) error {
	info := activity.GetInfo(ctx)
	s.log.ErrorContext(ctx, "an activity failed", "activity", info.ActivityType.Name, "workflow", info.WorkflowExecution.ID,
		"attempt", info.Attempt, "error", err)
	return temporal.NewApplicationError("see the worker's log", workflows.Fault)
}

// signOfLife is how often an activity tells that its worker is still there; a third of what procedures wait for one.
const signOfLife = 3 * time.Second

// live gives signs of life until it is ended.
func live(ctx context.Context) (end func()) {
	ended := make(chan struct{})
	go func() {
		for tick := time.NewTicker(signOfLife); ; {
			select {
			case <-tick.C:
				activity.RecordHeartbeat(ctx)
			case <-ended:
				tick.Stop()
				return
			case <-ctx.Done():
				tick.Stop()
				return
			}
		}
	}()
	return func() { close(ended) }
}
