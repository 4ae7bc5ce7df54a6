package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// erasing are the steps in which a person's address goes, and what is theirs alone. Letters under way arrive; whatever else would be
// sent, tried again or wait for an operator is dropped, and of none does any word stay. The letters' lock comes first, as a statement
// of its own, so that what a sender is just writing down is seen.
var erasing = []string{
	`UPDATE subscriptions SET ended_at = now() WHERE contact_id = $1 AND ended_at IS NULL`,
	`SELECT FROM mails WHERE contact_id = $1 AND status NOT IN ('sent', 'gathered', 'dropped') ORDER BY id FOR UPDATE`,
	`UPDATE mails SET status = 'dropped' WHERE contact_id = $1 AND status IN ('waiting', 'pending', 'failed', 'unknown')`,
	`UPDATE mails SET data = '{}' WHERE contact_id = $1 AND status <> 'attempting'`,
	`DELETE FROM session_codes WHERE contact_id = $1`,
	`DELETE FROM guardian_consents WHERE guardian_id = $1 AND answered_at IS NULL`,
}

// eraseGuardians takes back what guardians were asked about a child, and what they agreed to: nobody writes to the child any more.
// What it wrote has no address then, even if the child comes back; whom the city knows from this alone is forgotten by the next
// ForgetGuardians.
const eraseGuardians = `
WITH asked AS (
	DELETE FROM guardian_consents WHERE child_email = $2 OR consented AND subject_id IN
		(SELECT id FROM opinions WHERE contact_id = $1 UNION ALL SELECT id FROM suggestions WHERE contact_id = $1)
	RETURNING id, subject_id
), of_opinions AS (
	UPDATE opinions SET contact_id = NULL WHERE contact_id = $1 AND id IN (SELECT subject_id FROM asked)
), of_suggestions AS (
	UPDATE suggestions SET contact_id = NULL WHERE contact_id = $1 AND id IN (SELECT subject_id FROM asked)
)
UPDATE mails SET status = 'dropped', data = '{}'
WHERE status IN ('pending', 'failed', 'unknown') AND kind = 'guardian_asked' AND event IN (SELECT 'guardian.asked:' || id FROM asked)`

// EraseContact erases a citizen's address on their own request, with their subscriptions and what waits for them in the outbox, and
// ends all their sessions: when it returns, no web process knows one any more. Opinions and votes are the forum's and stay; nothing
// leads from them to the address. Twice is once.
func (s *Store) EraseContact(ctx context.Context, citizen forum.ID) error {
	return s.inTxHeard(ctx, func(tx pgx.Tx) (int64, error) {
		if err := s.eraseContact(ctx, tx, citizen); err != nil {
			return 0, err
		}
		return purgePerson(ctx, tx, citizen)
	})
}

func (s *Store) eraseContact(ctx context.Context, tx pgx.Tx, citizen forum.ID) error {
	var email *string
	err := tx.QueryRow(ctx, `SELECT email FROM contacts WHERE id = $1 FOR UPDATE`, citizen).Scan(&email)
	if err != nil {
		return found(err)
	}
	for _, step := range erasing {
		if _, err := tx.Exec(ctx, step, citizen); err != nil {
			return err
		}
	}
	if email == nil { // erased already, or known by the gateway alone, which gives no address
		_, err := tx.Exec(ctx, `UPDATE contacts SET news = 'none' WHERE id = $1`, citizen)
		return err
	}
	if _, err := tx.Exec(ctx, eraseGuardians, citizen, *email); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
UPDATE contacts SET email = NULL, former = $2, erased_at = now(), news = 'none', bad_at = NULL WHERE id = $1`, citizen, s.formerKey(s.keyID, *email))
	if err != nil {
		return err
	}
	return note(ctx, tx, byCitizen, change{action: forum.EraseContact, noun: forum.TheContact, subject: citizen})
}

// formerKey is what is kept of an erased address.
func (s *Store) formerKey(keyID, email string) []byte {
	return signed(s.keys[keyID], []byte("an erased address "+email))
}

// reunite gives an address that was erased, and is confirmed again, back to the contact that had it, so that its owner is the same
// voter as before. What was sent with the address meanwhile comes along. It gives the contact that the address has now.
func (s *Store) reunite(ctx context.Context, tx pgx.Tx, email string, now forum.ID) (forum.ID, error) {
	var hashes [][]byte
	for keyID := range s.keys {
		hashes = append(hashes, s.formerKey(keyID, email))
	}
	var before forum.ID
	err := tx.QueryRow(ctx, `SELECT id FROM contacts WHERE former = ANY($1) ORDER BY id LIMIT 1 FOR UPDATE`, hashes).Scan(&before)
	if err != nil {
		return now, ignoreNoRows(err)
	}
	for _, step := range []string{
		`UPDATE contacts SET email = NULL WHERE id = $2 AND $1::uuid <> $2`,
		`UPDATE opinions SET contact_id = $1 WHERE contact_id = $2`,
		`UPDATE suggestions SET contact_id = $1 WHERE contact_id = $2`,
		`UPDATE subscriptions SET contact_id = $1 WHERE contact_id = $2`,
		`UPDATE invitations i SET contact_id = $1 WHERE contact_id = $2 AND (status NOT IN ('invited', 'drafted') OR NOT EXISTS (
			SELECT FROM invitations o WHERE o.contact_id = $1 AND o.forum_id IS NOT DISTINCT FROM i.forum_id AND o.status IN ('invited', 'drafted')))`,
		`UPDATE mails m SET contact_id = $1 WHERE contact_id = $2 AND status NOT IN ('sent', 'gathered', 'dropped')
			AND NOT EXISTS (SELECT FROM mails o WHERE o.contact_id = $1 AND o.event = m.event)`,
	} {
		if _, err := tx.Exec(ctx, step, before, now); err != nil {
			return now, err
		}
	}
	_, err = tx.Exec(ctx, `
UPDATE contacts SET email = $3, former = NULL, erased_at = NULL, (lang, news) = (SELECT lang, news FROM contacts WHERE id = $2) WHERE id = $1`, before, now, email)
	return before, err
}
