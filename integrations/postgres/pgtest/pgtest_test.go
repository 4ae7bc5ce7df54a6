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
