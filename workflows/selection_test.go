package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"acropolis/forum"
	"acropolis/workflows"
)

// record answers the minutes' approval: the store moves the round, the Approval wakes it.
func record(r *run) {
	r.city.round.Status = forum.RoundRecorded
	r.SignalWorkflow(workflows.Wake, nil)
}

func TestRoundChoosesTopicsAndStartsTheirForums(t *testing.T) {
	r := newRun(t)
	r.city.round.Status = forum.RoundOpen
	started := 0
	r.OnWorkflow(workflows.Forum, mock.Anything, newID).Return(nil).Run(func(mock.Arguments) { started++ })
	r.after(days(1), string(forum.StartScoring))
	r.RegisterDelayedCallback(func() { r.city.round.AllScored = true; r.SignalWorkflow(workflows.Wake, nil) }, days(3))
	r.after(days(4), string(forum.ChooseTopics))
	r.after(days(5), string(forum.SubmitMinutes))
	r.RegisterDelayedCallback(func() { record(r) }, days(6))
	r.ExecuteWorkflow(workflows.Selection, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []string{"start scoring", "decide", "choose", "submit minutes"}, r.city.did())
	require.Equal(t, 1, started)
}

func TestRoundIsDecidedAtItsDeadline(t *testing.T) {
	r := newRun(t)
	r.city.round = forum.RoundFacts{Status: forum.RoundScoring, Deadline: monday.Add(days(7)), Due: monday.Add(days(6))}
	r.RegisterDelayedCallback(func() { record(r) }, days(8))
	r.ExecuteWorkflow(workflows.Selection, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []string{"remind", "decide"}, r.city.did())
}
