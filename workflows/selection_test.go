package workflows_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"acropolis/activities"
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

func TestMonthWithoutAChoiceEndsInItsMinutes(t *testing.T) {
	r := newRun(t)
	r.city.round.Status = forum.RoundOpen
	r.after(days(1), string(forum.CloseRound))
	r.after(days(2), string(forum.CloseRound)) // too late
	r.after(days(3), string(forum.SubmitMinutes))
	r.RegisterDelayedCallback(func() { record(r) }, days(4))
	r.ExecuteWorkflow(workflows.Selection, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []string{"close round", "submit minutes"}, r.city.did())
	require.Empty(t, r.answer(string(forum.CloseRound), days(1)))
	require.Equal(t, "procedure.moved_on", r.answer(string(forum.CloseRound), days(2)))
}

// monthly answers activities.Months: the database is away on the first try.
type monthly struct {
	asked   int
	started []forum.Start
}

func (m *monthly) OpenDueRounds(context.Context) ([]forum.ID, error) {
	if m.asked++; m.asked == 1 {
		return nil, errors.New("the database is away")
	}
	return []forum.ID{newID, runnerUp}, nil
}

func (m *monthly) Start(_ context.Context, s forum.Start) error {
	m.started = append(m.started, s)
	return nil
}

func TestMorningOpensTheMonthsRoundsAndStartsThem(t *testing.T) {
	r := newRun(t)
	m := &monthly{}
	r.RegisterActivity(&activities.Months{Store: m, Conductor: m})
	r.ExecuteWorkflow(workflows.OpenRounds)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []forum.Start{{Noun: forum.TheRound, ID: newID}, {Noun: forum.TheRound, ID: runnerUp}}, m.started)
}
