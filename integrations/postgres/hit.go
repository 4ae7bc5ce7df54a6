package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// noteHits keeps the views that aren't reloads. The forum's shared lock is held, so that the close counts exactly what was
// seen before it; and its hits are noted by one batch at a time, so that two processes don't both count the same visitor.
const noteHits = `
INSERT INTO hits (forum_id, visitor, seen_at)
SELECT f.id, v.visitor, statement_timestamp()
FROM unnest(@visitors::bytea[]) AS v (visitor)
JOIN forums f ON f.id = @forum AND f.status IN ('open', 'suspended')
 AND statement_timestamp() >= f.opens_at AND statement_timestamp() < f.closes_at
WHERE NOT EXISTS (SELECT FROM hits h WHERE h.forum_id = f.id AND h.visitor = v.visitor AND h.seen_at > statement_timestamp() - @window::interval)`

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
	var keyID string
	err := tx.QueryRow(ctx, `SELECT voter_key, pg_advisory_xact_lock(hashtextextended('hits of ' || id, 0)) FROM forums WHERE id = $1`, forumID).
		Scan(&keyID, nil)
	if err != nil {
		return ignoreNoRows(err)
	}
	visitors := make([][]byte, 0, len(seen))
	for i, hit := range seen {
		if i > 0 && string(hit.Visitor) == string(seen[i-1].Visitor) {
			continue // they are sorted
		}
		visitor, err := s.personKey(keyID, string(forumID), append([]byte("h:"), hit.Visitor...))
		if err != nil {
			return err
		}
		visitors = append(visitors, visitor)
	}
	_, err = tx.Exec(ctx, noteHits, pgx.NamedArgs{"forum": forumID, "visitors": visitors, "window": forum.HitWindow})
	return err
}
