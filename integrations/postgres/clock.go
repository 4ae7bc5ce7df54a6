package postgres

import (
	"cmp"
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// clockChange is what befell a clock: a row of clock_changes for each person it concerns, and one on the trail.
type clockChange struct {
	kind   string // as clock_changes knows it
	action forum.Action
	by     actor // nobody: the city by itself
	from   forum.ID
	to     []forum.ID
	due    time.Time // when it is due from now on; zero: as before
	reason string
}

// befell writes down what befell a clock, in the transaction that does it. The trail names the step, and by their ids those
// from whom and to whom it went.
func (s *Store) befell(ctx context.Context, tx pgx.Tx, w wait, c clockChange) error {
	if c.by.kind == "" {
		c.by = bySystem
	}
	if c.due.IsZero() {
		c.due = w.due
	}
	to := c.to
	if len(to) == 0 {
		to = []forum.ID{""}
	}
	for _, one := range to {
		_, err := tx.Exec(ctx, `
INSERT INTO clock_changes (id, owed_id, kind, by_official, from_official, to_official, due_before, due_after, reason)
VALUES (@id, @owed, @kind, @by, @from, @to, @before, @after, @reason)`,
			pgx.NamedArgs{"id": NewID(), "owed": w.id, "kind": c.kind, "by": orNull(c.by.official), "from": orNull(c.from), "to": orNull(one),
				"before": w.due, "after": c.due, "reason": c.reason})
		if err != nil {
			return err
		}
	}
	return note(ctx, tx, c.by, change{action: c.action, noun: w.noun, subject: w.subject, forum: w.forum, reason: c.words(w.kind)})
}

// words are a change's line on the trail: the step, from whom to whom, and the reason.
func (c clockChange) words(kind forum.Action) string {
	line := string(kind)
	if c.from != "" {
		line += " " + string(c.from)
	}
	for i, one := range c.to {
		if i == 0 {
			line += " →"
		}
		line += " " + cmp.Or(string(one), string(forum.Officer))
	}
	if c.reason != "" {
		line += ": " + c.reason
	}
	return line
}
