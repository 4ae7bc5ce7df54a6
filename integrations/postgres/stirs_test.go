package postgres_test

import (
	"testing"

	"acropolis/forum"
)

// TestOnlyWhatAProcedureWaitsForStirsIt: a score that others have still to give, or an answer that leaves opinions held, wakes
// nobody, so that a history doesn't grow with the number of people.
func TestOnlyWhatAProcedureWaitsForStirsIt(t *testing.T) {
	c := newCity(t)
	stirs := func(what string, noun forum.Noun, id forum.ID, want bool) {
		t.Helper()
		got, err := c.Stirs(t.Context(), forum.Start{Noun: noun, ID: id})
		c.must(err)
		if got != want {
			t.Errorf("%s: %t", what, got)
		}
	}
	open := c.open()
	stirs("an open board", forum.TheForum, open, false)
	stirs("an archived forum", forum.TheForum, c.ripe(forum.Archived, false), true)
	round := c.round()
	stirs("a round that has just been opened", forum.TheRound, round, true)
	c.must(c.shortlist(round, c.pool(1)...))
	stirs("a round that is scored", forum.TheRound, round, false)
	forumID, awards := c.awarding(2)
	c.must(c.ScoreAward(t.Context(), c.official("juror"), "", forum.AwardScore{Award: awards[0].ID, Score: 5, Reason: "구체적입니다."}))
	stirs("one of many scores", forum.TheForum, forumID, false)
	stirs("any document", forum.TheApproval, forumID, true)
	exec(t, c.Store, `UPDATE forums SET status = 'analysing' WHERE id = $1`, forumID)
	exec(t, c.Store, `UPDATE analyses SET made_at = NULL WHERE forum_id = $1`, forumID)
	stirs("an analysis that must be made anew", forum.TheForum, forumID, true)
}
