package square

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"acropolis/e2e/load"
	"acropolis/e2e/program"
	"acropolis/forum"
)

var hidings = flag.Int("hidings", 10, "opinions that TestHiddenTextIsGoneWhenTheModeratorIsAnswered hides")

// TestHiddenTextIsGoneWhenTheModeratorIsAnswered: while two web processes answer some 1,000 reads a second from memory, opinions are
// hidden one after the other. No read that began after the moderator's answer shows one.
func TestHiddenTextIsGoneWhenTheModeratorIsAnswered(t *testing.T) {
	s := newSquare(t, 2, nil)
	reads, late := s.hideUnderReads(*hidings)
	if late != 0 {
		t.Errorf("%d of %d reads showed what was hidden before they began", late, reads)
	}
	t.Logf("%d hidden, %d reads, %d late", *hidings, reads, late)
}

// TestWithoutForgettingHiddenTextStays takes the defence out of the web processes: then some reads must show it, or the test above
// proves nothing.
func TestWithoutForgettingHiddenTextStays(t *testing.T) {
	s := newSquare(t, 0, nil)
	deaf := program.Mutant(t, "webui", "webui/page/cache.go", "	k.pages, k.bytes = map[string]*cachedPage{}, 0\n}", "}")
	for range 2 {
		s.webs = append(s.webs, s.startWebOf(deaf, freeAddress(t), freeAddress(t)))
	}
	if reads, late := s.hideUnderReads(3); late == 0 {
		t.Errorf("all of %d reads knew at once what was hidden", reads)
	}
}

// readers is how many clients read at each web process; each waits a moment between its reads, as people do.
const (
	readers    = 32
	readerWait = 20 * time.Millisecond
)

// hideUnderReads hides opinions while people read, and counts the reads that showed one of them too late.
func (s *square) hideUnderReads(n int) (reads, late int64) {
	s.t.Helper()
	id := s.openForum()
	opinions := s.post(id, n)
	var hidden atomic.Int64 // how many are hidden by now, in their order
	marks := make([][]byte, n)
	for i := range marks {
		marks[i] = []byte("opinion-" + string(opinions[i]))
	}
	var done, wrong atomic.Int64
	ctx, stop := context.WithCancel(s.t.Context())
	defer stop()
	var all sync.WaitGroup
	for _, w := range s.webs {
		all.Go(func() {
			load.Run(ctx, w.public, readers, patience, func(client, turn int) ([]byte, func(load.Answer, error)) {
				time.Sleep(readerWait)
				gone := hidden.Load() // before the read begins
				address := fmt.Sprintf("/ko/forums/%s?sort=newest&nth=%d", id, client%2)
				return load.Request("GET", w.public, address, nil, "X-Forwarded-For", anAddress(client*1000+turn%900), "User-Agent", "Mozilla/5.0 (load)"), func(a load.Answer, err error) {
					done.Add(1)
					for _, mark := range marks[:gone] {
						if err == nil && bytes.Contains(a.Body, mark) {
							wrong.Add(1)
						}
					}
				}
			})
		})
	}
	for i, opinion := range opinions {
		time.Sleep(300 * time.Millisecond) // the pages are in memory
		err := s.store.ModerateOpinion(s.t.Context(), s.by, "127.0.0.1", forum.Verdict{Opinion: opinion, To: forum.AnswerHide, Code: forum.Advertising})
		if err != nil {
			s.t.Fatal(err)
		}
		hidden.Store(int64(i + 1))
	}
	time.Sleep(500 * time.Millisecond)
	stop()
	all.Wait()
	return done.Load(), wrong.Load()
}
