package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"acropolis/activities"
	"acropolis/forum"
)

var rounds *activities.Rounds

// Selection runs one month's choice of topics: shortlist, scores, decision, minutes. The forums that it makes are started
// as procedures of their own.
func Selection(ctx workflow.Context, id forum.ID) error {
	r := newProcedure(forum.TheRound, id, rounds.RoundFacts, rounds.RemindRound)
	takes := func(a forum.Action) bool { return slices.Contains(forum.RoundDecisions[a], r.facts.Status) }
	if err := r.listen(ctx, sorted(forum.RoundDecisions), takes); err != nil {
		return err
	}
	return r.run(ctx, Selection, func(ctx workflow.Context) error {
		switch now := r.facts; {
		case now.Status == forum.RoundOpen:
			return r.wait(ctx, "the officer's shortlist", choices[forum.RoundFacts]{
				forum.StartScoring: rounds.StartScoring,
				forum.CloseRound:   rounds.CloseRound,
			})
		case now.Status == forum.RoundScoring && now.AllScored:
			return r.own(ctx, "everybody has scored: rank the topics", rounds.DecideRound)
		case now.Status == forum.RoundScoring:
			return r.waitUntil(ctx, "the committee's scores", now.Deadline, rounds.DecideRound, nil)
		}
		return r.wait(ctx, "the choice and its minutes", choices[forum.RoundFacts]{
			forum.ChooseTopics:  rounds.ChooseTopics,
			forum.SubmitMinutes: rounds.SubmitMinutes,
		})
	})
}

// OpenRounds runs each morning by a schedule: it opens the month's rounds on the first working day, or on the next morning
// that the city is there.
func OpenRounds(ctx workflow.Context) error {
	options := patient
	options.Summary = "open the month's rounds, where its first working day has come"
	var months *activities.Months
	return workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), months.OpenRounds).Get(ctx, nil)
}
