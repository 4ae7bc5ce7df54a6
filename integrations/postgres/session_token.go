package postgres

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// A session is a signed cookie, so that a vote costs no read: a version byte, the session's id, the contact's id, the seconds in
// which it ends and in which the city first heard of the person, what is known of the address's domain, and the HMAC of all that
// under a key made from a voter key. It names nobody: a contact's id is random, and the domain is a keyed hash. The version also says
// who confirmed the person.
const (
	byCode    = 1
	byGateway = 2

	tokenSigned = 1 + 16 + 16 + 8 + 8 + 1 + domainBytes
	tokenSize   = tokenSigned + sha256.Size
)

// OpenSession signs a session of a person who is confirmed already: by a mailed code, or by whoever vouches for them. Until is
// set here; the rest is what is known of them.
func (s *Store) OpenSession(who forum.Session, at time.Time) (token string, session forum.Session, err error) {
	contact, err := uuid.Parse(string(who.Contact))
	if err != nil {
		return "", session, err
	}
	session = who
	session.Until = at.Add(forum.SessionLife).Truncate(time.Second).UTC()
	id := uuid.Must(uuid.NewV7())
	raw := make([]byte, 0, tokenSize)
	version := byte(byCode)
	if session.Kind == forum.IdentitySSO {
		version = byGateway
	}
	raw = append(raw, version)
	raw = append(raw, id[:]...)
	raw = append(raw, contact[:]...)
	raw = binary.BigEndian.AppendUint64(raw, uint64(session.Until.Unix())) //nolint:gosec // after 1970
	raw = binary.BigEndian.AppendUint64(raw, uint64(session.Since.Unix())) //nolint:gosec // read back by the same conversion
	common := byte(0)
	if session.Common {
		common = 1
	}
	raw = append(raw, common)
	raw = append(raw, make([]byte, domainBytes)...)
	copy(raw[len(raw)-domainBytes:], session.Domain)
	raw = append(raw, signed(s.sessionKeys[s.keyID], raw)...)
	return base64.RawURLEncoding.EncodeToString(raw), session, nil
}

// sessionKey signs sessions and nothing else.
func sessionKey(voterKey []byte) []byte { return signed(voterKey, []byte("the citizens' sessions")) }

func signed(key, raw []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(raw)
	return mac.Sum(nil)
}

// readToken gives what a token says, if this city signed it, with VOTER_KEY or an earlier one.
func (s *Store) readToken(token string) (id forum.ID, session forum.Session, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != tokenSize || raw[0] != byCode && raw[0] != byGateway {
		return "", session, false
	}
	for _, key := range s.sessionKeys {
		ok = ok || hmac.Equal(raw[tokenSigned:], signed(key, raw[:tokenSigned]))
	}
	session = forum.Session{
		Contact: forum.ID(uuid.UUID(raw[17:33]).String()),
		Until:   time.Unix(int64(binary.BigEndian.Uint64(raw[33:41])), 0).UTC(), //nolint:gosec // see OpenSession
		Since:   time.Unix(int64(binary.BigEndian.Uint64(raw[41:49])), 0).UTC(), //nolint:gosec // see OpenSession
		Common:  raw[49] == 1, Domain: raw[50:tokenSigned], Kind: forum.IdentityEmail,
	}
	if raw[0] == byGateway { // which tells no address
		session.Kind, session.Domain = forum.IdentitySSO, nil
	}
	return forum.ID(uuid.UUID(raw[1:17]).String()), session, ok
}

// Session tells whose session a token is; a forged, over or ended one is Unauthorised. In a web process it is known from memory
// which were ended; anywhere else, and while the watch can't hear, the database is asked.
func (s *Store) Session(ctx context.Context, token string) (forum.Session, error) {
	id, session, ok := s.readToken(token)
	if !ok || !time.Now().Before(session.Until) {
		return forum.Session{}, forum.Refuse(forum.Unauthorised, "session.ended")
	}
	ended, known := s.watch.hasEnded(id, session)
	if !known {
		err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM purges WHERE session_id = $1 OR contact_id = $2 AND session_until >= $3)`,
			id, session.Contact, session.Until).Scan(&ended)
		if err != nil {
			return forum.Session{}, translate(err)
		}
	}
	if ended {
		return forum.Session{}, forum.Refuse(forum.Unauthorised, "session.ended")
	}
	return session, nil
}

// EndSession signs out: when it returns, no web process knows the session any more. A token that is no session's changes nothing.
func (s *Store) EndSession(ctx context.Context, token string) error {
	id, session, ok := s.readToken(token)
	if !ok || !time.Now().Before(session.Until) {
		return nil
	}
	return s.inTxHeard(ctx, func(tx pgx.Tx) (int64, error) { return purgeSession(ctx, tx, id, session.Until) })
}
