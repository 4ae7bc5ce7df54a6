package postgres

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

//go:embed all:migrations
var embedded embed.FS

// ErrNotMigrated says that the database lacks a migration of this release: the worker, which migrates, hasn't started yet.
var ErrNotMigrated = errors.New("the database is not migrated")

// migrationLock is held for as long as one process migrates; two workers may start at once.
const migrationLock = 0x6163_726f_706f // "acropo"

const migrationTable = `
CREATE TABLE IF NOT EXISTS schema_migrations (
	name       text PRIMARY KEY,
	sha256     text NOT NULL,
	applied_at timestamptz NOT NULL DEFAULT now()
)`

// Migrate brings the database to this release: every embedded migration that isn't applied yet, in the order of their
// names, each in a transaction of its own; what failed half-way goes on at the next start. An applied migration whose file
// has changed since is an error. Migrations that only a later release knows are left alone.
// The URL must reach the server itself, not a pooler that lends connections per transaction.
func Migrate(ctx context.Context, url string) error {
	files, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return err
	}
	return migrate(ctx, url, files)
}

// CheckMigrated is nil when Migrate would have nothing to do, and ErrNotMigrated, with the first missing name, when the
// worker has yet to migrate.
func CheckMigrated(ctx context.Context, db Querier) error {
	files, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return err
	}
	return checkMigrated(ctx, db, files)
}

// Querier is a connection, a pool or a transaction of pgx.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// CreateDatabase makes the database that the URL names, when the server doesn't have it yet. It needs the right to: a
// private cluster's superuser has it.
func CreateDatabase(ctx context.Context, rawURL string) error {
	u, err := url.Parse(rawURL)
	if err != nil {
		return errors.New("the database URL can't be read") // the parser's own words would repeat the password
	}
	name := strings.TrimPrefix(u.Path, "/")
	u.Path = "/postgres"
	conn, err := pgx.Connect(ctx, u.String())
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) && (pg.Code == "42P04" || pg.Code == "23505") {
		return nil // it exists, or another process has just made it
	}
	return err
}

type migration struct{ name, sql, sha256 string }

func migrate(ctx context.Context, url string, files fs.FS) error {
	all, err := readMigrations(files)
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) // lets go of the lock, too
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return fmt.Errorf("wait for another process that migrates: %w", err)
	}
	if _, err := conn.Exec(ctx, migrationTable); err != nil {
		return err
	}
	pending, err := pendingMigrations(ctx, conn, all)
	if err != nil {
		return err
	}
	for _, m := range pending {
		if err := apply(ctx, conn, m); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
	}
	return nil
}

func apply(ctx context.Context, conn *pgx.Conn, m migration) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, m.sql); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO schema_migrations (name, sha256) VALUES ($1, $2)", m.name, m.sha256)
		return err
	})
}

func checkMigrated(ctx context.Context, db Querier, files fs.FS) error {
	all, err := readMigrations(files)
	if err != nil {
		return err
	}
	pending, err := pendingMigrations(ctx, db, all)
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) && pg.Code == "42P01" { // no table: nothing was ever applied
		pending, err = all, nil
	}
	if err != nil {
		return err
	}
	if len(pending) > 0 {
		return fmt.Errorf("%w: %s is missing; start the worker, which migrates", ErrNotMigrated, pending[0].name)
	}
	return nil
}

// pendingMigrations are those not applied yet; a changed one among the applied is an error.
func pendingMigrations(ctx context.Context, db Querier, all []migration) ([]migration, error) {
	rows, err := db.Query(ctx, "SELECT name, sha256 FROM schema_migrations")
	if err != nil {
		return nil, err
	}
	applied := map[string]string{}
	var name, sum string
	if _, err := pgx.ForEachRow(rows, []any{&name, &sum}, func() error { applied[name] = sum; return nil }); err != nil {
		return nil, err
	}
	var pending []migration
	for _, m := range all {
		switch sum, ok := applied[m.name]; {
		case !ok:
			pending = append(pending, m)
		case sum != m.sha256:
			return nil, fmt.Errorf("migration %s has changed since it was applied: write a new one instead", m.name)
		}
	}
	return pending, nil
}

var migrationName = regexp.MustCompile(`^(\d{4})_[a-z0-9_]+\.sql$`)

func readMigrations(files fs.FS) ([]migration, error) {
	entries, err := fs.ReadDir(files, ".") // sorted by name
	if err != nil {
		return nil, err
	}
	var all []migration
	last := ""
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".sql") {
			continue
		}
		part := migrationName.FindStringSubmatch(e.Name())
		if part == nil {
			return nil, fmt.Errorf("migration %s is not named like 0001_what_it_does.sql", e.Name())
		}
		if part[1] == last {
			return nil, fmt.Errorf("two migrations have the number %s", last)
		}
		last = part[1]
		sql, err := fs.ReadFile(files, e.Name())
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(sql)
		all = append(all, migration{e.Name(), string(sql), hex.EncodeToString(sum[:])})
	}
	return all, nil
}
