package activities

import (
	"context"

	"acropolis/forum"
)

// ApprovalStore is what Approvals need of the database.
type ApprovalStore interface {
	ApprovalFacts(ctx context.Context, id forum.ID) (forum.ApprovalFacts, error)
	BeginReview(ctx context.Context, id forum.ID) (forum.ApprovalFacts, error)
	SignApproval(ctx context.Context, id forum.ID) (forum.ApprovalFacts, error)
	ReturnApproval(ctx context.Context, id forum.ID) (forum.ApprovalFacts, error)
	RecallApproval(ctx context.Context, id forum.ID) (forum.ApprovalFacts, error)
	SettleAlarm(ctx context.Context, id forum.ID) (forum.ApprovalFacts, error)
	AlarmApproval(ctx context.Context, id forum.ID) error
	Remind(ctx context.Context, noun forum.Noun, subject forum.ID) error
}

// Approvals are the steps of a document in its line.
type Approvals struct {
	Store ApprovalStore
}

// ApprovalFacts tells what is true of an approval.
func (a *Approvals) ApprovalFacts(ctx context.Context, id forum.ID) (forum.ApprovalFacts, error) {
	return a.Store.ApprovalFacts(ctx, id)
}

// BeginReview lays the document before its first signer.
func (a *Approvals) BeginReview(ctx context.Context, id forum.ID) (forum.ApprovalFacts, error) {
	return a.Store.BeginReview(ctx, id)
}

// SignApproval signs; the last signature approves the document and moves what it is about.
func (a *Approvals) SignApproval(ctx context.Context, decision forum.ID) (forum.ApprovalFacts, error) {
	return a.Store.SignApproval(ctx, decision)
}

// ReturnApproval sends the document back to an earlier signer or to its drafter.
func (a *Approvals) ReturnApproval(ctx context.Context, decision forum.ID) (forum.ApprovalFacts, error) {
	return a.Store.ReturnApproval(ctx, decision)
}

// RecallApproval takes the document back.
func (a *Approvals) RecallApproval(ctx context.Context, decision forum.ID) (forum.ApprovalFacts, error) {
	return a.Store.RecallApproval(ctx, decision)
}

// SettleAlarm is the answer for an act that stands without its approval.
func (a *Approvals) SettleAlarm(ctx context.Context, decision forum.ID) (forum.ApprovalFacts, error) {
	return a.Store.SettleAlarm(ctx, decision)
}

// RemindApproval reminds whoever the approval waits for, or escalates, raises the alarm over an act that isn't approved in time,
// and tells what is true.
func (a *Approvals) RemindApproval(ctx context.Context, id forum.ID) (forum.ApprovalFacts, error) {
	if err := a.Store.Remind(ctx, forum.TheApproval, id); err != nil {
		return forum.ApprovalFacts{}, err
	}
	if err := a.Store.AlarmApproval(ctx, id); err != nil {
		return forum.ApprovalFacts{}, err
	}
	return a.Store.ApprovalFacts(ctx, id)
}
