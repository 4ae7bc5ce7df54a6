package mail_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"acropolis/integrations/mail"
)

// server is a mail server that keeps what it takes and fails where a test wants it to.
type server struct {
	address string

	onMail, onRcpt func(n int) error                             // n counts the letters of one connection, from one
	onData         func(n int, c net.Conn, body io.Reader) error // instead of taking the letter
	login          func(user, password string) error

	mu          sync.Mutex
	letters     []letter
	connections int
	most        int // letters on one connection
}

type letter struct {
	from, to string
	raw      []byte
}

func serve(t *testing.T, s *server, change ...func(*smtp.Server)) *server {
	t.Helper()
	inner := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.connections++
		return &session{server: s, conn: c.Conn()}, nil
	}))
	inner.Domain = "mx.test"
	inner.ErrorLog = quiet{}
	for _, c := range change {
		c(inner)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s.address = listener.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = inner.Serve(listener) }()
	t.Cleanup(func() { _, _ = inner.Close(), listener.Close(); <-done })
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

type session struct {
	*server
	conn     net.Conn
	n        int
	from, to string
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error { return s.login(user, password) }), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.n++
	s.from = from
	if s.onMail != nil {
		return s.onMail(s.n)
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if s.onRcpt != nil {
		return s.onRcpt(s.n)
	}
	return nil
}

func (s *session) Data(body io.Reader) error {
	if s.onData != nil {
		return s.onData(s.n, s.conn, body)
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = append(s.letters, letter{s.from, s.to, raw})
	s.most = max(s.most, s.n)
	return nil
}

func (s *server) taken() []letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]letter(nil), s.letters...)
}

// only is the one letter that was taken.
func (s *server) only(t *testing.T) (letter, *netmail.Message) {
	t.Helper()
	all := s.taken()
	if len(all) != 1 {
		t.Fatalf("%d letters taken, want one", len(all))
	}
	parsed, err := netmail.ReadMessage(bytes.NewReader(all[0].raw))
	must(t, err)
	return all[0], parsed
}

// says is a server's reply; its words hold what must not leave.
func says(code int, enhanced ...int) error {
	reply := &smtp.SMTPError{Code: code, Message: "canary citizen@example.kr is not wanted"}
	if len(enhanced) == 3 {
		reply.EnhancedCode = smtp.EnhancedCode{enhanced[0], enhanced[1], enhanced[2]}
	} else {
		reply.EnhancedCode = smtp.NoEnhancedCode
	}
	return reply
}

// reset cuts the connection as a crash or a firewall does.
func reset(c net.Conn) {
	_ = c.(*net.TCPConn).SetLinger(0)
	_ = c.Close()
}

func sender(t *testing.T, address string, change ...func(*mail.Settings)) *mail.Sender {
	t.Helper()
	settings := mail.Settings{Address: address, TLS: mail.NoTLS, From: "사이버 정책 포럼 <forum@city.example>", Timeout: 2 * time.Second}
	for _, c := range change {
		c(&settings)
	}
	s, err := mail.New(settings)
	must(t, err)
	t.Cleanup(s.Close)
	return s
}

func message() mail.Message {
	return mail.Message{MessageID: "<0192-a@acropolis>", To: "citizen@example.kr", Subject: "의견이 접수되었습니다",
		Text: "안녕하십니까.\n의견이 접수되었습니다.\n", Lang: "ko"}
}

// mustFail wants the class and step, and nothing private in the text.
func mustFail(t *testing.T, err error, class mail.Class, step string) *mail.Error {
	t.Helper()
	var failure *mail.Error
	if !errors.As(err, &failure) || failure.Class != class || failure.Step != step {
		t.Fatalf("got %v, want %s at %s", err, class, step)
	}
	for _, private := range []string{"citizen", "canary", "example.kr"} {
		if bytes.Contains([]byte(err.Error()), []byte(private)) {
			t.Fatalf("the error holds %q: %v", private, err)
		}
	}
	return failure
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// certificate makes one for 127.0.0.1 and the file of the authority that signed it: itself.
func certificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mx.test"}, IsCA: true,
		BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:  x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	file := filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

func withTLS(pair tls.Certificate) func(*smtp.Server) {
	return func(s *smtp.Server) { s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}} }
}
