package pgtest

import (
	"os"
	"path/filepath"
	"syscall"
)

// newDir makes a folder for a cluster and removes those of test binaries that were killed: nobody holds their lock.
func newDir() (string, error) {
	const pattern = "acropolis-pgtest-"
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), pattern+"*"))
	for _, dir := range left {
		removeDead(dir)
	}
	return os.MkdirTemp("", pattern)
}

func removeDead(dir string) {
	f, err := os.Open(filepath.Join(dir, "lock"))
	if err != nil {
		return // being made at this moment, or not ours to look into
	}
	defer f.Close()
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		os.RemoveAll(dir)
	}
}
