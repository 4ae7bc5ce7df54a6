package postgres

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"math/big"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// codesAnHour is how many codes one address may be sent within an hour, so that nobody's mailbox is flooded in their name.
const codesAnHour = 5

// AskSession mails a six-digit code to an address, whether or not it is known. After five within an hour it refuses with
// TooMany.
func (s *Store) AskSession(ctx context.Context, email, lang string) error {
	if err := forum.ValidateEmail(email); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		contact, err := contactFor(ctx, tx, email, lang)
		if err != nil {
			return err
		}
		var recent int
		err = tx.QueryRow(ctx, `SELECT count(*) FROM session_codes WHERE contact_id = $1 AND created_at > now() - interval '1 hour'`, contact).Scan(&recent)
		if err != nil {
			return err
		}
		if recent >= codesAnHour {
			return forum.Refuse(forum.TooMany, "session.too_many")
		}
		id, code := NewID(), newCode()
		_, err = tx.Exec(ctx, `INSERT INTO session_codes (id, contact_id, code_hash, expires_at) VALUES ($1, $2, $3, now() + $4::interval)`,
			id, contact, hashed(string(id)+code), forum.SessionCodeLife)
		if err != nil {
			return err
		}
		return enqueue(ctx, tx, letter{kind: forum.MailSessionCode, event: codeMailed(id), noun: forum.TheSession, subject: id,
			contact: contact, lang: lang, data: map[string]string{"code": code}})
	})
}

// codeMailed is the event of a code's letter, which keeps the language in which it was asked for.
func codeMailed(code forum.ID) string { return "session.code:" + string(code) }

func newCode() string {
	n, _ := rand.Int(rand.Reader, big.NewInt(1_000_000)) // never fails (crypto/rand)
	return fmt.Sprintf("%06d", n)
}

// openCodes counts a try against each code of an address that may still be used.
const openCodes = `
UPDATE session_codes SET tries = tries + 1
WHERE contact_id = $1 AND used_at IS NULL AND expires_at > now() AND tries < $2
RETURNING id, code_hash`

// ConfirmSession turns a mailed code into a session. Each code may be tried five times; a wrong, used or expired one and an
// unknown address are refused alike, as Invalid.
func (s *Store) ConfirmSession(ctx context.Context, email, code string) (token string, session forum.Session, err error) {
	wrong := forum.Refuse(forum.Invalid, "session.wrong_code").At("code")
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		token, session = "", forum.Session{}
		var contact forum.ID
		err := tx.QueryRow(ctx, `SELECT id FROM contacts WHERE email = $1 FOR NO KEY UPDATE`, forum.Mailbox(email)).Scan(&contact)
		if err != nil {
			return ignoreNoRows(err)
		}
		right, err := tryCode(ctx, tx, contact, code)
		if err != nil || right == "" {
			return err // the tries are counted: no refusal may roll them back
		}
		if _, err := tx.Exec(ctx, `UPDATE session_codes SET used_at = now() WHERE contact_id = $1 AND used_at IS NULL`, contact); err != nil {
			return err
		}
		if contact, err = s.reunite(ctx, tx, forum.Mailbox(email), contact); err != nil {
			return err
		}
		var at time.Time
		who := forum.Session{Contact: contact, Kind: forum.IdentityEmail}
		err = tx.QueryRow(ctx, `
UPDATE contacts SET confirmed_at = coalesce(confirmed_at, now()), bad_at = NULL, lang = coalesce((SELECT lang FROM mails WHERE event = $2), lang)
WHERE id = $1 RETURNING now(), created_at`, contact, codeMailed(right)).Scan(&at, &who.Since)
		if err != nil {
			return err
		}
		who.Domain, who.Common = s.domainOf(forum.Mailbox(email))
		token, session, err = s.OpenSession(who, at)
		return err
	})
	if err == nil && token == "" {
		err = wrong
	}
	return token, session, err
}

// tryCode gives the id of the code that is right; empty: none is.
func tryCode(ctx context.Context, tx pgx.Tx, contact forum.ID, code string) (right forum.ID, err error) {
	rows, err := tx.Query(ctx, openCodes, contact, forum.SessionCodeTries)
	if err != nil {
		return "", err
	}
	var id forum.ID
	var hash []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &hash}, func() error {
		if subtle.ConstantTimeCompare(hash, hashed(string(id)+code)) == 1 {
			right = id
		}
		return nil
	})
	return right, err
}
