package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// noHead is the refusal to ask a department that nobody heads, nor any unit above it.
var noHead = forum.Refuse(forum.Conflict, "assignment.no_head")

// Assignment tells how the search for the responsible department stands; NotFound before the first proposal.
func (s *Store) Assignment(ctx context.Context, forumID forum.ID) (forum.Assignment, error) {
	a, err := assignmentOf(ctx, s.pool, forumID)
	return a, translate(err)
}

func assignmentOf(ctx context.Context, q querier, forumID forum.ID) (forum.Assignment, error) {
	var a forum.Assignment
	err := q.QueryRow(ctx, `
SELECT forum_id, status, department, COALESCE(addressee::text, ''), reason, proposed_at, transfers, wanted
FROM assignments WHERE forum_id = $1`, forumID).
		Scan(&a.Forum, &a.Status, &a.Department, &a.Addressee, &a.Reason, &a.ProposedAt, &a.Transfers, &a.Wanted)
	return a, found(err)
}

// ProposeDepartment asks a department's head to take the forum. Proposed again, it is put to another department.
func (s *Store) ProposeDepartment(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.ProposeDepartment, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.DepartmentDetails](d)
		if err != nil {
			return err
		}
		if f.Status == forum.Assigning {
			return s.transfer(ctx, tx, f, d, by, details.Department)
		}
		head, err := headOfKnown(ctx, tx, details.Department)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
INSERT INTO assignments (forum_id, department, addressee, reason) VALUES (@forum, @department, @addressee, @reason)`,
			pgx.NamedArgs{"forum": f.ID, "department": details.Department, "addressee": orNull(head), "reason": d.Reason}); err != nil {
			return err
		}
		if err := note(ctx, tx, by, change{action: d.Action, noun: forum.TheAssignment, subject: f.ID, forum: f.ID,
			after: string(forum.AssignmentProposed), reason: d.Reason}); err != nil {
			return err
		}
		if _, err := forumLife.move(ctx, tx, by, step[forum.ForumStatus]{id: f.ID, to: forum.Assigning, action: d.Action, forum: f.ID, reason: d.Reason}); err != nil {
			return err
		}
		if err := settle(ctx, tx, forum.TheForum, f.ID, forum.ProposeDepartment); err != nil {
			return err
		}
		return s.oweAcceptance(ctx, tx, f.ID, head)
	})
}

// headOfKnown is who is asked for a department that the directory knows.
func headOfKnown(ctx context.Context, q querier, department string) (forum.ID, error) {
	var known bool
	if err := q.QueryRow(ctx, `SELECT EXISTS (SELECT FROM departments WHERE code = $1)`, department).Scan(&known); err != nil {
		return "", err
	}
	if !known {
		return "", forum.Refuse(forum.Invalid, "department.unknown").At("department")
	}
	return headOf(ctx, q, department)
}

func (s *Store) oweAcceptance(ctx context.Context, tx pgx.Tx, id, head forum.ID) error {
	return s.owe(ctx, tx, forum.Owed{Noun: forum.TheForum, Subject: id, Forum: id, Kind: forum.AcceptAssignment, Official: head, Days: forum.Terms[forum.AcceptAssignment].Days})
}

// AcceptAssignment makes the department responsible; the dossier and the period are owed from now on.
func (s *Store) AcceptAssignment(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.AcceptAssignment, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		a, err := assignmentOf(ctx, tx, f.ID)
		if err != nil {
			return err
		}
		if _, err := assignmentLife.move(ctx, tx, by, step[forum.AssignmentStatus]{id: f.ID, to: forum.AssignmentAccepted, action: d.Action,
			forum: f.ID, reason: d.Reason}); err != nil {
			return err
		}
		if _, err := forumLife.move(ctx, tx, by, step[forum.ForumStatus]{id: f.ID, to: forum.Preparing, action: d.Action, forum: f.ID,
			reason: d.Reason, set: `, department = @department`, args: pgx.NamedArgs{"department": a.Department}}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO dossiers (forum_id) VALUES ($1) ON CONFLICT DO NOTHING`, f.ID); err != nil {
			return err
		}
		if err := settle(ctx, tx, forum.TheForum, f.ID, forum.AcceptAssignment); err != nil {
			return err
		}
		if err := s.oweForum(ctx, tx, f.ID, forum.SubmitDossier, a.Department); err != nil {
			return err
		}
		return s.oweForum(ctx, tx, f.ID, forum.SetPeriod, a.Department)
	})
}

// TransferAssignment asks another department's head instead.
func (s *Store) TransferAssignment(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.TransferAssignment, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.DepartmentDetails](d)
		if err != nil {
			return err
		}
		return s.transfer(ctx, tx, f, d, by, details.Department)
	})
}

func (s *Store) transfer(ctx context.Context, tx pgx.Tx, f forum.Forum, d forum.Decision, by actor, department string) error {
	a, err := assignmentOf(ctx, tx, f.ID)
	if err != nil {
		return err
	}
	if d.Action == forum.TransferAssignment && a.Status != forum.AssignmentProposed {
		return movedOn(forum.TheAssignment)
	}
	if a.Department == department && a.Status == forum.AssignmentProposed {
		return forum.Refuse(forum.Invalid, "assignment.same_department").At("department")
	}
	head, err := headOfKnown(ctx, tx, department)
	if err != nil {
		return err
	}
	if d.Action == forum.TransferAssignment && a.Transfers+1 >= forum.TransfersMost {
		return s.askOfficer(ctx, tx, by, d, a, department)
	}
	to := forum.Assignment{Forum: f.ID, Status: forum.AssignmentTransferred, Department: department, Addressee: head, Reason: d.Reason}
	return s.proposeAgain(ctx, tx, by, d.Action, to)
}

// askOfficer keeps a topic from being played back and forth: after so many transfers the officers decide whose it is.
func (s *Store) askOfficer(ctx context.Context, tx pgx.Tx, by actor, d forum.Decision, a forum.Assignment, wanted string) error {
	if _, err := assignmentLife.move(ctx, tx, by, step[forum.AssignmentStatus]{id: a.Forum, to: forum.AssignmentTransferred, action: d.Action, forum: a.Forum,
		reason: d.Reason, set: `, transfers = transfers + 1, wanted = @wanted, reason = @reason`,
		args: pgx.NamedArgs{"wanted": wanted, "reason": d.Reason}}); err != nil {
		return err
	}
	if err := settle(ctx, tx, forum.TheForum, a.Forum, forum.AcceptAssignment); err != nil {
		return err
	}
	return s.oweForum(ctx, tx, a.Forum, forum.ProposeDepartment, "")
}

// proposeAgain puts an assignment to somebody else: two steps, by way of transferred or escalated, and a clock of its own.
func (s *Store) proposeAgain(ctx context.Context, tx pgx.Tx, by actor, action forum.Action, a forum.Assignment) error {
	if _, err := assignmentLife.move(ctx, tx, by, step[forum.AssignmentStatus]{id: a.Forum, to: a.Status, action: action, forum: a.Forum, reason: a.Reason}); err != nil {
		return err
	}
	if _, err := assignmentLife.move(ctx, tx, by, step[forum.AssignmentStatus]{id: a.Forum, to: forum.AssignmentProposed, action: action, forum: a.Forum,
		reason: a.Reason, set: `, department = @department, addressee = @addressee, reason = @reason, wanted = '', transfers = transfers + @transfers, proposed_at = now()`,
		args: pgx.NamedArgs{"transfers": oneIf(action == forum.TransferAssignment), "department": a.Department, "addressee": orNull(a.Addressee), "reason": a.Reason}}); err != nil {
		return err
	}
	if err := settle(ctx, tx, forum.TheForum, a.Forum, forum.AcceptAssignment, forum.ProposeDepartment); err != nil {
		return err
	}
	return s.oweAcceptance(ctx, tx, a.Forum, a.Addressee)
}

// escalateAssignment puts an unanswered assignment to the superior of whoever was asked, with a new clock. Where nobody is
// above, the officers are told and the wait goes on.
func (s *Store) escalateAssignment(ctx context.Context, tx pgx.Tx, w wait) error {
	superior := forum.ID("")
	if w.official != "" {
		var err error
		if superior, err = superiorOf(ctx, tx, w.official); err != nil {
			return err
		}
	}
	if superior == "" {
		return s.escalate(ctx, tx, w)
	}
	a, err := assignmentOf(ctx, tx, w.subject)
	if err != nil {
		return err
	}
	a.Status, a.Addressee = forum.AssignmentEscalated, superior
	return s.proposeAgain(ctx, tx, bySystem, escalated, a)
}

func oneIf(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
