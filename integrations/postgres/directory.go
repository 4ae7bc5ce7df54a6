package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// errDirectoryShrank keeps a directory that answers in part from emptying the city.
var errDirectoryShrank = errors.New("the directory's list would remove more than half of the known officials: taken for a part and refused")

// RefreshDirectory makes the cached rows equal to a whole reading of the directory. Who is missing from it has left, and who is
// in another department or lacks a duty has left that post: what waited for them there goes to their successor or superior, and
// its clock runs on. A list that would remove more than half of the officials is taken for a part of the directory and refused
// as a whole.
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
		before, err := officialsHere(ctx, tx)
		if err != nil {
			return err
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
		_, err = tx.Exec(ctx, `UPDATE officials SET left_at = now() WHERE left_at IS NULL AND uid <> ALL(@uids)`, pgx.NamedArgs{"uids": uids})
		if err != nil {
			return err
		}
		after, err := officialsHere(ctx, tx)
		if err != nil {
			return err
		}
		for _, d := range departures(before, after) {
			if err := s.handOver(ctx, tx, d); err != nil {
				return fmt.Errorf("hand over what waited for %s: %w", d.before.ID, err)
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
