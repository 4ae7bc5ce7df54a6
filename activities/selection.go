package activities

import (
	"context"
	"errors"

	"acropolis/forum"
)

// RoundStore is what Rounds need of the database.
type RoundStore interface {
	RoundFacts(ctx context.Context, id forum.ID) (forum.RoundFacts, error)
	StartScoring(ctx context.Context, id forum.ID) (forum.RoundFacts, error)
	CloseRound(ctx context.Context, id forum.ID) (forum.RoundFacts, error)
	DecideRound(ctx context.Context, id forum.ID) (forum.RoundFacts, error)
	ChooseTopics(ctx context.Context, id forum.ID) (forum.RoundFacts, error)
	SubmitMinutes(ctx context.Context, id forum.ID) (forum.RoundFacts, error)
	Remind(ctx context.Context, noun forum.Noun, subject forum.ID) error
}

// Rounds are a selection round's steps.
type Rounds struct {
	Store RoundStore
}

// RoundFacts tells what is true of a round.
func (a *Rounds) RoundFacts(ctx context.Context, id forum.ID) (forum.RoundFacts, error) {
	return a.Store.RoundFacts(ctx, id)
}

// StartScoring lays the shortlist before the committee.
func (a *Rounds) StartScoring(ctx context.Context, decision forum.ID) (forum.RoundFacts, error) {
	return a.Store.StartScoring(ctx, decision)
}

// CloseRound ends a round in which nothing is to be chosen.
func (a *Rounds) CloseRound(ctx context.Context, decision forum.ID) (forum.RoundFacts, error) {
	return a.Store.CloseRound(ctx, decision)
}

// DecideRound ranks the topics once everybody has scored or the deadline is over; without a quorum the round opens again, a
// few times.
func (a *Rounds) DecideRound(ctx context.Context, id forum.ID) (forum.RoundFacts, error) {
	return a.Store.DecideRound(ctx, id)
}

// ChooseTopics makes a forum of each chosen topic and tells every proposer.
func (a *Rounds) ChooseTopics(ctx context.Context, decision forum.ID) (forum.RoundFacts, error) {
	return a.Store.ChooseTopics(ctx, decision)
}

// SubmitMinutes sends the minutes into their approval line.
func (a *Rounds) SubmitMinutes(ctx context.Context, decision forum.ID) (forum.RoundFacts, error) {
	return a.Store.SubmitMinutes(ctx, decision)
}

// RemindRound reminds whoever the round waits for, or escalates, and tells what is true.
func (a *Rounds) RemindRound(ctx context.Context, id forum.ID) (forum.RoundFacts, error) {
	if err := a.Store.Remind(ctx, forum.TheRound, id); err != nil {
		return forum.RoundFacts{}, err
	}
	return a.Store.RoundFacts(ctx, id)
}

// Months open the rounds that a month's first working day brings.
type Months struct {
	Store interface {
		OpenDueRounds(ctx context.Context) ([]forum.ID, error)
	}
	Conductor interface {
		Start(ctx context.Context, s forum.Start) error
	}
}

// OpenRounds asks the calendar whether this month's first working day has come, opens the rounds that are missing and starts
// their procedures. One that couldn't be started is left to the Sweep.
func (a *Months) OpenRounds(ctx context.Context) error {
	opened, err := a.Store.OpenDueRounds(ctx)
	faults := []error{err}
	for _, id := range opened {
		faults = append(faults, a.Conductor.Start(ctx, forum.Start{Noun: forum.TheRound, ID: id}))
	}
	return errors.Join(faults...)
}
