package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
	"acropolis/forum/analysis"
)

// queued says which opinions wait in each tab, and since when. New is only what a forum under way has: what is over was read.
var queued = map[forum.QueueTab]struct{ where, since string }{
	forum.TabReported: {
		`o.status = 'published' AND EXISTS (SELECT FROM opinion_reports r WHERE r.opinion_id = o.id AND r.settled_by IS NULL)`,
		`(SELECT min(r.reported_at) FROM opinion_reports r WHERE r.opinion_id = o.id AND r.settled_by IS NULL)`},
	forum.TabHeld: {`o.status = 'held'`, `coalesce(o.seen_at, o.accepted_at)`},
	forum.TabAppealed: {
		`o.status = 'hidden' AND EXISTS (SELECT FROM opinion_appeals a WHERE a.opinion_id = o.id AND a.status = 'open')`,
		`(SELECT min(a.appealed_at) FROM opinion_appeals a WHERE a.opinion_id = o.id AND a.status = 'open')`},
	forum.TabNew: {`o.status = 'published' AND o.seen_at IS NULL AND f.moderation = 'after' AND f.status IN ('open', 'suspended', 'closed', 'analysing')`,
		`o.accepted_at`},
}

// ModerationQueue lists the opinions that wait for a moderator in one tab, the longest waiting first, with what one must know to
// answer; and tells how many wait in each tab.
func (s *Store) ModerationQueue(ctx context.Context, filter forum.QueueFilter) (forum.Queue, error) {
	tab, known := queued[filter.Tab]
	if !known {
		filter.Tab, tab = forum.TabHeld, queued[forum.TabHeld]
	}
	q := forum.Queue{Counts: map[forum.QueueTab]int{}}
	size := pageSize(filter.Size)
	args := pgx.NamedArgs{"forum": orNull(filter.Forum), "query": strings.ToLower(filter.Query), "size": size, "skip": size * max(filter.Page-1, 0)}
	const joined = `JOIN forums f ON f.id = o.forum_id `
	which := `WHERE ` + tab.where + ` AND (@forum::uuid IS NULL OR o.forum_id = @forum) AND (@query = '' OR strpos(lower(o.title || ' ' || o.text), @query) > 0)`
	rows, err := s.pool.Query(ctx, `SELECT `+opinionColumns+`, f.title, f.title_en, `+tab.since+` AS since, count(*) OVER ()`+fromOpinions+joined+which+`
ORDER BY since, o.id LIMIT @size OFFSET @skip`, args)
	if err != nil {
		return q, translate(err)
	}
	q.Rows, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.QueueItem, error) {
		var i forum.QueueItem
		var err error
		i.Opinion, err = s.opinionFrom(row, &i.ForumTitle, &i.ForumTitleEn, &i.Since, &q.Total)
		return i, err
	})
	if err != nil {
		return q, translate(err)
	}
	for tab, one := range queued {
		var n int
		if err := s.pool.QueryRow(ctx, `SELECT count(*) FROM opinions o `+joined+`WHERE `+one.where).Scan(&n); err != nil {
			return q, translate(err)
		}
		q.Counts[tab] = n
	}
	if q.Forums, err = s.queuedForums(ctx, tab.where); err != nil {
		return q, translate(err)
	}
	return q, translate(s.completeQueue(ctx, s.pool, q.Rows, filter.Tab.HasClock()))
}

// queuedForums are those of which something waits in a tab.
func (s *Store) queuedForums(ctx context.Context, where string) ([]forum.Forum, error) {
	rows, err := s.pool.Query(ctx, `SELECT DISTINCT f.id, f.title, f.title_en FROM opinions o JOIN forums f ON f.id = o.forum_id WHERE `+where+` ORDER BY f.title, f.id LIMIT 200`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Forum, error) {
		var f forum.Forum
		return f, row.Scan(&f.ID, &f.Title, &f.TitleEn)
	})
}

// ModerationCase gives one opinion as its moderator needs it, whatever its status.
func (s *Store) ModerationCase(ctx context.Context, id forum.ID) (forum.QueueItem, []forum.StatusChange, error) {
	var i forum.QueueItem
	var since *time.Time
	var err error
	i.Opinion, err = s.opinionFrom(s.pool.QueryRow(ctx, `
SELECT `+opinionColumns+`, f.title, f.title_en, CASE o.status
	WHEN 'held' THEN `+queued[forum.TabHeld].since+` WHEN 'published' THEN `+queued[forum.TabReported].since+` WHEN 'hidden' THEN `+queued[forum.TabAppealed].since+` END`+
		fromOpinions+`JOIN forums f ON f.id = o.forum_id WHERE o.id = $1`, id), &i.ForumTitle, &i.ForumTitleEn, &since)
	if err != nil {
		return i, nil, translate(found(err))
	}
	i.Since = instant(since)
	all := []forum.QueueItem{i}
	if err := s.completeQueue(ctx, s.pool, all, !i.Since.IsZero()); err != nil {
		return i, nil, translate(err)
	}
	i = all[0]
	if i.Appeal, err = appealOf(ctx, s.pool, id); err != nil {
		return i, nil, translate(err)
	}
	history, err := s.history(ctx, forum.TheOpinion, id, string(i.Status), i.AcceptedAt)
	return i, history, translate(err)
}

// completeQueue adds to each what was reported and appealed, who works on it, its clock, and what says nearly the same.
func (s *Store) completeQueue(ctx context.Context, q querier, items []forum.QueueItem, clock bool) error {
	if len(items) == 0 {
		return nil
	}
	at, days, err := s.nowAndCalendar(ctx, q)
	if err != nil {
		return err
	}
	byID := map[forum.ID]*forum.QueueItem{}
	ids := make([]string, len(items))
	for i := range items {
		one := &items[i]
		byID[one.ID], ids[i] = one, string(one.ID)
		if clock {
			one.Due = days.Due(one.Since, forum.HeldDays)
			one.Late = days.LateBy(one.Due, at)
		}
	}
	if err := addReports(ctx, q, ids, byID); err != nil {
		return err
	}
	if err := addAppealsAndLocks(ctx, q, ids, byID); err != nil {
		return err
	}
	return addNearCopies(ctx, q, items)
}

func addReports(ctx context.Context, q querier, ids []string, byID map[forum.ID]*forum.QueueItem) error {
	rows, err := q.Query(ctx, `
SELECT opinion_id, code, words, reported_at, settled_by IS NOT NULL FROM (
	SELECT *, row_number() OVER (PARTITION BY opinion_id ORDER BY settled_by IS NOT NULL, reported_at, reporter) AS n FROM opinion_reports WHERE opinion_id = ANY($1::uuid[])
) r WHERE n <= 50 ORDER BY reported_at, reporter`, ids)
	if err != nil {
		return err
	}
	var id forum.ID
	var r forum.OpinionReport
	_, err = pgx.ForEachRow(rows, []any{&id, &r.Code, &r.Words, &r.At, &r.Settled}, func() error {
		byID[id].Reports = append(byID[id].Reports, r)
		return nil
	})
	return err
}

func addAppealsAndLocks(ctx context.Context, q querier, ids []string, byID map[forum.ID]*forum.QueueItem) error {
	rows, err := q.Query(ctx, `SELECT opinion_id, words, appealed_at, status FROM opinion_appeals WHERE opinion_id = ANY($1::uuid[]) AND status = 'open'`, ids)
	if err != nil {
		return err
	}
	var id forum.ID
	var a forum.Appeal
	if _, err = pgx.ForEachRow(rows, []any{&id, &a.Words, &a.At, &a.Status}, func() error {
		appeal := a
		byID[id].Appeal = &appeal
		return nil
	}); err != nil {
		return err
	}
	rows, err = q.Query(ctx, `
SELECT l.opinion_id, l.official_id, o.name, l.since, l.until FROM moderation_locks l JOIN officials o ON o.id = l.official_id
WHERE l.opinion_id = ANY($1::uuid[]) AND l.until > now()`, ids)
	if err != nil {
		return err
	}
	var l forum.ModerationLock
	_, err = pgx.ForEachRow(rows, []any{&id, &l.Official, &l.Name, &l.Since, &l.Until}, func() error {
		lock := l
		byID[id].Lock = &lock
		return nil
	})
	return err
}

// nearAmong is how many of a forum's opinions, the newest, are compared; nearMost how many near-copies are shown of one.
const (
	nearAmong = 2000
	nearMost  = 5
)

// addNearCopies compares each with the newest opinions of its forum: with held and hidden ones as well, because a copy of what was
// hidden is what a moderator looks for. Only numbers are shown.
func addNearCopies(ctx context.Context, q querier, items []forum.QueueItem) error {
	forums := map[forum.ID]bool{}
	var ids []string
	shapes := make([]analysis.Shape, len(items))
	for i, one := range items {
		shapes[i] = analysis.ShapeOf(one.Title + " " + one.Text)
		if !forums[one.Forum] {
			forums[one.Forum] = true
			ids = append(ids, string(one.Forum))
		}
	}
	rows, err := q.Query(ctx, `
SELECT n.* FROM unnest($1::uuid[]) AS f (id), LATERAL (
	SELECT o.forum_id, o.id, shown_number(o.number, o.accepted_at, 6), o.status, o.title || ' ' || o.text FROM opinions o
	WHERE o.forum_id = f.id AND o.status <> 'withdrawn' ORDER BY o.accepted_at DESC LIMIT $2) AS n`, ids, nearAmong)
	if err != nil {
		return err
	}
	var forumID forum.ID
	var near forum.NearCopy
	var text string
	_, err = pgx.ForEachRow(rows, []any{&forumID, &near.ID, &near.Number, &near.Status, &text}, func() error {
		shape := analysis.ShapeOf(text)
		for i := range items {
			one := &items[i]
			if one.Forum != forumID || one.ID == near.ID || len(one.Near) >= nearMost {
				continue
			}
			if near.Share = shapes[i].Shared(shape); near.Share >= analysis.NearCopy {
				one.Near = append(one.Near, near)
			}
		}
		return nil
	})
	return err
}
