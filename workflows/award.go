package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"acropolis/forum"
)

// Award offers one decided prize and sees to it that it is accepted and delivered, or that the runner-up gets the offer.
func Award(ctx workflow.Context, id forum.ID) error {
	a := newProcedure(forum.TheAward, id, awards.AwardFacts, awards.AwardFacts)
	takes := func(act forum.Action) bool { return slices.Contains(forum.AwardDecisions[act], a.facts.Status) }
	if err := a.listen(ctx, sorted(forum.AwardDecisions), takes); err != nil {
		return err
	}
	return a.run(ctx, Award, func(ctx workflow.Context) error {
		switch now := a.facts; now.Status {
		case forum.AwardDecided:
			if !now.Early {
				return a.own(ctx, "offer the prize", awards.OfferAward)
			}
		case forum.AwardOffered:
			return a.waitUntil(ctx, "the winner's answer", now.AnswerBy, awards.LapseAward, choices[forum.AwardFacts]{forum.AnswerAward: awards.AnswerAward})
		case forum.AwardAccepted:
			return a.wait(ctx, "the delivery", choices[forum.AwardFacts]{forum.DeliverAward: awards.DeliverAward})
		}
		return a.wait(ctx, "the decision on awards, or its turn", nil)
	})
}
