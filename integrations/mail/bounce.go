package mail

import (
	"bufio"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
)

// Bounce is a mail server's report (RFC 3464) that one of our letters couldn't be delivered after all. It holds no address and
// none of the server's words.
type Bounce struct {
	MessageID  string // of our letter, with <>
	Status     string // as 5.1.1
	BadAddress bool   // it can't be delivered to that address, now or later
}

// ErrNoBounce says that a message is no report of a letter that failed for good: an answer, an absence notice, a delay.
var ErrNoBounce = errors.New("no report of a letter that came back")

const (
	largestBounce = 32 << 20 // it may hold our letter with its attachment
	deepestBounce = 5
)

// ReadBounce reads a report. Which letter it is about is in the letter's own head, which the report sends back.
func ReadBounce(r io.Reader) (Bounce, error) {
	m, err := mail.ReadMessage(io.LimitReader(r, largestBounce))
	if err != nil {
		return Bounce{}, ErrNoBounce
	}
	kind, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || !strings.EqualFold(parameters["report-type"], "delivery-status") {
		return Bounce{}, ErrNoBounce
	}
	var b Bounce
	b.read(textproto.MIMEHeader(m.Header), m.Body, 0)
	if b.MessageID == "" || b.Status == "" {
		return Bounce{}, ErrNoBounce
	}
	return b, nil
}

// read takes one part and the parts in it.
func (b *Bounce) read(header textproto.MIMEHeader, body io.Reader, depth int) {
	kind, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || depth > deepestBounce {
		return
	}
	switch strings.ToLower(strings.TrimSpace(header.Get("Content-Transfer-Encoding"))) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	switch kind {
	case "message/delivery-status", "message/global-delivery-status":
		b.readStatus(body)
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
		ours, _ := textproto.NewReader(bufio.NewReader(body)).ReadMIMEHeader() // a head alone may end without its empty line
		if id := strings.TrimSpace(ours.Get("Message-Id")); b.MessageID == "" && messageID.MatchString(strings.Trim(id, "<>")) {
			b.MessageID = "<" + strings.Trim(id, "<>") + ">"
		}
	}
	if boundary := parameters["boundary"]; strings.HasPrefix(kind, "multipart/") && boundary != "" {
		parts := multipart.NewReader(body, boundary)
		for {
			part, err := parts.NextRawPart()
			if err != nil {
				return
			}
			b.read(part.Header, part, depth+1)
		}
	}
}

// readStatus reads the fields about the report and then about each recipient. Ours have one; an expanded list may have more, and
// the address is bad only if it is for all that failed.
func (b *Bounce) readStatus(body io.Reader) {
	reader := textproto.NewReader(bufio.NewReader(body))
	for {
		fields, err := reader.ReadMIMEHeader()
		if strings.EqualFold(strings.TrimSpace(fields.Get("Action")), "failed") {
			status := bounceStatus(fields)
			b.BadAddress = isBadAddress(status) && (b.Status == "" || b.BadAddress)
			b.Status = status
		}
		if err != nil {
			return
		}
	}
}

var (
	statusField  = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)
	inDiagnostic = regexp.MustCompile(`\b[45]\d\d[ -]([45]\.\d{1,3}\.\d{1,3})\b`)
)

// bounceStatus is the code of a failure. Where the reporting server knows nothing better than 5.0.0, the one that refused may.
func bounceStatus(fields textproto.MIMEHeader) string {
	status := statusField.FindString(strings.TrimSpace(fields.Get("Status")))
	if status == "" || status == "5.0.0" {
		if said := inDiagnostic.FindStringSubmatch(fields.Get("Diagnostic-Code")); said != nil {
			return said[1]
		}
	}
	if status == "" {
		return "5.0.0"
	}
	return status
}

// isBadAddress tells what is the address's fault (RFC 3463): no such mailbox or domain, moved, disabled. A full box, policy, a
// dead network and a bare 5.0.0 are not: a provider that turns us away for a day must not silence everybody there.
func isBadAddress(status string) bool {
	switch status {
	case "5.1.7", "5.1.8": // the sender's
		return false
	case "5.2.1", "5.4.4":
		return true
	}
	return strings.HasPrefix(status, "5.1.")
}
