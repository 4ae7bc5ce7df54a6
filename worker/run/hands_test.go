package run

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"go.temporal.io/sdk/worker"
)

type hand struct {
	worker.Worker // nil: nothing else is asked of it
	start         error
	started       chan<- hand
	n             int
}

func (h hand) Start() error {
	h.started <- h
	return h.start
}
func (h hand) Stop() {}

// TestAWorkerThatIsTurnedAwayIsReplaced, by the first that can start.
func TestAWorkerThatIsTurnedAwayIsReplaced(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	started := make(chan hand, 10)
	var away func(error)
	n := 0
	h := &hands{log: slog.New(slog.DiscardHandler), turnedAway: make(chan error, 1), another: func(turnedAway func(error)) worker.Worker {
		n++
		away = turnedAway
		next := hand{started: started, n: n}
		if n == 2 {
			next.start = errors.New("the namespace isn't there yet")
		}
		return next
	}}
	if err := h.start(); err != nil {
		t.Fatal(err)
	}
	away(errors.New("namespace not found"))
	away(errors.New("namespace not found"))
	done := make(chan struct{})
	go func() { h.work(ctx); close(done) }()
	for want := 1; want <= 3; want++ {
		if got := <-started; got.n != want {
			t.Errorf("worker %d started, want %d", got.n, want)
		}
	}
	stop()
	<-done
}
