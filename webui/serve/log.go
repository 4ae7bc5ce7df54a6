package serve

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// logDelay is how long a line about a request may wait to be written with others.
const logDelay = 100 * time.Millisecond

// NewLog writes lines of JSON. Those of usual requests are gathered for a moment: thousands of small writes a second would cost as
// much as the requests. A warning or an error goes out at once, with everything before it. close writes the rest.
func NewLog(out io.Writer) (log *slog.Logger, closeLog func()) {
	g := &gathered{buffer: bufio.NewWriterSize(out, 64<<10), stop: make(chan struct{})}
	g.done.Go(g.flushOften)
	return slog.New(prompt{slog.NewJSONHandler(g, nil), g}), func() { close(g.stop); g.done.Wait(); g.flush() }
}

// gathered is a buffer that is emptied every moment.
type gathered struct {
	mu     sync.Mutex
	buffer *bufio.Writer
	stop   chan struct{}
	done   sync.WaitGroup
}

func (g *gathered) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.buffer.Write(p)
}

func (g *gathered) flush() {
	g.mu.Lock()
	defer g.mu.Unlock()
	_ = g.buffer.Flush()
}

func (g *gathered) flushOften() {
	tick := time.NewTicker(logDelay)
	defer tick.Stop()
	for {
		select {
		case <-g.stop:
			return
		case <-tick.C:
			g.flush()
		}
	}
}

// prompt is a handler that doesn't let what matters wait.
type prompt struct {
	slog.Handler
	lines *gathered
}

func (p prompt) Handle(ctx context.Context, r slog.Record) error {
	err := p.Handler.Handle(ctx, r)
	if r.Level > slog.LevelInfo {
		p.lines.flush()
	}
	return err
}

func (p prompt) WithAttrs(attrs []slog.Attr) slog.Handler {
	return prompt{p.Handler.WithAttrs(attrs), p.lines}
}

func (p prompt) WithGroup(name string) slog.Handler {
	return prompt{p.Handler.WithGroup(name), p.lines}
}
