package postgres

import (
	"bytes"
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// post is one opinion on its way in: what the citizen sent, what this side made for it, and what became of it.
type post struct {
	forum.NewOpinion
	id      forum.ID
	receipt forum.Receipt
	heldFor string // the kinds of personal data in it
	salt    []byte
	body    []byte
	outcome forum.Outcome[forum.Accepted]
}

// acceptOpinions keeps a forum's new opinions and their ledger leaves, if the forum is open at the database's instant, which
// is also the one they are accepted at. The forum's shared lock is held already, by a statement of its own. A row whose key
// was used before isn't returned, nor is any while the forum isn't open: the caller asks why.
const acceptOpinions = `
WITH sent AS (
	SELECT * FROM unnest(@ids::uuid[], @scopes::bytea[], @keys::text[], @bodies::bytea[], @titles::text[], @texts::text[],
		@pseudonyms::text[], @districts::text[], @langs::text[], @emails::text[], @contacts::uuid[], @citizens::uuid[],
		@authors::bytea[], @receipts::text[], @salts::bytea[], @commitments::bytea[], @channels::text[], @received::text[], @entrants::uuid[],
		@networks::bytea[], @wides::bytea[], @domains::bytea[], @commons::boolean[], @ages::int[], @held_for::text[])
	AS s (id, scope, key, body, title, text, pseudonym, district, lang, email, contact, citizen, author, receipt, salt, commitment, channel,
		received_on, entered_by, network, wide, domain, common, account_age, held_for)
), board AS (
	SELECT CASE f.moderation WHEN 'before' THEN 'held' ELSE 'published' END AS status, coalesce(d.approved_version, 0) AS dossier_version
	FROM forums f LEFT JOIN dossiers d ON d.forum_id = f.id
	WHERE ` + underLock + ` AND f.id = @forum AND f.status = 'open' AND statement_timestamp() >= f.opens_at AND statement_timestamp() < f.closes_at
), numbered AS (
	SELECT s.*, CASE s.held_for WHEN '' THEN b.status ELSE 'held' END AS status, b.dossier_version, nextval('opinion_numbers') AS number
	FROM sent s CROSS JOIN board b
), keyed AS (
	INSERT INTO idempotency_keys (scope, key, body, answer)
	SELECT scope, key, body, jsonb_build_object('id', id, 'number', shown_number(number, statement_timestamp(), 6), 'receipt', receipt,
		'status', status, 'accepted_at', statement_timestamp())
	FROM numbered ORDER BY scope, key
	ON CONFLICT ON CONSTRAINT one_answer_per_key DO NOTHING
	RETURNING scope, key, answer
), kept AS MATERIALIZED (
	SELECT n.*, k.answer FROM numbered n JOIN keyed k USING (scope, key)
), addressed AS (
	INSERT INTO contacts AS c (id, email, lang)
	SELECT DISTINCT ON (email) contact, email, lang FROM kept WHERE email <> '' ORDER BY email
	ON CONFLICT ON CONSTRAINT one_contact_per_address DO UPDATE SET lang = c.lang
	RETURNING c.id, c.email
), posted AS (
	INSERT INTO opinions (id, forum_id, number, status, title, text, pseudonym, district, lang, contact_id, citizen, author, dossier_version,
		receipt, salt, accepted_at, channel, received_on, entered_by, network, wide, domain, common, account_age, held_for)
	SELECT k.id, @forum, k.number, k.status, k.title, k.text, k.pseudonym, k.district, k.lang, coalesce(a.id, k.citizen), k.citizen IS NOT NULL,
		k.author, k.dossier_version, k.receipt, k.salt, statement_timestamp(), k.channel, nullif(k.received_on, '')::date, k.entered_by,
		k.network, k.wide, k.domain, k.common, k.account_age, k.held_for
	FROM kept k LEFT JOIN addressed a USING (email)
), leaves AS (
	INSERT INTO log_pending (subject_id, kind, version, forum_id, accepted_at, commitment)
	SELECT id, 'opinion', @version, @forum, statement_timestamp(), commitment FROM kept
)
SELECT k.id, k.answer, coalesce(a.id::text, '') FROM kept k LEFT JOIN addressed a USING (email)`

// AcceptOpinions takes what citizens post, many at a time, and answers in the same order. Each row is kept with its ledger
// leaf, its idempotency key and its letter in one transaction, or not at all. A key that was used before gets the answer it
// got then; with another body it is refused as Invalid. A forum that isn't open refuses with Conflict and says why.
func (s *Store) AcceptOpinions(ctx context.Context, sent []forum.NewOpinion) []forum.Outcome[forum.Accepted] {
	return s.takeOpinions(ctx, shareForum, sent)
}

// acceptOpinionsAtOnce is AcceptOpinions, but gives back as errHeldUp the opinions that would have to wait.
func (s *Store) acceptOpinionsAtOnce(ctx context.Context, sent []forum.NewOpinion) []forum.Outcome[forum.Accepted] {
	return s.takeOpinions(ctx, tryForum, sent)
}

func (s *Store) takeOpinions(ctx context.Context, lock string, sent []forum.NewOpinion) []forum.Outcome[forum.Accepted] {
	posts := make([]*post, len(sent))
	leaders := map[writeKey]*post{} // the first of a key answers for the others in the batch
	var fresh []*post
	for i, o := range sent {
		p := &post{NewOpinion: o, id: NewID(), receipt: newReceipt(), salt: randomBytes(16), body: s.bodyOf(forum.LeafOpinion, o.Forum, o.Idempotency)}
		p.Email, p.heldFor = forum.Mailbox(o.Email), strings.Join(texts(forum.FindPersonalData(o.Title+"\n"+o.Text+"\n"+o.Pseudonym)), " ")
		posts[i] = p
		if p.outcome.Err = p.check(); p.outcome.Err != nil {
			continue
		}
		if leaders[keyOf(o.Idempotency)] == nil {
			leaders[keyOf(o.Idempotency)] = p
			fresh = append(fresh, p)
		}
	}
	if len(fresh) > 0 {
		outcomes := inHalves(fresh, func(some []*post) ([]forum.Outcome[forum.Accepted], error) { return s.acceptPosts(ctx, lock, some) })
		for i, p := range fresh {
			p.outcome = outcomes[i]
		}
	}
	answers := make([]forum.Outcome[forum.Accepted], len(sent))
	for i, p := range posts {
		if leader := leaders[keyOf(p.Idempotency)]; p.outcome.Err == nil && leader != p {
			p.outcome = repeated(leader, p)
		}
		answers[i] = p.outcome
	}
	return answers
}

// repeated is the answer to a row whose key came earlier in the same batch.
func repeated(leader, p *post) forum.Outcome[forum.Accepted] {
	if !bytes.Equal(leader.body, p.body) {
		return forum.Outcome[forum.Accepted]{Err: otherBody()}
	}
	again := leader.outcome
	again.Answer.Repeated = again.Err == nil
	return again
}

func (p *post) check() error {
	if p.Idempotency.Key == "" {
		return forum.Refuse(forum.Invalid, "idempotency.missing").At("Idempotency-Key")
	}
	return p.Validate()
}

// acceptPosts takes a batch in one transaction. It fails as a whole or answers each.
func (s *Store) acceptPosts(ctx context.Context, lock string, posts []*post) ([]forum.Outcome[forum.Accepted], error) {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		groups := byForum(posts, func(p *post) forum.ID { return p.Forum }, func(p *post) writeKey { return keyOf(p.Idempotency) })
		keys, err := voterKeyIDs(ctx, tx, groups)
		if err != nil {
			return err
		}
		for _, group := range groups {
			if err := s.acceptOnBoard(ctx, tx, lock, group[0].Forum, keys[group[0].Forum], group); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	outcomes := make([]forum.Outcome[forum.Accepted], len(posts))
	for i, p := range posts {
		outcomes[i] = p.outcome
	}
	return outcomes, nil
}

// voterKeyIDs tells with which key each forum knows its people. It is fixed for a forum's life, so no lock is needed.
func voterKeyIDs(ctx context.Context, tx pgx.Tx, groups [][]*post) (map[forum.ID]string, error) {
	ids := make([]string, len(groups))
	for i, group := range groups {
		ids[i] = string(group[0].Forum)
	}
	rows, err := tx.Query(ctx, `SELECT id, voter_key FROM forums WHERE id = ANY($1)`, ids)
	if err != nil {
		return nil, err
	}
	keys := map[forum.ID]string{}
	var id forum.ID
	var key string
	_, err = pgx.ForEachRow(rows, []any{&id, &key}, func() error { keys[id] = key; return nil })
	return keys, err
}

// acceptOnBoard takes a batch's opinions on one forum and sets the outcome of each.
func (s *Store) acceptOnBoard(ctx context.Context, tx pgx.Tx, lock string, forumID forum.ID, keyID string, posts []*post) error {
	if keyID == "" {
		for _, p := range posts {
			p.outcome = forum.Outcome[forum.Accepted]{Err: forum.Refuse(forum.NotFound, "page.not_found")}
		}
		return nil
	}
	args, err := s.opinionArgs(forumID, keyID, posts)
	if err != nil {
		return err
	}
	return insertOpinions(ctx, tx, lock, forumID, args, posts)
}

// keptPost is an opinion that was kept: the answer, and whom to write to.
type keptPost struct {
	answer  []byte
	contact forum.ID
}

// lockedInsert takes the forum's lock and then runs the accepting statement, in one exchange with the database; mine says whether
// the lock was to be had.
func lockedInsert(ctx context.Context, tx pgx.Tx, lock string, forumID forum.ID, args pgx.NamedArgs) (kept map[forum.ID]keptPost, mine bool, err error) {
	var batch pgx.Batch
	batch.Queue(lock, string(forumID))
	batch.Queue(acceptOpinions, args)
	results := tx.SendBatch(ctx, &batch)
	defer func() {
		if closing := results.Close(); err == nil {
			err = closing
		}
	}()
	if err := results.QueryRow().Scan(&mine); err != nil {
		return nil, false, err
	}
	rows, err := results.Query()
	if err != nil {
		return nil, false, err
	}
	kept = map[forum.ID]keptPost{}
	var id forum.ID
	var row keptPost
	_, err = pgx.ForEachRow(rows, []any{&id, &row.answer, &row.contact}, func() error {
		kept[id] = keptPost{bytes.Clone(row.answer), row.contact}
		return nil
	})
	return kept, mine, err
}

// insertOpinions keeps a batch's opinions and finds out what became of those that weren't kept.
func insertOpinions(ctx context.Context, tx pgx.Tx, lock string, forumID forum.ID, args pgx.NamedArgs, posts []*post) error {
	kept, mine, err := lockedInsert(ctx, tx, lock, forumID, args)
	if err != nil {
		return err
	}
	if !mine {
		for _, p := range posts {
			p.outcome = forum.Outcome[forum.Accepted]{Err: errHeldUp}
		}
		return nil
	}
	var left []*post
	var told []*post
	contacts := map[*post]forum.ID{}
	for _, p := range posts {
		row, ok := kept[p.id]
		if !ok {
			left = append(left, p)
			continue
		}
		if p.outcome, err = acceptedFrom(row.answer, false); err != nil {
			return err
		}
		if row.contact != "" {
			told, contacts[p] = append(told, p), row.contact
		}
	}
	if err := tellReceipts(ctx, tx, forumID, told, contacts); err != nil {
		return err
	}
	if err := noteEntries(ctx, tx, posts); err != nil {
		return err
	}
	return answerLeft(ctx, tx, forumID, left)
}

// opinionArgs are the rows as columns, for unnest.
func (s *Store) opinionArgs(forumID forum.ID, keyID string, posts []*post) (pgx.NamedArgs, error) {
	n := len(posts)
	strs := func() []string { return make([]string, n) }
	raws := func() [][]byte { return make([][]byte, n) }
	ids, keys, titles, texts, pseudonyms, districts, langs, emails, contacts, receipts := strs(), strs(), strs(), strs(), strs(), strs(), strs(), strs(), strs(), strs()
	scopes, bodies, authors, salts, commitments := raws(), raws(), raws(), raws(), raws()
	channels, received, heldFor := strs(), strs(), strs()
	citizens, entrants := make([]*string, n), make([]*string, n)
	for i, p := range posts {
		author, err := s.personKey(keyID, string(forumID), person(p.Citizen, p.Device))
		if err != nil {
			return nil, err
		}
		ids[i], keys[i], titles[i], texts[i], pseudonyms[i], districts[i] = string(p.id), p.Idempotency.Key, p.Title, p.Text, p.Pseudonym, p.District
		langs[i], emails[i], contacts[i], receipts[i] = langOr(p.Lang), p.Email, string(NewID()), string(p.receipt)
		scopes[i], bodies[i], authors[i], salts[i] = notNil(p.Idempotency.Scope), p.body, author, p.salt
		proven := p.NewOpinion
		proven.Lang = langs[i]
		commitments[i] = forum.CommitOpinion(p.salt, forum.LeafOpinion, p.id, proven)
		heldFor[i] = p.heldFor
		citizens[i], entrants[i], channels[i], received[i] = idOrNil(p.Citizen), idOrNil(p.Official), string(p.Entry.Channel), p.Entry.Received
	}
	args := pgx.NamedArgs{"forum": forumID, "version": forum.LeafVersion, "ids": ids, "scopes": scopes, "keys": keys, "bodies": bodies,
		"titles": titles, "texts": texts, "pseudonyms": pseudonyms, "districts": districts, "langs": langs, "emails": emails,
		"contacts": contacts, "citizens": citizens, "authors": authors, "receipts": receipts, "salts": salts, "commitments": commitments,
		"channels": channels, "received": received, "entrants": entrants, "held_for": heldFor}
	addOrigins(args, n, func(i int) forum.Origin { return posts[i].Origin })
	return args, nil
}

// notNil keeps an absent scope from becoming NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
