package embedded

import (
	"context"
	"errors"
	"testing"
	"time"

	"acropolis/integrations/postgres/pgtest"

	"github.com/jackc/pgx/v5"
	schema "go.temporal.io/server/schema/postgresql/v12"
)

func TestInterruptedSetUpLeavesNothing(t *testing.T) {
	db := pgtest.Server(t)
	o := Options{Host: db.Host(), Port: db.Port(), User: db.User(), Password: db.Password()}
	for range 2 {
		if err := createDatabases(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	visibility, err := pgx.Connect(t.Context(), db.URL(visibilityDatabase))
	if err != nil {
		t.Fatal(err)
	}
	defer visibility.Close(t.Context())

	interrupted := make(chan error, 1)
	go func() { interrupted <- setUp(t.Context(), o, visibilityDatabase, visibilityFiles) }()
	killOnce(t, visibility)
	if err := <-interrupted; err == nil {
		t.Fatal("the set-up was not interrupted: nothing is tested")
	}
	var tables int
	const count = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
	if err := visibility.QueryRow(t.Context(), count).Scan(&tables); err != nil {
		t.Fatal(err)
	}
	if tables != 0 {
		t.Errorf("%d tables are left behind", tables)
	}

	for range 2 { // again on what is up to date
		if err := setUpSchema(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	for database, want := range map[string]string{mainDatabase: schema.Version, visibilityDatabase: schema.VisibilityVersion} {
		conn, err := pgx.Connect(t.Context(), db.URL(database))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		var version string
		if err := conn.QueryRow(t.Context(), "SELECT curr_version FROM schema_version").Scan(&version); err != nil {
			t.Fatal(err)
		}
		if version != want {
			t.Errorf("%s has version %s, want %s", database, version, want)
		}
	}
}

// killOnce ends the set-up's connection when it has made tables that nobody else sees yet.
func killOnce(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	const kill = `
		SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%executions_visibility%'`
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		var killed bool
		err := conn.QueryRow(context.Background(), kill).Scan(&killed)
		if err == nil && killed {
			return
		}
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			t.Fatal(err)
		}
	}
	t.Fatal("the set-up never came")
}
