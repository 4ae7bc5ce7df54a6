package e2e

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

// process is one of the city's programs, in a process group of its own, reaped as soon as it ends.
type process struct {
	t     testing.TB
	name  string
	pid   int
	began time.Time
	log   string        // the file that holds what it wrote
	done  chan struct{} // closed when it has ended
}

// start runs a program until the test ends, which stops it; when the test has failed, the end of its log is shown.
func start(t testing.TB, dir, name, path string, env []string, args ...string) *process {
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
	p := &process{t: t, name: name, began: time.Now(), log: log.Name(), done: make(chan struct{})}
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
	p.pid = cmd.Process.Pid
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Logf("the end of what %s wrote:\n%s", name, p.tail())
		}
	})
	return p
}

// kill ends it at once, as kill -9 does, and returns when it is gone.
func (p *process) kill() {
	p.t.Helper()
	p.signal(syscall.SIGKILL)
	<-p.done
}

// stop ends it politely, and returns when it is gone.
func (p *process) stop() {
	p.signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		p.t.Errorf("%s doesn't stop when it is told to", p.name)
		p.kill()
	}
}

// signal reaches the whole group. One that has ended gets none: its id may be somebody else's by now.
func (p *process) signal(s syscall.Signal) {
	select {
	case <-p.done:
	default:
		_ = syscall.Kill(-p.pid, s)
	}
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// said says whether it has written this.
func (p *process) said(words string) bool {
	raw, err := os.ReadFile(p.log)
	return err == nil && bytes.Contains(raw, []byte(words))
}

// awaitSaid waits until it has written this.
func (p *process) awaitSaid(words string) {
	p.t.Helper()
	await(p.t, p.name+" to say "+words, time.Minute, func(context.Context) bool {
		if p.ended() {
			p.t.Fatalf("%s has ended:\n%s", p.name, p.tail())
		}
		return p.said(words)
	})
}

func (p *process) tail() string {
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

// await looks until it is there.
func await(t testing.TB, what string, limit time.Duration, there func(context.Context) bool) {
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
