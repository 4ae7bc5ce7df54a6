package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"acropolis/forum"
	"acropolis/workflows"
)

func invitedRun(t *testing.T) *run {
	r := newRun(t)
	r.city.invited = forum.InvitationFacts{Status: forum.InvitationInvited, AnswerBy: monday.Add(days(14)), Due: monday.Add(days(11))}
	return r
}

func TestExpertIsRemindedThenGivenUp(t *testing.T) {
	r := invitedRun(t)
	var reminded, lapsed time.Time
	r.city.fails["remind the expert"] = func() error { reminded = r.Now(); return nil }
	r.city.fails["lapse"] = func() error { lapsed = r.Now(); return nil }
	r.ExecuteWorkflow(workflows.Invitation, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []string{"remind the expert", "lapse"}, r.city.did())
	require.True(t, reminded.Equal(monday.Add(days(11))), reminded)
	require.True(t, lapsed.Equal(monday.Add(days(14))), lapsed)
}

func TestExpertSubmitsAndTheOfficerPublishes(t *testing.T) {
	r := invitedRun(t)
	r.after(days(3), string(forum.SubmitInvited))
	r.after(days(20), string(forum.PublishInvitation)) // past the deadline, which binds the expert alone
	r.ExecuteWorkflow(workflows.Invitation, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []string{"submit", "publish"}, r.city.did())
}

func TestWithdrawnConsentEndsTheWait(t *testing.T) {
	r := invitedRun(t)
	r.after(days(3), string(forum.SubmitInvited))
	r.after(days(4), string(forum.WithdrawConsent))
	r.after(days(5), string(forum.PublishInvitation))
	r.ExecuteWorkflow(workflows.Invitation, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []string{"submit", "withdraw consent"}, r.city.did())
}

func TestInvitationIsDeclinedOrTakenBack(t *testing.T) {
	for act, end := range map[forum.Action]string{forum.DeclineInvited: "decline", forum.RevokeInvitation: "revoke"} {
		r := invitedRun(t)
		r.after(days(3), string(act))
		r.ExecuteWorkflow(workflows.Invitation, newID)
		require.NoError(t, r.GetWorkflowError())
		require.Equal(t, []string{end}, r.city.did())
	}
}
