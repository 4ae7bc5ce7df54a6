package postgres

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// milestonesMax is how many promises one plan may hold.
const milestonesMax = 50

// Milestones lists a forum's promises by their dates.
func (s *Store) Milestones(ctx context.Context, forumID forum.ID) ([]forum.Milestone, error) {
	rows, err := s.pool.Query(ctx, `SELECT id, title, due, status, done_at, note FROM milestones WHERE forum_id = $1 ORDER BY due, id`, forumID)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, scanMilestone)
	return all, translate(err)
}

func scanMilestone(row pgx.CollectableRow) (forum.Milestone, error) {
	var m forum.Milestone
	var done *time.Time
	err := row.Scan(&m.ID, &m.Title, &m.Due, &m.Status, &done, &m.Note)
	m.DoneAt = instant(done)
	return m, err
}

// PlanFollowUp writes down what the city promised, each with its date; a plan without promises needs a reason. Planned again
// while the promises are followed, it adds to them.
func (s *Store) PlanFollowUp(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.PlanFollowUp, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.MilestonesDetails](d)
		if err != nil {
			return err
		}
		if len(details.Milestones) > milestonesMax {
			return forum.Refuse(forum.Invalid, "milestone.too_many").At("milestones").With("most", strconv.Itoa(milestonesMax))
		}
		if len(details.Milestones) == 0 {
			if err := forum.NeedReason(d.Reason); err != nil {
				return err
			}
		}
		if f.Status == forum.Published {
			if _, err := forumLife.move(ctx, tx, by, step[forum.ForumStatus]{id: f.ID, to: forum.Following, action: d.Action, forum: f.ID, reason: d.Reason}); err != nil {
				return err
			}
		}
		for i, m := range details.Milestones {
			if err := m.Validate(); err != nil {
				return atItem(err, i)
			}
			if err := s.promise(ctx, tx, f, m, d, by); err != nil {
				return err
			}
		}
		return settle(ctx, tx, forum.TheForum, f.ID, forum.PlanFollowUp)
	})
}

func (s *Store) promise(ctx context.Context, tx pgx.Tx, f forum.Forum, m forum.Milestone, d forum.Decision, by actor) error {
	id := NewID()
	if _, err := tx.Exec(ctx, `INSERT INTO milestones (id, forum_id, title, due) VALUES ($1, $2, $3, $4)`, id, f.ID, m.Title, m.Due); err != nil {
		return err
	}
	if err := note(ctx, tx, by, change{action: d.Action, noun: forum.TheMilestone, subject: id, forum: f.ID, after: string(forum.MilestonePlanned)}); err != nil {
		return err
	}
	return s.owe(ctx, tx, forum.Owed{Noun: forum.TheMilestone, Subject: id, Forum: f.ID, Kind: forum.CompleteMilestone, Duty: forum.Drafter,
		Department: f.Department, Due: m.Due})
}

// CompleteMilestone keeps a promise, late or not; the reason is what citizens read of it. Subscribers are told.
func (s *Store) CompleteMilestone(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.CompleteMilestone, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		m, moved, err := endMilestone(ctx, tx, f, d, by, forum.MilestoneDone, `, done_at = now(), note = @note`)
		if err != nil || !moved {
			return err
		}
		return s.enqueueFollowers(ctx, tx, forum.MailMilestoneDone, "milestone_done:"+string(m.ID), f.ID,
			map[string]string{"milestone": m.Title, "reason": d.Reason})
	})
}

// DropMilestone gives a promise up, for a reason that citizens read.
func (s *Store) DropMilestone(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.DropMilestone, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		_, _, err := endMilestone(ctx, tx, f, d, by, forum.MilestoneDropped, `, note = @note`)
		return err
	})
}

func endMilestone(ctx context.Context, tx pgx.Tx, f forum.Forum, d forum.Decision, by actor, to forum.MilestoneStatus, set string) (m forum.Milestone, moved bool, err error) {
	details, err := detailsOf[forum.MilestoneDetails](d)
	if err != nil {
		return m, false, err
	}
	if _, err := forum.ParseID(string(details.Milestone)); err != nil {
		return m, false, err
	}
	rows, err := tx.Query(ctx, `SELECT id, title, due, status, done_at, note FROM milestones WHERE id = $1 AND forum_id = $2`, details.Milestone, f.ID)
	if err != nil {
		return m, false, err
	}
	if m, err = pgx.CollectExactlyOneRow(rows, scanMilestone); err != nil {
		return m, false, found(err)
	}
	moved, err = milestoneLife.move(ctx, tx, by, step[forum.MilestoneStatus]{id: m.ID, to: to, action: d.Action, forum: f.ID,
		reason: d.Reason, set: set, args: pgx.NamedArgs{"note": d.Reason}})
	if err != nil {
		return m, false, err
	}
	return m, moved, settle(ctx, tx, forum.TheMilestone, m.ID)
}

// lateMilestones notes the promises whose date has passed.
func lateMilestones(ctx context.Context, tx pgx.Tx, forumID forum.ID) error {
	rows, err := tx.Query(ctx, `SELECT id FROM milestones WHERE forum_id = $1 AND status = 'planned' AND due <= now() ORDER BY id`, forumID)
	if err != nil {
		return err
	}
	late, err := pgx.CollectRows(rows, pgx.RowTo[forum.ID])
	if err != nil {
		return err
	}
	for _, id := range late {
		if _, err := milestoneLife.move(ctx, tx, bySystem, step[forum.MilestoneStatus]{id: id, to: forum.MilestoneLate, action: becameLate, forum: forumID}); err != nil {
			return err
		}
	}
	return nil
}

// ArchiveForum ends a forum whose promises are all kept or dropped; before that nothing is done.
func (s *Store) ArchiveForum(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	return s.ownStep(ctx, id, forum.Archived, func(tx pgx.Tx, f forum.Forum) error {
		facts, err := s.forumFacts(ctx, tx, id)
		if err != nil || !facts.Ready {
			return err
		}
		if _, err := forumLife.move(ctx, tx, bySystem, step[forum.ForumStatus]{id: id, to: forum.Archived, action: archived, forum: id}); err != nil {
			return err
		}
		return settle(ctx, tx, forum.TheForum, id)
	})
}
