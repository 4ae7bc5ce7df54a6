package postgres_test

import (
	"context"
	"testing"

	"acropolis/forum"
)

// forumStep is the store's step that carries out a decision on a forum.
func (c city) forumStep(action forum.Action) func(context.Context, forum.ID) (forum.ForumFacts, error) {
	c.t.Helper()
	step, known := map[forum.Action]func(context.Context, forum.ID) (forum.ForumFacts, error){
		forum.ProposeDepartment: c.ProposeDepartment, forum.AcceptAssignment: c.AcceptAssignment, forum.TransferAssignment: c.TransferAssignment,
		forum.ConsultDepartment: c.ConsultDepartment, forum.AnswerConsultation: c.AnswerConsultation, forum.HandOverForum: c.HandOverForum,
		forum.AcceptHandover: c.AcceptHandover, forum.DeclineHandover: c.DeclineHandover,
		forum.SubmitDossier: c.SubmitDossier, forum.SetPeriod: c.SetPeriod, forum.ExtendForum: c.ExtendForum, forum.SuspendForum: c.SuspendForum,
		forum.ResumeForum: c.ResumeForum, forum.CloseForum: c.CloseForumEarly, forum.StartAnalysis: c.StartAnalysis,
		forum.SubmitAnalysis: c.SubmitAnalysis, forum.SubmitAwards: c.SubmitAwards, forum.SubmitResponse: c.SubmitResponse,
		forum.PublishResponse: c.PublishResponse, forum.CorrectResponse: c.CorrectResponse, forum.PlanFollowUp: c.PlanFollowUp, forum.CompleteMilestone: c.CompleteMilestone,
		forum.DropMilestone: c.DropMilestone, forum.WithdrawForum: c.WithdrawForum,
	}[action]
	if !known {
		c.t.Fatalf("no step carries out %s", action)
	}
	return step
}

func TestEveryDecisionOnAForumHasItsStep(t *testing.T) {
	c := city{t: t}
	for action := range forum.ForumDecisions {
		c.forumStep(action)
	}
}
