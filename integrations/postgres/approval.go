package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// document is what goes into an approval line.
type document struct {
	noun       forum.Noun
	subject    forum.ID // the forum's id, or the round's
	forum      forum.ID // empty for a round's minutes
	title      string
	department string
	version    int
	content    any  // what the approval's SHA-256 is of, as JSON
	done       bool // it was done already, and is approved after the fact
}

// draft makes the approval of one exact text and ends the wait for it. Its procedure lays it before the first signer.
func draft(ctx context.Context, tx pgx.Tx, d forum.Decision, by actor, doc document, line forum.LineDetails) error {
	if err := checkLine(ctx, tx, by.official, line.Signers); err != nil {
		return err
	}
	text, err := json.Marshal(doc.content)
	if err != nil {
		return err
	}
	id := NewID()
	_, err = tx.Exec(ctx, `
INSERT INTO approvals (id, noun, subject_id, title, department, version, sha256, content, drafter, after_the_fact)
VALUES (@id, @noun, @subject, @title, @department, @version, @sha, @content, @drafter, @done)`,
		pgx.NamedArgs{"id": id, "noun": doc.noun, "subject": doc.subject, "title": doc.title, "department": doc.department, "version": doc.version,
			"sha": sha256Of(text), "content": string(text), "drafter": by.official, "done": doc.done})
	if err != nil {
		return err
	}
	for i, signer := range line.Signers {
		_, err := tx.Exec(ctx, `INSERT INTO approval_signers (approval_id, ord, role, official_id) VALUES (@approval, @ord, @role, @official)`,
			pgx.NamedArgs{"approval": id, "ord": i + 1, "role": signer.Role, "official": signer.Official})
		if err != nil {
			return err
		}
	}
	if err := record(ctx, tx, id, by, lineEvent{kind: forum.LineDrafted, official: by.official, comment: d.Reason}); err != nil {
		return err
	}
	noun := forum.TheForum
	if doc.noun == forum.TheMinutes {
		noun = forum.TheRound
	}
	if err := settle(ctx, tx, noun, doc.subject, forum.Submits[doc.noun]); err != nil {
		return err
	}
	if line.Keep {
		if err := keepLine(ctx, tx, by, doc.department, doc.noun, line.Signers); err != nil {
			return err
		}
	}
	return note(ctx, tx, by, change{action: d.Action, noun: forum.TheApproval, subject: id, forum: doc.forum, after: string(forum.Drafted), reason: d.Reason})
}

func sha256Of(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// checkLine refuses a line that doesn't end in its one approver, has the drafter or somebody twice in it, or names somebody who
// isn't there or may not sign.
func checkLine(ctx context.Context, q querier, drafter forum.ID, line []forum.LineSigner) error {
	if len(line) == 0 {
		return forum.Refuse(forum.Invalid, "approval.line_empty").At("signers")
	}
	in := map[forum.ID]bool{}
	for i, signer := range line {
		last := i == len(line)-1
		switch {
		case signer.Role != forum.Reviewer && signer.Role != forum.Consulted && signer.Role != forum.Approver:
			return forum.Refuse(forum.Invalid, "approval.no_such_role").At("signers")
		case last != (signer.Role == forum.Approver):
			return forum.Refuse(forum.Invalid, "approval.line_needs_approver").At("signers")
		case signer.Official == drafter:
			return forum.Refuse(forum.Invalid, "approval.drafter_in_line").At("signers")
		case in[signer.Official]:
			return forum.Refuse(forum.Invalid, "approval.signer_twice").At("signers")
		}
		in[signer.Official] = true
		if _, err := forum.ParseID(string(signer.Official)); err != nil {
			return forum.Refuse(forum.Invalid, "approval.signer_unknown").At("signers")
		}
		official, err := officialNow(ctx, q, signer.Official)
		if forum.CodeOf(err) == forum.NotFound {
			return forum.Refuse(forum.Invalid, "approval.signer_unknown").At("signers")
		}
		if err != nil {
			return err
		}
		if official.May(forum.SignApproval, official.Department) != nil {
			return forum.Refuse(forum.Invalid, "approval.signer_without_duty").At("signers")
		}
	}
	return nil
}

const approvalColumns = `a.id, a.noun, a.subject_id, a.title, a.department, a.status, a.version, a.sha256, a.content, a.drafter, d.name, a.drafted_at,
	COALESCE(a.document, ''), a.decided_at, a.reason, a.after_the_fact, a.alarm, a.alarmed_at, a.settled_at`

const fromApprovals = ` FROM approvals a JOIN officials d ON d.id = a.drafter `

func scanApproval(row pgx.CollectableRow) (forum.Approval, error) {
	var a forum.Approval
	var decided, alarmed, settled *time.Time
	err := row.Scan(&a.ID, &a.Noun, &a.Subject, &a.Title, &a.Department, &a.Status, &a.Version, &a.SHA256, &a.Text, &a.Drafter, &a.DrafterName,
		&a.DraftedAt, &a.Document, &decided, &a.Reason, &a.AfterTheFact, &a.Alarm, &alarmed, &settled)
	a.DecidedAt, a.AlarmedAt, a.SettledAt = instant(decided), instant(alarmed), instant(settled)
	return a, err
}

// approvalsFrom reads approvals with their lines, in two queries.
func approvalsFrom(ctx context.Context, q querier, sql string, args ...any) ([]forum.Approval, error) {
	rows, err := q.Query(ctx, `SELECT `+approvalColumns+fromApprovals+sql, args...)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, scanApproval)
	if err != nil || len(all) == 0 {
		return all, err
	}
	at := make(map[forum.ID]*forum.Approval, len(all))
	ids := make([]string, len(all))
	for i := range all {
		at[all[i].ID], ids[i] = &all[i], string(all[i].ID)
	}
	rows, err = q.Query(ctx, `
SELECT s.approval_id, s.ord, s.role, s.official_id, o.name, o.title, s.status, s.signed_at, s.comment, s.disagrees, s.final, COALESCE(b.name, '')
FROM approval_signers s JOIN officials o ON o.id = s.official_id LEFT JOIN officials b ON b.id = s.signed_by
WHERE s.approval_id = ANY($1::uuid[]) ORDER BY s.approval_id, s.ord`, ids)
	if err != nil {
		return nil, err
	}
	var approval forum.ID
	var signer forum.Signer
	var signed *time.Time
	_, err = pgx.ForEachRow(rows, []any{&approval, &signer.Order, &signer.Role, &signer.Official, &signer.Name, &signer.Title, &signer.Status,
		&signed, &signer.Comment, &signer.Disagrees, &signer.Final, &signer.SignedBy}, func() error {
		signer.At = instant(signed)
		at[approval].Line = append(at[approval].Line, signer)
		return nil
	})
	return all, err
}

// wholeApproval reads one approval with its line and the SHA-256 of the subject's text as it is now.
func wholeApproval(ctx context.Context, q querier, sql string, args ...any) (forum.Approval, error) {
	all, err := approvalsFrom(ctx, q, sql, args...)
	if err != nil {
		return forum.Approval{}, err
	}
	if len(all) == 0 {
		return forum.Approval{}, found(pgx.ErrNoRows)
	}
	a := all[0]
	a.Current, err = textNow(ctx, q, a)
	return a, err
}

// textNow is the SHA-256 of the subject's text as it stands now. The text of an act is nowhere but in its approval. A stored
// content that doesn't match its own sum any more counts as changed.
func textNow(ctx context.Context, q querier, a forum.Approval) (string, error) {
	if stored := sha256Of([]byte(a.Text)); stored != a.SHA256 {
		return stored, nil
	}
	var content any
	var err error
	switch a.Noun {
	case forum.TheDossier:
		var d forum.Dossier
		d, err = dossierOf(ctx, q, a.Subject)
		content = d.Items
	case forum.TheResponse:
		var r forum.Response
		r, err = responseOf(ctx, q, a.Subject)
		content = r.Paragraphs
	case forum.TheCorrection:
		var c forum.Correction
		c, err = draftedCorrection(ctx, q, a.Subject)
		content = forum.CorrectionText{Reason: c.Reason, Paragraphs: c.Paragraphs}
	case forum.TheAnalysis:
		content, err = analysisText(ctx, q, a.Subject)
	case forum.TheAwards:
		content, err = awardsText(ctx, q, a.Subject)
	case forum.TheMinutes:
		content, err = minutesText(ctx, q, a.Subject)
	default:
		return a.SHA256, nil
	}
	if err != nil {
		return "", err
	}
	return forum.Fingerprint(content)
}

// Approval gives one document with its line and all that was done in it.
func (s *Store) Approval(ctx context.Context, id forum.ID) (forum.Approval, error) {
	a, err := wholeApproval(ctx, s.pool, `WHERE a.id = $1`, id)
	if err == nil {
		a.History, err = historyOf(ctx, s.pool, id)
	}
	return a, translate(err)
}

// ApprovalOf gives the latest approval of a subject's text; NotFound before the first one.
func (s *Store) ApprovalOf(ctx context.Context, noun forum.Noun, subject forum.ID) (forum.Approval, error) {
	a, err := wholeApproval(ctx, s.pool, `WHERE a.noun = $1 AND a.subject_id = $2 ORDER BY a.drafted_at DESC, a.id DESC LIMIT 1`, noun, subject)
	return a, translate(err)
}

// Approvals lists documents for a reader: first those that wait for their signature, then those they drafted, then the others
// that they may see. Text and Current are of the single document's page.
func (s *Store) Approvals(ctx context.Context, reader forum.Official) ([]forum.Approval, error) {
	all, err := approvalsFrom(ctx, s.pool, `
LEFT JOIN LATERAL (
	SELECT true AS mine FROM owed w LEFT JOIN officials_now o ON o.id = w.official_id
	WHERE w.noun = 'approval' AND w.subject_id = a.id AND w.kind = @sign AND w.done_at IS NULL
		AND (w.official_id = @me OR (o.absent AND o.substitute = @me)) LIMIT 1
) next ON true
WHERE @all OR a.drafter = @me OR (a.department = @department AND @department <> '') OR next.mine
	OR EXISTS (SELECT FROM approval_signers s WHERE s.approval_id = a.id AND s.official_id = @me)
ORDER BY COALESCE(next.mine, false) DESC, a.drafter = @me DESC, a.drafted_at DESC, a.id DESC LIMIT 200`,
		pgx.NamedArgs{"me": reader.ID, "department": reader.Department, "sign": forum.SignApproval, "all": reader.SeesWholeCity(forum.ReadApprovals)})
	if err != nil {
		return nil, translate(err)
	}
	ids := make([]string, len(all))
	for i, a := range all {
		ids[i] = string(a.ID)
	}
	late, err := s.lateness(ctx, forum.TheApproval, ids)
	for i := range all {
		all[i].Text, all[i].Late = "", late[all[i].ID]
	}
	return all, err
}

// ApprovalFacts tells what is true of an approval: all that its procedure knows of it.
func (s *Store) ApprovalFacts(ctx context.Context, id forum.ID) (forum.ApprovalFacts, error) {
	facts, err := approvalFacts(ctx, s.pool, id)
	return facts, translate(err)
}

func approvalFacts(ctx context.Context, q querier, id forum.ID) (forum.ApprovalFacts, error) {
	var facts forum.ApprovalFacts
	var noun forum.Noun
	err := q.QueryRow(ctx, `SELECT status, noun, subject_id, `+openAlarm+` FROM approvals a WHERE id = $1`, id).
		Scan(&facts.Status, &noun, &facts.Wake.ID, &facts.Alarm)
	if err != nil {
		return facts, found(err)
	}
	facts.Wake.Noun = forum.TheForum
	if noun == forum.TheMinutes {
		facts.Wake.Noun = forum.TheRound
	}
	if noun == forum.TheUrgent {
		if facts.Starts, err = starts(ctx, q, `SELECT 'forum', id FROM forums WHERE suggestion_id = $1`, facts.Wake.ID); err != nil {
			return facts, err
		}
	}
	if noun == forum.TheAwards && facts.Status == forum.Approved {
		if facts.Starts, err = starts(ctx, q, `SELECT 'award', a.id FROM awards a WHERE a.forum_id = $1 AND `+awardWaits, facts.Wake.ID); err != nil {
			return facts, err
		}
	}
	facts.Due, err = nextDue(ctx, q, forum.TheApproval, id)
	return facts, err
}

// lockApproval takes the locks of what an approval moves, the subject's first, and gives the whole approval under them.
func lockApproval(ctx context.Context, tx pgx.Tx, id forum.ID) (forum.Approval, error) {
	var noun forum.Noun
	var subject forum.ID
	if err := tx.QueryRow(ctx, `SELECT noun, subject_id FROM approvals WHERE id = $1`, id).Scan(&noun, &subject); err != nil {
		return forum.Approval{}, found(err)
	}
	if noun == forum.TheMinutes {
		if _, err := tx.Exec(ctx, `SELECT FROM rounds WHERE id = $1 FOR UPDATE`, subject); err != nil {
			return forum.Approval{}, err
		}
	} else if err := lockForum(ctx, tx, subject); err != nil {
		return forum.Approval{}, err
	}
	if _, err := tx.Exec(ctx, `SELECT FROM approvals WHERE id = $1 FOR UPDATE`, id); err != nil {
		return forum.Approval{}, err
	}
	a, err := wholeApproval(ctx, tx, `WHERE a.id = $1`, id)
	if err == nil {
		a.History, err = historyOf(ctx, tx, id)
	}
	return a, err
}

// forumOf is the forum whose trail and page show an approval; a round's minutes have none, nor has what is to become a forum.
func forumOf(a forum.Approval) forum.ID {
	if a.Noun == forum.TheMinutes || a.Noun == forum.TheUrgent {
		return ""
	}
	return a.Subject
}

// BeginReview lays a drafted document before its first signer. One that is further on already is left as it is.
func (s *Store) BeginReview(ctx context.Context, id forum.ID) (forum.ApprovalFacts, error) {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		a, err := lockApproval(ctx, tx, id)
		if err != nil || a.Status != forum.Drafted {
			return err
		}
		return s.beginReview(ctx, tx, bySystem, a)
	})
	if err != nil {
		return forum.ApprovalFacts{}, err
	}
	return s.ApprovalFacts(ctx, id)
}

func (s *Store) beginReview(ctx context.Context, tx pgx.Tx, by actor, a forum.Approval) error {
	if _, err := approvalLife.move(ctx, tx, by, step[forum.ApprovalStatus]{id: a.ID, to: forum.InReview, action: beganReview, forum: forumOf(a)}); err != nil {
		return err
	}
	return s.awaitSigners(ctx, tx, a)
}

// voidApprovals makes the approvals under way of a subject's text void, visibly, and ends their waits. What was done before its
// approval still has to be approved, whatever became of the forum.
func voidApprovals(ctx context.Context, tx pgx.Tx, by actor, subject forum.ID, noun forum.Noun) error {
	all, err := approvalsFrom(ctx, tx, `WHERE a.noun = $1 AND a.subject_id = $2 AND a.status IN ('drafted', 'in_review') AND NOT a.after_the_fact FOR UPDATE OF a`, noun, subject)
	if err != nil {
		return err
	}
	for _, a := range all {
		if _, err := approvalLife.move(ctx, tx, by, step[forum.ApprovalStatus]{id: a.ID, to: forum.Voided, action: voided, forum: forumOf(a),
			set: `, decided_at = now()`}); err != nil {
			return err
		}
		if err := record(ctx, tx, a.ID, by, lineEvent{kind: forum.LineVoided}); err != nil {
			return err
		}
		if err := settle(ctx, tx, forum.TheApproval, a.ID); err != nil {
			return err
		}
	}
	return nil
}

var textChanged = forum.Refuse(forum.Conflict, "approval.text_changed")

// isTextChanged says that only the changed text keeps somebody from signing.
func isTextChanged(err error) bool { return errors.Is(err, textChanged) }
