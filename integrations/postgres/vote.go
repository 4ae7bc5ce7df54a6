package postgres

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// cast is one vote on its way in.
type cast struct {
	forum.NewVote
	id      forum.ID // of the change
	salt    []byte
	body    []byte
	outcome forum.Outcome[forum.VoteCast]
}

// castVotes keeps every change and lets the last of one voter on one opinion count. The forum's shared lock is held already,
// by a statement of its own; votes on what isn't public, or while the forum isn't open at the database's instant, and votes whose
// key was used before are not returned: the caller asks why. Changes are numbered after the votes' rows are locked, so the highest
// number is what counts, and each says what it replaced. The planner is to think of a thousand rows, and to look up opinions and
// keys one by one: with the ten that it takes unnest for, it compares every row of a batch with every other and reads whole boards.
const castVotes = `
WITH sent AS (
	SELECT * FROM ROWS FROM (unnest(@ids::uuid[]), unnest(@opinions::uuid[]), unnest(@voters::bytea[]), unnest(@choices::smallint[]),
		unnest(@scopes::bytea[]), unnest(@keys::text[]), unnest(@salts::bytea[]), unnest(@commitments::bytea[]),
		unnest(@networks::bytea[]), unnest(@wides::bytea[]), unnest(@domains::bytea[]), unnest(@commons::boolean[]), unnest(@ages::int[]),
		generate_series(1, (SELECT @n::int)))
	AS s (id, opinion_id, voter, choice, scope, key, salt, commitment, network, wide, domain, common, account_age, ord)
), open_now AS (
	SELECT s.* FROM sent s CROSS JOIN LATERAL (SELECT forum_id, status FROM opinions WHERE id = s.opinion_id OFFSET 0) AS o
	WHERE ` + underLock + ` AND o.forum_id = @forum AND o.status = 'published' AND EXISTS (SELECT FROM forums f WHERE f.id = @forum AND f.status = 'open'
		AND statement_timestamp() >= f.opens_at AND statement_timestamp() < f.closes_at)
), cast_now AS MATERIALIZED (
	SELECT o.* FROM open_now o LEFT JOIN LATERAL (
		SELECT true AS used FROM idempotency_keys i WHERE i.scope = o.scope AND i.key = o.key OFFSET 0) AS i ON o.key <> ''
	WHERE i.used IS NULL
), kept AS (
	INSERT INTO votes AS w (opinion_id, voter, choice, accepted_at)
	SELECT DISTINCT ON (opinion_id, voter) opinion_id, voter, choice, statement_timestamp()
	FROM cast_now ORDER BY opinion_id, voter, ord DESC
	ON CONFLICT ON CONSTRAINT one_vote_each DO UPDATE SET previous = w.choice, choice = excluded.choice, accepted_at = excluded.accepted_at
	RETURNING w.opinion_id, w.voter, w.previous, w.excluded
), changes AS (
	INSERT INTO vote_changes (id, opinion_id, voter, excluded, previous, choice, accepted_at, salt, network, wide, domain, common, account_age)
	SELECT c.id, c.opinion_id, c.voter, k.excluded, coalesce(lag(c.choice) OVER (PARTITION BY c.opinion_id, c.voter ORDER BY c.ord), k.previous), c.choice,
		statement_timestamp(), c.salt, c.network, c.wide, c.domain, c.common, c.account_age
	FROM cast_now c JOIN kept k USING (opinion_id, voter) ORDER BY c.ord
	RETURNING id, accepted_at
), leaves AS (
	INSERT INTO log_pending (subject_id, kind, version, forum_id, accepted_at, commitment)
	SELECT id, 'vote', @version, @forum, statement_timestamp(), commitment FROM cast_now
)
SELECT id, accepted_at FROM changes`

// CastVotes takes votes, many at a time, and answers in the same order, with the counts as they are after the transaction.
// One voter twice in a batch is two changes of which the last one counts. Refusals: Unauthorised where the forum wants a
// confirmed person, NotFound, and Conflict for one's own opinion, for one that isn't public, and while the forum isn't open.
func (s *Store) CastVotes(ctx context.Context, sent []forum.NewVote) []forum.Outcome[forum.VoteCast] {
	return s.takeVotes(ctx, shareForum, sent)
}

// castVotesAtOnce is CastVotes, but gives back as errHeldUp the votes that would have to wait.
func (s *Store) castVotesAtOnce(ctx context.Context, sent []forum.NewVote) []forum.Outcome[forum.VoteCast] {
	return s.takeVotes(ctx, tryForum, sent)
}

func (s *Store) takeVotes(ctx context.Context, lock string, sent []forum.NewVote) []forum.Outcome[forum.VoteCast] {
	casts := make([]*cast, len(sent))
	leaders := map[writeKey]*cast{}
	var fresh []*cast
	for i, v := range sent {
		c := &cast{NewVote: v, id: NewID(), salt: randomBytes(16)}
		casts[i] = c
		if v.Idempotency.Key != "" {
			c.body = s.bodyOf(forum.LeafVote, v.Opinion, v.Idempotency)
		}
		if key := keyOf(v.Idempotency); key.key == "" || leaders[key] == nil {
			leaders[key] = c
			fresh = append(fresh, c)
		}
	}
	if len(fresh) > 0 {
		outcomes := inHalves(fresh, func(some []*cast) ([]forum.Outcome[forum.VoteCast], error) { return s.castBatch(ctx, lock, some) })
		for i, c := range fresh {
			c.outcome = outcomes[i]
		}
	}
	answers := make([]forum.Outcome[forum.VoteCast], len(sent))
	for i, c := range casts {
		if leader := leaders[keyOf(c.Idempotency)]; c.Idempotency.Key != "" && leader != c {
			c.outcome = leader.outcome
			if !bytes.Equal(leader.body, c.body) {
				c.outcome = forum.Outcome[forum.VoteCast]{Err: otherBody()}
			}
		}
		answers[i] = c.outcome
	}
	return answers
}

// castBatch takes a batch in one transaction. It fails as a whole or answers each; those that it has kept are answered, whatever
// comes of the others.
func (s *Store) castBatch(ctx context.Context, lock string, casts []*cast) ([]forum.Outcome[forum.VoteCast], error) {
	able, err := s.recogniseVoters(ctx, casts)
	if err != nil {
		return nil, translate(err)
	}
	if len(able) > 0 {
		left, err := s.castOnBoards(ctx, lock, votesByForum(able))
		if err != nil {
			return nil, err
		}
		for _, group := range votesByForum(left) {
			if err := s.answerLeftVotes(ctx, lock, group[0].Forum, group); err != nil {
				refuseVotes(group, err)
			}
		}
	}
	outcomes := make([]forum.Outcome[forum.VoteCast], len(casts))
	for i, c := range casts {
		outcomes[i] = c.outcome
	}
	return outcomes, nil
}

func refuseVotes(casts []*cast, err error) {
	for _, c := range casts {
		c.outcome = forum.Outcome[forum.VoteCast]{Err: err}
	}
}

func votesByForum(casts []*cast) [][]*cast {
	return byForum(casts, func(c *cast) forum.ID { return c.Forum }, func(*cast) writeKey { return writeKey{} })
}

// recogniseVoters finds each vote's forum and turns the person into that forum's key. Those who may not vote get their
// refusal and are left out.
func (s *Store) recogniseVoters(ctx context.Context, casts []*cast) ([]*cast, error) {
	ballots, err := s.ballotsOf(ctx, casts)
	if err != nil {
		return nil, err
	}
	var able []*cast
	for _, c := range casts {
		b, known := ballots[c.Opinion]
		if !known {
			c.outcome = forum.Outcome[forum.VoteCast]{Err: forum.Refuse(forum.NotFound, "page.not_found")}
			continue
		}
		if refusal := s.recognise(c, b); refusal != nil {
			if forum.RefusalIn(refusal) == nil {
				return nil, refusal
			}
			c.outcome = forum.Outcome[forum.VoteCast]{Err: refusal}
			continue
		}
		able = append(able, c)
	}
	return able, nil
}

func (s *Store) recognise(c *cast, b ballot) error {
	citizen := c.Citizen
	if !b.Identity.Takes(c.Kind) {
		citizen = ""
	}
	who, err := s.voterOn(b.ForumID, b.VoterKey, b.Identity, citizen, c.Device)
	if err != nil {
		return err
	}
	if who == nil && b.Identity == forum.IdentitySSO {
		return forum.Refuse(forum.Unauthorised, "vote.sign_in_gateway")
	}
	if who == nil {
		return forum.Refuse(forum.Unauthorised, "vote.sign_in")
	}
	c.Forum, c.Voter = b.ForumID, who
	own := [][]byte{who}
	if c.Citizen != "" && b.Identity == forum.IdentityDevice {
		signedIn, err := s.personKey(b.VoterKey, string(b.ForumID), person(c.Citizen, nil))
		if err != nil {
			return err
		}
		own = append(own, signedIn)
	}
	if slices.ContainsFunc(own, func(key []byte) bool { return bytes.Equal(key, b.Author) }) {
		return forum.Refuse(forum.Conflict, "vote.own_opinion")
	}
	return nil
}

// voterOn is a person's key as a voter of a forum, by its identity policy: the browser where the policy is device, signed in
// or not, so that nobody votes twice; else the confirmed person. It is nil for nobody.
func (s *Store) voterOn(forumID forum.ID, keyID string, policy forum.IdentityPolicy, citizen forum.ID, device []byte) ([]byte, error) {
	if policy == forum.IdentityDevice {
		citizen = ""
	} else {
		device = nil
	}
	if citizen == "" && len(device) == 0 {
		return nil, nil
	}
	return s.personKey(keyID, string(forumID), person(citizen, device))
}

// castOnBoards takes a batch's votes, forum by forum, counts for the answers and keeps those of votes with a key. It sets the
// outcome of each that was kept or held up, and gives the others back.
func (s *Store) castOnBoards(ctx context.Context, lock string, groups [][]*cast) (left []*cast, err error) {
	all := slices.Concat(groups...)
	keyed, opinions := keysOf(all), opinionsOf(all)
	statements := func() *pgx.Batch {
		var batch pgx.Batch
		for _, group := range groups {
			batch.Queue(lock, string(group[0].Forum))
			batch.Queue(castVotes, voteArgs(group[0].Forum, group))
		}
		if len(keyed.keys) > 0 {
			batch.Queue(countAndKeep, opinions, keyed.scopes, keyed.keys, keyed.bodies, keyed.changes)
		} else {
			batch.Queue(countNow, opinions)
		}
		return &batch
	}
	var kept map[forum.ID]time.Time
	var shared map[forum.ID]bool
	var counts map[forum.ID][2]int
	err = s.inOneExchange(ctx, statements, func(results pgx.BatchResults) error {
		kept, shared = map[forum.ID]time.Time{}, map[forum.ID]bool{}
		for _, group := range groups {
			mine, err := readKept(results, kept)
			if err != nil {
				return err
			}
			shared[group[0].Forum] = mine
		}
		counts, err = readCounts(results)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		at, ok := kept[c.id]
		if !ok && !shared[c.Forum] {
			c.outcome = forum.Outcome[forum.VoteCast]{Err: errHeldUp}
			continue
		}
		if !ok {
			left = append(left, c)
			continue
		}
		count := counts[c.Opinion]
		c.outcome = forum.Outcome[forum.VoteCast]{Answer: forum.VoteCast{For: count[0], Against: count[1], Mine: c.Choice, AcceptedAt: at}}
	}
	return left, nil
}

// readKept reads whether a forum's lock was taken, which of its votes were kept, and when.
func readKept(results pgx.BatchResults, kept map[forum.ID]time.Time) (mine bool, err error) {
	if err := results.QueryRow().Scan(&mine); err != nil {
		return false, err
	}
	rows, err := results.Query()
	if err != nil {
		return false, err
	}
	var id forum.ID
	var at time.Time
	_, err = pgx.ForEachRow(rows, []any{&id, &at}, func() error { kept[id] = at.UTC(); return nil })
	return mine, err
}

func voteArgs(forumID forum.ID, casts []*cast) pgx.NamedArgs {
	n := len(casts)
	ids, opinions, keys := make([]string, n), make([]string, n), make([]string, n)
	choices := make([]int16, n)
	voters, scopes, salts, commitments := make([][]byte, n), make([][]byte, n), make([][]byte, n), make([][]byte, n)
	for i, c := range casts {
		ids[i], opinions[i], keys[i], choices[i] = string(c.id), string(c.Opinion), c.Idempotency.Key, c.Choice.Sign()
		voters[i], scopes[i], salts[i] = c.Voter, notNil(c.Idempotency.Scope), c.salt
		commitments[i] = forum.CommitVote(c.salt, c.NewVote)
	}
	args := pgx.NamedArgs{"forum": forumID, "version": forum.LeafVersion, "n": n, "ids": ids, "opinions": opinions, "voters": voters,
		"choices": choices, "scopes": scopes, "keys": keys, "salts": salts, "commitments": commitments}
	addOrigins(args, n, func(i int) forum.Origin { return casts[i].Origin })
	return args
}
