package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// act is the text of the approval of an early close or a suspension.
type act struct {
	Reason string `json:"reason"`
}

// CloseForumEarly sends an early close into its approval line; until it is approved the board closes as announced. What can't
// wait closes now and is approved afterwards.
func (s *Store) CloseForumEarly(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.CloseForum, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.ActDetails](d)
		if err != nil {
			return err
		}
		if err := draft(ctx, tx, d, by, actOn(f, forum.TheEarlyClose, act{d.Reason}, details), details.LineDetails); err != nil || !details.AfterTheFact {
			return err
		}
		return s.closeEarly(ctx, tx, f, by, d.Reason)
	})
}

// earlyCloseApproved closes the board as its own timer would have, if it is still to be closed.
func (s *Store) earlyCloseApproved(ctx context.Context, tx pgx.Tx, a forum.Approval, _ forum.Decision, by actor) error {
	var text act
	if err := json.Unmarshal([]byte(a.Text), &text); err != nil {
		return err
	}
	f, err := s.forumBy(ctx, tx, a.Subject)
	if err != nil {
		return err
	}
	return s.closeEarly(ctx, tx, f, by, text.Reason)
}

// closeEarly closes the board now. The close is this statement's instant: what was accepted was accepted before it.
func (s *Store) closeEarly(ctx context.Context, tx pgx.Tx, f forum.Forum, by actor, reason string) error {
	moved, err := forumLife.move(ctx, tx, by, step[forum.ForumStatus]{id: f.ID, to: forum.Closed, action: forum.CloseForum, forum: f.ID, reason: reason,
		set:  `, closed_at = statement_timestamp(), closes_at = LEAST(closes_at, statement_timestamp()), suspended_at = NULL, reason = @reason`,
		args: pgx.NamedArgs{"reason": reason}})
	if err != nil || !moved {
		return err
	}
	return s.closed(ctx, tx, f)
}

// actOn is the document of something done to a forum's period.
func actOn(f forum.Forum, noun forum.Noun, text any, details forum.ActDetails) document {
	return document{noun: noun, subject: f.ID, forum: f.ID, title: f.Title, department: f.Department, version: 1, content: text, done: details.AfterTheFact}
}
