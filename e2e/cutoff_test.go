package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"acropolis/e2e/program"
	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/temporal"
)

// The cut-off [rule], over HTTP: the database decides; nothing is accepted after a close has counted, and nothing accepted
// before it is lost. 32 clients post and vote at two web processes across each close.

const (
	clients  = 32
	closings = 20 // of each kind
	onTime   = time.Second
)

func TestNothingIsAcceptedAfterTheClose(t *testing.T) {
	a := newArena(t, "")
	for _, kind := range []ending{byTimer, bySuspension, byEarlyClose} {
		t.Run(string(kind), func(t *testing.T) {
			var took []time.Duration
			var sum figures
			n := closings
			if testing.Short() {
				n = 2
			}
			for range n {
				f := a.closeUnderLoad(t, kind)
				if f.lateOpinions != 0 || f.lateVotes != 0 || f.lost != 0 {
					t.Errorf("%d opinions and %d votes late, %d lost", f.lateOpinions, f.lateVotes, f.lost)
				}
				if f.took > onTime {
					t.Errorf("closed %v after it was due", f.took)
				}
				took = append(took, f.took)
				sum.opinions, sum.votes = sum.opinions+f.opinions, sum.votes+f.votes
			}
			slices.Sort(took)
			t.Logf("%d closings: %d opinions and %d votes accepted, closed after %v (median), %v (most)", n, sum.opinions, sum.votes,
				took[len(took)/2].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
		})
	}
	wellKept(t, a.store)
}

// TestWithoutTheSharedLockTheCloseLeaks takes the defence out of the web processes: then something must come late, or the test
// above proves nothing.
func TestWithoutTheSharedLockTheCloseLeaks(t *testing.T) {
	a := newArena(t, program.Mutant(t, "webui", "integrations/postgres/store.go",
		"CASE WHEN pg_try_advisory_xact_lock_shared(hashtextextended($1, 0)) THEN $1 ELSE '' END", "$1"))
	opinions, votes := 0, 0
	for n := range closings {
		f := a.closeUnderLoad(t, byEarlyClose)
		opinions, votes = opinions+f.lateOpinions, votes+f.lateVotes
		if opinions > 0 && votes > 0 {
			t.Logf("%d closings let %d opinions and %d votes in too late", n+1, opinions, votes)
			return
		}
	}
	t.Errorf("%d closings without the lock, and only %d opinions and %d votes came late", closings, opinions, votes)
}

type ending string

const (
	byTimer      ending = "timer"
	bySuspension ending = "suspension"
	byEarlyClose ending = "early close"
)

// arena is a city with two web processes and people who hurry.
type arena struct {
	store     *postgres.Store
	conductor *temporal.Conductor
	webs      []string
	people    []*citizen
	watcher   *citizen
	officer   forum.ID
}

func newArena(t *testing.T, webui string) *arena {
	c := newCity(t)
	c.settings["PRESSURE_WRITES"] = "0" // this rush is no attack: nobody is to solve tasks
	c.worker()
	if webui == "" {
		webui = program.Binary(t, "webui")
	}
	a := &arena{store: c.store(), conductor: c.conductor()}
	a.webs = []string{c.webuiOf(webui, c.public, c.office).public, c.another(webui).public}
	a.officer = awaitOfficial(t, a.store, anOfficer)
	for range clients {
		a.people = append(a.people, confirmed(t, a.store))
	}
	a.watcher = confirmed(t, a.store)
	// What the close has counted is kept aside at that very moment: the shown figures are recounted later when an opinion is
	// hidden, which would count in what came late.
	execute(t, a.store, `CREATE TABLE counted (forum_id uuid PRIMARY KEY, opinions int NOT NULL, changes int NOT NULL, figures jsonb)`)
	execute(t, a.store, `
CREATE FUNCTION count_at_the_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	INSERT INTO counted SELECT NEW.id, (SELECT count(*) FROM opinions WHERE forum_id = NEW.id),
		(SELECT count(*) FROM vote_changes c JOIN opinions o ON o.id = c.opinion_id WHERE o.forum_id = NEW.id);
	RETURN NEW;
END $$`)
	execute(t, a.store, `
CREATE TRIGGER counted AFTER UPDATE OF status ON forums FOR EACH ROW WHEN (OLD.status = 'open' AND NEW.status <> 'open')
EXECUTE FUNCTION count_at_the_end()`)
	execute(t, a.store, `
CREATE FUNCTION keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	UPDATE counted SET figures = NEW.figures WHERE forum_id = NEW.forum_id;
	RETURN NEW;
END $$`)
	execute(t, a.store, `CREATE TRIGGER frozen AFTER INSERT ON analyses FOR EACH ROW EXECUTE FUNCTION keep_frozen()`)
	return a
}

// figures are what one closing under load came to.
type figures struct {
	opinions, votes         int           // answered as accepted
	lateOpinions, lateVotes int           // on record, but accepted at or after the end, or not in what it has counted
	lost                    int           // answered as accepted, but not on record or not as answered
	took                    time.Duration // from the instant at which the close was due until citizens saw it
}

// closeUnderLoad opens a forum, lets everybody post and vote until it takes nothing more, and ends it meanwhile.
func (a *arena) closeUnderLoad(t *testing.T, kind ending) figures {
	t.Helper()
	for i := range a.people { // others each time: nobody votes more often than one may
		a.people[i] = confirmed(t, a.store)
	}
	period := time.Hour
	if kind == byTimer {
		period = 1500 * time.Millisecond
	}
	id := forumIn(t, a.store, forum.Open, period)
	due := one[time.Time](t, a.store, `SELECT closes_at FROM forums WHERE id = $1`, id)
	if err := a.conductor.Start(t.Context(), forum.Start{Noun: forum.TheForum, ID: id}); err != nil {
		t.Fatal(err)
	}
	target := a.aim(t, id)
	rush := a.rush(t, id, target)
	if kind != byTimer {
		time.Sleep(300*time.Millisecond + rand.N(300*time.Millisecond)) //nolint:gosec // no secret
		due = time.Now()
		action := forum.CloseForum
		if kind == bySuspension {
			action = forum.SuspendForum
		}
		if err := decide(t.Context(), a.store, a.conductor, atOnce(t, a.store, action, id, a.officer, "다음 일정에 맞추어 마칩니다.")); err != nil {
			t.Fatal(err)
		}
	}
	seen := a.awaitEnd(t, id)
	f := rush.result(t)
	f.took = seen.Sub(due)
	a.check(t, kind, id, target, rush, &f)
	return f
}

// aim posts the opinion that everybody votes on.
func (a *arena) aim(t *testing.T, id forum.ID) forum.ID {
	t.Helper()
	accepted, got, err := a.watcher.post(t.Context(), a.webs[0], id, newKey(), "나무 그늘이 넓은 광장이면 좋겠습니다.", "")
	if err != nil || !got.ok() {
		t.Fatal(got, err)
	}
	return accepted.ID
}

// awaitEnd tells when a citizen saw that the forum is no longer open.
func (a *arena) awaitEnd(t *testing.T, id forum.ID) (seen time.Time) {
	t.Helper()
	program.Await(t, "the end of the open period", 30*time.Second, func(ctx context.Context) bool {
		topic, err := a.watcher.statusOf(ctx, a.webs[1], id)
		if err != nil {
			t.Fatal(err)
		}
		seen = time.Now()
		return topic.Status != forum.Open
	})
	return seen
}

// rush is everybody posting and voting at once.
type rush struct {
	done     sync.WaitGroup
	mu       sync.Mutex
	opinions []forum.ID
	votes    map[forum.ID]int          // accepted changes by voter
	last     map[forum.ID]forum.Choice // the last accepted one
	faults   []error
}

// rush sends until the forum takes nothing more: half of the people post, half vote, at both web processes alike.
func (a *arena) rush(t *testing.T, id, target forum.ID) *rush {
	r := &rush{votes: map[forum.ID]int{}, last: map[forum.ID]forum.Choice{}}
	for n, person := range a.people {
		web := a.webs[n/2%2]
		r.done.Go(func() {
			for turn := 0; ; turn++ {
				var goesOn bool
				var err error
				if n%2 == 0 {
					goesOn, err = r.post(t.Context(), person, web, id, fmt.Sprintf("마감 직전에 보냅니다. %d-%d", n, turn))
				} else {
					goesOn, err = r.vote(t.Context(), person, web, target, []forum.Choice{forum.For, forum.Against}[turn%2])
				}
				if err != nil {
					r.mu.Lock()
					r.faults = append(r.faults, err)
					r.mu.Unlock()
				}
				if err != nil || !goesOn {
					return
				}
			}
		})
	}
	return r
}

func (r *rush) post(ctx context.Context, p *citizen, web string, id forum.ID, text string) (goesOn bool, err error) {
	accepted, a, err := p.post(ctx, web, id, newKey(), text, "")
	if err != nil || !a.ok() {
		return false, endedBy(a, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.opinions = append(r.opinions, accepted.ID)
	return true, nil
}

func (r *rush) vote(ctx context.Context, p *citizen, web string, target forum.ID, choice forum.Choice) (goesOn bool, err error) {
	a, err := p.vote(ctx, web, target, newKey(), choice)
	if err != nil || !a.ok() {
		return false, endedBy(a, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.votes[p.contact]++
	r.last[p.contact] = choice
	return true, nil
}

// endedBy is nil for the refusal that ends the rush: the forum has closed, or is suspended.
func endedBy(a answer, err error) error {
	if err == nil && a.key() != "forum.closed" && a.key() != "forum.suspended" {
		err = fmt.Errorf("refused: %v", a)
	}
	return err
}

func (r *rush) result(t *testing.T) figures {
	t.Helper()
	r.done.Wait()
	for _, fault := range r.faults {
		t.Error(fault)
	}
	f := figures{opinions: len(r.opinions)}
	for _, n := range r.votes {
		f.votes += n
	}
	return f
}

// check compares what is on record with what the end has counted and with what was answered.
func (a *arena) check(t *testing.T, kind ending, id, target forum.ID, r *rush, f *figures) {
	t.Helper()
	ended := one[time.Time](t, a.store, `SELECT coalesce(suspended_at, least(closes_at, closed_at)) FROM forums WHERE id = $1`, id)
	opinions := one[int](t, a.store, `SELECT count(*) FROM opinions WHERE forum_id = $1`, id)
	changes := one[int](t, a.store, `SELECT count(*) FROM vote_changes WHERE opinion_id = $1`, target)
	f.lateOpinions = max(opinions-one[int](t, a.store, `SELECT opinions FROM counted WHERE forum_id = $1`, id),
		one[int](t, a.store, `SELECT count(*) FROM opinions WHERE forum_id = $1 AND accepted_at >= $2`, id, ended))
	f.lateVotes = max(changes-one[int](t, a.store, `SELECT changes FROM counted WHERE forum_id = $1`, id),
		one[int](t, a.store, `SELECT count(*) FROM vote_changes WHERE opinion_id = $1 AND accepted_at >= $2`, target, ended))
	if raw := one[[]byte](t, a.store, `SELECT figures FROM counted WHERE forum_id = $1`, id); raw != nil {
		var frozen forum.Figures
		if err := json.Unmarshal(raw, &frozen); err != nil {
			t.Fatal(err)
		}
		f.lateOpinions = max(f.lateOpinions, opinions-frozen.Opinions)
		f.lateVotes = max(f.lateVotes, one[int](t, a.store, `SELECT count(*) FROM votes WHERE opinion_id = $1 AND choice <> 0`, target)-
			frozen.VotesFor-frozen.VotesAgainst)
	} else if kind != bySuspension {
		t.Error("nothing was frozen")
	}
	f.lost += f.opinions + 1 - one[int](t, a.store, `SELECT count(*) FROM opinions WHERE id = ANY($1)`, append(r.opinions, target))
	f.lost += max(0, f.votes-changes)
	standing := map[forum.Choice]int{}
	for _, choice := range r.last {
		standing[choice]++
	}
	f.lost += max(0, standing[forum.For]-one[int](t, a.store, `SELECT count(*) FROM votes WHERE opinion_id = $1 AND choice = 1`, target))
	f.lost += max(0, standing[forum.Against]-one[int](t, a.store, `SELECT count(*) FROM votes WHERE opinion_id = $1 AND choice = -1`, target))
	if f.opinions == 0 || f.votes == 0 {
		t.Errorf("nobody hurried: %d opinions, %d votes", f.opinions, f.votes)
	}
}
