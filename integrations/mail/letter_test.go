package mail_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"acropolis/integrations/mail"
)

func TestLetterReadsAsItWasWritten(t *testing.T) {
	mx := serve(t, &server{})
	m := message()
	m.Subject = "[사이버 정책 포럼] 서울광장을 어떻게 쓸까요? 의견이 접수되었습니다 — 접수번호 의견-2026-001284"
	workbook := bytes.Repeat([]byte{0, 1, 2, 255}, 10_000)
	m.Attachments = []mail.Attachment{{Name: "사이버정책포럼_의견.xlsx",
		Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Data: workbook}}
	before := time.Now().Add(-time.Second)
	must(t, sender(t, mx.address).Send(t.Context(), m))

	got, parsed := mx.only(t)
	if got.from != "forum@city.example" || got.to != "citizen@example.kr" {
		t.Errorf("envelope %q %q", got.from, got.to)
	}
	words := new(mime.WordDecoder)
	for name, want := range map[string]string{
		"Subject": m.Subject, "To": "<citizen@example.kr>", "Message-Id": "<0192-a@acropolis>",
		"From": "사이버 정책 포럼 <forum@city.example>", "Auto-Submitted": "auto-generated", "Content-Language": "ko",
	} {
		text, err := words.DecodeHeader(parsed.Header.Get(name))
		must(t, err)
		if text = strings.ReplaceAll(text, `"`, ""); text != want {
			t.Errorf("%s: got %q, want %q", name, text, want)
		}
	}
	if date, err := parsed.Header.Date(); err != nil || date.Before(before.Truncate(time.Second)) {
		t.Errorf("date %v %v", date, err)
	}
	if parsed.Header.Get("User-Agent")+parsed.Header.Get("X-Mailer") != "" {
		t.Error("the letter tells which software wrote it")
	}
	_, parameters, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	must(t, err)
	parts := multipart.NewReader(parsed.Body, parameters["boundary"])
	text, err := parts.NextPart()
	must(t, err)
	if got := decode(t, text); string(got) != "안녕하십니까.\r\n의견이 접수되었습니다.\r\n" {
		t.Errorf("text %q", got)
	}
	file, err := parts.NextPart()
	must(t, err)
	name, err := words.DecodeHeader(file.FileName())
	must(t, err)
	if name != "사이버정책포럼_의견.xlsx" || !bytes.Equal(decode(t, file), workbook) {
		t.Errorf("attachment %q", name)
	}
	if kind, _, _ := mime.ParseMediaType(file.Header.Get("Content-Type")); kind != m.Attachments[0].Type {
		t.Errorf("attachment type %q", kind)
	}
}

func decode(t *testing.T, part *multipart.Part) []byte {
	t.Helper()
	all, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
	must(t, err)
	return all
}

func TestNoTextBecomesAHeader(t *testing.T) {
	for story, change := range map[string]func(*mail.Message){
		"subject":         func(m *mail.Message) { m.Subject = "x\r\nBcc: victim@example.kr\r\n\r\nbody" },
		"bare line feeds": func(m *mail.Message) { m.Subject = "x\nBcc: victim@example.kr\n\nbody" },
		"long subject":    func(m *mail.Message) { m.Subject = strings.Repeat("가\r\nBcc: victim@example.kr ", 50) },
		"separator":       func(m *mail.Message) { m.Subject = "x\u2028Bcc: victim@example.kr" },
		"language":        func(m *mail.Message) { m.Lang = "ko\r\nBcc: victim@example.kr" },
		"text":            func(m *mail.Message) { m.Text = "x\r\n.\r\nMAIL FROM:<a@b>\r\nBcc: victim@example.kr" },
		"file name": func(m *mail.Message) {
			m.Attachments = []mail.Attachment{{Name: "a\"\r\nBcc: victim@example.kr\r\n\r\n", Data: []byte("x")}}
		},
		"file type": func(m *mail.Message) {
			m.Attachments = []mail.Attachment{{Name: "a", Type: "text/plain\r\nBcc: victim@example.kr", Data: []byte("x")}}
		},
		"file type's parameter": func(m *mail.Message) {
			m.Attachments = []mail.Attachment{{Name: "a", Type: "text/plain; a=\"b\r\nBcc: victim@example.kr\"", Data: []byte("x")}}
		},
	} {
		t.Run(story, func(t *testing.T) {
			mx := serve(t, &server{})
			m := message()
			change(&m)
			must(t, sender(t, mx.address).Send(t.Context(), m))
			got, parsed := mx.only(t)
			if parsed.Header.Get("Bcc") != "" || strings.Contains(string(got.raw), "\nBcc:") {
				t.Fatalf("a header was injected:\n%s", got.raw)
			}
			if subject, _ := new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject")); strings.ContainsAny(subject, "\r\n\u2028") {
				t.Fatalf("the reader's program would see two lines: %q", subject)
			}
		})
	}
}

func TestBadAddressesAndIdsNeverReachTheServer(t *testing.T) {
	mx := serve(t, &server{})
	s := sender(t, mx.address)
	for _, to := range []string{"", "citizen", "citizen@", "a@b>\r\nRCPT TO:<victim@example.kr", "citizen@example.kr\r\nBcc: x@example.kr",
		"Name <citizen@example.kr>", "<citizen@example.kr>", `"a b"@example.kr`, "citizen@example.kr, other@example.kr", "citizen@example.kr (x)",
		strings.Repeat("a", 250) + "@example.kr"} {
		m := message()
		m.To = to
		mustFail(t, s.Send(t.Context(), m), mail.BadAddress, "letter")
	}
	for _, id := range []string{"", "x", "a b@c", "a@b@c", "a@b\r\nBcc: x@y", "한글@acropolis"} {
		m := message()
		m.MessageID = id
		mustFail(t, s.Send(t.Context(), m), mail.Refused, "letter")
	}
	if mx.connections != 0 {
		t.Fatalf("%d connections", mx.connections)
	}
}

func TestAddressBeyondASCIINeedsAServerThatKnowsIt(t *testing.T) {
	m := message()
	m.To = "시민@예시.한국"
	old := serve(t, &server{})
	mustFail(t, sender(t, old.address).Send(t.Context(), m), mail.BadAddress, "letter")
	modern := serve(t, &server{}, withUTF8)
	must(t, sender(t, modern.address).Send(t.Context(), m))
	if got, _ := modern.only(t); got.to != m.To {
		t.Fatalf("got %q", got.to)
	}
}
