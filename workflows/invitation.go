package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"acropolis/activities"
	"acropolis/forum"
)

var invitations *activities.Invitations

// Invitation waits for one expert's answer, reminds them before the deadline, gives them up after it, and waits for the
// officer's word on what they agreed to have published.
func Invitation(ctx workflow.Context, id forum.ID) error {
	i := newProcedure(forum.TheInvitation, id, invitations.InvitationFacts, invitations.RemindExpert)
	takes := func(act forum.Action) bool { return slices.Contains(forum.InvitationDecisions[act], i.facts.Status) }
	if err := i.listen(ctx, sorted(forum.InvitationDecisions), takes); err != nil {
		return err
	}
	return i.run(ctx, Invitation, func(ctx workflow.Context) error {
		if i.facts.Status == forum.InvitationSubmitted {
			return i.wait(ctx, "the decision to publish", choices[forum.InvitationFacts]{
				forum.PublishInvitation: invitations.PublishInvitation,
				forum.RevokeInvitation:  invitations.RevokeInvitation,
				forum.WithdrawConsent:   invitations.WithdrawConsent,
			})
		}
		return i.waitUntil(ctx, "the expert's answer", i.facts.AnswerBy, invitations.LapseInvitation, choices[forum.InvitationFacts]{
			forum.SubmitInvited:    invitations.SubmitInvited,
			forum.DeclineInvited:   invitations.DeclineInvited,
			forum.RevokeInvitation: invitations.RevokeInvitation,
		})
	})
}
