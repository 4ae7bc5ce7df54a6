package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/mail"
	"os"
	"strings"
	"time"
)

// Settings is what can be set about the mail server that takes our letters.
type Settings struct {
	Address  string `env:"SMTP_ADDRESS" required:"true" help:"host:port of the mail server"`
	TLS      string `env:"SMTP_TLS" default:"starttls" help:"starttls (must be offered), tls (from the first byte) or none"`
	CAFile   string `env:"SMTP_CA_FILE" help:"PEM file of the authority that signed the server's certificate; default: the system's"`
	User     string `env:"SMTP_USER" help:"login name; default: no login"`
	Password Secret `env:"SMTP_PASSWORD" secret:"true" help:"password of SMTP_USER"`
	From     string `env:"MAIL_FROM" required:"true" help:"sender, as in 사이버정책포럼 <forum@city.example>"`
	Hello    string `env:"SMTP_HELLO" help:"name that we greet with; default: the domain of MAIL_FROM"`

	Timeout       time.Duration `env:"SMTP_TIMEOUT" default:"30s" help:"for the dial and each command; the answer to a whole letter may take four times that"`
	Connections   int           `env:"SMTP_CONNECTIONS" default:"4" help:"letters that travel at the same time"`
	PerConnection int           `env:"SMTP_PER_CONNECTION" default:"100" help:"letters before a new connection is made; many servers take no more"`
}

// The values of Settings.TLS.
const (
	StartTLS    = "starttls"
	ImplicitTLS = "tls"
	NoTLS       = "none"
)

// Secret is a text that no log, format or encoder shows.
type Secret string

// Format hides the secret under every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "***") }

// MarshalText hides the secret from JSON and its like.
func (Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue("***") }

// prepare checks the settings and fills in what follows from others. Everything wrong is told at once.
func (s *Settings) prepare() (from *mail.Address, config *tls.Config, err error) {
	var faults []error
	host, _, err := net.SplitHostPort(s.Address)
	if err != nil || host == "" {
		faults = append(faults, fmt.Errorf("SMTP_ADDRESS %q isn't host:port", s.Address))
	}
	if from, err = mail.ParseAddress(s.From); err != nil {
		faults = append(faults, fmt.Errorf("MAIL_FROM %q is no sender: %w", s.From, err))
	} else if s.Hello == "" {
		s.Hello = from.Address[strings.LastIndexByte(from.Address, '@')+1:]
	}
	if s.TLS == "" {
		s.TLS = StartTLS
	}
	switch s.TLS {
	case StartTLS, ImplicitTLS:
		config = &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
		if s.CAFile != "" {
			pem, err := os.ReadFile(s.CAFile)
			faults = append(faults, err)
			config.RootCAs = x509.NewCertPool()
			if err == nil && !config.RootCAs.AppendCertsFromPEM(pem) {
				faults = append(faults, fmt.Errorf("SMTP_CA_FILE: no certificate in %s", s.CAFile))
			}
		}
	case NoTLS:
		if s.User != "" {
			faults = append(faults, errors.New("SMTP_USER without TLS would send the password readable"))
		}
	default:
		faults = append(faults, fmt.Errorf("SMTP_TLS %q is none of starttls, tls, none", s.TLS))
	}
	if s.User != "" && s.Password == "" {
		faults = append(faults, errors.New("SMTP_USER needs SMTP_PASSWORD"))
	}
	if s.Timeout <= 0 {
		s.Timeout = 30 * time.Second
	}
	if s.Connections <= 0 {
		s.Connections = 4
	}
	if s.PerConnection <= 0 {
		s.PerConnection = 100
	}
	return from, config, errors.Join(faults...)
}
