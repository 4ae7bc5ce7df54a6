// Package e2e has the tests that need the whole city: PostgreSQL, Temporal, the directory and the mail sink in one process
// (standalone services), worker and webui in processes of their own, everything reached as its people reach it. The processes
// are killed, stopped and built with a defence taken out.
package e2e

import (
	"flag"
	"fmt"
	"os"
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
