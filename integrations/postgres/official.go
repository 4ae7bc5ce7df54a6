package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

const officialColumns = `o.id, o.uid, o.name, o.name_en, o.title, o.title_en, o.department, o.email, o.phone,
	COALESCE(o.superior::text, ''), COALESCE(o.substitute::text, ''), o.absent, o.duties`

func scanOfficial(row pgx.CollectableRow) (forum.Official, error) {
	var o forum.Official
	err := row.Scan(&o.ID, &o.UID, &o.Name, &o.NameEn, &o.Title, &o.TitleEn, &o.Department, &o.Email, &o.Phone,
		&o.Superior, &o.Substitute, &o.Absent, &o.Duties)
	return o, err
}

// SaveOfficial keeps what the directory said of somebody who has just logged in, and gives the row with its id. Superior and
// substitute are left as the last whole reading of the directory had them.
func (s *Store) SaveOfficial(ctx context.Context, o forum.Official) (forum.Official, error) {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if err := saveOfficials(ctx, tx, []forum.Official{o}); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT `+officialColumns+` FROM officials_now o WHERE o.uid = $1`, o.UID)
		if err != nil {
			return err
		}
		o, err = pgx.CollectExactlyOneRow(rows, scanOfficial)
		return err
	})
	return o, err
}

// Official gives one by id; who has left is not found any more.
func (s *Store) Official(ctx context.Context, id forum.ID) (forum.Official, error) {
	o, err := officialNow(ctx, s.pool, id)
	return o, translate(err)
}

func officialNow(ctx context.Context, q querier, id forum.ID) (forum.Official, error) {
	rows, err := q.Query(ctx, `SELECT `+officialColumns+` FROM officials_now o WHERE o.id = $1 AND o.left_at IS NULL`, id)
	if err != nil {
		return forum.Official{}, err
	}
	o, err := pgx.CollectExactlyOneRow(rows, scanOfficial)
	return o, found(err)
}

// Officials lists who holds a duty ("": any) in a department ("": any), by department, then name.
func (s *Store) Officials(ctx context.Context, duty forum.Duty, department string) ([]forum.Official, error) {
	rows, err := s.pool.Query(ctx, `
SELECT `+officialColumns+` FROM officials_now o
WHERE left_at IS NULL AND (@duty = '' OR @duty = ANY(duties)) AND (@department = '' OR department = @department)
ORDER BY department, name, uid`, pgx.NamedArgs{"duty": string(duty), "department": department})
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, scanOfficial)
	return all, translate(err)
}

// Leavers are who isn't in the directory any more.
func (s *Store) Leavers(ctx context.Context) ([]forum.Official, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+officialColumns+` FROM officials o WHERE o.left_at IS NOT NULL ORDER BY o.id`)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, scanOfficial)
	return all, translate(err)
}

// Departments lists the city's units by code.
func (s *Store) Departments(ctx context.Context) ([]forum.Department, error) {
	rows, err := s.pool.Query(ctx, `SELECT code, name, name_en, parent FROM departments ORDER BY code`)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[forum.Department])
	return all, translate(err)
}

// headOf is who is asked for a department: its head; for an absent one the substitute; where there is none, the head of the
// unit above.
func headOf(ctx context.Context, q querier, department string) (forum.ID, error) {
	var head *forum.ID
	err := q.QueryRow(ctx, `
WITH RECURSIVE units AS (
	SELECT code, parent, 0 AS up FROM departments WHERE code = $1
	UNION ALL
	SELECT d.code, d.parent, u.up + 1 FROM departments d JOIN units u ON d.code = u.parent AND u.up < 20
)
SELECT COALESCE(CASE WHEN h.absent THEN h.substitute END, h.id)
FROM units u JOIN officials_now h ON h.department = u.code AND h.left_at IS NULL AND 'head' = ANY(h.duties)
ORDER BY u.up, h.absent AND h.substitute IS NULL, h.uid LIMIT 1`, department).Scan(&head)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", noHead.At("department")
	}
	if err != nil || head == nil {
		return "", err
	}
	return *head, nil
}

// superiorOf is the next one up in the directory who hasn't left, or empty.
func superiorOf(ctx context.Context, q querier, id forum.ID) (forum.ID, error) {
	var superior forum.ID
	err := q.QueryRow(ctx, `
WITH RECURSIVE up AS (
	SELECT s.id, s.superior, s.left_at, 1 AS n FROM officials o JOIN officials s ON s.id = o.superior WHERE o.id = $1
	UNION ALL
	SELECT s.id, s.superior, s.left_at, n + 1 FROM up JOIN officials s ON s.id = up.superior WHERE up.left_at IS NOT NULL AND n < 20
)
SELECT id FROM up WHERE left_at IS NULL AND id <> $1 ORDER BY n LIMIT 1`, id).Scan(&superior)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return superior, err
}
