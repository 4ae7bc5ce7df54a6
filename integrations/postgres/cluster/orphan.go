//go:build unix

package cluster

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopOrphan ends a postmaster that outlived its owner. It is stopped rather than adopted: as our own child it is reaped,
// has today's settings, and its end is noticed at once. A stop and a start take under a second.
func stopOrphan(ctx context.Context, data string, log io.Writer) error {
	pid := readPidFile(data).pid
	if pid == 0 || !isPostmaster(pid, data) {
		return nil
	}
	fmt.Fprintf(log, "stopping the PostgreSQL server (process %d) that a killed process left behind\n", pid)
	for _, step := range []struct {
		signal  syscall.Signal
		timeout time.Duration
	}{{syscall.SIGINT, fastShutdown}, {syscall.SIGQUIT, immediateShutdown}} {
		if err := syscall.Kill(pid, step.signal); err != nil {
			return fmt.Errorf("stop the orphaned PostgreSQL server (process %d): %w", pid, err)
		}
		for end := time.Now().Add(step.timeout); time.Now().Before(end); {
			if !isPostmaster(pid, data) {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	return fmt.Errorf("the orphaned PostgreSQL server (process %d) does not end: stop it by hand", pid)
}

// isPostmaster is true when that process is alive and was started on this data: the id in a pid file that a crash left
// behind may have gone to another program since. A zombie has no command line and is none.
func isPostmaster(pid int, data string) bool {
	var args []string
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil {
		args = strings.Split(string(b), "\x00")
	} else if _, err := os.Stat("/proc/self"); err != nil { // no /proc: macOS
		out, _ := exec.Command("ps", "-ww", "-o", "args=", "-p", strconv.Itoa(pid)).Output()
		args = strings.Fields(string(out))
	}
	if len(args) < 3 || filepath.Base(args[0]) != "postgres" || args[1] != "-D" {
		return false
	}
	return args[2] == data || strings.HasPrefix(strings.Join(args[2:], " "), data+" ") // ps doesn't mark a space in the path
}

type pidFile struct {
	pid     int
	started int64 // seconds since 1970
	status  string
}

// readPidFile returns what postmaster.pid says; nothing when there is none. Its lines: process id, data directory, start,
// port, socket directory, listen address, shared memory key, status.
func readPidFile(data string) pidFile {
	var f pidFile
	b, _ := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	lines := strings.Split(string(b), "\n")
	f.pid, _ = strconv.Atoi(strings.TrimSpace(lines[0]))
	if len(lines) > 7 {
		f.started, _ = strconv.ParseInt(strings.TrimSpace(lines[2]), 10, 64)
		f.status = strings.TrimSpace(lines[7])
	}
	return f
}
