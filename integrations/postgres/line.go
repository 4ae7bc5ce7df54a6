package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// lineEvent is one thing that was done in a line, to be kept for ever.
type lineEvent struct {
	kind      forum.LineEventKind
	ord       int
	official  forum.ID // whose place it was
	final     bool
	disagrees bool
	comment   string
}

// record keeps what was done in an approval's line, in the transaction that does it.
func record(ctx context.Context, tx pgx.Tx, approval forum.ID, by actor, e lineEvent) error {
	_, err := tx.Exec(ctx, `
INSERT INTO approval_events (approval_id, kind, ord, official_id, by_official, final, disagrees, comment, decision_id)
VALUES (@approval, @kind, NULLIF(@ord, 0), @official, @by, @final, @disagrees, @comment, @decision)`,
		pgx.NamedArgs{"approval": approval, "kind": e.kind, "ord": e.ord, "official": orNull(e.official), "by": orNull(by.official),
			"final": e.final, "disagrees": e.disagrees, "comment": e.comment, "decision": orNull(by.decision)})
	return err
}

// historyOf reads what was done in a line, in order.
func historyOf(ctx context.Context, q querier, approval forum.ID) ([]forum.LineEvent, error) {
	rows, err := q.Query(ctx, `
SELECT e.at, e.kind, COALESCE(e.ord, 0), COALESCE(e.official_id::text, ''), COALESCE(o.name, ''), COALESCE(e.by_official::text, ''), COALESCE(b.name, ''),
	e.final, e.disagrees, e.comment, COALESCE(e.decision_id::text, '')
FROM approval_events e LEFT JOIN officials o ON o.id = e.official_id LEFT JOIN officials b ON b.id = e.by_official
WHERE e.approval_id = $1 ORDER BY e.id`, approval)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.LineEvent, error) {
		var e forum.LineEvent
		err := row.Scan(&e.At, &e.Kind, &e.Order, &e.Official, &e.Name, &e.By, &e.ByName, &e.Final, &e.Disagrees, &e.Text, &e.Decision)
		return e, err
	})
}

// awaitSigners makes the waits for signatures those of the people who are waited for now: a wait begins for each of them, with
// a clock of its own; one that goes on keeps its clock; all others end.
func (s *Store) awaitSigners(ctx context.Context, tx pgx.Tx, a forum.Approval) error {
	waitedFor := []string{}
	for _, next := range a.Next() {
		waitedFor = append(waitedFor, string(next.Official))
	}
	_, err := tx.Exec(ctx, `
UPDATE owed SET done_at = now()
WHERE noun = @noun AND subject_id = @subject AND kind = @kind AND done_at IS NULL AND (official_id IS NULL OR official_id <> ALL(@still::uuid[]))`,
		pgx.NamedArgs{"noun": forum.TheApproval, "subject": a.ID, "kind": forum.SignApproval, "still": waitedFor})
	if err != nil {
		return err
	}
	term, err := s.signingTerm(ctx, tx, a)
	if err != nil {
		return err
	}
	for _, next := range a.Next() {
		err := s.owe(ctx, tx, forum.Owed{Noun: forum.TheApproval, Subject: a.ID, Forum: forumOf(a), Kind: forum.SignApproval, Official: next.Official,
			Since: term.Since, Days: term.Days})
		if err != nil {
			return err
		}
	}
	return nil
}

// signingTerm is the clock of the signatures whose wait begins now. What was done before its approval has one short clock for
// its whole line: it counts since the first signer was asked.
func (s *Store) signingTerm(ctx context.Context, tx pgx.Tx, a forum.Approval) (forum.Owed, error) {
	term := forum.Owed{Days: forum.Terms[forum.SignApproval].Days}
	if !a.AfterTheFact {
		return term, nil
	}
	term.Days = forum.AfterFactDays
	var since *time.Time
	err := tx.QueryRow(ctx, `SELECT min(since) FROM owed WHERE noun = @noun AND subject_id = @subject AND kind = @kind`,
		pgx.NamedArgs{"noun": forum.TheApproval, "subject": a.ID, "kind": forum.SignApproval}).Scan(&since)
	term.Since = instant(since)
	return term, err
}

// sendBack has an earlier signer, and whoever comes after, sign again. The document stays in review; what they had signed stays
// in the line's record.
func (s *Store) sendBack(ctx context.Context, tx pgx.Tx, a forum.Approval, to int, d forum.Decision, by actor) error {
	earlier := a.Earlier()
	at := slices.IndexFunc(earlier, func(place forum.Signer) bool { return place.Order == to })
	if at < 0 {
		return forum.Refuse(forum.Invalid, "approval.not_an_earlier_step").At("to")
	}
	if err := record(ctx, tx, a.ID, by, lineEvent{kind: forum.LineSentBack, ord: to, official: earlier[at].Official, comment: d.Reason}); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
UPDATE approval_signers SET status = @to, signed_at = NULL, signed_by = NULL, comment = '', disagrees = false, final = false
WHERE approval_id = @approval AND ord >= @from AND status = ANY(@before)`,
		pgx.NamedArgs{"to": string(forum.SignerWaiting), "approval": a.ID, "from": to, "before": texts(forum.SignerSteps.Before(forum.SignerWaiting))})
	if err != nil {
		return err
	}
	for i := range a.Line {
		if a.Line[i].Order >= to {
			a.Line[i].Status = forum.SignerWaiting
		}
	}
	if err := note(ctx, tx, by, change{action: d.Action, noun: forum.TheApproval, subject: a.ID, forum: forumOf(a),
		before: string(forum.InReview), after: string(forum.InReview), reason: d.Reason}); err != nil {
		return err
	}
	return s.awaitSigners(ctx, tx, a)
}

// Comment keeps what somebody in the line says of a document in review. The same form again is the same comment.
func (s *Store) Comment(ctx context.Context, by forum.Official, from string, approval, key forum.ID, text string) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		a, err := lockApproval(ctx, tx, approval)
		if err != nil {
			return err
		}
		switch {
		case forum.NeedReason(text) != nil:
			return forum.Refuse(forum.Invalid, "approval.comment_missing").At("text")
		case !a.InLine(by.ID):
			return forum.Refuse(forum.Forbidden, "approval.not_in_line")
		case forum.ApprovalSteps.IsFinal(a.Status):
			return forum.Refuse(forum.Conflict, "approval.not_in_review")
		case slices.ContainsFunc(a.History, func(e forum.LineEvent) bool { return e.Decision == key }):
			return nil
		}
		as := byOfficial(by, from)
		_, err = tx.Exec(ctx, `INSERT INTO approval_events (approval_id, kind, official_id, by_official, comment, decision_id) VALUES ($1, $2, $3, $3, $4, $5)`,
			a.ID, forum.LineCommented, by.ID, text, key)
		if err != nil {
			return err
		}
		return note(ctx, tx, as, change{action: forum.CommentApproval, noun: forum.TheApproval, subject: a.ID, forum: forumOf(a), before: string(a.Status),
			after: string(a.Status), reason: text})
	})
}
