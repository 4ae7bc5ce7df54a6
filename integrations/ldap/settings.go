package ldap

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// Settings is what can be set about the directory.
type Settings struct {
	URL           string `env:"LDAP_URL" required:"true" help:"ldaps://host[:636] or ldap://host[:389]"`
	StartTLS      bool   `env:"LDAP_STARTTLS" help:"turn an ldap:// connection into TLS before anything is sent"`
	CAFile        string `env:"LDAP_CA_FILE" help:"PEM file of the authority that signed the directory's certificate; default: the system's"`
	InsecurePlain bool   `env:"LDAP_INSECURE_PLAIN" help:"allow ldap:// without TLS beyond loopback; passwords travel readable"`

	BindDN       string `env:"LDAP_BIND_DN" help:"account that may read people, groups and units; default: anonymous"`
	BindPassword Secret `env:"LDAP_BIND_PASSWORD" secret:"true" help:"password of LDAP_BIND_DN"`

	BaseDN      string `env:"LDAP_BASE_DN" required:"true" help:"where people are searched, subtree"`
	UserFilter  string `env:"LDAP_USER_FILTER" default:"(&(objectClass=inetOrgPerson)(uid=%s))" help:"%s is the login name; the list of all people is read with * in its place"`
	GroupBaseDN string `env:"LDAP_GROUP_BASE_DN" help:"where groups are searched, subtree; default: ou=groups under LDAP_BASE_DN"`
	UnitBaseDN  string `env:"LDAP_UNIT_BASE_DN" help:"where departments are searched, subtree; default: ou=units under LDAP_BASE_DN"`

	// GroupDuties maps a group's cn to a duty. Several groups may give the same duty.
	GroupDuties []string `env:"LDAP_GROUP_DUTIES" default:"forum-officers=officer,forum-moderators=moderator,forum-drafters=drafter,forum-heads=head,forum-analysts=analyst,forum-committee=committee,forum-jurors=juror,forum-executives=executive,forum-auditors=auditor,forum-operators=operator" help:"group=duty, comma-separated; the group by its cn"`

	Timeout time.Duration `env:"LDAP_TIMEOUT" default:"3s" help:"for the dial (TLS included) and for each operation"`
}

// Secret is a text that no log, format or encoder shows.
type Secret string

// Format hides the secret under every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "***") }

// MarshalText hides the secret from JSON and its like.
func (Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue("***") }

// prepare checks the settings and fills in what follows from others. Everything wrong is told at once.
func (s *Settings) prepare() (host string, roots *x509.CertPool, duties map[string]string, err error) {
	var faults []error
	if s.UserFilter == "" {
		s.UserFilter = "(&(objectClass=inetOrgPerson)(uid=%s))"
	}
	if s.GroupBaseDN == "" {
		s.GroupBaseDN = "ou=groups," + s.BaseDN
	}
	if s.UnitBaseDN == "" {
		s.UnitBaseDN = "ou=units," + s.BaseDN
	}
	if s.Timeout <= 0 {
		s.Timeout = 3 * time.Second
	}
	host, err = s.host()
	faults = append(faults, err)
	if s.BaseDN == "" {
		faults = append(faults, errors.New("LDAP_BASE_DN is required"))
	}
	if s.BindDN != "" && s.BindPassword == "" {
		faults = append(faults, errors.New("LDAP_BIND_DN needs LDAP_BIND_PASSWORD: without one a bind is anonymous"))
	}
	if !strings.Contains(s.UserFilter, "%s") {
		faults = append(faults, errors.New("LDAP_USER_FILTER has no %s for the login name"))
	} else if _, err := ldap.CompileFilter(s.filterFor("x")); err != nil {
		faults = append(faults, fmt.Errorf("LDAP_USER_FILTER is no filter: %w", err))
	}
	if s.CAFile != "" {
		roots, err = rootsIn(s.CAFile)
		faults = append(faults, err)
	}
	duties = map[string]string{}
	for _, pair := range s.GroupDuties {
		group, duty, ok := strings.Cut(pair, "=")
		group, duty = strings.ToLower(strings.TrimSpace(group)), strings.TrimSpace(duty)
		if !ok || group == "" || duty == "" || duties[group] != "" {
			faults = append(faults, fmt.Errorf("LDAP_GROUP_DUTIES: %q isn't group=duty, or its group stands twice", pair))
		}
		duties[group] = duty
	}
	return host, roots, duties, errors.Join(faults...)
}

// host checks that passwords travel encrypted, or at most within this machine.
func (s *Settings) host() (string, error) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Hostname() == "" || !slices.Contains([]string{"ldap", "ldaps"}, u.Scheme) {
		return "", fmt.Errorf("LDAP_URL %q is neither ldaps://host nor ldap://host", s.URL)
	}
	if u.Scheme == "ldaps" {
		if s.StartTLS {
			return "", errors.New("LDAP_STARTTLS is for ldap://; ldaps:// is TLS already")
		}
		return withPort(u, ldap.DefaultLdapsPort), nil
	}
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if !s.StartTLS && !s.InsecurePlain && !loopback {
		return "", errors.New("LDAP_URL is plain ldap:// to another machine: use ldaps:// or LDAP_STARTTLS")
	}
	return withPort(u, ldap.DefaultLdapPort), nil
}

func withPort(u *url.URL, usual string) string {
	if u.Port() != "" {
		return u.Host
	}
	return net.JoinHostPort(u.Hostname(), usual)
}

func rootsIn(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("LDAP_CA_FILE: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("LDAP_CA_FILE: no certificate in %s", file)
	}
	return roots, nil
}

// filterFor puts an already escaped name into the filter.
func (s *Settings) filterFor(escaped string) string {
	return strings.ReplaceAll(s.UserFilter, "%s", escaped)
}
