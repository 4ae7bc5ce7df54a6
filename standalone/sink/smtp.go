package sink

import (
	"context"
	"io"
	"net"
	"time"

	"github.com/emersion/go-smtp"
)

const largestLetter = 50 << 20

// ServeSMTP listens at the address and takes letters until ctx ends. It returns where it listens, so that port 0 may be
// asked for. Close waits for its end.
func (s *Sink) ServeSMTP(ctx context.Context, address string) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", err
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{sink: s}, nil }))
	server.Domain = "sink.acropolis"
	server.EnableSMTPUTF8 = true
	server.MaxMessageBytes = largestLetter
	server.MaxRecipients = 100
	server.ReadTimeout, server.WriteTimeout = 5*time.Minute, time.Minute
	s.serving.Go(func() {
		stop := context.AfterFunc(ctx, func() { _, _ = listener.Close(), server.Close() })
		defer stop()
		_ = server.Serve(listener)
	})
	return listener.Addr().String(), nil
}

type session struct {
	sink *Sink
	to   []string
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(body io.Reader) error {
	raw, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if err := s.sink.keep(s.to, raw); err != nil {
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "can't store it now"}
	}
	return nil
}

func (s *session) Reset()        { s.to = nil }
func (s *session) Logout() error { return nil }
