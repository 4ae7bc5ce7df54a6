package pgtest_test

import (
	"context"
	"testing"
	"time"

	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/pgtest"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	var first string
	t.Run("first", func(t *testing.T) {
		first = pgtest.URL(t)
		conn := connect(t, first)
		if err := postgres.CheckMigrated(t.Context(), conn); err != nil {
			t.Error(err)
		}
		if _, err := conn.Exec(t.Context(), "CREATE TABLE mine ()"); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		second := connect(t, pgtest.URL(t))
		t.Logf("a clone takes %v", time.Since(began))
		if _, err := second.Exec(t.Context(), "CREATE TABLE mine ()"); err != nil {
			t.Error("the two share tables:", err)
		}
	})
	if conn, err := pgx.Connect(t.Context(), first); err == nil {
		conn.Close(t.Context())
		t.Error("the database outlived its test")
	}
}

func TestPrivateServerComesBackAtTheSameAddress(t *testing.T) {
	p := pgtest.Server(t)
	url := p.Database()
	if _, err := connect(t, url).Exec(t.Context(), "CREATE TABLE kept ()"); err != nil {
		t.Fatal(err)
	}
	p.Kill()
	if _, err := pgx.Connect(t.Context(), url); err == nil {
		t.Error("connected to a killed server")
	}
	p.Restart()
	if _, err := connect(t, url).Exec(t.Context(), "SELECT FROM kept"); err != nil {
		t.Error(err)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// TestClockOfADatabaseIsItsOwn: statements, defaults and a second connection hear the time that the test set, and no other
// database does.
func TestClockOfADatabaseIsItsOwn(t *testing.T) {
	url := pgtest.URL(t)
	clock := pgtest.OwnClock(t, url)
	later := time.Now().Add(90 * 24 * time.Hour)
	clock.Set(later)
	for _, sql := range []string{
		`SELECT now()`, `SELECT transaction_timestamp()`, `SELECT statement_timestamp()`, `SELECT clock_timestamp()`,
		`INSERT INTO contacts (id, email) VALUES (gen_random_uuid(), 'citizen@example.org') RETURNING created_at`,
		`INSERT INTO audit (by_kind, action, noun, subject_id) VALUES ('system', 'a', 'b', gen_random_uuid()) RETURNING at`,
	} {
		if got := at(t, url, sql); got.Sub(later).Abs() > time.Minute {
			t.Errorf("%s gives %s, the clock was set to %s", sql, got, later)
		}
	}
	clock.Pass(time.Hour)
	if got := at(t, url, `SELECT now()`); got.Sub(later.Add(time.Hour)).Abs() > time.Minute {
		t.Errorf("an hour later it is %s", got)
	}
	if got := at(t, pgtest.URL(t), `SELECT now()`); time.Since(got).Abs() > time.Minute {
		t.Errorf("another database hears %s", got)
	}
}

// at reads one instant by a connection of its own.
func at(t *testing.T, url, sql string) (instant time.Time) {
	t.Helper()
	if err := connect(t, url).QueryRow(t.Context(), sql).Scan(&instant); err != nil {
		t.Fatal(err)
	}
	return instant
}
