package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// decideApproval carries out a decision on an approval, under its subject's lock, where its status takes it.
func (s *Store) decideApproval(ctx context.Context, decision forum.ID, action forum.Action,
	work func(tx pgx.Tx, a forum.Approval, d forum.Decision, by actor) error) (forum.ApprovalFacts, error) {
	d, err := s.carryOut(ctx, decision, action, func(tx pgx.Tx, d forum.Decision, by actor) error {
		a, err := lockApproval(ctx, tx, d.Subject)
		if err != nil {
			return err
		}
		if !slices.Contains(forum.ApprovalDecisions[action], a.Status) {
			return movedOn(forum.TheApproval)
		}
		return work(tx, a, d, by)
	})
	if err != nil {
		return forum.ApprovalFacts{}, err
	}
	return s.ApprovalFacts(ctx, d.Subject)
}

// SignApproval is the next signer's signature, or their substitute's while they are absent. It holds for exactly the text that
// was submitted: any other is refused. The last signature approves the document, numbers it, and moves what it is about.
func (s *Store) SignApproval(ctx context.Context, decision forum.ID) (forum.ApprovalFacts, error) {
	return s.decideApproval(ctx, decision, forum.SignApproval, func(tx pgx.Tx, a forum.Approval, d forum.Decision, by actor) error {
		as, err := signsAs(ctx, tx, a, by.official)
		if err != nil {
			return err
		}
		if a.Status == forum.Drafted {
			if err := s.beginReview(ctx, tx, bySystem, a); err != nil {
				return err
			}
		}
		if err := sign(ctx, tx, &a, as, d, by); err != nil {
			return err
		}
		if a.Next() == nil {
			return s.approve(ctx, tx, a, d, by)
		}
		if err := note(ctx, tx, by, change{action: d.Action, noun: forum.TheApproval, subject: a.ID, forum: forumOf(a),
			before: string(forum.InReview), after: string(forum.InReview), reason: d.Reason}); err != nil {
			return err
		}
		return s.oweSignature(ctx, tx, a)
	})
}

// ReturnApproval sends the document back to its drafter, with the next signer's reason.
func (s *Store) ReturnApproval(ctx context.Context, decision forum.ID) (forum.ApprovalFacts, error) {
	return s.decideApproval(ctx, decision, forum.ReturnApproval, func(tx pgx.Tx, a forum.Approval, d forum.Decision, by actor) error {
		if _, err := signsAs(ctx, tx, a, by.official); err != nil && !isTextChanged(err) {
			return err
		}
		if a.Status == forum.Drafted {
			if err := s.beginReview(ctx, tx, bySystem, a); err != nil {
				return err
			}
		}
		if err := sign(ctx, tx, &a, forum.SignerReturned, d, by); err != nil {
			return err
		}
		return s.comeBack(ctx, tx, a, forum.Returned, d, by)
	})
}

// RecallApproval takes the document back: the drafter may, and the officers.
func (s *Store) RecallApproval(ctx context.Context, decision forum.ID) (forum.ApprovalFacts, error) {
	return s.decideApproval(ctx, decision, forum.RecallApproval, func(tx pgx.Tx, a forum.Approval, d forum.Decision, by actor) error {
		if by.official != a.Drafter {
			official, err := officialNow(ctx, tx, by.official)
			if err != nil {
				return err
			}
			if !official.Has(forum.Officer) {
				return forum.Refuse(forum.Forbidden, "approval.not_your_draft")
			}
		}
		return s.comeBack(ctx, tx, a, forum.Recalled, d, by)
	})
}

// signsAs says how an official's signature would stand in the line now, or refuses it.
func signsAs(ctx context.Context, q querier, a forum.Approval, official forum.ID) (forum.SignerStatus, error) {
	next := a.Next()
	if next == nil || next.Official == official || official == a.Drafter {
		as := forum.SignerApproved
		if next != nil && next.Role == forum.Consulted {
			as = forum.SignerConsulted
		}
		return as, a.MaySign(official)
	}
	var standsIn bool
	err := q.QueryRow(ctx, `SELECT EXISTS (SELECT FROM officials WHERE id = $1 AND absent AND substitute = $2)`, next.Official, official).Scan(&standsIn)
	if err != nil {
		return "", err
	}
	if !standsIn {
		return "", forum.Refuse(forum.Forbidden, "approval.not_your_turn")
	}
	return forum.SignerSubstitute, a.MaySign(next.Official)
}

// sign writes the next signer's step, in the row and in a, and ends the wait for it.
func sign(ctx context.Context, tx pgx.Tx, a *forum.Approval, as forum.SignerStatus, d forum.Decision, by actor) error {
	next := a.Next()
	signedBy := forum.ID("")
	if by.official != next.Official {
		signedBy = by.official
	}
	done, err := tx.Exec(ctx, `
UPDATE approval_signers SET status = @to, signed_at = now(), signed_by = @by, comment = @comment
WHERE approval_id = @approval AND ord = @ord AND status = ANY(@before)`,
		pgx.NamedArgs{"to": string(as), "by": orNull(signedBy), "comment": d.Reason, "approval": a.ID, "ord": next.Order,
			"before": texts(forum.SignerSteps.Before(as))})
	if err != nil {
		return err
	}
	if done.RowsAffected() != 1 {
		return movedOn(forum.TheApproval)
	}
	next.Status = as
	return settle(ctx, tx, forum.TheApproval, a.ID, forum.SignApproval)
}

// approve numbers the document and moves its subject.
func (s *Store) approve(ctx context.Context, tx pgx.Tx, a forum.Approval, d forum.Decision, by actor) error {
	number, err := s.documentNumber(ctx, tx, a.Department)
	if err != nil {
		return err
	}
	if _, err := approvalLife.move(ctx, tx, by, step[forum.ApprovalStatus]{id: a.ID, to: forum.Approved, action: d.Action, forum: forumOf(a), reason: d.Reason,
		set: `, decided_at = now(), document = @document`, args: pgx.NamedArgs{"document": number}}); err != nil {
		return err
	}
	switch a.Noun {
	case forum.TheDossier:
		return dossierApproved(ctx, tx, a, d, by)
	case forum.TheResponse:
		return s.responseApproved(ctx, tx, a, d, by)
	case forum.TheAnalysis:
		_, err := tx.Exec(ctx, `UPDATE analyses SET approval_id = $2 WHERE forum_id = $1`, a.Subject, a.ID)
		return err
	case forum.TheAwards:
		return awardsApproved(ctx, tx, a, d, by)
	case forum.TheExtension:
		return s.extensionApproved(ctx, tx, a, d, by)
	case forum.TheMinutes:
		return minutesApproved(ctx, tx, a, d, by)
	}
	return fmt.Errorf("no rule for an approved %s", a.Noun)
}

// documentNumber is the department's next one of the year. The row stays locked until the approving transaction ends, so a
// number that isn't used is given again: there are no gaps.
func (s *Store) documentNumber(ctx context.Context, tx pgx.Tx, department string) (string, error) {
	at, err := now(ctx, tx)
	if err != nil {
		return "", err
	}
	year, serial := at.In(s.zone).Year(), 0
	err = tx.QueryRow(ctx, `
INSERT INTO document_serials AS s (department, year, last) VALUES ($1, $2, 1)
ON CONFLICT (department, year) DO UPDATE SET last = s.last + 1 RETURNING last`, department, year).Scan(&serial)
	return fmt.Sprintf("%s-%d-%04d", department, year, serial), err
}

func dossierApproved(ctx context.Context, tx pgx.Tx, a forum.Approval, d forum.Decision, by actor) error {
	_, err := dossierLife.move(ctx, tx, by, step[forum.DossierStatus]{id: a.Subject, to: forum.DossierApproved, action: d.Action, forum: a.Subject,
		reason: d.Reason, set: `, approved_version = @version`, args: pgx.NamedArgs{"version": a.Version}})
	return err
}

// comeBack ends an approval that its drafter has again: returned or recalled. The subject may be edited and submitted anew,
// and that is owed by the drafter, unless the forum has left the status in which it could be.
func (s *Store) comeBack(ctx context.Context, tx pgx.Tx, a forum.Approval, to forum.ApprovalStatus, d forum.Decision, by actor) error {
	if _, err := approvalLife.move(ctx, tx, by, step[forum.ApprovalStatus]{id: a.ID, to: to, action: d.Action, forum: forumOf(a), reason: d.Reason,
		set: `, decided_at = now(), reason = @reason`, args: pgx.NamedArgs{"reason": d.Reason}}); err != nil {
		return err
	}
	if err := settle(ctx, tx, forum.TheApproval, a.ID); err != nil {
		return err
	}
	if err := subjectBack(ctx, tx, a, to, d, by); err != nil {
		return err
	}
	if a.Noun == forum.TheExtension {
		return nil
	}
	owed := forum.Owed{Noun: forum.TheForum, Subject: a.Subject, Forum: a.Subject, Kind: forum.Submits[a.Noun], Official: a.Drafter}
	if a.Noun == forum.TheMinutes {
		owed.Noun, owed.Forum = forum.TheRound, ""
	}
	var err error
	if owed.Due, err = s.inDays(ctx, tx, forum.OfficerDays); err != nil {
		return err
	}
	return s.owe(ctx, tx, owed)
}

// subjectBack moves the texts that have a status of their own.
func subjectBack(ctx context.Context, tx pgx.Tx, a forum.Approval, to forum.ApprovalStatus, d forum.Decision, by actor) error {
	switch {
	case a.Noun == forum.TheDossier && to == forum.Returned:
		return dossierSteps(ctx, tx, by, d.Action, a.Subject, d.Reason, forum.DossierReturned)
	case a.Noun == forum.TheDossier:
		return dossierSteps(ctx, tx, by, d.Action, a.Subject, d.Reason, forum.DossierDraft, forum.DossierComplete)
	case a.Noun == forum.TheResponse && to == forum.Returned:
		return responseStep(ctx, tx, by, d, a.Subject, forum.ResponseReturned)
	case a.Noun == forum.TheResponse:
		return responseStep(ctx, tx, by, d, a.Subject, forum.ResponseDraft)
	}
	return nil
}
