package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
)

func TestOriginIsKeptWithVoteAndOpinionAndLeadsToNoAddress(t *testing.T) {
	s := newStore(t)
	from := forum.Origin{Network: []byte("near"), Wide: []byte("wide"), Domain: []byte("home"), Common: true, Age: 90 * time.Second}
	o := opinionOf(openForum(t, s), "공감해 주십시오.")
	o.Origin = from
	opinion := accept(t, s, o)[0].ID
	vote(t, s, forum.NewVote{Opinion: opinion, Citizen: citizen(t, s, "voter"), Choice: forum.For, Origin: from},
		forum.NewVote{Opinion: opinion, Citizen: citizen(t, s, "other"), Choice: forum.For})
	const kept = `network = 'near' AND wide = 'wide' AND domain = 'home' AND common AND account_age = 90`
	if n := one[int](t, s, `SELECT count(*) FROM opinions WHERE `+kept); n != 1 {
		t.Error("the opinion's origin isn't kept")
	}
	if n := one[int](t, s, `SELECT count(*) FROM vote_changes WHERE `+kept); n != 1 {
		t.Error("the vote's origin isn't kept")
	}
	if n := one[int](t, s, `SELECT count(*) FROM vote_changes WHERE network IS NULL AND domain IS NULL AND NOT common AND account_age IS NULL`); n != 1 {
		t.Error("a vote of unknown origin isn't kept as such")
	}
}

// TestOriginsAreErasedSomeTimeAfterTheClose, of votes and of opinions, a forum at a time; what they belong to stays as it is.
func TestOriginsAreErasedSomeTimeAfterTheClose(t *testing.T) {
	s := newStore(t)
	from := forum.Origin{Network: []byte("near"), Wide: []byte("wide"), Domain: []byte("home"), Common: true, Age: 90 * time.Second}
	const known = `network IS NOT NULL OR wide IS NOT NULL OR domain IS NOT NULL OR common OR account_age IS NOT NULL`
	left := func(id forum.ID) int {
		return one[int](t, s, `SELECT (SELECT count(*) FROM opinions WHERE forum_id = $1 AND (`+known+`)) +
			(SELECT count(*) FROM vote_changes c JOIN opinions o ON o.id = c.opinion_id WHERE o.forum_id = $1 AND (c.network IS NOT NULL OR c.wide IS NOT NULL OR
				c.domain IS NOT NULL OR c.common OR c.account_age IS NOT NULL))`, id)
	}
	ids := map[string]forum.ID{}
	for _, name := range []string{"open", "closed lately", "closed long ago", "withdrawn long ago"} {
		id := openForum(t, s)
		o := opinionOf(id, "공감해 주십시오.")
		o.Origin = from
		vote(t, s, forum.NewVote{Opinion: accept(t, s, o)[0].ID, Citizen: citizen(t, s, "voter-"+string(id)), Choice: forum.For, Origin: from})
		ids[name] = id
		if left(id) != 2 {
			t.Fatalf("%d origins", left(id))
		}
	}
	exec(t, s, `UPDATE forums SET status = 'closed', closed_at = now() - interval '89 days' WHERE id = $1`, ids["closed lately"])
	exec(t, s, `UPDATE forums SET status = 'published', closed_at = now() - interval '91 days' WHERE id = $1`, ids["closed long ago"])
	exec(t, s, `UPDATE forums SET status = 'withdrawn', opens_at = now() - interval '99 days', closes_at = now() - interval '91 days' WHERE id = $1`, ids["withdrawn long ago"])
	for range 2 {
		if err := s.EraseOrigins(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]int{"open": 2, "closed lately": 2, "closed long ago": 0, "withdrawn long ago": 0} {
		if n := left(ids[name]); n != want {
			t.Errorf("%s: %d origins, want %d", name, n, want)
		}
	}
	if n := one[int](t, s, `SELECT count(*) FROM vote_changes WHERE choice = 1`); n != 4 {
		t.Errorf("%d votes of 4", n)
	}
	if n := one[int](t, s, `SELECT count(*) FROM forums WHERE origins_erased_at IS NOT NULL`); n != 2 {
		t.Errorf("%d forums are done", n)
	}
}
