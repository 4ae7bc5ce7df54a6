package postgres_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// The cut-off [rule]: the database decides; nothing is accepted after a close has counted, nothing accepted before it is
// lost. 32 clients post and vote across the instant at which the forum stops taking anything.

func TestCutOffIsExactAcrossEveryKindOfClose(t *testing.T) {
	for name, set := range map[string]string{"timer": byTimer, "suspension": bySuspension, "early close": byEarlyClose} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			slowDown(t, s)
			for range 3 {
				if late, lost := closeUnderLoad(t, s, set, s.AcceptOpinions); late != 0 || lost != 0 {
					t.Errorf("%d late, %d lost", late, lost)
				}
			}
		})
	}
}

// TestWithoutTheSharedLockTheCutOffLeaks takes the defence out: the same statement without the lock must let some through,
// or the test above proves nothing.
func TestWithoutTheSharedLockTheCutOffLeaks(t *testing.T) {
	s := newStore(t)
	slowDown(t, s)
	unlocked := func(ctx context.Context, sent []forum.NewOpinion) []forum.Outcome[forum.Accepted] {
		return []forum.Outcome[forum.Accepted]{s.AcceptWithoutLock(ctx, sent[0])}
	}
	if late, _ := closeUnderLoad(t, s, byEarlyClose, unlocked); late == 0 {
		t.Error("nothing came late")
	}
}

// slowDown lets each insert take a moment, as it would on a busy disk, so that a close meets some under way.
func slowDown(t *testing.T, s *postgres.Store) {
	exec(t, s, `CREATE FUNCTION take_a_moment() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.003); RETURN NEW; END'`)
	exec(t, s, `CREATE TRIGGER slow AFTER INSERT ON opinions FOR EACH ROW EXECUTE FUNCTION take_a_moment()`)
	exec(t, s, `CREATE TRIGGER slow AFTER INSERT ON vote_changes FOR EACH ROW EXECUTE FUNCTION take_a_moment()`)
}

// closeUnderLoad gives how many opinions and votes are on record that the close didn't count, or that claim an instant after
// it, and how many were answered as accepted but aren't on record.
func closeUnderLoad(t *testing.T, s *postgres.Store, set string, post func(context.Context, []forum.NewOpinion) []forum.Outcome[forum.Accepted]) (late, lost int) {
	t.Helper()
	id := openForum(t, s)
	target := accept(t, s, opinionOf(id, "여기에 공감해 주십시오."))[0].ID
	var clients sync.WaitGroup
	var mu sync.Mutex
	accepted := []forum.ID{target}
	votes := 0
	for client := range 32 {
		clients.Go(func() {
			person := forum.NewVote{Opinion: target, Citizen: citizen(t, s, "voter-"+number(client)+string(id)), Choice: forum.For}
			for {
				var err error
				if client%4 == 0 {
					err = s.CastVotes(t.Context(), []forum.NewVote{person})[0].Err
					person.Choice = forum.Against // the next one changes it
				} else {
					outcome := post(t.Context(), []forum.NewOpinion{opinionOf(id, "마감 직전")})[0]
					if err = outcome.Err; err == nil {
						mu.Lock()
						accepted = append(accepted, outcome.Answer.ID)
						mu.Unlock()
					}
				}
				if err != nil {
					if forum.CodeOf(err) != forum.Conflict {
						t.Error(err)
					}
					return
				}
				if client%4 == 0 {
					mu.Lock()
					votes++
					mu.Unlock()
				}
			}
		})
	}
	for one[int](t, s, `SELECT count(*) FROM vote_changes WHERE opinion_id = $1`, target) < 10 {
		time.Sleep(5 * time.Millisecond) // until all have got going
	}
	if set == byTimer {
		exec(t, s, `UPDATE forums SET closes_at = clock_timestamp() + interval '50 ms' WHERE id = $1`, id)
	}
	var at time.Time
	for changed := false; !changed; time.Sleep(5 * time.Millisecond) { // a timer that comes early tries again
		var err error
		if at, changed, err = changeStatus(t.Context(), s, id, set); err != nil {
			t.Fatal(err)
		}
	}
	counted := one[int](t, s, `SELECT count(*) FROM opinions WHERE forum_id = $1`, id)
	changes := one[int](t, s, `SELECT count(*) FROM vote_changes WHERE opinion_id = $1`, target)
	clients.Wait()

	late = one[int](t, s, `SELECT count(*) FROM opinions WHERE forum_id = $1`, id) - counted +
		one[int](t, s, `SELECT count(*) FROM vote_changes WHERE opinion_id = $1`, target) - changes +
		one[int](t, s, `SELECT count(*) FROM opinions WHERE forum_id = $1 AND accepted_at >= $2`, id, at) +
		one[int](t, s, `SELECT count(*) FROM vote_changes WHERE opinion_id = $1 AND accepted_at >= $2`, target, at)
	lost = len(accepted) - one[int](t, s, `SELECT count(*) FROM opinions WHERE id = ANY($1)`, accepted) +
		votes - one[int](t, s, `SELECT count(*) FROM vote_changes WHERE opinion_id = $1`, target)
	if set != bySuspension {
		var frozen forum.Figures
		if err := json.Unmarshal(one[[]byte](t, s, `SELECT figures FROM analyses WHERE forum_id = $1`, id), &frozen); err != nil {
			t.Fatal(err)
		}
		late += one[int](t, s, `SELECT count(*) FROM opinions WHERE forum_id = $1`, id) - frozen.Opinions
		if standing := one[int](t, s, `SELECT count(*) FROM votes WHERE opinion_id = $1 AND choice <> 0`, target); standing != frozen.VotesFor+frozen.VotesAgainst {
			late++
		}
	}
	t.Logf("%d opinions and %d votes accepted", len(accepted), votes)
	return late, lost
}
