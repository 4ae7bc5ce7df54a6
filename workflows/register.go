// Package workflows says what happens when: one file a procedure. A procedure waits for decisions, clocks and wake-ups and
// acts on them by activities; what is true stands in the database, so any of them can start from any status.
package workflows

import (
	"fmt"

	"go.temporal.io/sdk/worker"

	"acropolis/forum"
)

// TaskQueue is where the city's worker takes its work from.
const TaskQueue = "acropolis"

// Register tells a worker, or a replayer, every procedure there is.
func Register(r worker.WorkflowRegistry) {
	r.RegisterWorkflow(Forum)
	r.RegisterWorkflow(Selection)
	r.RegisterWorkflow(Approval)
	r.RegisterWorkflow(Award)
	r.RegisterWorkflow(Invitation)
	r.RegisterWorkflow(Sweep)
	r.RegisterWorkflow(OpenRounds)
}

// Main is the procedure that runs a noun's rows.
func Main(noun forum.Noun) (any, error) {
	switch noun {
	case forum.TheForum:
		return Forum, nil
	case forum.TheRound:
		return Selection, nil
	case forum.TheApproval:
		return Approval, nil
	case forum.TheAward:
		return Award, nil
	case forum.TheInvitation:
		return Invitation, nil
	}
	return nil, fmt.Errorf("no procedure runs a %s", noun)
}
