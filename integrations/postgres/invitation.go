package postgres

import (
	"context"
	"encoding/hex"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// settledInvitation says in SQL of invitations i that nothing follows although one is submitted: a suggestion goes its own
// way, and an opinion that may not be published stays with the city.
const settledInvitation = `(i.status = 'submitted' AND (i.kind = 'suggestion' OR i.consent IS NOT TRUE))`

// Invite asks an expert: a letter with a link, and working days to answer. The same id again is the same invitation.
func (s *Store) Invite(ctx context.Context, by forum.Official, from string, n forum.NewInvitation) error {
	if err := n.Validate(); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		department := ""
		if n.Forum != "" {
			f, err := s.lockedForum(ctx, tx, n.Forum)
			if err != nil {
				return err
			}
			if !slices.Contains(forum.InvitationStatuses, f.Status) {
				return movedOn(forum.TheForum)
			}
			department = f.Department
		}
		if err := by.May(forum.InviteExpert, department); err != nil {
			return err
		}
		at, err := now(ctx, tx)
		if err != nil {
			return err
		}
		answerBy, err := s.dueIn(ctx, tx, n.Days)
		if err != nil {
			return err
		}
		days, err := s.calendar(ctx, tx)
		if err != nil {
			return err
		}
		var remindAt any
		if before := days.Before(answerBy); before.After(at) {
			remindAt = before
		}
		contact, err := contactFor(ctx, tx, n.Email, n.Lang)
		if err != nil {
			return err
		}
		done, err := tx.Exec(ctx, `
INSERT INTO invitations (id, kind, forum_id, contact_id, name, affiliation, lang, asked, invited_by, answer_by, remind_at)
VALUES (@id, @kind, @forum, @contact, @name, @affiliation, @lang, @asked, @by, @answer_by, @remind_at) ON CONFLICT (id) DO NOTHING`,
			pgx.NamedArgs{"id": n.ID, "kind": n.Kind, "forum": orNull(n.Forum), "contact": contact, "name": n.Name, "affiliation": n.Affiliation,
				"lang": langOr(n.Lang), "asked": n.Asked, "by": by.ID, "answer_by": answerBy, "remind_at": remindAt})
		if err != nil || done.RowsAffected() == 0 {
			return err
		}
		if err := note(ctx, tx, byOfficial(by, from), change{action: forum.InviteExpert, noun: forum.TheInvitation, subject: n.ID, forum: n.Forum,
			after: string(forum.InvitationInvited)}); err != nil {
			return err
		}
		if err := watchExpert(ctx, tx, n, by.ID, answerBy); err != nil {
			return err
		}
		return tellExpert(ctx, tx, forum.MailInvitation, n.ID)
	})
}

// watchExpert shows whoever invited that the city waits for the expert. Reminding the expert, and giving up, are the
// procedure's; nobody of the staff is written to.
func watchExpert(ctx context.Context, tx pgx.Tx, n forum.NewInvitation, inviter forum.ID, answerBy time.Time) error {
	_, err := tx.Exec(ctx, `
INSERT INTO owed (id, noun, subject_id, forum_id, kind, official_id, due) VALUES (@id, @noun, @subject, @forum, @kind, @official, @due)`,
		pgx.NamedArgs{"id": NewID(), "noun": forum.TheInvitation, "subject": n.ID, "forum": orNull(n.Forum), "kind": forum.SubmitInvited,
			"official": inviter, "due": answerBy})
	return err
}

// tellExpert writes to an invitation's expert. Each letter has a link of its own, so that an earlier one goes on working.
func tellExpert(ctx context.Context, tx pgx.Tx, kind forum.MailKind, id forum.ID) error {
	l := letter{kind: kind, event: string(kind) + ":" + string(id), noun: forum.TheInvitation, subject: id}
	var forumID, title, titleEn, reason string
	var answerBy time.Time
	err := tx.QueryRow(ctx, `
SELECT i.contact_id, i.lang, COALESCE(i.forum_id::text, ''), COALESCE(f.title, ''), COALESCE(f.title_en, ''), i.answer_by, i.reason
FROM invitations i LEFT JOIN forums f ON f.id = i.forum_id WHERE i.id = $1`, id).
		Scan(&l.contact, &l.lang, &forumID, &title, &titleEn, &answerBy, &reason)
	if err != nil {
		return err
	}
	secret := hex.EncodeToString(randomBytes(16))
	if _, err := tx.Exec(ctx, `INSERT INTO invitation_links (secret, invitation_id) VALUES ($1, $2)`, hashed(secret), id); err != nil {
		return err
	}
	l.data = map[string]string{"title": inLang(l.lang, title, titleEn), "forum": forumID, "secret": secret, "answer_by": rfc3339(answerBy), "reason": reason}
	return enqueue(ctx, tx, l)
}

const invitationColumns = `i.id, i.kind, COALESCE(i.forum_id::text, ''), COALESCE(f.department, ''), i.status, i.name, i.affiliation, i.lang, i.asked, i.invited_by,
	i.invited_at, i.answer_by, i.title, i.body, i.stance, CASE i.consent WHEN true THEN 'yes' WHEN false THEN 'no' ELSE '' END, i.draft,
	i.saved_at, i.submitted_at, i.published_at, i.reason, COALESCE(i.suggestion_id::text, ''),
	COALESCE((SELECT g.receipt FROM suggestions g WHERE g.id = i.suggestion_id), '')`

const fromInvitations = ` FROM invitations i LEFT JOIN forums f ON f.id = i.forum_id `

func invitationFrom(row pgx.Row) (forum.Invitation, error) {
	var i forum.Invitation
	var saved, submitted, published *time.Time
	err := row.Scan(&i.ID, &i.Kind, &i.Forum, &i.Department, &i.Status, &i.Name, &i.Affiliation, &i.Lang, &i.Asked, &i.InvitedBy, &i.InvitedAt,
		&i.AnswerBy, &i.Draft.Title, &i.Draft.Body, &i.Draft.Stance, &i.Draft.Consent, &i.Draft.Version, &saved, &submitted, &published,
		&i.Reason, &i.Suggestion, &i.Receipt)
	i.SavedAt, i.SubmittedAt, i.PublishedAt = instant(saved), instant(submitted), instant(published)
	return i, err
}

// forStaff takes away what is the expert's own: a draft, and the receipt of what they suggested.
func forStaff(i forum.Invitation) forum.Invitation {
	i.Receipt = ""
	if !i.Status.HasText() {
		i.Draft = forum.InvitedDraft{}
	}
	return i
}

// Invitations lists a forum's for staff, the newest first; without a forum, those to suggest a topic.
func (s *Store) Invitations(ctx context.Context, forumID forum.ID) ([]forum.Invitation, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+invitationColumns+fromInvitations+`
WHERE i.forum_id IS NOT DISTINCT FROM $1::uuid ORDER BY i.invited_at DESC, i.id DESC LIMIT 200`, orNull(forumID))
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Invitation, error) { return invitationFrom(row) })
	for i := range all {
		all[i] = forStaff(all[i])
	}
	return all, translate(err)
}

// Invitation gives one for staff.
func (s *Store) Invitation(ctx context.Context, id forum.ID) (forum.Invitation, error) {
	i, err := invitationFrom(s.pool.QueryRow(ctx, `SELECT `+invitationColumns+fromInvitations+`WHERE i.id = $1`, id))
	return forStaff(i), translate(found(err))
}

// RevealExpert notes who looked up an expert's name, and why, before anybody may see it.
func (s *Store) RevealExpert(ctx context.Context, by forum.Official, from string, id forum.ID, reason string) error {
	if err := forum.NeedReason(reason); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		department, _, err := concerns(ctx, tx, forum.TheInvitation, id)
		if err != nil {
			return err
		}
		if err := by.May(forum.RevealExpert, department); err != nil {
			return err
		}
		i, err := invitationFrom(tx.QueryRow(ctx, `SELECT `+invitationColumns+fromInvitations+`WHERE i.id = $1`, id))
		if err != nil {
			return err
		}
		return note(ctx, tx, byOfficial(by, from), change{action: forum.RevealExpert, noun: forum.TheInvitation, subject: id, forum: i.Forum,
			before: string(i.Status), after: string(i.Status), reason: reason})
	})
}

// invitedOpinions are a forum's published ones, as everybody reads them.
func invitedOpinions(ctx context.Context, q querier, forumID forum.ID) ([]forum.ExpertsOpinion, error) {
	rows, err := q.Query(ctx, `
SELECT title, body, name, affiliation, stance, lang, submitted_at, published_at FROM invitations
WHERE forum_id = $1 AND status = 'published' AND consent ORDER BY published_at, id`, forumID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[forum.ExpertsOpinion])
}

// InvitationFacts tells what is true of an invitation: all that its procedure knows of it.
func (s *Store) InvitationFacts(ctx context.Context, id forum.ID) (forum.InvitationFacts, error) {
	var facts forum.InvitationFacts
	var remind *time.Time
	err := s.pool.QueryRow(ctx, `
SELECT i.status, i.answer_by, `+settledInvitation+`, CASE WHEN i.status IN ('invited', 'drafted') THEN i.remind_at END
FROM invitations i WHERE i.id = $1`, id).Scan(&facts.Status, &facts.AnswerBy, &facts.Settled, &remind)
	if err != nil {
		return facts, translate(found(err))
	}
	if facts.Due, err = nextDue(ctx, s.pool, forum.TheInvitation, id); err != nil {
		return facts, translate(err)
	}
	if at := instant(remind); !at.IsZero() && (facts.Due.IsZero() || at.Before(facts.Due)) {
		facts.Due = at
	}
	return facts, nil
}
