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

// ending is how a board stops taking anything, some time from now. try says whether it has, and is tried again until then.
type ending struct {
	after string
	try   func(ctx context.Context, s *postgres.Store, id, officer, approver forum.ID) (bool, error)
}

var byTimer = ending{"100 ms", func(ctx context.Context, s *postgres.Store, id, _, _ forum.ID) (bool, error) {
	facts, err := s.CloseForum(ctx, id)
	if forum.CodeOf(err) == forum.Unavailable {
		return false, nil // a timer that came early
	}
	return facts.Status == forum.Closed, err
}}

func byDecision(action forum.Action, carryOut func(*postgres.Store, context.Context, forum.ID) (forum.ForumFacts, error)) ending {
	return ending{"1 hour", func(ctx context.Context, s *postgres.Store, id, officer, approver forum.ID) (bool, error) {
		atOnce, err := json.Marshal(forum.ActDetails{AfterTheFact: true,
			LineDetails: forum.LineDetails{Signers: []forum.LineSigner{{Role: forum.Approver, Official: approver}}}})
		if err != nil {
			return false, err
		}
		d := forum.Decision{ID: postgres.NewID(), Action: action, Noun: forum.TheForum, Subject: id, By: officer, Reason: "선거 기간입니다.", Details: atOnce}
		if err := s.RecordDecision(ctx, d); err != nil {
			return false, err
		}
		_, err = carryOut(s, ctx, d.ID)
		return true, err
	}}
}

var (
	bySuspension = byDecision(forum.SuspendForum, (*postgres.Store).SuspendForum)
	byEarlyClose = byDecision(forum.CloseForum, (*postgres.Store).CloseForumEarly)
)

func TestCutOffIsExactAcrossEveryKindOfClose(t *testing.T) {
	for name, end := range map[string]ending{"timer": byTimer, "suspension": bySuspension, "early close": byEarlyClose} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			slowDown(t, s, "0.005")
			for range 3 {
				if late, lost := closeUnderLoad(t, s, end, s.AcceptOpinions); late != 0 || lost != 0 {
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
	slowDown(t, s, "0.1")
	unlocked := func(ctx context.Context, sent []forum.NewOpinion) []forum.Outcome[forum.Accepted] {
		return []forum.Outcome[forum.Accepted]{s.AcceptWithoutLock(ctx, sent[0])}
	}
	if late, _ := closeUnderLoad(t, s, byEarlyClose, unlocked); late == 0 {
		t.Error("nothing came late")
	}
}

// slowDown lets each insert take a moment between looking at the forum and writing the row, so that a close meets some under
// way.
func slowDown(t *testing.T, s *postgres.Store, seconds string) {
	exec(t, s, `CREATE FUNCTION take_a_moment() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(`+seconds+`); RETURN NEW; END'`)
	exec(t, s, `CREATE TRIGGER slow BEFORE INSERT ON opinions FOR EACH ROW EXECUTE FUNCTION take_a_moment()`)
	exec(t, s, `CREATE TRIGGER slow BEFORE INSERT ON vote_changes FOR EACH ROW EXECUTE FUNCTION take_a_moment()`)
}

// rush is 32 clients at one board.
type rush struct {
	sync.Mutex
	clients  sync.WaitGroup
	accepted []forum.ID // opinions
	votes    int
}

// closeUnderLoad gives how many opinions and votes are on record that the close didn't count, or that claim an instant after
// it, and how many were answered as accepted but aren't on record.
func closeUnderLoad(t *testing.T, s *postgres.Store, end ending, post func(context.Context, []forum.NewOpinion) []forum.Outcome[forum.Accepted]) (late, lost int) {
	t.Helper()
	id := openForum(t, s)
	officer := official(t, s, "officer-"+string(id), forum.Officer).ID
	approver := official(t, s, "executive-"+string(id), forum.Executive).ID
	target := accept(t, s, opinionOf(id, "여기에 공감해 주십시오."))[0].ID
	r := &rush{accepted: []forum.ID{target}}
	for client := range 24 {
		r.clients.Go(func() {
			r.untilRefused(t, func() error {
				outcome := post(t.Context(), []forum.NewOpinion{opinionOf(id, "마감 직전 "+number(client))})[0]
				if outcome.Err == nil {
					r.Lock()
					r.accepted = append(r.accepted, outcome.Answer.ID)
					r.Unlock()
				}
				return outcome.Err
			})
		})
	}
	for client := range 8 {
		r.clients.Go(func() {
			mine := forum.NewVote{Opinion: target, Citizen: citizen(t, s, "voter-"+number(client)+string(id)), Choice: forum.For}
			r.untilRefused(t, func() error {
				outcome := s.CastVotes(t.Context(), []forum.NewVote{mine})[0]
				if outcome.Err == nil {
					r.Lock()
					r.votes++
					r.Unlock()
				}
				mine.Choice = forum.Against // the next one changes it
				return outcome.Err
			})
		})
	}
	for one[int](t, s, `SELECT count(*) FROM vote_changes WHERE opinion_id = $1`, target) < 10 {
		time.Sleep(5 * time.Millisecond) // until all have got going
	}
	exec(t, s, `UPDATE forums SET closes_at = clock_timestamp() + $2::interval WHERE id = $1`, id, end.after)
	for ended := false; !ended; time.Sleep(5 * time.Millisecond) {
		var err error
		if ended, err = end.try(t.Context(), s, id, officer, approver); err != nil {
			t.Fatal(err)
		}
	}
	at := one[time.Time](t, s, `SELECT coalesce(suspended_at, closed_at) FROM forums WHERE id = $1`, id)
	opinions, changes := recorded(t, s, id, target)
	r.clients.Wait()
	return r.judge(t, s, id, target, at, opinions, changes)
}

// untilRefused goes on until the board takes nothing more; any other trouble fails the test.
func (r *rush) untilRefused(t *testing.T, try func() error) {
	for {
		if err := try(); err != nil {
			if forum.CodeOf(err) != forum.Conflict {
				t.Error(err)
			}
			return
		}
	}
}

func recorded(t *testing.T, s *postgres.Store, id, target forum.ID) (opinions, changes int) {
	return one[int](t, s, `SELECT count(*) FROM opinions WHERE forum_id = $1`, id), one[int](t, s, `SELECT count(*) FROM vote_changes WHERE opinion_id = $1`, target)
}

func (r *rush) judge(t *testing.T, s *postgres.Store, id, target forum.ID, at time.Time, opinions, changes int) (late, lost int) {
	t.Helper()
	t.Logf("%d opinions and %d votes accepted", len(r.accepted), r.votes)
	opinionsNow, changesNow := recorded(t, s, id, target)
	late = opinionsNow - opinions + changesNow - changes +
		one[int](t, s, `SELECT count(*) FROM opinions WHERE forum_id = $1 AND accepted_at >= $2`, id, at) +
		one[int](t, s, `SELECT count(*) FROM vote_changes WHERE opinion_id = $1 AND accepted_at >= $2`, target, at)
	lost = len(r.accepted) - one[int](t, s, `SELECT count(*) FROM opinions WHERE id = ANY($1)`, r.accepted) + r.votes - changesNow
	if one[bool](t, s, `SELECT status = 'suspended' FROM forums WHERE id = $1`, id) {
		return late, lost
	}
	var frozen forum.Figures
	if err := json.Unmarshal(one[[]byte](t, s, `SELECT figures FROM analyses WHERE forum_id = $1`, id), &frozen); err != nil {
		t.Fatal(err)
	}
	late += opinionsNow - frozen.Opinions
	if standing := one[int](t, s, `SELECT count(*) FROM votes WHERE opinion_id = $1 AND choice <> 0`, target); standing != frozen.VotesFor+frozen.VotesAgainst {
		late++
	}
	return late, lost
}
