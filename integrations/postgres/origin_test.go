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
