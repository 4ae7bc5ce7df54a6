package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"acropolis/activities"
	"acropolis/forum"
	"acropolis/integrations/mail"
)

// TestWorkIsRepeatedAtOnceWhileThereIsMore, rests when there is none, and tells a lasting failure once.
func TestWorkIsRepeatedAtOnceWhileThereIsMore(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	broken := errors.New("no route")
	answers := []struct {
		did int
		err error
	}{{did: 100}, {did: 7}, {}, {err: broken}, {err: broken}, {did: 3, err: broken}, {}, {err: broken}, {}}
	var log strings.Builder
	var took []time.Duration
	last := time.Now()
	repeat(ctx, 20*time.Millisecond, slog.New(slog.NewTextHandler(&log, nil)), "deliver", func(context.Context) (int, error) {
		took, last = append(took, time.Since(last)), time.Now()
		answer := answers[len(took)-1]
		if len(took) == len(answers) {
			stop()
		}
		return answer.did, answer.err
	})
	if len(took) != len(answers) {
		t.Fatalf("%d turns", len(took))
	}
	for i, pause := range took {
		if rested := pause >= 20*time.Millisecond; i > 0 && rested != (i > 2) {
			t.Errorf("before turn %d it waited %s", i+1, pause)
		}
	}
	if n := strings.Count(log.String(), "no route"); n != 2 {
		t.Errorf("two failures were told %d times:\n%s", n, log.String())
	}
}

// mailServer answers each recipient as the local part asks: 550, 451, data554, hangup, or takes the letter.
func mailServer(t *testing.T) string {
	t.Helper()
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &mailSession{conn: c.Conn()}, nil }))
	server.Domain, server.ErrorLog = "mx.test", slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close(); <-ended })
	return listener.Addr().String()
}

type mailSession struct {
	conn net.Conn
	to   string
}

func (s *mailSession) Reset()                               {}
func (s *mailSession) Logout() error                        { return nil }
func (s *mailSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to, _, _ = strings.Cut(to, "@")
	switch s.to {
	case "550":
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no " + to}
	case "451":
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "later, " + to}
	}
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	switch s.to {
	case "data554":
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "we don't want this of " + s.to}
	case "hangup":
		_ = s.conn.Close()
	}
	return nil
}

// TestWhatTheMailServerSaidBecomesTheLettersFate, without an address or a word of the server's: it is stored and shown.
func TestWhatTheMailServerSaidBecomesTheLettersFate(t *testing.T) {
	sender, err := mail.New(mail.Settings{Address: mailServer(t), TLS: mail.NoTLS, From: "forum@city.example", Timeout: 5 * time.Second, Connections: 1, PerConnection: 10})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sender.Close)
	for name, want := range map[string]struct {
		status forum.MailStatus
		bad    bool
		codes  []string
	}{
		"citizen": {status: forum.MailSent},
		"550":     {forum.MailFailed, true, []string{"bad address", "550", "5.1.1"}},
		"451":     {forum.MailPending, false, []string{"temporary", "451"}},
		"data554": {forum.MailFailed, false, []string{"refused", "554"}},
		"hangup":  {forum.MailUnknown, false, []string{"unknown"}},
	} {
		got := postmark{sender}.Send(t.Context(), activities.Envelope{MessageID: fmt.Sprintf("<%s@acropolis>", name), To: name + "@example.org", Subject: "제목", Text: "본문", Lang: "ko"})
		if got.Status != want.status || got.BadAddress != want.bad || strings.Contains(got.Problem, "example.org") ||
			slices.ContainsFunc(want.codes, func(code string) bool { return !strings.Contains(got.Problem, code) }) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	nobody, err := mail.New(mail.Settings{Address: "127.0.0.1:1", TLS: mail.NoTLS, From: "forum@city.example", Timeout: time.Second, Connections: 1, PerConnection: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer nobody.Close()
	if got := (postmark{nobody}).Send(t.Context(), activities.Envelope{MessageID: "<x@acropolis>", To: "citizen@example.org", Subject: "s", Text: "t"}); got.Status != forum.MailPending {
		t.Errorf("a server that is away: %+v", got)
	}
}
