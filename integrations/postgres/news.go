package postgres

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// What ends the news is signed and kept nowhere: it goes into every letter, and must still work years later. It names a contact
// by its random id, under a key made from a voter key that signs nothing else.
const (
	newsTokenVersion = 1
	newsTokenSigned  = 1 + 16
	newsTokenSize    = newsTokenSigned + 16
)

func newsSignature(voterKey, raw []byte) []byte {
	return signed(signed(voterKey, []byte("the end of the news")), raw)[:newsTokenSize-newsTokenSigned]
}

func (s *Store) newsToken(contact forum.ID) (string, error) {
	id, err := uuid.Parse(string(contact))
	if err != nil {
		return "", err
	}
	raw := append([]byte{newsTokenVersion}, id[:]...)
	return base64.RawURLEncoding.EncodeToString(append(raw, newsSignature(s.keys[s.keyID], raw)...)), nil
}

// NewsReader tells whose letter a secret stood in, if this city signed it, with VOTER_KEY or an earlier one; any other is NotFound.
func (s *Store) NewsReader(secret string) (forum.ID, error) {
	raw, err := base64.RawURLEncoding.DecodeString(secret)
	if err == nil && len(raw) == newsTokenSize && raw[0] == newsTokenVersion {
		for _, key := range s.keys {
			if hmac.Equal(raw[newsTokenSigned:], newsSignature(key, raw[:newsTokenSigned])) {
				return forum.ID(uuid.UUID(raw[1:newsTokenSigned]).String()), nil
			}
		}
	}
	return "", forum.Refuse(forum.NotFound, "page.not_found")
}

// News is how often a contact wants to hear of what it follows.
func (s *Store) News(ctx context.Context, contact forum.ID) (often forum.News, err error) {
	err = s.pool.QueryRow(ctx, `SELECT news FROM contacts WHERE id = $1`, contact).Scan(&often)
	return often, translate(found(err))
}

// ChooseNews keeps how often a contact wants to hear. None ends its subscriptions, and what waits is dropped; at once lets what
// waits go.
func (s *Store) ChooseNews(ctx context.Context, contact forum.ID, often forum.News) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `UPDATE contacts SET news = $2 WHERE id = $1`, contact, often)
		if err == nil && done.RowsAffected() == 0 {
			return forum.Refuse(forum.NotFound, "page.not_found")
		}
		if err != nil || often == forum.NewsDaily {
			return err
		}
		if often == forum.NewsAtOnce {
			_, err = tx.Exec(ctx, `UPDATE mails SET status = 'pending', next_at = now() WHERE contact_id = $1 AND status = 'waiting'`, contact)
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE subscriptions SET ended_at = now() WHERE contact_id = $1 AND ended_at IS NULL`, contact); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
UPDATE mails SET status = 'dropped', data = '{}' WHERE contact_id = $1 AND status IN ('waiting', 'pending') AND kind = ANY($2)`, contact, news)
		return err
	})
}

// tellNews gathers what waits into one letter for each reader, in the language in which they were last here. Events that a bad
// address or an ended subscription makes nobody's business are dropped.
const tellNews = `
WITH due AS (
	SELECT m.id, m.kind, m.subject_id, m.data, m.created_at, c.id AS contact, c.lang, c.news = 'daily' AND c.bad_at IS NULL AS wanted,
		CASE WHEN c.lang <> 'ko' AND f.title_en <> '' THEN f.title_en ELSE f.title END AS title
	FROM mails m JOIN contacts c ON c.id = m.contact_id LEFT JOIN forums f ON f.id = m.subject_id AND m.noun = 'forum'
	WHERE m.status = 'waiting' ORDER BY m.id FOR UPDATE OF m
), gathered AS (
	UPDATE mails m SET status = CASE WHEN d.wanted THEN 'gathered' ELSE 'dropped' END, data = '{}' FROM due d WHERE d.id = m.id
), ranked AS (
	SELECT *, row_number() OVER (PARTITION BY contact ORDER BY created_at, id) AS n FROM due WHERE wanted
), letters AS (
	SELECT gen_random_uuid() AS id, contact, min(lang) AS lang, count(*) AS told,
		json_agg(json_build_object('kind', kind, 'subject', subject_id,
			'data', data || CASE WHEN title IS NULL THEN '{}' ELSE jsonb_build_object('title', title) END) ORDER BY n) FILTER (WHERE n <= @most) AS lines
	FROM ranked GROUP BY contact
)
INSERT INTO mails (id, kind, event, noun, subject_id, contact_id, lang, data, message_id)
SELECT id, @kind, 'news:' || @day::text, 'subscription', contact, contact, lang,
	jsonb_build_object('at', @day::text, 'lines', lines::text, 'count', told::text, 'more', greatest(told - @most, 0)::text), '<' || id || '@acropolis>'
FROM letters ORDER BY contact`

// TellNews writes the day's letters, one to each reader for whom something waits, once its hour has come. What happens later in the
// day waits for tomorrow.
func (s *Store) TellNews(ctx context.Context) error {
	return s.onceADay(ctx, "news_days", forum.Calendar.NewsDay, func(tx pgx.Tx, _ forum.Calendar, _ time.Time, day string) (int, error) {
		letters, err := tx.Exec(ctx, tellNews, pgx.NamedArgs{"kind": forum.MailNews, "day": day, "most": forum.NewsMost})
		if err != nil {
			return 0, fmt.Errorf("gather the day's news: %w", err)
		}
		return int(letters.RowsAffected()), nil
	})
}
