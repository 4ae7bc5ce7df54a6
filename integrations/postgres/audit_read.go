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
SELECT a.at, CASE a.by_kind WHEN 'official' THEN o.name ELSE a.by_kind END, a.from_addr, a.action, a.noun, a.subject_id, a.before, a.after, a.reason,
	COALESCE(`+ownTitle("a.noun", "COALESCE(CASE WHEN a.noun IN ('dossier', 'assignment', 'response', 'analysis', 'opinion') THEN a.forum_id END, a.subject_id)")+`, ''),
	count(*) OVER ()
FROM audit a LEFT JOIN officials o ON o.id = a.by_official
WHERE (@noun = '' OR a.noun = @noun OR @noun = 'forum' AND a.forum_id = @subject)
	AND (@subject::uuid IS NULL OR a.subject_id = @subject OR @noun IN ('', 'forum') AND a.forum_id = @subject)
	AND (@department = '' OR o.department = @department OR EXISTS (SELECT FROM forums f WHERE f.id = a.forum_id AND f.department = @department))
ORDER BY a.id DESC LIMIT @size OFFSET @skip`,
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
