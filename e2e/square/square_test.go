package square

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"acropolis/e2e/program"
	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/cluster"
)

// square is a city's public side: a database that keeps its word, web processes, and the tally that the worker would run.
type square struct {
	t       testing.TB
	dir     string
	cluster *cluster.Cluster
	store   *postgres.Store
	by      forum.Official // an operator, who imports
	webs    []*web
}

// web is a web process and where it serves.
type web struct {
	process        *program.Process
	public, office string // host:port
	settings       []string
}

const voterKey = "the key of the voters on the square"

// newSquare starts the database, with these settings on top of the product's own, and so many web processes.
func newSquare(t testing.TB, webs int, settings map[string]string) *square {
	t.Helper()
	dir, err := os.MkdirTemp(scratch, "square-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // see mainCode
		t.Fatal(err)
	}
	s := &square{t: t, dir: dir}
	s.startCluster(settings)
	if err := postgres.CreateDatabase(t.Context(), s.url()); err != nil {
		t.Fatal(err)
	}
	if err := postgres.Migrate(t.Context(), s.url()); err != nil {
		t.Fatal(err)
	}
	s.store, err = postgres.Open(t.Context(), s.storeSettings())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.store.Close)
	s.hire()
	for range webs {
		s.webs = append(s.webs, s.startWeb(freeAddress(t), freeAddress(t)))
	}
	s.tally()
	return s
}

func (s *square) startCluster(settings map[string]string) {
	s.t.Helper()
	c, err := cluster.Start(s.t.Context(), cluster.Options{Dir: filepath.Join(s.dir, "postgres"), DieWithParent: true, Settings: settings})
	if err != nil {
		s.t.Fatal(err)
	}
	s.cluster = c
	s.t.Cleanup(func() { _ = c.Stop() })
}

func (s *square) url() string { return s.cluster.URL("acropolis") }

func (s *square) storeSettings() postgres.Settings {
	return postgres.Settings{URL: s.url(), MaxConns: 20, VoterName: "1", VoterKey: voterKey}
}

// hire makes the official who imports; the directory is out of reach here.
func (s *square) hire() {
	s.t.Helper()
	s.by = forum.Official{ID: postgres.NewID(), UID: "operator", Name: "운영자", Duties: []forum.Duty{forum.Operator, forum.Moderator, forum.Officer}}
	s.execute(`INSERT INTO departments (code, name) VALUES ('road', '도로계획과') ON CONFLICT DO NOTHING`)
	s.execute(`INSERT INTO officials (id, uid, name, department, duties) VALUES ($1, 'operator', '운영자', 'road', '{operator,moderator,officer}')`, s.by.ID)
	s.execute(`INSERT INTO officials (id, uid, name, department, duties) VALUES ($1, 'head', '과장', 'road', '{head}')`, postgres.NewID())
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// startWeb starts a web process that believes the loopback's X-Forwarded-For: there each citizen has an address of their own.
func (s *square) startWeb(public, office string) *web {
	s.t.Helper()
	return s.startWebOf(program.Binary(s.t, "webui"), public, office)
}

func (s *square) startWebOf(path, public, office string, more ...string) *web {
	s.t.Helper()
	env := append(os.Environ(), "DATABASE_URL="+s.url(), "VOTER_KEY="+voterKey, "PUBLIC_LISTEN="+public, "OFFICE_LISTEN="+office,
		"PUBLIC_URL=http://"+public, "LDAP_URL=ldap://127.0.0.1:1", "LDAP_BASE_DN=dc=city,dc=example", "TEMPORAL_ADDRESS=127.0.0.1:1",
		"TRUSTED_PROXIES=127.0.0.1", "PRESSURE_WRITES=1000000000") // counted, but these crowds are no attack
	env = append(env, more...)
	w := &web{process: program.Start(s.t, s.dir, "webui", path, env), public: public, office: office, settings: env}
	s.awaitWeb(w)
	return w
}

func (s *square) awaitWeb(w *web) {
	s.t.Helper()
	program.Await(s.t, w.public, time.Minute, func(ctx context.Context) bool {
		if w.process.Ended() {
			s.t.Fatalf("a web process has ended:\n%s", w.process.Tail())
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.public+"/ko/", nil)
		if err != nil {
			s.t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
}

// tally brings the shown counts up to date once a second, as the worker does.
func (s *square) tally() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			_ = s.store.Tally(ctx) // a database that was killed is back soon
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}()
	s.t.Cleanup(func() { cancel(); <-done })
}

// openForum makes a forum that is open for a day.
func (s *square) openForum() forum.ID {
	s.t.Helper()
	now := time.Now()
	id, err := s.store.Import(s.t.Context(), s.by, forum.PastForum{Status: forum.Open, Title: "시청 앞 광장을 어떻게 쓸까요", TitleEn: "How shall we use the square",
		Summary: "차로를 줄이고 광장을 열면 도심의 길과 쉼터가 달라집니다. 어떤 광장이면 좋겠습니까?", Department: "road",
		OpensAt: now.Add(-time.Hour), ClosesAt: now.Add(24 * time.Hour)})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// post puts so many opinions on a board, as the accepting path does, and gives their ids.
func (s *square) post(id forum.ID, n int) []forum.ID {
	s.t.Helper()
	var ids []forum.ID
	for from := 0; from < n; from += 500 {
		var batch []forum.NewOpinion
		for i := from; i < min(from+500, n); i++ {
			batch = append(batch, forum.NewOpinion{Forum: id, Lang: "ko", Text: opinionText(i), Pseudonym: fmt.Sprintf("시민 %d", i),
				Device: fmt.Appendf(nil, "device %d of nobody", i), Idempotency: forum.Idempotency{Key: string(postgres.NewID()), Scope: []byte("square")}})
		}
		for _, outcome := range s.store.AcceptOpinions(s.t.Context(), batch) {
			if outcome.Err != nil {
				s.t.Fatal(outcome.Err)
			}
			ids = append(ids, outcome.Answer.ID)
		}
	}
	return ids
}

// opinionText is what an opinion may sound like: some hundred characters, no two alike.
func opinionText(i int) string {
	places := []string{"분수대 옆", "지하철 출구 앞", "도서관 쪽 길", "시청 정문 앞", "남쪽 횡단보도", "버스 정류장 둘레"}
	wishes := []string{"나무 그늘과 긴 의자를 놓아 주십시오", "유모차가 다니기 좋게 턱을 낮추어 주십시오", "주말에는 차 없는 거리로 열어 주십시오",
		"밤에도 안전하도록 불을 밝혀 주십시오", "아이들이 뛰놀 잔디를 남겨 주십시오"}
	return fmt.Sprintf("%s에 %s. 저는 %d번 버스로 날마다 이곳을 지나는 사람입니다. 광장이 생기면 점심시간에 쉬어 갈 곳이 되리라 기대합니다.",
		places[i%len(places)], wishes[i/len(places)%len(wishes)], 100+i)
}

// voters are people whose addresses are confirmed and whose sessions are open.
func (s *square) voters(n int) []voter {
	s.t.Helper()
	ids := make([]string, n)
	all := make([]voter, n)
	for i := range all {
		all[i] = voter{contact: postgres.NewID(), address: fmt.Sprintf("10.%d.%d.%d", i/62500, i/250%250, 1+i%250)}
		ids[i] = string(all[i].contact)
		token, _, err := s.store.OpenSession(forum.Session{Contact: all[i].contact}, time.Now())
		if err != nil {
			s.t.Fatal(err)
		}
		all[i].cookie = "citizen=" + token
	}
	s.execute(`INSERT INTO contacts (id, email, confirmed_at) SELECT id, id || '@citizen.example', now() FROM unnest($1::uuid[]) AS c (id)`, ids)
	return all
}

// voter is a person with an open session and an address of their own.
type voter struct {
	contact         forum.ID
	cookie, address string
}

// execute runs SQL that no part of the product has.
func (s *square) execute(sql string, args ...any) {
	s.t.Helper()
	if _, err := s.store.Pool().Exec(s.t.Context(), sql, args...); err != nil {
		s.t.Fatal(err)
	}
}

// one reads one value.
func one[T any](s *square, sql string, args ...any) T {
	s.t.Helper()
	var value T
	if err := s.store.Pool().QueryRow(s.t.Context(), sql, args...).Scan(&value); err != nil {
		s.t.Fatal(err)
	}
	return value
}

// wellKept checks the invariants, after a last tally.
func (s *square) wellKept() {
	s.t.Helper()
	vitals, err := s.store.Vitals(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, v := range vitals.Invariants {
		s.t.Errorf("%s: %d rows, such as %s", v.Name, v.Rows, v.Sample)
	}
}

// base is a web process's address without what HTTP puts before it.
func (w *web) url(parts ...string) string { return "http://" + w.public + strings.Join(parts, "") }
