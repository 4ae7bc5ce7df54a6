package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// takeAssertion keeps that an assertion was taken, and forgets some that wouldn't be taken any more: late enough that no clock of
// ours could still find one good.
const takeAssertion = `
WITH over AS (
	DELETE FROM assertions WHERE nonce IN (SELECT nonce FROM assertions WHERE expires_at < now() - interval '1 hour' LIMIT 5 FOR UPDATE SKIP LOCKED)
)
INSERT INTO assertions (nonce, expires_at) VALUES ($1, $2)`

// ConfirmAssertion turns what the gateway said of somebody into a session, once: a second time is a Conflict. What isn't good by
// the database's clock is refused as Invalid. Whoever calls has checked the signature, and whose browser it was meant for.
func (s *Store) ConfirmAssertion(ctx context.Context, a forum.Assertion, lang string) (token string, session forum.Session, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		var at time.Time
		if err := tx.QueryRow(ctx, `SELECT now()`).Scan(&at); err != nil {
			return err
		}
		if a.Subject == "" || a.Nonce == "" || !a.IsGoodAt(at) {
			return forum.Refuse(forum.Invalid, "session.not_vouched")
		}
		if _, err := tx.Exec(ctx, takeAssertion, hashed(a.Nonce), a.ExpiresAt); err != nil {
			return err
		}
		who := forum.Session{Kind: forum.IdentitySSO, Common: true}
		if who.Contact, who.Since, err = s.contactOf(ctx, tx, a.Subject, lang); err != nil {
			return err
		}
		token, session, err = s.OpenSession(who, at)
		return err
	})
	return token, session, err
}

// contactOf finds or makes the contact of a person whom the gateway knows. Whoever was known under an earlier voter key stays the
// same person under the present one: their votes are made from the contact's id.
func (s *Store) contactOf(ctx context.Context, tx pgx.Tx, subject, lang string) (id forum.ID, since time.Time, err error) {
	now := subjectKey(s.keys[s.keyID], subject)
	var earlier [][]byte
	for keyID, key := range s.keys {
		if keyID != s.keyID {
			earlier = append(earlier, subjectKey(key, subject))
		}
	}
	_, err = tx.Exec(ctx, `
UPDATE contacts SET subject = $1 WHERE id = (SELECT id FROM contacts WHERE subject = ANY($2) ORDER BY created_at LIMIT 1)
	AND NOT EXISTS (SELECT FROM contacts WHERE subject = $1)`, now, earlier)
	if err != nil {
		return "", since, err
	}
	err = tx.QueryRow(ctx, `
INSERT INTO contacts AS c (id, subject, lang, confirmed_at) VALUES ($1, $2, $3, now())
ON CONFLICT ON CONSTRAINT one_contact_per_subject DO UPDATE SET lang = excluded.lang RETURNING id, created_at`, NewID(), now, langOr(lang)).Scan(&id, &since)
	return id, since, err
}

// subjectKey is how the gateway's name of a person is kept.
func subjectKey(voterKey []byte, subject string) []byte {
	return signed(voterKey, []byte("the gateway's citizen "+subject))
}
