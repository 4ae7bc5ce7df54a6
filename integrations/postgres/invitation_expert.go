package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// InvitationBy opens an expert's page by a link's secret, whatever became of the invitation; NotFound for any other. The
// forum is empty for an invited suggestion.
func (s *Store) InvitationBy(ctx context.Context, secret string) (forum.Invitation, forum.Forum, error) {
	i, err := invitationFrom(s.pool.QueryRow(ctx, `SELECT `+invitationColumns+fromInvitations+`
JOIN invitation_links l ON l.invitation_id = i.id WHERE l.secret = $1`, hashed(secret)))
	if err != nil || i.Forum == "" {
		return i, forum.Forum{}, translate(found(err))
	}
	f, err := s.Forum(ctx, i.Forum)
	return i, f, err
}

// SaveInvited keeps what an expert has written so far, until the deadline by the database's clock, and gives the saving's
// version. Two windows don't overwrite each other: the one that knew an older version is refused.
func (s *Store) SaveInvited(ctx context.Context, secret string, d forum.InvitedDraft) (int, error) {
	if err := d.Fits(); err != nil {
		return 0, err
	}
	version := 0
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		var id forum.ID
		if err := tx.QueryRow(ctx, `SELECT invitation_id FROM invitation_links WHERE secret = $1`, hashed(secret)).Scan(&id); err != nil {
			return found(err)
		}
		i, err := lockInvitation(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case !i.Status.TakesDraft():
			return forum.Refuse(forum.Conflict, "invitation.over")
		case i.Draft.Version != d.Version:
			return forum.Refuse(forum.Conflict, "invitation.saved_elsewhere")
		}
		if i.Status == forum.InvitationInvited {
			if _, err := invitationLife.move(ctx, tx, byCitizen, step[forum.InvitationStatus]{id: id, to: forum.InvitationDrafted, action: savedDraft, forum: i.Forum}); err != nil {
				return err
			}
		}
		err = tx.QueryRow(ctx, `
UPDATE invitations SET title = @title, body = @body, stance = @stance, draft = draft + 1, saved_at = statement_timestamp(),
	consent = CASE @consent WHEN 'yes' THEN true WHEN 'no' THEN false END
WHERE id = @id AND statement_timestamp() < answer_by RETURNING draft`,
			pgx.NamedArgs{"id": id, "title": d.Title, "body": d.Body, "stance": d.Stance, "consent": d.Consent}).Scan(&version)
		if forum.CodeOf(found(err)) == forum.NotFound {
			return forum.Refuse(forum.Conflict, "invitation.late")
		}
		return err
	})
	return version, err
}

// SubmitInvited hands in what the expert checked: that saving and no other. An opinion then waits for the officer, if the
// expert agreed to have it published; a suggestion goes its own way.
func (s *Store) SubmitInvited(ctx context.Context, decision forum.ID) (forum.InvitationFacts, error) {
	return s.decideInvitation(ctx, decision, forum.SubmitInvited, func(tx pgx.Tx, i forum.Invitation, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.SubmissionDetails](d)
		if err != nil {
			return err
		}
		if details.Version != i.Draft.Version {
			return forum.Refuse(forum.Conflict, "invitation.saved_elsewhere")
		}
		if err := i.Draft.Validate(i.Kind); err != nil {
			return err
		}
		_, err = endInvitation(ctx, tx, by, i, step[forum.InvitationStatus]{to: forum.InvitationSubmitted, action: d.Action,
			set: `, submitted_at = statement_timestamp()`, when: `AND statement_timestamp() < answer_by`})
		if forum.CodeOf(err) == forum.Unavailable {
			return forum.Refuse(forum.Conflict, "invitation.late")
		}
		if err != nil {
			return err
		}
		if i.Kind == forum.InvitedSuggestion {
			return s.suggestInvited(ctx, tx, i)
		}
		if i.Draft.Consent == forum.ConsentYes {
			term := forum.Terms[forum.PublishInvitation]
			if err := s.owe(ctx, tx, forum.Owed{Noun: forum.TheInvitation, Subject: i.ID, Forum: i.Forum, Kind: forum.PublishInvitation, Duty: term.Duty, Days: term.Days}); err != nil {
				return err
			}
		}
		return tellExpert(ctx, tx, forum.MailInvitationReceived, i.ID)
	})
}

// suggestInvited makes an expert's suggestion of what they wrote. Their name stays with the invitation.
func (s *Store) suggestInvited(ctx context.Context, tx pgx.Tx, i forum.Invitation) error {
	var email string
	if err := tx.QueryRow(ctx, `SELECT coalesce(c.email, '') FROM invitations i JOIN contacts c ON c.id = i.contact_id WHERE i.id = $1`, i.ID).Scan(&email); err != nil {
		return err
	}
	body := forum.Commit(nil, forum.LeafSuggestion, string(i.ID))
	outcome, err := s.keep(ctx, tx, forum.NewSuggestion{Title: i.Draft.Title, Text: i.Draft.Body, Lang: i.Lang, Track: forum.General, Kind: forum.ByExpert, Email: email,
		Idempotency: forum.Idempotency{Scope: []byte("invitation"), Key: string(i.ID), Body: body}})
	if err != nil {
		return err
	}
	if outcome.Err != nil {
		return outcome.Err
	}
	_, err = tx.Exec(ctx, `UPDATE invitations SET suggestion_id = $2 WHERE id = $1`, i.ID, outcome.Answer.ID)
	return err
}

// DeclineInvited is the expert's no; what they had written is forgotten.
func (s *Store) DeclineInvited(ctx context.Context, decision forum.ID) (forum.InvitationFacts, error) {
	return s.decideInvitation(ctx, decision, forum.DeclineInvited, func(tx pgx.Tx, i forum.Invitation, d forum.Decision, by actor) error {
		_, err := endInvitation(ctx, tx, by, i, step[forum.InvitationStatus]{to: forum.InvitationDeclined, action: d.Action,
			set: `, title = '', body = '', stance = '', consent = NULL`})
		return err
	})
}

// WithdrawConsent takes back, before the opinion is published, that it may be; it stays with the city.
func (s *Store) WithdrawConsent(ctx context.Context, decision forum.ID) (forum.InvitationFacts, error) {
	return s.decideInvitation(ctx, decision, forum.WithdrawConsent, func(tx pgx.Tx, i forum.Invitation, d forum.Decision, by actor) error {
		if _, err := tx.Exec(ctx, `UPDATE invitations SET consent = false WHERE id = $1`, i.ID); err != nil {
			return err
		}
		if err := settle(ctx, tx, forum.TheInvitation, i.ID); err != nil {
			return err
		}
		return note(ctx, tx, by, change{action: d.Action, noun: forum.TheInvitation, subject: i.ID, forum: i.Forum, before: string(i.Status), after: string(i.Status)})
	})
}
