package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// life is a table whose rows take the steps of a step table and no others.
type life[S ~string] struct {
	table, key string
	noun       forum.Noun
	steps      forum.Steps[S]
}

// The lives that procedures and staff move. Opinions, votes and mails are moved where they are accepted and sent.
var (
	suggestionLife = life[forum.SuggestionStatus]{"suggestions", "id", forum.TheSuggestion, forum.SuggestionSteps}
	roundLife      = life[forum.RoundStatus]{"rounds", "id", forum.TheRound, forum.RoundSteps}
	forumLife      = life[forum.ForumStatus]{"forums", "id", forum.TheForum, forum.ForumSteps}
	assignmentLife = life[forum.AssignmentStatus]{"assignments", "forum_id", forum.TheAssignment, forum.AssignmentSteps}
	dossierLife    = life[forum.DossierStatus]{"dossiers", "forum_id", forum.TheDossier, forum.DossierSteps}
	approvalLife   = life[forum.ApprovalStatus]{"approvals", "id", forum.TheApproval, forum.ApprovalSteps}
	opinionLife    = life[forum.OpinionStatus]{"opinions", "id", forum.TheOpinion, forum.OpinionSteps}
	invitationLife = life[forum.InvitationStatus]{"invitations", "id", forum.TheInvitation, forum.InvitationSteps}
	awardLife      = life[forum.AwardStatus]{"awards", "id", forum.TheAward, forum.AwardSteps}
	responseLife   = life[forum.ResponseStatus]{"responses", "forum_id", forum.TheResponse, forum.ResponseSteps}
	exclusionLife  = life[forum.ExclusionStatus]{"exclusions", "id", forum.TheExclusion, forum.ExclusionSteps}
	milestoneLife  = life[forum.MilestoneStatus]{"milestones", "id", forum.TheMilestone, forum.MilestoneSteps}
)

// step is one step of one row, with what the audit row says about it.
type step[S ~string] struct {
	id     forum.ID
	to     S
	action forum.Action
	forum  forum.ID // whose trail shows it
	reason string
	code   forum.ReasonCode // of a moderator's answer
	batch  forum.ID         // of answers that it is part of
	set    string           // what else changes, as ", column = @value"
	when   string           // what must hold at this statement's instant, as "AND statement_timestamp() >= opens_at"
	args   pgx.NamedArgs    // of set and when
}

// move takes one step, guarded by the step table, and notes it. It says whether the row moved: a row that stands there
// already is left as it is, so that a step that is tried again is no second step. One that can't be taken from where the row
// stands is refused as moved on; one whose time hasn't come by the database's clock, as unavailable for now.
func (l life[S]) move(ctx context.Context, tx pgx.Tx, by actor, s step[S]) (moved bool, err error) {
	var before S
	row := tx.QueryRow(ctx, `SELECT status FROM `+l.table+` WHERE `+l.key+` = $1 FOR UPDATE`, s.id)
	if err := row.Scan(&before); err != nil {
		return false, found(err)
	}
	if before == s.to {
		return false, nil
	}
	if !l.steps.Allows(before, s.to) {
		return false, movedOn(l.noun)
	}
	args := pgx.NamedArgs{"id": s.id, "to": string(s.to), "before": texts(l.steps.Before(s.to))}
	for name, value := range s.args {
		args[name] = value
	}
	done, err := tx.Exec(ctx, `
UPDATE `+l.table+` SET status = @to`+s.set+` WHERE `+l.key+` = @id AND status = ANY(@before) `+s.when, args)
	if err != nil {
		return false, err
	}
	if done.RowsAffected() == 0 {
		return false, forum.Refuse(forum.Unavailable, "clock.too_early")
	}
	return true, note(ctx, tx, by, change{action: s.action, noun: l.noun, subject: s.id, forum: s.forum,
		before: string(before), after: string(s.to), reason: s.reason, code: s.code, batch: s.batch})
}

// movedOn is the refusal of a step that came when the row had gone another way.
func movedOn(noun forum.Noun) *forum.Error {
	return forum.Refuse(forum.Conflict, "procedure.moved_on").With("noun", string(noun))
}

// texts spells statuses for a text[] parameter.
func texts[S ~string](values []S) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}
