package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// ModerateMany gives one answer to many opinions, each in a transaction of its own, and keeps the batch as a row so that it can be
// undone. Those on which somebody else works, or that have moved on meanwhile, are left as they are. With the same id again it is the
// same batch: what is done already stays done. A batch of one opinion that is left says why.
func (s *Store) ModerateMany(ctx context.Context, by forum.Official, from string, b forum.Batch) error {
	if err := by.May(forum.ModerateOpinion, ""); err != nil {
		return err
	}
	if err := b.Validate(); err != nil {
		return err
	}
	ids := make([]string, len(b.Opinions))
	for i, id := range b.Opinions {
		ids[i] = string(id)
	}
	var same bool
	err := s.pool.QueryRow(ctx, `
INSERT INTO moderation_batches AS b (id, official_id, answer, code, reason, opinions) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET id = b.id
RETURNING (b.official_id, b.answer, b.code, b.reason, b.opinions) = ($2, $3, $4, $5, $6::uuid[]) AND b.undone_at IS NULL`,
		b.ID, by.ID, string(b.To), string(b.Code), b.Reason, ids).Scan(&same)
	if err != nil {
		return translate(err)
	}
	if !same {
		return otherBody()
	}
	var first error
	left := 0
	for _, id := range b.Opinions {
		err := s.ModerateOpinion(ctx, by, from, b.Of(id))
		switch code := forum.CodeOf(err); {
		case err == nil:
		case code == forum.Conflict || code == forum.NotFound:
			if left++; first == nil {
				first = err
			}
		default:
			return err
		}
	}
	if left == len(b.Opinions) {
		return first
	}
	return nil
}

// lastChange is the last row of an opinion's trail that an undo must not go behind: looking, appealing and taking over change nothing.
const lastChange = `(SELECT max(l.id) FROM audit l WHERE l.noun = 'opinion' AND l.subject_id = t.subject_id AND (l.after <> '' OR l.action IN ('opinion.see', 'opinion.undo')))`

// batchItems are what a batch did, in order.
const batchItems = `
SELECT t.subject_id, t.forum_id, shown_number(o.number, o.accepted_at, 6), t.before, t.after, o.status, t.id <> ` + lastChange + `
FROM audit t JOIN opinions o ON o.id = t.subject_id WHERE t.batch_id = $1 AND t.action <> 'opinion.undo' ORDER BY t.id`

// ModerationBatch gives a batch with what it did to each opinion.
func (s *Store) ModerationBatch(ctx context.Context, id forum.ID) (forum.BatchRecord, error) {
	b := forum.BatchRecord{Batch: forum.Batch{ID: id}}
	var undone *time.Time
	err := s.pool.QueryRow(ctx, `
SELECT b.answer, b.code, b.reason, b.opinions, o.name, b.made_at, COALESCE(u.name, ''), b.undone_at, b.undo_reason
FROM moderation_batches b JOIN officials o ON o.id = b.official_id LEFT JOIN officials u ON u.id = b.undone_by WHERE b.id = $1`, id).
		Scan(&b.To, &b.Code, &b.Reason, &b.Opinions, &b.By, &b.MadeAt, &b.UndoneBy, &undone, &b.UndoReason)
	if err != nil {
		return b, translate(found(err))
	}
	b.UndoneAt = instant(undone)
	rows, err := s.pool.Query(ctx, batchItems, id)
	if err != nil {
		return b, translate(err)
	}
	b.Items, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.BatchItem, error) {
		var i forum.BatchItem
		return i, row.Scan(&i.Opinion, &i.Forum, &i.Number, &i.Before, &i.After, &i.Status, &i.Changed)
	})
	return b, translate(err)
}

// UndoBatch puts back each opinion of a batch that nobody has changed since, and gives the forums concerned and how many those were.
// A second undo is refused; one that was cut short goes on where it was, since what it put back counts as changed.
func (s *Store) UndoBatch(ctx context.Context, by forum.Official, from string, id forum.ID, reason string) (int, error) {
	if err := by.May(forum.ModerateOpinion, ""); err != nil {
		return 0, err
	}
	if err := forum.NeedReason(reason); err != nil {
		return 0, err
	}
	b, err := s.ModerationBatch(ctx, id)
	if err != nil {
		return 0, err
	}
	if !b.UndoneAt.IsZero() {
		return 0, forum.Refuse(forum.Conflict, "moderation.undone_already")
	}
	put := 0
	for _, item := range b.Items {
		moved := false
		err := s.inTxPurging(ctx, func(tx pgx.Tx) (err error) {
			moved, err = s.undoOne(ctx, tx, byOfficial(by, from), b, item.Opinion, reason)
			return err
		})
		if err != nil && forum.CodeOf(err) != forum.Conflict {
			return put, err
		}
		if moved && err == nil {
			put++
		}
	}
	done, err := s.pool.Exec(ctx, `UPDATE moderation_batches SET undone_at = now(), undone_by = $2, undo_reason = $3 WHERE id = $1 AND undone_at IS NULL`, id, by.ID, reason)
	if err == nil && done.RowsAffected() == 0 {
		return 0, forum.Refuse(forum.Conflict, "moderation.undone_already")
	}
	return put, translate(err)
}

// undoOne puts back one opinion, if the batch's step is still its last one; what the step answered waits again.
func (s *Store) undoOne(ctx context.Context, tx pgx.Tx, by actor, b forum.BatchRecord, opinion forum.ID, reason string) (bool, error) {
	f, err := s.forumOfOpinion(ctx, tx, opinion)
	if err != nil {
		return false, err
	}
	if err := mineToModerate(ctx, tx, opinion, by.official); err != nil {
		return false, err
	}
	var step int64
	var before forum.OpinionStatus
	var untouched bool
	err = tx.QueryRow(ctx, `
SELECT t.id, t.before, t.id = `+lastChange+` FROM audit t WHERE t.batch_id = $1 AND t.subject_id = $2 AND t.action <> 'opinion.undo'`, b.ID, opinion).
		Scan(&step, &before, &untouched)
	if err != nil || !untouched {
		return false, ignoreNoRows(err)
	}
	m := moderation{tx: tx, by: by, forum: f, Verdict: forum.Verdict{Opinion: opinion, Reason: reason, Batch: b.ID}}
	if before == "" {
		err = note(ctx, tx, by, change{action: forum.UndoModeration, noun: forum.TheOpinion, subject: opinion, forum: f.ID, reason: reason, batch: b.ID})
	} else {
		err = s.moveBack(ctx, m, before)
	}
	if err != nil {
		return false, err
	}
	if b.To == forum.AnswerSeen {
		_, err = tx.Exec(ctx, `UPDATE opinions SET seen_at = NULL WHERE id = $1`, opinion)
	}
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE opinion_reports SET settled_by = NULL WHERE opinion_id = $1 AND settled_by = $2`, opinion, step)
	}
	if err == nil {
		_, err = tx.Exec(ctx, appealAgain, opinion, step)
	}
	return err == nil, err
}

// appealAgain opens the appeal that a step answered, and keeps the appeals against the hiding that the step ended: where its undo
// hides the opinion again, it is the same hiding that goes on.
const appealAgain = `
WITH hidings AS (
	SELECT max(id) AS last, max(id) FILTER (WHERE id < $2) AS before FROM audit WHERE noun = 'opinion' AND subject_id = $1 AND after = 'hidden'
)
UPDATE opinion_appeals a SET status = CASE a.settled_by WHEN $2 THEN 'open' ELSE a.status END, settled_by = nullif(a.settled_by, $2),
	hiding = CASE WHEN h.last > $2 AND a.hiding = h.before THEN h.last ELSE a.hiding END
FROM hidings h WHERE a.opinion_id = $1`

// moveBack takes the step back. An opinion is held again only until its forum's analysis begins: no analysis waits for it afterwards.
// One that is hidden again is so for the reason that stood before.
func (s *Store) moveBack(ctx context.Context, m moderation, to forum.OpinionStatus) error {
	switch to {
	case forum.OpinionHeld:
		if m.forum.Status.HasClosed() && m.forum.Status != forum.Closed {
			return movedOn(forum.TheForum)
		}
	case forum.OpinionHidden:
		err := m.tx.QueryRow(ctx, `
SELECT code, reason FROM audit WHERE noun = 'opinion' AND subject_id = $1 AND after = 'hidden' ORDER BY id DESC LIMIT 1`, m.Opinion).Scan(&m.Code, &m.Reason)
		if err := ignoreNoRows(err); err != nil {
			return err
		}
	}
	if _, err := s.moveOpinion(ctx, m, to, forum.UndoModeration); err != nil {
		return err
	}
	if to == forum.OpinionHeld && m.forum.Status == forum.Closed {
		return s.oweForum(ctx, m.tx, m.forum.ID, forum.ModerateOpinion, m.forum.Department)
	}
	return nil
}
