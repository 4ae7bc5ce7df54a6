package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// wait is an open row of owed.
type wait struct {
	id         forum.ID
	noun       forum.Noun
	subject    forum.ID
	forum      forum.ID
	kind       forum.Action
	official   forum.ID
	duty       forum.Duty
	department string
	due        time.Time
	next       forum.Nudge // the rung of the ladder that comes next
	paused     bool
	pausedAt   time.Time
}

const waitColumns = `w.id, w.noun, w.subject_id, COALESCE(w.forum_id::text, ''), w.kind, COALESCE(w.official_id::text, ''), w.duty, w.department,
	w.due, w.reminders, w.paused_at`

func scanWait(row pgx.CollectableRow) (wait, error) {
	var w wait
	var paused *time.Time
	err := row.Scan(&w.id, &w.noun, &w.subject, &w.forum, &w.kind, &w.official, &w.duty, &w.department, &w.due, &w.next, &paused)
	w.paused, w.pausedAt = paused != nil, instant(paused)
	return w, err
}

// owe begins a wait, in the transaction of the move that makes it due, and tells whoever is waited for. What is promised in
// working days is due by the calendar's rule, from now or from the instant that the wait counts since. A reminder comes one
// working day before it is due, when that is still ahead. A wait of the same kind for the same person that is open already
// goes on as it is. Nothing is owed by nobody.
func (s *Store) owe(ctx context.Context, tx pgx.Tx, o forum.Owed) error {
	if err := somebody(ctx, tx, &o); err != nil {
		return err
	}
	if err := holdCalendar(ctx, tx); err != nil {
		return err
	}
	at, err := now(ctx, tx)
	if err != nil {
		return err
	}
	days, err := s.calendar(ctx, tx)
	if err != nil {
		return err
	}
	if o.Since.IsZero() {
		o.Since = at
	}
	if o.Days > 0 {
		o.Due = days.Due(o.Since, o.Days)
	}
	nudge, next := days.NextNudge(forum.RemindBefore, o.Due, at)
	o.ID = NewID()
	done, err := tx.Exec(ctx, `
INSERT INTO owed (id, noun, subject_id, forum_id, kind, official_id, duty, department, since, days, due, reminders, next_at)
VALUES (@id, @noun, @subject, @forum, @kind, @official, @duty, @department, @since, @days, @due, @nudge, @next) ON CONFLICT DO NOTHING`,
		pgx.NamedArgs{"id": o.ID, "noun": o.Noun, "subject": o.Subject, "forum": orNull(o.Forum), "kind": o.Kind,
			"official": orNull(o.Official), "duty": string(o.Duty), "department": o.Department, "since": o.Since, "days": o.Days, "due": o.Due,
			"nudge": nudge, "next": next})
	if err != nil || done.RowsAffected() == 0 {
		return err
	}
	return s.tell(ctx, tx, notice{kind: newlyOwed, event: "owed:" + string(o.ID)}, wait{id: o.ID, noun: o.Noun, subject: o.Subject, forum: o.Forum,
		kind: o.Kind, official: o.Official, duty: o.Duty, department: o.Department, due: o.Due})
}

// somebody sees to it that a new wait has somebody: the heir of whoever is named and has left, the city's officers where nobody in
// the department holds the duty.
func somebody(ctx context.Context, tx pgx.Tx, o *forum.Owed) error {
	there, err := waitedFor(ctx, tx, o.Official, o.Duty, o.Department)
	if err != nil || len(there) > 0 {
		return err
	}
	if o.Official != "" {
		gone, err := officialEver(ctx, tx, o.Official)
		if err != nil {
			return err
		}
		if o.Official, err = heirOf(ctx, tx, gone, wait{noun: o.Noun, subject: o.Subject, forum: o.Forum, kind: o.Kind}, nil); err != nil || o.Official != "" {
			return err
		}
	}
	o.Duty, o.Department = forum.Officer, ""
	return nil
}

// oweForum begins a wait of a forum whose responsible department is given, for the kind's own term from now on.
func (s *Store) oweForum(ctx context.Context, tx pgx.Tx, id forum.ID, kind forum.Action, department string) error {
	term := forum.Terms[kind]
	if !term.Own {
		department = ""
	}
	return s.owe(ctx, tx, forum.Owed{Noun: forum.TheForum, Subject: id, Forum: id, Kind: kind, Duty: term.Duty, Department: department, Days: term.Days})
}

// settle ends waits, in the transaction of the move that ends them; without kinds, all of the subject's, and for a forum those of
// its exclusions.
func settle(ctx context.Context, tx pgx.Tx, noun forum.Noun, subject forum.ID, kinds ...forum.Action) error {
	_, err := tx.Exec(ctx, `
UPDATE owed SET done_at = now()
WHERE done_at IS NULL AND CASE WHEN cardinality(@kinds::text[]) > 0 THEN noun = @noun AND subject_id = @subject AND kind = ANY(@kinds)
	ELSE noun = @noun AND subject_id = @subject OR @noun = 'forum' AND noun = 'exclusion' AND forum_id = @subject END`,
		pgx.NamedArgs{"noun": noun, "subject": subject, "kinds": texts(kinds)})
	return err
}

// end ends one wait.
func end(ctx context.Context, tx pgx.Tx, id forum.ID) error {
	_, err := tx.Exec(ctx, `UPDATE owed SET done_at = now() WHERE id = $1 AND done_at IS NULL`, id)
	return err
}

// waitedFor are the officials whom a wait means: the one it names, or all who hold the duty.
func waitedFor(ctx context.Context, q querier, official forum.ID, duty forum.Duty, department string) ([]forum.ID, error) {
	rows, err := q.Query(ctx, `
SELECT o.id FROM officials o
WHERE o.left_at IS NULL AND CASE WHEN @official::uuid IS NOT NULL THEN o.id = @official
	ELSE @duty = ANY(o.duties) AND (@department = '' OR o.department = @department) END
ORDER BY o.id`, pgx.NamedArgs{"official": orNull(official), "duty": string(duty), "department": department})
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[forum.ID])
}

// ownTitle gives the title of the row that a noun and an id point to, as a SQL expression over the given columns.
func ownTitle(noun, subject string) string {
	return `CASE ` + noun + `
	WHEN 'forum' THEN (SELECT title FROM forums WHERE id = ` + subject + `)
	WHEN 'round' THEN (SELECT month || ' ' || track FROM rounds WHERE id = ` + subject + `)
	WHEN 'approval' THEN (SELECT title FROM approvals WHERE id = ` + subject + `)
	WHEN 'award' THEN (SELECT f.title FROM awards a JOIN forums f ON f.id = a.forum_id WHERE a.id = ` + subject + `)
	WHEN 'invitation' THEN (SELECT COALESCE(f.title, left(i.asked, 80)) FROM invitations i LEFT JOIN forums f ON f.id = i.forum_id WHERE i.id = ` + subject + `)
	WHEN 'milestone' THEN (SELECT title FROM milestones WHERE id = ` + subject + `)
	WHEN 'exclusion' THEN (SELECT f.title FROM exclusions x JOIN forums f ON f.id = x.forum_id WHERE x.id = ` + subject + `)
	WHEN 'suggestion' THEN (SELECT title FROM suggestions WHERE id = ` + subject + `)
	ELSE (SELECT title FROM forums WHERE id = ` + subject + `) END`
}

func titleOf(ctx context.Context, q querier, noun forum.Noun, subject forum.ID) (string, error) {
	var title string
	err := q.QueryRow(ctx, `SELECT COALESCE(`+ownTitle("@noun::text", "@subject::uuid")+`, '')`,
		pgx.NamedArgs{"noun": string(noun), "subject": subject}).Scan(&title)
	return title, err
}

// nextDue is when the procedure of a row has to remind somebody: a forum minds its milestones and the
// delivery of its prizes too. Zero: nothing is owed.
func nextDue(ctx context.Context, q querier, noun forum.Noun, subject forum.ID) (time.Time, error) {
	var next *time.Time
	err := q.QueryRow(ctx, `SELECT min(w.next_at) FROM owed w WHERE `+waitsOf, pgx.NamedArgs{"noun": noun, "subject": subject}).Scan(&next)
	return instant(next), err
}

// waitsOf are the open waits that a procedure minds; paused ones wait for somebody outside.
const waitsOf = `w.done_at IS NULL AND w.paused_at IS NULL
	AND (w.noun = @noun AND w.subject_id = @subject OR @noun = 'forum' AND w.noun IN ('milestone', 'award') AND w.forum_id = @subject)`

// meansThem says in SQL whether a wait means an official: it names them, or they hold its duty where it is owed.
func meansThem(official string) string {
	return `(w.official_id = ` + official + `.id OR w.official_id IS NULL AND w.duty = ANY(` + official + `.duties)
		AND (w.department = '' OR w.department = ` + official + `.department))`
}

const owedColumns = `w.id, w.noun, w.subject_id, COALESCE(w.forum_id::text, ''), w.kind, COALESCE(w.official_id::text, ''), w.duty, w.department,
	w.since, w.days, w.due, w.paused_at, w.pause_reason, w.escalated_at,
	COALESCE((SELECT string_agg(e.name, ', ' ORDER BY e.uid) FROM officials e WHERE e.id = ANY(w.escalated_to)), ''), w.audited_at, COALESCE(o.name, ''),
	COALESCE((SELECT f.title_en FROM forums f WHERE f.id = w.forum_id AND w.noun NOT IN ('approval', 'milestone', 'suggestion')), '')`

func scanOwed(row pgx.CollectableRow) (forum.Owed, error) {
	var o forum.Owed
	return o, scanOwedAnd(row, &o)
}

// scanOwedAnd reads owedColumns and the title, then whatever else a query gives.
func scanOwedAnd(row pgx.CollectableRow, o *forum.Owed, more ...any) error {
	var paused, escalated, audited *time.Time
	err := row.Scan(append([]any{&o.ID, &o.Noun, &o.Subject, &o.Forum, &o.Kind, &o.Official, &o.Duty, &o.Department, &o.Since, &o.Days, &o.Due, &paused,
		&o.Reason, &escalated, &o.EscalatedTo, &audited, &o.Name, &o.TitleEn, &o.Title}, more...)...)
	o.Paused, o.PausedAt, o.Escalated, o.EscalatedAt, o.AuditedAt = paused != nil, instant(paused), escalated != nil, instant(escalated), instant(audited)
	return err
}

// owed reads waits and tells by how many working days each is late. A clock that stands still is never late.
func (s *Store) owed(ctx context.Context, sql string, args pgx.NamedArgs) ([]forum.Owed, error) {
	rows, err := s.pool.Query(ctx, sql, args)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, scanOwed)
	if err != nil || len(all) == 0 {
		return all, translate(err)
	}
	at, days, err := s.nowAndCalendar(ctx, s.pool)
	for i, o := range all {
		if !o.Paused {
			all[i].Late = days.LateBy(o.Due, at)
		}
	}
	return all, translate(err)
}

func (s *Store) nowAndCalendar(ctx context.Context, q querier) (time.Time, forum.Calendar, error) {
	at, err := now(ctx, q)
	if err != nil {
		return at, forum.Calendar{}, err
	}
	days, err := s.calendar(ctx, q)
	return at, days, err
}

// MyWork is what waits for an official, oldest clock first: by name, or for a duty of theirs in their department or in the whole
// city; and the same of everybody absent for whom they stand in.
func (s *Store) MyWork(ctx context.Context, official forum.Official) ([]forum.Owed, error) {
	return s.owed(ctx, `
SELECT `+owedColumns+`, COALESCE(`+ownTitle("w.noun", "w.subject_id")+`, '')
FROM owed w LEFT JOIN officials o ON o.id = w.official_id
WHERE w.done_at IS NULL AND EXISTS (SELECT FROM officials_now h
	WHERE h.left_at IS NULL AND (h.id = @me OR h.absent AND h.substitute = @me) AND `+meansThem("h")+`)
ORDER BY w.due, w.id LIMIT 500`, pgx.NamedArgs{"me": official.ID})
}

// OwedOf is who is waited for: of a forum with its approvals, awards and milestones, of a round, or of an approval.
func (s *Store) OwedOf(ctx context.Context, noun forum.Noun, subject forum.ID) ([]forum.Owed, error) {
	return s.owed(ctx, `
SELECT `+owedColumns+`, COALESCE(`+ownTitle("w.noun", "w.subject_id")+`, '')
FROM owed w LEFT JOIN officials o ON o.id = w.official_id
WHERE w.done_at IS NULL AND (w.noun = @noun AND w.subject_id = @subject OR @noun = 'forum' AND w.forum_id = @subject)
ORDER BY w.due, w.id`, pgx.NamedArgs{"noun": noun, "subject": subject})
}

// lateness tells of rows of a kind by how many working days what each waits for is late; those in time aren't in it.
func (s *Store) lateness(ctx context.Context, noun forum.Noun, ids []string) (map[forum.ID]int, error) {
	waits, err := s.owed(ctx, `
SELECT `+owedColumns+`, '' FROM owed w LEFT JOIN officials o ON o.id = w.official_id
WHERE w.done_at IS NULL AND w.noun = @noun AND w.subject_id = ANY(@ids::uuid[])`, pgx.NamedArgs{"noun": noun, "ids": ids})
	late := map[forum.ID]int{}
	for _, w := range waits {
		if w.Late > 0 {
			late[w.Subject] = max(late[w.Subject], w.Late)
		}
	}
	return late, err
}

// Owed gives one open wait.
func (s *Store) Owed(ctx context.Context, id forum.ID) (forum.Owed, error) {
	all, err := s.owed(ctx, `
SELECT `+owedColumns+`, COALESCE(`+ownTitle("w.noun", "w.subject_id")+`, '')
FROM owed w LEFT JOIN officials o ON o.id = w.official_id WHERE w.done_at IS NULL AND w.id = @id`, pgx.NamedArgs{"id": id})
	if err == nil && len(all) == 0 {
		err = found(pgx.ErrNoRows)
	}
	if err != nil {
		return forum.Owed{}, translate(err)
	}
	return all[0], nil
}
