package postgres

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"acropolis/forum"
)

// inHalves accepts rows as one. When a row spoils the batch, the batch is split until that row stands alone with its fault
// and everybody else is accepted.
func inHalves[R, A any](rows []R, accept func([]R) ([]forum.Outcome[A], error)) []forum.Outcome[A] {
	outcomes, err := accept(rows)
	if err == nil {
		return outcomes
	}
	if len(rows) == 1 || !isRowsFault(err) {
		return slices.Repeat([]forum.Outcome[A]{{Err: err}}, len(rows))
	}
	half := len(rows) / 2
	return append(inHalves(rows[:half], accept), inHalves(rows[half:], accept)...)
}

// isRowsFault tells what a row has brought with it (a rule's refusal, a NUL, a broken reference) from what would meet any
// other row as well.
func isRowsFault(err error) bool {
	if refusal := forum.RefusalIn(err); refusal != nil {
		return refusal.Code != forum.Unavailable
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return strings.HasPrefix(pg.Code, "22") || strings.HasPrefix(pg.Code, "23") // data exception, constraint violation
	}
	return false
}

// writeKey is a write's idempotency key within its scope.
type writeKey struct{ scope, key string }

func keyOf(i forum.Idempotency) writeKey { return writeKey{string(i.Scope), i.Key} }

// bodyOf is what a repeated key is compared by: what was done to what, and the caller's body. It is kept for long and bears an
// address, so it is under a key: nobody who reads the database can try addresses against it. With a new VOTER_KEY a repeated key
// meets another body, and is refused.
func (s *Store) bodyOf(kind forum.LeafKind, subject forum.ID, i forum.Idempotency) []byte {
	return signed(bodyKey(s.keys[s.keyID]), forum.Commit(nil, kind, string(subject), string(i.Body)))
}

// bodyKey is for what repeated keys are compared by and nothing else.
func bodyKey(voterKey []byte) []byte { return signed(voterKey, []byte("what was sent with a key")) }

// otherBody refuses a key that was used before for something else.
func otherBody() error {
	return forum.Refuse(forum.Invalid, "idempotency.other_body").At("Idempotency-Key")
}

// earlierAnswer is what a key was answered before.
type earlierAnswer struct {
	body   []byte
	answer []byte
}

// earlierAnswers reads what the keys were answered by transactions that have committed. It must be a statement after the
// insert that met them: only a new snapshot shows what that one had to wait for.
func earlierAnswers(ctx context.Context, tx pgx.Tx, keys []writeKey) (map[writeKey]earlierAnswer, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	scopes, names := make([][]byte, len(keys)), make([]string, len(keys))
	for i, k := range keys {
		scopes[i], names[i] = []byte(k.scope), k.key
	}
	rows, err := tx.Query(ctx, `
SELECT k.scope, k.key, k.body, k.answer
FROM unnest(@scopes::bytea[], @keys::text[]) AS sent (scope, key) JOIN idempotency_keys k USING (scope, key)`,
		pgx.NamedArgs{"scopes": scopes, "keys": names})
	if err != nil {
		return nil, err
	}
	answers := map[writeKey]earlierAnswer{}
	var scope []byte
	var key string
	var a earlierAnswer
	_, err = pgx.ForEachRow(rows, []any{&scope, &key, &a.body, &a.answer}, func() error {
		answers[writeKey{string(scope), key}] = earlierAnswer{slices.Clone(a.body), slices.Clone(a.answer)}
		return nil
	})
	return answers, err
}

// whyNotOpen is the refusal of a forum that takes nothing just now. The shared lock is held, so its status stays; only the
// clock goes on. Where it has opened since it refused, another try is what helps.
func whyNotOpen(ctx context.Context, tx pgx.Tx, id forum.ID) error {
	var status forum.ForumStatus
	var begun, early bool
	err := tx.QueryRow(ctx, `
SELECT status, coalesce(statement_timestamp() >= opens_at, false), coalesce(statement_timestamp() < closes_at, true) FROM forums WHERE id = $1`,
		id).Scan(&status, &begun, &early)
	switch {
	case err != nil:
		return found(err)
	case !status.IsPublic():
		return forum.Refuse(forum.NotFound, "page.not_found")
	case status == forum.Suspended:
		return forum.Refuse(forum.Conflict, "forum.suspended")
	case status == forum.Withdrawn:
		return forum.Refuse(forum.Conflict, "forum.withdrawn")
	case status == forum.Open && begun && early:
		return forum.Refuse(forum.Unavailable, "city.busy")
	case status == forum.Scheduled, status == forum.Open && early:
		return forum.Refuse(forum.Conflict, "forum.not_open_yet")
	}
	return forum.Refuse(forum.Conflict, "forum.closed")
}

// byForum groups rows by their forum, in the order of the forums' ids, so that two transactions never wait for each other
// crosswise; within a forum they are ordered by key.
func byForum[R any](rows []R, forumOf func(R) forum.ID, key func(R) writeKey) [][]R {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b R) int {
		ka, kb := key(a), key(b)
		return cmp.Or(cmp.Compare(forumOf(a), forumOf(b)), cmp.Compare(ka.scope, kb.scope), cmp.Compare(ka.key, kb.key))
	})
	var groups [][]R
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && forumOf(sorted[n]) == forumOf(sorted[0]) {
			n++
		}
		groups, sorted = append(groups, sorted[:n]), sorted[n:]
	}
	return groups
}

// person is who somebody is before a forum's key makes them unrecognisable elsewhere.
func person(citizen forum.ID, device []byte) []byte {
	if citizen != "" {
		return append([]byte("c:"), citizen...)
	}
	return append([]byte("d:"), device...)
}

// hashed is how secrets that were mailed are kept.
func hashed(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}
