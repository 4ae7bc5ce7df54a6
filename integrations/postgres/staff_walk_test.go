package postgres_test

import (
	"strings"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// TestEveryEdgeIsWalked takes the procedures through all their turns by the store's calls and then asks the audit trail whether
// any edge of the table written by hand was left out, or any other was walked.
func TestEveryEdgeIsWalked(t *testing.T) {
	c := newCity(t)
	c.walkSelection()
	c.walkAssignment()
	c.walkDossier()
	c.walkAwards()
	c.walkResponse()
	c.walkInvitations()
	for _, status := range append(forum.Journey, forum.Suspended) {
		for _, move := range forumMoves {
			if isEdge(forum.TheForum, string(status), string(move.to)) {
				_ = move.call(c, c.ripe(status, move.name == "CloseForum"))
			}
		}
	}
	walked := map[string]bool{}
	rows, err := c.Pool().Query(t.Context(), `SELECT DISTINCT noun || ' ' || before || ' ' || after FROM audit WHERE before <> '' AND after <> '' AND before <> after`)
	c.must(err)
	for rows.Next() {
		var edge string
		c.must(rows.Scan(&edge))
		walked[edge] = true
	}
	c.must(rows.Err())
	others := map[string]string{ // walked by citizens, or by nobody yet
		"suggestion accepted withdrawn": "by its author", "opinion held withdrawn": "by its author", "opinion published withdrawn": "by its author",
	}
	for noun, from := range edges {
		for before, next := range from {
			for _, after := range strings.Fields(next) {
				edge := string(noun) + " " + before + " " + after
				if !walked[edge] && others[edge] == "" {
					t.Errorf("nobody walked %s", edge)
				}
				delete(walked, edge)
			}
		}
	}
	for edge := range walked {
		t.Errorf("%s was walked and is in no table", edge)
	}
}

func (c city) walkSelection() {
	ctx := c.t.Context()
	topics := c.pool(2)
	author := citizen(c.t, c.Store, "another author")
	for _, to := range []forum.SuggestionStatus{forum.SuggestionMerged, forum.SuggestionTransferred, forum.SuggestionRejected} {
		sent, err := c.Suggest(ctx, forum.NewSuggestion{Title: "같은 제안", Text: "같은 것을 다시 제안합니다.", Lang: "ko", Track: forum.General, Kind: forum.ByCitizen,
			Citizen: author, Idempotency: keyed(string(to), string(to))})
		c.must(err)
		c.must(c.Screen(ctx, c.official("moderator"), "", forum.Screening{Suggestion: sent.ID, To: to, Reason: "검토했습니다.", MergeInto: topics[0]}))
	}
	round := c.round()
	c.must(c.shortlist(round, topics...))
	c.deadlineOver(round)
	_, err := c.DecideRound(ctx, round) // no quorum: open again
	c.must(err)
	_, err = c.CloseRound(ctx, c.decided("officer", forum.CloseRound, forum.TheRound, round, "이번 달에는 고르지 않습니다.", nil))
	c.must(err)
	c.selection(c.pooled("갑"), c.pooled("을"))
}

// pooled is one more suggestion in the pool.
func (c city) pooled(title string) forum.ID {
	sent, err := c.Suggest(c.t.Context(), forum.NewSuggestion{Title: "제안 " + title, Text: "새로운 것을 제안합니다.", Lang: "ko", Track: forum.General,
		Kind: forum.ByCitizen, Citizen: citizen(c.t, c.Store, title), Idempotency: keyed(title, title)})
	c.must(err)
	c.must(c.Screen(c.t.Context(), c.official("moderator"), "", forum.Screening{Suggestion: sent.ID, To: forum.SuggestionAccepted}))
	return sent.ID
}

func (c city) walkAssignment() {
	id := c.proposed()
	c.mustInForum("road.head", forum.TransferAssignment, id, "녹지 업무입니다.", forum.DepartmentDetails{Department: "parks"})
	for range 3 {
		c.late(id)
		c.must(c.Remind(c.t.Context(), forum.TheForum, id))
	}
	c.mustInForum("mayor", forum.AcceptAssignment, id, "", nil)
}

func (c city) walkDossier() {
	ctx := c.t.Context()
	drafter := c.official("road.drafter")
	save := func(id forum.ID, base int, items []forum.DossierItem) {
		_, err := c.SaveDossier(ctx, drafter, "", id, base, items)
		c.must(err)
	}
	submit := func(id forum.ID) forum.ID {
		c.mustInForum("road.drafter", forum.SubmitDossier, id, "", c.line("road.head"))
		a, err := c.ApprovalOf(ctx, forum.TheDossier, id)
		c.must(err)
		return a.ID
	}
	id := c.preparing()
	save(id, 1, wholeDossier[:1]) // complete → draft
	save(id, 2, wholeDossier)
	a := submit(id)
	_, err := c.RecallApproval(ctx, c.decided("road.drafter", forum.RecallApproval, forum.TheApproval, a, "", nil)) // while drafted
	c.must(err)
	submit(id)
	save(id, 3, wholeDossier) // void while drafted
	a = submit(id)
	_, err = c.BeginReview(ctx, a)
	c.must(err)
	save(id, 4, wholeDossier) // void in review
	a = submit(id)
	_, err = c.BeginReview(ctx, a)
	c.must(err)
	_, err = c.RecallApproval(ctx, c.decided("officer", forum.RecallApproval, forum.TheApproval, a, "", nil))
	c.must(err)
	a = submit(id)
	_, err = c.ReturnApproval(ctx, c.decided("road.head", forum.ReturnApproval, forum.TheApproval, a, "다시 쓰십시오.", nil))
	c.must(err)
	save(id, 5, wholeDossier)
	submit(id)
	c.signed(forum.TheDossier, id, "road.head")
	save(id, 6, wholeDossier) // approved → amended
	submit(id)
}

func (c city) walkAwards() {
	ctx := c.t.Context()
	id, awards := c.awarding(3)
	c.scored(awards)
	c.must(c.submitAwards(id, picks(awards)))
	c.signed(forum.TheAwards, id, "bureau.head")
	for i, a := range awards {
		if i == 0 {
			c.prizeDelivered(a.ID)
			continue
		}
		_, err := c.OfferAward(ctx, a.ID)
		c.must(err)
	}
	_, err := c.AnswerAward(ctx, c.decided("", forum.AnswerAward, forum.TheAward, awards[1].ID, "", forum.AnswerDetails{}))
	c.must(err)
	exec(c.t, c.Store, `UPDATE awards SET answer_by = now() WHERE id = $1`, awards[2].ID)
	_, err = c.LapseAward(ctx, awards[2].ID)
	c.must(err)
	opinion := awards[0].Opinion
	c.must(c.moderate(opinion, forum.OpinionHidden, "알려 온 사정이 있습니다."))
	c.must(c.moderate(opinion, forum.OpinionPublished, ""))
	open := c.open()
	exec(c.t, c.Store, `UPDATE forums SET moderation = 'before' WHERE id = $1`, open)
	held := accept(c.t, c.Store, opinionOf(open, "첫째 말"), opinionOf(open, "둘째 말"))
	for i, b := range []forum.Batch{{To: forum.AnswerPublish}, {To: forum.AnswerHide, Code: forum.Insulting}} {
		b.ID, b.Opinions = postgres.NewID(), []forum.ID{held[i].ID}
		c.must(c.ModerateMany(c.t.Context(), c.official("moderator"), "", b))
		_, err := c.UndoBatch(c.t.Context(), c.official("moderator"), "", b.ID, "잘못 눌렀습니다.")
		c.must(err)
	}
	c.must(c.moderate(held[0].ID, forum.OpinionPublished, ""))
	c.must(c.moderate(held[1].ID, forum.OpinionHidden, "욕설입니다."))
}

func (c city) walkResponse() {
	ctx := c.t.Context()
	id, _ := c.responding("광장을 만들어 주십시오.")
	submit := func() {
		c.mustInForum("road.drafter", forum.SubmitResponse, id, "", c.line("road.head"))
	}
	c.saveResponse(id, 0, onTheRest)
	submit()
	c.saveResponse(id, 1, onTheRest) // submitted → draft
	submit()
	a, err := c.ApprovalOf(ctx, forum.TheResponse, id)
	c.must(err)
	_, err = c.ReturnApproval(ctx, c.decided("road.head", forum.ReturnApproval, forum.TheApproval, a.ID, "다시 쓰십시오.", nil))
	c.must(err)
	c.saveResponse(id, 2, onTheRest) // returned → draft
	submit()
	c.signed(forum.TheResponse, id, "road.head")
	c.saveResponse(id, 3, onTheRest) // approved → draft
	submit()
	c.signed(forum.TheResponse, id, "road.head")
	c.mustInForum("officer", forum.PublishResponse, id, "", nil)
	c.corrected(id, 4, "금액이 잘못되었습니다.", onTheRest)
	due := time.Now().Add(time.Hour)
	c.mustInForum("officer", forum.PlanFollowUp, id, "", forum.MilestonesDetails{Milestones: []forum.Milestone{
		{Title: "설계", Due: due}, {Title: "착공", Due: due}, {Title: "개장", Due: due}, {Title: "점검", Due: due}}})
	m, err := c.Milestones(ctx, id)
	c.must(err)
	c.mustInForum("officer", forum.CompleteMilestone, id, "", forum.MilestoneDetails{Milestone: m[0].ID})
	c.mustInForum("officer", forum.DropMilestone, id, "예산이 없습니다.", forum.MilestoneDetails{Milestone: m[1].ID})
	exec(c.t, c.Store, `UPDATE milestones SET due = now() WHERE forum_id = $1`, id)
	c.late(id)
	c.must(c.Remind(ctx, forum.TheForum, id))
	c.mustInForum("officer", forum.CompleteMilestone, id, "", forum.MilestoneDetails{Milestone: m[2].ID})
	c.mustInForum("officer", forum.DropMilestone, id, "예산이 없습니다.", forum.MilestoneDetails{Milestone: m[3].ID})
	_, err = c.ArchiveForum(ctx, id)
	c.must(err)
}
