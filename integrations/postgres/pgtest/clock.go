package pgtest

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Clock is a database's own clock, which a test sets ahead: what asks the database for the instant hears of months in
// milliseconds, by the very statements that run in the city.
type Clock struct {
	t    testing.TB
	conn *pgx.Conn
}

// ownClock puts functions of the same names before the server's, in this database alone. Column defaults were bound to the
// server's when the tables were made, so they are bound anew.
const ownClock = `
CREATE SCHEMA clock;
CREATE TABLE clock.ahead (by interval NOT NULL);
INSERT INTO clock.ahead VALUES ('0');
CREATE FUNCTION clock.now() RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT pg_catalog.now() + by FROM clock.ahead';
CREATE FUNCTION clock.transaction_timestamp() RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT pg_catalog.now() + by FROM clock.ahead';
CREATE FUNCTION clock.statement_timestamp() RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT pg_catalog.statement_timestamp() + by FROM clock.ahead';
CREATE FUNCTION clock.clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql AS 'SELECT pg_catalog.clock_timestamp() + by FROM clock.ahead';
DO $$
DECLARE one record;
BEGIN
	FOR one IN
		SELECT d.adrelid::regclass AS of_table, a.attname, pg_get_expr(d.adbin, d.adrelid) AS expression
		FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
		WHERE a.attgenerated = '' AND pg_get_expr(d.adbin, d.adrelid) ~ '(now|_timestamp)\(\)'
	LOOP
		EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', one.of_table, one.attname,
			regexp_replace(one.expression, '(pg_catalog\.)?(now|transaction_timestamp|statement_timestamp|clock_timestamp)\(\)', 'clock.\2()', 'g'));
	END LOOP;
	EXECUTE format('ALTER DATABASE %I SET search_path = clock, pg_catalog, public', current_database());
END $$`

// OwnClock gives the database at url, which no store has opened yet, a clock of its own. It ends with the test.
func OwnClock(t testing.TB, url string) *Clock {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	c := &Clock{t: t, conn: conn}
	c.execute(ownClock)
	return c
}

// Set makes the database's clock tell that instant now; it runs on from there.
func (c *Clock) Set(at time.Time) {
	c.t.Helper()
	c.execute(`UPDATE clock.ahead SET by = $1::timestamptz - pg_catalog.clock_timestamp()`, at)
}

// Pass lets so much time pass.
func (c *Clock) Pass(d time.Duration) {
	c.t.Helper()
	c.execute(`UPDATE clock.ahead SET by = by + $1::interval`, d)
}

func (c *Clock) execute(sql string, args ...any) {
	c.t.Helper()
	if _, err := c.conn.Exec(c.t.Context(), sql, args...); err != nil {
		c.t.Fatal(err)
	}
}
