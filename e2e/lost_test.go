package e2e

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/e2e/program"
	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/pgtest"
	"acropolis/integrations/temporal"
	"acropolis/integrations/temporal/embedded"
	"acropolis/workflows"
)

var lostForums = flag.Int("lost", 48, "how many forums are under way when Temporal's databases are lost")

// TestTemporalsDatabasesAreLost in the mid-life of forums in all statuses: with a new and empty Temporal everything goes on from
// what PostgreSQL knows, without a hand at the worker, no clock begins anew and nobody is told twice. `make lost` does it with 200.
func TestTemporalsDatabasesAreLost(t *testing.T) {
	db := pgtest.Server(t)
	server := temporalOn(t, db, 0)
	c := emptyCity(t)
	c.given = map[string]string{"TEMPORAL_ADDRESS": server.Address()}
	c.startMain("services")
	c.worker("SWEEP_EVERY", "10s")
	store, conductor := c.store(), c.conductor()
	all := forumsInAllStatuses(t, store, *lostForums)
	running := func(ctx context.Context) int { return len(all) - stoppedOf(ctx, conductor, all) }
	program.Await(t, "all to run", 2*time.Minute, func(ctx context.Context) bool { return running(ctx) == len(all) })
	for n, s := range all { // some letters, before and after
		if n%2 == 0 && one[forum.ForumStatus](t, store, `SELECT status FROM forums WHERE id = $1`, s.ID) == forum.Selected {
			propose(t, store, conductor, s.ID)
		}
	}
	const letters = `SELECT (SELECT count(*) FROM mails) + (SELECT count(*) FROM notices)`
	owed, told := clocks(t, store), one[int](t, store, letters)

	_, port, err := splitPort(server.Address())
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	dropTemporal(t, db)
	server = temporalOn(t, db, port)
	back := time.Now()
	const limit = time.Minute
	program.Await(t, "all to run again", 2*limit, func(ctx context.Context) bool { return running(ctx) == len(all) })
	took := time.Since(back)
	t.Logf("%d forums run again %v after the server is back, of %v (%.2f)", len(all), took.Round(time.Millisecond), limit, took.Seconds()/limit.Seconds())
	if took > limit {
		t.Error("too late")
	}
	if now := clocks(t, store); now != owed {
		t.Errorf("clocks have changed:\n%s", different(owed, now))
	}
	if now := one[int](t, store, letters); now != told || told == 0 {
		t.Errorf("%d of %d letters and notices were written meanwhile", now-told, now)
	}

	complete(t, store, conductor)
	if n := one[int](t, store, `SELECT count(*) FROM forums WHERE status NOT IN ('archived', 'withdrawn')`); n != 0 {
		t.Errorf("%d forums are not complete", n)
	}
	for id, n := range copies(c.letters()) {
		if n > 1 {
			t.Errorf("the letter %s came %d times", id, n)
		}
	}
	wellKept(t, store)
}

func temporalOn(t *testing.T, db *pgtest.Private, port int) *embedded.Server {
	t.Helper()
	server, err := embedded.Start(t.Context(), embedded.Options{Host: db.Host(), Port: db.Port(), User: db.User(), Password: db.Password(),
		FrontendPort: port, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	return server
}

func dropTemporal(t *testing.T, db *pgtest.Private) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), db.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	for _, name := range []string{"temporal", "temporal_visibility"} {
		if _, err := conn.Exec(t.Context(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Fatal(err)
		}
	}
}

func splitPort(address string) (host string, port int, err error) {
	u, err := url.Parse("http://" + address)
	if err != nil {
		return "", 0, err
	}
	port, err = strconv.Atoi(u.Port())
	return u.Hostname(), port, err
}

// forumsInAllStatuses brings n forums into the city, as many in each status that has something ahead of it.
func forumsInAllStatuses(t *testing.T, s *postgres.Store, n int) []forum.Start {
	t.Helper()
	by, err := s.Official(t.Context(), awaitOfficial(t, s, anOperator))
	if err != nil {
		t.Fatal(err)
	}
	now, statuses := time.Now(), forum.ForumSteps.Open()
	var all []forum.Start
	for i := range n {
		past := forum.PastForum{Status: statuses[i%len(statuses)], Title: fmt.Sprintf("광장을 어떻게 쓸까요 %d", i), Department: department,
			OpensAt: now.Add(-48 * time.Hour), ClosesAt: now.Add(-24 * time.Hour)}
		switch past.Status {
		case forum.Selected, forum.Assigning, forum.Preparing:
			past.OpensAt, past.ClosesAt = time.Time{}, time.Time{}
		case forum.Scheduled:
			past.OpensAt, past.ClosesAt = now.Add(time.Hour), now.Add(48*time.Hour)
		case forum.Open, forum.Suspended:
			past.ClosesAt = now.Add(48 * time.Hour)
		case forum.Published, forum.Following:
			past.Response = []forum.Paragraph{{Text: "광장을 만듭니다.", Disposition: forum.Adopted}}
			past.Milestones = []forum.Milestone{{Title: "착공", Due: now.Add(240 * time.Hour)}}
		}
		id, err := s.Import(t.Context(), by, past)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, forum.Start{Noun: forum.TheForum, ID: id})
	}
	return all
}

func propose(t *testing.T, s *postgres.Store, c *temporal.Conductor, id forum.ID) {
	t.Helper()
	d := aboutForum(forum.ProposeDepartment, id, awaitOfficial(t, s, anOfficer), "")
	d.Details = fmt.Appendf(nil, `{"department":%q}`, department)
	if err := decide(t.Context(), s, c, d); err != nil {
		t.Fatal(err)
	}
}

// stoppedOf counts the procedures that don't run; while Temporal doesn't answer, none does.
func stoppedOf(ctx context.Context, c *temporal.Conductor, all []forum.Start) int {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	running, err := c.Running(ctx, forum.TheForum)
	if err != nil {
		return len(all)
	}
	return len(slices.DeleteFunc(slices.Clone(all), func(s forum.Start) bool { return running[s.ID] }))
}

// clocks are all that is owed, each with its beginning and its end.
func clocks(t *testing.T, s *postgres.Store) string {
	t.Helper()
	return fmt.Sprint(many(t, s, `SELECT concat_ws(' ', id, noun, kind, since, due, next_at, reminders, done_at) FROM owed ORDER BY id`))
}

// complete brings every forum to its end by the decisions of officials.
func complete(t *testing.T, s *postgres.Store, c *temporal.Conductor) {
	t.Helper()
	by := awaitOfficial(t, s, anOfficer)
	for {
		open := many(t, s, `SELECT id FROM forums WHERE status NOT IN ('archived', 'withdrawn') ORDER BY id`)
		if len(open) == 0 {
			return
		}
		before := len(open)
		for _, text := range open {
			id := forum.ID(text)
			d := aboutForum(forum.WithdrawForum, id, by, "사업이 취소되었습니다.")
			switch one[forum.ForumStatus](t, s, `SELECT status FROM forums WHERE id = $1`, id) {
			case forum.Published:
				d.Action, d.Details = forum.PlanFollowUp, []byte(`{"milestones":[]}`)
			case forum.Following:
				milestone := one[forum.ID](t, s, `SELECT id FROM milestones WHERE forum_id = $1 AND status IN ('planned', 'late') LIMIT 1`, id)
				d.Action, d.Details = forum.DropMilestone, []byte(fmt.Sprintf(`{"milestone":%q}`, milestone))
			}
			if err := decide(t.Context(), s, c, d); err != nil {
				t.Fatalf("%s of %s: %v", d.Action, workflows.WorkflowID(forum.Start{Noun: forum.TheForum, ID: id}), err)
			}
		}
		time.Sleep(time.Second)
		if left := one[int](t, s, `SELECT count(*) FROM forums WHERE status NOT IN ('archived', 'withdrawn')`); left >= before {
			t.Fatalf("%d forums get nowhere", left)
		}
	}
}
