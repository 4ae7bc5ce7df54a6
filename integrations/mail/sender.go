// Package mail sends letters by SMTP and says exactly what became of each: taken, or one of four classes of failure.
//
// A letter is never sent twice by this package once it may have been taken; whether to send it again is the outbox's
// choice. Headers can't be injected: texts are made one line, addresses and ids are checked, the rest is encoded.
package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/mail"
	"slices"
	"sync"
	"time"
)

// idleTime is how long a connection waits for the next letter. Shorter than any server's own patience.
const idleTime = 5 * time.Second

// Sender sends letters over a few connections that it reuses. It is safe for concurrent use: Send runs for up to
// Settings.Connections letters at once, further callers wait for a place. A thousand letters take a loopback server about
// a second.
type Sender struct {
	settings Settings
	from     *mail.Address
	tls      *tls.Config
	places   chan struct{} // one token a letter under way

	mu     sync.Mutex
	idle   []*connection
	closed bool
}

// New checks the settings; it doesn't dial.
func New(s Settings) (*Sender, error) {
	from, config, err := s.prepare()
	if err != nil {
		return nil, fmt.Errorf("mail settings: %w", err)
	}
	return &Sender{settings: s, from: from, tls: config, places: make(chan struct{}, s.Connections)}, nil
}

// Send gives the letter to the mail server. nil means that the server has taken it over; every error is an *Error.
// When ctx ends before the letter has gone out whole the class is Temporary, afterwards Unknown.
func (s *Sender) Send(ctx context.Context, m Message) error {
	if failure := s.send(ctx, m); failure != nil {
		return failure
	}
	return nil
}

func (s *Sender) send(ctx context.Context, m Message) *Error {
	to, ascii, failure := recipient(m.To)
	if failure != nil {
		return failure
	}
	text, failure := compose(s.from, m)
	if failure != nil {
		return failure
	}
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
	case <-ctx.Done():
		return fault("dial", ctx.Err())
	}
	for {
		c, failure := s.take(ctx)
		if failure != nil {
			return failure
		}
		failure = c.deliver(ctx, to, ascii, text)
		reused := c.letters > 1
		s.put(c, failure)
		if failure == nil || !reused || !failure.stale() || ctx.Err() != nil {
			return failure
		}
		// The server had closed the connection in the meantime, or gives each only so many letters: it has nothing of
		// this letter. Once all old connections are used up a new one decides.
	}
}

// stale says whether the failure may be that of a connection which waited too long: no reply, or "closing" (421), and
// the server has nothing of the letter.
func (e *Error) stale() bool { return e.Class == Temporary && (e.Code == 0 || e.Code == 421) }

// take gives an idle connection, or a new one.
func (s *Sender) take(ctx context.Context) (*connection, *Error) {
	s.mu.Lock()
	if n := len(s.idle); n > 0 {
		c := s.idle[n-1]
		s.idle = s.idle[:n-1]
		s.mu.Unlock()
		c.expiry.Stop()
		return c, nil
	}
	s.mu.Unlock()
	return s.dial(ctx)
}

// put keeps the connection for the next letter, unless it is spent or in a state that nobody knows.
func (s *Sender) put(c *connection, failure *Error) {
	usable := failure == nil || failure.Code != 0 && failure.Code != 421
	if !usable {
		c.drop()
		return
	}
	s.mu.Lock()
	keep := !s.closed && c.letters < s.settings.PerConnection
	if keep {
		s.idle = append(s.idle, c)
		c.expiry = time.AfterFunc(idleTime, func() { s.expire(c) })
	}
	s.mu.Unlock()
	if !keep {
		c.quit()
	}
}

// expire ends a connection that has waited long enough, if it still waits.
func (s *Sender) expire(c *connection) {
	s.mu.Lock()
	i := slices.Index(s.idle, c)
	if i >= 0 {
		s.idle = slices.Delete(s.idle, i, i+1)
	}
	s.mu.Unlock()
	if i >= 0 {
		c.quit()
	}
}

// Close says goodbye on the connections that wait. Letters under way are finished.
func (s *Sender) Close() {
	s.mu.Lock()
	idle := s.idle
	s.closed, s.idle = true, nil
	s.mu.Unlock()
	for _, c := range idle {
		c.expiry.Stop()
		c.quit()
	}
}
