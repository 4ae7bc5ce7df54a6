package postgres

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// letter is one outbox row to be. Either contact or official is its recipient. What its words need is in data: "title" (of
// the forum or suggestion, in the recipient's language), "forum" (its id), "number", "receipt" or "receipts" (separated by
// spaces), "reason", "code", "secret", and instants in RFC 3339 under "at", "due", "opens_at", "closes_at", "answer_by".
type letter struct {
	kind     forum.MailKind
	event    string // what happened; the same event is told to nobody twice
	noun     forum.Noun
	subject  forum.ID
	contact  forum.ID
	official forum.ID
	lang     string
	data     map[string]string
}

// enqueue puts letters into the outbox, in the transaction that makes them true. One that its recipient has had already is
// left out, and so is news for whoever wants none and anything for whoever has no address here; who wants it once a day finds it in
// that letter (see TellNews).
func enqueue(ctx context.Context, tx pgx.Tx, letters ...letter) error {
	if len(letters) == 0 {
		return nil
	}
	n := len(letters)
	ids, kinds, events, nouns, subjects := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	contacts, officials, langs, data := make([]*string, n), make([]*string, n), make([]string, n), make([]string, n)
	for i, l := range letters {
		raw, err := json.Marshal(l.data)
		if err != nil {
			return err
		}
		if l.data == nil {
			raw = []byte("{}")
		}
		ids[i], kinds[i], events[i], nouns[i], subjects[i] = string(NewID()), string(l.kind), l.event, string(l.noun), string(l.subject)
		contacts[i], officials[i], langs[i], data[i] = idOrNil(l.contact), idOrNil(l.official), langOr(l.lang), string(raw)
	}
	_, err := tx.Exec(ctx, `
INSERT INTO mails (id, kind, event, noun, subject_id, contact_id, official_id, lang, data, message_id, status)
SELECT l.id, kind, event, noun, subject_id, contact_id, official_id, l.lang, data, '<' || l.id || '@acropolis>',
	CASE WHEN kind = ANY(@news) AND c.news = 'daily' THEN 'waiting' ELSE 'pending' END
FROM unnest(@ids::uuid[], @kinds::text[], @events::text[], @nouns::text[], @subjects::uuid[], @contacts::uuid[], @officials::uuid[],
	@langs::text[], @data::jsonb[]) AS l (id, kind, event, noun, subject_id, contact_id, official_id, lang, data)
	LEFT JOIN contacts c ON c.id = contact_id
WHERE (c.news IS DISTINCT FROM 'none' OR NOT kind = ANY(@news)) AND (c.id IS NULL OR c.email IS NOT NULL)
ORDER BY event, contact_id, official_id
ON CONFLICT ON CONSTRAINT one_mail_each DO NOTHING`,
		pgx.NamedArgs{"ids": ids, "kinds": kinds, "events": events, "nouns": nouns, "subjects": subjects, "contacts": contacts,
			"officials": officials, "langs": langs, "data": data, "news": forum.NewsKinds})
	return err
}

// idOrNil keeps an empty id out of a uuid[] parameter.
func idOrNil(id forum.ID) *string {
	if id == "" {
		return nil
	}
	return (*string)(&id)
}

func langOr(lang string) string {
	if lang == "" {
		return "ko"
	}
	return lang
}

// mailPatience is how long a sender may take for one letter before its outcome counts as unknown.
const mailPatience = 2 * time.Minute

// giveUpWaiting turns letters whose sender has died into unknown ones. A notice is tried once more, with its Message-ID, so
// that a mail server may notice; an award's letter waits for a person, because it holds a one-time secret.
const giveUpWaiting = `
UPDATE mails SET unknowns = unknowns + 1, problem = 'the sender did not come back', next_at = now(),
	status = CASE WHEN kind <> 'award_offered' AND unknowns = 0 THEN 'pending' ELSE 'unknown' END
WHERE id IN (SELECT id FROM mails WHERE status = 'attempting' AND attempted_at < now() - @patience::interval ORDER BY id FOR UPDATE SKIP LOCKED)`

// dropUnwanted drops news for whoever has ended it since.
const dropUnwanted = `
UPDATE mails SET status = 'dropped', data = '{}'
WHERE id IN (
	SELECT m.id FROM mails m JOIN contacts c ON c.id = m.contact_id
	WHERE m.status = 'pending' AND m.next_at <= now() AND m.kind = ANY(@news) AND c.news = 'none'
	ORDER BY m.id FOR UPDATE OF m SKIP LOCKED)`

// dropErased drops the letters whose reader's address was erased while they were under way or being written.
const dropErased = `
UPDATE mails SET status = 'dropped', data = '{}'
WHERE id IN (
	SELECT m.id FROM mails m JOIN contacts c ON c.id = m.contact_id
	WHERE (m.status = 'pending' AND m.next_at <= now() OR m.status = 'attempting' AND m.attempted_at < now() - @patience::interval) AND c.email IS NULL
	ORDER BY m.id FOR UPDATE OF m SKIP LOCKED)`

// giveUpNowhere fails the letters that have no good address any more. What asks an address to confirm itself still goes: that is how
// it becomes a good one again.
const giveUpNowhere = `
UPDATE mails SET status = 'failed', problem = 'no address'
WHERE id IN (
	SELECT m.id FROM mails m LEFT JOIN contacts c ON c.id = m.contact_id LEFT JOIN officials o ON o.id = m.official_id
	WHERE m.status = 'pending' AND m.next_at <= now() AND (c.bad_at IS NOT NULL AND NOT m.kind = ANY(@asking) OR o.email = '' OR o.left_at IS NOT NULL)
	ORDER BY m.id FOR UPDATE OF m SKIP LOCKED)`

// asking are the letters that ask an address to confirm itself, and news everything that brings news.
var (
	asking = []forum.MailKind{forum.MailSessionCode, forum.MailSubscriptionAsk}
	news   = append(slices.Clone(forum.NewsKinds), forum.MailNews)
)

// takeDue is how several senders share the outbox: what one has locked the next one skips.
const takeDue = `
WITH due AS (
	SELECT id FROM mails WHERE status = 'pending' AND next_at <= now() ORDER BY next_at, id LIMIT @n FOR UPDATE SKIP LOCKED
), taken AS (
	UPDATE mails m SET status = 'attempting', attempts = attempts + 1, attempted_at = now() FROM due WHERE m.id = due.id RETURNING m.*
)
SELECT t.id, t.kind, t.status, t.noun, t.subject_id, t.message_id, t.attempts, t.problem, t.created_at, t.next_at, t.lang, t.data,
	coalesce(c.email, o.email, ''), coalesce(c.id::text, '')
FROM taken t LEFT JOIN contacts c ON c.id = t.contact_id LEFT JOIN officials o ON o.id = t.official_id ORDER BY t.id`

// DueMails takes up to n letters to be sent now; each must be answered by MailDone within two minutes. No two callers get
// the same one.
func (s *Store) DueMails(ctx context.Context, n int) ([]forum.Letter, error) {
	var letters []forum.Letter
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, dropErased, pgx.NamedArgs{"patience": mailPatience}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, giveUpWaiting, pgx.NamedArgs{"patience": mailPatience}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, giveUpNowhere, pgx.NamedArgs{"asking": asking}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, dropUnwanted, pgx.NamedArgs{"news": news}); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, takeDue, pgx.NamedArgs{"n": n})
		if err != nil {
			return err
		}
		letters, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Letter, error) {
			var l forum.Letter
			var contact forum.ID
			err := row.Scan(&l.ID, &l.Kind, &l.Status, &l.Noun, &l.Subject, &l.MessageID, &l.Attempts, &l.Problem, &l.CreatedAt, &l.NextAt,
				&l.Lang, &l.Data, &l.Address, &contact)
			if err == nil && slices.Contains(news, l.Kind) {
				l.Unsubscribe, err = s.newsToken(contact)
			}
			return l, err
		})
		return err
	})
	return letters, err
}

// mailDone is guarded by forum.MailSteps. A sent letter forgets its data: codes and receipts are nobody's business any more. So does
// one that wasn't sent, where its reader's address was erased meanwhile: nobody can do anything about it.
const mailDone = `
UPDATE mails m SET status = CASE WHEN e.erased AND @to <> 'sent' THEN 'dropped' ELSE @to END, problem = @problem,
	data = CASE WHEN e.erased OR @to = 'sent' THEN '{}' ELSE data END,
	sent_at = CASE WHEN @to = 'sent' THEN now() END,
	unknowns = unknowns + @unknown,
	next_at = now() + @later::interval
FROM (SELECT EXISTS (SELECT FROM mails l JOIN contacts c ON c.id = l.contact_id WHERE l.id = @id AND c.email IS NULL) AS erased) e
WHERE m.id = @id AND m.status = ANY(@before)`

// MailDone tells what became of a letter that DueMails gave out. A pending one is tried again after retryAfter; an unknown
// notice is tried once more, too. An answer that comes too late changes nothing.
func (s *Store) MailDone(ctx context.Context, id forum.ID, to forum.MailStatus, problem string, retryAfter time.Duration) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		before, unknown := forum.MailSteps.Before(to), 0
		if to == forum.MailPending {
			before = []forum.MailStatus{forum.MailAttempting} // reviving a failed one is RetryMail's
		}
		// The lock comes first, so that the next statement sees the erasure that held it.
		var again bool
		err := tx.QueryRow(ctx, `SELECT kind <> 'award_offered' AND unknowns = 0 FROM mails WHERE id = $1 FOR UPDATE`, id).Scan(&again)
		if err != nil {
			return ignoreNoRows(err)
		}
		if to == forum.MailUnknown {
			unknown = 1
			if again {
				to = forum.MailPending
			}
		}
		_, err = tx.Exec(ctx, mailDone, pgx.NamedArgs{"id": id, "to": string(to), "problem": problem, "unknown": unknown,
			"later": retryAfter, "before": before})
		return err
	})
}

// FailedMails are the letters that wait for a person, the newest first.
func (s *Store) FailedMails(ctx context.Context) ([]forum.Mail, error) {
	rows, err := s.pool.Query(ctx, `
SELECT id, kind, status, noun, subject_id AS subject, message_id, attempts, problem, created_at, next_at
FROM mails WHERE status IN ('failed', 'unknown') ORDER BY created_at DESC, id DESC LIMIT 500`)
	if err != nil {
		return nil, translate(err)
	}
	mails, err := pgx.CollectRows(rows, pgx.RowToStructByName[forum.Mail])
	return mails, translate(err)
}

// RetryMail revives a failed or unknown letter.
func (s *Store) RetryMail(ctx context.Context, by forum.Official, from string, id forum.ID) error {
	if err := by.May(forum.RetryMail, ""); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var before forum.MailStatus
		if err := tx.QueryRow(ctx, `SELECT status FROM mails WHERE id = $1 FOR UPDATE`, id).Scan(&before); err != nil {
			return found(err)
		}
		if before != forum.MailFailed && before != forum.MailUnknown {
			return forum.Refuse(forum.Conflict, "mail.not_failed")
		}
		// Whoever tries again believes in the address.
		_, err := tx.Exec(ctx, `
WITH mail AS (UPDATE mails SET status = 'pending', next_at = now() WHERE id = $1 RETURNING contact_id)
UPDATE contacts SET bad_at = NULL WHERE id = (SELECT contact_id FROM mail)`, id)
		if err != nil {
			return err
		}
		return note(ctx, tx, byOfficial(by, from), change{action: forum.RetryMail, noun: forum.TheMail, subject: id,
			before: string(before), after: string(forum.MailPending)})
	})
}

// MarkBadAddress keeps further letters from a citizen's address that a server has refused for good. An official's address
// is the directory's to mend.
func (s *Store) MarkBadAddress(ctx context.Context, address string) error {
	_, err := s.pool.Exec(ctx, `UPDATE contacts SET bad_at = now() WHERE email = $1 AND bad_at IS NULL`, address)
	return translate(err)
}

// NoteBounce notes that a letter came back after all, once, and tells whether it was ours and still unknown. bad keeps further
// letters from its address, until it is confirmed again; an official's is the directory's to mend. Who can name a letter's
// Message-ID has read it, or carried it.
func (s *Store) NoteBounce(ctx context.Context, messageID, status string, bad bool) (noted bool, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		var contact *forum.ID
		err := tx.QueryRow(ctx, `
UPDATE mails SET bounced_at = now(), problem = 'came back: ' || $2 WHERE message_id = $1 AND status IN ('sent', 'unknown') AND bounced_at IS NULL
RETURNING contact_id::text`, messageID, status).Scan(&contact)
		if err != nil {
			return ignoreNoRows(err)
		}
		noted = true
		if !bad || contact == nil {
			return nil
		}
		_, err = tx.Exec(ctx, `UPDATE contacts SET bad_at = now() WHERE id = $1 AND bad_at IS NULL`, *contact)
		return err
	})
	return noted, err
}
