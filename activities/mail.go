package activities

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"acropolis/forum"
)

// MailStore is what the Outbox needs of the database.
type MailStore interface {
	DueMails(ctx context.Context, n int) ([]forum.Letter, error)
	MailDone(ctx context.Context, id forum.ID, status forum.MailStatus, problem string, retryAfter time.Duration) error
	MarkBadAddress(ctx context.Context, address string) error
}

// Envelope is a letter in words, ready for the mail server.
type Envelope struct {
	MessageID, To, Subject, Text, HTML, Lang string
	Unsubscribe                              string // with news: where its one-click end takes a POST (RFC 8058)
	Attachment                               []byte
	AttachmentName                           string
}

// Delivered is what the mail server made of an envelope. Problem names a class and an SMTP code, never an address.
type Delivered struct {
	Status     forum.MailStatus // sent, failed, unknown, or pending for a passing failure
	Problem    string
	BadAddress bool
}

// Outbox delivers what the store queued: each letter once, a passing failure again later.
type Outbox struct {
	Store   MailStore
	Postman interface {
		Send(ctx context.Context, e Envelope) Delivered
	}
	Letters  *Letters
	Workbook interface {
		Workbook(ctx context.Context, forumID forum.ID, lang string, w io.Writer) error
		FileName(title, lang string, at time.Time) string
	}
}

const (
	mailBatch = 10 // a killed worker leaves at most so many to be asked about
	// mailTries passing failures, twice as long apart each time, are some half a day.
	mailTries     = 14
	firstMailWait = 4 * time.Second
	lastMailWait  = 4 * time.Hour
)

// Deliver sends what is due now and tells how many letters it took from the outbox.
func (o *Outbox) Deliver(ctx context.Context) (int, error) {
	letters, err := o.Store.DueMails(ctx, mailBatch)
	if err != nil {
		return 0, err
	}
	var faults []error
	for _, letter := range letters {
		faults = append(faults, o.deliver(ctx, letter))
	}
	return len(letters), errors.Join(faults...)
}

func (o *Outbox) deliver(ctx context.Context, letter forum.Letter) error {
	envelope, err := o.envelope(ctx, letter)
	if errors.Is(err, errNotMade) {
		return errors.Join(err, o.later(ctx, letter, Delivered{Status: forum.MailPending, Problem: "attachment not made"}))
	}
	if err != nil {
		return errors.Join(err, o.Store.MailDone(ctx, letter.ID, forum.MailFailed, "not written", 0))
	}
	result := o.Postman.Send(ctx, envelope)
	// What the server said is noted even when we are being stopped: a sent letter must not go out again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if result.BadAddress {
		if err := o.Store.MarkBadAddress(ctx, letter.Address); err != nil {
			return err
		}
	}
	return o.later(ctx, letter, result)
}

// later notes what became of a letter; a passing failure is tried again after a while, but not for ever.
func (o *Outbox) later(ctx context.Context, letter forum.Letter, result Delivered) error {
	var again time.Duration
	if result.Status == forum.MailPending {
		again = min(firstMailWait<<letter.Attempts, lastMailWait)
		if letter.Attempts >= mailTries {
			result.Status = forum.MailFailed
		}
	}
	return o.Store.MailDone(ctx, letter.ID, result.Status, result.Problem, again)
}

// errNotMade says that an attachment couldn't be made just now, as while the database starts.
var errNotMade = errors.New("the attachment couldn't be made")

func (o *Outbox) envelope(ctx context.Context, letter forum.Letter) (Envelope, error) {
	if letter.Kind == forum.MailWorkbook {
		letter.Data["file"] = o.Workbook.FileName(letter.Data["title"], letter.Lang, letter.CreatedAt)
	}
	subject, text, err := o.Letters.Write(letter)
	if err != nil {
		return Envelope{}, err
	}
	e := Envelope{MessageID: letter.MessageID, To: letter.Address, Subject: subject, Text: text, Lang: o.Letters.langOf(letter),
		Unsubscribe: o.Letters.unsubscribeURL(letter)}
	if !slices.Contains(forum.StaffKinds, letter.Kind) {
		e.HTML = o.Letters.HTML(e.Lang, subject, text)
	}
	if letter.Kind == forum.MailWorkbook {
		var book bytes.Buffer
		if err := o.Workbook.Workbook(ctx, letter.Subject, letter.Lang, &book); err != nil {
			return Envelope{}, fmt.Errorf("%w: %w", errNotMade, err)
		}
		e.Attachment, e.AttachmentName = book.Bytes(), letter.Data["file"]
	}
	return e, nil
}
