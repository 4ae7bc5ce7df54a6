package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/pgtest"

	"github.com/jackc/pgx/v5"
)

func TestMigrationsAreAppliedOnceAndInOrder(t *testing.T) {
	address := emptyDatabase(t)
	files := fstest.MapFS{
		"0001_streets.sql": text("CREATE TABLE streets (name text); INSERT INTO streets VALUES ('Sejong-daero')"),
		"0002_squares.sql": text("ALTER TABLE streets RENAME TO squares"),
		".gitkeep":         text(""),
	}
	for range 2 {
		if err := postgres.MigrateFiles(t.Context(), address, files); err != nil {
			t.Fatal(err)
		}
	}
	conn := connectTo(t, address)
	if got := askFor(t, conn, "SELECT string_agg(name, ' ') FROM squares"); got != "Sejong-daero" {
		t.Errorf("squares: %s", got)
	}
	if got := askFor(t, conn, "SELECT string_agg(name, ' ' ORDER BY applied_at) FROM schema_migrations"); got !=
		"0001_streets.sql 0002_squares.sql" {
		t.Errorf("applied: %s", got)
	}
}

func TestTwoWorkersMigrateAtOnce(t *testing.T) {
	address := emptyDatabase(t)
	files := fstest.MapFS{"0001_slow.sql": text("CREATE TABLE slow (); SELECT pg_sleep(0.2)")}
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			if err := postgres.MigrateFiles(t.Context(), address, files); err != nil {
				t.Error(err)
			}
		})
	}
	workers.Wait()
}

func TestFailedMigrationLeavesNothingAndGoesOnLater(t *testing.T) {
	address := emptyDatabase(t)
	files := fstest.MapFS{
		"0001_good.sql": text("CREATE TABLE good ()"),
		"0002_bad.sql":  text("CREATE TABLE half (); SELECT 1/0"),
	}
	if err := postgres.MigrateFiles(t.Context(), address, files); err == nil || !strings.Contains(err.Error(), "0002_bad.sql") {
		t.Fatal("want the failed one named:", err)
	}
	conn := connectTo(t, address)
	if got := askFor(t, conn, "SELECT coalesce(to_regclass('half')::text, 'nothing')"); got != "nothing" {
		t.Error("left behind:", got)
	}
	files["0002_bad.sql"] = text("CREATE TABLE half ()")
	if err := postgres.MigrateFiles(t.Context(), address, files); err != nil {
		t.Error("once mended:", err)
	}
}

func TestChangedMigrationIsRefused(t *testing.T) {
	address := emptyDatabase(t)
	if err := postgres.MigrateFiles(t.Context(), address, fstest.MapFS{"0001_a.sql": text("CREATE TABLE a ()")}); err != nil {
		t.Fatal(err)
	}
	changed := fstest.MapFS{"0001_a.sql": text("CREATE TABLE a (b int)")}
	if err := postgres.MigrateFiles(t.Context(), address, changed); err == nil || !strings.Contains(err.Error(), "0001_a.sql has changed") {
		t.Error("migrate:", err)
	}
	if err := postgres.CheckFiles(t.Context(), connectTo(t, address), changed); err == nil || errors.Is(err, postgres.ErrNotMigrated) {
		t.Error("check:", err)
	}
}

func TestCheckMigratedOnlyLooks(t *testing.T) {
	address := emptyDatabase(t)
	conn := connectTo(t, address)
	old := fstest.MapFS{"0001_a.sql": text("CREATE TABLE a ()")}
	now := fstest.MapFS{"0001_a.sql": old["0001_a.sql"], "0002_b.sql": text("CREATE TABLE b ()")}

	if err := postgres.CheckFiles(t.Context(), conn, now); !errors.Is(err, postgres.ErrNotMigrated) {
		t.Error("an empty database:", err)
	}
	if err := postgres.MigrateFiles(t.Context(), address, old); err != nil {
		t.Fatal(err)
	}
	if err := postgres.CheckFiles(t.Context(), conn, now); !errors.Is(err, postgres.ErrNotMigrated) || !strings.Contains(err.Error(), "0002_b") {
		t.Error("a release behind:", err)
	}
	if err := postgres.MigrateFiles(t.Context(), address, now); err != nil {
		t.Fatal(err)
	}
	if err := postgres.CheckFiles(t.Context(), conn, now); err != nil {
		t.Error("up to date:", err)
	}
	if err := postgres.CheckFiles(t.Context(), conn, old); err != nil {
		t.Error("the release before must go on while the worker is newer:", err)
	}
}

func TestMigrationNames(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"no number":  {"streets.sql": text("")},
		"two alike":  {"0001_a.sql": text(""), "0001_b.sql": text("")},
		"upper case": {"0001_Streets.sql": text("")},
	} {
		if _, err := postgres.ReadMigrations(files); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestEmbeddedMigrationsApply(t *testing.T) {
	address := emptyDatabase(t)
	if err := postgres.Migrate(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	if err := postgres.CheckMigrated(t.Context(), connectTo(t, address)); err != nil {
		t.Error(err)
	}
}

func TestCreateDatabaseTwice(t *testing.T) {
	address := missingDatabase(t)
	for range 2 {
		if err := postgres.CreateDatabase(t.Context(), address); err != nil {
			t.Fatal(err)
		}
	}
	if got := askFor(t, connectTo(t, address), "SELECT current_database()"); !strings.HasPrefix(got, "acropolis_test_") {
		t.Error(got)
	}
}

func text(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

// emptyDatabase is the address of a database without a table.
func emptyDatabase(t *testing.T) string {
	t.Helper()
	address := missingDatabase(t)
	if err := postgres.CreateDatabase(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	return address
}

// missingDatabase is the address of a database that isn't there until the test makes it; it goes with the test.
func missingDatabase(t *testing.T) string {
	t.Helper()
	beside := pgtest.URL(t)
	u, err := url.Parse(beside)
	if err != nil {
		t.Fatal(err)
	}
	name := "acropolis_test_" + rand.Text()
	u.Path = "/" + name
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), beside)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		if _, err := conn.Exec(context.Background(), "DROP DATABASE IF EXISTS "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return u.String()
}

func connectTo(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func askFor(t *testing.T, conn *pgx.Conn, question string) string {
	t.Helper()
	var answer string
	if err := conn.QueryRow(t.Context(), question).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return answer
}
