package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// Audit lists who did what, the newest first, and tells how many entries there are in all. With a forum as its subject it is
// the forum's whole trail: its dossier, documents, opinions and awards too. Every filter narrows; none shows everything.
func (s *Store) Audit(ctx context.Context, filter forum.AuditFilter) ([]forum.AuditEntry, int, error) {
	size := pageSize(filter.Size)
	rows, err := s.pool.Query(ctx, `
SELECT t.at, CASE t.by_kind WHEN 'official' THEN o.name ELSE t.by_kind END, t.from_addr, t.action, t.noun, t.subject_id, t.before, t.after, t.reason,
	COALESCE(`+ownTitle("t.noun", "COALESCE(CASE WHEN t.noun IN ('dossier', 'assignment', 'response', 'analysis', 'opinion') THEN t.forum_id END, t.subject_id)")+`, ''),
	count(*) OVER ()
FROM audit t LEFT JOIN officials o ON o.id = t.by_official
WHERE (@noun = '' OR t.noun = @noun OR @noun = 'forum' AND t.forum_id = @subject)
	AND (@subject::uuid IS NULL OR t.subject_id = @subject OR @noun IN ('', 'forum') AND t.forum_id = @subject)
	AND (@department = '' OR o.department = @department OR EXISTS (SELECT FROM forums f WHERE f.id = t.forum_id AND f.department = @department))
ORDER BY t.id DESC LIMIT @size OFFSET @skip`,
		pgx.NamedArgs{"noun": string(filter.Noun), "subject": orNull(filter.Subject), "department": filter.Department,
			"size": size, "skip": size * max(filter.Page-1, 0)})
	if err != nil {
		return nil, 0, translate(err)
	}
	total := 0
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.AuditEntry, error) {
		var e forum.AuditEntry
		err := row.Scan(&e.At, &e.By, &e.From, &e.Action, &e.Noun, &e.Subject, &e.Before, &e.After, &e.Reason, &e.Title, &total)
		return e, err
	})
	return all, total, translate(err)
}
