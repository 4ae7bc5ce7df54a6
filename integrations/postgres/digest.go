package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// Digest writes the day's letters, one to each official who has something to read, once its hour has come on a working day. No
// outbox row is made twice for an official and a day. A worker that was down in the morning makes them later in the day.
func (s *Store) Digest(ctx context.Context) error {
	return s.onceADay(ctx, "digests", forum.Calendar.DigestDay, func(tx pgx.Tx, days forum.Calendar, at time.Time, day string) (int, error) {
		lines, err := digestLines(ctx, tx, days, at)
		if err != nil {
			return 0, err
		}
		letters, err := digestLetters(day, lines)
		if err != nil {
			return 0, err
		}
		if err := enqueue(ctx, tx, letters...); err != nil {
			return 0, err
		}
		_, err = tx.Exec(ctx, `
UPDATE notices SET told_at = now()
WHERE told_at IS NULL AND official_id NOT IN (SELECT id FROM officials_now WHERE absent AND substitute IS NOT NULL)`)
		return len(letters), err
	})
}

// onceADay has a day's letters made once its hour has come. The day's row in the table lets one transaction make them, however
// many workers try, and keeps how many there were.
func (s *Store) onceADay(ctx context.Context, table string, due func(forum.Calendar, time.Time) (day string, due bool),
	write func(tx pgx.Tx, days forum.Calendar, at time.Time, day string) (letters int, err error)) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		at, err := now(ctx, tx)
		if err != nil {
			return err
		}
		days, err := s.calendar(ctx, tx)
		if err != nil {
			return err
		}
		day, isDue := due(days, at)
		if !isDue {
			return nil
		}
		made, err := tx.Exec(ctx, `INSERT INTO `+table+` (day) VALUES ($1) ON CONFLICT DO NOTHING`, day)
		if err != nil || made.RowsAffected() == 0 {
			return err
		}
		letters, err := write(tx, days, at, day)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE `+table+` SET letters = $2 WHERE day = $1`, day, letters)
		return err
	})
}

// digestLetters makes a letter for each official, in the order of their ids.
func digestLetters(day string, lines map[forum.ID][]forum.DigestLine) ([]letter, error) {
	var letters []letter
	for official, all := range lines {
		all = forum.Digest(all)
		raw, err := json.Marshal(all[:min(len(all), forum.DigestMost)])
		if err != nil {
			return nil, err
		}
		counts := map[forum.DigestPart]int{}
		for _, one := range all {
			counts[one.Part]++
		}
		letters = append(letters, letter{kind: forum.MailDigest, event: "digest:" + day, noun: forum.TheOfficial, subject: official, official: official,
			data: map[string]string{"lines": string(raw), "at": day, "count": strconv.Itoa(len(all)), "more": strconv.Itoa(max(0, len(all)-forum.DigestMost)),
				"overdue": strconv.Itoa(counts[forum.DigestOverdue]), "today": strconv.Itoa(counts[forum.DigestToday])}})
	}
	slices.SortFunc(letters, func(a, b letter) int { return cmp.Compare(a.official, b.official) })
	return letters, nil
}

// soon are the open waits that are overdue or due by the end of the next working day, each with whoever reads of it: an absent
// official's substitute instead of them.
var soon = `
SELECT COALESCE(CASE WHEN o.absent THEN o.substitute END, o.id), 'due', w.id, w.kind, w.noun, w.subject_id, COALESCE(w.forum_id::text, ''), COALESCE(` + ownTitle("w.noun", "w.subject_id") + `, ''), w.due
FROM owed w JOIN officials_now o ON ` + meansThem("o") + ` AND o.left_at IS NULL
WHERE w.done_at IS NULL AND w.paused_at IS NULL AND w.due <= @horizon`

// untold are the notices that wait for this digest, of waits that are still open. Those of somebody for whom another stands in
// wait until they are back.
var untold = `
SELECT n.official_id, n.kind, w.id, w.kind, w.noun, w.subject_id, COALESCE(w.forum_id::text, ''), COALESCE(` + ownTitle("w.noun", "w.subject_id") + `, ''), w.due
FROM notices n JOIN owed w ON w.id = n.owed_id JOIN officials_now o ON o.id = n.official_id
WHERE n.told_at IS NULL AND w.done_at IS NULL AND o.left_at IS NULL AND NOT (o.absent AND o.substitute IS NOT NULL)`

// forgotten are the clocks that have stood still for long: the officers are asked each day whether they still must.
var forgotten = `
SELECT COALESCE(CASE WHEN o.absent THEN o.substitute END, o.id), 'paused', w.id, w.kind, w.noun, w.subject_id, COALESCE(w.forum_id::text, ''), COALESCE(` + ownTitle("w.noun", "w.subject_id") + `, ''), w.due
FROM owed w JOIN officials_now o ON 'officer' = ANY(o.duties) AND o.left_at IS NULL
WHERE w.done_at IS NULL AND w.paused_at <= @long`

// partOf is the part of the digest in which a notice stands; what waits for the reader themself stands where its clock says.
var partOf = map[string]forum.DigestPart{escalation: forum.DigestEscalated, toAudit: forum.DigestEscalated, gaveOver: forum.DigestGaveOver,
	"paused": forum.DigestPaused}

// digestLines gathers what each official is to read, each step once a part.
func digestLines(ctx context.Context, tx pgx.Tx, days forum.Calendar, at time.Time) (map[forum.ID][]forum.DigestLine, error) {
	if err := tellStandIns(ctx, tx); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, soon+` UNION ALL `+untold+` UNION ALL `+forgotten,
		pgx.NamedArgs{"horizon": days.After(at, 1), "long": days.Past(at, forum.PausedDays)})
	if err != nil {
		return nil, err
	}
	lines, seen := map[forum.ID][]forum.DigestLine{}, map[string]bool{}
	var official forum.ID
	var why string
	var l forum.DigestLine
	_, err = pgx.ForEachRow(rows, []any{&official, &why, &l.Wait, &l.Kind, &l.Noun, &l.Subject, &l.Forum, &l.Title, &l.Due}, func() error {
		part, others := partOf[why]
		if !others {
			part = days.DigestPartOf(l.Due, at)
		}
		if why == standsIn && part == forum.DigestNew {
			part = forum.DigestStandsIn
		}
		if why == wasMoved && part == forum.DigestNew {
			part = forum.DigestMoved
		}
		if key := fmt.Sprint(official, l.Wait, part); !seen[key] {
			seen[key] = true
			l.Part, l.Late = part, days.LateBy(l.Due, at)
			lines[official] = append(lines[official], l)
		}
		return nil
	})
	return lines, err
}

// tellStandIns writes a notice of each open wait of somebody absent to whoever stands in for them and hasn't heard of it yet.
func tellStandIns(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `
INSERT INTO notices (id, kind, event, official_id, owed_id)
SELECT gen_random_uuid(), @kind, 'stands_in:' || w.id || ':' || o.id, o.substitute, w.id
FROM officials_now o JOIN owed w ON w.done_at IS NULL AND `+meansThem("o")+`
WHERE o.left_at IS NULL AND o.absent AND o.substitute IS NOT NULL
	AND NOT EXISTS (SELECT FROM notices n WHERE n.owed_id = w.id AND n.official_id = o.substitute)
ON CONFLICT ON CONSTRAINT one_notice_each DO NOTHING`, pgx.NamedArgs{"kind": standsIn})
	return err
}
