package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// extension is the text of an extension's approval.
type extension struct {
	ClosesAt string `json:"closes_at"`
	Reason   string `json:"reason"`
}

// ExtendForum sends a later close into its approval line; until it is approved the board closes as announced. What can't wait
// moves the close now and is approved afterwards.
func (s *Store) ExtendForum(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.ExtendForum, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.ExtensionDetails](d)
		if err != nil {
			return err
		}
		at, err := now(ctx, tx)
		if err != nil {
			return err
		}
		if !details.ClosesAt.After(f.ClosesAt) || !details.ClosesAt.After(at) {
			return forum.Refuse(forum.Invalid, "extension.not_later").At("closes_at")
		}
		text := extension{ClosesAt: details.ClosesAt.UTC().Format(time.RFC3339Nano), Reason: d.Reason}
		if err := draft(ctx, tx, d, by, actOn(f, forum.TheExtension, text, details.ActDetails), details.LineDetails); err != nil || !details.AfterTheFact {
			return err
		}
		return s.extend(ctx, tx, f.ID, text, by, d.ID)
	})
}

func (s *Store) extensionApproved(ctx context.Context, tx pgx.Tx, a forum.Approval, _ forum.Decision, by actor) error {
	var text extension
	if err := json.Unmarshal([]byte(a.Text), &text); err != nil {
		return err
	}
	return s.extend(ctx, tx, a.Subject, text, by, a.ID)
}

// extend moves the close, by the database's clock only while it is still ahead, and tells everybody.
func (s *Store) extend(ctx context.Context, tx pgx.Tx, id forum.ID, text extension, by actor, because forum.ID) error {
	var status string
	err := tx.QueryRow(ctx, `
UPDATE forums SET closes_at = @closes::timestamptz
WHERE id = @id AND @closes::timestamptz > closes_at AND (status = 'suspended' OR status = 'open' AND statement_timestamp() < closes_at)
RETURNING status`, pgx.NamedArgs{"id": id, "closes": text.ClosesAt}).Scan(&status)
	if err != nil {
		if forum.CodeOf(found(err)) == forum.NotFound {
			return movedOn(forum.TheForum)
		}
		return err
	}
	if err := note(ctx, tx, by, change{action: forum.ExtendForum, noun: forum.TheForum, subject: id, forum: id,
		before: status, after: status, reason: text.Reason}); err != nil {
		return err
	}
	return s.announce(ctx, tx, forum.MailForumExtended, string(because), id, text.Reason)
}
