package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// lockInvitation takes the lock of the forum, where there is one, and of the invitation, and gives it under them.
func lockInvitation(ctx context.Context, tx pgx.Tx, id forum.ID) (forum.Invitation, error) {
	var forumID forum.ID
	if err := tx.QueryRow(ctx, `SELECT COALESCE(forum_id::text, '') FROM invitations WHERE id = $1`, id).Scan(&forumID); err != nil {
		return forum.Invitation{}, found(err)
	}
	if forumID != "" {
		if err := lockForum(ctx, tx, forumID); err != nil {
			return forum.Invitation{}, err
		}
	}
	return invitationFrom(tx.QueryRow(ctx, `SELECT `+invitationColumns+fromInvitations+`WHERE i.id = $1 FOR UPDATE OF i`, id))
}

// decideInvitation carries out a decision on an invitation where its status takes it.
func (s *Store) decideInvitation(ctx context.Context, decision forum.ID, action forum.Action,
	work func(tx pgx.Tx, i forum.Invitation, d forum.Decision, by actor) error) (forum.InvitationFacts, error) {
	d, err := s.carryOut(ctx, decision, action, func(tx pgx.Tx, d forum.Decision, by actor) error {
		i, err := lockInvitation(ctx, tx, d.Subject)
		if err != nil {
			return err
		}
		if !slices.Contains(forum.InvitationDecisions[action], i.Status) {
			return movedOn(forum.TheInvitation)
		}
		return work(tx, i, d, by)
	})
	if err != nil {
		return forum.InvitationFacts{}, err
	}
	return s.InvitationFacts(ctx, d.Subject)
}

// endInvitation takes an open invitation to one of its ends and lets nobody wait for it any more.
func endInvitation(ctx context.Context, tx pgx.Tx, by actor, i forum.Invitation, end step[forum.InvitationStatus]) (moved bool, err error) {
	end.id, end.forum = i.ID, i.Forum
	if moved, err = invitationLife.move(ctx, tx, by, end); err != nil || !moved {
		return moved, err
	}
	return true, settle(ctx, tx, forum.TheInvitation, i.ID)
}

// PublishInvitation puts an expert's opinion beside the dossier and into the results, with name and affiliation. Without the
// expert's consent it is refused.
func (s *Store) PublishInvitation(ctx context.Context, decision forum.ID) (forum.InvitationFacts, error) {
	return s.decideInvitation(ctx, decision, forum.PublishInvitation, func(tx pgx.Tx, i forum.Invitation, d forum.Decision, by actor) error {
		if !i.Publishable() {
			return forum.Refuse(forum.Conflict, "invitation.no_consent")
		}
		moved, err := endInvitation(ctx, tx, by, i, step[forum.InvitationStatus]{to: forum.InvitationPublished, action: d.Action, reason: d.Reason,
			set: `, published_at = statement_timestamp()`})
		if err != nil || !moved {
			return err
		}
		return tellExpert(ctx, tx, forum.MailInvitationOut, i.ID)
	})
}

// RevokeInvitation takes an invitation back, with a reason that the expert reads.
func (s *Store) RevokeInvitation(ctx context.Context, decision forum.ID) (forum.InvitationFacts, error) {
	return s.decideInvitation(ctx, decision, forum.RevokeInvitation, func(tx pgx.Tx, i forum.Invitation, d forum.Decision, by actor) error {
		return revokeInvitation(ctx, tx, by, i, d.Reason)
	})
}

func revokeInvitation(ctx context.Context, tx pgx.Tx, by actor, i forum.Invitation, reason string) error {
	moved, err := endInvitation(ctx, tx, by, i, step[forum.InvitationStatus]{to: forum.InvitationRevoked, action: forum.RevokeInvitation, reason: reason,
		set: `, reason = @reason`, args: pgx.NamedArgs{"reason": reason}})
	if err != nil || !moved {
		return err
	}
	return tellExpert(ctx, tx, forum.MailInvitationEnded, i.ID)
}

// revokeInvitations takes back what is still under way when its forum is withdrawn.
func revokeInvitations(ctx context.Context, tx pgx.Tx, by actor, forumID forum.ID, reason string) error {
	rows, err := tx.Query(ctx, `SELECT `+invitationColumns+fromInvitations+`
WHERE i.forum_id = $1 AND i.status = ANY($2) ORDER BY i.id FOR UPDATE OF i`, forumID, texts(forum.InvitationSteps.Open()))
	if err != nil {
		return err
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Invitation, error) { return invitationFrom(row) })
	for _, i := range all {
		if err := revokeInvitation(ctx, tx, by, i, reason); err != nil {
			return err
		}
	}
	return err
}

// LapseInvitation gives up an expert who didn't answer in time; a little too early it is refused as unavailable for now.
func (s *Store) LapseInvitation(ctx context.Context, id forum.ID) (forum.InvitationFacts, error) {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		i, err := lockInvitation(ctx, tx, id)
		if err != nil || !i.Status.TakesDraft() {
			return err // answered at the last moment
		}
		moved, err := endInvitation(ctx, tx, bySystem, i, step[forum.InvitationStatus]{to: forum.InvitationLapsed, action: lapsedInvite,
			when: `AND statement_timestamp() >= answer_by`})
		if err != nil || !moved {
			return err
		}
		return tellExpert(ctx, tx, forum.MailInvitationEnded, id)
	})
	if err != nil {
		return forum.InvitationFacts{}, err
	}
	return s.InvitationFacts(ctx, id)
}

// RemindExpert writes to an expert who hasn't answered, once, when the day before the deadline has come; what the city itself
// owes on an invitation is reminded of as everywhere.
func (s *Store) RemindExpert(ctx context.Context, id forum.ID) (forum.InvitationFacts, error) {
	reminded := false
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `
UPDATE invitations SET remind_at = NULL WHERE id = $1 AND status IN ('invited', 'drafted') AND remind_at <= statement_timestamp()`, id)
		if reminded = err == nil && done.RowsAffected() == 1; !reminded {
			return err
		}
		return tellExpert(ctx, tx, forum.MailInvitationReminder, id)
	})
	if err == nil && !reminded {
		err = s.Remind(ctx, forum.TheInvitation, id)
	}
	if err != nil {
		return forum.InvitationFacts{}, err
	}
	return s.InvitationFacts(ctx, id)
}
