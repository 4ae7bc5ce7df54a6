package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var builds sync.Map // of func() error, by command

// Binary builds a command of this module once and gives its path. It stays in bin: what hasn't changed isn't linked again.
func Binary(t testing.TB, command string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(moduleRoot(), "bin", command))
	if err != nil {
		t.Fatal(err)
	}
	once, _ := builds.LoadOrStore(command, sync.OnceValue(func() error { return Build(command, path) }))
	if err := once.(func() error)(); err != nil {
		t.Fatal(err)
	}
	return path
}

// Build builds a command of this module to path, with flags of go build.
func Build(command, path string, flags ...string) error {
	cmd := exec.Command("go", append(append([]string{"build", "-o", path}, flags...), "./"+command)...) //nolint:gosec // our own commands
	cmd.Dir = moduleRoot()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", command, err, out)
	}
	return nil
}

// moduleRoot is the nearest folder above that has a go.mod: tests run in their package's.
func moduleRoot() string {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	panic("program: no go.mod above the working folder")
}

// Mutant builds a command with one place of its source changed: a defence taken out, or a fault put in. The place must be
// there exactly once, so that a mutant can't become the original unnoticed.
func Mutant(t testing.TB, command, file, place, instead string) string {
	t.Helper()
	original, err := filepath.Abs(filepath.Join(moduleRoot(), file))
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
	for file, content := range map[string]string{changed: strings.Replace(string(source), place, instead, 1),
		overlay: fmt.Sprintf(`{"Replace": {%q: %q}}`, original, changed)} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, command)
	if err := Build(command, path, "-overlay", overlay); err != nil {
		t.Fatal("a mutant: ", err)
	}
	return path
}
