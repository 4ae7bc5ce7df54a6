package lives

import (
	"flag"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"acropolis/forum"
)

// sequences is how many each model is asked:
//
//	go test ./e2e/lives -run Model -sequences 2000 -timeout 60m
var sequences = flag.Int("sequences", 40, "how many sequences of events each model is held against")

// command is one thing that may happen, and what a model that knows nothing of the city's code expects of it: "" or the key of
// the refusal. expects is asked just before it happens, and changes the model.
type command struct {
	name    string
	happens event
	expects func(s *stage) string
}

// model is a row, or some, on the way; sees compares what is with what the model expects.
type model struct {
	at       forum.Start
	starts   []forum.Start
	commands []command
	sees     func(s *stage) (want, got string)
}

// holdAgainst lets random sequences of commands happen, each in one unbroken run of the real procedures on the real store, and
// compares after each command. arrange makes the rows and a fresh model of them.
func holdAgainst(t *testing.T, arrange func(c city) model) {
	t.Helper()
	for name, value := range map[string]string{"rapid.checks": strconv.Itoa(*sequences), "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	c, played, swept := newCity(t), 0, 0
	rapid.Check(t, func(r *rapid.T) {
		if played++; played%200 == 0 {
			c.Close()
			c = newCity(t) // a database of thousands of lives would only be slow
		}
		c.forget()
		c.clock.set(monday)
		m := arrange(c)
		drawn := rapid.SliceOfN(rapid.IntRange(0, len(m.commands)-1), 3, 14).Draw(r, "commands")
		acts := []act{func(s *stage, done func()) {
			for _, to := range m.starts {
				s.env.SignalWorkflow("start", to)
			}
			done()
		}}
		said := ""
		for _, n := range drawn {
			one := m.commands[n]
			acts = append(acts, func(s *stage, done func()) {
				said += " → " + one.name
				want := one.expects(s)
				one.happens(s, m.at, func(got string) {
					if got != want {
						r.Errorf("%s: answered %q, the model says %q", said, got, want)
					}
					done()
				})
			}, func(s *stage, done func()) {
				settle(s, m.sees, patience, &swept, func(want, got string) {
					if want != got {
						r.Errorf("%s: it is %s, the model says %s", said, got, want)
					}
					done()
				})
			})
		}
		c.play(acts...)
		if parked := one[int](c, `SELECT count(*) FROM attention`); parked > 0 {
			r.Errorf("%s: %d steps are parked", said, parked)
		}
		wellKept(c, r)
	})
	t.Logf("%d sequences; %d times the Sweep had to see to somebody", played, swept)
}

// patience is how many moments may pass until everything has settled: on a loaded machine the test suite lets one pass before a
// procedure that was just started has its first turn. Whom nobody has started by then the Sweep does, as it does in the city.
const patience = 6

func settle(s *stage, sees func(s *stage) (want, got string), left int, swept *int, over func(want, got string)) {
	want, got := sees(s)
	if want == got || left == 0 {
		over(want, got)
		return
	}
	next := func() { s.env.RegisterDelayedCallback(func() { settle(s, sees, left-1, swept, over) }, moment) }
	if left == patience/2 {
		*swept++
		sweeps(s, next)
		return
	}
	next()
}

// forget ends what earlier sequences left under way, so that nobody waits for it.
func (c city) forget() {
	c.t.Helper()
	c.exec(`UPDATE owed SET done_at = now() WHERE done_at IS NULL`)
	c.exec(`UPDATE rounds SET status = 'recorded' WHERE status <> 'recorded'`)
	c.exec(`UPDATE awards SET status = 'lapsed' WHERE status NOT IN ('delivered', 'declined', 'lapsed')`)
	c.exec(`UPDATE approvals SET status = 'voided' WHERE status IN ('drafted', 'in_review')`)
	c.exec(`UPDATE forums SET status = 'withdrawn' WHERE status NOT IN ('archived', 'withdrawn')`)
	c.exec(`DELETE FROM attention`)
}

// wellKept asks the invariants that one row can break.
func wellKept(c city, r *rapid.T) {
	twice := one[int](c, `SELECT count(*) FROM (SELECT 1 FROM mails GROUP BY event, contact_id, official_id HAVING count(*) > 1) x`)
	if twice > 0 {
		r.Errorf("%d letters were written twice", twice)
	}
}

func awardStart(id forum.ID) forum.Start { return forum.Start{Noun: forum.TheAward, ID: id} }

// elsewhere lets an event happen to another row than the model's own.
func elsewhere(at forum.Start, e event) event {
	return func(s *stage, _ forum.Start, over func(string)) { e(s, at, over) }
}
