package activities_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"acropolis/activities"
	"acropolis/forum"
)

type unfinished struct {
	rows []forum.Unfinished
	err  error
}

func (u unfinished) Unfinished(context.Context) ([]forum.Unfinished, error) { return u.rows, u.err }

// starter is a Conductor that can't reach some rows' procedures.
type starter struct {
	started, woken []forum.ID
	fails          map[forum.ID]error
}

func (s *starter) Start(_ context.Context, r forum.Start) error {
	s.started = append(s.started, r.ID)
	return s.fails[r.ID]
}

func (s *starter) Wake(_ context.Context, r forum.Start) error {
	s.woken = append(s.woken, r.ID)
	return s.fails[r.ID]
}

func row(id forum.ID, ready bool) forum.Unfinished {
	return forum.Unfinished{Start: forum.Start{Noun: forum.TheForum, ID: id}, Ready: ready}
}

// TestSweepStartsAllAndWakesWhatWaitsInVain: one that can't be started doesn't keep the others from it, and is told.
func TestSweepStartsAllAndWakesWhatWaitsInVain(t *testing.T) {
	away := errors.New("the frontend is away")
	conductor := &starter{fails: map[forum.ID]error{"a": away, "c": away}}
	sweep := &activities.Sweeps{Store: unfinished{rows: []forum.Unfinished{row("a", false), row("b", false), row("c", true), row("d", true), row("e", false)}}, Conductor: conductor}
	if err := sweep.Sweep(t.Context()); !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
	if !slices.Equal(conductor.started, []forum.ID{"a", "b", "e"}) || !slices.Equal(conductor.woken, []forum.ID{"c", "d"}) {
		t.Errorf("started %v, woke %v", conductor.started, conductor.woken)
	}
}

func TestSweepOfAnIdleCity(t *testing.T) {
	conductor := &starter{}
	if err := (&activities.Sweeps{Store: unfinished{}, Conductor: conductor}).Sweep(t.Context()); err != nil || len(conductor.started)+len(conductor.woken) != 0 {
		t.Errorf("%v, %+v", err, conductor)
	}
	away := errors.New("the database is away")
	if err := (&activities.Sweeps{Store: unfinished{err: away}, Conductor: conductor}).Sweep(t.Context()); !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
}
