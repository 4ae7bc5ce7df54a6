package temporal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"

	"acropolis/forum"
	"acropolis/workflows"
)

// Settings of the Temporal client.
type Settings struct {
	Address   string `env:"TEMPORAL_ADDRESS" default:"127.0.0.1:7233" help:"the Temporal server's frontend, as host:port"`
	Namespace string `env:"TEMPORAL_NAMESPACE" default:"default" help:"the Temporal namespace of this city"`
}

// Dial connects, waiting for a server that is still starting until ctx ends.
func Dial(ctx context.Context, s Settings, logger *slog.Logger) (client.Client, error) {
	options := client.Options{HostPort: s.Address, Namespace: s.Namespace, Logger: log.NewStructuredLogger(logger)}
	for {
		c, err := client.DialContext(ctx, options)
		if err == nil {
			return c, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("Temporal at %s: %w", s.Address, err)
		case <-time.After(300 * time.Millisecond):
		}
	}
}

// DialLazily connects on first use: the public site works while Temporal is away.
func DialLazily(s Settings, logger *slog.Logger) (client.Client, error) {
	return client.NewLazyClient(client.Options{HostPort: s.Address, Namespace: s.Namespace, Logger: log.NewStructuredLogger(logger)})
}

// KeepSweeping sees to it that the Sweep runs by a schedule, every so often; a changed interval is taken over.
func KeepSweeping(ctx context.Context, c client.Client, every time.Duration) error {
	schedule := client.ScheduleOptions{
		ID:            "sweep",
		Spec:          client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: every}}},
		Overlap:       enums.SCHEDULE_OVERLAP_POLICY_SKIP,
		CatchupWindow: time.Minute,
		Action: &client.ScheduleWorkflowAction{ID: "sweep", Workflow: workflows.Sweep, TaskQueue: workflows.TaskQueue,
			WorkflowRunTimeout: 10 * time.Minute, StaticSummary: "start what isn't running"},
		TriggerImmediately: true,
	}
	known, err := keep(ctx, c, schedule)
	if err != nil || !known {
		return err
	}
	return c.ScheduleClient().GetHandle(ctx, schedule.ID).Trigger(ctx, client.ScheduleTriggerOptions{})
}

// KeepOpeningRounds sees to it that each morning at nine in Seoul somebody asks whether the month's rounds should be open. A
// morning that was missed is made up for within the week; the question is answered by the calendar, so once is enough.
func KeepOpeningRounds(ctx context.Context, c client.Client) error {
	_, err := keep(ctx, c, client.ScheduleOptions{
		ID: "open-rounds",
		Spec: client.ScheduleSpec{
			Calendars:    []client.ScheduleCalendarSpec{{Hour: []client.ScheduleRange{{Start: 9}}, Minute: []client.ScheduleRange{{Start: 0}}}},
			TimeZoneName: forum.City,
		},
		Overlap:       enums.SCHEDULE_OVERLAP_POLICY_SKIP,
		CatchupWindow: 7 * 24 * time.Hour,
		Action: &client.ScheduleWorkflowAction{ID: "open-rounds", Workflow: workflows.OpenRounds, TaskQueue: workflows.TaskQueue,
			WorkflowRunTimeout: time.Hour, StaticSummary: "open the month's rounds"},
	})
	return err
}

// keep makes a schedule, or gives the one that is there already this one's times.
func keep(ctx context.Context, c client.Client, schedule client.ScheduleOptions) (known bool, err error) {
	_, err = c.ScheduleClient().Create(ctx, schedule)
	if !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return false, err
	}
	spec := schedule.Spec
	return true, c.ScheduleClient().GetHandle(ctx, schedule.ID).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			in.Description.Schedule.Spec = &spec
			return &client.ScheduleUpdate{Schedule: &in.Description.Schedule}, nil
		}})
}
