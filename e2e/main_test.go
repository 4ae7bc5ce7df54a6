// Package e2e has the tests that need the whole city: PostgreSQL, Temporal, the directory and the mail sink in one process
// (standalone services), worker and webui in processes of their own, everything reached as its people reach it. The processes
// are killed, stopped and built with a defence taken out.
package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var record = flag.Bool("record", false, "write the histories of a finished journey to workflows/testdata/replay")

// scratch is where the cities of this run live.
var scratch string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(mainCode(m))
}

func mainCode(m *testing.M) int {
	dir, err := os.MkdirTemp("", "acropolis-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	// PostgreSQL runs as another user where the tests run as root, and must get in.
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // nothing secret lies here but in files of their own
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	scratch = dir
	return m.Run()
}

var builds sync.Map // of func() error, by command

// binary builds a command of this module once and gives its path. It stays in bin: what hasn't changed isn't linked again.
func binary(t testing.TB, command string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(moduleRoot, "bin", command))
	if err != nil {
		t.Fatal(err)
	}
	once, _ := builds.LoadOrStore(command, sync.OnceValue(func() error { return build(command, path) }))
	if err := once.(func() error)(); err != nil {
		t.Fatal(err)
	}
	return path
}

func build(command, path string, flags ...string) error {
	cmd := exec.Command("go", append(append([]string{"build", "-o", path}, flags...), "./"+command)...) //nolint:gosec // our own commands
	cmd.Dir = moduleRoot
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", command, err, out)
	}
	return nil
}

const moduleRoot = ".."

// mutant builds a command with one place of its source changed: a defence taken out, or a fault put in. The place must be
// there exactly once, so that a mutant can't become the original unnoticed.
func mutant(t *testing.T, command, file, place, instead string) string {
	t.Helper()
	original, err := filepath.Abs(filepath.Join(moduleRoot, file))
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(original) //nolint:gosec // a file of this module
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), place); n != 1 {
		t.Fatalf("%s has %d places %q to change, want 1", file, n, place)
	}
	dir := t.TempDir()
	changed, overlay := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json")
	write(t, changed, strings.Replace(string(source), place, instead, 1))
	write(t, overlay, fmt.Sprintf(`{"Replace": {%q: %q}}`, original, changed))
	path := filepath.Join(dir, command)
	if err := build(command, path, "-overlay", overlay); err != nil {
		t.Fatal("a mutant: ", err)
	}
	return path
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
