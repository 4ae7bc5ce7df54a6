package run

import (
	"context"
	"log/slog"
	"time"

	"go.temporal.io/sdk/worker"
)

// How one process works on a small machine. A thousand forums that close in one instant are a thousand tasks at once: more
// pollers fetch them side by side, and no more steps are begun than the database has connections for, twice over. A procedure
// that only waits needn't stay in memory: when something happens its history, bounded by design, is read again.
const (
	pollers         = 4
	stepsAtOnce     = 40
	proceduresAwake = 2000
)

// hands carry out procedures. The server turns a worker away whose namespace is gone, because Temporal's databases were lost;
// another one takes its place then.
type hands struct {
	log        *slog.Logger
	another    func(turnedAway func(error)) worker.Worker
	turnedAway chan error
	worker     worker.Worker
}

func (h *hands) start() error {
	h.worker = h.another(func(err error) {
		select {
		case h.turnedAway <- err:
		default: // one is enough to be replaced
		}
	})
	return h.worker.Start()
}

func (h *hands) stop() { h.worker.Stop() }

// work goes on until ctx ends, with the worker that was started or the ones after it.
func (h *hands) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			h.stop()
			return
		case err := <-h.turnedAway:
			h.log.ErrorContext(ctx, "Temporal turned the worker away; another one takes its place", "error", err)
		}
		h.stop()
		for err := h.start(); err != nil; err = h.start() {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Second):
			}
		}
	}
}
