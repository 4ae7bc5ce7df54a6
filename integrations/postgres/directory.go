package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// errDirectoryShrank keeps a directory that answers in part from emptying the city.
var errDirectoryShrank = errors.New("the directory's list would remove more than half of the known officials: taken for a part and refused")

// RefreshDirectory makes the cached rows equal to a whole reading of the directory. Who is missing from it has left: what
// waited for them goes to their successor or superior, and its clock runs on. A list that would remove more than half of the
// officials is taken for a part of the directory and refused as a whole.
func (s *Store) RefreshDirectory(ctx context.Context, people []forum.DirectoryPerson, units []forum.Department) error {
	officials := make([]forum.Official, len(people))
	uids, superiors, substitutes := make([]string, len(people)), make([]string, len(people)), make([]string, len(people))
	for i, p := range people {
		officials[i], uids[i], superiors[i], substitutes[i] = p.Official, p.UID, p.SuperiorUID, p.SubstituteUID
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('directory', 0))`); err != nil {
			return err
		}
		var known, missing int
		err := tx.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE uid <> ALL(@uids)) FROM officials WHERE left_at IS NULL`,
			pgx.NamedArgs{"uids": uids}).Scan(&known, &missing)
		if err != nil {
			return err
		}
		if 2*missing > known {
			return fmt.Errorf("%w (%d of %d)", errDirectoryShrank, missing, known)
		}
		if err := saveDepartments(ctx, tx, units); err != nil {
			return err
		}
		if err := saveOfficials(ctx, tx, officials); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
UPDATE officials o SET superior = up.id, substitute = sub.id
FROM unnest(@uids::text[], @superiors::text[], @substitutes::text[]) AS p (uid, superior, substitute)
LEFT JOIN officials up ON up.uid = p.superior LEFT JOIN officials sub ON sub.uid = p.substitute
WHERE o.uid = p.uid`, pgx.NamedArgs{"uids": uids, "superiors": superiors, "substitutes": substitutes})
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
UPDATE officials o SET left_at = now() WHERE left_at IS NULL AND uid <> ALL(@uids)
RETURNING `+officialColumns, pgx.NamedArgs{"uids": uids})
		if err != nil {
			return err
		}
		leavers, err := pgx.CollectRows(rows, scanOfficial)
		if err != nil {
			return err
		}
		for _, leaver := range leavers {
			if err := handOver(ctx, tx, leaver); err != nil {
				return fmt.Errorf("hand over what waited for %s: %w", leaver.ID, err)
			}
		}
		return nil
	})
}

func saveOfficials(ctx context.Context, tx pgx.Tx, people []forum.Official) error {
	batch := &pgx.Batch{}
	for _, o := range people {
		batch.Queue(`
INSERT INTO officials (id, uid, name, name_en, title, title_en, department, email, phone, absent, duties, seen_at)
VALUES (@id, @uid, @name, @nameEn, @title, @titleEn, @department, @email, @phone, @absent, @duties, now())
ON CONFLICT ON CONSTRAINT one_official_per_login DO UPDATE SET name = excluded.name, name_en = excluded.name_en,
	title = excluded.title, title_en = excluded.title_en, department = excluded.department, email = excluded.email,
	phone = excluded.phone, absent = excluded.absent, duties = excluded.duties, seen_at = now(), left_at = NULL`,
			pgx.NamedArgs{"id": NewID(), "uid": o.UID, "name": o.Name, "nameEn": o.NameEn, "title": o.Title, "titleEn": o.TitleEn,
				"department": o.Department, "email": o.Email, "phone": o.Phone, "absent": o.Absent, "duties": texts(o.Duties)})
	}
	return tx.SendBatch(ctx, batch).Close()
}

// saveDepartments keeps units that are gone from the directory: past forums still name them.
func saveDepartments(ctx context.Context, tx pgx.Tx, units []forum.Department) error {
	batch := &pgx.Batch{}
	for _, u := range units {
		batch.Queue(`
INSERT INTO departments (code, name, name_en, parent) VALUES ($1, $2, $3, $4)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, parent = excluded.parent`,
			u.Code, u.Name, u.NameEn, u.Parent)
	}
	return tx.SendBatch(ctx, batch).Close()
}

// successorOf is who takes over from somebody who left: whoever holds one of their duties in their department now, the
// head first; otherwise the superior. Empty: nobody.
func successorOf(ctx context.Context, q querier, leaver forum.Official, not []forum.ID) (forum.ID, error) {
	var successor forum.ID
	err := q.QueryRow(ctx, `
SELECT id FROM officials
WHERE left_at IS NULL AND department = @department AND department <> '' AND duties && @duties::text[] AND id <> ALL(@not::uuid[])
ORDER BY ('head' = ANY(duties)) DESC, absent, uid LIMIT 1`,
		pgx.NamedArgs{"department": leaver.Department, "duties": texts(leaver.Duties), "not": texts(not)}).Scan(&successor)
	if !errors.Is(err, pgx.ErrNoRows) {
		return successor, err
	}
	superior, err := superiorOf(ctx, q, leaver.ID)
	if err != nil || slices.Contains(not, superior) {
		return "", err
	}
	return superior, nil
}

// handOver gives what waits for somebody who has left to their successor or superior. The due dates stay.
func handOver(ctx context.Context, tx pgx.Tx, leaver forum.Official) error {
	waits, err := openWaits(ctx, tx, leaver.ID)
	if err != nil {
		return err
	}
	for _, w := range waits {
		if err := handOverWait(ctx, tx, leaver, w); err != nil {
			return err
		}
	}
	// Signers further down the line aren't waited for yet, but will be.
	rows, err := tx.Query(ctx, `
SELECT a.id FROM approvals a JOIN approval_signers s ON s.approval_id = a.id
WHERE s.official_id = $1 AND s.status = 'waiting' AND a.status IN ('drafted', 'in_review') ORDER BY a.id`, leaver.ID)
	if err != nil {
		return err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[forum.ID])
	if err != nil {
		return err
	}
	for _, approval := range lines {
		if err := handOverSignature(ctx, tx, leaver, approval); err != nil {
			return err
		}
	}
	return nil
}

func handOverWait(ctx context.Context, tx pgx.Tx, leaver forum.Official, w wait) error {
	switch w.kind {
	case forum.SignApproval:
		return nil // the signature is handed over with its line
	case forum.ScoreTopic:
		return end(ctx, tx, w.id) // one member fewer
	}
	successor, err := successorOf(ctx, tx, leaver, nil)
	if err != nil {
		return err
	}
	if w.kind == forum.AcceptAssignment {
		if _, err := tx.Exec(ctx, `UPDATE assignments SET addressee = $2 WHERE forum_id = $1`, w.subject, orNull(successor)); err != nil {
			return err
		}
	}
	return reassign(ctx, tx, w, successor)
}

// handOverSignature puts the successor into a line in place of who left: never the drafter, never somebody who signs already.
func handOverSignature(ctx context.Context, tx pgx.Tx, leaver forum.Official, approval forum.ID) error {
	rows, err := tx.Query(ctx, `
SELECT drafter FROM approvals WHERE id = $1 UNION SELECT official_id FROM approval_signers WHERE approval_id = $1`, approval)
	if err != nil {
		return err
	}
	taken, err := pgx.CollectRows(rows, pgx.RowTo[forum.ID])
	if err != nil {
		return err
	}
	successor, err := successorOf(ctx, tx, leaver, taken)
	if err != nil || successor == "" {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE approval_signers SET official_id = @to WHERE approval_id = @approval AND official_id = @from AND status = 'waiting'`,
		pgx.NamedArgs{"to": successor, "approval": approval, "from": leaver.ID})
	if err != nil {
		return err
	}
	waits, err := openWaits(ctx, tx, leaver.ID)
	if err != nil {
		return err
	}
	for _, w := range waits {
		if w.kind == forum.SignApproval && w.subject == approval {
			return reassign(ctx, tx, w, successor)
		}
	}
	return note(ctx, tx, bySystem, change{action: handedOver, noun: forum.TheApproval, subject: approval})
}
