package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"acropolis/forum"
	"acropolis/workflows"
)

// The letter of an offer may be read, and answered, before the procedure has heard that the offer is made.
func TestDecisionThatComesWhileAStepIsUnderWayIsntRefusedByWhatWasBefore(t *testing.T) {
	r := newRun(t)
	r.city.award.Status = forum.AwardDecided
	r.city.fails["offer"] = func() error {
		r.decide(0, string(forum.AnswerAward), "the winner's answer")
		time.Sleep(50 * time.Millisecond) // until it is there
		return nil
	}
	r.after(days(1), string(forum.DeliverAward))
	r.ExecuteWorkflow(workflows.Award, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []string{"offer", "answer", "deliver"}, r.city.did())
	require.NoError(t, r.answers["the winner's answer"])
}

// What the new status doesn't take is refused once the step is done.
func TestDecisionThatComesWhileAStepIsUnderWayIsRefusedByWhatIsAfter(t *testing.T) {
	r := newRun(t)
	r.city.forum = forum.ForumFacts{Status: forum.Closed, Ready: true}
	r.city.fails["begin analysis"] = func() error {
		r.decide(0, string(forum.StartAnalysis), "by hand")
		time.Sleep(50 * time.Millisecond)
		return nil
	}
	r.after(days(1), string(forum.WithdrawForum))
	r.ExecuteWorkflow(workflows.Forum, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []string{"begin analysis", "analyse", "withdraw"}, r.city.did())
	require.Equal(t, "procedure.moved_on", workflows.Carried(r.answers["by hand"]).Key)
}
