package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// SetIdentity says how a forum knows one voter from another, while nobody can have voted.
func (s *Store) SetIdentity(ctx context.Context, by forum.Official, from string, id forum.ID, to forum.IdentityPolicy, reason string) error {
	if err := errors.Join(by.May(forum.SetIdentity, ""), forum.ValidateIdentity(to, reason)); err != nil {
		return err
	}
	return s.setPolicy(ctx, by, from, id, policy{forum.SetIdentity, "identity", string(to), reason,
		func(f forum.Forum) (string, bool) { return string(f.Identity), f.Status.MayChangeIdentity() }})
}

// SetModeration says when a forum's opinions are looked at: before they are shown, or after. It holds for what comes from now on.
func (s *Store) SetModeration(ctx context.Context, by forum.Official, from string, id forum.ID, to forum.Moderation, reason string) error {
	if err := errors.Join(by.May(forum.SetModeration, ""), forum.ValidateModeration(to, reason)); err != nil {
		return err
	}
	return s.setPolicy(ctx, by, from, id, policy{forum.SetModeration, "moderation", string(to), reason,
		func(f forum.Forum) (string, bool) {
			return string(f.Moderation), !f.Status.HasClosed() && f.Status != forum.Withdrawn
		}})
}

// policy is a choice that is made of one forum, and kept in a column of its row.
type policy struct {
	action     forum.Action
	column, to string
	reason     string
	now        func(forum.Forum) (is string, may bool) // what it is, and whether it may still be changed
}

func (s *Store) setPolicy(ctx context.Context, by forum.Official, from string, id forum.ID, p policy) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		f, err := s.lockedForum(ctx, tx, id)
		if err != nil {
			return err
		}
		is, may := p.now(f)
		if !may {
			return movedOn(forum.TheForum)
		}
		if is == p.to {
			return nil
		}
		if _, err := tx.Exec(ctx, `UPDATE forums SET `+p.column+` = $2 WHERE id = $1`, id, p.to); err != nil {
			return err
		}
		return note(ctx, tx, byOfficial(by, from), change{action: p.action + "_" + forum.Action(p.to), noun: forum.TheForum, subject: id, forum: id, reason: p.reason})
	})
}
