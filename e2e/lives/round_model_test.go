package lives

import (
	"fmt"
	"testing"
	"time"

	"acropolis/forum"
)

// month is a round over two topics and three members, as somebody would keep it who has only read what the city promises.
type month struct {
	status   string
	deadline time.Time
	tries    int
	sheets   [3][2]string // "", "mark" or "conflict", by member and topic
	chosen   bool
}

// passes is what comes of time: at its deadline a scoring with a quorum is decided; without one the round opens again, but not
// for ever.
func (m *month) passes(until time.Time) {
	if m.status != "scoring" || until.Before(m.deadline) {
		return
	}
	if m.tries++; m.scored() >= 2 || m.tries >= 3 {
		m.status = "decided"
		return
	}
	m.status = "open"
}

func (m *month) scored() (members int) {
	for _, sheets := range m.sheets {
		if sheets[0] == "mark" || sheets[1] == "mark" {
			members++
		}
	}
	return members
}

func (m *month) starts(now time.Time) string {
	if m.status != "open" {
		return "procedure.moved_on"
	}
	m.status, m.deadline = "scoring", now.Add(3*day)
	m.settles()
	return ""
}

// scores keeps a member's sheets; when all are there, the round is decided.
func (m *month) scores(member, topics int, sheet string) string {
	if m.status != "scoring" {
		return "procedure.moved_on"
	}
	for n := range topics {
		m.sheets[member][n] = sheet
	}
	m.settles()
	return ""
}

func (m *month) settles() {
	for _, sheets := range m.sheets {
		if sheets[0] == "" || sheets[1] == "" {
			return
		}
	}
	m.status = "decided"
}

func TestRoundsHoldAgainstTheirModel(t *testing.T) {
	holdAgainst(t, func(c city) model {
		id := c.openRound()
		m := &month{status: "open"}
		at := forum.Start{Noun: forum.TheRound, ID: id}
		all := []command{
			{"the scoring starts", startsScoring(3*day, true), func(s *stage) string { return m.starts(s.env.Now()) }},
			{"a day passes", elapses(day), func(s *stage) string { m.passes(s.env.Now().Add(day)); return "" }},
			{"four days pass", elapses(4 * day), func(s *stage) string { m.passes(s.env.Now().Add(4 * day)); return "" }},
			{"the round is closed", inRound("officer", forum.CloseRound, someReason, nil), func(*stage) string {
				if m.status != "open" {
					return "procedure.moved_on"
				}
				m.status, m.chosen = "decided", true
				return ""
			}},
			{"a topic is chosen", choosesTopic(true), func(*stage) string {
				switch {
				case m.status != "decided":
					return "procedure.moved_on"
				case m.chosen:
					return "round.chosen_already"
				}
				m.chosen = true
				return ""
			}},
			{"the minutes are approved", after(submitsMinutes, signsMinutes), func(*stage) string {
				switch {
				case m.status != "decided":
					return "procedure.moved_on"
				case !m.chosen:
					return "round.not_chosen"
				}
				m.status = "recorded"
				return ""
			}},
			{"an officer scores", scores("officer", 3), func(*stage) string { return "duty.missing" }},
		}
		for n, uid := range []string{"member.one", "member.two", "member.three"} {
			all = append(all,
				command{fmt.Sprintf("member %d scores", n+1), scores(uid, 4), func(*stage) string { return m.scores(n, 2, "mark") }},
				command{fmt.Sprintf("member %d scores one topic", n+1), scoresSome(uid, 2, 1, false), func(*stage) string { return m.scores(n, 1, "mark") }},
				command{fmt.Sprintf("member %d declares a conflict", n+1), scoresSome(uid, 0, 2, true), func(*stage) string { return m.scores(n, 2, "conflict") }})
		}
		return model{at: at, starts: []forum.Start{at}, commands: all, sees: func(s *stage) (want, got string) {
			return m.status, one[string](s.city, `SELECT status FROM rounds WHERE id = $1`, id)
		}}
	})
}
