package pgtest

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestOnlyFoldersOfTheDeadAreRemoved(t *testing.T) {
	longAgo := time.Now().Add(-time.Hour)
	folder := func(name string, touched time.Time) (string, *os.File) {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(filepath.Join(dir, "lock"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		if err := os.Chtimes(f.Name(), touched, touched); err != nil {
			t.Fatal(err)
		}
		return dir, f
	}
	dead, _ := folder("dead", longAgo)
	young, _ := folder("young", time.Now())
	alive, held := folder("alive", longAgo)
	if err := syscall.Flock(int(held.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	for dir, stays := range map[string]bool{dead: false, young: true, alive: true} {
		removeDead(dir)
		if _, err := os.Stat(dir); (err == nil) != stays {
			t.Errorf("%s: stays is %v", filepath.Base(dir), err == nil)
		}
	}
}
