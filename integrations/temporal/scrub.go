package temporal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"

	"acropolis/forum"
	"acropolis/workflows"
)

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

// ExecuteActivity runs the activity and scrubs what went wrong.
func (s *scrubbed) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (result any, err error) {
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
