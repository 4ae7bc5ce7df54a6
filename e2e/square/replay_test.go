package square

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"acropolis/e2e/load"
	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/webui/public/contract"
)

var whole = flag.Bool("replay", false, "replay every vote of the real conversations, not a slice")

// row is a line of a set, by the names of its columns.
type row map[string]string

// dataOf reads a table of the real sets. Strangers wrote them, so they aren't in this repository.
func dataOf(t *testing.T, name ...string) []row {
	t.Helper()
	folder := cmp.Or(os.Getenv("ACROPOLIS_DATA"), filepath.Join("..", "..", "..", "shared", "data"))
	file, err := os.Open(filepath.Join(append([]string{folder}, name...)...))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no real votes here; ACROPOLIS_DATA says where they are")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var in io.Reader = file
	if strings.HasSuffix(file.Name(), ".gz") {
		if in, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	lines, err := csv.NewReader(in).ReadAll()
	if err != nil || len(lines) < 2 {
		t.Fatal(name, err)
	}
	rows := make([]row, len(lines)-1)
	for i, line := range lines[1:] {
		rows[i] = row{}
		for j, column := range lines[0] {
			rows[i][column] = line[j]
		}
	}
	return rows
}

// TestRealVotesAreReplayed sends what people voted elsewhere through this city's door: the log of vtaiwan-uberx with every change
// of mind in its order, and the last votes of bowling-green. What is shown then is what the set says, opinion for opinion, but
// for what the rules refuse, and that is listed.
func TestRealVotesAreReplayed(t *testing.T) {
	for _, set := range []struct {
		name, votes string
		slice       int
		count       func([]row) string // what must be in the set, or it is another one
	}{
		{"vtaiwan-uberx", "vote_log.csv.gz", 4000, func(v []row) string { return fmt.Sprintf("%d votes in the log", len(v)) }},
		{"bowling-green", "votes.csv.gz", 6000, func(v []row) string {
			return fmt.Sprintf("%d votes for or against", len(slices.DeleteFunc(slices.Clone(v), func(r row) bool { return r["vote"] == "0" })))
		}},
	} {
		t.Run(set.name, func(t *testing.T) {
			opinions, votes := dataOf(t, "polis", set.name, "opinions.csv"), dataOf(t, "polis", set.name, set.votes)
			t.Log("the set has " + set.count(votes))
			if !*whole {
				votes = votes[:set.slice]
			}
			if votes[0]["time"] == "" { // last votes, person by person: nobody votes on hundreds of opinions in a second, so mix them
				slices.SortStableFunc(votes, func(a, b row) int { return cmp.Compare(a["opinion_id"], b["opinion_id"]) })
			}
			s := newSquare(t, 1, nil)
			r := &replay{t: t, s: s, w: s.webs[0], forum: s.openForum(), refused: map[string]int{}}
			r.post(opinions)
			r.vote(votes)
			r.compare(opinions, votes)
		})
	}
}

// replay is a conversation that is held once more.
type replay struct {
	t       *testing.T
	s       *square
	w       *web
	forum   forum.ID
	ids     map[string]forum.ID // of the accepted opinions, by the set's
	cast    int                 // votes that were answered with 200
	passes  int                 // rows without a vote before them to take back: nothing is sent
	mu      sync.Mutex
	refused map[string]int
}

// post sends each opinion from an address of its own.
func (r *replay) post(opinions []row) {
	r.ids = map[string]forum.ID{}
	client := load.NewClient(r.w.public)
	defer client.Close()
	for i, o := range opinions {
		body, _ := json.Marshal(map[string]string{"title": o["title"], "text": o["text"]}) // texts marshal
		a, err := client.Do(load.Request("POST", r.w.public, "/api/v1/forums/"+string(r.forum)+"/opinions", body, "X-Forwarded-For", anAddress(i),
			"Content-Type", "application/json", "User-Agent", "Mozilla/5.0 (replay)", "Idempotency-Key", string(postgres.NewID())))
		if err != nil {
			r.t.Fatal(err)
		}
		var accepted struct {
			ID  forum.ID
			Key string
		}
		if err := json.Unmarshal(a.Body, &accepted); err != nil {
			r.t.Fatal(err)
		}
		if a.Status == http.StatusCreated {
			r.ids[o["opinion_id"]] = accepted.ID
			continue
		}
		r.refused[fmt.Sprintf("opinion: %d %s", a.Status, accepted.Key)]++
	}
	r.t.Logf("%d of %d opinions accepted", len(r.ids), len(opinions))
}

// ballot is one vote on its way, or the taking back of one.
type ballot struct {
	voter   voter
	opinion forum.ID
	choice  string // for, against; empty takes back
}

const replayers = 32

// vote sends the rows in their order, a voter's always by the same client: the next one leaves when the last one is answered. Who
// is told to wait waits and sends the same again.
func (r *replay) vote(rows []row) {
	queues := r.queues(rows)
	next := make([]int, replayers)
	began := time.Now()
	result := load.Run(r.t.Context(), r.w.public, replayers, time.Hour, func(client, _ int) ([]byte, func(load.Answer, error)) {
		if next[client] == len(queues[client]) {
			return nil, nil
		}
		b := queues[client][next[client]]
		return r.request(b), func(a load.Answer, err error) {
			switch {
			case err != nil:
				r.t.Error(err) // nobody knows whether it was cast, and the same vote twice is one: send it again
			case a.Status == http.StatusTooManyRequests || a.Status == http.StatusServiceUnavailable:
				seconds, _ := strconv.Atoi(a.RetryAfter)
				time.Sleep(time.Duration(max(1, seconds)) * time.Second)
			default:
				next[client]++
				r.note(a)
			}
		}
	})
	r.t.Logf("%d votes, changes and withdrawals answered in %v by %d clients, %.0f a second; told to wait: %d times",
		r.cast, time.Since(began).Round(time.Second), replayers, result.PerSecond(), result.Others[http.StatusTooManyRequests]+result.Others[http.StatusServiceUnavailable])
	r.t.Logf("%d passes are no votes and took none back", r.passes)
	for _, reason := range slices.Sorted(maps.Keys(r.refused)) {
		r.t.Logf("refused %d × %s", r.refused[reason], reason)
	}
}

func (r *replay) request(b ballot) []byte {
	headers := []string{"Cookie", b.voter.cookie, "X-Forwarded-For", b.voter.address, "User-Agent", "Mozilla/5.0 (replay)"}
	path := "/api/v1/opinions/" + string(b.opinion) + "/vote"
	if b.choice == "" {
		return load.Request("DELETE", r.w.public, path, nil, headers...)
	}
	return load.Request("PUT", r.w.public, path, []byte(`{"choice":"`+b.choice+`"}`), append(headers, "Content-Type", "application/json")...)
}

func (r *replay) note(a load.Answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a.Status == http.StatusOK {
		r.cast++
		return
	}
	var problem struct{ Key string }
	_ = json.Unmarshal(a.Body, &problem) // a status is enough to fail by
	r.refused[fmt.Sprintf("vote: %d %s", a.Status, problem.Key)]++
	r.t.Errorf("a vote was refused: %d %s", a.Status, a.Body)
}

// queues gives each client its voters' rows in the order of the set.
func (r *replay) queues(rows []row) [][]ballot {
	number := map[string]int{}
	for _, v := range rows {
		if _, known := number[v["participant"]]; !known {
			number[v["participant"]] = len(number)
		}
	}
	people := r.s.voters(len(number))
	queues := make([][]ballot, replayers)
	voted := map[string]bool{}
	for _, v := range rows {
		id, accepted := r.ids[v["opinion_id"]]
		if !accepted {
			r.refused["vote on an opinion that was refused"]++
			continue
		}
		n, pair := number[v["participant"]], v["participant"]+" "+v["opinion_id"]
		b := ballot{people[n], id, map[string]string{"1": "for", "-1": "against", "0": ""}[v["vote"]]}
		if b.choice == "" && !voted[pair] {
			r.passes++
			continue
		}
		voted[pair] = b.choice != ""
		queues[n%replayers] = append(queues[n%replayers], b)
	}
	return queues
}

// compare reads the whole board as citizens do, and holds each opinion's tally against the set's.
func (r *replay) compare(opinions, rows []row) {
	last := map[[2]string]string{}
	for _, v := range rows {
		last[[2]string{v["opinion_id"], v["participant"]}] = v["vote"]
	}
	type tally struct{ For, Against int }
	want := map[forum.ID]tally{}
	for pair, vote := range last {
		if id, accepted := r.ids[pair[0]]; accepted {
			w := want[id]
			switch vote {
			case "1":
				w.For++
			case "-1":
				w.Against++
			}
			want[id] = w
		}
	}
	if *whole { // the set's own sums, and not ours of its rows
		for _, o := range opinions {
			if id, accepted := r.ids[o["opinion_id"]]; accepted {
				up, _ := strconv.Atoi(o["votes_up"])
				down, _ := strconv.Atoi(o["votes_down"])
				want[id] = tally{up, down}
			}
		}
	}
	r.s.wellKept() // a recount equals what is shown from here on
	var sum tally
	shown := r.board()
	for id, w := range want {
		got, there := shown[id]
		if !there || got.For != w.For || got.Against != w.Against {
			r.t.Errorf("opinion %s shows %d for, %d against (there: %v), the set says %d and %d", id, got.For, got.Against, there, w.For, w.Against)
		}
		sum.For, sum.Against = sum.For+w.For, sum.Against+w.Against
	}
	if len(shown) != len(r.ids) {
		r.t.Errorf("%d opinions on the board, %d were accepted", len(shown), len(r.ids))
	}
	if kept := one[int](r.s, `SELECT count(*) FROM vote_changes`); kept != r.cast {
		r.t.Errorf("%d votes were acknowledged, %d are kept", r.cast, kept)
	}
	r.t.Logf("%d opinions show %d votes for and %d against, each as the set says", len(shown), sum.For, sum.Against)
}

func (r *replay) board() map[forum.ID]forum.Opinion {
	r.t.Helper()
	client := &http.Client{Transport: contract.Transport(r.t, r.w.url(), http.DefaultTransport)}
	return boardOf(r.t, client, r.w, r.forum)
}

// boardOf reads every page of a board through the API.
func boardOf(t *testing.T, client *http.Client, w *web, id forum.ID) map[forum.ID]forum.Opinion {
	t.Helper()
	all := map[forum.ID]forum.Opinion{}
	for page := 1; ; page++ {
		var list struct {
			Items []forum.Opinion
			Total int
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
			w.url("/api/v1/forums/", string(id), "/opinions?sort=oldest&size=100&page=", strconv.Itoa(page)), http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		err = json.NewDecoder(response.Body).Decode(&list)
		_ = response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range list.Items {
			all[o.ID] = o
		}
		if len(list.Items) == 0 { // the total is a moment behind
			return all
		}
	}
}

// TestRealPostsComeBackAsTheyWereSent posts what citizens of another city sent to its portal, tests and attacks among it.
func TestRealPostsComeBackAsTheyWereSent(t *testing.T) {
	rows := dataOf(t, "es_decide_madrid", "opinions.csv")
	attacks := 0
	if !*whole { // the attacks, and as many others
		rows = slices.DeleteFunc(rows, func(r row) bool {
			n, _ := strconv.Atoi(r["opinion_id"][1:])
			return r["status"] != "attack-or-test" && n%7 != 0
		})
	}
	s := newSquare(t, 1, nil)
	r := &replay{t: t, s: s, w: s.webs[0], forum: s.openForum(), refused: map[string]int{}}
	r.post(rows)
	shown := r.board()
	for _, sent := range rows {
		if sent["status"] == "attack-or-test" {
			attacks++
		}
		id, accepted := r.ids[sent["opinion_id"]]
		if got := shown[id]; accepted && (got.Text != asKept(sent["text"]) || got.Title != asKept(sent["title"])) {
			t.Errorf("%s came back as %q %q, sent were %q %q", sent["opinion_id"], got.Title, got.Text, sent["title"], sent["text"])
		}
		if !accepted && sent["status"] == "attack-or-test" {
			t.Errorf("the attack %s was refused: it is a text like others", sent["opinion_id"])
		}
	}
	if attacks == 0 {
		t.Error("no attacks are left in the set")
	}
	for reason, n := range r.refused {
		t.Logf("refused %d × %s", n, reason)
	}
	t.Logf("%d posts, %d of them attacks or tests: %d came back as they were sent", len(rows), attacks, len(shown))
	s.wellKept()
}

// asKept is a text in the form that the city keeps: composed, with line feeds, without what isn't seen at its edges.
func asKept(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u200b", "", "\ufeff", "").Replace(s)
	return strings.TrimSpace(norm.NFC.String(s))
}
