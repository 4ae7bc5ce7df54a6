package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// notice is what happened to a wait, as those whom it concerns are to be told.
type notice struct {
	kind  string // as notices knows it
	event string // the same event is told to nobody twice
}

// The kinds of notices.
const (
	newlyOwed  = "owed"
	reminder   = "reminder"
	escalation = "escalation"
	toAudit    = "audit"
	tookOver   = "handed_over"
	gaveOver   = "gave_over"
	standsIn   = "stands_in"
	wasMoved   = "moved" // written by moveThem
)

// tell tells everybody whom a wait means.
func (s *Store) tell(ctx context.Context, tx pgx.Tx, n notice, w wait) error {
	people, err := waitedFor(ctx, tx, w.official, w.duty, w.department)
	if err != nil {
		return err
	}
	return s.tellThem(ctx, tx, n, w, people)
}

// tellThem writes a notice for each of them, and for whoever stands in for one who is absent. It waits for the day's digest,
// unless the step is due before that: then a letter goes at once.
func (s *Store) tellThem(ctx context.Context, tx pgx.Tx, n notice, w wait, people []forum.ID) error {
	at, err := now(ctx, tx)
	if err != nil {
		return err
	}
	days, err := s.calendar(ctx, tx)
	if err != nil {
		return err
	}
	atOnce := (n.kind == newlyOwed || n.kind == tookOver) && days.CannotWait(w.due, at)
	rows, err := tx.Query(ctx, `
INSERT INTO notices (id, kind, event, official_id, owed_id, told_at)
SELECT gen_random_uuid(), @kind, @event, p.id, @owed, CASE WHEN @atOnce THEN now() END
FROM (
	SELECT o.id FROM officials o WHERE o.id = ANY(@people::uuid[])
	UNION
	SELECT o.substitute FROM officials_now o WHERE o.id = ANY(@people::uuid[]) AND o.absent AND o.substitute IS NOT NULL
	ORDER BY 1
) p
ON CONFLICT ON CONSTRAINT one_notice_each DO NOTHING RETURNING official_id`,
		pgx.NamedArgs{"kind": n.kind, "event": n.event, "owed": w.id, "people": texts(people), "atOnce": atOnce})
	if err != nil {
		return err
	}
	told, err := pgx.CollectRows(rows, pgx.RowTo[forum.ID])
	if err != nil || !atOnce {
		return err
	}
	title, err := titleOf(ctx, tx, w.noun, w.subject)
	if err != nil {
		return err
	}
	letters := make([]letter, len(told))
	for i, id := range told {
		letters[i] = letter{kind: forum.MailOwed, event: n.event, noun: w.noun, subject: w.subject, official: id,
			data: map[string]string{"action": string(w.kind), "title": title, "due": w.due.Format(time.RFC3339), "forum": string(w.forum)}}
	}
	return enqueue(ctx, tx, letters...)
}
