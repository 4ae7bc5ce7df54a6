package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"acropolis/activities"
	"acropolis/forum"
)

var (
	forums   *activities.Forums
	analyses *activities.Analyses
	awards   *activities.Awards
)

// life is one forum on its way from selection to the archive.
type life struct{ *procedure[forum.ForumFacts] }

// Forum runs the whole life of a forum. It can start from any status: its input is the row's id, and its first step loads
// what is true.
func Forum(ctx workflow.Context, id forum.ID) error {
	f := life{newProcedure(forum.TheForum, id, forums.ForumFacts, forums.RemindForum)}
	if err := f.listen(ctx, sorted(forum.ForumDecisions), f.takes); err != nil {
		return err
	}
	return f.run(ctx, Forum, f.stage)
}

func (f life) takes(action forum.Action) bool {
	return slices.Contains(forum.ForumDecisions[action], f.facts.Status)
}

// stage does what the forum's status asks for: the procedure in the order in which the city carries it out.
func (f life) stage(ctx workflow.Context) error {
	now := f.facts
	switch now.Status {
	case forum.Selected:
		return f.wait(ctx, "the officer's proposal of a department", f.orWithdraw(choices[forum.ForumFacts]{
			forum.ProposeDepartment: forums.ProposeDepartment,
		}))
	case forum.Assigning:
		return f.wait(ctx, "the head's answer", f.orWithdraw(choices[forum.ForumFacts]{
			forum.ProposeDepartment:  forums.ProposeDepartment,
			forum.AcceptAssignment:   forums.AcceptAssignment,
			forum.TransferAssignment: forums.TransferAssignment,
		}))
	case forum.Preparing:
		if now.Ready {
			return f.own(ctx, "announce the forum", forums.ScheduleForum)
		}
		return f.wait(ctx, "the dossier's approval and the period", f.orWithdraw(choices[forum.ForumFacts]{
			forum.SubmitDossier: forums.SubmitDossier,
			forum.SetPeriod:     forums.SetPeriod,
		}))
	case forum.Scheduled:
		return f.waitUntil(ctx, "the opening", now.OpensAt, forums.OpenForum, f.orWithdraw(choices[forum.ForumFacts]{
			forum.SubmitDossier: forums.SubmitDossier,
			forum.SetPeriod:     forums.SetPeriod,
		}))
	case forum.Open:
		return f.waitUntil(ctx, "the close", now.ClosesAt, forums.CloseForum, f.orWithdraw(choices[forum.ForumFacts]{
			forum.SubmitDossier: forums.SubmitDossier,
			forum.ExtendForum:   forums.ExtendForum,
			forum.SuspendForum:  forums.SuspendForum,
			forum.CloseForum:    forums.CloseForumEarly,
		}))
	case forum.Suspended:
		return f.wait(ctx, "the end of the suspension", f.orWithdraw(choices[forum.ForumFacts]{
			forum.SubmitDossier: forums.SubmitDossier,
			forum.ExtendForum:   forums.ExtendForum,
			forum.ResumeForum:   forums.ResumeForum,
			forum.CloseForum:    forums.CloseForumEarly,
		}))
	case forum.Closed:
		if now.Ready {
			return f.own(ctx, "hand the opinions to the analysts", forums.BeginAnalysis)
		}
		return f.wait(ctx, "the moderator's answer to held opinions", f.orWithdraw(choices[forum.ForumFacts]{
			forum.StartAnalysis: forums.StartAnalysis,
		}))
	case forum.Analysing:
		if !now.Made {
			return f.ownLong(ctx, "count, rank and find terms", analyses.Analyse)
		}
		if now.Ready {
			return f.ownLong(ctx, "nominate candidates by rule", awards.NominateAwards)
		}
		return f.wait(ctx, "the analysis and its approval", f.orWithdraw(choices[forum.ForumFacts]{
			forum.SubmitAnalysis: forums.SubmitAnalysis,
		}))
	case forum.Awarding:
		if now.Ready {
			return f.own(ctx, "ask the department for its response", forums.BeginResponding)
		}
		return f.wait(ctx, "the jury and the decision on awards", f.orWithdraw(choices[forum.ForumFacts]{
			forum.SubmitAwards: forums.SubmitAwards,
		}))
	case forum.Responding:
		return f.wait(ctx, "the response, its approval and publication", f.orWithdraw(choices[forum.ForumFacts]{
			forum.SubmitResponse:  forums.SubmitResponse,
			forum.PublishResponse: forums.PublishResponse,
		}))
	case forum.Published:
		return f.wait(ctx, "the plan of what follows", f.orHandOver(choices[forum.ForumFacts]{
			forum.PlanFollowUp:    forums.PlanFollowUp,
			forum.CorrectResponse: forums.CorrectResponse,
		}))
	}
	if now.Ready { // following, and nothing is left to do
		return f.own(ctx, "archive the forum", forums.ArchiveForum)
	}
	return f.wait(ctx, "the milestones", f.orHandOver(choices[forum.ForumFacts]{
		forum.PlanFollowUp:      forums.PlanFollowUp,
		forum.CompleteMilestone: forums.CompleteMilestone,
		forum.DropMilestone:     forums.DropMilestone,
		forum.CorrectResponse:   forums.CorrectResponse,
	}))
}

// orWithdraw adds the way out that stands open until the response is published.
func (f life) orWithdraw(take choices[forum.ForumFacts]) choices[forum.ForumFacts] {
	take[forum.WithdrawForum] = forums.WithdrawForum
	return f.orHandOver(take)
}

// orHandOver adds what departments settle among themselves while the forum goes on.
func (life) orHandOver(take choices[forum.ForumFacts]) choices[forum.ForumFacts] {
	take[forum.ConsultDepartment] = forums.ConsultDepartment
	take[forum.AnswerConsultation] = forums.AnswerConsultation
	take[forum.HandOverForum] = forums.HandOverForum
	take[forum.AcceptHandover] = forums.AcceptHandover
	take[forum.DeclineHandover] = forums.DeclineHandover
	return take
}
