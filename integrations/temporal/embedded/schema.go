package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/tools/common/schema"
)

// The folders of the server's module that hold the steps from version to version.
const (
	mainFiles       = "postgresql/v12/temporal"
	visibilityFiles = "postgresql/v12/visibility"
)

func address(o Options) string { return net.JoinHostPort(o.Host, strconv.Itoa(o.Port)) }

func connect(ctx context.Context, o Options, database string) (*pgx.Conn, error) {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(o.User, o.Password), Host: address(o), Path: "/" + database,
		RawQuery: "sslmode=disable&application_name=temporal",
	}
	return pgx.Connect(ctx, u.String())
}

func createDatabases(ctx context.Context, o Options) error {
	conn, err := connect(ctx, o, "postgres")
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, name := range []string{mainDatabase, visibilityDatabase} {
		var there bool
		if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there); err != nil {
			return err
		}
		if there {
			continue
		}
		_, err := conn.Exec(ctx, "CREATE DATABASE "+name)
		if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) && (pg.Code == "42P04" || pg.Code == "23505") {
			continue // another process has just made it
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// setUpSchema brings both databases to the server's version, from nothing or from an older one, each in one transaction:
// what is interrupted leaves no trace. The lease keeps others away meanwhile.
func setUpSchema(ctx context.Context, o Options) error {
	for database, files := range map[string]string{mainDatabase: mainFiles, visibilityDatabase: visibilityFiles} {
		if err := setUp(ctx, o, database, files); err != nil {
			return fmt.Errorf("set up database %s: %w", database, err)
		}
	}
	return nil
}

func setUp(ctx context.Context, o Options, database, files string) error {
	conn, err := connect(ctx, o, database)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		db, quiet := &schemaDB{ctx, tx, database}, log.NewNoopLogger()
		err := schema.NewSetupSchemaTask(db, &schema.SetupConfig{InitialVersion: "0.0"}, quiet).Run()
		if err != nil {
			return err
		}
		return schema.NewUpdateSchemaTask(db, &schema.UpdateConfig{DBName: database, SchemaName: files}, quiet).Run()
	})
}

// schemaDB lets the server's own set-up tasks work within a transaction. The server reads these two tables when it starts.
type schemaDB struct {
	ctx      context.Context
	tx       pgx.Tx
	database string
}

const schemaTables = `
CREATE TABLE IF NOT EXISTS schema_version (
	version_partition int NOT NULL, db_name varchar(255) NOT NULL, creation_time timestamp,
	curr_version varchar(64), min_compatible_version varchar(64),
	PRIMARY KEY (version_partition, db_name));
CREATE TABLE IF NOT EXISTS schema_update_history (
	version_partition int NOT NULL, year int NOT NULL, month int NOT NULL, update_time timestamp NOT NULL,
	description varchar(255), manifest_md5 varchar(64), new_version varchar(64), old_version varchar(64),
	PRIMARY KEY (version_partition, year, month, update_time))`

func (d *schemaDB) Exec(statement string, args ...any) error {
	// An index built concurrently can't be part of a transaction, and nobody else is at work here.
	statement = strings.Replace(statement, "CREATE INDEX CONCURRENTLY ", "CREATE INDEX ", 1)
	_, err := d.tx.Exec(d.ctx, statement, args...)
	return err
}

func (d *schemaDB) CreateSchemaVersionTables() error { return d.Exec(schemaTables) }

func (d *schemaDB) ReadSchemaVersion() (string, error) {
	var version string
	err := d.tx.QueryRow(d.ctx, "SELECT curr_version FROM schema_version WHERE version_partition = 0 AND db_name = $1",
		d.database).Scan(&version)
	return version, err
}

func (d *schemaDB) UpdateSchemaVersion(version, minCompatible string) error {
	return d.Exec(`INSERT INTO schema_version (version_partition, db_name, creation_time, curr_version, min_compatible_version)
		VALUES (0, $1, $2, $3, $4) ON CONFLICT (version_partition, db_name) DO UPDATE SET creation_time = excluded.creation_time,
			curr_version = excluded.curr_version, min_compatible_version = excluded.min_compatible_version`,
		d.database, time.Now().UTC(), version, minCompatible)
}

func (d *schemaDB) WriteSchemaUpdateLog(from, to, md5, description string) error {
	now := time.Now().UTC()
	return d.Exec(`INSERT INTO schema_update_history (version_partition, year, month, update_time, old_version, new_version,
		manifest_md5, description) VALUES (0, $1, $2, $3, $4, $5, $6, $7)`,
		now.Year(), int(now.Month()), now, from, to, md5, description)
}

func (d *schemaDB) DropAllTables() error { return errors.New("tables are never dropped") }
func (d *schemaDB) Close()               {}
func (d *schemaDB) Type() string         { return "sql" }
