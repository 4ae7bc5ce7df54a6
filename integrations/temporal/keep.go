package temporal

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/types/known/durationpb"

	"acropolis/forum"
	"acropolis/workflows"
)

// Keeper sees to what the city needs of Temporal beside its procedures: the namespace, and the schedules: of the Sweep and of
// the month's rounds.
type Keeper struct {
	Client    client.Client
	Namespace string
	Every     time.Duration // how often the Sweep runs
}

const (
	sweepSchedule = "sweep"
	// retention is how long a finished procedure's history can be looked at.
	retention = 7 * 24 * time.Hour
	// registered is how long the server needs at most until all its parts know a new namespace.
	registered = 30 * time.Second
)

// Open makes the namespace where it is missing and waits until the server knows it.
func (k Keeper) Open(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, registered)
	defer cancel()
	for {
		_, err := k.Client.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: k.Namespace})
		if isMissing(err) {
			_, err = k.Client.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
				Namespace: k.Namespace, WorkflowExecutionRetentionPeriod: durationpb.New(retention)})
			if _, exists := errors.AsType[*serviceerror.NamespaceAlreadyExists](err); exists || err == nil {
				err = errors.New("registered just now")
			}
		}
		if err == nil {
			_, err = k.Client.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{})
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(300 * time.Millisecond):
		}
	}
}

func isMissing(err error) bool {
	_, missing := errors.AsType[*serviceerror.NamespaceNotFound](err)
	return missing
}

// KeepSchedules sees to it that both schedules are there, with today's times, and sweeps at once.
func (k Keeper) KeepSchedules(ctx context.Context) error {
	if _, err := k.keep(ctx, openRounds()); err != nil {
		return err
	}
	known, err := k.keep(ctx, k.sweep())
	if err != nil || !known {
		return err
	}
	return k.Client.ScheduleClient().GetHandle(ctx, sweepSchedule).Trigger(ctx, client.ScheduleTriggerOptions{})
}

// Restore makes namespace and schedules anew where they are gone: Temporal's databases were lost. The first Sweep then starts
// every procedure from what PostgreSQL knows.
func (k Keeper) Restore(ctx context.Context) error {
	_, err := k.Client.ScheduleClient().GetHandle(ctx, sweepSchedule).Describe(ctx)
	if _, gone := errors.AsType[*serviceerror.NotFound](err); !gone && !isMissing(err) {
		return err
	}
	if err := k.Open(ctx); err != nil {
		return err
	}
	return k.KeepSchedules(ctx)
}

// sweep runs every so often.
func (k Keeper) sweep() client.ScheduleOptions {
	return client.ScheduleOptions{
		ID:            sweepSchedule,
		Spec:          client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: k.Every}}},
		Overlap:       enums.SCHEDULE_OVERLAP_POLICY_SKIP,
		CatchupWindow: time.Minute,
		Action: &client.ScheduleWorkflowAction{ID: sweepSchedule, Workflow: workflows.Sweep, TaskQueue: workflows.TaskQueue,
			WorkflowRunTimeout: 10 * time.Minute, StaticSummary: "start what isn't running"},
		TriggerImmediately: true,
	}
}

// openRounds sees to it that each morning at nine in Seoul somebody asks whether the month's rounds should be open. A morning
// that was missed is made up for within the week; the question is answered by the calendar, so once is enough.
func openRounds() client.ScheduleOptions {
	return client.ScheduleOptions{
		ID: "open-rounds",
		Spec: client.ScheduleSpec{
			Calendars:    []client.ScheduleCalendarSpec{{Hour: []client.ScheduleRange{{Start: 9}}, Minute: []client.ScheduleRange{{Start: 0}}}},
			TimeZoneName: forum.City,
		},
		Overlap:       enums.SCHEDULE_OVERLAP_POLICY_SKIP,
		CatchupWindow: 7 * 24 * time.Hour,
		Action: &client.ScheduleWorkflowAction{ID: "open-rounds", Workflow: workflows.OpenRounds, TaskQueue: workflows.TaskQueue,
			WorkflowRunTimeout: time.Hour, StaticSummary: "open the month's rounds"},
	}
}

// keep makes a schedule, or gives the one that is there already this one's times.
func (k Keeper) keep(ctx context.Context, schedule client.ScheduleOptions) (known bool, err error) {
	_, err = k.Client.ScheduleClient().Create(ctx, schedule)
	if !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return false, err
	}
	spec := schedule.Spec
	return true, k.Client.ScheduleClient().GetHandle(ctx, schedule.ID).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			in.Description.Schedule.Spec = &spec
			return &client.ScheduleUpdate{Schedule: &in.Description.Schedule}, nil
		}})
}
