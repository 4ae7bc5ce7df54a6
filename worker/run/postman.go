package run

import (
	"context"
	"errors"

	"acropolis/activities"
	"acropolis/forum"
	"acropolis/integrations/mail"
)

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// postmark sends the outbox's envelopes by SMTP.
type postmark struct{ sender *mail.Sender }

// Send tells what became of the envelope; it never says more than a class and a code.
func (p postmark) Send(ctx context.Context, e activities.Envelope) activities.Delivered {
	m := mail.Message{MessageID: e.MessageID, To: e.To, Subject: e.Subject, Text: e.Text, HTML: e.HTML, Lang: e.Lang, Unsubscribe: e.Unsubscribe}
	if e.Attachment != nil {
		m.Attachments = []mail.Attachment{{Name: e.AttachmentName, Type: workbookType, Data: e.Attachment}}
	}
	err := p.sender.Send(ctx, m)
	if err == nil {
		return activities.Delivered{Status: forum.MailSent}
	}
	failure, ok := errors.AsType[*mail.Error](err)
	if !ok {
		return activities.Delivered{Status: forum.MailPending, Problem: "not sent"}
	}
	result := activities.Delivered{Problem: failure.Error(), BadAddress: failure.Class == mail.BadAddress}
	switch failure.Class {
	case mail.Temporary:
		result.Status = forum.MailPending
	case mail.Unknown:
		result.Status = forum.MailUnknown
	default:
		result.Status = forum.MailFailed
	}
	return result
}
