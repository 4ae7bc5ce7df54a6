package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"acropolis/forum"
)

// roundExists is the refusal of a month's second round on a track.
var roundExists = forum.Refuse(forum.Conflict, "round.exists_already")

// rules turns a violated constraint into the refusal of the rule that it stands for.
var rules = map[string]*forum.Error{
	"one_round_a_month":                 roundExists,
	"one_forum_per_suggestion":          forum.Refuse(forum.Conflict, "forum.exists_already"),
	"forum_period_in_order":             forum.Refuse(forum.Invalid, "period.ends_before_start").At("closes_at"),
	"one_approval_in_review":            forum.Refuse(forum.Conflict, "approval.in_review_already"),
	"one_dossier_version":               forum.Refuse(forum.Conflict, "dossier.saved_by_another"),
	"one_response_version":              forum.Refuse(forum.Conflict, "response.saved_by_another"),
	"score_of_a_candidate":              forum.Refuse(forum.NotFound, "page.not_found"),
	"one_consultation_at_a_time":        forum.Refuse(forum.Conflict, "assignment.consulted_already").At("department"),
	"one_handover_at_a_time":            forum.Refuse(forum.Conflict, "assignment.handover_pending").At("department"),
	"mark_in_range":                     forum.Refuse(forum.Invalid, "score.out_of_range").At("score"),
	"score_in_range":                    forum.Refuse(forum.Invalid, "score.out_of_range").At("score"),
	"juror_score_in_range":              forum.Refuse(forum.Invalid, "score.out_of_range").At("score"),
	"one_award_per_opinion":             forum.Refuse(forum.Conflict, "award.opinion_has_one"),
	"one_award_per_place":               forum.Refuse(forum.Conflict, "award.place_taken"),
	"suggestion_not_merged_into_itself": forum.Refuse(forum.Invalid, "suggestion.merged_into_itself").At("merge_into"),
	"opinion_text_length":               forum.Refuse(forum.Invalid, "text.too_long").At("text"),
	"opinion_title_length":              forum.Refuse(forum.Invalid, "text.too_long").At("title"),
	"one_report_each":                   forum.Refuse(forum.Conflict, "report.made_already"),
	"one_appeal_per_hiding":             forum.Refuse(forum.Conflict, "appeal.made_already"),
	"one_open_invitation_each":          forum.Refuse(forum.Conflict, "invitation.invited_already").At("email"),
	"published_with_consent":            forum.Refuse(forum.Conflict, "invitation.no_consent"),
	"one_person_excludes_nothing":       forum.Refuse(forum.Forbidden, "exclusion.second_person"),
	"one_person_undoes_nothing":         forum.Refuse(forum.Forbidden, "exclusion.second_person"),
	"one_exclusion_asked":               forum.Refuse(forum.Conflict, "exclusion.asked_already"),
	"one_session_per_assertion":         forum.Refuse(forum.Conflict, "session.vouched_already"),
	"one_delegation_each":               forum.Refuse(forum.Conflict, "delegation.stands_already").At("duty"),
	"line_is_a_departments":             forum.Refuse(forum.Invalid, "department.unknown").At("keep_line"),
	"assignments_department_fkey":       forum.Refuse(forum.Invalid, "department.unknown").At("department"),
}

// lostConnection are the other words for a server that died in the middle of an exchange.
var lostConnection = []error{net.ErrClosed, io.EOF, io.ErrUnexpectedEOF, pgx.ErrTxClosed}

// translate makes a refusal of what the database says no to: a named constraint, or that it can't be reached just now.
// Everything else stays an ordinary error.
func translate(err error) error {
	if err == nil || forum.RefusalIn(err) != nil || errors.Is(err, context.Canceled) {
		return err
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		if rule, known := rules[pg.ConstraintName]; known {
			return rule
		}
		switch {
		case pg.Code == "22021": // a NUL, which PostgreSQL can't keep, or bytes that aren't UTF-8
			return forum.Refuse(forum.Unreadable, "text.not_utf8")
		case strings.HasPrefix(pg.Code, "57P"), strings.HasPrefix(pg.Code, "53"), strings.HasPrefix(pg.Code, "08"):
			return unavailable(err) // shutting down, out of connections or disk, connection lost
		}
		return err
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return unavailable(err)
	}
	if _, ok := errors.AsType[net.Error](err); ok || pgconn.SafeToRetry(err) || slices.ContainsFunc(lostConnection, func(lost error) bool { return errors.Is(err, lost) }) {
		return unavailable(err)
	}
	return err
}

// unavailable keeps the cause for the log while the page gets the refusal.
func unavailable(cause error) error {
	return &unreachable{forum.Refuse(forum.Unavailable, "city.unavailable"), cause}
}

// unreachable is a refusal with its cause in its text. It unwraps to the refusal alone: the cause is no second error.
type unreachable struct {
	refusal *forum.Error
	cause   error
}

func (u *unreachable) Error() string { return u.refusal.Error() + " (" + u.cause.Error() + ")" }
func (u *unreachable) Unwrap() error { return u.refusal }

// Is lets the cause be asked for by name.
func (u *unreachable) Is(target error) bool { return errors.Is(u.cause, target) }

// isTransient says that the whole transaction may simply be run again: after a deadlock, a serialization failure, or when an
// idempotency key was used between the look for it and its own row.
func isTransient(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == "40001" || pg.Code == "40P01" || pg.ConstraintName == "one_answer_per_key")
}

// found turns "no rows" into the refusal that names nothing.
func found(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return forum.Refuse(forum.NotFound, "page.not_found")
	}
	return err
}
