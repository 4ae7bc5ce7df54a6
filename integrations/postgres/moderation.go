package postgres

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// StaffBoard lists a forum's opinions of any one status, published ones by default.
func (s *Store) StaffBoard(ctx context.Context, filter forum.BoardFilter) ([]forum.Opinion, int, error) {
	if filter.Status == "" {
		filter.Status = forum.OpinionPublished
	}
	filter.Voter = nil
	return s.board(ctx, filter)
}

// ModerateOpinion is a moderator's answer to one opinion: the one place where an opinion is hidden, or published by anybody but its
// own arrival. Reports and an appeal that wait are answered with it; its author is told why. After the close the figures are counted
// anew, because hidden text is in no count and what was accepted in time is in every one. An opinion on which another moderator works
// is refused as theirs. When it returns, no web process shows what is hidden.
func (s *Store) ModerateOpinion(ctx context.Context, by forum.Official, from string, v forum.Verdict) error {
	if err := by.May(forum.ModerateOpinion, ""); err != nil {
		return err
	}
	if err := v.Validate(); err != nil {
		return err
	}
	inTx := s.inTxPurging
	if v.To == forum.AnswerSeen || v.To == forum.AnswerDismiss {
		inTx = s.inTx // citizens see what they saw
	}
	return inTx(ctx, func(tx pgx.Tx) error {
		f, err := s.forumOfOpinion(ctx, tx, v.Opinion)
		if err != nil {
			return err
		}
		if err := mineToModerate(ctx, tx, v.Opinion, by.ID); err != nil {
			return err
		}
		m := moderation{tx: tx, by: byOfficial(by, from), forum: f, Verdict: v}
		var answered bool
		switch v.To {
		case forum.AnswerSeen:
			answered, err = s.seeOpinion(ctx, m)
		case forum.AnswerDismiss:
			answered, err = s.dismissAppeal(ctx, m)
		default:
			answered, err = s.moveOpinion(ctx, m, forum.OpinionStatus(v.To), forum.ModerateOpinion)
			if err == nil && !answered && v.To == forum.AnswerPublish { // it is public already: what was reported of it is answered
				answered, err = s.seeOpinion(ctx, m)
			}
		}
		if err != nil || !answered {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM moderation_locks WHERE opinion_id = $1`, v.Opinion)
		return err
	})
}

// moderation is one answer under way, under its forum's exclusive lock.
type moderation struct {
	forum.Verdict
	tx    pgx.Tx
	by    actor
	forum forum.Forum
}

// forumOfOpinion takes the exclusive lock of an opinion's forum.
func (s *Store) forumOfOpinion(ctx context.Context, tx pgx.Tx, opinion forum.ID) (forum.Forum, error) {
	var id forum.ID
	if err := tx.QueryRow(ctx, `SELECT forum_id FROM opinions WHERE id = $1`, opinion).Scan(&id); err != nil {
		return forum.Forum{}, found(err)
	}
	return s.lockedForum(ctx, tx, id)
}

// moveOpinion publishes, hides or, for an undo, holds an opinion, with all that follows from it.
func (s *Store) moveOpinion(ctx context.Context, m moderation, to forum.OpinionStatus, action forum.Action) (moved bool, err error) {
	moved, err = opinionLife.move(ctx, m.tx, m.by, step[forum.OpinionStatus]{id: m.Opinion, to: to, action: action, forum: m.forum.ID,
		reason: m.Reason, code: m.Code, batch: m.Batch, set: `, reason = @reason, reason_code = @code, seen_at = now()`,
		args: pgx.NamedArgs{"reason": m.Reason, "code": string(m.Code)}})
	if err != nil || !moved {
		return false, err
	}
	if err := settleReports(ctx, m.tx, m.Opinion); err != nil {
		return false, err
	}
	if to == forum.OpinionPublished {
		if err := settleAppeal(ctx, m.tx, m.Opinion, forum.AppealUpheld); err != nil {
			return false, err
		}
	}
	if err := tellAuthor(ctx, m, letterOf[to]); err != nil {
		return false, err
	}
	if err := s.countAgain(ctx, m.tx, m.by, m.forum); err != nil {
		return false, err
	}
	return true, settleHeld(ctx, m.tx, m.forum.ID)
}

// settleHeld ends a closed forum's wait for the moderator with its last held opinion.
func settleHeld(ctx context.Context, tx pgx.Tx, forumID forum.ID) error {
	_, err := tx.Exec(ctx, `
UPDATE owed SET done_at = now() WHERE noun = 'forum' AND subject_id = $1 AND kind = $2 AND done_at IS NULL
AND NOT EXISTS (SELECT FROM opinions o WHERE o.forum_id = $1 AND o.status = 'held')`, forumID, forum.ModerateOpinion)
	return err
}

// letterOf is what an author is told of each step.
var letterOf = map[forum.OpinionStatus]forum.MailKind{forum.OpinionPublished: forum.MailOpinionPublished, forum.OpinionHidden: forum.MailOpinionHidden,
	forum.OpinionHeld: forum.MailOpinionHeld}

// seeOpinion notes that there is nothing to do about a published opinion, and answers what was reported of it. One that nobody has
// to look at any more is left as it is.
func (s *Store) seeOpinion(ctx context.Context, m moderation) (bool, error) {
	var status forum.OpinionStatus
	var waits bool
	err := m.tx.QueryRow(ctx, `
SELECT status, seen_at IS NULL OR EXISTS (SELECT FROM opinion_reports r WHERE r.opinion_id = o.id AND r.settled_by IS NULL)
FROM opinions o WHERE id = $1 FOR UPDATE`, m.Opinion).Scan(&status, &waits)
	switch {
	case err != nil:
		return false, err
	case status != forum.OpinionPublished:
		return false, movedOn(forum.TheOpinion)
	case !waits:
		return false, nil
	}
	if _, err := m.tx.Exec(ctx, `UPDATE opinions SET seen_at = now() WHERE id = $1`, m.Opinion); err != nil {
		return false, err
	}
	err = note(ctx, m.tx, m.by, change{action: forum.SeeOpinion, noun: forum.TheOpinion, subject: m.Opinion, forum: m.forum.ID, reason: m.Reason, batch: m.Batch})
	if err != nil {
		return false, err
	}
	return true, settleReports(ctx, m.tx, m.Opinion)
}

// dismissAppeal leaves an opinion hidden although its author has appealed; they are told why.
func (s *Store) dismissAppeal(ctx context.Context, m moderation) (bool, error) {
	var status forum.OpinionStatus
	var open bool
	err := m.tx.QueryRow(ctx, `
SELECT status, EXISTS (SELECT FROM opinion_appeals a WHERE a.opinion_id = o.id AND a.status = 'open') FROM opinions o WHERE id = $1 FOR UPDATE`,
		m.Opinion).Scan(&status, &open)
	if err != nil {
		return false, err
	}
	if status != forum.OpinionHidden || !open {
		return false, forum.Refuse(forum.Conflict, "appeal.none")
	}
	err = note(ctx, m.tx, m.by, change{action: forum.DismissAppeal, noun: forum.TheOpinion, subject: m.Opinion, forum: m.forum.ID, reason: m.Reason})
	if err != nil {
		return false, err
	}
	if err := settleAppeal(ctx, m.tx, m.Opinion, forum.AppealDismissed); err != nil {
		return false, err
	}
	return true, tellAuthor(ctx, m, forum.MailAppealDismissed)
}

// latestOf is the last row of an opinion's trail, within the transaction that has just written it.
const latestOf = `(SELECT max(id) FROM audit WHERE noun = 'opinion' AND subject_id = @opinion)`

// settleReports answers what was reported of an opinion, by the row that was just noted.
func settleReports(ctx context.Context, tx pgx.Tx, opinion forum.ID) error {
	_, err := tx.Exec(ctx, `UPDATE opinion_reports SET settled_by = `+latestOf+` WHERE opinion_id = @opinion AND settled_by IS NULL`,
		pgx.NamedArgs{"opinion": opinion})
	return err
}

func settleAppeal(ctx context.Context, tx pgx.Tx, opinion forum.ID, status forum.AppealStatus) error {
	_, err := tx.Exec(ctx, `UPDATE opinion_appeals SET status = @status, settled_by = `+latestOf+` WHERE opinion_id = @opinion AND status = 'open'`,
		pgx.NamedArgs{"opinion": opinion, "status": string(status)})
	return err
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

// tellAuthor writes to an author who left an address, in the language of the opinion.
func tellAuthor(ctx context.Context, m moderation, kind forum.MailKind) error {
	l := letter{kind: kind, noun: forum.TheOpinion, subject: m.Opinion}
	var number, receipt string
	changes := 0
	err := m.tx.QueryRow(ctx, `
SELECT contact_id, lang, shown_number(number, accepted_at, 6), receipt, (SELECT count(*) FROM audit a WHERE a.subject_id = o.id)
FROM opinions o WHERE id = $1 AND contact_id IS NOT NULL`, m.Opinion).Scan(&l.contact, &l.lang, &number, &receipt, &changes)
	if err != nil {
		return ignoreNoRows(err)
	}
	l.event = string(l.kind) + ":" + string(m.Opinion) + ":" + strconv.Itoa(changes)
	l.data = map[string]string{"title": inLang(l.lang, m.forum.Title, m.forum.TitleEn), "forum": string(m.forum.ID), "number": number, "receipt": receipt,
		"code": string(m.Code), "reason": m.Reason}
	return enqueue(ctx, m.tx, l)
}
