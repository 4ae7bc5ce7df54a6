package serve

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"acropolis/forum"
	"acropolis/integrations/postgres/pgtest"
)

// post sends an opinion and gives the status of the answer.
func (c city) post(t *testing.T, id forum.ID, text string) int {
	t.Helper()
	status, _ := c.postWith(t, id, text, "")
	return status
}

// postWith sends it with a task's solution, and gives the answer's key, too.
func (c city) postWith(t *testing.T, id forum.ID, text, solution string) (status int, key string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.public.URL+"/api/v1/forums/"+string(id)+"/opinions",
		strings.NewReader(fmt.Sprintf(`{"text":%q,"altcha":%q}`, text, solution)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", uuid.NewString())
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var problem struct{ Key string }
	if err := json.NewDecoder(answer.Body).Decode(&problem); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, problem.Key
}

// TestTwoWebProcessesGiveOneLimit: one address that goes from process to process gets its limit, and at most what one interval
// between two exchanges allows on top; what was refused and can be mended doesn't count; without a database each goes on alone.
func TestTwoWebProcessesGiveOneLimit(t *testing.T) {
	url := pgtest.URL(t)
	one, two := webProcess(t, url), webProcess(t, url)
	open, _ := one.forums(t)
	exchange := func() {
		t.Helper()
		for _, c := range []city{one, two, one} { // each tells, then each has heard
			if err := c.others.turn(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	posts := func(c city, n int, text string) (taken int) {
		t.Helper()
		for range n {
			if c.post(t, open, text) == http.StatusCreated {
				taken++
			}
		}
		return taken
	}
	const burst, within, unheard = 30, 20, 3
	began := time.Now()
	allowed := func() int { return burst + int(time.Since(began)/time.Second) + 1 } // page's limit of writes: one more each second
	if got := one.post(t, open, "가"); got != http.StatusUnprocessableEntity {
		t.Errorf("too short: %d", got)
	}
	exchange()
	total := posts(one, within, "한 대에서")
	total += posts(two, unheard, "다른 대에서") // the interval: the second doesn't know of the first yet
	if total != within+unheard {
		t.Errorf("%d taken, none of which was too many", total)
	}
	for range 3 {
		exchange()
		total += posts(two, burst, "다른 대에서")
		exchange()
		total += posts(one, burst, "다시 한 대에서")
	}
	if total < burst || total > allowed()+unheard {
		t.Errorf("%d taken by both, want %d to %d", total, burst, allowed()+unheard)
	}
}

// TestLimitsHoldWithoutTheDatabase: what couldn't be told is told later, and meanwhile each process keeps its own limit.
func TestLimitsHoldWithoutTheDatabase(t *testing.T) {
	url := pgtest.URL(t)
	one, two := webProcess(t, url), webProcess(t, url)
	open, _ := one.forums(t)
	const before = 20
	for range before {
		if got := one.post(t, open, "데이터베이스가 쉬기 전에"); got != http.StatusCreated {
			t.Fatal(got)
		}
	}
	pool := one.store.Pool()
	if _, err := pool.Exec(t.Context(), `ALTER TABLE shared_rates RENAME TO shared_rates_away`); err != nil {
		t.Fatal(err)
	}
	if err := one.others.turn(t.Context()); err == nil {
		t.Error("nothing said that nobody was told")
	}
	if _, err := pool.Exec(t.Context(), `ALTER TABLE shared_rates_away RENAME TO shared_rates`); err != nil {
		t.Fatal(err)
	}
	two.post(t, open, "옆에서 하나")
	two.post(t, open, "옆에서 둘")
	for _, c := range []city{one, two} {
		if err := c.others.turn(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	began, taken := time.Now(), 0
	for range 30 {
		if two.post(t, open, "옆에서") == http.StatusCreated {
			taken++
		}
	}
	if most := 30 - before + int(time.Since(began)/time.Second) + 1; taken > most {
		t.Errorf("%d taken by the other, want %d at most", taken, most)
	}
}

// solved is the solution of a task of a forum, as a client of ALTCHA's protocol finds it.
func (c city) solved(t *testing.T, id forum.ID) string {
	t.Helper()
	_, body := c.asked(t, "/api/v1/challenge?for="+string(id))
	var task struct {
		Challenge, Salt, Signature string
		MaxNumber                  int
	}
	if err := json.Unmarshal([]byte(body), &task); err != nil {
		t.Fatal(err, body)
	}
	for n := range task.MaxNumber + 1 {
		if sum := sha256.Sum256([]byte(task.Salt + strconv.Itoa(n))); hex.EncodeToString(sum[:]) == task.Challenge {
			return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, `{"algorithm":"SHA-256","challenge":%q,"number":%d,"salt":%q,"signature":%q}`, task.Challenge, n, task.Salt, task.Signature))
		}
	}
	t.Fatal("the task has no solution")
	return ""
}

// TestPressureIsOneForAllProcesses: what one process found under pressure the other knows after an exchange; a solution is good for
// one opinion, whichever process it is brought to and however many at once; another forum is left alone; an official's protection
// holds everywhere until it is ended, and all of it stands on the trail.
func TestPressureIsOneForAllProcesses(t *testing.T) {
	url := pgtest.URL(t)
	few := func(s *Settings) { s.Pressure, s.Numbers = 5, 500 }
	one, two := webProcess(t, url, few), webProcess(t, url, few)
	open, _ := one.forums(t)
	elsewhere, _ := one.forums(t)
	exchange := func() {
		t.Helper()
		for _, c := range []city{one, two, one} {
			if err := c.others.turn(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := func(c city, id forum.ID, solution string, status int, key string) {
		t.Helper()
		if got, why := c.postWith(t, id, "광장을 만들어 주십시오.", solution); got != status || why != key {
			t.Errorf("%d %s, want %d %s", got, why, status, key)
		}
	}
	for range 5 {
		want(one, open, "", 201, "")
	}
	want(one, open, "", 403, "challenge.required")
	exchange()
	want(two, open, "", 403, "challenge.required")
	want(two, elsewhere, "", 201, "")

	solution := two.solved(t, open)
	var all sync.WaitGroup
	var taken, spent [10]bool
	for n := range taken {
		all.Go(func() {
			status, key := []city{one, two}[n%2].postWith(t, open, "광장을 만들어 주십시오.", solution)
			taken[n], spent[n] = status == 201, key == "challenge.spent"
		})
	}
	all.Wait()
	if count(taken[:]) != 1 || count(spent[:]) != 9 {
		t.Errorf("one solution took %d opinions, %d told that it was used", count(taken[:]), count(spent[:]))
	}
	want(one, open, one.solved(t, elsewhere), 403, "challenge.wrong")
	pressures, err := one.store.Pressures(t.Context())
	if err != nil || len(pressures) != 1 || pressures[0].Forum != open || time.Since(pressures[0].Since) > time.Minute || pressures[0].Protected {
		t.Errorf("%+v %v", pressures, err)
	}
}

func count(all []bool) (n int) {
	for _, is := range all {
		if is {
			n++
		}
	}
	return n
}
