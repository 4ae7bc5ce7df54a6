package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// ChallengeSecret is the key that signs tasks. All web processes have the same.
func (s *Store) ChallengeSecret() []byte {
	return signed(s.keys[s.keyID], []byte("tasks under pressure"))
}

// NotePressure says that forums got too much from unconfirmed people just now; "" is the suggestions' box. What is no forum is
// passed over.
func (s *Store) NotePressure(ctx context.Context, ids []forum.ID) error {
	under := make([]any, len(ids))
	for i, id := range ids {
		under[i] = orNull(id)
	}
	_, err := s.pool.Exec(ctx, `
INSERT INTO pressures AS p (forum_id, since, until)
SELECT id, now(), now() + @lasts::interval FROM unnest(@ids::uuid[]) AS under (id)
WHERE id IS NULL OR EXISTS (SELECT FROM forums f WHERE f.id = under.id) ORDER BY id
ON CONFLICT ON CONSTRAINT one_pressure_per_forum DO UPDATE SET until = excluded.until, since = CASE WHEN p.until > now() THEN p.since ELSE excluded.since END`,
		pgx.NamedArgs{"ids": under, "lasts": forum.PressureLasts})
	return translate(err)
}

// Pressures are the forums under pressure or protection now, the longest first.
func (s *Store) Pressures(ctx context.Context) ([]forum.Pressure, error) {
	rows, err := s.pool.Query(ctx, `
SELECT p.forum_id, coalesce(f.title, ''), coalesce(f.title_en, ''), least(CASE WHEN p.until > now() THEN p.since END, p.protected_since), p.protected_since IS NOT NULL, p.protected_reason
FROM pressures p LEFT JOIN forums f ON f.id = p.forum_id
WHERE (p.until > now() OR p.protected_since IS NOT NULL) AND f.closed_at IS NULL ORDER BY 4, 1`)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Pressure, error) {
		var one forum.Pressure
		var id *forum.ID
		err := row.Scan(&id, &one.Title, &one.TitleEn, &one.Since, &one.Protected, &one.Reason)
		if id != nil {
			one.Forum = *id
		}
		return one, err
	})
	return all, translate(err)
}

// ProtectForum has a forum ask for a task from everybody without a confirmed session, or no longer.
func (s *Store) ProtectForum(ctx context.Context, by forum.Official, from string, id forum.ID, protect bool, reason string) error {
	if err := errors.Join(by.May(forum.ProtectForum, ""), forum.NeedReason(reason)); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		f, err := s.lockedForum(ctx, tx, id)
		if err != nil {
			return err
		}
		if protect && (f.Status.HasClosed() || f.Status == forum.Withdrawn) {
			return movedOn(forum.TheForum)
		}
		args := pgx.NamedArgs{"id": id, "by": by.ID, "reason": reason}
		action, statement := forum.ProtectForum, `
INSERT INTO pressures AS p (forum_id, protected_since, protected_by, protected_reason) VALUES (@id, now(), @by, @reason)
ON CONFLICT ON CONSTRAINT one_pressure_per_forum DO UPDATE SET protected_since = now(), protected_by = @by, protected_reason = @reason WHERE p.protected_since IS NULL`
		if !protect {
			action, statement = forum.ProtectForum+"_end", `
UPDATE pressures SET protected_since = NULL, protected_by = NULL, protected_reason = '' WHERE forum_id = @id AND protected_since IS NOT NULL`
		}
		done, err := tx.Exec(ctx, statement, args)
		if err != nil || done.RowsAffected() == 0 { // it is so already
			return err
		}
		return note(ctx, tx, byOfficial(by, from), change{action: action, noun: forum.TheForum, subject: id, forum: id, reason: reason})
	})
}

// SpendChallenge uses a task's solution for one thing, whichever web process it is brought to; for the same thing again it still
// counts, for another it is refused.
func (s *Store) SpendChallenge(ctx context.Context, challenge, usedFor []byte, until time.Time) error {
	done, err := s.pool.Exec(ctx, `
INSERT INTO spent_challenges AS s (challenge, used_for, until) VALUES ($1, $2, $3)
ON CONFLICT (challenge) DO UPDATE SET until = s.until WHERE s.used_for = excluded.used_for`, challenge, usedFor, until)
	if err == nil && done.RowsAffected() == 0 {
		return forum.Refuse(forum.Forbidden, "challenge.spent")
	}
	return translate(err)
}

// ForgetPressure removes what no longer matters: tasks that have expired, and pressure that is long over.
func (s *Store) ForgetPressure(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, `DELETE FROM spent_challenges WHERE until < now() - interval '1 minute'`)
	if err == nil {
		_, err = s.pool.Exec(ctx, `DELETE FROM pressures WHERE until < now() - interval '1 day' AND protected_since IS NULL`)
	}
	return translate(err)
}

// Ballot is the forum that an opinion was written on and who may vote there; an opinion that nobody knows is not found.
func (s *Store) Ballot(ctx context.Context, opinion forum.ID) (forum.ID, forum.IdentityPolicy, error) {
	known, err := s.ballotsOf(ctx, []*cast{{NewVote: forum.NewVote{Opinion: opinion}}})
	if err != nil {
		return "", "", translate(err)
	}
	one, ok := known[opinion]
	if !ok {
		return "", "", forum.Refuse(forum.NotFound, "page.not_found")
	}
	return one.ForumID, one.Identity, nil
}
