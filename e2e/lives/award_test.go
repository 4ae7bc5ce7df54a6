package lives

import (
	"testing"
	"time"

	"acropolis/forum"
)

const day = 24 * time.Hour

var awardEvents = map[string]event{
	"the jury scores it":           jury(4),
	"the jury scores out of range": jury(6),
	"the winner says yes":          inAward("", forum.AnswerAward, forum.AnswerDetails{Accept: true, NameShown: true}),
	"the winner says no":           inAward("", forum.AnswerAward, forum.AnswerDetails{}),
	"an officer says yes instead":  inAward("officer", forum.AnswerAward, forum.AnswerDetails{Accept: true}),
	"thirteen days pass":           elapses(13 * day),
	"fourteen days pass":           elapses(14 * day),
	"a yes after fourteen days":    after(elapses(14*day), inAward("", forum.AnswerAward, forum.AnswerDetails{Accept: true})),
	"a yes, then a no":             after(inAward("", forum.AnswerAward, forum.AnswerDetails{Accept: true}), inAward("", forum.AnswerAward, forum.AnswerDetails{})),
	"the gift is delivered":        inAward("officer", forum.DeliverAward, nil),
	"a head delivers":              inAward("road.head", forum.DeliverAward, nil),
	"a yes and the delivery":       after(inAward("", forum.AnswerAward, forum.AnswerDetails{Accept: true}), inAward("officer", forum.DeliverAward, nil)),
}

func TestAwardGoesWhereTheTableSays(t *testing.T) {
	sureOfAll(t, "testdata/award.txt", forum.AwardSteps)
	compare(t, "testdata/award.txt", awardEvents, func(c city, status string) (forum.Start, func() string) {
		c.exec(`UPDATE awards SET status = 'delivered'`) // of the cells before: nothing is ahead of them
		id := c.awardIn(forum.AwardStatus(status))
		return forum.Start{Noun: forum.TheAward, ID: id}, func() string { return one[string](c, `SELECT status FROM awards WHERE id = $1`, id) }
	})
}

// awardIn brings the first prize of a forum into a status.
func (c city) awardIn(status forum.AwardStatus) forum.ID {
	c.t.Helper()
	id := one[forum.ID](c, `SELECT id FROM awards WHERE forum_id = $1 ORDER BY by_rule LIMIT 1`, c.forumIn(forum.Awarding))
	c.exec(`
UPDATE awards SET status = $2, place = CASE WHEN $2 NOT IN ('candidate', 'scored') THEN 1 END,
	answer_by = CASE WHEN $2 NOT IN ('candidate', 'scored', 'decided') THEN now() + interval '14 days' END WHERE id = $1`, id, status)
	return id
}

func jury(score int) event {
	return stores(func(s *stage, at forum.Start) error {
		return s.ScoreAward(s.t.Context(), s.official("juror"), "", forum.AwardScore{Award: at.ID, Score: score, Reason: "구체적입니다."})
	})
}

func inAward(by string, action forum.Action, details any) event {
	return takes(func(s *stage, at forum.Start) forum.Decision {
		return s.decision(by, action, forum.TheAward, at.ID, "", details)
	})
}

func elapses(d time.Duration) event {
	return func(s *stage, _ forum.Start, over func(string)) {
		s.env.RegisterDelayedCallback(func() { over("") }, d)
	}
}
