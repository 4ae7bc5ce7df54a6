package lives

import (
	"os"
	"strings"
	"testing"

	"acropolis/forum"
)

// event is one thing that may happen to a row; over hears "" or the key of the refusal.
type event func(s *stage, at forum.Start, over func(key string))

// after lets several things happen, until one is refused.
func after(events ...event) event {
	return func(s *stage, at forum.Start, over func(string)) {
		events[0](s, at, func(key string) {
			if key != "" || len(events) == 1 {
				over(key)
				return
			}
			s.env.RegisterDelayedCallback(func() { s.onTime(); after(events[1:]...)(s, at, over) }, moment)
		})
	}
}

// table is what happens in which status, written by hand: "=" nothing changes, "." it is refused since the row has gone
// another way, "!key" it is refused for that reason, anything else is the status that follows; ">status" what became of it all the same.
type table struct {
	statuses []string
	events   []string
	cells    map[string]map[string]string
}

func readTable(t testing.TB, file string) table {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := table{cells: map[string]map[string]string{}}
	for line := range strings.Lines(string(raw)) {
		name, cells, ok := strings.Cut(strings.TrimSpace(line), "|")
		name = strings.TrimSpace(name)
		switch fields := strings.Fields(cells); {
		case !ok || strings.HasPrefix(name, "#"):
		case name == "":
			all.statuses = fields
		case len(fields) != len(all.statuses):
			t.Fatalf("%s: %q has %d cells for %d statuses", file, name, len(fields), len(all.statuses))
		default:
			all.events = append(all.events, name)
			all.cells[name] = map[string]string{}
			for i, status := range all.statuses {
				all.cells[name][status] = fields[i]
			}
		}
	}
	return all
}

// compare lets each event happen in each status, and holds what follows against the table. arrange brings a row into a status
// and gives what tells its status.
func compare(t *testing.T, file string, events map[string]event, arrange func(c city, status string) (forum.Start, func() string)) {
	t.Helper()
	want := readTable(t, file)
	for _, name := range want.events {
		if events[name] == nil {
			t.Errorf("nothing does %q", name)
		}
	}
	for name := range events {
		if want.cells[name] == nil {
			t.Errorf("the table lacks %q", name)
		}
	}
	if t.Failed() {
		return
	}
	for _, status := range want.statuses {
		t.Run(status, func(t *testing.T) {
			c := newCity(t)
			for _, name := range want.events {
				c.clock.set(monday)
				at, tells := arrange(c, status)
				if now := tells(); now != status {
					t.Fatalf("arranged as %s, it is %s", status, now)
				}
				key := "?"
				c.play(sweeps, func(s *stage, done func()) { events[name](s, at, func(k string) { key = k; done() }) }, settles, settles, settles)
				got, now := "!"+key, tells()
				switch {
				case key == "procedure.moved_on":
					got = "."
				case key == "" && now == status:
					got = "="
				case key == "":
					got = now
				}
				if key != "" && now != status {
					got += ">" + now
				}
				if got != want.cells[name][status] {
					t.Errorf("%s, %s: %s, the table says %s", status, name, got, want.cells[name][status])
				}
			}
		})
	}
	t.Logf("%s: %d statuses × %d events", file, len(want.statuses), len(want.events))
}

// settles lets a moment pass: on a loaded machine one may be over before a procedure that was just started has its first turn.
func settles(_ *stage, done func()) { done() }

// sureOfAll checks that a table's columns are all the statuses that there are.
func sureOfAll[S ~string](t *testing.T, file string, steps forum.Steps[S]) {
	t.Helper()
	known := map[string]bool{}
	for from, next := range steps {
		known[string(from)] = true
		for _, to := range next {
			known[string(to)] = true
		}
	}
	for _, status := range readTable(t, file).statuses {
		delete(known, status)
	}
	for status := range known {
		t.Errorf("%s lacks the status %s", file, status)
	}
}
