package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// UsualLine is the line that a department keeps for a type of document; without an id where it keeps none.
func (s *Store) UsualLine(ctx context.Context, department string, noun forum.Noun) (forum.UsualLine, error) {
	all, err := usualLines(ctx, s.pool, `l.department = $1 AND l.noun = $2`, department, noun)
	if err != nil || len(all) == 0 {
		return forum.UsualLine{}, translate(err)
	}
	return all[0], nil
}

// UsualLines are those that a department keeps; "": every department's.
func (s *Store) UsualLines(ctx context.Context, department string) ([]forum.UsualLine, error) {
	all, err := usualLines(ctx, s.pool, `$1 IN ('', l.department)`, department)
	return all, translate(err)
}

func usualLines(ctx context.Context, q querier, where string, args ...any) ([]forum.UsualLine, error) {
	rows, err := q.Query(ctx, `
SELECT l.id, l.department, l.noun, l.kept_by, k.name, l.kept_at, s.role, s.official_id, o.name, s.department
FROM usual_lines l JOIN officials k ON k.id = l.kept_by JOIN usual_line_signers s ON s.line_id = l.id JOIN officials o ON o.id = s.official_id
WHERE l.ended_at IS NULL AND `+where+` ORDER BY l.department, l.noun, s.ord`, args...)
	if err != nil {
		return nil, err
	}
	var all []forum.UsualLine
	var line forum.UsualLine
	var signer forum.UsualSigner
	_, err = pgx.ForEachRow(rows, []any{&line.ID, &line.Department, &line.Noun, &line.KeptBy, &line.KeptByName, &line.KeptAt,
		&signer.Role, &signer.Official, &signer.Name, &signer.Department}, func() error {
		if len(all) == 0 || all[len(all)-1].ID != line.ID {
			all = append(all, line)
		}
		last := &all[len(all)-1]
		last.Signers = append(last.Signers, signer)
		return nil
	})
	return all, err
}

// keepLine makes the line of a document that is just being drafted its department's usual one. Of two who keep one at once, the
// later replaces the earlier, which stays on record.
func keepLine(ctx context.Context, tx pgx.Tx, by actor, department string, noun forum.Noun, signers []forum.LineSigner) error {
	if err := mayWithAnyHat(ctx, tx, by.official, forum.KeepLine, department); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('usual line ' || $1 || ' ' || $2, 0))`, department, noun); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
UPDATE usual_lines SET ended_by = $3, ended_at = clock_timestamp() WHERE department = $1 AND noun = $2 AND ended_at IS NULL`,
		department, noun, by.official); err != nil {
		return err
	}
	id := NewID()
	if _, err := tx.Exec(ctx, `INSERT INTO usual_lines (id, department, noun, kept_by) VALUES ($1, $2, $3, $4)`, id, department, noun, by.official); err != nil {
		return err
	}
	for i, signer := range signers {
		if _, err := tx.Exec(ctx, `
INSERT INTO usual_line_signers (line_id, ord, role, official_id, department) SELECT $1::uuid, $2::int, $3::text, id, department FROM officials WHERE id = $4`,
			id, i+1, signer.Role, signer.Official); err != nil {
			return err
		}
	}
	return note(ctx, tx, by, change{action: forum.KeepLine, noun: forum.TheUsualLine, subject: id, after: string(noun) + " " + department})
}

// DropLine has a department keep no line for a type of document any more.
func (s *Store) DropLine(ctx context.Context, by forum.Official, from string, id forum.ID) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var department, noun string
		var ended bool
		err := tx.QueryRow(ctx, `SELECT department, noun, ended_at IS NOT NULL FROM usual_lines WHERE id = $1 FOR UPDATE`, id).Scan(&department, &noun, &ended)
		if err != nil {
			return found(err)
		}
		if err := mayWithAnyHat(ctx, tx, by.ID, forum.DropLine, department); err != nil {
			return err
		}
		if ended {
			return forum.Refuse(forum.Conflict, "usual_line.replaced")
		}
		if _, err := tx.Exec(ctx, `UPDATE usual_lines SET ended_by = $2, ended_at = clock_timestamp() WHERE id = $1`, id, by.ID); err != nil {
			return err
		}
		return note(ctx, tx, byOfficial(by, from), change{action: forum.DropLine, noun: forum.TheUsualLine, subject: id, before: noun + " " + department})
	})
}

// mayWithAnyHat asks the policy as it does of a decision: whoever stands in for an absent official may do what that one may. The
// refusal is their own.
func mayWithAnyHat(ctx context.Context, q querier, official forum.ID, action forum.Action, department string) error {
	all, err := hats(ctx, q, official)
	if err != nil {
		return err
	}
	refusal := error(forum.Refuse(forum.Forbidden, "duty.missing"))
	for i, hat := range all {
		err := hat.May(action, department)
		if err == nil {
			return nil
		}
		if i == 0 && hat.ID == official {
			refusal = err
		}
	}
	return refusal
}
