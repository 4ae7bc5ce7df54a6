package pgtest

import (
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// newDir makes a folder for a cluster and removes those of test binaries that were killed: nobody holds their lock.
func newDir() (string, error) {
	const pattern = "acropolis-pgtest-"
	base := fastestFolder()
	left, _ := filepath.Glob(filepath.Join(base, pattern+"*"))
	for _, dir := range left {
		removeDead(dir)
	}
	return os.MkdirTemp(base, pattern)
}

// fastestFolder is memory where there is enough: a clone is a thousand small files, ten times slower on many disks.
// Containers often have only 64 MB of it.
func fastestFolder() string {
	const memory, enough = "/dev/shm", 2 << 30
	var fs syscall.Statfs_t
	if syscall.Statfs(memory, &fs) == nil && fs.Bavail*uint64(fs.Bsize) >= enough && syscall.Access(memory, 2) == nil {
		return memory
	}
	return os.TempDir()
}

func removeDead(dir string) {
	f, err := os.Open(filepath.Join(dir, "lock"))
	if err != nil {
		return // being made at this moment, or not ours to look into
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || time.Since(info.ModTime()) < time.Minute {
		return // its owner may be between opening and locking
	}
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		os.RemoveAll(dir)
	}
}
