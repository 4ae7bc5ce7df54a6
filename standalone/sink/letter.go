package sink

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
)

// letter is a received text taken apart for reading.
type letter struct {
	from, date string
	text       string
	files      []file
}

type file struct {
	name string
	data []byte
}

type top struct{ messageID, subject string }

// readTop reads what lists show.
func readTop(raw []byte) top {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return top{}
	}
	return top{strings.Trim(m.Header.Get("Message-Id"), "<> "), decode(m.Header.Get("Subject"))}
}

// read takes a letter apart. What can't be understood is shown as it came: the sink must never hide a letter.
func read(raw []byte) letter {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return letter{text: clean(raw)}
	}
	l := letter{from: decode(m.Header.Get("From")), date: m.Header.Get("Date")}
	l.take(textproto.MIMEHeader(m.Header), m.Body, 0)
	return l
}

// take reads one part and the parts in it. The depth is bounded, because anybody may send anything.
func (l *letter) take(header textproto.MIMEHeader, body io.Reader, depth int) {
	kind, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if boundary := parameters["boundary"]; strings.HasPrefix(kind, "multipart/") && boundary != "" && depth < 10 {
		parts := multipart.NewReader(body, boundary)
		for {
			part, err := parts.NextRawPart()
			if err != nil {
				return
			}
			l.take(part.Header, part, depth+1)
		}
	}
	switch strings.ToLower(header.Get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	data, _ := io.ReadAll(body) // a damaged part is shown as far as it goes
	disposition, details, _ := mime.ParseMediaType(header.Get("Content-Disposition"))
	name := details["filename"]
	if name == "" {
		name = parameters["name"]
	}
	if disposition == "attachment" || name != "" || !strings.HasPrefix(kind, "text/") {
		l.files = append(l.files, file{decode(name), data})
	} else if l.text == "" {
		l.text = clean(data)
	}
}

func decode(text string) string {
	if decoded, err := new(mime.WordDecoder).DecodeHeader(text); err == nil {
		return decoded
	}
	return text
}

func clean(text []byte) string {
	return strings.ToValidUTF8(strings.ReplaceAll(string(text), "\r\n", "\n"), "\uFFFD")
}
