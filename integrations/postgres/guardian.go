package postgres

import (
	"context"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"acropolis/forum"
)

// guardianAsksAnHour is how many such questions one address may be sent within an hour.
const guardianAsksAnHour = 5

// AskGuardian asks a guardian by mail whether the city may write to a child about what it wrote. Twice about the same text is
// once. Who was asked too often is not asked again, and then the child's address isn't kept either.
func (s *Store) AskGuardian(ctx context.Context, a forum.GuardianAsk) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		guardian, err := contactFor(ctx, tx, a.Guardian, a.Lang) // locks the contact
		if err != nil {
			return err
		}
		var recent int
		err = tx.QueryRow(ctx, `SELECT count(*) FROM guardian_consents WHERE guardian_id = $1 AND asked_at > now() - interval '1 hour'`, guardian).Scan(&recent)
		if err != nil || recent >= guardianAsksAnHour {
			return err
		}
		id, secret := NewID(), hex.EncodeToString(randomBytes(16))
		done, err := tx.Exec(ctx, `
INSERT INTO guardian_consents (id, noun, subject_id, child_email, guardian_id, lang, secret, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8::interval)
ON CONFLICT ON CONSTRAINT one_guardian_per_text DO NOTHING`,
			id, a.Noun, a.Subject, forum.Mailbox(a.Child), guardian, langOr(a.Lang), hashed(secret), forum.GuardianDays*24*time.Hour)
		if err != nil || done.RowsAffected() == 0 {
			return err
		}
		return enqueue(ctx, tx, letter{kind: forum.MailGuardianAsked, event: "guardian.asked:" + string(id), noun: a.Noun, subject: a.Subject,
			contact: guardian, lang: a.Lang, data: map[string]string{"secret": secret, "days": strconv.Itoa(forum.GuardianDays)}})
	})
}

// openConsent is a question that may still be answered, with what the child wrote.
const openConsent = `
SELECT q.id, q.noun, q.subject_id, q.child_email, q.lang, q.expires_at, t.number, t.title, t.text, t.lang, t.receipt
FROM guardian_consents q JOIN LATERAL (
	SELECT shown_number(o.number, o.accepted_at, 6) AS number, o.title, o.text, o.lang, o.receipt FROM opinions o WHERE q.noun = 'opinion' AND o.id = q.subject_id
	UNION ALL
	SELECT shown_number(g.number, g.submitted_at, 6), g.title, g.text, g.lang, g.receipt FROM suggestions g WHERE q.noun = 'suggestion' AND g.id = q.subject_id
) t ON true WHERE q.secret = $1 AND q.answered_at IS NULL AND q.expires_at > now()`

type consent struct {
	forum.GuardianQuestion
	id, subject forum.ID
	child, lang string
	receipt     string
}

func consentBy(ctx context.Context, q querier, secret, lock string) (c consent, err error) {
	err = q.QueryRow(ctx, openConsent+lock, hashed(secret)).Scan(&c.id, &c.Noun, &c.subject, &c.child, &c.lang, &c.AnswerBy,
		&c.Number, &c.Title, &c.Text, &c.Lang, &c.receipt)
	c.Child = forum.MaskedEmail(c.child)
	return c, found(err)
}

// GuardianQuestion is what the mailed secret opens; answered or too late, it is NotFound.
func (s *Store) GuardianQuestion(ctx context.Context, secret string) (forum.GuardianQuestion, error) {
	c, err := consentBy(ctx, s.pool, secret, "")
	return c.GuardianQuestion, translate(err)
}

// AnswerGuardian keeps a guardian's answer. With the consent the child's address becomes the contact of its text, and gets the
// letter with the receipt; a no leaves neither address behind.
func (s *Store) AnswerGuardian(ctx context.Context, secret string, consents bool) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		c, err := consentBy(ctx, tx, secret, ` FOR UPDATE OF q`)
		if err != nil {
			return err
		}
		if !consents {
			_, err := tx.Exec(ctx, `DELETE FROM guardian_consents WHERE id = $1`, c.id)
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE guardian_consents SET answered_at = now(), consented = true, child_email = '' WHERE id = $1`, c.id); err != nil {
			return err
		}
		return addressChild(ctx, tx, c)
	})
	if err == nil && !consents {
		err = s.ForgetGuardians(ctx)
	}
	return err
}

// addressChild makes the child's address the contact of what it wrote.
func addressChild(ctx context.Context, tx pgx.Tx, c consent) error {
	child, err := contactFor(ctx, tx, c.child, c.lang)
	if err != nil {
		return err
	}
	kind, event, table := forum.MailOpinionReceived, "opinion.received:", "opinions"
	if c.Noun == forum.TheSuggestion {
		kind, event, table = forum.MailSuggestionReceived, "suggestion.received:", "suggestions"
	}
	if _, err := tx.Exec(ctx, `UPDATE `+table+` SET contact_id = $2 WHERE id = $1 AND contact_id IS NULL`, c.subject, child); err != nil {
		return err
	}
	title := c.Title
	if c.Noun == forum.TheOpinion { // the letter names the forum
		err := tx.QueryRow(ctx, `SELECT CASE WHEN $2 <> 'ko' AND f.title_en <> '' THEN f.title_en ELSE f.title END FROM opinions o JOIN forums f ON f.id = o.forum_id WHERE o.id = $1`,
			c.subject, c.lang).Scan(&title)
		if err != nil {
			return err
		}
	}
	return enqueue(ctx, tx, letter{kind: kind, event: event + string(c.subject), noun: c.Noun, subject: c.subject, contact: child, lang: c.lang,
		data: map[string]string{"title": title, "number": c.Number, "receipt": c.receipt}})
}

// ForgetGuardians forgets the questions that nobody answered in time: the child's address with them, and the guardian's where
// the city knows it from nothing else.
func (s *Store) ForgetGuardians(ctx context.Context) error {
	if _, err := s.pool.Exec(ctx, `DELETE FROM guardian_consents WHERE answered_at IS NULL AND expires_at <= now()`); err != nil {
		return translate(err)
	}
	rows, err := s.pool.Query(ctx, `
SELECT DISTINCT m.contact_id FROM mails m WHERE m.kind = 'guardian_asked' AND m.status <> 'attempting'
	AND NOT EXISTS (SELECT FROM guardian_consents q WHERE q.guardian_id = m.contact_id)`)
	if err != nil {
		return translate(err)
	}
	guardians, err := pgx.CollectRows(rows, pgx.RowTo[forum.ID])
	if err != nil {
		return translate(err)
	}
	for _, id := range guardians {
		if err := s.inTx(ctx, func(tx pgx.Tx) error { return forgetGuardian(ctx, tx, id) }); err != nil {
			return err
		}
	}
	return nil
}

// foreignKey is PostgreSQL's word for a row that another one still needs.
const foreignKey = "23503"

// forgetGuardian forgets the letters to a guardian, and the address where nothing else refers to it.
func forgetGuardian(ctx context.Context, tx pgx.Tx, id forum.ID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM mails WHERE contact_id = $1 AND kind = 'guardian_asked' AND status <> 'attempting'`, id); err != nil {
		return err
	}
	err := pgx.BeginFunc(ctx, tx, func(within pgx.Tx) error {
		_, err := within.Exec(ctx, `DELETE FROM contacts WHERE id = $1 AND confirmed_at IS NULL`, id)
		return err
	})
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == foreignKey {
		return nil
	}
	return err
}
