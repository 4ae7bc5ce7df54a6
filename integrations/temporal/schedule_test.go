package temporal

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"acropolis/forum"
)

// schedules is a server that keeps schedules by their ids.
type schedules struct {
	client.Client
	kept    map[string]client.ScheduleOptions
	updated []client.ScheduleSpec
}

func (s *schedules) ScheduleClient() client.ScheduleClient { return calls{schedules: s} }

// calls are what the schedules' client is asked.
type calls struct {
	client.ScheduleClient
	*schedules
}

func (s calls) Create(_ context.Context, o client.ScheduleOptions) (client.ScheduleHandle, error) {
	if _, there := s.kept[o.ID]; there {
		return nil, temporal.ErrScheduleAlreadyRunning
	}
	s.kept[o.ID] = o
	return nil, nil
}

func (s calls) GetHandle(context.Context, string) client.ScheduleHandle {
	return scheduled{schedules: s.schedules}
}

type scheduled struct {
	client.ScheduleHandle
	*schedules
}

func (s scheduled) Update(_ context.Context, o client.ScheduleUpdateOptions) error {
	update, err := o.DoUpdate(client.ScheduleUpdateInput{})
	s.schedules.updated = append(s.schedules.updated, *update.Schedule.Spec)
	return err
}

// TestRoundsAreAskedForEachMorningInSeoul, once at a time, and a missed morning is made up for.
func TestRoundsAreAskedForEachMorningInSeoul(t *testing.T) {
	s := &schedules{kept: map[string]client.ScheduleOptions{}}
	for range 2 { // a worker that starts again takes the schedule over
		if _, err := (Keeper{Client: s}).keep(t.Context(), openRounds()); err != nil {
			t.Fatal(err)
		}
	}
	o := s.kept["open-rounds"]
	hours := o.Spec.Calendars[0].Hour
	if len(s.kept) != 1 || o.Spec.TimeZoneName != forum.City || len(hours) != 1 || hours[0].Start != 9 || len(o.Spec.Calendars[0].DayOfMonth) != 0 {
		t.Errorf("%+v", o.Spec)
	}
	if o.Overlap != enums.SCHEDULE_OVERLAP_POLICY_SKIP || o.CatchupWindow < 24*time.Hour || o.TriggerImmediately {
		t.Errorf("overlap %s, catch-up %s, at once %v", o.Overlap, o.CatchupWindow, o.TriggerImmediately)
	}
	if len(s.updated) != 1 || s.updated[0].TimeZoneName != forum.City {
		t.Errorf("updated %+v", s.updated)
	}
}
