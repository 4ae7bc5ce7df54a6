package square

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"acropolis/e2e/load"
	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// How long each line of the table is measured, and by how many clients.
const (
	spell        = 5 * time.Second
	manyVoters   = 5000
	manyOpinions = 200
)

// patience is longer than any of these tests.
const patience = 20 * time.Minute

var crowds = []int{16, 64, 256}

// BenchmarkSquare prints what one web process takes through HTTP with everything switched on, beside what PostgreSQL takes of
// the same rows one INSERT at a time. It is its own limit and peer, and has the machine to itself: make bench.
func BenchmarkSquare(b *testing.B) {
	s := newSquare(b, 1, nil)
	w := s.webs[0]
	voters := s.voters(manyVoters)
	fmt.Printf("%-34s %s\n", "", "accepted or answered a second, CPU of web · PostgreSQL · loader in cores")

	before := s.singleVotes(b) // and once more afterwards: a machine's pace changes within a minute
	var best float64
	for _, clients := range crowds {
		r := s.measure(w, fmt.Sprintf("votes, %d clients", clients), clients, s.ballots(w, voters, false))
		if clients == 64 {
			best = r.PerSecond()
		}
	}
	limit := (before + s.singleVotes(b)) / 2
	fmt.Printf("%-34s %8.2f\n", "votes to single INSERTs, 64 clients", best/limit)
	b.ReportMetric(best, "votes/s")
	b.ReportMetric(best/limit, "votes/insert")
	s.measure(w, "votes with keys, 64 clients", 64, s.ballots(w, voters, true))
	for _, clients := range crowds {
		r := s.measure(w, fmt.Sprintf("opinions, %d clients", clients), clients, s.pens(w))
		if clients == 64 {
			b.ReportMetric(r.PerSecond(), "opinions/s")
		}
	}

	id := s.openForum()
	s.post(id, 10_000)
	for _, clients := range crowds {
		r := s.measure(w, fmt.Sprintf("topic page, %d clients", clients), clients, onePage(w, "/ko/forums/"+string(id)))
		if clients == 64 {
			b.ReportMetric(r.PerSecond(), "topics/s")
		}
	}
	s.measure(w, "board of 10,000, any page, 64", 64, pages(w, func(int, int) string {
		return fmt.Sprintf("/ko/forums/%s?sort=newest&page=%d", id, 1+rand.IntN(500)) //nolint:gosec // no secret
	}))
	s.mixed(w, voters, id)
	fmt.Printf("%-34s %8.0f MB resident at most\n", "the web process", resident(b, w.process.PID))
	s.wellKept()
}

// mixed is a square as it lives: of 64 clients 56 read, 6 vote and 2 write.
func (s *square) mixed(w *web, voters []voter, id forum.ID) {
	vote, post := s.ballots(w, voters, false), s.pens(w)
	read := onePage(w, "/ko/forums/"+string(id))
	s.measure(w, "56 read, 6 vote, 2 write", 64, func(client, turn int) ([]byte, func(load.Answer, error)) {
		switch {
		case client < 6:
			return vote(client, turn)
		case client < 8:
			return post(client, turn)
		}
		return read(client, turn)
	})
}

// measure prints a line.
func (s *square) measure(w *web, name string, clients int, next load.Next) load.Result {
	s.t.Helper()
	before := s.cpu(w)
	r := load.Run(s.t.Context(), w.public, clients, spell, next)
	after := s.cpu(w)
	text := ""
	for i := range after {
		text += fmt.Sprintf(" %4.2f", (after[i]-before[i])/r.Took.Seconds())
	}
	fmt.Printf("%-34s %s  %s\n", name, r, text)
	for status, n := range r.Others {
		if status != http.StatusServiceUnavailable {
			s.t.Errorf("%s: %d answers of %d", name, n, status)
		}
	}
	return r
}

// ballots are votes on a board of their own, each voter's first one on each opinion, in no order that the board would like.
func (s *square) ballots(w *web, voters []voter, keyed bool) load.Next {
	s.t.Helper()
	opinions := s.post(s.openForum(), manyOpinions)
	var cast atomic.Int64
	most := int64(len(voters) * len(opinions))
	return func(int, int) ([]byte, func(load.Answer, error)) {
		n := cast.Add(1) - 1
		if n >= most {
			return nil, nil
		}
		v := voters[int(n)%len(voters)]
		o := opinions[(int(n)/len(voters)+int(n)%len(voters)*7)%len(opinions)]
		choice := "for"
		if n%3 == 0 {
			choice = "against"
		}
		headers := []string{"Cookie", v.cookie, "X-Forwarded-For", v.address, "Content-Type", "application/json", "User-Agent", "Mozilla/5.0 (load)"}
		if keyed {
			headers = append(headers, "Idempotency-Key", string(postgres.NewID()))
		}
		return load.Request("PUT", w.public, "/api/v1/opinions/"+string(o)+"/vote", []byte(`{"choice":"`+choice+`"}`), headers...), nil
	}
}

// pens write opinions on a board of their own, each from another address.
func (s *square) pens(w *web) load.Next {
	s.t.Helper()
	id := s.openForum()
	var posted atomic.Int64
	return func(int, int) ([]byte, func(load.Answer, error)) {
		n := int(posted.Add(1))
		body, _ := json.Marshal(map[string]string{"text": opinionText(n), "pseudonym": "시민"}) // texts marshal
		return load.Request("POST", w.public, "/api/v1/forums/"+string(id)+"/opinions", body, "X-Forwarded-For", anAddress(n), "Content-Type", "application/json",
			"User-Agent", "Mozilla/5.0 (load)", "Idempotency-Key", string(postgres.NewID())), nil
	}
}

// pages read, each reader from an address of their own.
func pages(w *web, path func(client, turn int) string) load.Next {
	var read atomic.Int64
	return func(client, turn int) ([]byte, func(load.Answer, error)) {
		return reading(w, path(client, turn), int(read.Add(1))), nil
	}
}

func reading(w *web, path string, reader int) []byte {
	return load.Request("GET", w.public, path, nil, "X-Forwarded-For", anAddress(reader%5000), "Accept-Encoding", "gzip",
		"User-Agent", "Mozilla/5.0 (load)", "Accept-Language", "ko")
}

// onePage is read by as many; their requests are written beforehand, so that the loader leaves the machine to the city.
func onePage(w *web, path string) load.Next {
	requests := make([][]byte, 5000)
	for i := range requests {
		requests[i] = reading(w, path, i)
	}
	var read atomic.Int64
	return func(int, int) ([]byte, func(load.Answer, error)) {
		return requests[int(read.Add(1))%len(requests)], nil
	}
}

func anAddress(n int) string { return fmt.Sprintf("10.%d.%d.%d", n/62500%250, n/250%250, 1+n%250) }

// singleVotes is the limit: the very rows of a vote, each in a transaction of its own, from 64 connections.
func (s *square) singleVotes(b testing.TB) float64 {
	b.Helper()
	id := s.openForum()
	opinions := s.post(id, manyOpinions)
	config, err := pgxpool.ParseConfig(s.url())
	if err != nil {
		b.Fatal(err)
	}
	config.MaxConns = 64
	pool, err := pgxpool.NewWithConfig(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	const vote = `
WITH v AS (INSERT INTO votes (opinion_id, voter, choice, accepted_at) VALUES ($1, $2, $3, statement_timestamp())),
c AS (INSERT INTO vote_changes (id, opinion_id, voter, choice, accepted_at, salt) VALUES ($4, $1, $2, $3, statement_timestamp(), $5))
INSERT INTO log_pending (subject_id, kind, version, forum_id, accepted_at, commitment) VALUES ($4, 'vote', 1, $6, statement_timestamp(), $7)`
	ctx, cancel := context.WithTimeout(b.Context(), spell)
	defer cancel()
	var cast, done atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range 64 {
		all.Go(func() {
			for ctx.Err() == nil {
				n := int(cast.Add(1))
				var voter [16]byte
				copy(voter[:], strconv.Itoa(n/len(opinions)))
				_, err := pool.Exec(ctx, vote, opinions[n%len(opinions)], voter[:], 1, postgres.NewID(), voter[:], id, append(voter[:], voter[:]...))
				if err == nil {
					done.Add(1)
				}
			}
		})
	}
	all.Wait()
	rate := float64(done.Load()) / time.Since(began).Seconds()
	fmt.Printf("%-34s %8.0f /s\n", "votes as single INSERTs, 64 conns", rate)
	return rate
}

// cpu is the seconds that the web process, PostgreSQL and the loader have used.
func (s *square) cpu(w *web) []float64 {
	s.t.Helper()
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	own := float64(usage.Utime.Sec+usage.Stime.Sec) + float64(usage.Utime.Usec+usage.Stime.Usec)/1e6
	server := ticks(s.cluster.Pid(), true)
	processes, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range processes {
		if parent(file) == s.cluster.Pid() {
			pid, _ := strconv.Atoi(strings.Split(file, "/")[2])
			server += ticks(pid, false)
		}
	}
	return []float64{ticks(w.process.PID, false), server, own}
}

// ticks is the seconds of a process, and of its children that have ended.
func ticks(pid int, children bool) float64 {
	f := stat(fmt.Sprintf("/proc/%d/stat", pid))
	if f == nil {
		return 0
	}
	sum := number(f[11]) + number(f[12])
	if children {
		sum += number(f[13]) + number(f[14])
	}
	return sum / 100
}

func parent(file string) int {
	f := stat(file)
	if f == nil {
		return 0
	}
	return int(number(f[1]))
}

// stat are the fields of /proc/PID/stat after the command's name.
func stat(file string) []string {
	raw, err := os.ReadFile(file) //nolint:gosec // the kernel's
	if err != nil {
		return nil
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	f := strings.Fields(rest)
	if len(f) < 15 {
		return nil
	}
	return f
}

func number(s string) float64 { n, _ := strconv.ParseFloat(s, 64); return n }

// resident is the most memory that a process has had, in MB.
func resident(t testing.TB, pid int) float64 {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "VmHWM:")
	kb, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	return number(kb) / 1024
}
