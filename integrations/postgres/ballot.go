package postgres

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// ballot is what decides who may vote on an opinion; none of it ever changes.
type ballot struct {
	ID       forum.ID
	ForumID  forum.ID
	Author   []byte
	VoterKey string
	Identity forum.IdentityPolicy
}

// maxBallots bounds each of the two generations that are remembered: some 20 MB.
const maxBallots = 50_000

// ballots remembers what was asked lately, so that a vote on an opinion that others vote on costs no question.
type ballots struct {
	mu         sync.Mutex
	young, old map[forum.ID]ballot
}

// find gives what is remembered of some opinions, and which must be asked for.
func (b *ballots) find(casts []*cast) (known map[forum.ID]ballot, missing []string) {
	known = make(map[forum.ID]ballot, len(casts))
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range casts {
		if _, done := known[c.Opinion]; done {
			continue
		}
		one, ok := b.young[c.Opinion]
		if !ok {
			if one, ok = b.old[c.Opinion]; ok {
				b.keep(one)
			}
		}
		if ok {
			known[c.Opinion] = one
		} else {
			missing = append(missing, string(c.Opinion))
		}
	}
	return known, missing
}

func (b *ballots) keep(one ballot) {
	if b.young == nil || len(b.young) >= maxBallots {
		b.young, b.old = map[forum.ID]ballot{}, b.young
	}
	b.young[one.ID] = one
}

// ballotsOf are those of the opinions that are voted on; an opinion that nobody knows has none.
func (s *Store) ballotsOf(ctx context.Context, casts []*cast) (map[forum.ID]ballot, error) {
	known, missing := s.ballots.find(casts)
	if len(missing) == 0 {
		return known, nil
	}
	rows, err := s.pool.Query(ctx, `
SELECT o.id, o.forum_id, o.author, f.voter_key, f.identity FROM opinions o JOIN forums f ON f.id = o.forum_id WHERE o.id = ANY($1)`, missing)
	if err != nil {
		return nil, err
	}
	asked, err := pgx.CollectRows(rows, pgx.RowToStructByName[ballot])
	if err != nil {
		return nil, err
	}
	s.ballots.mu.Lock()
	defer s.ballots.mu.Unlock()
	for _, one := range asked {
		known[one.ID] = one
		s.ballots.keep(one)
	}
	return known, nil
}
