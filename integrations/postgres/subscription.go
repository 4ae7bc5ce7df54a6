package postgres

import (
	"context"
	"encoding/hex"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// asksAnHour is how many questions to confirm a subscription one address may be sent within an hour.
const asksAnHour = 5

// Subscribe asks an address by mail whether it wants the news of one forum, or of all where forumID is empty. Whoever is
// subscribed already is not asked again, unless its letters came back, and nobody learns that they are.
func (s *Store) Subscribe(ctx context.Context, email string, forumID forum.ID, lang string) error {
	if err := forum.ValidateEmail(email); err != nil {
		return err
	}
	if forumID != "" {
		if _, err := s.PublicForum(ctx, forumID); err != nil {
			return err
		}
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		contact, err := contactFor(ctx, tx, email, lang) // locks the contact, so that two clicks are one subscription
		if err != nil {
			return err
		}
		var recent int
		err = tx.QueryRow(ctx, `
SELECT count(*) FROM mails WHERE contact_id = $1 AND kind = 'subscription_confirm' AND created_at > now() - interval '1 hour'`, contact).Scan(&recent)
		if err != nil {
			return err
		}
		if recent >= asksAnHour {
			return forum.Refuse(forum.TooMany, "subscription.too_many")
		}
		id, secret := NewID(), hex.EncodeToString(randomBytes(16))
		err = tx.QueryRow(ctx, `
INSERT INTO subscriptions AS s (id, forum_id, contact_id, lang, secret) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (contact_id, (COALESCE(forum_id, '00000000-0000-0000-0000-000000000000'))) WHERE ended_at IS NULL
DO UPDATE SET secret = excluded.secret, lang = excluded.lang
WHERE s.confirmed_at IS NULL OR (SELECT bad_at FROM contacts c WHERE c.id = s.contact_id) IS NOT NULL
RETURNING id`, id, orNull(forumID), contact, langOr(lang), hashed(secret)).Scan(&id)
		if err != nil {
			return ignoreNoRows(err) // confirmed already
		}
		return enqueue(ctx, tx, letter{kind: forum.MailSubscriptionAsk, event: "subscription.ask:" + string(NewID()), noun: forum.TheSubscription,
			subject: id, contact: contact, lang: lang, data: map[string]string{"secret": secret}})
	})
}

// ConfirmSubscription starts a subscription by the secret that was mailed; twice is once. It takes the address for a good one again.
// Without a choice of how often, an earlier one stands, but for none.
func (s *Store) ConfirmSubscription(ctx context.Context, secret string, often forum.News) error {
	done, err := s.pool.Exec(ctx, `
WITH confirmed AS (
	UPDATE subscriptions SET confirmed_at = coalesce(confirmed_at, now()) WHERE secret = $1 AND ended_at IS NULL RETURNING contact_id, lang
)
UPDATE contacts SET lang = (SELECT lang FROM confirmed), confirmed_at = coalesce(confirmed_at, now()), bad_at = NULL,
	news = CASE WHEN $2 <> '' THEN $2 WHEN news = 'none' THEN 'daily' ELSE news END
WHERE id = (SELECT contact_id FROM confirmed)`, hashed(secret), string(often))
	if err == nil && done.RowsAffected() == 0 {
		return forum.Refuse(forum.NotFound, "page.not_found")
	}
	return translate(err)
}
