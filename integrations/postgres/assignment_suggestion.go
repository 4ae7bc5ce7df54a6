package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
	"acropolis/forum/analysis"
)

// Unread gives up to n texts whose terms aren't known: departments' names and profiles first, then topics that look for a department, then
// what past forums were about.
func (s *Store) Unread(ctx context.Context, n int) ([]forum.Unread, error) {
	rows, err := s.pool.Query(ctx, `
SELECT 'assignment', '', d.code, concat_ws(E'\n', d.name, NULLIF(d.profile, '')) FROM departments d LEFT JOIN department_terms t ON t.code = d.code
WHERE t.name IS DISTINCT FROM concat_ws(E'\n', d.name, NULLIF(d.profile, ''))
UNION ALL
(SELECT 'suggestion', g.id::text, '', g.title || E'\n' || g.title || E'\n' || g.text FROM suggestions g
WHERE g.status IN ('accepted', 'shortlisted') AND NOT EXISTS (SELECT FROM topic_terms t WHERE t.noun = 'suggestion' AND t.subject_id = g.id) LIMIT @n)
UNION ALL
(SELECT 'forum', f.id::text, '', f.title || E'\n' || f.title || E'\n' || f.summary FROM forums f
WHERE NOT EXISTS (SELECT FROM topic_terms t WHERE t.noun = 'forum' AND t.subject_id = f.id) LIMIT @n)
LIMIT @n`, pgx.NamedArgs{"n": n})
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[forum.Unread])
	return all, translate(err)
}

// SaveTerms keeps the terms of a text; saved twice, they are the same.
func (s *Store) SaveTerms(ctx context.Context, read forum.Unread, terms []string) error {
	if terms == nil {
		terms = []string{}
	}
	sql := `INSERT INTO topic_terms (noun, subject_id, terms) VALUES (@noun, @subject, @terms) ON CONFLICT ON CONSTRAINT one_reading_each DO NOTHING`
	args := pgx.NamedArgs{"noun": read.Noun, "subject": orNull(read.Subject), "terms": terms, "code": read.Department, "name": read.Text}
	if read.Noun == forum.TheAssignment {
		sql = `
INSERT INTO department_terms (code, name, terms) VALUES (@code, @name, @terms)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, terms = excluded.terms`
	}
	_, err := s.pool.Exec(ctx, sql, args)
	return translate(err)
}

// pastForums bounds how far the suggestion looks back.
const pastForums = 2000

// departments are what the city knows of its departments' fields, a forum left out.
func departments(ctx context.Context, q querier, except forum.ID) (*analysis.Departments, error) {
	rows, err := q.Query(ctx, `SELECT code, terms FROM department_terms ORDER BY code`)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	var all []analysis.Department
	var code string
	var terms []string
	if _, err := pgx.ForEachRow(rows, []any{&code, &terms}, func() error {
		at[code] = len(all)
		all = append(all, analysis.Department{Code: code, Own: terms})
		return nil
	}); err != nil {
		return nil, err
	}
	rows, err = q.Query(ctx, `
SELECT f.department, t.terms FROM forums f JOIN topic_terms t ON t.noun = 'forum' AND t.subject_id = f.id
WHERE f.department <> '' AND f.status <> 'withdrawn' AND f.id IS DISTINCT FROM @except::uuid ORDER BY f.created_at DESC, f.id LIMIT @most`,
		pgx.NamedArgs{"except": orNull(except), "most": pastForums})
	if err != nil {
		return nil, err
	}
	_, err = pgx.ForEachRow(rows, []any{&code, &terms}, func() error {
		if i, known := at[code]; known {
			all[i].Past = append(all[i].Past, terms)
		}
		return nil
	})
	return analysis.NewDepartments(all), err
}

// SuitedDepartments suggests the departments that a forum's text suits, the best first; none until it has been read.
func (s *Store) SuitedDepartments(ctx context.Context, id forum.ID) ([]forum.Suited, error) {
	var terms []string
	err := s.pool.QueryRow(ctx, `SELECT terms FROM topic_terms WHERE noun = 'forum' AND subject_id = $1`, id).Scan(&terms)
	if err != nil || len(terms) == 0 {
		return nil, translate(ignoreNoRows(err))
	}
	known, err := departments(ctx, s.pool, id)
	if err != nil {
		return nil, translate(err)
	}
	var all []forum.Suited
	for _, one := range known.Suit(terms, forum.SuitedMost) {
		all = append(all, forum.Suited{Department: one.Department, Terms: one.Terms, Forums: one.Past})
	}
	return all, nil
}

// suitCandidates gives each candidate of an open round the department that its text suits best.
func suitCandidates(ctx context.Context, q querier, candidates []forum.RoundCandidate) error {
	at := map[forum.ID]int{}
	ids := make([]string, len(candidates))
	for i, c := range candidates {
		at[c.Suggestion.ID], ids[i] = i, string(c.Suggestion.ID)
	}
	rows, err := q.Query(ctx, `SELECT subject_id, terms FROM topic_terms WHERE noun = 'suggestion' AND subject_id = ANY($1::uuid[])`, ids)
	if err != nil {
		return err
	}
	read := map[forum.ID][]string{}
	var id forum.ID
	var terms []string
	if _, err := pgx.ForEachRow(rows, []any{&id, &terms}, func() error { read[id] = terms; return nil }); err != nil || len(read) == 0 {
		return err
	}
	known, err := departments(ctx, q, "")
	if err != nil {
		return err
	}
	for id, terms := range read {
		if best := known.Suit(terms, 1); len(best) > 0 {
			candidates[at[id]].Department = best[0].Department
		}
	}
	return nil
}
