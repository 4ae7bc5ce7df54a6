package activities

import (
	"context"

	"acropolis/forum"
)

// AwardStore is what Awards need of the database.
type AwardStore interface {
	AwardFacts(ctx context.Context, id forum.ID) (forum.AwardFacts, error)
	OfferAward(ctx context.Context, id forum.ID) (forum.AwardFacts, error)
	AnswerAward(ctx context.Context, id forum.ID) (forum.AwardFacts, error)
	LapseAward(ctx context.Context, id forum.ID) (forum.AwardFacts, error)
	DeliverAward(ctx context.Context, id forum.ID) (forum.AwardFacts, error)
	AnalysisInput(ctx context.Context, forumID forum.ID) ([]forum.AnalysedOpinion, error)
	BeginAwarding(ctx context.Context, forumID forum.ID, candidates []forum.Candidate) (forum.ForumFacts, error)
}

// Awards are the steps of the best opinions' prizes.
type Awards struct {
	Store AwardStore
}

// AwardFacts tells what is true of an award.
func (a *Awards) AwardFacts(ctx context.Context, id forum.ID) (forum.AwardFacts, error) {
	return a.Store.AwardFacts(ctx, id)
}

// OfferAward writes to the winner and starts their fourteen days.
func (a *Awards) OfferAward(ctx context.Context, id forum.ID) (forum.AwardFacts, error) {
	return a.Store.OfferAward(ctx, id)
}

// AnswerAward takes the winner's yes or no.
func (a *Awards) AnswerAward(ctx context.Context, decision forum.ID) (forum.AwardFacts, error) {
	return a.Store.AnswerAward(ctx, decision)
}

// LapseAward gives a prize up whose winner didn't answer; the runner-up is next.
func (a *Awards) LapseAward(ctx context.Context, id forum.ID) (forum.AwardFacts, error) {
	return a.Store.LapseAward(ctx, id)
}

// DeliverAward notes that the gift has arrived.
func (a *Awards) DeliverAward(ctx context.Context, decision forum.ID) (forum.AwardFacts, error) {
	return a.Store.DeliverAward(ctx, decision)
}
