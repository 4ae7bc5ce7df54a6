package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"acropolis/forum"
	"acropolis/workflows"
)

func TestApprovalTakesADocumentThroughItsLineAndWakesWhoWaits(t *testing.T) {
	for act, end := range map[forum.Action]string{forum.SignApproval: "sign", forum.ReturnApproval: "return", forum.RecallApproval: "recall"} {
		r := newRun(t)
		r.city.approval = forum.ApprovalFacts{Status: forum.Drafted, Wake: forum.Start{Noun: forum.TheForum, ID: newID}}
		woken := 0
		r.OnSignalExternalWorkflow(mock.Anything, "forum-"+string(newID), "", workflows.Wake, mock.Anything).
			Return(nil).Run(func(mock.Arguments) { woken++ })
		r.after(days(1), string(act))
		r.ExecuteWorkflow(workflows.Approval, newID)
		require.NoError(t, r.GetWorkflowError())
		require.Equal(t, []string{"begin review", end}, r.city.did())
		require.Equal(t, 1, woken)
	}
}

// An edit voids the approval in the database; the page's wake-up ends the procedure.
func TestVoidedApprovalEnds(t *testing.T) {
	r := newRun(t)
	r.city.approval = forum.ApprovalFacts{Status: forum.InReview, Due: monday.Add(days(1)), Wake: forum.Start{Noun: forum.TheForum, ID: newID}}
	r.OnSignalExternalWorkflow(mock.Anything, mock.Anything, "", workflows.Wake, mock.Anything).Return(nil)
	r.RegisterDelayedCallback(func() { r.city.approval.Status = forum.Voided; r.SignalWorkflow(workflows.Wake, nil) }, days(2))
	r.ExecuteWorkflow(workflows.Approval, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []string{"remind", "alarm if late"}, r.city.did())
}

// An act that came before its approval stands without one: the procedure goes on until somebody has answered for it.
func TestAlarmKeepsTheApprovalOpen(t *testing.T) {
	r := newRun(t)
	r.city.approval = forum.ApprovalFacts{Status: forum.InReview, Alarm: true, Wake: forum.Start{Noun: forum.TheForum, ID: newID}}
	r.OnSignalExternalWorkflow(mock.Anything, mock.Anything, "", workflows.Wake, mock.Anything).Return(nil)
	r.after(days(1), "approval.return")
	r.after(days(2), "approval.sign")
	r.after(days(9), "approval.settle")
	r.ExecuteWorkflow(workflows.Approval, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []string{"return", "settle alarm"}, r.city.did())
	require.Equal(t, "procedure.moved_on", r.answer("approval.sign", days(2)))
}

// A clock that runs out reminds whoever is waited for, and asks whether an alarm is to be raised: what is true then decides.
func TestClockOfALineThatRunsOutLooksForAnAlarm(t *testing.T) {
	r := newRun(t)
	r.city.approval = forum.ApprovalFacts{Status: forum.InReview, Due: monday.Add(days(2)), Wake: forum.Start{Noun: forum.TheForum, ID: newID}}
	r.OnSignalExternalWorkflow(mock.Anything, mock.Anything, "", workflows.Wake, mock.Anything).Return(nil)
	r.after(days(3), "approval.sign")
	r.ExecuteWorkflow(workflows.Approval, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []string{"remind", "alarm if late", "sign"}, r.city.did())
}

// The end of a document's procedure is what its forum waits for: the forum that has started it needs no other wake-up.
func TestForumGoesOnWhenItsDocumentHasGoneThroughItsLine(t *testing.T) {
	r := newRun(t)
	document := forum.Start{Noun: forum.TheApproval, ID: runnerUp}
	r.city.forum = forum.ForumFacts{Status: forum.Preparing, Starts: []forum.Start{document}}
	r.city.approval = forum.ApprovalFacts{Status: forum.InReview, Wake: forum.Start{Noun: forum.TheForum, ID: newID}}
	r.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: workflows.WorkflowID(r.city.approval.Wake)})
	r.RegisterDelayedCallback(func() {
		r.city.approval.Status, r.city.forum.Ready, r.city.forum.Starts = forum.Voided, true, nil
		require.NoError(t, r.SignalWorkflowByID(workflows.WorkflowID(document), workflows.Wake, nil))
	}, days(1))
	r.after(days(2), string(forum.WithdrawForum))
	r.ExecuteWorkflow(workflows.Forum, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []string{"schedule", "withdraw"}, r.city.did())
}
