package postgres

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// moderationLog are the moderators' steps, with the number of the opinion and no word of its author.
const moderationLog = `
FROM audit t JOIN officials e ON e.id = t.by_official JOIN opinions o ON o.id = t.subject_id JOIN forums f ON f.id = o.forum_id
WHERE t.noun = 'opinion' AND t.action = ANY(@actions) AND (@forum::uuid IS NULL OR o.forum_id = @forum)
	AND (@from = '' OR t.at >= (nullif(@from, '')::date)::timestamp AT TIME ZONE 'Asia/Seoul')
	AND (@to = '' OR t.at < (nullif(@to, '')::date + 1)::timestamp AT TIME ZONE 'Asia/Seoul')`

const moderationColumns = `t.at, e.name, t.action, t.before, t.after, t.code, t.reason, o.forum_id, f.title, o.id, shown_number(o.number, o.accepted_at, 6),
	COALESCE(t.batch_id::text, '')`

func logArgs(filter forum.ModerationFilter) pgx.NamedArgs {
	return pgx.NamedArgs{"actions": texts(forum.ModerationActions), "forum": orNull(filter.Forum), "from": filter.From, "to": filter.To}
}

func scanEntry(row pgx.Row, also ...any) (forum.ModerationEntry, error) {
	var e forum.ModerationEntry
	err := row.Scan(append([]any{&e.At, &e.By, &e.Action, &e.Before, &e.After, &e.Code, &e.Reason, &e.Forum, &e.ForumTitle, &e.Opinion, &e.Number, &e.Batch}, also...)...)
	return e, err
}

// ModerationLog lists what moderators did, the newest first, and tells how much there is in all.
func (s *Store) ModerationLog(ctx context.Context, filter forum.ModerationFilter) ([]forum.ModerationEntry, int, error) {
	size := pageSize(filter.Size)
	args := logArgs(filter)
	args["size"], args["skip"] = size, size*max(filter.Page-1, 0)
	rows, err := s.pool.Query(ctx, `SELECT `+moderationColumns+`, count(*) OVER ()`+moderationLog+` ORDER BY t.id DESC LIMIT @size OFFSET @skip`, args)
	if err != nil {
		return nil, 0, translate(err)
	}
	total := 0
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.ModerationEntry, error) { return scanEntry(row, &total) })
	return all, total, translate(err)
}

// EachModeration gives use all that the log holds, the oldest first, from a cursor.
func (s *Store) EachModeration(ctx context.Context, filter forum.ModerationFilter, use func(iter.Seq2[forum.ModerationEntry, error]) error) error {
	rows, err := s.pool.Query(ctx, `SELECT `+moderationColumns+moderationLog+` ORDER BY t.id`, logArgs(filter))
	if err != nil {
		return translate(err)
	}
	defer rows.Close()
	return use(func(yield func(forum.ModerationEntry, error) bool) {
		for rows.Next() {
			if !yield(scanEntry(rows)) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(forum.ModerationEntry{}, translate(err))
		}
	})
}
