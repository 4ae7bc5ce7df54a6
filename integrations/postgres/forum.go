package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// forumColumns are what scanForum reads, of forums f with its shown counts c.
const forumColumns = `f.id, shown_number(f.number, f.created_at, 4), f.status, f.track, f.lang, f.title, f.title_en, f.summary, f.summary_en, f.identity, f.moderation,
	f.department, f.opens_at, f.closes_at, f.suspended_at, f.reason, f.imported, f.created_at,
	COALESCE(c.opinions, 0), COALESCE(c.voters, 0), COALESCE(c.votes_for, 0), COALESCE(c.votes_against, 0), COALESCE(c.hits, 0),
	EXISTS (SELECT FROM attention n WHERE n.subject_id = f.id)`

const fromForums = ` FROM forums f LEFT JOIN forum_counts c ON c.forum_id = f.id `

// forumFrom reads a forum, and after it whatever else the query asks for.
func forumFrom(row pgx.Row, also ...any) (forum.Forum, error) {
	var f forum.Forum
	var opens, closes, suspended *time.Time
	err := row.Scan(append([]any{&f.ID, &f.Number, &f.Status, &f.Track, &f.Lang, &f.Title, &f.TitleEn, &f.Summary, &f.SummaryEn, &f.Identity,
		&f.Moderation, &f.Department, &opens, &closes, &suspended, &f.Reason, &f.Imported, &f.CreatedAt,
		&f.Counts.Opinions, &f.Counts.Voters, &f.Counts.VotesFor, &f.Counts.VotesAgainst, &f.Counts.Hits, &f.Attention}, also...)...)
	f.OpensAt, f.ClosesAt, f.SuspendedAt = instant(opens), instant(closes), instant(suspended)
	return f, err
}

func (s *Store) forumBy(ctx context.Context, q querier, id forum.ID) (forum.Forum, error) {
	f, err := forumFrom(q.QueryRow(ctx, `SELECT `+forumColumns+fromForums+`WHERE f.id = $1`, id))
	return f, found(err)
}

// Forum gives one for staff pages, whatever its status.
func (s *Store) Forum(ctx context.Context, id forum.ID) (forum.Forum, error) {
	f, err := s.forumBy(ctx, s.pool, id)
	return f, translate(err)
}

// Forums lists for staff pages, the newest first, and tells how many there are in all.
func (s *Store) Forums(ctx context.Context, filter forum.ForumFilter) ([]forum.Forum, int, error) {
	size := pageSize(filter.Size)
	rows, err := s.pool.Query(ctx, `
SELECT `+forumColumns+`, count(*) OVER ()`+fromForums+`
WHERE (@status = '' OR f.status = @status) AND (@track = '' OR f.track = @track)
	AND (@department = '' OR f.department = @department OR EXISTS (
		SELECT FROM assignments a WHERE a.forum_id = f.id AND a.department = @department))
	AND (NOT @public OR f.status NOT IN ('selected', 'assigning', 'preparing'))
	AND (@query = '' OR strpos(lower(f.title || ' ' || f.title_en || ' ' || f.summary), lower(@query)) > 0)
ORDER BY f.created_at DESC, f.id DESC LIMIT @size OFFSET @skip`,
		pgx.NamedArgs{"status": string(filter.Status), "track": string(filter.Track), "department": filter.Department, "public": filter.Public,
			"query": filter.Query, "size": size, "skip": size * max(filter.Page-1, 0)})
	if err != nil {
		return nil, 0, translate(err)
	}
	total := 0
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Forum, error) { return forumFrom(row, &total) })
	return all, total, translate(err)
}

// pageSize bounds what a list may ask for at once.
func pageSize(asked int) int {
	if asked <= 0 {
		return 20
	}
	return min(asked, 200)
}

// readyNow tells of forums f whether what their status waits for is there (forum.ForumFacts.Ready).
const readyNow = `CASE f.status
	WHEN 'preparing' THEN f.opens_at IS NOT NULL AND EXISTS (SELECT FROM dossiers d WHERE d.forum_id = f.id AND d.status = 'approved')
	WHEN 'closed' THEN NOT EXISTS (SELECT FROM opinions o WHERE o.forum_id = f.id AND o.status = 'held')
	WHEN 'analysing' THEN EXISTS (SELECT FROM analyses a WHERE a.forum_id = f.id AND a.made_at IS NOT NULL AND a.approval_id IS NOT NULL)
	WHEN 'awarding' THEN EXISTS (SELECT FROM approvals a WHERE a.subject_id = f.id AND a.noun = 'awards' AND a.status = 'approved')
		AND NOT EXISTS (SELECT FROM awards a WHERE a.forum_id = f.id AND a.place IS NOT NULL AND a.status IN ('candidate', 'scored'))
	WHEN 'following' THEN NOT EXISTS (SELECT FROM milestones m WHERE m.forum_id = f.id AND m.status IN ('planned', 'late'))
		AND NOT EXISTS (SELECT FROM approvals a WHERE a.subject_id = f.id AND a.noun = 'correction' AND a.status IN ('drafted', 'in_review'))
	ELSE false END`

// ForumFacts tells what is true of a forum: all that its procedure knows of it.
func (s *Store) ForumFacts(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	facts, err := s.forumFacts(ctx, s.pool, id)
	return facts, translate(err)
}

func (s *Store) forumFacts(ctx context.Context, q querier, id forum.ID) (forum.ForumFacts, error) {
	var facts forum.ForumFacts
	var opens, closes, closing *time.Time
	err := q.QueryRow(ctx, `
SELECT f.status, f.opens_at, f.closes_at, `+closingNotice+`, `+readyNow+`,
	f.status = 'analysing' AND EXISTS (SELECT FROM analyses a WHERE a.forum_id = f.id AND a.made_at IS NOT NULL)
FROM forums f WHERE f.id = @id`, s.closingArgs(id)).Scan(&facts.Status, &opens, &closes, &closing, &facts.Ready, &facts.Made)
	if err != nil {
		return facts, found(err)
	}
	facts.OpensAt, facts.ClosesAt = instant(opens), instant(closes)
	if facts.Due, err = nextDue(ctx, q, forum.TheForum, id); err != nil {
		return facts, err
	}
	if closing != nil && (facts.Due.IsZero() || closing.Before(facts.Due)) {
		facts.Due = *closing
	}
	facts.Starts, err = starts(ctx, q, `
SELECT 'approval', id FROM approvals a WHERE subject_id = $1 AND (status IN ('drafted', 'in_review') OR `+openAlarm+`)`, id)
	return facts, err
}

// starts reads procedures that must be running.
func starts(ctx context.Context, q querier, sql string, args ...any) ([]forum.Start, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[forum.Start])
}

// lockedForum takes a forum's exclusive lock and gives the row as it is under it.
func (s *Store) lockedForum(ctx context.Context, tx pgx.Tx, id forum.ID) (forum.Forum, error) {
	if err := lockForum(ctx, tx, id); err != nil {
		return forum.Forum{}, err
	}
	return s.forumBy(ctx, tx, id)
}

// decideForum carries out a decision on a forum, under its exclusive lock, where its status takes it.
func (s *Store) decideForum(ctx context.Context, decision forum.ID, action forum.Action,
	work func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error) (forum.ForumFacts, error) {
	d, err := s.carryOut(ctx, decision, action, func(tx pgx.Tx, d forum.Decision, by actor) error {
		f, err := s.lockedForum(ctx, tx, d.Subject)
		if err != nil {
			return err
		}
		if !slices.Contains(forum.ForumDecisions[action], f.Status) {
			return movedOn(forum.TheForum)
		}
		return work(tx, f, d, by)
	})
	if err != nil {
		return forum.ForumFacts{}, err
	}
	return s.ForumFacts(ctx, d.Subject)
}

// ownStep does one of a forum's steps that nobody decides, under its exclusive lock. Where the forum has gone further
// already, nothing is left to do.
func (s *Store) ownStep(ctx context.Context, id forum.ID, to forum.ForumStatus, work func(tx pgx.Tx, f forum.Forum) error) (forum.ForumFacts, error) {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		f, err := s.lockedForum(ctx, tx, id)
		if err != nil || isPast(f.Status, to) {
			return err
		}
		if !forum.ForumSteps.Allows(f.Status, to) {
			return movedOn(forum.TheForum)
		}
		return work(tx, f)
	})
	if err != nil {
		return forum.ForumFacts{}, err
	}
	return s.ForumFacts(ctx, id)
}

// isPast says that a forum stands at a status or beyond it. A suspended one stands where an open one does.
func isPast(status, to forum.ForumStatus) bool {
	if status == forum.Suspended {
		status = forum.Open
	}
	return status == forum.Withdrawn || slices.Index(forum.Journey, status) >= slices.Index(forum.Journey, to)
}

// tooFarAhead says that an instant is later than clocks may differ: it was moved, and the procedure has to aim again.
func tooFarAhead(ctx context.Context, q querier, at time.Time) (bool, error) {
	here, err := now(ctx, q)
	return at.Sub(here) > clocksMayDiffer, err
}
