package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// The tests of migrating bring files of their own.
var (
	MigrateFiles   = migrate
	CheckFiles     = checkMigrated
	ReadMigrations = readMigrations
)

// LockForum is the exclusive lock that every change of a forum's status takes first.
var LockForum = lockForum

// AcceptWithoutLock posts an opinion as AcceptOpinions does, but for the forum's shared lock: the defence taken out.
func (s *Store) AcceptWithoutLock(ctx context.Context, o forum.NewOpinion) forum.Outcome[forum.Accepted] {
	p := &post{NewOpinion: o, id: NewID(), receipt: newReceipt(), salt: randomBytes(16), body: s.bodyOf(forum.LeafOpinion, o.Forum, o.Idempotency)}
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		args, err := s.opinionArgs(o.Forum, s.keyID, []*post{p})
		if err != nil {
			return err
		}
		return insertOpinions(ctx, tx, `SELECT set_config('acropolis.shared', $1, true) <> ''`, o.Forum, args, []*post{p})
	})
	if err != nil {
		return forum.Outcome[forum.Accepted]{Err: err}
	}
	return p.outcome
}

// TellEveryone tells a forum's followers that the response is out.
func (s *Store) TellEveryone(ctx context.Context, id forum.ID, event string) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		return s.enqueueFollowers(ctx, tx, forum.MailResponsePublished, event, id, map[string]string{"reason": "why"})
	})
}

// BrokenInvariants asks the invariants within a transaction.
var BrokenInvariants = brokenInvariants

// InvariantNames lists them all.
func InvariantNames() []string {
	names := []string{allowedSteps}
	for _, rule := range readInvariants() {
		names = append(names, rule.name)
	}
	return names
}
