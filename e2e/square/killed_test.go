package square

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"acropolis/e2e/load"
	"acropolis/e2e/program"
	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/cluster"
)

var (
	underFire = flag.Duration("under-fire", 30*time.Second, "how long TestNothingAcknowledgedIsLost goes on")
	strikes   = flag.Int("strikes", 2, "how often it kills a web process, and how often PostgreSQL")
)

// TestNothingAcknowledgedIsLost: people post, vote and read at two web processes while one of these or PostgreSQL, with all of its
// processes, is killed again and again. Who gets no answer tries again with the same key, as a browser does. What was acknowledged is
// on record once, and shown counts equal a recount.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	f := newFire(t, nil)
	f.burn(*underFire, *strikes)
	lost, doubled := f.compare()
	if lost != 0 || doubled != 0 {
		t.Errorf("%d acknowledged ones are lost, %d are on record twice", lost, doubled)
	}
	t.Logf("%v, %d kills of each kind: %d opinions and %d votes acknowledged, %d answers never came, %d asked to come back later; lost %d, twice %d",
		*underFire, *strikes, len(f.opinions), len(f.votes), f.silent.Load(), f.unavailable.Load(), lost, doubled)
	f.wellKept()
}

// TestWithoutWaitingForTheDiskAcknowledgedOnesAreLost takes the defence out, synchronous_commit: then something must be lost, or the
// test above proves nothing.
func TestWithoutWaitingForTheDiskAcknowledgedOnesAreLost(t *testing.T) {
	f := newFire(t, map[string]string{"synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "1GB", "wal_buffers": "64MB"})
	f.burn(12*time.Second, 2)
	if lost, _ := f.compare(); lost == 0 {
		t.Error("nothing was lost")
	}
}

// fire is a square on which processes die.
type fire struct {
	*square
	settings map[string]string
	forum    forum.ID
	targets  []forum.ID
	voters   []voter

	mu                  sync.Mutex
	opinions            map[string]bool // texts that were acknowledged
	votes               map[[2]string]forum.Choice
	silent, unavailable atomic.Int64
}

func newFire(t *testing.T, settings map[string]string) *fire {
	f := &fire{square: newSquare(t, 2, settings), settings: settings, opinions: map[string]bool{}, votes: map[[2]string]forum.Choice{}}
	f.forum = f.openForum()
	f.targets = f.post(f.forum, 50)
	f.voters = f.square.voters(2000)
	return f
}

// burn lets people go on for a while, and kills as often as it is told, at even distances.
func (f *fire) burn(duration time.Duration, strikes int) {
	f.t.Helper()
	ctx, stop := context.WithCancel(f.t.Context())
	var all sync.WaitGroup
	var posted, cast atomic.Int64
	for n, w := range f.webs {
		for client := range 12 {
			all.Go(func() {
				c := load.NewClient(w.public)
				defer c.Close()
				for ctx.Err() == nil {
					switch client % 3 {
					case 0:
						f.postOne(ctx, c, w, int(posted.Add(1)))
					case 1:
						f.voteOne(ctx, c, w, int(cast.Add(1))-1)
					default:
						_, _ = c.Do(load.Request("GET", w.public, "/ko/forums/"+string(f.forum), nil, "X-Forwarded-For", anAddress(n*100+client), "User-Agent", "Mozilla/5.0 (load)"))
						time.Sleep(5 * time.Millisecond)
					}
				}
			})
		}
	}
	pause := duration / time.Duration(2*strikes+1)
	for i := range strikes {
		time.Sleep(pause)
		f.killWeb(f.webs[i%len(f.webs)])
		time.Sleep(pause)
		f.killPostgres()
	}
	time.Sleep(pause)
	stop()
	all.Wait()
}

// postOne sends an opinion until it is answered. One that the end of the fire leaves without an answer is nobody's promise.
func (f *fire) postOne(ctx context.Context, c *load.Client, w *web, n int) {
	text := "불이 나도 남는 의견 " + strconv.Itoa(n)
	body, _ := json.Marshal(map[string]string{"text": text}) // texts marshal
	key := string(postgres.NewID())
	if f.untilAnswered(ctx, c, load.Request("POST", w.public, "/api/v1/forums/"+string(f.forum)+"/opinions", body, "X-Forwarded-For", anAddress(n),
		"Content-Type", "application/json", "User-Agent", "Mozilla/5.0 (load)", "Idempotency-Key", key)) {
		f.mu.Lock()
		f.opinions[text] = true
		f.mu.Unlock()
	}
}

func (f *fire) voteOne(ctx context.Context, c *load.Client, w *web, n int) {
	v, target, choice := f.voters[n%len(f.voters)], f.targets[n/len(f.voters)%len(f.targets)], forum.For
	if n%3 == 0 {
		choice = forum.Against
	}
	if f.untilAnswered(ctx, c, vote(w, v, target, choice, "Idempotency-Key", string(postgres.NewID()))) {
		f.mu.Lock()
		f.votes[[2]string{string(v.contact), string(target)}] = choice
		f.mu.Unlock()
	}
}

func (f *fire) untilAnswered(ctx context.Context, c *load.Client, request []byte) bool {
	for ctx.Err() == nil {
		a, err := c.Do(request)
		switch {
		case err != nil:
			f.silent.Add(1)
		case a.Status == 200 || a.Status == 201:
			return true
		case a.Status == 503, a.Status == 429: // later, it says
			f.unavailable.Add(1)
		default:
			f.t.Errorf("an answer of %d: %s", a.Status, a.Body)
			return false
		}
		time.Sleep(50 * time.Millisecond)
	}
	return false
}

func (f *fire) killWeb(w *web) {
	w.process.Kill()
	w.process = program.Start(f.t, f.dir, "webui", program.Binary(f.t, "webui"), w.settings)
	f.awaitWeb(w)
}

// killPostgres kills the postmaster and every one of its processes at once, so that nothing of what they had in memory is written,
// and starts the server again.
func (f *fire) killPostgres() {
	f.t.Helper()
	pids := []int{f.cluster.Pid()}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		if parent(file) == f.cluster.Pid() {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			pids = append(pids, pid)
		}
	}
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	<-f.cluster.Done()
	_ = f.cluster.Stop()
	_ = os.Remove(filepath.Join(f.dir, "postgres", "data", "postmaster.pid"))
	f.startClusterAgain()
}

func (f *fire) startClusterAgain() {
	f.t.Helper()
	c, err := cluster.Start(f.t.Context(), cluster.Options{Dir: filepath.Join(f.dir, "postgres"), DieWithParent: true, Settings: f.settings, Port: f.cluster.Port()})
	if err != nil {
		f.t.Fatal(err)
	}
	f.cluster = c
	f.t.Cleanup(func() { _ = c.Stop() })
	program.Await(f.t, "PostgreSQL", time.Minute, func(ctx context.Context) bool { return f.store.Pool().Ping(ctx) == nil })
}

// compare counts what was acknowledged and isn't on record, and what is there twice.
func (f *fire) compare() (lost, doubled int) {
	f.t.Helper()
	kept := map[string]int{}
	f.each(`SELECT text FROM opinions WHERE forum_id = $1`, func(values []any) { kept[fmt.Sprint(values[0])]++ }, f.forum)
	for text := range f.opinions {
		if kept[text] == 0 {
			lost++
		}
	}
	for _, n := range kept {
		if n > 1 {
			doubled++
		}
	}
	// Voters are keys on record: the choices by opinion must be at least those that were acknowledged.
	acknowledged := map[string]int{}
	for pair, choice := range f.votes {
		acknowledged[pair[1]+string(choice)]++
	}
	f.each(`SELECT opinion_id::text, choice, count(*) FROM votes v JOIN opinions o ON o.id = v.opinion_id WHERE o.forum_id = $1 GROUP BY 1, 2`, func(values []any) {
		choice := forum.ChoiceOf(values[1].(int16))
		acknowledged[fmt.Sprint(values[0])+string(choice)] -= int(values[2].(int64))
	}, f.forum)
	for _, n := range acknowledged {
		lost += max(n, 0)
	}
	return lost, doubled
}

func (f *fire) each(sql string, row func([]any), args ...any) {
	f.t.Helper()
	rows, err := f.store.Pool().Query(f.t.Context(), sql, args...)
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			f.t.Fatal(err)
		}
		row(values)
	}
	if err := rows.Err(); err != nil {
		f.t.Fatal(err)
	}
}
