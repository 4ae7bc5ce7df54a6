// Package activities does what a procedure asks for: one struct a noun, one effect a method, safe to run twice. It knows no
// database and no Temporal, only small interfaces of its own; refusals go back as they are.
package activities

import (
	"context"

	"acropolis/forum"
)

// ForumStore is what Forums need of the database.
type ForumStore interface {
	ForumFacts(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	ProposeDepartment(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	AcceptAssignment(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	TransferAssignment(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	ConsultDepartment(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	AnswerConsultation(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	HandOverForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	AcceptHandover(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	DeclineHandover(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	SubmitDossier(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	SetPeriod(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	ScheduleForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	OpenForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	CloseForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	ExtendForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	SuspendForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	ResumeForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	CloseForumEarly(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	StartAnalysis(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	BeginAnalysis(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	SubmitAnalysis(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	SubmitAwards(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	BeginResponding(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	SubmitResponse(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	PublishResponse(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	CorrectResponse(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	PlanFollowUp(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	CompleteMilestone(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	DropMilestone(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	ArchiveForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	WithdrawForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	Remind(ctx context.Context, noun forum.Noun, subject forum.ID) error
}

// Forums are a forum's steps. Each is guarded in the database, so that doing it twice is doing it once; one that takes a
// decision carries out the decision's row and gives its refusal.
type Forums struct {
	Store ForumStore
}

// ForumFacts tells what is true of a forum.
func (a *Forums) ForumFacts(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	return a.Store.ForumFacts(ctx, id)
}

// ProposeDepartment asks a department's head to take the forum.
func (a *Forums) ProposeDepartment(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.ProposeDepartment(ctx, decision)
}

// AcceptAssignment makes the department responsible.
func (a *Forums) AcceptAssignment(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.AcceptAssignment(ctx, decision)
}

// TransferAssignment asks another department's head instead.
func (a *Forums) TransferAssignment(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.TransferAssignment(ctx, decision)
}

// ConsultDepartment asks a second department for its opinion.
func (a *Forums) ConsultDepartment(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.ConsultDepartment(ctx, decision)
}

// AnswerConsultation keeps the opinion of a consulted department.
func (a *Forums) AnswerConsultation(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.AnswerConsultation(ctx, decision)
}

// HandOverForum asks another head to take the forum over.
func (a *Forums) HandOverForum(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.HandOverForum(ctx, decision)
}

// AcceptHandover makes the other department responsible.
func (a *Forums) AcceptHandover(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.AcceptHandover(ctx, decision)
}

// DeclineHandover leaves the forum where it is.
func (a *Forums) DeclineHandover(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.DeclineHandover(ctx, decision)
}

// SubmitDossier sends the dossier into its approval line.
func (a *Forums) SubmitDossier(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.SubmitDossier(ctx, decision)
}

// SetPeriod sets the instants of opening and close.
func (a *Forums) SetPeriod(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.SetPeriod(ctx, decision)
}

// ScheduleForum announces a forum whose dossier is approved and whose period is set.
func (a *Forums) ScheduleForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	return a.Store.ScheduleForum(ctx, id)
}

// OpenForum opens the board; before the instant by the database's clock it refuses with Unavailable.
func (a *Forums) OpenForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	return a.Store.OpenForum(ctx, id)
}

// CloseForum closes the board at its instant and freezes the counts; too early by the database's clock, it refuses with Unavailable.
func (a *Forums) CloseForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	return a.Store.CloseForum(ctx, id)
}

// ExtendForum sends a later close into its approval line; what can't wait moves the close now.
func (a *Forums) ExtendForum(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.ExtendForum(ctx, decision)
}

// SuspendForum stops posting and voting.
func (a *Forums) SuspendForum(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.SuspendForum(ctx, decision)
}

// ResumeForum lets posting and voting go on and gives the lost time back.
func (a *Forums) ResumeForum(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.ResumeForum(ctx, decision)
}

// CloseForumEarly sends an early close into its approval line; what can't wait closes the board now.
func (a *Forums) CloseForumEarly(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.CloseForumEarly(ctx, decision)
}

// StartAnalysis hands the opinions to the analysts although some are still held.
func (a *Forums) StartAnalysis(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.StartAnalysis(ctx, decision)
}

// BeginAnalysis hands the opinions to the analysts.
func (a *Forums) BeginAnalysis(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	return a.Store.BeginAnalysis(ctx, id)
}

// SubmitAnalysis sends the analysis into its approval line.
func (a *Forums) SubmitAnalysis(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.SubmitAnalysis(ctx, decision)
}

// SubmitAwards sends the jury's result into its approval line.
func (a *Forums) SubmitAwards(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.SubmitAwards(ctx, decision)
}

// BeginResponding asks the department for its response.
func (a *Forums) BeginResponding(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	return a.Store.BeginResponding(ctx, id)
}

// SubmitResponse sends the response into its approval line.
func (a *Forums) SubmitResponse(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.SubmitResponse(ctx, decision)
}

// PublishResponse publishes the approved response and tells everybody whom it answers.
func (a *Forums) PublishResponse(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.PublishResponse(ctx, decision)
}

// CorrectResponse sends a published response that is put right into its approval line.
func (a *Forums) CorrectResponse(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.CorrectResponse(ctx, decision)
}

// PlanFollowUp sets down what will be done until when.
func (a *Forums) PlanFollowUp(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.PlanFollowUp(ctx, decision)
}

// CompleteMilestone reports a milestone as done.
func (a *Forums) CompleteMilestone(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.CompleteMilestone(ctx, decision)
}

// DropMilestone gives a milestone up, with the reason.
func (a *Forums) DropMilestone(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.DropMilestone(ctx, decision)
}

// ArchiveForum ends a forum whose milestones are all done or dropped.
func (a *Forums) ArchiveForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	return a.Store.ArchiveForum(ctx, id)
}

// WithdrawForum ends a forum before its response, with a public reason.
func (a *Forums) WithdrawForum(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return a.Store.WithdrawForum(ctx, decision)
}

// RemindForum reminds whoever the forum waits for, or escalates, and tells what is true.
func (a *Forums) RemindForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	if err := a.Store.Remind(ctx, forum.TheForum, id); err != nil {
		return forum.ForumFacts{}, err
	}
	return a.Store.ForumFacts(ctx, id)
}
