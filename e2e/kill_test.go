package e2e

import (
	"slices"
	"testing"
	"time"

	"acropolis/e2e/program"
	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/standalone/demo"
	"acropolis/standalone/journey"
)

// kill -9 of the worker at five points of the journey, another one a little later: it completes with the same figures, and
// nobody gets a letter twice.
func TestWorkerKilledAtFivePointsOfTheJourney(t *testing.T) {
	c, input := newCity(t), demo.OpinionsCSV()
	worker, store := c.worker(), c.store()
	victim := victim{t: t, city: c, store: store, worker: worker}
	c.webui()

	steps, done := make(chan journey.Step, 100), make(chan error, 1)
	var r journey.Result
	config := c.journeyOf(t, input)
	config.OnStep = func(step journey.Step) { steps <- step }
	go func() {
		var err error
		r, err = journey.Run(t.Context(), config)
		close(steps)
		done <- err
	}()
	for step := range steps {
		switch step {
		case journey.Assignment:
			time.Sleep(50 * time.Millisecond)
			victim.kill("while a department is asked")
		case journey.Opinions:
			time.Sleep(50 * time.Millisecond)
			victim.kill("while people post")
		case journey.Closing:
			closes := one[time.Time](t, store, `SELECT closes_at FROM forums`)
			time.Sleep(time.Until(closes) - 200*time.Millisecond)
			victim.kill("just before the close is due")
			victim.awaitStatus(forum.Closed, forum.Analysing)
			victim.kill("while the analysis is made")
		case journey.FollowUp:
			victim.kill("after the response is published")
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if victim.kills != 5 {
		t.Fatalf("%d kills", victim.kills)
	}
	sameAsInput(t, r, input)
	sameAsWorkbook(t, c, r)
	mailedOnce(t, store, c, victim.kills)
	wellKept(t, store)
}

// victim is a worker that is killed again and again.
type victim struct {
	t      *testing.T
	city   *city
	store  *postgres.Store
	worker *program.Process
	kills  int
}

// kill ends the worker and starts another one a little later.
func (v *victim) kill(when string) {
	v.t.Helper()
	v.t.Logf("kill -9 %s, the forum being %s", when, one[forum.ForumStatus](v.t, v.store, `SELECT status FROM forums`))
	v.worker.Kill()
	v.kills++
	time.Sleep(1500 * time.Millisecond)
	letGo(v.t, v.store)
	v.worker = v.city.worker()
}

func (v *victim) awaitStatus(any ...forum.ForumStatus) {
	v.t.Helper()
	for patience := time.Now().Add(30 * time.Second); time.Now().Before(patience); time.Sleep(time.Millisecond) {
		if slices.Contains(any, one[forum.ForumStatus](v.t, v.store, `SELECT status FROM forums`)) {
			return
		}
	}
	v.t.Fatal("the forum never got there")
}
