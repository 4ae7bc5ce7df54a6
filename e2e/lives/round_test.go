package lives

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

const someReason = "위원회의 뜻에 따릅니다."

var roundEvents = map[string]event{
	"start the scoring":                 startsScoring(3*day, true),
	"start without a shortlist":         startsScoring(3*day, false),
	"start with a deadline that's past": startsScoring(-day, true),
	"everybody scores":                  after(scores("member.one", 4), scores("member.two", 3), scores("member.three", 5)),
	"a mark out of range":               scores("member.one", 6),
	"an officer scores":                 scores("officer", 4),
	"two score until the deadline":      after(scores("member.one", 4), scores("member.two", 3), elapses(4*day)),
	"one scores until the deadline":     after(scores("member.one", 4), elapses(4*day)),
	"the deadline passes":               elapses(4 * day),
	"close the round":                   inRound("officer", forum.CloseRound, someReason, nil),
	"choose a topic":                    choosesTopic(true),
	"choose without reasons":            choosesTopic(false),
	"a head chooses":                    inRound("road.head", forum.ChooseTopics, "", forum.ChoiceDetails{}),
	"approve the minutes":               after(submitsMinutes, signsMinutes),
	"choose, then approve the minutes":  after(choosesTopic(true), submitsMinutes, signsMinutes),
	"choose twice":                      after(choosesTopic(true), choosesTopic(true)),
}

func TestRoundGoesWhereTheTableSays(t *testing.T) {
	sureOfAll(t, "testdata/round.txt", forum.RoundSteps)
	compare(t, "testdata/round.txt", roundEvents, func(c city, status string) (forum.Start, func() string) {
		id := c.roundIn(forum.RoundStatus(status))
		return forum.Start{Noun: forum.TheRound, ID: id}, func() string { return one[string](c, `SELECT status FROM rounds WHERE id = $1`, id) }
	})
}

// openRound opens a round over a pool of two suggestions.
func (c city) openRound() forum.ID {
	c.t.Helper()
	c.exec(`UPDATE suggestions SET status = 'rejected' WHERE status = 'accepted'`) // of the rounds before
	for n := range 2 {
		_, err := c.ImportSuggestion(c.t.Context(), c.official("operator"), forum.PastSuggestion{Status: forum.SuggestionAccepted,
			Title: fmt.Sprintf("제안 %d", n+1), Text: "걷기 좋은 길을 만들어 주십시오.", At: c.clock.tells().Add(-20 * day), Supports: 3 - n})
		c.must(err)
	}
	month := one[int](c, `SELECT count(*) FROM rounds`)
	id, err := c.OpenRound(c.t.Context(), c.official("officer"), "", forum.General, time.Date(2026, 1+time.Month(month), 1, 0, 0, 0, 0, time.UTC).Format("2006-01"))
	c.must(err)
	return id
}

func (c city) roundIn(status forum.RoundStatus) forum.ID {
	c.t.Helper()
	id := c.openRound()
	at := forum.Start{Noun: forum.TheRound, ID: id}
	all := []event{startsScoring(3*day, true), roundEvents["everybody scores"], roundEvents["choose, then approve the minutes"]}
	way := map[forum.RoundStatus]int{forum.RoundOpen: 0, forum.RoundScoring: 1, forum.RoundDecided: 2, forum.RoundRecorded: 3}[status]
	if way > 0 {
		c.play(sweeps, func(s *stage, done func()) {
			after(all[:way]...)(s, at, func(key string) {
				if key != "" {
					s.t.Errorf("a round can't be brought to %s: %s", status, key)
				}
				done()
			})
		})
	}
	c.clock.set(monday)
	return id
}

func inRound(by string, action forum.Action, reason string, details any) event {
	return takes(func(s *stage, at forum.Start) forum.Decision {
		return s.decision(by, action, forum.TheRound, at.ID, reason, details)
	})
}

// topics are the newest round's two suggestions, in the order in which they were made.
func (s *stage) topics() []forum.ID {
	rows, err := s.Pool().Query(s.t.Context(), `SELECT id FROM (SELECT id, number FROM suggestions ORDER BY number DESC LIMIT 2) g ORDER BY number`)
	s.must(err)
	all, err := pgx.CollectRows(rows, pgx.RowTo[forum.ID])
	s.must(err)
	return all
}

func startsScoring(deadline time.Duration, listed bool) event {
	return takes(func(s *stage, at forum.Start) forum.Decision {
		details := forum.ShortlistDetails{Deadline: s.env.Now().Add(deadline)}
		if listed {
			details.Suggestions = s.topics()
		}
		return s.decision("officer", forum.StartScoring, forum.TheRound, at.ID, "", details)
	})
}

// scores fills in an official's sheets for all topics, with one mark.
func scores(uid string, mark int) event { return scoresSome(uid, mark, 2, false) }

func scoresSome(uid string, mark, most int, conflict bool) event {
	return stores(func(s *stage, at forum.Start) error {
		r, err := s.Round(s.t.Context(), at.ID, "")
		s.must(err)
		marks := map[string]int{}
		for _, c := range r.Criteria {
			marks[c.Code] = mark
		}
		for _, topic := range s.topics()[:most] {
			sheet := forum.RoundScore{Round: at.ID, Suggestion: topic, Conflict: conflict, Marks: marks}
			if _, err := s.ScoreTopic(s.t.Context(), s.official(uid), "", sheet); err != nil {
				return err
			}
		}
		return nil
	})
}

func choosesTopic(reasoned bool) event {
	return takes(func(s *stage, at forum.Start) forum.Decision {
		details := forum.ChoiceDetails{Reasons: map[forum.ID]string{}}
		for n, topic := range s.topics() {
			if n == 0 {
				details.Chosen = append(details.Chosen, topic)
			}
			if reasoned {
				details.Reasons[topic] = someReason
			}
		}
		return s.decision("officer", forum.ChooseTopics, forum.TheRound, at.ID, "", details)
	})
}

var submitsMinutes = takes(func(s *stage, at forum.Start) forum.Decision {
	return s.decision("officer", forum.SubmitMinutes, forum.TheRound, at.ID, "", s.line("mayor"))
})

var signsMinutes = takes(func(s *stage, at forum.Start) forum.Decision {
	a, err := s.ApprovalOf(s.t.Context(), forum.TheMinutes, at.ID)
	s.must(err)
	return s.decision("mayor", forum.SignApproval, forum.TheApproval, a.ID, "", nil)
})
