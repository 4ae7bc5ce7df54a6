package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// lineEvent is one thing that was done in a line, to be kept for ever.
type lineEvent struct {
	kind      forum.LineEventKind
	ord       int
	official  forum.ID // whose place it was
	final     bool
	disagrees bool
	comment   string
}

// record keeps what was done in an approval's line, in the transaction that does it.
func record(ctx context.Context, tx pgx.Tx, approval forum.ID, by actor, e lineEvent) error {
	_, err := tx.Exec(ctx, `
INSERT INTO approval_events (approval_id, kind, ord, official_id, by_official, final, disagrees, comment, decision_id)
VALUES (@approval, @kind, NULLIF(@ord, 0), @official, @by, @final, @disagrees, @comment, @decision)`,
		pgx.NamedArgs{"approval": approval, "kind": e.kind, "ord": e.ord, "official": orNull(e.official), "by": orNull(by.official),
			"final": e.final, "disagrees": e.disagrees, "comment": e.comment, "decision": orNull(by.decision)})
	return err
}

// historyOf reads what was done in a line, in order.
func historyOf(ctx context.Context, q querier, approval forum.ID) ([]forum.LineEvent, error) {
	rows, err := q.Query(ctx, `
SELECT e.at, e.kind, COALESCE(e.ord, 0), COALESCE(e.official_id::text, ''), COALESCE(o.name, ''), COALESCE(e.by_official::text, ''), COALESCE(b.name, ''),
	e.final, e.disagrees, e.comment, COALESCE(e.decision_id::text, '')
FROM approval_events e LEFT JOIN officials o ON o.id = e.official_id LEFT JOIN officials b ON b.id = e.by_official
WHERE e.approval_id = $1 ORDER BY e.id`, approval)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.LineEvent, error) {
		var e forum.LineEvent
		err := row.Scan(&e.At, &e.Kind, &e.Order, &e.Official, &e.Name, &e.By, &e.ByName, &e.Final, &e.Disagrees, &e.Text, &e.Decision)
		return e, err
	})
}

// awaitSigners makes the waits for signatures those of the people who are waited for now: a wait begins for each of them, with
// a clock of its own; one that goes on keeps its clock; all others end.
func (s *Store) awaitSigners(ctx context.Context, tx pgx.Tx, a forum.Approval) error {
	waitedFor := []string{}
	for _, next := range a.Next() {
		waitedFor = append(waitedFor, string(next.Official))
	}
	_, err := tx.Exec(ctx, `
UPDATE owed SET done_at = now()
WHERE noun = @noun AND subject_id = @subject AND kind = @kind AND done_at IS NULL AND (official_id IS NULL OR official_id <> ALL(@still::uuid[]))`,
		pgx.NamedArgs{"noun": forum.TheApproval, "subject": a.ID, "kind": forum.SignApproval, "still": waitedFor})
	if err != nil {
		return err
	}
	for _, next := range a.Next() {
		err := s.owe(ctx, tx, forum.Owed{Noun: forum.TheApproval, Subject: a.ID, Forum: forumOf(a), Kind: forum.SignApproval, Official: next.Official,
			Days: forum.Terms[forum.SignApproval].Days})
		if err != nil {
			return err
		}
	}
	return nil
}
