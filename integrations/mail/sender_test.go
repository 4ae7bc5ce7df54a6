package mail_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"go.uber.org/goleak"

	"acropolis/integrations/mail"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func withUTF8(s *smtp.Server) { s.EnableSMTPUTF8 = true }

func TestRepliesHaveClasses(t *testing.T) {
	at := func(step string, reply error) *server {
		answer := func(int) error { return reply }
		switch step {
		case "sender":
			return &server{onMail: answer}
		case "recipient":
			return &server{onRcpt: answer}
		}
		return &server{onData: func(_ int, _ net.Conn, body io.Reader) error { _, _ = io.Copy(io.Discard, body); return reply }}
	}
	for _, fault := range []struct {
		step  string
		reply error
		want  mail.Class
		text  string
	}{
		{"sender", says(451), mail.Temporary, "451"},
		{"sender", says(550), mail.Refused, "550"},
		{"recipient", says(450, 4, 2, 0), mail.Temporary, "450 4.2.0"}, // greylisting
		{"recipient", says(550, 5, 1, 1), mail.BadAddress, "550 5.1.1"},
		{"recipient", says(553), mail.BadAddress, "553"},
		{"recipient", says(552, 5, 2, 2), mail.Temporary, "552 5.2.2"},
		{"recipient", says(554, 5, 7, 1), mail.Refused, "554 5.7.1"},
		{"answer", says(451), mail.Temporary, "451"},
		{"answer", says(554, 5, 6, 0), mail.Refused, "554 5.6.0"},
	} {
		t.Run(fault.step+" "+fault.text, func(t *testing.T) {
			mx := serve(t, at(fault.step, fault.reply))
			failure := mustFail(t, sender(t, mx.address).Send(t.Context(), message()), fault.want, fault.step)
			if !strings.HasSuffix(failure.Error(), ": "+fault.text) {
				t.Errorf("got %v, want the codes %s", failure, fault.text)
			}
		})
	}
}

func TestOneBadAddressDoesNotHoldUpTheOthers(t *testing.T) {
	mx := serve(t, &server{onRcpt: func(n int) error {
		if n == 2 {
			return says(550, 5, 1, 1)
		}
		return nil
	}})
	s := sender(t, mx.address)
	must(t, s.Send(t.Context(), message()))
	mustFail(t, s.Send(t.Context(), message()), mail.BadAddress, "recipient")
	must(t, s.Send(t.Context(), message()))
	if len(mx.taken()) != 2 || mx.connections != 1 {
		t.Fatalf("%d letters over %d connections", len(mx.taken()), mx.connections)
	}
}

func TestDeathAfterTheWholeLetterIsUnknown(t *testing.T) {
	t.Run("reset", func(t *testing.T) {
		mx := serve(t, &server{onData: func(_ int, c net.Conn, body io.Reader) error {
			_, _ = io.Copy(io.Discard, body)
			reset(c)
			return nil
		}})
		mustFail(t, sender(t, mx.address).Send(t.Context(), message()), mail.Unknown, "answer")
		if mx.connections != 1 {
			t.Fatalf("%d connections: it was sent twice", mx.connections)
		}
	})
	t.Run("reset on a connection that had worked", func(t *testing.T) {
		var tries atomic.Int32
		mx := serve(t, &server{onData: func(n int, c net.Conn, body io.Reader) error {
			_, _ = io.Copy(io.Discard, body)
			if tries.Add(1) > 1 {
				reset(c)
			}
			return nil
		}})
		s := sender(t, mx.address)
		must(t, s.Send(t.Context(), message()))
		mustFail(t, s.Send(t.Context(), message()), mail.Unknown, "answer")
		if tries.Load() != 2 {
			t.Fatalf("tried %d times: it was sent twice", tries.Load())
		}
	})
	t.Run("hang", func(t *testing.T) {
		release := make(chan struct{})
		mx := serve(t, &server{onData: func(_ int, _ net.Conn, body io.Reader) error {
			_, _ = io.Copy(io.Discard, body)
			<-release
			return nil
		}})
		defer close(release)
		began := time.Now()
		short := func(s *mail.Settings) { s.Timeout = 100 * time.Millisecond }
		mustFail(t, sender(t, mx.address, short).Send(t.Context(), message()), mail.Unknown, "answer")
		if took := time.Since(began); took > 2*time.Second {
			t.Fatalf("took %v", took)
		}
	})
	t.Run("the caller goes away", func(t *testing.T) {
		release := make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		mx := serve(t, &server{onData: func(_ int, _ net.Conn, body io.Reader) error {
			_, _ = io.Copy(io.Discard, body)
			cancel()
			<-release
			return nil
		}})
		defer close(release)
		mustFail(t, sender(t, mx.address).Send(ctx, message()), mail.Unknown, "answer")
	})
}

func TestDeathBeforeTheWholeLetterIsTemporary(t *testing.T) {
	large := message()
	large.Attachments = []mail.Attachment{{Name: "a", Data: make([]byte, 20<<20)}}
	mx := serve(t, &server{onData: func(_ int, c net.Conn, body io.Reader) error {
		_, _ = io.ReadFull(body, make([]byte, 1000))
		reset(c)
		return nil
	}})
	mustFail(t, sender(t, mx.address).Send(t.Context(), large), mail.Temporary, "content")

	gone, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, gone.Close())
	mustFail(t, sender(t, gone.Addr().String()).Send(t.Context(), message()), mail.Temporary, "dial")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	mustFail(t, sender(t, gone.Addr().String()).Send(ctx, message()), mail.Temporary, "dial")
}

func TestServerThatGreetsBadlyIsTemporary(t *testing.T) {
	for greeting, want := range map[string]string{"421 busy\r\n": "421", "554 go away\r\n": "554", "hello\r\n": "", "": "timeout"} {
		mx, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		done := make(chan struct{})
		go func() {
			defer close(done)
			c, err := mx.Accept()
			if err == nil {
				_, _ = io.WriteString(c, greeting)
				_, _ = io.Copy(io.Discard, c)
				_ = c.Close()
			}
		}()
		short := func(s *mail.Settings) { s.Timeout = 200 * time.Millisecond }
		failure := mustFail(t, sender(t, mx.Addr().String(), short).Send(t.Context(), message()), mail.Temporary, "hello")
		if !strings.HasSuffix(failure.Error(), want) {
			t.Errorf("greeting %q: got %v", greeting, failure)
		}
		must(t, mx.Close())
		<-done
	}
}

func TestTooLargeIsToldBeforeItIsSent(t *testing.T) {
	mx := serve(t, &server{}, func(s *smtp.Server) { s.MaxMessageBytes = 1000 })
	m := message()
	m.Text = strings.Repeat("가", 1000)
	mustFail(t, sender(t, mx.address).Send(t.Context(), m), mail.Refused, "letter")
}

func TestThousandLettersTakeSecondsAndEachArrivesOnce(t *testing.T) {
	mx := serve(t, &server{})
	s := sender(t, mx.address)
	began := time.Now()
	var all sync.WaitGroup
	for i := range 1000 {
		all.Go(func() {
			m := message()
			m.MessageID = fmt.Sprintf("%d@acropolis", i)
			if err := s.Send(t.Context(), m); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	ids := map[string]int{}
	for _, l := range mx.taken() {
		_, after, _ := strings.Cut(string(l.raw), "Message-ID: ")
		id, _, _ := strings.Cut(after, "\r\n")
		ids[id]++
	}
	if len(ids) != 1000 || len(mx.taken()) != 1000 {
		t.Fatalf("%d letters, %d different", len(mx.taken()), len(ids))
	}
	if mx.most > 100 || mx.connections > 20 {
		t.Errorf("%d letters on one connection, %d connections", mx.most, mx.connections)
	}
	if took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	t.Logf("1,000 letters in %v over %d connections", took, mx.connections)
}

func TestServerThatTakesFewerPerConnectionIsServedToo(t *testing.T) {
	mx := serve(t, &server{onMail: func(n int) error {
		if n > 3 {
			return says(421, 4, 7, 0)
		}
		return nil
	}})
	s := sender(t, mx.address)
	for range 10 {
		must(t, s.Send(t.Context(), message()))
	}
	if len(mx.taken()) != 10 {
		t.Fatalf("%d letters", len(mx.taken()))
	}
}

func TestConnectionThatTheServerClosedIsReplaced(t *testing.T) {
	mx := serve(t, &server{}, func(s *smtp.Server) { s.ReadTimeout = 50 * time.Millisecond })
	s := sender(t, mx.address)
	for range 3 {
		must(t, s.Send(t.Context(), message()))
		time.Sleep(150 * time.Millisecond) // the server's patience is the fault under test
	}
	if len(mx.taken()) != 3 || mx.connections != 3 {
		t.Fatalf("%d letters over %d connections", len(mx.taken()), mx.connections)
	}
}

func TestPasswordTravelsOnlyEncrypted(t *testing.T) {
	pair, ca := certificate(t)
	_, otherCA := certificate(t)
	var logins atomic.Int32
	account := &server{login: func(user, password string) error {
		logins.Add(1)
		if user != "forum" || password != "canary-secret" {
			return smtp.ErrAuthFailed
		}
		return nil
	}}
	mx := serve(t, account, withTLS(pair))
	as := func(tlsMode, caFile, password string) func(*mail.Settings) {
		return func(s *mail.Settings) {
			s.TLS, s.CAFile, s.User, s.Password = tlsMode, caFile, "forum", mail.Secret(password)
		}
	}
	must(t, sender(t, mx.address, as(mail.StartTLS, ca, "canary-secret")).Send(t.Context(), message()))
	mustFail(t, sender(t, mx.address, as(mail.StartTLS, ca, "canary-wrong")).Send(t.Context(), message()), mail.Temporary, "login")
	before := logins.Load()
	mustFail(t, sender(t, mx.address, as(mail.StartTLS, otherCA, "canary-secret")).Send(t.Context(), message()), mail.Temporary, "TLS")
	stripped := serve(t, &server{login: account.login}, func(s *smtp.Server) { s.AllowInsecureAuth = true })
	mustFail(t, sender(t, stripped.address, as(mail.StartTLS, ca, "canary-secret")).Send(t.Context(), message()), mail.Temporary, "TLS")
	if logins.Load() != before {
		t.Fatal("the password was sent to a server that isn't ours, or readable")
	}
}

func TestSettingsThatWouldLeakOrMisleadAreRefused(t *testing.T) {
	for want, change := range map[string]func(*mail.Settings){
		"isn't host:port":     func(s *mail.Settings) { s.Address = "mx.test" },
		"is no sender":        func(s *mail.Settings) { s.From = "forum" },
		"none of starttls":    func(s *mail.Settings) { s.TLS = "maybe" },
		"password readable":   func(s *mail.Settings) { s.User, s.Password = "a", "b" },
		"needs SMTP_PASSWORD": func(s *mail.Settings) { s.User = "a" },
		"nowhere.pem":         func(s *mail.Settings) { s.TLS, s.CAFile = mail.StartTLS, "/nowhere.pem" },
	} {
		settings := mail.Settings{Address: "127.0.0.1:25", TLS: mail.NoTLS, From: "forum@city.example"}
		change(&settings)
		if _, err := mail.New(settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if text := fmt.Sprintf("%+v %#v %d", mail.Settings{Password: "canary"}, mail.Settings{Password: "canary"}, mail.Secret("canary")); strings.Contains(text, "canary") {
		t.Error("the password shows")
	}
}
