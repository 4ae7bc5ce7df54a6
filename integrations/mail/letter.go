package mail

import (
	"bytes"
	"mime"
	"net/mail"
	"regexp"
	"strings"
	"unicode"

	gomail "github.com/wneessen/go-mail"
)

// Message is one letter to one person.
type Message struct {
	MessageID   string // id@domain, with or without <>; the same at every attempt, so that a second copy can be recognised
	To          string // an address alone, no name
	Subject     string
	Text        string
	HTML        string // the same words as a page; may be empty
	Lang        string // of the text, as "ko"; may be empty
	Unsubscribe string // an address that ends such letters by a POST; empty where they answer what somebody did
	Attachments []Attachment
}

// Attachment is a file that goes with a letter.
type Attachment struct {
	Name string // any; what a header or a file system can't take becomes _
	Type string // media type; anything else than one is sent as application/octet-stream
	Data []byte
}

var messageID = regexp.MustCompile(`^[!-;=?A-~]+@[!-;=?A-~]+$`)

// compose writes the letter as it travels. It is a machine's letter and says so, so that absence notices don't answer it.
func compose(from *mail.Address, m Message) ([]byte, *Error) {
	id := strings.TrimSuffix(strings.TrimPrefix(m.MessageID, "<"), ">")
	if !messageID.MatchString(id) || len(id) > 250 || strings.Count(id, "@") != 1 {
		return nil, &Error{Class: Refused, Step: "letter"}
	}
	letter := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingB64))
	letter.FromMailAddress(from)
	letter.ToMailAddress(&mail.Address{Address: m.To})
	letter.Subject(oneLine(m.Subject))
	letter.SetMessageIDWithValue(id)
	letter.SetDate()
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	letter.SetGenHeader("X-Auto-Response-Suppress", "All")
	if m.Unsubscribe != "" { // RFC 8058; the signature that the mail server adds (DKIM) must cover both
		letter.SetGenHeader("List-Unsubscribe", "<"+oneLine(m.Unsubscribe)+">")
		letter.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
		letter.SetGenHeader("Precedence", "bulk")
	}
	if m.Lang != "" {
		letter.SetGenHeader("Content-Language", oneLine(m.Lang))
	}
	letter.SetBodyString(gomail.TypeTextPlain, crlf(m.Text))
	if m.HTML != "" {
		letter.AddAlternativeString(gomail.TypeTextHTML, crlf(m.HTML))
	}
	for _, a := range m.Attachments {
		kind, parameters, err := mime.ParseMediaType(a.Type)
		if err != nil || strings.HasPrefix(kind, "multipart/") {
			kind, parameters = "application/octet-stream", nil
		}
		letter.AttachReadSeeker(a.Name, bytes.NewReader(a.Data),
			gomail.WithFileContentType(gomail.ContentType(mime.FormatMediaType(kind, parameters))))
	}
	var text bytes.Buffer
	if _, err := letter.WriteTo(&text); err != nil {
		return nil, &Error{Class: Refused, Step: "letter"}
	}
	return text.Bytes(), nil
}

// crlf ends lines as mail does.
func crlf(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
}

// oneLine makes every control character a space, so that a text can't become a second header.
func oneLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text))
}

// recipient gives the address as the envelope takes it. What isn't plainly an address is a bad one: comments, names and
// quoted parts are legal but only ever come from somebody who tries something.
func recipient(to string) (envelope string, ascii bool, fault *Error) {
	address, err := mail.ParseAddress(to)
	if err != nil || address.Address != to || len(to) > 254 || oneLine(to) != to || strings.ContainsAny(to, " \"<>()") {
		return "", false, &Error{Class: BadAddress, Step: "letter"}
	}
	ascii = true
	for i := range len(to) {
		ascii = ascii && to[i] < 0x80
	}
	return "<" + to + ">", ascii, nil
}
