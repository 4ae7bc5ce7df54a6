package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// TestOfficialProtectsAForumUntilTheyEndIt: with a reason, on the trail, and no longer than the forum is open.
func TestOfficialProtectsAForumUntilTheyEndIt(t *testing.T) {
	c := newCity(t)
	id := c.open()
	protect := func(by string, on bool, reason string) error {
		return c.ProtectForum(t.Context(), c.official(by), "10.0.0.1", id, on, reason)
	}
	pressures := func(n int) []forum.Pressure {
		t.Helper()
		all, err := c.Pressures(t.Context())
		if err != nil || len(all) != n {
			t.Fatalf("%+v %v, want %d", all, err, n)
		}
		return all
	}
	refused(t, protect("analyst", true, "광고가 몰립니다."), forum.Forbidden, "duty.missing")
	refused(t, protect("officer", true, ""), forum.Invalid, "reason.missing")
	pressures(0)
	c.must(protect("moderator", true, "광고가 몰립니다."))
	c.must(protect("officer", true, "또 눌렀습니다."))
	if one := pressures(1)[0]; one.Forum != id || !one.Protected || one.Reason != "광고가 몰립니다." || one.Since.IsZero() || one.Title == "" {
		t.Errorf("%+v", one)
	}
	c.must(protect("officer", false, "잠잠해졌습니다."))
	pressures(0)
	for action, reason := range map[string]string{"forum.protect": "광고가 몰립니다.", "forum.protect_end": "잠잠해졌습니다."} {
		if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE action = $1 AND reason = $2 AND forum_id = $3`, action, reason, id); n != 1 {
			t.Errorf("%d rows of %s on the trail", n, action)
		}
	}
	c.must(protect("officer", true, "다시 몰립니다."))
	c.mustInForum("officer", forum.CloseForum, id, "목적을 이루었습니다.", c.atOnce())
	pressures(0)
	refused(t, protect("officer", true, "끝났습니다."), forum.Conflict, "procedure.moved_on")
	c.wantNothingWrong()
}

// TestPressureEndsByItself: it lasts from the last that was too much; its beginning stays while it goes on; what is no forum is
// passed over, and what is over is forgotten.
func TestPressureEndsByItself(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	note := func() {
		t.Helper()
		if err := s.NotePressure(t.Context(), []forum.ID{id, "", postgres.NewID()}); err != nil {
			t.Fatal(err)
		}
	}
	note()
	exec(t, s, `UPDATE pressures SET since = since - interval '5 minutes', until = until - interval '5 minutes'`)
	note()
	all, err := s.Pressures(t.Context())
	if err != nil || len(all) != 2 || time.Since(all[0].Since) < 4*time.Minute || time.Since(all[1].Since) < 4*time.Minute {
		t.Errorf("%+v %v", all, err)
	}
	exec(t, s, `UPDATE pressures SET until = now() - interval '1 second'`)
	if all, err = s.Pressures(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%+v %v", all, err)
	}
	note()
	if all, err = s.Pressures(t.Context()); err != nil || len(all) != 2 || time.Since(all[0].Since) > time.Minute {
		t.Errorf("%+v %v", all, err)
	}
	exec(t, s, `UPDATE pressures SET until = now() - interval '2 days'`)
	exec(t, s, `INSERT INTO spent_challenges VALUES ('a', 'b', now() - interval '1 hour'), ('c', 'd', now() + interval '1 hour')`)
	exec(t, s, `INSERT INTO shared_rates VALUES ('a', now() - interval '1 hour'), ('c', now())`)
	exec(t, s, `INSERT INTO shared_rates SELECT int8send(n), now() - interval '1 hour' FROM generate_series(1, 20001) AS n`) // a crowd's
	if err := s.ForgetPressure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.ForgetRates(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, s, `SELECT (SELECT count(*) FROM pressures) + (SELECT count(*) FROM spent_challenges) + (SELECT count(*) FROM shared_rates)`); n != 2 {
		t.Errorf("%d rows", n)
	}
}

// TestSolutionIsGoodForOneThing: for the same thing again it still counts, for another it never does.
func TestSolutionIsGoodForOneThing(t *testing.T) {
	s := newStore(t)
	until := time.Now().Add(time.Minute)
	for range 2 {
		if err := s.SpendChallenge(t.Context(), []byte("task"), []byte("an opinion"), until); err != nil {
			t.Fatal(err)
		}
	}
	refused(t, s.SpendChallenge(t.Context(), []byte("task"), []byte("another opinion"), until), forum.Forbidden, "challenge.spent")
}
