package public

import (
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/webui/page"
)

// Routes is the citizens' table of contents. Anybody may enter; what a session or a receipt opens, its handler asks.
func Routes(h *Handlers) []page.Route {
	routes := []page.Route{
		// Programs: documents, problems, Idempotency-Key on what is written.
		{Method: "GET", Path: "/api/v1/openapi.json", Handle: h.OpenAPI, API: true, Limit: page.Reads},
		{Method: "GET", Path: "/api/v1/challenge", Handle: h.APIChallenge, API: true, Limit: page.Reads},
		{Method: "GET", Path: "/api/v1/forums", Handle: h.APIForums, API: true, Limit: page.Reads},
		{Method: "GET", Path: "/api/v1/forums/:id", Handle: h.APIForum, API: true, Limit: page.Reads},
		{Method: "GET", Path: "/api/v1/forums/:id/opinions", Handle: h.APIBoard, API: true, Limit: page.Reads},
		{Method: "POST", Path: "/api/v1/forums/:id/opinions", Handle: h.APIPostOpinion, API: true, Limit: page.Writes},
		{Method: "GET", Path: "/api/v1/forums/:id/results", Handle: h.APIResults, API: true, Limit: page.Reads},
		{Method: "GET", Path: "/api/v1/forums/:id/export.csv", Handle: h.ExportCSV, API: true, Limit: page.Downloads},
		{Method: "GET", Path: "/api/v1/forums/:id/export.json", Handle: h.ExportJSON, API: true, Limit: page.Downloads},
		{Method: "GET", Path: "/api/v1/forums/:id/days.csv", Handle: h.DaysCSV, API: true, Limit: page.Downloads},
		{Method: "PUT", Path: "/api/v1/opinions/:id/vote", Handle: h.APIVote, API: true, Limit: page.Votes},
		{Method: "DELETE", Path: "/api/v1/opinions/:id/vote", Handle: h.APIUnvote, API: true, Limit: page.Votes},
		{Method: "DELETE", Path: "/api/v1/opinions/:id", Handle: h.APIWithdraw, API: true, Limit: page.Writes},
		{Method: "POST", Path: "/api/v1/opinions/:id/report", Handle: h.APIReport, API: true, Limit: page.Writes},
		{Method: "POST", Path: "/api/v1/opinions/:id/appeal", Handle: h.APIAppeal, API: true, Limit: page.Writes},
		{Method: "GET", Path: "/api/v1/suggestions", Handle: h.APISuggestions, API: true, Limit: page.Reads},
		{Method: "GET", Path: "/api/v1/suggestions/:id", Handle: h.APISuggestion, API: true, Limit: page.Reads},
		{Method: "POST", Path: "/api/v1/suggestions", Handle: h.APISuggest, API: true, Limit: page.Writes},
		{Method: "PUT", Path: "/api/v1/suggestions/:id/support", Handle: h.APISupport, API: true, Limit: page.Votes},
		{Method: "DELETE", Path: "/api/v1/suggestions/:id/support", Handle: h.APIUnsupport, API: true, Limit: page.Votes},
		{Method: "GET", Path: "/api/v1/receipts/:receipt", Handle: h.APIReceipt, API: true, Limit: page.Reads},
		{Method: "POST", Path: "/api/v1/session", Handle: h.APIAskSession, API: true, Limit: page.Mails},
		{Method: "POST", Path: "/api/v1/session/confirm", Handle: h.APIConfirmSession, API: true, Limit: page.Codes},
		{Method: "DELETE", Path: "/api/v1/session", Handle: h.APIEndSession, API: true, Limit: page.Codes},
		{Method: "GET", Path: "/api/v1/me/news", Handle: h.APINews, API: true, Limit: page.Reads},
		{Method: "PUT", Path: "/api/v1/me/news", Handle: h.APIChooseNews, API: true, Limit: page.Codes},
		{Method: "POST", Path: "/api/v1/subscriptions", Handle: h.APISubscribe, API: true, Limit: page.Mails},
		{Method: "GET", Path: "/unsubscribe/:secret", Handle: h.UnsubscribeLink, Limit: page.Reads},
		{Method: "POST", Path: "/unsubscribe/:secret", Handle: h.UnsubscribeOneClick, Limit: page.Votes, Anywhere: true},
		{Method: "GET", Path: "/feed.atom", Handle: h.Feed, Limit: page.Reads, Cached: page.ForEverybody},
		{Method: "GET", Path: "/calendar.ics", Handle: h.Calendar, Limit: page.Reads, Cached: page.ForEverybody},
		{Method: "GET", Path: "/sitemap.xml", Handle: h.SiteMap, Limit: page.Reads, Cached: page.ForEverybody},
		{Method: "GET", Path: "/robots.txt", Handle: h.Robots, Limit: page.Reads},
		{Method: "GET", Path: "/forums/:id/feed.atom", Handle: h.ForumFeed, Limit: page.Reads, Cached: page.ForEverybody},
		{Method: "GET", Path: "/forums/:id/card.png", Handle: h.Card, Limit: page.Reads, Cached: page.ForEverybody},
		{Method: "GET", Path: "/forums/:id/qr.svg", Handle: h.QRCodeSVG, Limit: page.Reads, Cached: page.ForEverybody},
		{Method: "GET", Path: "/forums/:id/qr.png", Handle: h.QRCodePNG, Limit: page.Reads, Cached: page.ForEverybody},
		{Method: "GET", Path: "/forums/:id/files/:file", Handle: h.File, Limit: page.Files},
		{Method: "GET", Path: "/embed/forums/:id", Handle: h.Embed, Limit: page.Reads, Cached: page.ForCookieless},

		// People: pages, in every language.
		{Method: "GET", Path: "/:lang/", Handle: h.Home, Limit: page.Reads, Cached: page.ForCookieless},
		{Method: "GET", Path: "/:lang/about", Handle: h.About, Limit: page.Reads, Cached: page.ForCookieless},
		{Method: "GET", Path: "/:lang/guide", Handle: h.Guide, Limit: page.Reads, Cached: page.ForCookieless},
		{Method: "GET", Path: "/:lang/rules", Handle: h.Rules, Limit: page.Reads, Cached: page.ForCookieless},
		{Method: "GET", Path: "/:lang/privacy", Handle: h.Privacy, Limit: page.Reads, Cached: page.ForCookieless},
		{Method: "GET", Path: "/:lang/accessibility", Handle: h.Accessibility, Limit: page.Reads, Cached: page.ForCookieless},
		{Method: "GET", Path: "/:lang/forums", Handle: h.ForumList, Limit: page.Reads, Cached: page.ForCookieless},
		{Method: "GET", Path: "/:lang/forums/:id", Handle: h.Topic, Limit: page.Reads, Cached: page.ForCookieless, Note: h.noteView},
		{Method: "GET", Path: "/:lang/forums/:id/results", Handle: h.ResultsPage, Limit: page.Reads, Cached: page.ForCookieless},
		{Method: "GET", Path: "/:lang/forums/:id/opinions/new", Handle: h.NewOpinion, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/forums/:id/opinions/check", Handle: h.CheckOpinion, Limit: page.Writes},
		{Method: "POST", Path: "/:lang/forums/:id/opinions", Handle: h.PostOpinion, Limit: page.Writes},
		{Method: "POST", Path: "/:lang/opinions/:id/vote", Handle: h.Vote, Limit: page.Votes},
		{Method: "GET", Path: "/:lang/opinions/:id/report", Handle: h.ReportPage, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/opinions/:id/report", Handle: h.Report, Limit: page.Writes},
		{Method: "GET", Path: "/:lang/suggestions", Handle: h.SuggestionList, Limit: page.Reads, Cached: page.ForCookieless},
		{Method: "GET", Path: "/:lang/suggestions/new", Handle: h.NewSuggestion, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/suggestions/similar", Handle: h.SimilarToIt, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/suggestions/check", Handle: h.CheckSuggestion, Limit: page.Writes},
		{Method: "POST", Path: "/:lang/suggestions", Handle: h.Suggest, Limit: page.Writes},
		{Method: "GET", Path: "/:lang/suggestions/:id", Handle: h.Suggestion, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/suggestions/:id/support", Handle: h.Support, Limit: page.Votes},
		{Method: "GET", Path: "/:lang/receipts/:receipt", Handle: h.Receipt, Limit: page.Reads},
		{Method: "GET", Path: "/:lang/receipts/:receipt/sent", Handle: h.Sent, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/receipts/:receipt/withdraw", Handle: h.Withdraw, Limit: page.Writes},
		{Method: "POST", Path: "/:lang/receipts/:receipt/appeal", Handle: h.Appeal, Limit: page.Writes},
		{Method: "GET", Path: "/:lang/sign-in", Handle: h.SignIn, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/sign-in", Handle: h.AskCode, Limit: page.Mails},
		{Method: "GET", Path: "/:lang/sign-in/code", Handle: h.SignInCode, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/sign-in/code", Handle: h.ConfirmCode, Limit: page.Codes},
		{Method: "GET", Path: "/:lang/session/gateway", Handle: h.GatewayPage, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/session/gateway", Handle: h.FromGateway, Limit: page.Codes, Anywhere: true},
		{Method: "POST", Path: "/:lang/logout", Handle: h.SignOut, Limit: page.Codes},
		{Method: "GET", Path: "/:lang/me", Handle: h.Me, Limit: page.Reads},
		{Method: "GET", Path: "/:lang/me/erase", Handle: h.ErasePage, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/me/erase", Handle: h.EraseMe, Limit: page.Codes},
		{Method: "POST", Path: "/:lang/me/news", Handle: h.ChooseMyNews, Limit: page.Codes},
		{Method: "POST", Path: "/:lang/me/subscriptions/:id/end", Handle: h.EndSubscription, Limit: page.Codes},
		{Method: "GET", Path: "/:lang/subscriptions/new", Handle: h.NewSubscription, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/subscriptions", Handle: h.Subscribe, Limit: page.Mails},
		{Method: "GET", Path: "/:lang/subscriptions/asked", Handle: h.SubscriptionAsked, Limit: page.Reads},
		{Method: "GET", Path: "/:lang/subscriptions/confirm/:secret", Handle: h.SubscriptionLink, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/subscriptions/confirm/:secret", Handle: h.ConfirmSubscription, Limit: page.Codes},
		{Method: "GET", Path: "/:lang/unsubscribe/:secret", Handle: h.Unsubscribe, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/unsubscribe/:secret", Handle: h.ChooseNews, Limit: page.Codes},
		{Method: "GET", Path: "/:lang/awards/:secret", Handle: h.Offer, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/awards/:secret", Handle: h.AnswerOffer, Limit: page.Codes},
		{Method: "GET", Path: "/:lang/guardians/:secret", Handle: h.Guardian, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/guardians/:secret", Handle: h.AnswerGuardian, Limit: page.Codes},
		{Method: "GET", Path: "/:lang/invitations/:secret", Handle: h.Invitation, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/invitations/:secret", Handle: h.SaveInvitation, Limit: page.Writes},
		{Method: "GET", Path: "/:lang/invitations/:secret/check", Handle: h.CheckInvitation, Limit: page.Reads},
		{Method: "POST", Path: "/:lang/invitations/:secret/submit", Handle: h.SubmitInvitation, Limit: page.Writes},
		{Method: "POST", Path: "/:lang/invitations/:secret/decline", Handle: h.DeclineInvitation, Limit: page.Writes},
		{Method: "POST", Path: "/:lang/invitations/:secret/consent", Handle: h.WithdrawConsent, Limit: page.Writes},
	}
	for i, r := range routes {
		if r.Limit == page.Writes || r.Limit == page.Votes {
			routes[i].Person = h.limited
		}
	}
	return routes
}

// Before is what stands before a page: the look at who reads it, for the page's head.
func (h *Handlers) Before(r page.Route) []gin.HandlerFunc {
	if r.API || !strings.HasPrefix(r.Path, "/:lang/") {
		return nil
	}
	return []gin.HandlerFunc{h.site.Handle(h.Greet)}
}
