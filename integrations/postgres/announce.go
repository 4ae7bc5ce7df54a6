package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// announce tells a forum's followers of a turn in its period: one function for every turn, whether a timer or a person took it,
// and after the row has it, so that all of them say the same.
func (s *Store) announce(ctx context.Context, tx pgx.Tx, kind forum.MailKind, occasion string, id forum.ID, reason string) error {
	var opens, closes *time.Time
	if err := tx.QueryRow(ctx, `SELECT opens_at, closes_at FROM forums WHERE id = $1`, id).Scan(&opens, &closes); err != nil {
		return found(err)
	}
	data := map[string]string{"reason": reason}
	if opens != nil {
		data["opens_at"], data["closes_at"] = rfc3339(*opens), rfc3339(*closes)
	}
	return s.enqueueFollowers(ctx, tx, kind, string(kind)+":"+occasion, id, data)
}

// closingNotice is when the subscribers of forums f are to be told that the close is near; NULL: not any more, or not at all in
// so short a period. It follows the close, wherever an extension or a suspension has moved it; told a day before or later than
// that, they aren't told again.
const closingNotice = `CASE WHEN f.status = 'open' AND f.closes_at - @near::interval > f.opens_at
	AND (f.closing_told_at IS NULL OR f.closing_told_at < f.closes_at - @before::interval) THEN f.closes_at - @near::interval END`

// closingArgs are what closingNotice reads of a forum, in days of the city.
func (s *Store) closingArgs(id forum.ID) pgx.NamedArgs {
	return pgx.NamedArgs{"id": id, "near": s.pace.Days(forum.ClosingNoticeDays), "before": s.pace.Days(forum.ClosingNoticeDays + 1)}
}

// tellClosing announces a close that is near, once its notice is due by the database's clock; early says that it is about to be.
func (s *Store) tellClosing(ctx context.Context, tx pgx.Tx, id forum.ID) (told, early bool, err error) {
	var due *time.Time
	var at time.Time
	err = tx.QueryRow(ctx, `SELECT `+closingNotice+`, now() FROM forums f WHERE f.id = @id`, s.closingArgs(id)).Scan(&due, &at)
	if err != nil || due == nil {
		return false, false, found(err)
	}
	if at.Before(*due) {
		return false, due.Sub(at) < clocksMayDiffer, nil
	}
	if _, err := tx.Exec(ctx, `UPDATE forums SET closing_told_at = now() WHERE id = $1`, id); err != nil {
		return false, false, err
	}
	return true, false, s.announce(ctx, tx, forum.MailForumClosing, string(id)+":"+rfc3339(*due), id, "")
}
