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

// SignApproval is the signature of somebody who is waited for, or their substitute's while they are absent. It holds for exactly
// the text that was submitted: any other is refused. The last signature approves the document, numbers it, and moves what it is
// about.
func (s *Store) SignApproval(ctx context.Context, decision forum.ID) (forum.ApprovalFacts, error) {
	return s.decideApproval(ctx, decision, forum.SignApproval, func(tx pgx.Tx, a forum.Approval, d forum.Decision, by actor) error {
		place, err := turnOf(ctx, tx, a, by.official)
		if err != nil {
			return err
		}
		if a.Status == forum.Drafted {
			if err := s.beginReview(ctx, tx, bySystem, a); err != nil {
				return err
			}
		}
		if err := sign(ctx, tx, a, place, d, by); err != nil {
			return err
		}
		if len(a.Next()) == 0 {
			return s.approve(ctx, tx, a, d, by)
		}
		if err := note(ctx, tx, by, change{action: d.Action, noun: forum.TheApproval, subject: a.ID, forum: forumOf(a),
			before: string(forum.InReview), after: string(forum.InReview), reason: d.Reason}); err != nil {
			return err
		}
		return s.awaitSigners(ctx, tx, a)
	})
}

// ReturnApproval sends the document back with the reason of somebody who is waited for: to an earlier signer, or to its drafter.
func (s *Store) ReturnApproval(ctx context.Context, decision forum.ID) (forum.ApprovalFacts, error) {
	return s.decideApproval(ctx, decision, forum.ReturnApproval, func(tx pgx.Tx, a forum.Approval, d forum.Decision, by actor) error {
		place, err := turnOf(ctx, tx, a, by.official)
		if err != nil && !isTextChanged(err) {
			return err
		}
		if a.Status == forum.Drafted {
			if err := s.beginReview(ctx, tx, bySystem, a); err != nil {
				return err
			}
		}
		var details forum.ReturnDetails
		if len(d.Details) > 0 {
			if details, err = detailsOf[forum.ReturnDetails](d); err != nil {
				return err
			}
		}
		if details.To != 0 {
			return s.sendBack(ctx, tx, a, details.To, d, by)
		}
		if err := takePlace(ctx, tx, a, place, forum.SignerReturned, d, by); err != nil {
			return err
		}
		if err := record(ctx, tx, a.ID, by, lineEvent{kind: forum.LineReturned, ord: place.Order, official: place.Official, comment: d.Reason}); err != nil {
			return err
		}
		return s.comeBack(ctx, tx, a, forum.Returned, d, by)
	})
}

// RecallApproval takes the document back before anybody has signed: the drafter may, and the officers.
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
		if a.HasSignatures() {
			return forum.Refuse(forum.Conflict, "approval.signed_already")
		}
		if err := record(ctx, tx, a.ID, by, lineEvent{kind: forum.LineRecalled, comment: d.Reason}); err != nil {
			return err
		}
		return s.comeBack(ctx, tx, a, forum.Recalled, d, by)
	})
}

// turnOf is the place in which an official may sign now, or the refusal.
func turnOf(ctx context.Context, q querier, a forum.Approval, official forum.ID) (*forum.Signer, error) {
	rows, err := q.Query(ctx, `SELECT id FROM officials_now WHERE left_at IS NULL AND absent AND substitute = $1 ORDER BY uid`, official)
	if err != nil {
		return nil, err
	}
	absent, err := pgx.CollectRows(rows, pgx.RowTo[forum.ID])
	if err != nil {
		return nil, err
	}
	return a.Turn(official, absent...)
}

// sign writes a signature: an agreement, an opinion of a consulted department, or a substitute's.
func sign(ctx context.Context, tx pgx.Tx, a forum.Approval, place *forum.Signer, d forum.Decision, by actor) error {
	var details forum.SignatureDetails
	if len(d.Details) > 0 {
		var err error
		if details, err = detailsOf[forum.SignatureDetails](d); err != nil {
			return err
		}
	}
	did, as := lineEvent{kind: forum.LineSigned, ord: place.Order, official: place.Official, comment: d.Reason}, forum.SignerApproved
	if place.Role == forum.Consulted {
		did.kind, did.disagrees, as = forum.LineConsulted, details.Disagrees, forum.SignerConsulted
	}
	if did.disagrees && forum.NeedReason(d.Reason) != nil {
		return forum.Refuse(forum.Invalid, "approval.opinion_missing").At("reason")
	}
	if by.official != place.Official {
		as = forum.SignerSubstitute
	}
	if details.Final {
		if err := mayDecideFinally(ctx, tx, a, place); err != nil {
			return err
		}
		did.final = true
	}
	place.Disagrees, place.Final = did.disagrees, did.final
	if err := takePlace(ctx, tx, a, place, as, d, by); err != nil {
		return err
	}
	if err := record(ctx, tx, a.ID, by, did); err != nil || !did.final {
		return err
	}
	return skip(ctx, tx, a, by)
}

// takePlace moves a signer's step, in the row and in the line.
func takePlace(ctx context.Context, tx pgx.Tx, a forum.Approval, place *forum.Signer, as forum.SignerStatus, d forum.Decision, by actor) error {
	signedBy := forum.ID("")
	if by.official != place.Official {
		signedBy = by.official
	}
	done, err := tx.Exec(ctx, `
UPDATE approval_signers SET status = @to, signed_at = now(), signed_by = @by, comment = @comment, disagrees = @disagrees, final = @final
WHERE approval_id = @approval AND ord = @ord AND status = ANY(@before)`,
		pgx.NamedArgs{"to": string(as), "by": orNull(signedBy), "comment": d.Reason, "disagrees": place.Disagrees, "final": place.Final, "approval": a.ID, "ord": place.Order,
			"before": texts(forum.SignerSteps.Before(as))})
	if err != nil {
		return err
	}
	if done.RowsAffected() != 1 {
		return movedOn(forum.TheApproval)
	}
	place.Status = as
	return nil
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
	if a.Alarmed() {
		if err := settleAlarm(ctx, tx, a, d, by); err != nil {
			return err
		}
	}
	if err := settle(ctx, tx, forum.TheApproval, a.ID); err != nil {
		return err
	}
	if a.AfterTheFact {
		return nil // it was done when it was submitted
	}
	switch a.Noun {
	case forum.TheDossier:
		return dossierApproved(ctx, tx, a, d, by)
	case forum.TheResponse:
		return s.responseApproved(ctx, tx, a, d, by)
	case forum.TheCorrection:
		return s.correctionApproved(ctx, tx, a, d, by)
	case forum.TheAnalysis:
		_, err := tx.Exec(ctx, `UPDATE analyses SET approval_id = $2 WHERE forum_id = $1`, a.Subject, a.ID)
		return err
	case forum.TheAwards:
		return awardsApproved(ctx, tx, a, d, by)
	case forum.TheExtension:
		return s.extensionApproved(ctx, tx, a, d, by)
	case forum.TheUrgent:
		return s.urgentApproved(ctx, tx, a, d, by)
	case forum.TheEarlyClose:
		return s.earlyCloseApproved(ctx, tx, a, d, by)
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
	if a.AfterTheFact && to == forum.Returned {
		return s.alarm(ctx, tx, a, forum.AlarmReturned)
	}
	if a.AfterTheFact {
		return s.alarm(ctx, tx, a, forum.AlarmRecalled)
	}
	if a.Noun.IsAct() || a.Noun == forum.TheUrgent {
		return nil
	}
	owed := forum.Owed{Noun: forum.TheForum, Subject: a.Subject, Forum: a.Subject, Kind: forum.Submits[a.Noun], Official: a.Drafter, Days: forum.OfficerDays}
	if a.Noun == forum.TheMinutes {
		owed.Noun, owed.Forum = forum.TheRound, ""
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
