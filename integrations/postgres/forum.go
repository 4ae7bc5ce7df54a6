package postgres

import (
	"context"
	"errors"
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
	ELSE false END`

// ForumFacts tells what is true of a forum: all that its procedure knows of it.
func (s *Store) ForumFacts(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	facts, err := forumFacts(ctx, s.pool, id)
	return facts, translate(err)
}

func forumFacts(ctx context.Context, q querier, id forum.ID) (forum.ForumFacts, error) {
	var facts forum.ForumFacts
	var opens, closes *time.Time
	err := q.QueryRow(ctx, `
SELECT f.status, f.opens_at, f.closes_at, `+readyNow+`,
	f.status = 'analysing' AND EXISTS (SELECT FROM analyses a WHERE a.forum_id = f.id AND a.made_at IS NOT NULL)
FROM forums f WHERE f.id = $1`, id).Scan(&facts.Status, &opens, &closes, &facts.Ready, &facts.Made)
	if err != nil {
		return facts, found(err)
	}
	facts.OpensAt, facts.ClosesAt = instant(opens), instant(closes)
	if facts.Due, err = nextDue(ctx, q, forum.TheForum, id); err != nil {
		return facts, err
	}
	facts.Starts, err = starts(ctx, q, `
SELECT 'approval', id FROM approvals WHERE subject_id = $1 AND status IN ('drafted', 'in_review')
UNION ALL SELECT 'award', a.id FROM awards a WHERE a.forum_id = $1 AND `+awardWaits, id)
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

// SetPeriod sets when the board opens and closes.
func (s *Store) SetPeriod(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.SetPeriod, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.PeriodDetails](d)
		if err != nil {
			return err
		}
		at, err := now(ctx, tx)
		if err != nil {
			return err
		}
		if err := (forum.Period{OpensAt: details.OpensAt, ClosesAt: details.ClosesAt}).Validate(at); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE forums SET opens_at = @opens, closes_at = @closes WHERE id = @id AND status IN ('preparing', 'scheduled')`,
			pgx.NamedArgs{"id": f.ID, "opens": details.OpensAt, "closes": details.ClosesAt})
		if err != nil {
			return err
		}
		if err := settle(ctx, tx, forum.TheForum, f.ID, forum.SetPeriod); err != nil {
			return err
		}
		return note(ctx, tx, by, change{action: d.Action, noun: forum.TheForum, subject: f.ID, forum: f.ID,
			before: string(f.Status), after: string(f.Status), reason: d.Reason})
	})
}

// ScheduleForum announces a forum whose dossier is approved and whose period is set.
func (s *Store) ScheduleForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	return s.ownStep(ctx, id, forum.Scheduled, func(tx pgx.Tx, f forum.Forum) error {
		facts, err := forumFacts(ctx, tx, id)
		if err != nil {
			return err
		}
		if !facts.Ready {
			return nil // the dossier was edited meanwhile; the procedure waits on
		}
		if _, err := forumLife.move(ctx, tx, bySystem, step[forum.ForumStatus]{id: id, to: forum.Scheduled, action: scheduled, forum: id}); err != nil {
			return err
		}
		return settle(ctx, tx, forum.TheForum, id)
	})
}

// OpenForum opens the board at its instant by the database's clock; a little too early is refused as unavailable for now, and
// where the opening was moved away nothing is done.
func (s *Store) OpenForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	return s.ownStep(ctx, id, forum.Open, func(tx pgx.Tx, f forum.Forum) error {
		if far, err := tooFarAhead(ctx, tx, f.OpensAt); far || err != nil {
			return err
		}
		moved, err := forumLife.move(ctx, tx, bySystem, step[forum.ForumStatus]{id: id, to: forum.Open, action: opened, forum: id,
			when: `AND status = 'scheduled' AND statement_timestamp() >= opens_at`})
		if err != nil || !moved {
			return err
		}
		return enqueueFollowers(ctx, tx, forum.MailForumOpened, "forum_opened:"+string(id), id, subscribers,
			map[string]string{"opens_at": rfc3339(f.OpensAt), "closes_at": rfc3339(f.ClosesAt)})
	})
}

// CloseForum closes the board at its instant by the database's clock and freezes the counts; a little too early is refused as
// unavailable for now, and where the close was moved away, or the board is suspended, nothing is done.
func (s *Store) CloseForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	return s.ownStep(ctx, id, forum.Closed, func(tx pgx.Tx, f forum.Forum) error {
		if f.Status == forum.Suspended {
			return nil
		}
		if far, err := tooFarAhead(ctx, tx, f.ClosesAt); far || err != nil {
			return err
		}
		moved, err := forumLife.move(ctx, tx, bySystem, step[forum.ForumStatus]{id: id, to: forum.Closed, action: forum.CloseForum, forum: id,
			set: `, closed_at = statement_timestamp()`, when: `AND status = 'open' AND statement_timestamp() >= closes_at`})
		if err != nil || !moved {
			return err
		}
		return s.closed(ctx, tx, f)
	})
}

// CloseForumEarly closes the board now. The close is this statement's instant: what was accepted was accepted before it.
func (s *Store) CloseForumEarly(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.CloseForum, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		moved, err := forumLife.move(ctx, tx, by, step[forum.ForumStatus]{id: f.ID, to: forum.Closed, action: d.Action, forum: f.ID, reason: d.Reason,
			set:  `, closed_at = statement_timestamp(), closes_at = LEAST(closes_at, statement_timestamp()), suspended_at = NULL, reason = @reason`,
			args: pgx.NamedArgs{"reason": d.Reason}})
		if err != nil || !moved {
			return err
		}
		return s.closed(ctx, tx, f)
	})
}

// closed is what every close brings with it: the frozen figures, the head's workbook, what is owed now, and that an extension
// still under way is void.
func (s *Store) closed(ctx context.Context, tx pgx.Tx, f forum.Forum) error {
	var at time.Time
	held := 0
	err := tx.QueryRow(ctx, `
SELECT closed_at, (SELECT count(*) FROM opinions o WHERE o.forum_id = f.id AND o.status = 'held') FROM forums f WHERE id = $1`, f.ID).Scan(&at, &held)
	if err != nil {
		return err
	}
	if err := s.freeze(ctx, tx, f.ID, at); err != nil {
		return err
	}
	if err := voidApprovals(ctx, tx, bySystem, f.ID, forum.TheExtension); err != nil {
		return err
	}
	head, err := headOf(ctx, tx, f.Department)
	if err != nil && !errors.Is(err, noHead) {
		return err
	}
	if head != "" {
		err := enqueue(ctx, tx, letter{kind: forum.MailWorkbook, event: "workbook:close:" + string(f.ID), noun: forum.TheForum, subject: f.ID,
			official: head, data: map[string]string{"title": f.Title, "forum": string(f.ID)}})
		if err != nil {
			return err
		}
	}
	if held == 0 {
		return nil
	}
	return s.oweForum(ctx, tx, f.ID, forum.ModerateOpinion, forum.Moderator, "", forum.HeldDays)
}

// SuspendForum stops posting and voting at this statement's instant. A board whose time is over can't be suspended.
func (s *Store) SuspendForum(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.SuspendForum, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		_, err := forumLife.move(ctx, tx, by, step[forum.ForumStatus]{id: f.ID, to: forum.Suspended, action: d.Action, forum: f.ID, reason: d.Reason,
			set: `, suspended_at = statement_timestamp(), reason = @reason`, when: `AND statement_timestamp() < closes_at`,
			args: pgx.NamedArgs{"reason": d.Reason}})
		if forum.CodeOf(err) == forum.Unavailable {
			return movedOn(forum.TheForum) // the close is due this very moment
		}
		if err != nil {
			return err
		}
		return enqueueFollowers(ctx, tx, forum.MailForumSuspended, "forum_suspended:"+string(d.ID), f.ID, everyone,
			map[string]string{"reason": d.Reason})
	})
}

// ResumeForum lets posting and voting go on. The lost time is given back: the close moves by as long as the suspension took.
func (s *Store) ResumeForum(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.ResumeForum, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		_, err := forumLife.move(ctx, tx, by, step[forum.ForumStatus]{id: f.ID, to: forum.Open, action: d.Action, forum: f.ID, reason: d.Reason,
			set: `, closes_at = closes_at + (statement_timestamp() - suspended_at), suspended_at = NULL, reason = ''`})
		if err != nil {
			return err
		}
		f, err = s.forumBy(ctx, tx, f.ID)
		if err != nil {
			return err
		}
		return enqueueFollowers(ctx, tx, forum.MailForumResumed, "forum_resumed:"+string(d.ID), f.ID, everyone,
			map[string]string{"closes_at": rfc3339(f.ClosesAt)})
	})
}

// WithdrawForum ends a forum before its response is published, for a reason that citizens read. Documents under way are void.
func (s *Store) WithdrawForum(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.WithdrawForum, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		_, err := forumLife.move(ctx, tx, by, step[forum.ForumStatus]{id: f.ID, to: forum.Withdrawn, action: d.Action, forum: f.ID, reason: d.Reason,
			set: `, suspended_at = NULL, reason = @reason`, args: pgx.NamedArgs{"reason": d.Reason}})
		if err != nil {
			return err
		}
		for _, noun := range []forum.Noun{forum.TheDossier, forum.TheExtension, forum.TheAnalysis, forum.TheAwards, forum.TheResponse} {
			if err := voidApprovals(ctx, tx, by, f.ID, noun); err != nil {
				return err
			}
		}
		if err := settle(ctx, tx, forum.TheForum, f.ID); err != nil {
			return err
		}
		if !f.Status.IsPublic() {
			return nil
		}
		return enqueueFollowers(ctx, tx, forum.MailForumWithdrawn, "forum_withdrawn:"+string(f.ID), f.ID, everyone,
			map[string]string{"reason": d.Reason})
	})
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }
