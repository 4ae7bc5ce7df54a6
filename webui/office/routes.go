package office

import (
	"net/http"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Routes is the intranet's table of contents, in order of who may enter. Each action is what Guard asks before the handler;
// where a forum or document belongs to a department, the handler asks again with it.
func Routes(h *Handlers) []page.Route {
	get := func(path string, action forum.Action, handle page.Handler) page.Route {
		return page.Route{Method: http.MethodGet, Path: "/:lang" + path, Handle: handle, Action: action}
	}
	document := func(path string, action forum.Action, handle page.Handler) page.Route {
		return page.Route{Method: http.MethodGet, Path: "/:lang" + path, Handle: handle, API: true, Action: action}
	}
	post := func(path string, action forum.Action, handle page.Handler) page.Route {
		return page.Route{Method: http.MethodPost, Path: "/:lang" + path, Handle: handle, Action: action}
	}
	login := post("/login", "", h.Login)
	login.Limit = page.Writes

	routes := []page.Route{
		get("/login", "", h.LoginPage),
		login,
		post("/logout", "", h.Logout),

		get("/", forum.ReadForums, h.MyWork),
		get("/decisions/:key", forum.ReadForums, h.Outcome),
		get("/directory", forum.ReadForums, h.People),
		get("/directory/departments/:code", forum.ReadForums, h.Department),
		post("/directory/departments/:code", forum.EditProfile, h.SaveProfile),
		get("/absences", forum.ReadForums, h.Absences),
		post("/absences", forum.ReadForums, h.EnterAbsence),
		post("/absences/:id/end", forum.ReadForums, h.EndAbsence),
		get("/radar", forum.ReadRadar, h.Radar),
		get("/clocks/:id/pause", forum.PauseClock, h.PausePage),
		post("/clocks/:id/pause", forum.PauseClock, h.PauseClock),
		post("/clocks/:id/resume", forum.ResumeClock, h.ResumeClock),
		get("/forums", forum.ReadForums, h.Forums),
		get("/forums/:id", forum.ReadForums, h.Forum),
		get("/forums/:id/dossier", forum.ReadForums, h.Dossier),
		get("/forums/:id/files/:file", forum.ReadForums, h.File),
		get("/forums/:id/response", forum.ReadForums, h.Response),
		get("/forums/:id/correction", forum.ReadForums, h.Correction),
		get("/forums/:id/followup", forum.ReadForums, h.FollowUp),
		get("/forums/:id/pr", forum.ReadForums, h.PRKit),
		get("/forums/:id/analysis", forum.ReadAnalysis, h.Analysis),
		get("/forums/:id/awards", forum.ReadAwards, h.Awards),
		get("/forums/:id/audit", forum.ReadAudit, h.ForumAudit),
		get("/forums/:id/rehearsal", forum.RehearseForum, h.Rehearsal),
		document("/forums/:id/rehearsal.json", forum.RehearseForum, h.RehearsalDocument),
		get("/rehearsal", forum.RehearseForum, h.FreeRehearsal),
		document("/rehearsal.json", forum.RehearseForum, h.FreeRehearsalDocument),
		get("/forums/:id/workbook.xlsx", forum.DownloadWorkbook, h.DownloadWorkbook),
		get("/approvals", forum.ReadApprovals, h.Approvals),
		get("/approvals/:id", forum.ReadApprovals, h.Approval),
		get("/approvals/:id/print", forum.ReadApprovals, h.PrintApproval),
		get("/approvals/:id/files/:file", forum.ReadApprovals, h.ApprovalFile),
		{Method: http.MethodGet, Path: "/:lang/approvals/:id/record.json", Handle: h.Record, API: true, Action: forum.ReadApprovals},
		post("/approvals/:id/comments", forum.CommentApproval, h.Comment),
		get("/lines", forum.ReadApprovals, h.UsualLines),
		post("/lines/:id/drop", forum.DropLine, h.DropLine),
		get("/delegations", forum.ReadApprovals, h.DelegationRules),
		post("/delegations", forum.Delegate, h.Delegate),
		get("/delegations/:id/end", forum.EndDelegation, h.AskEnd),
		post("/delegations/:id/end", forum.EndDelegation, h.EndDelegation),
		get("/calendar", forum.ReadForums, h.Calendar),
		get("/audit", forum.ReadAudit, h.Audit),
		get("/health", forum.ReadHealth, h.Health),
		{Method: http.MethodGet, Path: "/health.json", Handle: h.HealthDocument, API: true, Action: forum.ReadHealth},

		get("/suggestions", forum.ReadSuggestions, h.Suggestions),
		get("/suggestions/invitations", forum.ReadInvitations, h.SuggestionInvitations),
		post("/suggestions/invitations", forum.InviteExpert, h.InviteToSuggest),
		get("/forums/:id/invitations", forum.ReadInvitations, h.ForumInvitations),
		post("/forums/:id/invitations", forum.InviteExpert, h.InviteToForum),
		get("/invitations/:id", forum.ReadInvitations, h.Invitation),
		get("/invitations/:id/person", forum.RevealExpert, h.Invitation),
		post("/invitations/:id/person", forum.RevealExpert, h.RevealExpert),

		get("/forums/urgent", forum.StartUrgent, h.UrgentPage),
		post("/forums/urgent", forum.StartUrgent, h.StartUrgent),
		post("/suggestions/:id/urgent", forum.StartUrgent, h.SuggestUrgent),
		get("/suggestions/new", forum.EnterSuggestion, h.EnterPage),
		post("/suggestions", forum.EnterSuggestion, h.Enter),
		get("/suggestions/:id", forum.ReadSuggestions, h.Suggestion),
		get("/suggestions/:id/receipt", forum.EnterSuggestion, h.SuggestionReceipt),
		post("/suggestions/:id/screening", forum.ScreenSuggestion, h.Screen),

		get("/rounds", forum.ReadRounds, h.Rounds),
		post("/rounds", forum.OpenRound, h.OpenRound),
		get("/rounds/:id", forum.ReadRounds, h.Round),
		post("/rounds/:id/scores", forum.ScoreTopic, h.Score),

		get("/committee", forum.ReadRounds, h.Committee),
		post("/committee/seats", forum.SeatCommittee, h.SeatMember),
		post("/committee/seats/:id/end", forum.SeatCommittee, h.EndSeat),
		post("/committee/criteria", forum.SeatCommittee, h.SaveCriteria),

		get("/opinions", forum.ModerateOpinion, h.Queue),
		get("/opinions/log", forum.ReadModeration, h.ModerationLog),
		document("/opinions/log.csv", forum.ReadModeration, h.ModerationCSV),
		document("/opinions/log.xlsx", forum.ReadModeration, h.ModerationBook),
		get("/opinions/batches/:id", forum.ModerateOpinion, h.ModerationBatch),
		post("/opinions/batches/:id/undo", forum.ModerateOpinion, h.UndoBatch),
		get("/opinions/:id", forum.ModerateOpinion, h.ModerationCase),
		post("/opinions/:id/lock", forum.ModerateOpinion, h.TakeOpinion),
		post("/opinions/:id/release", forum.ModerateOpinion, h.LetGoOfOpinion),
		post("/opinions/:id/appeal", forum.ModerateOpinion, h.AnswerAppeal),
		post("/forums/:id/identity", forum.SetIdentity, h.SetIdentity),
		post("/forums/:id/moderation", forum.SetModeration, h.SetModeration),
		post("/forums/:id/protection", forum.ProtectForum, h.ProtectForum),
		get("/forums/:id/opinions", forum.ModerateOpinion, h.Board),
		post("/opinions/moderation", forum.ModerateOpinion, h.Moderate),
		get("/forums/:id/suspects", forum.ReadSuspects, h.Suspects),
		get("/forums/:id/suspects/:crowd", forum.AskExclusion, h.AskExclusion),
		post("/forums/:id/suspects/:crowd", forum.AskExclusion, h.SendExclusion),
		get("/exclusions/:id", forum.ReadSuspects, h.Exclusion),
		get("/forums/:id/opinions/new", forum.EnterOpinion, h.EnterOpinionPage),
		post("/forums/:id/opinions/new", forum.EnterOpinion, h.EnterOpinion),
		get("/forums/:id/opinions/:opinion/receipt", forum.EnterOpinion, h.OpinionReceipt),

		post("/forums/:id/dossier", forum.EditDossier, h.SaveDossier),
		post("/forums/:id/analysis", forum.SubmitAnalysis, h.SaveSummary),
		post("/forums/:id/awards/scores", forum.ScoreAward, h.ScoreAward),
		post("/forums/:id/response", forum.EditResponse, h.SaveResponse),
		post("/forums/:id/correction", forum.CorrectResponse, h.SaveCorrection),

		post("/calendar/holidays", forum.DeclareHoliday, h.DeclareHoliday),
		post("/calendar/import", forum.DeclareHoliday, h.ImportHolidays),
		get("/calendar/holidays/:day/remove", forum.RemoveHoliday, h.AskRemoval),
		post("/calendar/holidays/:day/remove", forum.RemoveHoliday, h.RemoveHoliday),

		post("/health/retry", forum.RetryStep, h.Retry),
		post("/health/restart", forum.RetryStep, h.Restart),
		post("/mails/:id/retry", forum.RetryMail, h.RetryMail),
	}

	for _, action := range forumActions {
		path := "/forums/:id/decisions/" + string(action)
		routes = append(routes, get(path, action, h.AskForum(action)), post(path, action, h.DecideForum(action)))
	}
	for _, action := range []forum.Action{forum.StartScoring, forum.CloseRound, forum.ChooseTopics, forum.SubmitMinutes} {
		routes = append(routes, post("/rounds/:id/decisions/"+string(action), action, h.DecideRound(action)))
	}
	for _, action := range approvalActions {
		path := "/approvals/:id/decisions/" + string(action)
		routes = append(routes, get(path, action, h.AskApproval(action)), post(path, action, h.DecideApproval(action)))
	}
	for _, action := range invitationActions {
		path := "/invitations/:id/decisions/" + string(action)
		routes = append(routes, get(path, action, h.AskInvitation(action)), post(path, action, h.DecideInvitation(action)))
	}
	for _, d := range forum.ExclusionDecisions {
		routes = append(routes, post("/exclusions/:id/decisions/"+string(d.Action), d.Action, h.DecideExclusion(d.Action)))
	}
	return append(routes, post("/awards/:id/decisions/"+string(forum.DeliverAward), forum.DeliverAward, h.DeliverAward))
}
