package embedded

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// logger hands the server's warnings and errors to slog and drops the rest.
type logger struct {
	out    *slog.Logger
	silent *atomic.Bool // shared with those derived by With
}

func newLogger(out *slog.Logger) *logger {
	return &logger{out: out.With("component", "temporal"), silent: new(atomic.Bool)}
}

func (l *logger) silence() { l.silent.Store(true) }

func (l *logger) With(tags ...tag.Tag) log.Logger {
	return &logger{out: slog.New(l.out.Handler().WithAttrs(attributes(tags))), silent: l.silent}
}

func (l *logger) Debug(string, ...tag.Tag)               {}
func (l *logger) Info(string, ...tag.Tag)                {}
func (l *logger) Warn(message string, tags ...tag.Tag)   { l.write(slog.LevelWarn, message, tags) }
func (l *logger) Error(message string, tags ...tag.Tag)  { l.write(slog.LevelError, message, tags) }
func (l *logger) DPanic(message string, tags ...tag.Tag) { l.write(slog.LevelError, message, tags) }

func (l *logger) Panic(message string, tags ...tag.Tag) {
	l.write(slog.LevelError, message, tags)
	panic(message)
}

// Fatal must not return: the server doesn't know how to go on. Nothing is lost by the end of the process.
func (l *logger) Fatal(message string, tags ...tag.Tag) { l.Panic(message, tags...) }

// expected is said at every start: the server's HTTP interface is shut on purpose.
const expected = "HTTP API port has not been set."

func (l *logger) write(level slog.Level, message string, tags []tag.Tag) {
	if l.silent.Load() || !l.out.Enabled(context.Background(), level) || strings.HasPrefix(message, expected) {
		return
	}
	l.out.LogAttrs(context.Background(), level, message, attributes(tags)...)
}

func attributes(tags []tag.Tag) []slog.Attr {
	attrs := make([]slog.Attr, 0, len(tags))
	for _, t := range tags {
		attrs = append(attrs, slog.Any(t.Key(), t.Value()))
	}
	return attrs
}
