package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// RecordDecision writes down what an official decided, before its procedure is told. It refuses what is no decision on that
// noun, what lacks its reason, whose subject isn't there, and whom the policy doesn't allow it. The same id again is the same
// decision; with another content it is refused.
func (s *Store) RecordDecision(ctx context.Context, d forum.Decision) error {
	if !decides(d.Action, d.Noun) {
		return forum.Refuse(forum.Invalid, "decision.unknown").At("action")
	}
	if err := d.Validate(); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := mayDecide(ctx, tx, d); err != nil {
			return err
		}
		var details any
		if len(d.Details) > 0 {
			details = d.Details
		}
		done, err := tx.Exec(ctx, `
INSERT INTO decisions (id, action, noun, subject_id, by_official, from_addr, reason, details)
VALUES (@id, @action, @noun, @subject, @by, @from, @reason, @details::jsonb) ON CONFLICT (id) DO NOTHING`,
			pgx.NamedArgs{"id": d.ID, "action": d.Action, "noun": d.Noun, "subject": d.Subject, "by": orNull(d.By), "from": d.From,
				"reason": d.Reason, "details": details})
		if err != nil || done.RowsAffected() == 1 {
			return err
		}
		var same bool
		err = tx.QueryRow(ctx, `
SELECT action = @action AND noun = @noun AND subject_id = @subject AND by_official IS NOT DISTINCT FROM @by::uuid AND reason = @reason
	AND details IS NOT DISTINCT FROM @details::jsonb
FROM decisions WHERE id = @id`, pgx.NamedArgs{"id": d.ID, "action": d.Action, "noun": d.Noun, "subject": d.Subject,
			"by": orNull(d.By), "reason": d.Reason, "details": details}).Scan(&same)
		if err == nil && !same {
			return forum.Refuse(forum.Invalid, "idempotency.other_body").At("Idempotency-Key")
		}
		return err
	})
}

// decides says whether an action is a decision on a noun's procedure.
func decides(action forum.Action, noun forum.Noun) bool {
	known := false
	switch noun {
	case forum.TheForum:
		_, known = forum.ForumDecisions[action]
	case forum.TheRound:
		_, known = forum.RoundDecisions[action]
	case forum.TheApproval:
		_, known = forum.ApprovalDecisions[action]
	case forum.TheAward:
		_, known = forum.AwardDecisions[action]
	case forum.TheInvitation:
		_, known = forum.InvitationDecisions[action]
	}
	return known
}

// DecisionOutcome tells what became of a decision.
func (s *Store) DecisionOutcome(ctx context.Context, id forum.ID) (forum.DecisionOutcome, error) {
	var done *time.Time
	var refused []byte
	err := s.pool.QueryRow(ctx, `SELECT done_at, refused FROM decisions WHERE id = $1`, id).Scan(&done, &refused)
	if err != nil {
		return forum.DecisionOutcome{}, translate(found(err))
	}
	refusal, err := refusalFrom(refused)
	return forum.DecisionOutcome{Done: done != nil, Refused: refusal, At: instant(done)}, err
}

// carryOut carries a recorded decision out exactly once, however often and by however many it is called: the decision's row
// is locked first. A second call gives the first one's answer and does nothing. Inside the transaction the policy is asked
// again, with the official's duties as they are now. A refusal undoes what work did and is written on the decision's row
// under the same lock; an ordinary error, or an unavailable city, leaves the decision as it was, to be tried again.
func (s *Store) carryOut(ctx context.Context, id forum.ID, action forum.Action,
	work func(tx pgx.Tx, d forum.Decision, by actor) error) (forum.Decision, error) {
	var d forum.Decision
	var refusal *forum.Error
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		var done *time.Time
		var refused []byte
		var details *json.RawMessage
		d, refusal = forum.Decision{}, nil
		err := tx.QueryRow(ctx, `
SELECT id, action, noun, subject_id, COALESCE(by_official::text, ''), from_addr, reason, details, done_at, refused
FROM decisions WHERE id = $1 FOR UPDATE`, id).Scan(&d.ID, &d.Action, &d.Noun, &d.Subject, &d.By, &d.From, &d.Reason, &details, &done, &refused)
		if err != nil {
			return found(err)
		}
		if details != nil {
			d.Details = *details
		}
		if d.Action != action {
			return fmt.Errorf("decision %s is a %s, not a %s", id, d.Action, action)
		}
		if done != nil {
			refusal, err = refusalFrom(refused)
			return err
		}
		err = pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error { // a savepoint: a refusal undoes the work and keeps the lock
			by, err := mayDecide(ctx, tx, d)
			if err != nil {
				return err
			}
			return work(tx, d, by)
		})
		if refusal = finalRefusal(err); err != nil && refusal == nil {
			return err
		}
		var written any
		if refusal != nil {
			if written, err = json.Marshal(refusal); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `UPDATE decisions SET done_at = clock_timestamp(), refused = @refused::jsonb WHERE id = @id`,
			pgx.NamedArgs{"id": id, "refused": written})
		return err
	})
	if err == nil && refusal != nil {
		return d, refusal
	}
	return d, err
}

// finalRefusal is the refusal that an error stands for, or nil when trying again may help.
func finalRefusal(err error) *forum.Error {
	if err == nil || isTransient(err) {
		return nil
	}
	refusal := forum.RefusalIn(translate(err))
	if refusal != nil && (refusal.Code == forum.Unavailable || refusal.Code == forum.Internal) {
		return nil
	}
	return refusal
}

func refusalFrom(raw []byte) (*forum.Error, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var refusal forum.Error
	if err := json.Unmarshal(raw, &refusal); err != nil {
		return nil, err
	}
	return &refusal, nil
}

// detailsOf reads what the official chose beside the reason.
func detailsOf[D any](d forum.Decision) (D, error) {
	var details D
	if err := json.Unmarshal(d.Details, &details); err != nil {
		return details, forum.Refuse(forum.Invalid, "decision.details_malformed")
	}
	return details, nil
}

// mayDecide asks the policy about a decision with the duties of now, and gives who acts. Whoever stands in for an absent
// official may do what that one may. Being asked by name is a relation of its own: the addressee of an assignment and a
// signer in a line need the duty in their own department, not in the subject's.
func mayDecide(ctx context.Context, q querier, d forum.Decision) (actor, error) {
	department, addressee, err := concerns(ctx, q, d.Noun, d.Subject)
	if err != nil {
		return actor{}, err
	}
	if d.By == "" {
		if d.Action.IsOutsiders() {
			return actor{kind: "citizen", from: d.From, decision: d.ID}, nil
		}
		return actor{}, forum.Refuse(forum.Forbidden, "duty.missing")
	}
	if d.Action.IsOutsiders() {
		return actor{}, forum.Refuse(forum.Forbidden, "duty.missing")
	}
	hats, err := hats(ctx, q, d.By)
	if err != nil {
		return actor{}, err
	}
	refusal := error(forum.Refuse(forum.Forbidden, "duty.missing"))
	for i, hat := range hats {
		where := department
		switch d.Action {
		case forum.AcceptAssignment, forum.TransferAssignment:
			if hat.ID == addressee {
				where = hat.Department
			}
		case forum.AnswerConsultation, forum.AcceptHandover, forum.DeclineHandover:
			asked, err := isAsked(ctx, q, d.Action, d.Subject, hat.ID)
			if err != nil {
				return actor{}, err
			}
			if where = ""; asked {
				where = hat.Department
			}
		case forum.SignApproval, forum.ReturnApproval:
			where = hat.Department
		}
		err := hat.May(d.Action, where)
		if err == nil {
			return actor{kind: "official", official: d.By, from: d.From, decision: d.ID}, nil
		}
		if i == 0 && hat.ID == d.By {
			refusal = err
		}
	}
	return actor{}, refusal
}

// hats are the officials as whom somebody may act: themself first, then the absent ones they stand in for. Whoever has left
// has none.
func hats(ctx context.Context, q querier, id forum.ID) ([]forum.Official, error) {
	rows, err := q.Query(ctx, `
SELECT `+officialColumns+` FROM officials_now o
WHERE left_at IS NULL AND (id = $1 OR (absent AND substitute = (SELECT id FROM officials WHERE id = $1 AND left_at IS NULL)))
ORDER BY (id = $1) DESC, uid`, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanOfficial)
}

// concerns tells whose department a procedure's row belongs to ("" for the city's own) and, of a forum that looks for its
// department, which official is asked. A row that isn't there is NotFound.
func concerns(ctx context.Context, q querier, noun forum.Noun, subject forum.ID) (department string, addressee forum.ID, err error) {
	sql := ""
	switch noun {
	case forum.TheForum:
		sql = `
SELECT CASE WHEN f.status = 'assigning' THEN COALESCE(a.department, '') ELSE f.department END, COALESCE(a.addressee::text, '')
FROM forums f LEFT JOIN assignments a ON a.forum_id = f.id WHERE f.id = $1`
	case forum.TheRound:
		sql = `SELECT '', '' FROM rounds WHERE id = $1`
	case forum.TheApproval:
		sql = `SELECT department, '' FROM approvals WHERE id = $1`
	case forum.TheAward:
		sql = `SELECT f.department, '' FROM awards a JOIN forums f ON f.id = a.forum_id WHERE a.id = $1`
	case forum.TheInvitation:
		sql = `SELECT COALESCE(f.department, ''), '' FROM invitations i LEFT JOIN forums f ON f.id = i.forum_id WHERE i.id = $1`
	default:
		return "", "", errors.New("no procedure runs a " + string(noun))
	}
	err = q.QueryRow(ctx, sql, subject).Scan(&department, &addressee)
	return department, addressee, found(err)
}
