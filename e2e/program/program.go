// Package program builds and runs the city's programs for tests that kill them.
package program

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Process is one of the city's programs, in a process group of its own, reaped as soon as it ends.
type Process struct {
	t     testing.TB
	Name  string
	PID   int
	Began time.Time
	log   string        // the file that holds what it wrote
	done  chan struct{} // closed when it has ended
}

// Start runs a program until the test ends, which stops it; when the test has failed, the end of its log is shown.
func Start(t testing.TB, dir, name, path string, env []string, args ...string) *Process {
	t.Helper()
	log, err := os.CreateTemp(dir, name+"-*.log")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(path, args...) //nolint:gosec // our own commands
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.Dir = env, log, log, dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stopWithParent(cmd.SysProcAttr)
	p := &Process{t: t, Name: name, Began: time.Now(), log: log.Name(), done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The kernel watches the thread that made the child, not the process: it must stay.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	p.PID = cmd.Process.Pid
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Logf("the end of what %s wrote:\n%s", name, p.Tail())
		}
	})
	return p
}

// Kill ends it at once, as kill -9 does, and returns when it is gone.
func (p *Process) Kill() {
	p.t.Helper()
	p.Signal(syscall.SIGKILL)
	<-p.done
}

// Stop ends it politely, and returns when it is gone.
func (p *Process) Stop() {
	p.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		p.t.Errorf("%s doesn't stop when it is told to", p.Name)
		p.Kill()
	}
}

// Signal reaches the whole group. One that has ended gets none: its id may be somebody else's by now.
func (p *Process) Signal(s syscall.Signal) {
	select {
	case <-p.done:
	default:
		_ = syscall.Kill(-p.PID, s)
	}
}

func (p *Process) Ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Said says whether it has written this.
func (p *Process) Said(words string) bool {
	raw, err := os.ReadFile(p.log)
	return err == nil && bytes.Contains(raw, []byte(words))
}

// AwaitSaid waits until it has written this.
func (p *Process) AwaitSaid(words string) {
	p.t.Helper()
	Await(p.t, p.Name+" to say "+words, time.Minute, func(context.Context) bool {
		if p.Ended() {
			p.t.Fatalf("%s has ended:\n%s", p.Name, p.Tail())
		}
		return p.Said(words)
	})
}

func (p *Process) Tail() string {
	raw, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	const most = 6 << 10
	var kept []string
	for _, line := range strings.Split(string(raw), "\n") {
		if !strings.Contains(line, `"msg":"request"`) { // the access log drowns everything
			kept = append(kept, line)
		}
	}
	text := strings.Join(kept, "\n")
	return filepath.Base(p.log) + ": " + text[max(0, len(text)-most):]
}

// Await looks until it is there.
func Await(t testing.TB, what string, limit time.Duration, there func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for !there(ctx) {
		select {
		case <-ctx.Done():
			t.Fatalf("waited %s in vain for %s", limit, what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Done is closed when it has ended.
func (p *Process) Done() <-chan struct{} { return p.done }
