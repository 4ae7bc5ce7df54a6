package postgres

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

const handoverColumns = `SELECT id, from_unit, department, COALESCE(addressee::text, ''), reason, asked_at, COALESCE(asked_by::text, '') FROM handovers WHERE forum_id = $1 AND answered_at IS NULL`

// Handover is the one that waits for the other head; NotFound where none does.
func (s *Store) Handover(ctx context.Context, id forum.ID) (forum.Handover, error) {
	h, err := handoverOf(ctx, s.pool, id)
	return h, translate(err)
}

func handoverOf(ctx context.Context, q querier, id forum.ID) (forum.Handover, error) {
	var h forum.Handover
	err := q.QueryRow(ctx, handoverColumns, id).Scan(&h.ID, &h.From, &h.Department, &h.Addressee, &h.Reason, &h.AskedAt, &h.AskedBy)
	return h, found(err)
}

// HandOverForum asks another department's head to take a forum over; until they accept, everything stays where it is.
func (s *Store) HandOverForum(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.HandOverForum, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.DepartmentDetails](d)
		if err != nil {
			return err
		}
		if details.Department == f.Department {
			return forum.Refuse(forum.Invalid, "assignment.same_department").At("department")
		}
		head, err := headOfKnown(ctx, tx, details.Department)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
INSERT INTO handovers (id, forum_id, from_unit, department, addressee, reason, asked_by) VALUES (@id, @forum, @from, @department, @addressee, @reason, @by)`,
			pgx.NamedArgs{"id": NewID(), "forum": f.ID, "from": f.Department, "department": details.Department, "addressee": orNull(head),
				"reason": d.Reason, "by": orNull(by.official)}); err != nil {
			return err
		}
		if err := note(ctx, tx, by, change{action: d.Action, noun: forum.TheAssignment, subject: f.ID, forum: f.ID, reason: d.Reason}); err != nil {
			return err
		}
		return s.oweHead(ctx, tx, f.ID, forum.AcceptHandover, head)
	})
}

// AcceptHandover makes the other department responsible: the dossier is the forum's and goes along, and so do the waits of
// the department, each with its clock.
func (s *Store) AcceptHandover(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.answerHandover(ctx, decision, forum.AcceptHandover, func(tx pgx.Tx, f forum.Forum, h forum.Handover, by actor) error {
		if _, err := tx.Exec(ctx, `UPDATE forums SET department = $2 WHERE id = $1`, f.ID, h.Department); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE assignments SET department = $2, addressee = $3 WHERE forum_id = $1`, f.ID, h.Department, orNull(h.Addressee)); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT `+waitColumns+` FROM owed w
WHERE w.forum_id = $1 AND w.done_at IS NULL AND w.official_id IS NULL AND w.department = $2 ORDER BY w.id FOR UPDATE`, f.ID, h.From)
		if err != nil {
			return err
		}
		waits, err := pgx.CollectRows(rows, scanWait)
		if err != nil {
			return err
		}
		for _, w := range waits {
			if err := s.passOn(ctx, tx, by, w, h.Department); err != nil {
				return err
			}
		}
		return nil
	})
}

// passOn makes a department's wait another's; it stays due when it was. Where nobody there holds the duty, the officers do.
func (s *Store) passOn(ctx context.Context, tx pgx.Tx, by actor, w wait, department string) error {
	w.department = department
	anybody, err := waitedFor(ctx, tx, "", w.duty, department)
	if err != nil {
		return err
	}
	if len(anybody) == 0 {
		w.duty, w.department = forum.Officer, ""
	}
	if _, err := tx.Exec(ctx, `UPDATE owed SET duty = @duty, department = @department WHERE id = @id`,
		pgx.NamedArgs{"id": w.id, "duty": string(w.duty), "department": w.department}); err != nil {
		return err
	}
	if err := s.befell(ctx, tx, w, clockChange{kind: "handed_over", action: handedOver, by: by}); err != nil {
		return err
	}
	return s.tell(ctx, tx, notice{kind: tookOver, event: fmt.Sprintf("owed:%s:%s", w.id, department)}, w)
}

// DeclineHandover leaves the forum with its department.
func (s *Store) DeclineHandover(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.answerHandover(ctx, decision, forum.DeclineHandover, func(pgx.Tx, forum.Forum, forum.Handover, actor) error { return nil })
}

func (s *Store) answerHandover(ctx context.Context, decision forum.ID, action forum.Action,
	work func(tx pgx.Tx, f forum.Forum, h forum.Handover, by actor) error) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, action, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		h, err := handoverOf(ctx, tx, f.ID)
		if refusal := forum.RefusalIn(err); refusal != nil && refusal.Code == forum.NotFound {
			return forum.Refuse(forum.Conflict, "assignment.nothing_asked")
		}
		if err != nil {
			return err
		}
		if err := work(tx, f, h, by); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
UPDATE handovers SET accepted = @accepted, answer = @answer, answered_by = @by, answered_at = now() WHERE forum_id = @forum AND answered_at IS NULL`,
			pgx.NamedArgs{"accepted": action == forum.AcceptHandover, "answer": d.Reason, "by": orNull(by.official), "forum": f.ID}); err != nil {
			return err
		}
		if err := note(ctx, tx, by, change{action: d.Action, noun: forum.TheAssignment, subject: f.ID, forum: f.ID, reason: d.Reason}); err != nil {
			return err
		}
		if h.AskedBy != "" {
			answered := letter{kind: forum.MailHandoverAnswered, event: "handover_answered:" + string(h.ID), noun: forum.TheForum, subject: f.ID, official: h.AskedBy,
				data: map[string]string{"title": f.Title, "forum": string(f.ID), "accepted": strconv.FormatBool(action == forum.AcceptHandover), "reason": d.Reason}}
			if err := enqueue(ctx, tx, answered); err != nil {
				return err
			}
		}
		return settle(ctx, tx, forum.TheForum, f.ID, forum.AcceptHandover)
	})
}
