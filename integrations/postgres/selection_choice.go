package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// ChooseTopics makes a forum of each chosen topic and tells every proposer. A topic that isn't chosen needs a reason and goes
// back into next month's pool.
func (s *Store) ChooseTopics(ctx context.Context, decision forum.ID) (forum.RoundFacts, error) {
	return s.decideRound(ctx, decision, forum.ChooseTopics, func(tx pgx.Tx, r forum.Round, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.ChoiceDetails](d)
		if err != nil {
			return err
		}
		var open []forum.Suggestion
		for _, c := range r.Candidates {
			if c.Suggestion.Status == forum.SuggestionShortlisted {
				open = append(open, c.Suggestion)
			}
		}
		if len(open) == 0 {
			return forum.Refuse(forum.Conflict, "round.chosen_already")
		}
		for _, id := range details.Chosen {
			if !slices.ContainsFunc(open, func(g forum.Suggestion) bool { return g.ID == id }) {
				return forum.Refuse(forum.Invalid, "round.not_shortlisted").At("chosen")
			}
		}
		for _, topic := range open {
			if slices.Contains(details.Chosen, topic.ID) {
				err = s.choose(ctx, tx, r, topic, d, by)
			} else {
				err = notChosen(ctx, tx, r, topic, d, by, details.Reasons[topic.ID])
			}
			if err != nil {
				return err
			}
		}
		if err := settle(ctx, tx, forum.TheRound, r.ID, forum.ChooseTopics); err != nil {
			return err
		}
		due, err := s.inDays(ctx, tx, forum.OfficerDays)
		if err != nil {
			return err
		}
		return s.owe(ctx, tx, forum.Owed{Noun: forum.TheRound, Subject: r.ID, Kind: forum.SubmitMinutes, Duty: forum.Officer, Due: due})
	})
}

// choose makes a forum of a suggestion; the officers owe a department to it.
func (s *Store) choose(ctx context.Context, tx pgx.Tx, r forum.Round, topic forum.Suggestion, d forum.Decision, by actor) error {
	if _, err := suggestionLife.move(ctx, tx, by, step[forum.SuggestionStatus]{id: topic.ID, to: forum.SuggestionSelected, action: d.Action, reason: d.Reason}); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE round_suggestions SET chosen = true WHERE round_id = $1 AND suggestion_id = $2`, r.ID, topic.ID); err != nil {
		return err
	}
	id := NewID()
	_, err := tx.Exec(ctx, `
INSERT INTO forums (id, track, lang, title, summary, suggestion_id, round_id, voter_key)
VALUES (@id, @track, @lang, @title, @summary, @suggestion, @round, @key)`,
		pgx.NamedArgs{"id": id, "track": r.Track, "lang": topic.Lang, "title": topic.Title, "summary": topic.Text, "suggestion": topic.ID,
			"round": r.ID, "key": s.keyID})
	if err != nil {
		return err
	}
	if err := note(ctx, tx, by, change{action: d.Action, noun: forum.TheForum, subject: id, forum: id, after: string(forum.Selected), reason: d.Reason}); err != nil {
		return err
	}
	if err := s.oweForum(ctx, tx, id, forum.ProposeDepartment, ""); err != nil {
		return err
	}
	return tellProposer(ctx, tx, topic.ID, forum.SuggestionSelected, "", string(r.ID))
}

func notChosen(ctx context.Context, tx pgx.Tx, r forum.Round, topic forum.Suggestion, d forum.Decision, by actor, reason string) error {
	if err := forum.NeedReason(reason); err != nil {
		return forum.RefusalIn(err).At("reasons").With("suggestion", string(topic.ID))
	}
	for _, to := range []forum.SuggestionStatus{forum.SuggestionNotSelected, forum.SuggestionAccepted} {
		if _, err := suggestionLife.move(ctx, tx, by, step[forum.SuggestionStatus]{id: topic.ID, to: to, action: d.Action, reason: reason}); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE round_suggestions SET reason = $3 WHERE round_id = $1 AND suggestion_id = $2`, r.ID, topic.ID, reason); err != nil {
		return err
	}
	return tellProposer(ctx, tx, topic.ID, forum.SuggestionNotSelected, reason, string(r.ID))
}

// tellProposer tells whoever put a suggestion forward, where they left an address, what became of it.
func tellProposer(ctx context.Context, tx pgx.Tx, id forum.ID, status forum.SuggestionStatus, reason, occasion string) error {
	l := letter{kind: forum.MailSuggestionAnswered, event: fmt.Sprintf("suggestion:%s:%s:%s", id, status, occasion), noun: forum.TheSuggestion, subject: id}
	var title, receipt string
	err := tx.QueryRow(ctx, `
SELECT COALESCE(contact_id::text, ''), COALESCE(official_id::text, ''), lang, title, receipt FROM suggestions WHERE id = $1`, id).
		Scan(&l.contact, &l.official, &l.lang, &title, &receipt)
	if err != nil || l.contact == "" && l.official == "" {
		return err
	}
	if l.contact != "" {
		l.official = ""
	}
	l.data = map[string]string{"title": title, "receipt": receipt, "status": string(status), "reason": reason}
	return enqueue(ctx, tx, l)
}

// minutes are the text of a round's approval.
type minutes struct {
	Track    forum.Track    `json:"track"`
	Month    string         `json:"month"`
	Deadline string         `json:"deadline"`
	Topics   []minutesTopic `json:"topics"`
}

type minutesTopic struct {
	Suggestion forum.ID `json:"suggestion"`
	Title      string   `json:"title"`
	Scores     int      `json:"scores"`
	Mean       float64  `json:"mean"`
	Chosen     bool     `json:"chosen"`
	Reason     string   `json:"reason,omitempty"`
}

func minutesText(ctx context.Context, q querier, id forum.ID) (minutes, error) {
	r, err := roundBy(ctx, q, id, "")
	m := minutes{Track: r.Track, Month: r.Month, Deadline: rfc3339(r.Deadline), Topics: []minutesTopic{}}
	for _, c := range r.Candidates {
		m.Topics = append(m.Topics, minutesTopic{Suggestion: c.Suggestion.ID, Title: c.Suggestion.Title, Scores: c.Scores, Mean: c.Mean,
			Chosen: c.Chosen, Reason: c.Reason})
	}
	// By id: the supports that break ties go on growing.
	slices.SortFunc(m.Topics, func(a, b minutesTopic) int { return cmp.Compare(a.Suggestion, b.Suggestion) })
	return m, err
}

// SubmitMinutes sends the minutes of a round whose topics are chosen into their approval line.
func (s *Store) SubmitMinutes(ctx context.Context, decision forum.ID) (forum.RoundFacts, error) {
	return s.decideRound(ctx, decision, forum.SubmitMinutes, func(tx pgx.Tx, r forum.Round, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.LineDetails](d)
		if err != nil {
			return err
		}
		for _, c := range r.Candidates {
			if c.Suggestion.Status == forum.SuggestionShortlisted {
				return forum.Refuse(forum.Conflict, "round.not_chosen")
			}
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
