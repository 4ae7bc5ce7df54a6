package postgres

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// Correction gives the newest version of a published response: the draft of a correction or, where nobody has begun one, the very
// text that citizens read.
func (s *Store) Correction(ctx context.Context, forumID forum.ID) (forum.Correction, error) {
	c, err := draftedCorrection(ctx, s.pool, forumID)
	return c, translate(err)
}

// draftedCorrection is the newest version of a response: a draft beyond the one that citizens read, or that one itself.
func draftedCorrection(ctx context.Context, q querier, forumID forum.ID) (forum.Correction, error) {
	all, err := corrections(ctx, q, `JOIN responses r ON r.forum_id = v.forum_id WHERE v.forum_id = $1 ORDER BY v.version DESC LIMIT 1`, forumID)
	if err != nil {
		return forum.Correction{}, err
	}
	if len(all) == 0 {
		return forum.Correction{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return all[0], nil
}

// correctionsOf are those that took place, the newest first.
func correctionsOf(ctx context.Context, q querier, forumID forum.ID) ([]forum.Correction, error) {
	return corrections(ctx, q, `WHERE v.forum_id = $1 AND v.corrected_at IS NOT NULL ORDER BY v.version DESC`, forumID)
}

func corrections(ctx context.Context, q querier, rest string, args ...any) ([]forum.Correction, error) {
	rows, err := q.Query(ctx, `
SELECT v.version, v.correction, v.paragraphs, v.sha256, v.saved_at, COALESCE(o.name, ''), v.corrected_at
FROM response_versions v LEFT JOIN officials o ON o.id = v.saved_by `+rest, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Correction, error) {
		var c forum.Correction
		var paragraphs []byte
		var at *time.Time
		if err := row.Scan(&c.Version, &c.Reason, &paragraphs, &c.SHA256, &c.SavedAt, &c.SavedBy, &at); err != nil {
			return c, err
		}
		c.At = instant(at)
		return c, json.Unmarshal(paragraphs, &c.Paragraphs)
	})
}

// SaveCorrection keeps a draft that puts a published response right, written over version base. Citizens read the published text
// until the draft is approved; an edit of one in review makes its approval void.
func (s *Store) SaveCorrection(ctx context.Context, by forum.Official, from string, forumID forum.ID, base int, reason string, paragraphs []forum.Paragraph) error {
	text := forum.CorrectionText{Reason: reason, Paragraphs: paragraphs}
	raw, err := json.Marshal(paragraphs)
	if err != nil {
		return err
	}
	sha, err := forum.Fingerprint(text)
	if err != nil {
		return err
	}
	if err := forum.NeedReason(reason); err != nil {
		return err
	}
	if err := validateParagraphs(paragraphs); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		f, err := s.lockedForum(ctx, tx, forumID)
		if err != nil {
			return err
		}
		if err := by.May(forum.CorrectResponse, f.Department); err != nil {
			return err
		}
		if !slices.Contains(forum.Correctable, f.Status) {
			return movedOn(forum.TheForum)
		}
		newest, err := draftedCorrection(ctx, tx, forumID)
		if err != nil {
			return err
		}
		if newest.Version != base {
			return forum.Refuse(forum.Conflict, "response.saved_by_another")
		}
		_, err = tx.Exec(ctx, `
INSERT INTO response_versions (forum_id, version, paragraphs, sha256, saved_by, correction) VALUES (@forum, @version, @text, @sha, @by, @reason)`,
			pgx.NamedArgs{"forum": forumID, "version": base + 1, "text": raw, "sha": sha, "by": by.ID, "reason": reason})
		if err != nil {
			return err
		}
		as := byOfficial(by, from)
		if err := voidApprovals(ctx, tx, as, forumID, forum.TheCorrection); err != nil {
			return err
		}
		return note(ctx, tx, as, change{action: editedCorrection, noun: forum.TheResponse, subject: forumID, forum: forumID})
	})
}

// CorrectResponse sends the draft of a correction into its approval line.
func (s *Store) CorrectResponse(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.CorrectResponse, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.LineDetails](d)
		if err != nil {
			return err
		}
		c, err := draftedCorrection(ctx, tx, f.ID)
		if err != nil {
			return err
		}
		response, err := responseOf(ctx, tx, f.ID)
		if err != nil {
			return err
		}
		if c.Version <= response.Version {
			return forum.Refuse(forum.Invalid, "correction.nothing")
		}
		if open := forum.Unanswered(c.Paragraphs, response.Frequent); len(open) > 0 {
			return forum.Refuse(forum.Invalid, "response.unanswered").With("terms", strings.Join(open, ", "))
		}
		return draft(ctx, tx, d, by, document{noun: forum.TheCorrection, subject: f.ID, forum: f.ID, title: f.Title, department: f.Department,
			version: c.Version, content: forum.CorrectionText{Reason: c.Reason, Paragraphs: c.Paragraphs}}, details)
	})
}

// correctionApproved puts the approved text in the old one's place, links the opinions to it, and tells every author and
// subscriber once.
func (s *Store) correctionApproved(ctx context.Context, tx pgx.Tx, a forum.Approval, d forum.Decision, by actor) error {
	var text forum.CorrectionText
	if err := json.Unmarshal([]byte(a.Text), &text); err != nil {
		return err
	}
	response, err := responseOf(ctx, tx, a.Subject)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE response_versions SET corrected_at = now() WHERE forum_id = $1 AND version = $2`, a.Subject, a.Version); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE responses SET version = $2 WHERE forum_id = $1`, a.Subject, a.Version); err != nil {
		return err
	}
	if response.Status == forum.ResponsePublished {
		_, err = responseLife.move(ctx, tx, by, step[forum.ResponseStatus]{id: a.Subject, to: forum.ResponseCorrected, action: forum.CorrectResponse, forum: a.Subject,
			reason: text.Reason})
	} else { // not for the first time
		err = note(ctx, tx, by, change{action: forum.CorrectResponse, noun: forum.TheResponse, subject: a.Subject, forum: a.Subject,
			before: string(response.Status), after: string(response.Status), reason: text.Reason})
	}
	if err != nil {
		return err
	}
	if err := linkAnswers(ctx, tx, a.Subject, text.Paragraphs); err != nil {
		return err
	}
	return s.enqueueFollowers(ctx, tx, forum.MailResponseCorrected, "response_corrected:"+string(a.ID), a.Subject, map[string]string{"reason": text.Reason})
}
