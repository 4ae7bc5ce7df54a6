package workflows

import (
	"go.temporal.io/sdk/workflow"

	"acropolis/activities"
)

// Sweep sees to it that every row that isn't final has a running procedure, and that none waits for what has happened
// already. It runs by a schedule, so a missed start, a lost wake-up or a procedure ended by hand heals by itself.
func Sweep(ctx workflow.Context) error {
	options := patient
	options.StartToCloseTimeout = long.StartToCloseTimeout // ten thousand may have to be started
	options.Summary = "start what isn't running, wake what waits in vain"
	var sweeps *activities.Sweeps
	return workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), sweeps.Sweep).Get(ctx, nil)
}
