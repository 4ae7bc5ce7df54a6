package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// urgent is the text of an urgent topic's approval.
type urgent struct {
	Number string      `json:"number"` // the suggestion's
	Track  forum.Track `json:"track"`
	Title  string      `json:"title"`
	Text   string      `json:"text"`
	Reason string      `json:"reason"`
}

// StartUrgent sends a topic that can't wait for a round into its approval line and gives the document's id. A text of the
// officer's own is kept as an accepted suggestion, so that it has a number, a receipt and its place in the pool whatever
// becomes of the document.
func (s *Store) StartUrgent(ctx context.Context, by forum.Official, from string, u forum.NewUrgent) (forum.ID, error) {
	if err := u.Validate(); err != nil {
		return "", err
	}
	if err := by.May(forum.StartUrgent, ""); err != nil {
		return "", err
	}
	var approval forum.ID
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if u.Suggestion == "" {
			id, err := s.ownTopic(ctx, tx, by, from, u)
			if err != nil {
				return err
			}
			u.Suggestion = id
		}
		topic, err := scanSuggestion(tx.QueryRow(ctx, `SELECT `+suggestionColumns+fromSuggestions+`WHERE g.id = $1 FOR UPDATE OF g`, u.Suggestion))
		if err != nil {
			return found(err)
		}
		if topic.Status != forum.SuggestionAccepted {
			return movedOn(forum.TheSuggestion)
		}
		d := forum.Decision{Action: forum.StartUrgent, Reason: u.Reason}
		if err := draft(ctx, tx, d, byOfficial(by, from), document{noun: forum.TheUrgent, subject: topic.ID, title: topic.Title, department: by.Department,
			version: 1, content: urgent{Number: topic.Number, Track: topic.Track, Title: topic.Title, Text: topic.Text, Reason: u.Reason}}, u.LineDetails); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT id FROM approvals WHERE noun = 'urgent' AND subject_id = $1 AND status = 'drafted'`, topic.ID).Scan(&approval)
	})
	return approval, err
}

// ownTopic keeps the officer's own text as an accepted suggestion of an official's.
func (s *Store) ownTopic(ctx context.Context, tx pgx.Tx, by forum.Official, from string, u forum.NewUrgent) (forum.ID, error) {
	outcome, err := s.keep(ctx, tx, forum.NewSuggestion{Title: u.Title, Text: u.Text, Lang: u.Lang, Track: u.Track, Kind: forum.ByOfficial, Official: by.ID,
		Idempotency: u.Idempotency})
	if err == nil {
		err = outcome.Err
	}
	if err != nil {
		return "", err
	}
	_, err = suggestionLife.move(ctx, tx, byOfficial(by, from), step[forum.SuggestionStatus]{id: outcome.Answer.ID, to: forum.SuggestionAccepted, action: forum.StartUrgent, reason: u.Reason})
	return outcome.Answer.ID, err
}

// urgentApproved makes a forum of the suggestion, if it still waits for its turn: one that a round has on its shortlist by now,
// or that its author has taken back, is no longer the officer's to start.
func (s *Store) urgentApproved(ctx context.Context, tx pgx.Tx, a forum.Approval, d forum.Decision, by actor) error {
	var text urgent
	if err := json.Unmarshal([]byte(a.Text), &text); err != nil {
		return err
	}
	topic, err := scanSuggestion(tx.QueryRow(ctx, `SELECT `+suggestionColumns+fromSuggestions+`WHERE g.id = $1 FOR UPDATE OF g`, a.Subject))
	if err != nil {
		return found(err)
	}
	if topic.Status != forum.SuggestionAccepted {
		return movedOn(forum.TheSuggestion)
	}
	d.Action = forum.StartUrgent
	for _, to := range []forum.SuggestionStatus{forum.SuggestionShortlisted, forum.SuggestionSelected} {
		if _, err := suggestionLife.move(ctx, tx, by, step[forum.SuggestionStatus]{id: topic.ID, to: to, action: d.Action, reason: text.Reason}); err != nil {
			return err
		}
	}
	return s.makeForum(ctx, tx, topic, "", d, by, text.Reason)
}
