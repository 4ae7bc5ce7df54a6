package postgres

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// noteHits keeps the views that aren't reloads. The forum's shared lock is held, so that the close counts exactly what was
// seen before it; and its hits are noted by one batch at a time, so that two processes don't both count the same visitor.
const noteHits = `
INSERT INTO hits (forum_id, visitor, seen_at, lang)
SELECT f.id, v.visitor, statement_timestamp(), v.lang
FROM unnest(@visitors::bytea[], @langs::text[]) AS v (visitor, lang)
JOIN forums f ON f.id = @forum AND f.status IN ('open', 'suspended')
 AND statement_timestamp() >= f.opens_at AND statement_timestamp() < f.closes_at
WHERE NOT EXISTS (SELECT FROM hits h WHERE h.forum_id = f.id AND h.visitor = v.visitor AND h.seen_at > statement_timestamp() - @window::interval)`

// HitsByLanguage is how often a topic's page was seen in each language, the most seen one first. A forum that was imported has none.
func (s *Store) HitsByLanguage(ctx context.Context, forumID forum.ID) ([]forum.LangHits, error) {
	rows, err := s.pool.Query(ctx, `
SELECT lang, count(*)::int AS hits FROM hits WHERE forum_id = $1 AND NOT (SELECT imported FROM forums WHERE id = $1)
GROUP BY lang ORDER BY hits DESC, lang`, forumID)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[forum.LangHits])
	return all, translate(err)
}

// NoteHits counts views of topic pages during their period; a visitor's second within forum.HitWindow is none.
func (s *Store) NoteHits(ctx context.Context, seen []forum.NewHit) error {
	if len(seen) == 0 {
		return nil
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		groups := byForum(seen, func(h forum.NewHit) forum.ID { return h.Forum }, func(h forum.NewHit) writeKey { return writeKey{"", string(h.Visitor)} })
		for _, group := range groups {
			if err := s.noteHitsOn(ctx, tx, group[0].Forum, group); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) noteHitsOn(ctx context.Context, tx pgx.Tx, forumID forum.ID, seen []forum.NewHit) error {
	if err := lockForumShared(ctx, tx, forumID); err != nil {
		return err
	}
	var keyID, day string
	err := tx.QueryRow(ctx, `
SELECT voter_key, (statement_timestamp() AT TIME ZONE 'Asia/Seoul')::date::text, pg_advisory_xact_lock(hashtextextended('hits of ' || id, 0))
FROM forums WHERE id = $1`, forumID).Scan(&keyID, &day, nil)
	if err != nil {
		return ignoreNoRows(err)
	}
	visitors, langs := make([][]byte, 0, len(seen)), make([]string, 0, len(seen))
	for i, hit := range seen {
		if i > 0 && string(hit.Visitor) == string(seen[i-1].Visitor) {
			continue // they are sorted
		}
		visitor, err := s.personKey(keyID, string(forumID), append([]byte("h:"+day+":"), hit.Visitor...))
		if err != nil {
			return err
		}
		visitors, langs = append(visitors, visitor), append(langs, langOr(hit.Lang))
	}
	_, err = tx.Exec(ctx, noteHits, pgx.NamedArgs{"forum": forumID, "visitors": visitors, "langs": langs, "window": forum.HitWindow})
	return err
}

// recentHits knows who has seen what lately, so that a reload costs no write. It is bounded by two generations; what it has
// forgotten, the database still knows.
type recentHits struct {
	mu         sync.Mutex
	young, old map[[16]byte]time.Time
}

// maxRecentHits bounds a generation: some 10 MB.
const maxRecentHits = 100_000

// isNew says whether a view is worth asking the database about, and remembers it.
func (r *recentHits) isNew(h forum.NewHit, now time.Time) bool {
	sum := sha256.Sum256(append([]byte(h.Forum), h.Visitor...))
	key := [16]byte(sum[:])
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, generation := range []map[[16]byte]time.Time{r.young, r.old} {
		if seen, ok := generation[key]; ok && now.Sub(seen) < forum.HitWindow {
			return false
		}
	}
	if r.young == nil || len(r.young) >= maxRecentHits {
		r.young, r.old = map[[16]byte]time.Time{}, r.young
	}
	r.young[key] = now
	return true
}

// forget lets a view be tried again that could not be noted.
func (r *recentHits) forget(h forum.NewHit) {
	sum := sha256.Sum256(append([]byte(h.Forum), h.Visitor...))
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.young, [16]byte(sum[:]))
}
