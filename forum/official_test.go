package forum_test

import (
	"slices"
	"testing"

	"acropolis/forum"
)

// who is what each duty may do, by hand: on something of their own department, and on another's.
var who = map[forum.Duty]struct{ own, other []forum.Action }{
	forum.Drafter: {own: []forum.Action{forum.ReadForums, forum.RehearseForum, forum.EditDossier, forum.SubmitDossier, forum.ReadAnalysis, forum.EditResponse,
		forum.SubmitResponse, forum.CorrectResponse, forum.PlanFollowUp, forum.CompleteMilestone, forum.RecallApproval, forum.CommentApproval,
		forum.KeepLine, forum.DropLine, forum.ReadApprovals, forum.DownloadWorkbook,
		forum.ReadInvitations, forum.InviteExpert, forum.RevokeInvitation, forum.RevealExpert, forum.EditProfile, forum.ReadRadar, forum.EnterOpinion}},
	forum.Head: {own: []forum.Action{forum.ReadForums, forum.RehearseForum, forum.AcceptAssignment, forum.TransferAssignment,
		forum.ConsultDepartment, forum.AnswerConsultation, forum.HandOverForum, forum.AcceptHandover, forum.DeclineHandover, forum.EditDossier, forum.ReadAnalysis,
		forum.EditResponse, forum.SignApproval, forum.ReturnApproval, forum.CommentApproval, forum.KeepLine, forum.DropLine, forum.ReadApprovals, forum.DownloadWorkbook, forum.ReadInvitations,
		forum.PauseClock, forum.ResumeClock, forum.EnterAbsence, forum.EditProfile, forum.EndAbsence, forum.ReadRadar}},
	forum.Moderator: everywhere(forum.ReadForums, forum.ReadSuggestions, forum.ScreenSuggestion, forum.EnterSuggestion, forum.ModerateOpinion, forum.ReadModeration, forum.ReadApprovals,
		forum.ReadSuspects, forum.AskExclusion, forum.DeclineExclusion, forum.AskUndo, forum.DeclineUndo, forum.ProtectForum),
	forum.Analyst: everywhere(forum.ReadForums, forum.ReadSuggestions, forum.StartAnalysis, forum.SubmitAnalysis, forum.ReadAnalysis, forum.SignApproval,
		forum.ReturnApproval, forum.RecallApproval, forum.CommentApproval, forum.KeepLine, forum.DropLine, forum.ReadApprovals, forum.DownloadWorkbook,
		forum.ReadSuspects, forum.AskExclusion, forum.DeclineExclusion, forum.AskUndo, forum.DeclineUndo, forum.ConfirmExclusion, forum.ConfirmUndo),
	forum.Committee: everywhere(forum.ReadForums, forum.ReadSuggestions, forum.ReadRounds, forum.ScoreTopic, forum.ReadApprovals),
	forum.Juror:     everywhere(forum.ReadForums, forum.ScoreAward, forum.ReadAwards, forum.ReadApprovals),
	forum.Executive: everywhere(forum.ReadForums, forum.ReadSuggestions, forum.ReadRounds, forum.ReadAnalysis, forum.ReadAwards, forum.SignApproval,
		forum.ReturnApproval, forum.CommentApproval, forum.Delegate, forum.EndDelegation, forum.ReadApprovals, forum.DownloadWorkbook, forum.ReadInvitations, forum.ReadRadar),
	forum.Auditor: everywhere(forum.ReadForums, forum.ReadSuggestions, forum.ReadRounds, forum.ReadAnalysis, forum.ReadAwards, forum.ReadApprovals,
		forum.DownloadWorkbook, forum.ReadAudit, forum.ReadHealth, forum.ReadInvitations, forum.ReadRadar, forum.ReadSuspects, forum.ReadModeration),
	forum.Operator: everywhere(forum.ReadForums, forum.ReadApprovals, forum.ReadAudit, forum.ReadHealth, forum.RetryStep, forum.RetryMail, forum.ImportForum,
		forum.DeclareHoliday, forum.RemoveHoliday, forum.ReadRadar),
	forum.Officer: everywhere(forum.ReadForums, forum.RehearseForum, forum.ReadSuggestions, forum.ScreenSuggestion, forum.EnterSuggestion, forum.ReadRounds, forum.OpenRound,
		forum.SeatCommittee, forum.CloseRound, forum.StartScoring, forum.ChooseTopics, forum.SubmitMinutes, forum.ProposeDepartment,
		forum.ConsultDepartment, forum.HandOverForum, forum.DeclineHandover, forum.EditDossier, forum.SubmitDossier, forum.SetPeriod,
		forum.ExtendForum, forum.SuspendForum, forum.ResumeForum, forum.CloseForum, forum.WithdrawForum, forum.StartAnalysis, forum.ReadAnalysis,
		forum.ReadAwards, forum.SubmitAwards, forum.DeliverAward, forum.EditResponse, forum.SubmitResponse, forum.PublishResponse, forum.CorrectResponse, forum.PlanFollowUp,
		forum.CompleteMilestone, forum.DropMilestone, forum.SignApproval, forum.ReturnApproval, forum.RecallApproval, forum.CommentApproval, forum.SettleAlarm,
		forum.KeepLine, forum.DropLine, forum.Delegate, forum.EndDelegation,
		forum.ReadApprovals,
		forum.DownloadWorkbook, forum.ReadAudit, forum.ReadHealth, forum.RetryStep, forum.RetryMail, forum.ReadInvitations, forum.InviteExpert,
		forum.RevokeInvitation, forum.PublishInvitation, forum.RevealExpert, forum.StartUrgent, forum.DeclareHoliday,
		forum.RemoveHoliday, forum.PauseClock, forum.ResumeClock, forum.EnterAbsence, forum.EditProfile, forum.EndAbsence, forum.ReadRadar, forum.EnterOpinion,
		forum.ReadSuspects, forum.AskExclusion, forum.DeclineExclusion, forum.AskUndo, forum.DeclineUndo, forum.ConfirmExclusion, forum.ConfirmUndo,
		forum.ReadModeration, forum.SetModeration, forum.SetIdentity, forum.ProtectForum),
}

func everywhere(actions ...forum.Action) struct{ own, other []forum.Action } {
	return struct{ own, other []forum.Action }{actions, actions}
}

func TestEachDutyMayDoWhatItIsForAndNothingElse(t *testing.T) {
	for _, duty := range forum.Duties {
		official := forum.Official{Department: "road-planning", Duties: []forum.Duty{duty}}
		for _, action := range forum.Actions() {
			for department, allowed := range map[string][]forum.Action{"road-planning": who[duty].own, "parks": who[duty].other} {
				err := official.May(action, department)
				if want := slices.Contains(allowed, action); (err == nil) != want {
					t.Errorf("%s, %s on something of %s: %v, want allowed = %v", duty, action, department, err, want)
				}
			}
		}
	}
}

func TestAnotherDepartmentsForumIsNotThere(t *testing.T) {
	head := forum.Official{Department: "road-planning", Duties: []forum.Duty{forum.Head}}
	if code := forum.CodeOf(head.May(forum.AcceptAssignment, "parks")); code != forum.NotFound {
		t.Errorf("another department's forum is %q to a head, want not_found: nobody learns what is there", code)
	}
	if code := forum.CodeOf(head.May(forum.AcceptAssignment, "")); code != forum.NotFound {
		t.Errorf("the city's own is %q to a head", code)
	}
	if code := forum.CodeOf(head.May(forum.WithdrawForum, "road-planning")); code != forum.Forbidden {
		t.Errorf("withdrawing is %q to a head, want forbidden", code)
	}
}

func TestNobodyWithoutADutyMayDoAnything(t *testing.T) {
	for _, action := range forum.Actions() {
		if forum.CodeOf(forum.Official{Department: "parks"}.May(action, "parks")) != forum.Forbidden {
			t.Errorf("%s is allowed to everybody", action)
		}
	}
}
