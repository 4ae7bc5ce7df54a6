package postgres

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// minutes are the text of a round's approval: who was there, who sat what out, what each topic got and why it was chosen or
// not. They rest on what was frozen when the round was decided, so that they read the same for as long as they stand.
type minutes struct {
	Track    forum.Track        `json:"track"`
	Month    string             `json:"month"`
	Deadline string             `json:"deadline"`
	Reason   string             `json:"reason,omitempty"` // of a round that was closed without a choice
	Tries    int                `json:"tries,omitempty"`  // earlier scorings that came to no quorum
	Quorum   minutesQuorum      `json:"quorum"`
	Members  []minutesMember    `json:"committee"`
	Criteria []minutesCriterion `json:"criteria"`
	Topics   []minutesTopic     `json:"topics"`
}

type minutesQuorum struct {
	Members int  `json:"members"`
	Needed  int  `json:"needed"`
	Scored  int  `json:"scored"`
	Reached bool `json:"reached"`
}

type minutesMember struct {
	Name   string `json:"name"`
	Scored bool   `json:"present"`
}

type minutesCriterion struct {
	Name   string `json:"name"`
	Weight int    `json:"weight"`
}

type minutesTopic struct {
	Suggestion forum.ID      `json:"suggestion"`
	Title      string        `json:"title"`
	Rank       int           `json:"rank"`
	Mean       string        `json:"mean"`
	Scores     int           `json:"scores"`
	Supports   int           `json:"supports"`
	Tie        forum.TieRule `json:"tie,omitempty"`
	Criteria   []minutesMark `json:"by_criterion"`
	SatOut     []string      `json:"conflicts,omitempty"`
	Few        bool          `json:"too_few,omitempty"` // scored it to choose it without a reason
	Chosen     bool          `json:"chosen"`
	Reason     string        `json:"reason,omitempty"`
}

type minutesMark struct {
	Name string `json:"name"`
	Mean string `json:"mean"`
}

func minutesText(ctx context.Context, q querier, id forum.ID) (minutes, error) {
	r, err := roundBy(ctx, q, id, "")
	if err != nil {
		return minutes{}, err
	}
	m := minutes{Track: r.Track, Month: r.Month, Deadline: rfc3339(r.Deadline), Tries: r.Tries,
		Quorum:  minutesQuorum{Members: r.Members, Needed: forum.RoundQuorum(r.Members), Scored: r.Scored, Reached: r.HasQuorum()},
		Members: []minutesMember{}, Criteria: []minutesCriterion{}, Topics: []minutesTopic{}}
	if err := q.QueryRow(ctx, `SELECT reason FROM rounds WHERE id = $1`, id).Scan(&m.Reason); err != nil {
		return m, err
	}
	for _, one := range r.Seated {
		m.Members = append(m.Members, minutesMember{one.Name, one.Scored})
	}
	for _, c := range r.Criteria {
		m.Criteria = append(m.Criteria, minutesCriterion{c.Name, c.Weight})
	}
	slices.SortFunc(r.Candidates, func(a, b forum.RoundCandidate) int { return cmp.Compare(a.Rank, b.Rank) })
	for _, c := range r.Candidates {
		topic := minutesTopic{Suggestion: c.Suggestion.ID, Title: c.Suggestion.Title, Rank: c.Rank, Mean: c.Tally.Mean.String(), Scores: c.Tally.Scores,
			Supports: c.Supports, Tie: c.Tie, SatOut: c.SatOut, Few: c.Tally.NeedsReason(), Chosen: c.Chosen, Reason: c.Reason, Criteria: []minutesMark{}}
		for _, one := range r.Criteria {
			topic.Criteria = append(topic.Criteria, minutesMark{one.Name, c.Tally.Criteria[one.Code].String()})
		}
		m.Topics = append(m.Topics, topic)
	}
	return m, nil
}

// SubmitMinutes sends the minutes of a round whose topics are chosen into their approval line.
func (s *Store) SubmitMinutes(ctx context.Context, decision forum.ID) (forum.RoundFacts, error) {
	return s.decideRound(ctx, decision, forum.SubmitMinutes, func(tx pgx.Tx, r forum.Round, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.LineDetails](d)
		if err != nil {
			return err
		}
		if len(shortlisted(r)) > 0 {
			return forum.Refuse(forum.Conflict, "round.not_chosen")
		}
		text, err := minutesText(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		officer, err := officialNow(ctx, tx, by.official)
		if err != nil {
			return err
		}
		return draft(ctx, tx, d, by, document{noun: forum.TheMinutes, subject: r.ID, title: r.Month + " " + string(r.Track),
			department: officer.Department, version: 1, content: text}, details)
	})
}

func minutesApproved(ctx context.Context, tx pgx.Tx, a forum.Approval, d forum.Decision, by actor) error {
	if _, err := roundLife.move(ctx, tx, by, step[forum.RoundStatus]{id: a.Subject, to: forum.RoundRecorded, action: d.Action, reason: d.Reason,
		set: `, recorded_at = now()`}); err != nil {
		return err
	}
	return settle(ctx, tx, forum.TheRound, a.Subject)
}
