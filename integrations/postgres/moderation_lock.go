package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// TakeOpinion gives an opinion to one moderator for LockLife, from their latest step on. One that another has is refused, unless it
// is taken over in so many words; the trail shows that.
func (s *Store) TakeOpinion(ctx context.Context, by forum.Official, from string, opinion forum.ID, takeOver bool) error {
	if err := by.May(forum.ModerateOpinion, ""); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var forumID forum.ID
		if err := tx.QueryRow(ctx, `SELECT forum_id FROM opinions WHERE id = $1`, opinion).Scan(&forumID); err != nil {
			return found(err)
		}
		other, err := otherModerator(ctx, tx, opinion, by.ID)
		if err != nil {
			return err
		}
		if other != nil && !takeOver {
			return inWork(other.Name)
		}
		done, err := tx.Exec(ctx, `
INSERT INTO moderation_locks AS l (opinion_id, official_id, until) VALUES (@opinion, @official, now() + @life::interval)
ON CONFLICT ON CONSTRAINT one_moderator_at_a_time DO UPDATE SET official_id = excluded.official_id, until = excluded.until,
	since = CASE WHEN l.official_id = excluded.official_id AND l.until > now() THEN l.since ELSE excluded.since END
WHERE l.official_id = excluded.official_id OR l.until <= now() OR @take_over`,
			pgx.NamedArgs{"opinion": opinion, "official": by.ID, "life": forum.LockLife, "take_over": takeOver})
		switch {
		case err != nil:
			return err
		case done.RowsAffected() == 0: // somebody was a moment earlier
			other, err := otherModerator(ctx, tx, opinion, by.ID)
			if err != nil || other == nil {
				return err
			}
			return inWork(other.Name)
		case other == nil:
			return nil
		}
		return note(ctx, tx, byOfficial(by, from), change{action: forum.TakeOpinion, noun: forum.TheOpinion, subject: opinion, forum: forumID, reason: other.Name})
	})
}

// LetGoOfOpinion ends one's own work on an opinion.
func (s *Store) LetGoOfOpinion(ctx context.Context, by forum.Official, opinion forum.ID) error {
	_, err := s.pool.Exec(ctx, `DELETE FROM moderation_locks WHERE opinion_id = $1 AND official_id = $2`, opinion, by.ID)
	return translate(err)
}

func inWork(name string) error {
	return forum.Refuse(forum.Conflict, "moderation.in_work").With("name", name)
}

// otherModerator is whoever else works on an opinion now, or nil.
func otherModerator(ctx context.Context, tx pgx.Tx, opinion, me forum.ID) (*forum.ModerationLock, error) {
	var l forum.ModerationLock
	err := tx.QueryRow(ctx, `
SELECT l.official_id, o.name, l.since, l.until FROM moderation_locks l JOIN officials o ON o.id = l.official_id
WHERE l.opinion_id = $1 AND l.official_id <> $2 AND l.until > now() FOR UPDATE OF l`, opinion, me).Scan(&l.Official, &l.Name, &l.Since, &l.Until)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return &l, err
}

// mineToModerate refuses an opinion on which another moderator works.
func mineToModerate(ctx context.Context, tx pgx.Tx, opinion, me forum.ID) error {
	other, err := otherModerator(ctx, tx, opinion, me)
	if err != nil || other == nil {
		return err
	}
	return inWork(other.Name)
}
