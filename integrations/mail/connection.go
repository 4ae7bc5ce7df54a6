package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// connection is one SMTP session, used by one letter at a time.
type connection struct {
	raw     net.Conn
	client  *smtp.Client
	timeout time.Duration
	sender  string
	letters int         // tried on this connection
	expiry  *time.Timer // while it waits
}

// dial connects, greets, encrypts and logs in, as the settings say.
func (s *Sender) dial(ctx context.Context) (*connection, *Error) {
	dialing, cancel := context.WithTimeout(ctx, s.settings.Timeout)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(dialing, "tcp", s.settings.Address)
	if err != nil {
		return nil, withText(fault("dial", err), err)
	}
	stop := context.AfterFunc(dialing, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	host, _, _ := net.SplitHostPort(s.settings.Address)
	give := func(step string, err error) (*connection, *Error) {
		_ = raw.Close()
		failure := fault(step, err)
		if step == "TLS" {
			failure = withText(failure, err)
		}
		return nil, failure
	}
	stream := raw
	if s.settings.TLS == ImplicitTLS {
		secured := tls.Client(raw, s.tls)
		if err := secured.HandshakeContext(dialing); err != nil {
			return give("TLS", err)
		}
		stream = secured
	}
	client, err := smtp.NewClient(stream, host)
	if err != nil {
		return give("hello", err)
	}
	if err := client.Hello(s.settings.Hello); err != nil {
		return give("hello", err)
	}
	if s.settings.TLS == StartTLS {
		if err := client.StartTLS(s.tls); err != nil {
			return give("TLS", err)
		}
	}
	if s.settings.User != "" {
		if err := client.Auth(s.login(client, host)); err != nil {
			return give("login", err)
		}
	}
	return &connection{raw: raw, client: client, timeout: s.settings.Timeout, sender: "<" + s.from.Address + ">"}, nil
}

// login prefers PLAIN; some servers know LOGIN alone. Both are for encrypted connections only.
func (s *Sender) login(client *smtp.Client, host string) smtp.Auth {
	_, offered := client.Extension("AUTH")
	if known := strings.Fields(offered); slices.Contains(known, "LOGIN") && !slices.Contains(known, "PLAIN") {
		return smtp.LoginAuth(s.settings.User, string(s.settings.Password), host, false)
	}
	return smtp.PlainAuth("", s.settings.User, string(s.settings.Password), host, false)
}

// withText keeps the text of a failure that can name nothing but the mail server.
func withText(e *Error, err error) *Error {
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		e.network = err.Error()
	}
	return e
}

// deliver carries one letter through MAIL, RCPT and DATA.
func (c *connection) deliver(ctx context.Context, to string, ascii bool, text []byte) *Error {
	release := context.AfterFunc(ctx, func() { _ = c.raw.SetDeadline(time.Unix(1, 0)) })
	defer release()
	c.letters++
	if c.letters > 1 {
		if err := c.within(ctx, c.timeout, c.client.Reset); err != nil {
			return fault("sender", err)
		}
	}
	if international, _ := c.client.Extension("SMTPUTF8"); !international && !ascii {
		return &Error{Class: BadAddress, Step: "letter"}
	}
	if _, limit := c.client.Extension("SIZE"); tooLarge(len(text), limit) {
		return &Error{Class: Refused, Step: "letter", Code: 552}
	}
	if err := c.within(ctx, c.timeout, func() error { return c.client.Mail(c.sender) }); err != nil {
		return fault("sender", err)
	}
	if err := c.within(ctx, c.timeout, func() error { return c.client.Rcpt(to) }); err != nil {
		return fault("recipient", err)
	}
	return c.content(ctx, text)
}

// tooLarge says whether the server has announced (RFC 1870) that it won't take so much.
func tooLarge(size int, limit string) bool {
	most, err := strconv.Atoi(limit)
	return err == nil && most > 0 && size > most
}

// content sends the letter itself. Up to the final dot no server may take it; from there until its answer it may have.
func (c *connection) content(ctx context.Context, text []byte) *Error {
	c.arm(ctx, c.timeout)
	body, err := c.client.Data()
	if err != nil {
		return fault("content", err)
	}
	c.arm(ctx, 4*c.timeout)
	if _, err := body.Write(text); err != nil {
		return fault("content", err)
	}
	if ctx.Err() != nil {
		return fault("content", ctx.Err())
	}
	if err := body.Close(); err != nil {
		failure := fault("answer", err)
		if failure.Code < 400 { // no answer, or one that means nothing
			failure.Class = Unknown
		}
		return failure
	}
	return nil
}

func (c *connection) within(ctx context.Context, timeout time.Duration, command func() error) error {
	c.arm(ctx, timeout)
	return command()
}

func (c *connection) arm(ctx context.Context, timeout time.Duration) {
	_ = c.raw.SetDeadline(time.Now().Add(timeout))
	if ctx.Err() != nil { // it ended before the line above moved its deadline
		_ = c.raw.SetDeadline(time.Unix(1, 0))
	}
}

// quit says goodbye without waiting long for the answer.
func (c *connection) quit() {
	_ = c.raw.SetDeadline(time.Now().Add(time.Second))
	_ = c.client.Quit()
	c.drop()
}

func (c *connection) drop() { _ = c.raw.Close() }
