package serve

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"acropolis/forum"
	"acropolis/integrations/postgres/pgtest"
)

// post sends an opinion and gives the status of the answer.
func (c city) post(t *testing.T, id forum.ID, text string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.public.URL+"/api/v1/forums/"+string(id)+"/opinions",
		strings.NewReader(fmt.Sprintf(`{"text":%q}`, text)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", uuid.NewString())
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
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
