package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// actor is on whose behalf a transaction changes something.
type actor struct {
	kind     string // official, system, citizen, import
	official forum.ID
	from     string
	decision forum.ID
}

var (
	bySystem  = actor{kind: "system"}
	byCitizen = actor{kind: "citizen"}
)

func byOfficial(o forum.Official, from string) actor {
	return actor{kind: "official", official: o.ID, from: from}
}

// change is one audit row to be.
type change struct {
	action        forum.Action
	noun          forum.Noun
	subject       forum.ID
	forum         forum.ID // whose trail shows it; empty for what belongs to no forum
	before, after string
	reason        string
	code          forum.ReasonCode // of a moderator's answer
	batch         forum.ID         // of answers that it is part of, or empty
}

// note writes the audit row of a change, in the transaction that makes the change.
func note(ctx context.Context, tx pgx.Tx, by actor, c change) error {
	_, err := tx.Exec(ctx, `
INSERT INTO audit (by_kind, by_official, from_addr, action, noun, subject_id, forum_id, before, after, reason, decision_id, code, batch_id)
VALUES (@kind, @official, @from, @action, @noun, @subject, @forum, @before, @after, @reason, @decision, @code, @batch)`,
		pgx.NamedArgs{"kind": by.kind, "official": orNull(by.official), "from": by.from, "action": c.action, "noun": c.noun,
			"subject": c.subject, "forum": orNull(c.forum), "before": c.before, "after": c.after, "reason": c.reason,
			"decision": orNull(by.decision), "code": string(c.code), "batch": orNull(c.batch)})
	return err
}

// orNull keeps an empty id out of a uuid column.
func orNull(id forum.ID) any {
	if id == "" {
		return nil
	}
	return string(id)
}
