package activities_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"acropolis/activities"
	"acropolis/forum"
)

// rows is a store with forums that aren't final.
type rows struct {
	all     []forum.Unfinished
	givenUp []forum.Start
	noted   map[forum.ID]forum.Stopped
	still   []forum.Start
	settled bool
	err     error
}

func (r *rows) Unfinished(_ context.Context, noun forum.Noun, after forum.ID, most int) ([]forum.Unfinished, error) {
	var some []forum.Unfinished
	for _, u := range r.all {
		if u.Noun == noun && u.ID > after && len(some) < most {
			some = append(some, u)
		}
	}
	return some, r.err
}
func (r *rows) GivenUp(context.Context, []forum.Start) ([]forum.Start, error) { return r.givenUp, nil }
func (r *rows) NoteStopped(_ context.Context, all []forum.Stopped) error {
	for _, s := range all {
		r.noted[s.ID] = s
	}
	return nil
}
func (r *rows) SettleStopped(_ context.Context, still []forum.Start) error {
	r.still, r.settled = still, true
	return nil
}

// starter is a Conductor that can't reach some rows' procedures.
type starter struct {
	mu             sync.Mutex
	stopped        []forum.Stopped
	blocked        []forum.Stopped
	of             []forum.Unfinished
	listed         int
	started, woken []forum.ID
	runs           forum.ID // although the list doesn't tell yet
	fails          map[forum.ID]error
}

func (s *starter) Running(_ context.Context, noun forum.Noun) (map[forum.ID]bool, error) {
	s.listed++
	running := map[forum.ID]bool{}
	for _, u := range s.of {
		running[u.ID] = u.Noun == noun && u.ID != s.runs && !slices.ContainsFunc(s.stopped, func(one forum.Stopped) bool { return one.ID == u.ID })
	}
	return running, nil
}
func (s *starter) Ended(_ context.Context, one forum.Start) (forum.Stopped, bool, error) {
	for _, stopped := range s.stopped {
		if stopped.Start == one {
			return stopped, true, nil
		}
	}
	return forum.Stopped{}, false, nil
}
func (s *starter) Blocked(context.Context) ([]forum.Stopped, error) { return s.blocked, nil }
func (s *starter) Restart(_ context.Context, one forum.Stopped) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started = append(s.started, one.ID)
	return true, s.fails[one.ID]
}
func (s *starter) Wake(_ context.Context, r forum.Start) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.woken = append(s.woken, r.ID)
	return s.fails[r.ID]
}

func procedureOf(id forum.ID) forum.Start { return forum.Start{Noun: forum.TheForum, ID: id} }

func stop(id forum.ID, why forum.StopCause) forum.Stopped {
	return forum.Stopped{Start: procedureOf(id), Why: why, Since: time.Unix(1, 0)}
}

func sweepOf(store *rows, conductor *starter) error {
	store.noted, conductor.of = map[forum.ID]forum.Stopped{}, store.all
	return (&activities.Sweeps{Store: store, Conductor: conductor}).Sweep(context.Background())
}

// TestSweepStartsWhatIsStoppedAndWakesWhatWaitsInVain: what runs is left alone, one that can't be started doesn't keep the others
// from it, and what was found is noted.
func TestSweepStartsWhatIsStoppedAndWakesWhatWaitsInVain(t *testing.T) {
	away := errors.New("the frontend is away")
	store := &rows{all: []forum.Unfinished{{Start: procedureOf("a")}, {Start: procedureOf("b")}, {Start: procedureOf("c"), Ready: true}, {Start: procedureOf("d"), Ready: true}, {Start: procedureOf("e")}, {Start: procedureOf("f")}}}
	conductor := &starter{fails: map[forum.ID]error{"a": away},
		stopped: []forum.Stopped{stop("a", forum.HasFailed), stop("b", forum.WasTerminated), stop("d", forum.IsMissing)}, runs: "e"}
	if err := sweepOf(store, conductor); !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
	slices.Sort(conductor.started)
	if !slices.Equal(conductor.started, []forum.ID{"a", "b", "d"}) || !slices.Equal(conductor.woken, []forum.ID{"c"}) {
		t.Errorf("started %v, woke %v", conductor.started, conductor.woken)
	}
	if len(store.noted) != 2 || !store.noted["a"].Restarted.IsZero() || store.noted["b"].Restarted.IsZero() {
		t.Errorf("noted %+v", store.noted)
	}
	if store.settled {
		t.Error("what is stopped was settled although not everything is known")
	}
}

// TestSweepLeavesToAPersonWhatStopsAgainAndAgain, and what is blocked.
func TestSweepLeavesToAPersonWhatStopsAgainAndAgain(t *testing.T) {
	store := &rows{all: []forum.Unfinished{{Start: procedureOf("a")}, {Start: procedureOf("b")}}, givenUp: []forum.Start{procedureOf("a")}}
	conductor := &starter{stopped: []forum.Stopped{stop("a", forum.HasFailed)}, blocked: []forum.Stopped{stop("b", forum.IsBlocked)}}
	if err := sweepOf(store, conductor); err != nil {
		t.Fatal(err)
	}
	if len(conductor.started) != 0 || store.noted["a"].Why != forum.HasFailed || store.noted["b"].Why != forum.IsBlocked || !slices.Equal(store.still, []forum.Start{procedureOf("a"), procedureOf("b")}) {
		t.Errorf("started %v, noted %+v, still stopped %v", conductor.started, store.noted, store.still)
	}
}

// TestSweepOfTenThousandAsksAFewTimes: what runs costs no call of its own.
func TestSweepOfTenThousandAsksAFewTimes(t *testing.T) {
	store, conductor := &rows{}, &starter{}
	for i := range 10_000 {
		store.all = append(store.all, forum.Unfinished{Start: procedureOf(forum.ID(fmt.Sprintf("%05d", i)))})
	}
	if err := sweepOf(store, conductor); err != nil {
		t.Fatal(err)
	}
	if conductor.listed > len(forum.Procedures) || len(conductor.started)+len(conductor.woken) != 0 {
		t.Errorf("listed %d times, %d calls beside", conductor.listed, len(conductor.started)+len(conductor.woken))
	}
}

func TestSweepOfAnIdleCity(t *testing.T) {
	conductor := &starter{}
	if err := sweepOf(&rows{}, conductor); err != nil || len(conductor.started)+len(conductor.woken) != 0 {
		t.Errorf("%v, %+v", err, conductor)
	}
	away := errors.New("the database is away")
	if err := sweepOf(&rows{err: away}, conductor); !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
}
