package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// Consultations lists whom a forum's department, or the officer, has asked for an opinion, the newest last.
func (s *Store) Consultations(ctx context.Context, id forum.ID) ([]forum.Consultation, error) {
	rows, err := s.pool.Query(ctx, `
SELECT c.department, COALESCE(c.addressee::text, ''), c.question, c.asked_at, c.opinion, COALESCE(o.name, ''), c.answered_at
FROM consultations c LEFT JOIN officials o ON o.id = c.answered_by WHERE c.forum_id = $1 ORDER BY c.asked_at, c.id`, id)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Consultation, error) {
		var c forum.Consultation
		var answered *time.Time
		err := row.Scan(&c.Department, &c.Addressee, &c.Question, &c.AskedAt, &c.Opinion, &c.AnsweredBy, &answered)
		c.AnsweredAt = instant(answered)
		return c, err
	})
	return all, translate(err)
}

// ConsultDepartment asks a second department's head for an opinion; nothing waits for it but its own clock.
func (s *Store) ConsultDepartment(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.ConsultDepartment, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.DepartmentDetails](d)
		if err != nil {
			return err
		}
		responsible, _, err := concerns(ctx, tx, forum.TheForum, f.ID)
		if err != nil {
			return err
		}
		if details.Department == responsible {
			return forum.Refuse(forum.Invalid, "assignment.same_department").At("department")
		}
		head, err := headOfKnown(ctx, tx, details.Department)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
INSERT INTO consultations (id, forum_id, department, addressee, question, asked_by) VALUES (@id, @forum, @department, @addressee, @question, @by)`,
			pgx.NamedArgs{"id": NewID(), "forum": f.ID, "department": details.Department, "addressee": orNull(head), "question": d.Reason,
				"by": orNull(by.official)}); err != nil {
			return err
		}
		if err := note(ctx, tx, by, change{action: d.Action, noun: forum.TheAssignment, subject: f.ID, forum: f.ID, reason: d.Reason}); err != nil {
			return err
		}
		return s.oweHead(ctx, tx, f.ID, forum.AnswerConsultation, head)
	})
}

// oweHead begins the wait for a head who is asked by name.
func (s *Store) oweHead(ctx context.Context, tx pgx.Tx, id forum.ID, kind forum.Action, head forum.ID) error {
	return s.owe(ctx, tx, forum.Owed{Noun: forum.TheForum, Subject: id, Forum: id, Kind: kind, Official: head, Days: forum.Terms[kind].Days})
}

// AnswerConsultation keeps the opinion of whoever was asked.
func (s *Store) AnswerConsultation(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.AnswerConsultation, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		asked, err := askedAs(ctx, tx, d)
		if err != nil {
			return err
		}
		done, err := tx.Exec(ctx, `
UPDATE consultations SET opinion = @opinion, answered_by = @by, answered_at = now()
WHERE forum_id = @forum AND addressee = ANY(@asked::uuid[]) AND answered_at IS NULL`,
			pgx.NamedArgs{"opinion": d.Reason, "by": orNull(by.official), "forum": f.ID, "asked": texts(asked)})
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return forum.Refuse(forum.Conflict, "assignment.nothing_asked")
		}
		if err := note(ctx, tx, by, change{action: d.Action, noun: forum.TheAssignment, subject: f.ID, forum: f.ID, reason: d.Reason}); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
UPDATE owed SET done_at = now() WHERE noun = 'forum' AND subject_id = @forum AND kind = @kind AND official_id = ANY(@asked::uuid[]) AND done_at IS NULL`,
			pgx.NamedArgs{"forum": f.ID, "kind": d.Action, "asked": texts(asked)})
		return err
	})
}

// asksPost says that a wait asks the head of another department than the subject's.
func asksPost(kind forum.Action) bool {
	return kind == forum.AnswerConsultation || kind == forum.AcceptHandover
}

// readdress puts a question to whoever comes after the one who was asked.
func readdress(ctx context.Context, tx pgx.Tx, w wait, from, to forum.ID) error {
	table := "consultations"
	if w.kind == forum.AcceptHandover {
		table = "handovers"
	}
	_, err := tx.Exec(ctx, `UPDATE `+table+` SET addressee = $2 WHERE forum_id = $1 AND addressee = $3 AND answered_at IS NULL`,
		w.subject, orNull(to), from)
	return err
}

// askedAs are the hats under which a decision's official is asked by name.
func askedAs(ctx context.Context, q querier, d forum.Decision) ([]forum.ID, error) {
	worn, err := hats(ctx, q, d.By)
	var ids []forum.ID
	for _, hat := range worn {
		ids = append(ids, hat.ID)
	}
	return ids, err
}

// isAsked says whether an official is asked by name for what only the addressee may decide.
func isAsked(ctx context.Context, q querier, action forum.Action, id, official forum.ID) (asked bool, err error) {
	table := "handovers"
	if action == forum.AnswerConsultation {
		table = "consultations"
	}
	err = q.QueryRow(ctx, `SELECT EXISTS (SELECT FROM `+table+` WHERE forum_id = $1 AND addressee = $2 AND answered_at IS NULL)`, id, official).Scan(&asked)
	return asked, err
}
