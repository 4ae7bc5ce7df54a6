package postgres

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// ModerationQueue lists the opinions that a moderator's answer is held for, the longest waiting first, and tells how many there
// are in all.
func (s *Store) ModerationQueue(ctx context.Context, page int) ([]forum.Opinion, int, error) {
	size := pageSize(0)
	rows, err := s.pool.Query(ctx, `
SELECT `+opinionColumns+`, count(*) OVER ()`+fromOpinions+`WHERE o.status = 'held' ORDER BY o.accepted_at, o.id LIMIT @size OFFSET @skip`,
		pgx.NamedArgs{"size": size, "skip": size * max(page-1, 0)})
	if err != nil {
		return nil, 0, translate(err)
	}
	total := 0
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Opinion, error) { return s.opinionFrom(row, &total) })
	return all, total, translate(err)
}

// StaffBoard lists a forum's opinions of any one status, published ones by default.
func (s *Store) StaffBoard(ctx context.Context, filter forum.BoardFilter) ([]forum.Opinion, int, error) {
	if filter.Status == "" {
		filter.Status = forum.OpinionPublished
	}
	filter.Voter = nil
	return s.board(ctx, filter)
}

// ModerateOpinion publishes or hides an opinion; its author is told why. After the close the figures are counted anew, because
// hidden text is in no count and what was accepted in time is in every one. When it returns, no web process shows what is hidden.
func (s *Store) ModerateOpinion(ctx context.Context, by forum.Official, from string, opinion forum.ID, to forum.OpinionStatus, reason string) error {
	if err := by.May(forum.ModerateOpinion, ""); err != nil {
		return err
	}
	if err := forum.ValidateModeration(to, reason); err != nil {
		return err
	}
	return s.inTxPurging(ctx, func(tx pgx.Tx) error {
		var forumID forum.ID
		if err := tx.QueryRow(ctx, `SELECT forum_id FROM opinions WHERE id = $1`, opinion).Scan(&forumID); err != nil {
			return found(err)
		}
		f, err := s.lockedForum(ctx, tx, forumID)
		if err != nil {
			return err
		}
		moved, err := opinionLife.move(ctx, tx, byOfficial(by, from), step[forum.OpinionStatus]{id: opinion, to: to, action: forum.ModerateOpinion,
			forum: forumID, reason: reason, set: `, reason = @reason`, args: pgx.NamedArgs{"reason": reason}})
		if err != nil || !moved {
			return err
		}
		if err := tellAuthor(ctx, tx, opinion, f, to, reason); err != nil {
			return err
		}
		if err := s.countAgain(ctx, tx, byOfficial(by, from), f); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
UPDATE owed SET done_at = now() WHERE noun = 'forum' AND subject_id = $1 AND kind = $2 AND done_at IS NULL
AND NOT EXISTS (SELECT FROM opinions o WHERE o.forum_id = $1 AND o.status = 'held')`, forumID, forum.ModerateOpinion)
		return err
	})
}

// countAgain renews a closed forum's figures. While its analysis is made, the terms and the ranking are made anew too, and
// what was submitted of the earlier ones is void.
func (s *Store) countAgain(ctx context.Context, tx pgx.Tx, by actor, f forum.Forum) error {
	var closed *time.Time
	if err := tx.QueryRow(ctx, `SELECT closed_at FROM forums WHERE id = $1`, f.ID).Scan(&closed); err != nil || closed == nil {
		return err
	}
	if err := s.freeze(ctx, tx, f.ID, *closed); err != nil || f.Status != forum.Analysing {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE analyses SET made_at = NULL WHERE forum_id = $1`, f.ID); err != nil {
		return err
	}
	return s.analysisEdited(ctx, tx, by, f)
}

func tellAuthor(ctx context.Context, tx pgx.Tx, opinion forum.ID, f forum.Forum, to forum.OpinionStatus, reason string) error {
	l := letter{kind: forum.MailOpinionHidden, noun: forum.TheOpinion, subject: opinion}
	if to == forum.OpinionPublished {
		l.kind = forum.MailOpinionPublished
	}
	var number, receipt string
	changes := 0
	err := tx.QueryRow(ctx, `
SELECT contact_id, lang, shown_number(number, accepted_at, 6), receipt, (SELECT count(*) FROM audit a WHERE a.subject_id = o.id)
FROM opinions o WHERE id = $1 AND contact_id IS NOT NULL`, opinion).Scan(&l.contact, &l.lang, &number, &receipt, &changes)
	if err != nil {
		return ignoreNoRows(err)
	}
	l.event = string(l.kind) + ":" + string(opinion) + ":" + strconv.Itoa(changes)
	l.data = map[string]string{"title": inLang(l.lang, f.Title, f.TitleEn), "forum": string(f.ID), "number": number, "receipt": receipt, "reason": reason}
	return enqueue(ctx, tx, l)
}
