package serve

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

type sink struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *sink) lines() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Count(s.text.String(), "\n")
}

func TestUsualLinesWaitAMomentAndErrorsDoNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out sink
		log, closeLog := NewLog(&out)
		log.With("site", "public").Info("request")
		if out.lines() != 0 {
			t.Error("each line is a write of its own")
		}
		time.Sleep(logDelay)
		synctest.Wait()
		if out.lines() != 1 {
			t.Error("a line waits for ever")
		}
		log.Info("request")
		log.WithGroup("g").Error("request failed", "why", "x")
		if out.lines() != 3 {
			t.Error("an error waits, or what led to it is lost")
		}
		log.Info("request")
		closeLog()
		if out.lines() != 4 {
			t.Error("the last line is lost")
		}
	})
}
