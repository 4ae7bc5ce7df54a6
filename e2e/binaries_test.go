package e2e

import (
	"bytes"
	"debug/buildinfo"
	"os"
	"runtime/debug"
	"slices"
	"testing"

	"acropolis/e2e/program"
)

// TestOnlyStandaloneLinksTheTemporalServer: the two programs of an installation stay lean, whatever a package imports one day.
func TestOnlyStandaloneLinksTheTemporalServer(t *testing.T) {
	links := func(command, module string) bool {
		info, err := buildinfo.ReadFile(program.Binary(t, command))
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(info.Deps, func(m *debug.Module) bool { return m.Path == module })
	}
	for _, command := range []string{"worker", "webui"} {
		if !links(command, "go.temporal.io/sdk") {
			t.Errorf("%s doesn't even link Temporal's SDK: the search is broken", command)
		}
		if links(command, "go.temporal.io/server") {
			t.Errorf("%s links the Temporal server", command)
		}
		file, err := os.Stat(program.Binary(t, command))
		if err != nil {
			t.Fatal(err)
		}
		if raw, err := os.ReadFile(program.Binary(t, command)); err != nil || bytes.Contains(raw, []byte("FAILPOINT")) {
			t.Errorf("%s can be told to die: %v", command, err)
		}
		t.Logf("%s: %.1f MB", command, float64(file.Size())/1e6)
	}
}
