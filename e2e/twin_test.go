package e2e

import (
	"context"
	"maps"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"acropolis/integrations/postgres"
	"acropolis/standalone/sink"
)

// twin is another city on the same services: with a database, a namespace, a mail sink and addresses of its own.
func (c *city) twin(t *testing.T) *city {
	t.Helper()
	dir, err := os.MkdirTemp(scratch, "twin-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !t.Failed() {
			_ = os.RemoveAll(dir)
		}
	})
	name := strings.ReplaceAll(filepath.Base(dir), "-", "_")
	database, err := url.Parse(c.settings["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	database.Path = "/" + name
	if err := postgres.CreateDatabase(t.Context(), database.String()); err != nil {
		t.Fatal(err)
	}
	if err := postgres.Migrate(t.Context(), database.String()); err != nil {
		t.Fatal(err)
	}
	ports := freePorts(t, 2)
	other := &city{t: t, dir: dir, data: c.data, settings: maps.Clone(c.settings), public: "http://" + ports[0], office: "http://" + ports[1], password: c.password}
	maps.Copy(other.settings, map[string]string{"DATABASE_URL": database.String(), "TEMPORAL_NAMESPACE": name,
		"PUBLIC_LISTEN": ports[0], "OFFICE_LISTEN": ports[1], "PUBLIC_URL": other.public, "OFFICE_URL": other.office})
	other.ownSink(t)
	return other
}

func (c *city) ownSink(t *testing.T) {
	t.Helper()
	letters, err := sink.New(filepath.Join(c.dir, "mails"))
	if err != nil {
		t.Fatal(err)
	}
	life, end := context.WithCancel(context.Background())
	smtp, err := letters.ServeSMTP(life, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(letters.Handler())
	t.Cleanup(func() { web.Close(); end(); _ = letters.Close() })
	c.settings["SMTP_ADDRESS"], c.mail = smtp, web.URL
}
