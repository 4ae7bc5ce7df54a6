package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres/pgtest"
)

// TestRecountRaisesAnAlarmAndPutsRight: what somebody changed in the tables by hand is found, told, and put right.
func TestRecountRaisesAnAlarmAndPutsRight(t *testing.T) {
	s := newStore(t)
	id, other := openForum(t, s), openForum(t, s)
	opinion := accept(t, s, opinionOf(id, "공감해 주십시오."), opinionOf(other, "저쪽 의견"))[0].ID
	vote(t, s, forum.NewVote{Opinion: opinion, Citizen: citizen(t, s, "a"), Choice: forum.For})
	if err := s.Recount(t.Context()); err != nil {
		t.Fatal(err)
	}
	if alarms, err := s.CountAlarms(t.Context()); err != nil || len(alarms) != 0 {
		t.Fatalf("an alarm over nothing: %+v, %v", alarms, err)
	}
	exec(t, s, `UPDATE vote_counts SET votes_for = 99`)
	exec(t, s, `UPDATE forum_counts SET votes_for = 99 WHERE forum_id = $1`, id)
	vote(t, s, forum.NewVote{Opinion: opinion, Citizen: citizen(t, s, "b"), Choice: forum.For}) // what isn't tallied yet is no mistake
	if err := s.Recount(t.Context()); err != nil {
		t.Fatal(err)
	}
	alarms, err := s.CountAlarms(t.Context())
	if err != nil || len(alarms) != 1 || alarms[0].Forum != id || alarms[0].Shown.VotesFor != 100 || alarms[0].Counted.VotesFor != 2 {
		t.Errorf("%+v, %v", alarms, err)
	}
	if got := shown(t, s, id); got.VotesFor != 2 {
		t.Errorf("shown %+v", got)
	}
	if n := one[int](t, s, `SELECT votes_for FROM vote_counts WHERE opinion_id = $1`, opinion); n != 2 {
		t.Errorf("the opinion shows %d", n)
	}
	tally(t, s)
	if got := shown(t, s, id); got.VotesFor != 2 {
		t.Errorf("a tally after it: %+v", got)
	}
}

func TestRecountComesOnceANight(t *testing.T) {
	url := pgtest.URL(t)
	clock := pgtest.OwnClock(t, url)
	s := storeOn(t, url)
	seoul := time.FixedZone("KST", 9*60*60)
	day := func(day, hour int) time.Time { return time.Date(2030, 5, day, hour, 0, 0, 0, seoul) }
	last := func() time.Time { return one[time.Time](t, s, `SELECT recounted_at FROM tally_cursor`) }
	for _, c := range []struct {
		at  time.Time
		due bool
	}{{day(1, 4), true}, {day(1, 5), false}, {day(2, 2), false}, {day(2, 3), true}, {day(2, 23), false}, {day(9, 12), true}} {
		clock.Set(c.at)
		before := last()
		if err := s.RecountNightly(t.Context()); err != nil {
			t.Fatal(err)
		}
		if ran := !last().Equal(before); ran != c.due {
			t.Errorf("%s: recounted %v", c.at, ran)
		}
	}
}
