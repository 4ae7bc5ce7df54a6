// Package met holds a list to its word: each edge of the step tables, each refusal's key and each route is met by a test
// that is named in testdata/met.txt. What the list must hold is read from the code; a line that nothing asks for fails too.
package met

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"acropolis/forum"
	"acropolis/webui/office"
	"acropolis/webui/page"
	"acropolis/webui/public"
)

const list = "testdata/met.txt"

// met is the list: what is met → the test that meets it, as folder.TestName.
func met(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for i, line := range strings.Split(string(raw), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		what, test, ok := cutLast(line, " ")
		if _, twice := all[what]; !ok || twice {
			t.Errorf("%s:%d is no line of its own: %s", list, i+1, line)
		}
		all[what] = test
	}
	return all
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// TestEachEdgeRefusalAndRouteIsMetByANamedTest compares the list with the code, both ways, and each line with its test.
func TestEachEdgeRefusalAndRouteIsMetByANamedTest(t *testing.T) {
	all, code, tests := met(t), readCode(t), readTests(t)
	needs := map[string]func(test *testFunc) error{}
	for _, e := range edges(t, code.tables) {
		needs["edge "+e.noun+" "+e.from+">"+e.to] = e.metBy
	}
	for key, places := range code.refusals {
		needs["refusal "+key] = refusal{key, places}.metBy
	}
	for _, site := range []struct {
		folder string
		routes []page.Route
	}{{"webui/public", public.Routes(&public.Handlers{})}, {"webui/office", office.Routes(&office.Handlers{})}} {
		for _, r := range site.routes {
			needs["route "+site.folder+" "+r.Method+" "+r.Path] = route{site.folder, r}.metBy
		}
	}
	if len(needs) < 250 {
		t.Fatalf("found only %d things to meet: the search is broken", len(needs))
	}
	for _, what := range slices.Sorted(maps.Keys(needs)) {
		test, listed := all[what]
		switch {
		case !listed:
			t.Errorf("%s lacks: %s", list, what)
		case tests[test] == nil:
			t.Errorf("%s: no such test as %s", what, test)
		default:
			if err := needs[what](tests[test]); err != nil {
				t.Errorf("%s: %s doesn't meet it: %v", what, test, err)
			}
		}
	}
	for what := range all {
		if needs[what] == nil {
			t.Errorf("%s has a line that nothing asks for: %s", list, what)
		}
	}
}

type edge struct{ noun, from, to string }

// edges are those that README draws; a step table that isn't drawn fails.
func edges(t *testing.T, tables int) []edge {
	t.Helper()
	var all []edge
	lives := forum.Diagrams()
	if len(lives) != tables {
		t.Errorf("%d step tables, %d of them in forum.Diagrams", tables, len(lives))
	}
	for _, life := range lives {
		for line := range strings.SplitSeq(life.Text, "\n") {
			from, to, is := strings.Cut(strings.TrimSpace(line), " --> ")
			if is && from != "[*]" && to != "[*]" {
				all = append(all, edge{strings.ReplaceAll(life.Noun, " ", "_"), from, to})
			}
		}
	}
	return all
}

// metBy wants both statuses in the test, and the store, which alone takes the step.
func (e edge) metBy(test *testFunc) error {
	if test.folder != "integrations/postgres" {
		return fmt.Errorf("it takes no step in the store")
	}
	for _, status := range []string{e.from, e.to} {
		if !test.all.words[status] {
			return fmt.Errorf("it doesn't speak of %s", status)
		}
	}
	return nil
}

type refusal struct {
	key    string
	places []string // folders that refuse with it
}

// metBy wants the key among what the test expects, and a test that can reach one of the places that refuse.
func (r refusal) metBy(test *testFunc) error {
	if !test.expects[r.key] {
		return fmt.Errorf("it doesn't expect the key")
	}
	for _, place := range r.places {
		if test.folder == place || test.imports["acropolis/"+place] {
			return nil
		}
	}
	return fmt.Errorf("it can't reach %v", r.places)
}

type route struct {
	folder string
	page.Route
}

// walks are the tables that a test may go through instead of spelling an address out.
var walks = map[string][]string{"": {"Routes", "routes"}, "/decisions/": {"forumActions", "approvalActions", "RoundDecisions"}}

// metBy wants the method and every fixed part of the address in the test itself, or a walk over a table that has them.
func (r route) metBy(test *testFunc) error {
	if test.folder != r.folder {
		return fmt.Errorf("it is no test of %s", r.folder)
	}
	for part, tables := range walks {
		if strings.Contains(r.Path, part) && slices.ContainsFunc(tables, func(table string) bool { return test.own.idents[table] }) {
			return nil
		}
	}
	if !test.calls(r.Method) {
		return fmt.Errorf("it doesn't call %s", r.Method)
	}
	for part := range strings.SplitSeq(r.Path, "/") {
		if part != "" && part[0] != ':' && !test.own.parts[part] {
			return fmt.Errorf("it doesn't speak of %s", part)
		}
	}
	return nil
}

// calls says whether a test sends requests of this method, by itself or by the office's helpers.
func (f *testFunc) calls(method string) bool {
	lower := strings.ToLower(method)
	return f.own.words[method] || f.own.words[lower] || f.own.idents[lower] || method == "POST" && (f.own.idents["decide"] || f.own.idents["pick"])
}
