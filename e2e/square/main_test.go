// Package square has the tests of the citizens' square under a crowd: real web processes and a real PostgreSQL that keeps what
// it has acknowledged, without the Temporal server, which no vote passes through.
package square

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// scratch is where the cities of this run live.
var scratch string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(mainCode(m))
}

func mainCode(m *testing.M) int {
	dir, err := os.MkdirTemp("", "acropolis-square-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "square:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	// PostgreSQL runs as another user where the tests run as root, and must get in.
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // nothing secret lies here but in files of their own
		fmt.Fprintln(os.Stderr, "square:", err)
		return 1
	}
	scratch = dir
	return m.Run()
}
