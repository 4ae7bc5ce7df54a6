package activities

import (
	"context"

	"acropolis/forum"
)

// InvitationStore is what Invitations need of the database.
type InvitationStore interface {
	InvitationFacts(ctx context.Context, id forum.ID) (forum.InvitationFacts, error)
	SubmitInvited(ctx context.Context, id forum.ID) (forum.InvitationFacts, error)
	DeclineInvited(ctx context.Context, id forum.ID) (forum.InvitationFacts, error)
	WithdrawConsent(ctx context.Context, id forum.ID) (forum.InvitationFacts, error)
	PublishInvitation(ctx context.Context, id forum.ID) (forum.InvitationFacts, error)
	RevokeInvitation(ctx context.Context, id forum.ID) (forum.InvitationFacts, error)
	LapseInvitation(ctx context.Context, id forum.ID) (forum.InvitationFacts, error)
	RemindExpert(ctx context.Context, id forum.ID) (forum.InvitationFacts, error)
}

// Invitations are the steps of an expert's invitation.
type Invitations struct {
	Store InvitationStore
}

// InvitationFacts tells what is true of an invitation.
func (a *Invitations) InvitationFacts(ctx context.Context, id forum.ID) (forum.InvitationFacts, error) {
	return a.Store.InvitationFacts(ctx, id)
}

// SubmitInvited hands in what the expert wrote and checked.
func (a *Invitations) SubmitInvited(ctx context.Context, decision forum.ID) (forum.InvitationFacts, error) {
	return a.Store.SubmitInvited(ctx, decision)
}

// DeclineInvited takes the expert's no.
func (a *Invitations) DeclineInvited(ctx context.Context, decision forum.ID) (forum.InvitationFacts, error) {
	return a.Store.DeclineInvited(ctx, decision)
}

// WithdrawConsent takes back that the opinion may be published.
func (a *Invitations) WithdrawConsent(ctx context.Context, decision forum.ID) (forum.InvitationFacts, error) {
	return a.Store.WithdrawConsent(ctx, decision)
}

// PublishInvitation puts the expert's opinion beside the dossier.
func (a *Invitations) PublishInvitation(ctx context.Context, decision forum.ID) (forum.InvitationFacts, error) {
	return a.Store.PublishInvitation(ctx, decision)
}

// RevokeInvitation takes the invitation back.
func (a *Invitations) RevokeInvitation(ctx context.Context, decision forum.ID) (forum.InvitationFacts, error) {
	return a.Store.RevokeInvitation(ctx, decision)
}

// LapseInvitation gives up an expert who didn't answer; before the deadline by the database's clock it refuses with Unavailable.
func (a *Invitations) LapseInvitation(ctx context.Context, id forum.ID) (forum.InvitationFacts, error) {
	return a.Store.LapseInvitation(ctx, id)
}

// RemindExpert reminds the expert, or whoever must publish, and tells what is true.
func (a *Invitations) RemindExpert(ctx context.Context, id forum.ID) (forum.InvitationFacts, error) {
	return a.Store.RemindExpert(ctx, id)
}
