package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

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
		if err := forum.Period(details).Validate(at); err != nil {
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
		facts, err := s.forumFacts(ctx, tx, id)
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
		return s.announce(ctx, tx, forum.MailForumOpened, string(id), id, "")
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

// closed is what every close brings with it: the announcement, the frozen figures, the head's workbook, what is owed now, and that
// an extension or an early close still under way is void.
func (s *Store) closed(ctx context.Context, tx pgx.Tx, f forum.Forum) error {
	var at time.Time
	held, reason := 0, ""
	err := tx.QueryRow(ctx, `
SELECT closed_at, reason, (SELECT count(*) FROM opinions o WHERE o.forum_id = f.id AND o.status = 'held') FROM forums f WHERE id = $1`, f.ID).Scan(&at, &reason, &held)
	if err != nil {
		return err
	}
	if err := s.freeze(ctx, tx, f.ID, at); err != nil {
		return err
	}
	for _, noun := range []forum.Noun{forum.TheExtension, forum.TheEarlyClose} {
		if err := voidApprovals(ctx, tx, bySystem, f.ID, noun); err != nil {
			return err
		}
	}
	if err := s.announce(ctx, tx, forum.MailForumClosed, string(f.ID), f.ID, reason); err != nil {
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
	return s.oweForum(ctx, tx, f.ID, forum.ModerateOpinion, f.Department)
}

// SuspendForum stops posting and voting at this statement's instant. A board whose time is over can't be suspended. Where a line
// is laid out, the suspension is approved afterwards.
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
		if err := draftSuspension(ctx, tx, f, d, by); err != nil {
			return err
		}
		return s.announce(ctx, tx, forum.MailForumSuspended, string(d.ID), f.ID, d.Reason)
	})
}

func draftSuspension(ctx context.Context, tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
	if len(d.Details) == 0 {
		return nil
	}
	details, err := detailsOf[forum.ActDetails](d)
	if err != nil || len(details.Signers) == 0 {
		return err
	}
	details.AfterTheFact = true
	return draft(ctx, tx, d, by, actOn(f, forum.TheSuspension, act{d.Reason}, details), details.LineDetails)
}

// ResumeForum lets posting and voting go on. The lost time is given back: the close moves by as long as the suspension took.
func (s *Store) ResumeForum(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.ResumeForum, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		_, err := forumLife.move(ctx, tx, by, step[forum.ForumStatus]{id: f.ID, to: forum.Open, action: d.Action, forum: f.ID, reason: d.Reason,
			set: `, closes_at = closes_at + (statement_timestamp() - suspended_at), suspended_at = NULL, reason = ''`})
		if err != nil {
			return err
		}
		return s.announce(ctx, tx, forum.MailForumResumed, string(d.ID), f.ID, d.Reason)
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
		for _, noun := range forum.DocumentNouns {
			if err := voidApprovals(ctx, tx, by, f.ID, noun); err != nil {
				return err
			}
		}
		if err := revokeInvitations(ctx, tx, by, f.ID, d.Reason); err != nil {
			return err
		}
		if err := settle(ctx, tx, forum.TheForum, f.ID); err != nil {
			return err
		}
		if !f.Status.IsPublic() {
			return nil
		}
		return s.announce(ctx, tx, forum.MailForumWithdrawn, string(f.ID), f.ID, d.Reason)
	})
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }
