package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"acropolis/forum"
	"acropolis/workflows"
)

func TestWinnerAcceptsAndTheGiftIsDelivered(t *testing.T) {
	r := newRun(t)
	r.city.award.Status = forum.AwardDecided
	r.after(days(13), string(forum.AnswerAward))
	r.after(days(20), string(forum.DeliverAward))
	r.ExecuteWorkflow(workflows.Award, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []string{"offer", "answer", "deliver"}, r.city.did())
}

func TestUnansweredAwardLapsesAndTheRunnerUpIsOffered(t *testing.T) {
	r := newRun(t)
	r.city.award.Status = forum.AwardDecided
	var lapsed time.Time
	r.city.fails["lapse"] = func() error { lapsed = r.Now(); return nil }
	r.ExecuteWorkflow(workflows.Award, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []string{"offer", "lapse", "runner-up"}, r.city.did())
	require.True(t, lapsed.Equal(monday.Add(days(forum.WinnerDays))), lapsed)
}
