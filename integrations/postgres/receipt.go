package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// Receipt opens the status page of what somebody sent: where it stands, its dated steps, and at the end the paragraph of the
// response that answers it. A receipt that opens nothing is NotFound.
func (s *Store) Receipt(ctx context.Context, receipt forum.Receipt) (forum.ReceiptStatus, error) {
	status, err := s.opinionStatus(ctx, receipt)
	if errors.Is(err, pgx.ErrNoRows) {
		status, err = s.suggestionStatus(ctx, receipt)
	}
	return status, translate(receiptFound(err))
}

// receiptFound turns "no rows" into the refusal of a receipt that opens nothing.
func receiptFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return forum.Refuse(forum.NotFound, "receipt.not_found")
	}
	return err
}

func (s *Store) opinionStatus(ctx context.Context, receipt forum.Receipt) (forum.ReceiptStatus, error) {
	var paragraph *int
	o, err := s.opinionFrom(s.pool.QueryRow(ctx, `SELECT `+opinionColumns+`, o.answered_by`+fromOpinions+`WHERE o.receipt = $1`,
		string(receipt)), &paragraph)
	if err != nil {
		return forum.ReceiptStatus{}, err
	}
	f, err := s.forumBy(ctx, s.pool, o.Forum)
	if err != nil {
		return forum.ReceiptStatus{}, err
	}
	status := forum.ReceiptStatus{Noun: forum.TheOpinion, Opinion: &o, Forum: &f}
	if status.History, err = s.history(ctx, forum.TheOpinion, o.ID, string(o.Status), o.AcceptedAt); err != nil {
		return status, err
	}
	if paragraph != nil && f.Status.HasResults() {
		if status.Answer, err = s.paragraph(ctx, o.Forum, *paragraph); err != nil {
			return status, err
		}
	}
	if status.Appeal, err = appealOf(ctx, s.pool, o.ID); err != nil {
		return status, err
	}
	status.Award, err = s.awardOf(ctx, o.ID)
	return status, err
}

func (s *Store) suggestionStatus(ctx context.Context, receipt forum.Receipt) (forum.ReceiptStatus, error) {
	g, err := scanSuggestion(s.pool.QueryRow(ctx, `SELECT `+suggestionColumns+fromSuggestions+`WHERE g.receipt = $1`, string(receipt)))
	if err != nil {
		return forum.ReceiptStatus{}, err
	}
	status := forum.ReceiptStatus{Noun: forum.TheSuggestion, Suggestion: &g}
	if g.Forum != "" {
		f, err := s.forumBy(ctx, s.pool, g.Forum)
		if err != nil {
			return status, err
		}
		if f.Status.IsPublic() {
			status.Forum = &f
		}
	}
	status.History, err = s.history(ctx, forum.TheSuggestion, g.ID, string(g.Status), g.SubmittedAt)
	return status, err
}

// history is the dated steps of something that was sent: how it was accepted, then what the audit trail knows. Who did what
// stays with the city.
func (s *Store) history(ctx context.Context, noun forum.Noun, id forum.ID, status string, acceptedAt time.Time) ([]forum.StatusChange, error) {
	rows, err := s.pool.Query(ctx, `
SELECT before, after, at, code, reason FROM audit WHERE noun = $1 AND subject_id = $2 AND after <> '' AND before <> after AND before <> '' ORDER BY id`, noun, id)
	if err != nil {
		return nil, err
	}
	first := status
	var steps []forum.StatusChange
	var before string
	var step forum.StatusChange
	_, err = pgx.ForEachRow(rows, []any{&before, &step.Status, &step.At, &step.Code, &step.Reason}, func() error {
		if len(steps) == 0 {
			first = before
		}
		steps = append(steps, step)
		return nil
	})
	return append([]forum.StatusChange{{Status: first, At: acceptedAt}}, steps...), err
}

// paragraph is one of the published response's, or nil.
func (s *Store) paragraph(ctx context.Context, forumID forum.ID, n int) (*forum.Paragraph, error) {
	response, err := responseOf(ctx, s.pool, forumID)
	if err != nil || n < 0 || n >= len(response.Paragraphs) {
		return nil, err
	}
	return &response.Paragraphs[n], nil
}

// awardOf is an opinion's award once its author has been told, or nil.
func (s *Store) awardOf(ctx context.Context, opinion forum.ID) (*forum.Award, error) {
	var a forum.Award
	var answerBy *time.Time
	err := s.pool.QueryRow(ctx, `
SELECT id, forum_id, opinion_id, status, coalesce(place, 0), answer_by, name_shown FROM awards
WHERE opinion_id = $1 AND status IN ('offered', 'accepted', 'delivered', 'declined', 'lapsed')`, opinion).
		Scan(&a.ID, &a.Forum, &a.Opinion, &a.Status, &a.Rank, &answerBy, &a.NameShown)
	if err != nil {
		return nil, ignoreNoRows(err)
	}
	a.AnswerBy = instant(answerBy)
	return &a, nil
}

// WithdrawOpinion takes an opinion back for its author, who proves it by the receipt. After the close the record stands.
func (s *Store) WithdrawOpinion(ctx context.Context, receipt forum.Receipt) error {
	return s.inTxPurging(ctx, func(tx pgx.Tx) error {
		var id, forumID forum.ID
		err := tx.QueryRow(ctx, `SELECT id, forum_id FROM opinions WHERE receipt = $1`, string(receipt)).Scan(&id, &forumID)
		if err != nil {
			return receiptFound(err)
		}
		if err := lockForumShared(ctx, tx, forumID); err != nil {
			return err
		}
		var before forum.OpinionStatus
		var closed bool
		err = tx.QueryRow(ctx, `
SELECT o.status, f.closed_at IS NOT NULL OR statement_timestamp() >= f.closes_at
FROM opinions o JOIN forums f ON f.id = o.forum_id WHERE o.id = $1 FOR NO KEY UPDATE OF o`, id).Scan(&before, &closed)
		switch {
		case err != nil:
			return err
		case before == forum.OpinionWithdrawn:
			return nil
		case closed:
			return forum.Refuse(forum.Conflict, "forum.closed")
		case !forum.OpinionSteps.Allows(before, forum.OpinionWithdrawn):
			return forum.Refuse(forum.Conflict, "opinion.not_withdrawable")
		}
		if _, err := tx.Exec(ctx, `UPDATE opinions SET status = 'withdrawn' WHERE id = $1`, id); err != nil {
			return err
		}
		return note(ctx, tx, byCitizen, change{action: forum.WithdrawOpinion, noun: forum.TheOpinion, subject: id, forum: forumID,
			before: string(before), after: string(forum.OpinionWithdrawn)})
	})
}
