package postgres

import (
	"context"
	"maps"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// followers are a forum's authors, subscribers and voters, each once: who is two of them gets one letter, in the language in
// which they wrote.
const followers = `
WITH told AS (
	SELECT o.contact_id, o.lang, o.receipt, o.accepted_at AS since FROM opinions o
	WHERE @authors AND o.forum_id = @forum AND o.status = 'published' AND o.contact_id IS NOT NULL
	UNION ALL
	SELECT s.contact_id, s.lang, NULL, s.confirmed_at FROM subscriptions s
	WHERE @subscribers AND (s.forum_id = @forum OR s.forum_id IS NULL) AND s.confirmed_at IS NOT NULL AND s.ended_at IS NULL
	UNION ALL
	SELECT c.id, c.lang, NULL, c.confirmed_at FROM contacts c WHERE c.id = ANY(@voters::uuid[])
), each AS (
	SELECT contact_id, (array_agg(lang ORDER BY receipt IS NULL, since))[1] AS lang,
		coalesce(string_agg(receipt, ' ' ORDER BY since), '') AS receipts
	FROM told GROUP BY contact_id
)
SELECT e.contact_id, e.lang, e.receipts, CASE WHEN e.lang <> 'ko' AND f.title_en <> '' THEN f.title_en ELSE f.title END
FROM each e JOIN contacts c ON c.id = e.contact_id AND c.bad_at IS NULL CROSS JOIN forums f WHERE f.id = @forum`

// enqueueFollowers tells those of a forum's followers whom the letter is for (forum.Told) what happened, each once.
// To data it adds the forum's "title" in the recipient's language, its id under "forum", and to authors the "receipts" of
// their opinions, which open the status pages.
func (s *Store) enqueueFollowers(ctx context.Context, tx pgx.Tx, kind forum.MailKind, event string, forumID forum.ID, data map[string]string) error {
	told := forum.Told[kind]
	voters := []string{}
	if told.Voters {
		var err error
		if voters, err = s.votersOf(ctx, tx, forumID); err != nil {
			return err
		}
	}
	rows, err := tx.Query(ctx, followers, pgx.NamedArgs{"forum": forumID, "authors": told.Authors, "subscribers": told.Subscribers, "voters": voters})
	if err != nil {
		return err
	}
	letters, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (letter, error) {
		l := letter{kind: kind, event: event, noun: forum.TheForum, subject: forumID}
		var receipts, title string
		if err := row.Scan(&l.contact, &l.lang, &receipts, &title); err != nil {
			return letter{}, err
		}
		l.data = map[string]string{"title": title, "forum": string(forumID)}
		if receipts != "" {
			l.data["receipts"] = receipts
		}
		maps.Copy(l.data, data)
		return l, nil
	})
	if err != nil {
		return err
	}
	return enqueue(ctx, tx, letters...)
}

// votersOf are the contacts whose votes stand on a forum. Its votes name nobody, and no list of who voted is kept: each confirmed
// address that wants news is tried under the forum's key (a thousand take a millisecond). A vote of the
// last half second may be known from the next letter on. Where a browser is a voter, nobody is
// found.
func (s *Store) votersOf(ctx context.Context, tx pgx.Tx, forumID forum.ID) ([]string, error) {
	var keyID string
	var policy forum.IdentityPolicy
	if err := tx.QueryRow(ctx, `SELECT voter_key, identity FROM forums WHERE id = $1`, forumID).Scan(&keyID, &policy); err != nil {
		return nil, found(err)
	}
	voters := []string{}
	if policy == forum.IdentityDevice {
		return voters, nil
	}
	rows, err := tx.Query(ctx, `SELECT voter FROM forum_voters WHERE forum_id = $1`, forumID)
	if err != nil {
		return nil, err
	}
	keys, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil || len(keys) == 0 {
		return voters, err
	}
	standing := make(map[string]bool, len(keys))
	for _, key := range keys {
		standing[string(key)] = true
	}
	rows, err = tx.Query(ctx, `SELECT id FROM contacts WHERE confirmed_at IS NOT NULL AND bad_at IS NULL AND news <> 'none'`)
	if err != nil {
		return nil, err
	}
	var contact forum.ID
	_, err = pgx.ForEachRow(rows, []any{&contact}, func() error {
		key, err := s.voterOn(forumID, keyID, policy, contact, nil)
		if standing[string(key)] {
			voters = append(voters, string(contact))
		}
		return err
	})
	return voters, err
}
