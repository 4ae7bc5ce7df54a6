package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// departure is an official whose post isn't theirs any more: they have left, moved to another department, or lost a duty.
type departure struct {
	before forum.Official  // as they were in that post
	now    *forum.Official // as they are; nil when they have left
}

// departures compares two readings of the directory.
func departures(before, after []forum.Official) []departure {
	here := make(map[forum.ID]*forum.Official, len(after))
	for i := range after {
		here[after[i].ID] = &after[i]
	}
	var all []departure
	for _, was := range before {
		is := here[was.ID]
		if is == nil || is.Department != was.Department || slices.ContainsFunc(was.Duties, func(d forum.Duty) bool { return !is.Has(d) }) {
			all = append(all, departure{was, is})
		}
	}
	return all
}

// leaves says whether something of a department belonged to the post that was left: whatever one may not do any more, and what
// was one's old department's unless the duty reaches the whole city.
func (d departure) leaves(kind forum.Action, department string) bool {
	if d.now == nil {
		return true
	}
	if d.now.May(kind, d.now.Department) != nil {
		return true
	}
	return d.now.Department != d.before.Department && department == d.before.Department && !d.now.SeesWholeCity(kind)
}

func officialsHere(ctx context.Context, q querier) ([]forum.Official, error) {
	rows, err := q.Query(ctx, `SELECT `+officialColumns+` FROM officials o WHERE o.left_at IS NULL ORDER BY o.id`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanOfficial)
}

// officialEver gives one by id, also who has left.
func officialEver(ctx context.Context, q querier, id forum.ID) (forum.Official, error) {
	rows, err := q.Query(ctx, `SELECT `+officialColumns+` FROM officials o WHERE o.id = $1`, id)
	if err != nil {
		return forum.Official{}, err
	}
	o, err := pgx.CollectExactlyOneRow(rows, scanOfficial)
	return o, found(err)
}

// heirs are who may take over from a post, in order: whoever holds one of its duties in its department, the head first and the
// absent last; the superiors from below; then the city's executives and officers.
const heirs = `
WITH RECURSIVE up AS (
	SELECT s.id, s.superior, 1 AS n FROM officials s WHERE s.id = @superior
	UNION ALL
	SELECT s.id, s.superior, n + 1 FROM up JOIN officials s ON s.id = up.superior WHERE n < 20
), ranked AS (
	SELECT id, 0 AS place, CASE WHEN 'head' = ANY(duties) THEN 0 ELSE 1 END + CASE WHEN absent THEN 2 ELSE 0 END AS within FROM officials_now
	WHERE department = @department AND department <> '' AND duties && @duties::text[]
	UNION ALL SELECT id, 1, n FROM up
	UNION ALL SELECT id, 2, 0 FROM officials WHERE 'executive' = ANY(duties)
	UNION ALL SELECT id, 3, 0 FROM officials WHERE 'officer' = ANY(duties)
)
SELECT ` + officialColumns + ` FROM ranked r JOIN officials o ON o.id = r.id
WHERE o.left_at IS NULL AND o.id <> ALL(@not::uuid[]) ORDER BY r.place, r.within, o.uid`

func heirsOf(ctx context.Context, q querier, gone forum.Official, not ...forum.ID) ([]forum.Official, error) {
	rows, err := q.Query(ctx, heirs, pgx.NamedArgs{"superior": orNull(gone.Superior), "department": gone.Department, "duties": texts(gone.Duties),
		"not": texts(append(slices.Clone(not), gone.ID))})
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanOfficial)
}

// askedByName are what somebody does because they were asked, in their own department.
var askedByName = []forum.Action{forum.AcceptAssignment, forum.TransferAssignment, forum.SignApproval, forum.ReturnApproval,
	forum.AnswerConsultation, forum.AcceptHandover}

// heirOf is the first of the heirs who may do what is owed, or nobody.
func heirOf(ctx context.Context, q querier, gone forum.Official, w wait, not []forum.ID) (forum.ID, error) {
	department, err := departmentOf(ctx, q, w)
	if err != nil {
		return "", err
	}
	all, err := heirsOf(ctx, q, gone, not...)
	if err != nil {
		return "", err
	}
	for _, o := range all {
		where := department
		if slices.Contains(askedByName, w.kind) {
			where = o.Department
		}
		if o.May(w.kind, where) == nil {
			return o.ID, nil
		}
	}
	return "", nil
}

// departmentOf is whose department a wait is about; "" for the city's own.
func departmentOf(ctx context.Context, q querier, w wait) (string, error) {
	noun, subject := w.noun, w.subject
	if noun == forum.TheMilestone {
		noun, subject = forum.TheForum, w.forum
	}
	department, _, err := concerns(ctx, q, noun, subject)
	return department, err
}

// handOver gives what waited for somebody in a post to whoever takes over. Clocks run on as they were.
func (s *Store) handOver(ctx context.Context, tx pgx.Tx, d departure) error {
	waits, err := openWaits(ctx, tx, d.before.ID)
	if err != nil {
		return err
	}
	for _, w := range waits {
		if err := s.handOverWait(ctx, tx, d, w); err != nil {
			return err
		}
	}
	// Signers further down the line aren't waited for yet, but will be.
	rows, err := tx.Query(ctx, `
SELECT DISTINCT a.id, a.department FROM approvals a JOIN approval_signers s ON s.approval_id = a.id
WHERE s.official_id = $1 AND s.status = 'waiting' AND a.status IN ('drafted', 'in_review') ORDER BY a.id`, d.before.ID)
	if err != nil {
		return err
	}
	type line struct {
		ID         forum.ID
		Department string
	}
	lines, err := pgx.CollectRows(rows, pgx.RowToStructByPos[line])
	if err != nil {
		return err
	}
	for _, one := range lines {
		if !d.leaves(forum.SignApproval, one.Department) {
			continue
		}
		if err := s.handOverSignature(ctx, tx, d, one.ID); err != nil {
			return err
		}
	}
	return replaceStandIn(ctx, tx, d)
}

func (s *Store) handOverWait(ctx context.Context, tx pgx.Tx, d departure, w wait) error {
	department, err := departmentOf(ctx, tx, w)
	if err != nil {
		return err
	}
	if asksPost(w.kind) {
		department = d.before.Department
	}
	switch {
	case w.kind == forum.SignApproval:
		return nil // the signature is handed over with its line
	case !d.leaves(w.kind, department):
		return nil
	case w.kind == forum.ScoreTopic || w.kind == forum.ScoreAward: // a seat isn't inherited: one member fewer
		if err := end(ctx, tx, w.id); err != nil {
			return err
		}
		return s.befell(ctx, tx, w, clockChange{kind: "handed_over", action: handedOver, from: d.before.ID})
	}
	heir, err := heirOf(ctx, tx, d.before, w, nil)
	if err != nil {
		return err
	}
	if asksPost(w.kind) {
		if err := readdress(ctx, tx, w, d.before.ID, heir); err != nil {
			return err
		}
	}
	if w.kind == forum.AcceptAssignment {
		if _, err := tx.Exec(ctx, `UPDATE assignments SET addressee = $2 WHERE forum_id = $1`, w.subject, orNull(heir)); err != nil {
			return err
		}
	}
	return s.reassign(ctx, tx, d, w, heir)
}

// handOverSignature puts the heir into a line in place of who left: never the drafter, never somebody who is in it already. Where
// nobody is left who may sign, the officers are waited for: they may take the document back.
func (s *Store) handOverSignature(ctx context.Context, tx pgx.Tx, d departure, approval forum.ID) error {
	rows, err := tx.Query(ctx, `
SELECT drafter FROM approvals WHERE id = $1 UNION SELECT official_id FROM approval_signers WHERE approval_id = $1`, approval)
	if err != nil {
		return err
	}
	taken, err := pgx.CollectRows(rows, pgx.RowTo[forum.ID])
	if err != nil {
		return err
	}
	w := wait{noun: forum.TheApproval, subject: approval, kind: forum.SignApproval}
	heir, err := heirOf(ctx, tx, d.before, w, taken)
	if err != nil {
		return err
	}
	if heir != "" {
		var place int
		err := tx.QueryRow(ctx, `
UPDATE approval_signers SET official_id = @to WHERE approval_id = @approval AND official_id = @from AND status = 'waiting' RETURNING ord`,
			pgx.NamedArgs{"to": heir, "approval": approval, "from": d.before.ID}).Scan(&place)
		if err != nil {
			return err
		}
		if err := record(ctx, tx, approval, bySystem, lineEvent{kind: forum.LineRerouted, ord: place, official: heir}); err != nil {
			return err
		}
	}
	waits, err := openWaits(ctx, tx, d.before.ID)
	if err != nil {
		return err
	}
	for _, open := range waits {
		if open.kind == w.kind && open.subject == approval {
			return s.reassign(ctx, tx, d, open, heir)
		}
	}
	return note(ctx, tx, bySystem, change{action: handedOver, noun: w.noun, subject: approval,
		reason: clockChange{from: d.before.ID, to: []forum.ID{heir}}.words(w.kind)})
}

// openWaits are what waits for an official by name.
func openWaits(ctx context.Context, q querier, official forum.ID) ([]wait, error) {
	rows, err := q.Query(ctx, `SELECT `+waitColumns+` FROM owed w WHERE w.official_id = $1 AND w.done_at IS NULL ORDER BY w.id`, official)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanWait)
}

// reassign makes a wait the heir's, or the officers' where there is none; when it is due and which nudges it has had stays. The
// heir is told, and so is whoever gave it over: the mover themself, or the superior of who left, whose own address may be gone.
func (s *Store) reassign(ctx context.Context, tx pgx.Tx, d departure, w wait, heir forum.ID) error {
	duty := forum.Duty("")
	if heir == "" {
		duty = forum.Officer
	}
	var owesAlready bool
	err := tx.QueryRow(ctx, `
SELECT EXISTS (SELECT FROM owed WHERE noun = @noun AND subject_id = @subject AND kind = @kind AND official_id IS NOT DISTINCT FROM @to::uuid AND done_at IS NULL)`,
		pgx.NamedArgs{"noun": w.noun, "subject": w.subject, "kind": w.kind, "to": orNull(heir)}).Scan(&owesAlready)
	if err != nil {
		return err
	}
	if owesAlready {
		if err := end(ctx, tx, w.id); err != nil {
			return err
		}
	} else if _, err := tx.Exec(ctx, `UPDATE owed SET official_id = @to, duty = @duty, department = '' WHERE id = @id`,
		pgx.NamedArgs{"id": w.id, "to": orNull(heir), "duty": string(duty)}); err != nil {
		return err
	}
	if err := s.befell(ctx, tx, w, clockChange{kind: "handed_over", action: handedOver, from: d.before.ID, to: []forum.ID{heir}}); err != nil {
		return err
	}
	gave := d.before.ID
	if d.now == nil {
		if gave, err = superiorOf(ctx, tx, d.before.ID); err != nil {
			return err
		}
	}
	if gave != "" && gave != heir {
		if err := s.tellThem(ctx, tx, notice{kind: gaveOver, event: "gave_over:" + string(w.id) + ":" + string(d.before.ID)}, w, []forum.ID{gave}); err != nil {
			return err
		}
	}
	event := "handed_over:" + string(w.id) + ":" + string(d.before.ID)
	w.official, w.duty, w.department = heir, duty, ""
	return s.tell(ctx, tx, notice{kind: tookOver, event: event}, w)
}
