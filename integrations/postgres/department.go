package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// DepartmentProfile is what a department says it is responsible for; NotFound for one that isn't there.
func (s *Store) DepartmentProfile(ctx context.Context, code string) (forum.Profile, error) {
	p := forum.Profile{Department: code}
	var at *time.Time
	err := s.pool.QueryRow(ctx, `
SELECT d.profile, d.profile_at, COALESCE(d.profile_by::text, ''), COALESCE(o.name, '')
FROM departments d LEFT JOIN officials o ON o.id = d.profile_by WHERE d.code = $1`, code).Scan(&p.Text, &at, &p.SavedBy, &p.SavedName)
	p.SavedAt = instant(at)
	return p, translate(found(err))
}

// SaveProfile keeps a department's profile, and has its terms read anew. Two who save at once are told: seen is when the text
// was saved over which this one was written.
func (s *Store) SaveProfile(ctx context.Context, by forum.Official, from string, p forum.Profile, seen time.Time) error {
	if err := by.May(forum.EditProfile, p.Department); err != nil {
		return err
	}
	if err := p.Validate(); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var at *time.Time
		if err := tx.QueryRow(ctx, `SELECT profile_at FROM departments WHERE code = $1 FOR UPDATE`, p.Department).Scan(&at); err != nil {
			return found(err)
		}
		if !instant(at).Equal(seen) {
			return forum.Refuse(forum.Conflict, "profile.saved_by_another")
		}
		_, err := tx.Exec(ctx, `UPDATE departments SET profile = @text, profile_by = @by, profile_at = now() WHERE code = @code`,
			pgx.NamedArgs{"text": p.Text, "by": by.ID, "code": p.Department})
		if err != nil {
			return err
		}
		return note(ctx, tx, byOfficial(by, from), change{action: forum.EditProfile, noun: forum.TheOfficial, subject: by.ID, after: p.Department})
	})
}
