package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/cluster"
	"acropolis/integrations/temporal/embedded"
	"acropolis/standalone/directory"
	"acropolis/standalone/sink"
)

// options say where a city lives and where it is served.
type options struct {
	Data                 string
	Public, Office, Mail string
	Demo                 bool
}

// services are what the worker and the web process need around them. Each is either ours or the one that the environment
// names (DATABASE_URL, TEMPORAL_ADDRESS).
type services struct {
	options
	secrets  secrets
	settings map[string]string // for worker and webui
	log      *slog.Logger
	life     context.Context // ends when everything has stopped
	stops    []func() error  // in order of start
	failed   chan error
}

func startServices(ctx context.Context, o options) (_ *services, err error) {
	if o.Data, err = filepath.Abs(o.Data); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Data, 0o755); err != nil {
		return nil, err
	}
	life, end := context.WithCancel(context.Background())
	s := &services{options: o, failed: make(chan error, 8), life: life, stops: []func() error{func() error { end(); return nil }}}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	if err := s.openLog(); err != nil {
		return nil, err
	}
	if s.secrets, err = loadSecrets(o.Data); err != nil {
		return nil, err
	}
	s.settings = map[string]string{
		"VOTER_KEY": s.secrets.VoterKey, "PUBLIC_LISTEN": o.Public, "OFFICE_LISTEN": o.Office,
		"PUBLIC_URL": "http://" + o.Public, "OFFICE_URL": "http://" + o.Office,
	}
	for _, start := range []func(context.Context) error{s.startPostgres, s.startTemporal, s.startDirectory, s.startSink} {
		if err := start(ctx); err != nil {
			return nil, err
		}
	}
	return s, s.writeEnv()
}

func (s *services) openLog() error {
	file, err := os.OpenFile(filepath.Join(s.Data, "city.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	s.stops = append(s.stops, file.Close)
	s.log = slog.New(slog.NewJSONHandler(file, nil))
	return nil
}

// startPostgres runs the private cluster, unless DATABASE_URL names a server.
func (s *services) startPostgres(ctx context.Context) error {
	if given := os.Getenv("DATABASE_URL"); given != "" {
		s.settings["DATABASE_URL"] = given
		return nil
	}
	c, err := cluster.Start(ctx, cluster.Options{Dir: filepath.Join(s.Data, "postgres"), Log: os.Stderr})
	if err != nil {
		return err
	}
	s.stops = append(s.stops, c.Stop)
	go func() {
		<-c.Done()
		s.failed <- errors.New("PostgreSQL has ended")
	}()
	s.settings["DATABASE_URL"] = c.URL("acropolis")
	return postgres.CreateDatabase(ctx, c.URL("acropolis"))
}

// startTemporal runs the server as a library on the same PostgreSQL, unless TEMPORAL_ADDRESS names one.
func (s *services) startTemporal(ctx context.Context) error {
	if given := os.Getenv("TEMPORAL_ADDRESS"); given != "" {
		s.settings["TEMPORAL_ADDRESS"] = given
		return nil
	}
	o := embedded.Options{Log: s.log}
	if err := postgresOf(s.settings["DATABASE_URL"], &o); err != nil {
		return err
	}
	server, err := embedded.Start(ctx, o)
	if err != nil {
		return err
	}
	s.stops = append(s.stops, server.Stop)
	s.settings["TEMPORAL_ADDRESS"] = server.Address()
	return nil
}

func postgresOf(databaseURL string, o *embedded.Options) error {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	o.Host, o.User = u.Hostname(), u.User.Username()
	o.Password, _ = u.User.Password()
	o.Port = 5432
	if port := u.Port(); port != "" {
		o.Port, err = strconv.Atoi(port)
	}
	return err
}

// startDirectory lets the demo city's people log in, over real LDAP.
func (s *services) startDirectory(context.Context) error {
	people, units, err := people()
	if err != nil {
		return err
	}
	server, err := directory.Serve(s.life, "127.0.0.1:0", people, units, s.secrets.Password)
	if err != nil {
		return err
	}
	s.stops = append(s.stops, func() error { server.Close(); return nil })
	s.settings["LDAP_URL"] = "ldap://" + server.Address
	s.settings["LDAP_BASE_DN"] = directory.BaseDN
	s.settings["LDAP_BIND_DN"], s.settings["LDAP_BIND_PASSWORD"] = directory.ReaderDN, s.secrets.Password
	return nil
}

// startSink takes the city's mail and shows it in the browser.
func (s *services) startSink(context.Context) error {
	letters, err := sink.New(filepath.Join(s.Data, "mails"))
	if err != nil {
		return err
	}
	life, end := context.WithCancel(s.life)
	s.stops = append(s.stops, func() error { end(); return letters.Close() })
	smtp, err := letters.ServeSMTP(life, "127.0.0.1:0")
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.Mail)
	if err != nil {
		return err
	}
	web := &http.Server{Handler: letters.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = web.Serve(listener) }()
	s.stops = append(s.stops, web.Close)
	s.settings["SMTP_ADDRESS"] = smtp
	s.settings["SMTP_TLS"] = "none"
	s.settings["MAIL_FROM"] = "사이버정책포럼 <forum@city.example>"
	return nil
}

func (s *services) envFile() string { return filepath.Join(s.Data, "env") }

// writeEnv leaves the settings for a worker and webui that run apart, readable by the owner alone.
func (s *services) writeEnv() error {
	var lines []string
	for name, value := range s.settings {
		lines = append(lines, fmt.Sprintf("export %s='%s'", name, strings.ReplaceAll(value, "'", `'\''`)))
	}
	slices.Sort(lines)
	return os.WriteFile(s.envFile(), []byte(strings.Join(lines, "\n")+"\n"), 0o600)
}

// lookup finds a setting: what the services have decided, else the environment.
func (s *services) lookup(name string) (string, bool) {
	if value, ok := s.settings[name]; ok {
		return value, true
	}
	return os.LookupEnv(name)
}

// stay waits until the city is told to stop or a part of it fails, then stops what was started, last first.
func (s *services) stay(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return s.stop()
	case err := <-s.failed:
		return errors.Join(err, s.stop())
	}
}

func (s *services) stop() error {
	var faults []error
	for _, stop := range slices.Backward(s.stops) {
		faults = append(faults, stop())
	}
	s.stops = nil
	return errors.Join(faults...)
}
