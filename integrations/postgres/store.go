// Package postgres keeps what is true: facts in, facts out. SQL stands where it is used, under a name that says what for;
// a violated constraint becomes the rule's refusal; every staff change leaves its audit row in the same transaction.
package postgres

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // the city's zone, also where the machine has none

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"acropolis/forum"
)

// Settings of the store.
type Settings struct {
	URL       string `env:"DATABASE_URL" required:"true" secret:"true" help:"PostgreSQL, as postgres://user:password@host:port/database"`
	MaxConns  int    `env:"DATABASE_MAX_CONNS" default:"20" help:"connections that one process keeps at most"`
	VoterKey  string `env:"VOTER_KEY" required:"true" secret:"true" help:"secret of at least 32 characters that turns a voter into a key; a forum keeps the key it was made with"`
	VoterName string `env:"VOTER_KEY_ID" default:"1" help:"the id of VOTER_KEY, written beside each forum"`
	OldVoters string `env:"VOTER_KEYS_OLD" secret:"true" help:"earlier keys that running forums still use, as id=key,id=key"`
	Origins   int    `env:"ORIGINS_DAYS" default:"90" help:"days after a forum's close until where its votes and opinions came from is erased"`
	Pace      string `env:"CALENDAR_PACE" help:"for demonstrations: a civil day of seconds, counted from an instant, as 2s@2026-11-25T09:00:00+09:00; default: real time"`
}

// Store is the city's memory.
type Store struct {
	pool  *pgxpool.Pool
	keys  map[string][]byte // voter keys by id
	keyID string            // the one that new forums get
	zone  *time.Location
	pace  forum.Pace
	watch *Watch // in a web process

	originDays int

	sessionKeys map[string][]byte // made from keys, by their ids
	ballots     ballots
}

// Open connects to a migrated database.
func Open(ctx context.Context, s Settings) (*Store, error) {
	config, err := pgxpool.ParseConfig(s.URL)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	config.MaxConns = int32(max(s.MaxConns, 4))
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	config.ConnConfig.RuntimeParams["statement_timeout"] = "30s"
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "30s"
	config.ConnConfig.ConnectTimeout = 5 * time.Second
	keys, err := voterKeys(s)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(forum.City)
	if err != nil {
		return nil, err
	}
	pace, err := forum.ParsePace(s.Pace)
	if err != nil {
		return nil, fmt.Errorf("CALENDAR_PACE: %w", err)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	sessionKeys := make(map[string][]byte, len(keys))
	for id, key := range keys {
		sessionKeys[id] = sessionKey(key)
	}
	return &Store{pool: pool, keys: keys, keyID: s.VoterName, zone: zone, pace: pace, sessionKeys: sessionKeys,
		originDays: cmp.Or(max(s.Origins, 0), forum.OriginDays)}, nil
}

// Close gives the connections back.
func (s *Store) Close() { s.pool.Close() }

// Pool is for what isn't the city's: staff sessions, the schema check.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// OriginDays is how many days after a forum's close the origins of its votes and opinions are erased.
func (s *Store) OriginDays() int { return s.originDays }

// Pace is how fast the city's days pass.
func (s *Store) Pace() forum.Pace { return s.pace }

// NewID makes a row's id: a UUIDv7, so that rows lie in the order in which they were made.
func NewID() forum.ID { return forum.ID(uuid.Must(uuid.NewV7()).String()) }

func newReceipt() forum.Receipt { return forum.Receipt(hex.EncodeToString(randomBytes(16))) }

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return b
}

// personKey is who somebody is on one forum (or "city" for suggestions), and nowhere else: an HMAC under that forum's key.
func (s *Store) personKey(keyID, scope string, person []byte) ([]byte, error) {
	key, known := s.keys[keyID]
	if !known {
		return nil, fmt.Errorf("voter key %q is not among VOTER_KEY and VOTER_KEYS_OLD", keyID)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(scope))
	mac.Write([]byte{0})
	mac.Write(person)
	return mac.Sum(nil)[:16], nil
}

// inTx runs work in one transaction and turns what the database says no to into the rule's refusal. A deadlock or a
// serialization failure is tried again, so work must be safe to run twice.
func (s *Store) inTx(ctx context.Context, work func(pgx.Tx) error) error {
	var err error
	for range 3 {
		err = pgx.BeginFunc(ctx, s.pool, work)
		if !isTransient(err) {
			break
		}
	}
	return translate(err)
}

// inOneExchange is inTx for statements of which none needs another's answer: it costs one exchange with the database, since a
// pipeline without BEGIN is one transaction up to its end. What read takes from the answers holds once this returns nil; both may
// run again, and a batch can't be sent twice.
func (s *Store) inOneExchange(ctx context.Context, statements func() *pgx.Batch, read func(pgx.BatchResults) error) error {
	var err error
	for range 3 {
		results := s.pool.SendBatch(ctx, statements())
		err = read(results)
		if closing := results.Close(); err == nil {
			err = closing
		}
		if !isTransient(err) {
			break
		}
	}
	return translate(err)
}

// lockForum takes a forum's exclusive lock until the transaction ends: every change of its status does, as a statement of
// its own, so that the instant of the next statement is after every acceptance that was under way.
func lockForum(ctx context.Context, tx pgx.Tx, id forum.ID) error {
	_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, string(id))
	return err
}

// shareForum takes a forum's shared lock until the transaction ends: every acceptance does, as a statement of its own. Advisory
// locks queue fairly; with row locks, new sharers overtake a waiting close and may starve it. tryForum doesn't wait: it says false
// where somebody changes the forum's status, or waits to. Nothing is accepted but underLock, which may so be asked for in the same
// exchange.
const (
	shareForum = `SELECT set_config('acropolis.shared', CASE WHEN pg_advisory_xact_lock_shared(hashtextextended($1, 0)) IS NOT NULL THEN $1 ELSE '' END, true) <> ''`
	tryForum   = `SELECT set_config('acropolis.shared', CASE WHEN pg_try_advisory_xact_lock_shared(hashtextextended($1, 0)) THEN $1 ELSE '' END, true) <> ''`
	underLock  = `current_setting('acropolis.shared', true) = @forum::uuid::text`
)

// errHeldUp is what became of rows whose forum's lock wasn't to be had at once.
var errHeldUp = errors.New("the forum's status is being changed")

func lockForumShared(ctx context.Context, tx pgx.Tx, id forum.ID) error {
	_, err := tx.Exec(ctx, shareForum, string(id))
	return err
}
