//go:build unix

package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// postmaster is the server's first process, our child, reaped as soon as it ends.
type postmaster struct {
	pid  int
	born time.Time
	done chan struct{}
	err  error // how it ended; set before done is closed
}

// launch starts the postmaster and waits until it accepts connections.
func launch(ctx context.Context, dir string, port int, b binaries, a *account, o Options) (*postmaster, error) {
	log, err := openLog(dir)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	// The backends of a postmaster that was killed leave by themselves, the busy ones when their statement ends. Until
	// then a new one refuses to start.
	patience := time.Now().Add(20 * time.Second)
	for {
		written, err := log.Seek(0, 2)
		if err != nil {
			return nil, err
		}
		p, err := spawn(dir, port, b, a, o, log)
		if err != nil {
			return nil, err
		}
		err = p.awaitReady(ctx, dataDir(dir))
		if err == nil {
			return p, nil
		}
		said := tail(log, written)
		if !strings.Contains(said, "pre-existing shared memory block") || time.Now().After(patience) {
			return nil, fmt.Errorf("PostgreSQL did not start: %w\n%s(log: %s)", err, said, log.Name())
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func spawn(dir string, port int, b binaries, a *account, o Options, log *os.File) (*postmaster, error) {
	cmd := exec.Command(b.path("postgres"), append([]string{"-D", dataDir(dir)}, settings(port, o)...)...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = dir, environment(), a.attributes()
	cmd.Stdout, cmd.Stderr = log, log
	if o.DieWithParent {
		dieWithParent(cmd.SysProcAttr)
	}
	p := &postmaster{born: time.Now(), done: make(chan struct{})}
	started := make(chan error)
	go func() {
		if o.DieWithParent {
			// The kernel watches the thread that made the child, not the process: it must stay.
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
		}
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	p.pid = cmd.Process.Pid
	return p, nil
}

// awaitReady watches the status that the postmaster writes into its pid file. A file from before may show the very same
// process id, as in a container that was started again; the instant tells.
func (p *postmaster) awaitReady(ctx context.Context, data string) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		f := readPidFile(data)
		if f.pid == p.pid && f.started >= p.born.Unix() && f.status == "ready" {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("it ended at once: %w", p.err)
		case <-ctx.Done():
			return errors.Join(ctx.Err(), p.shutDown())
		case <-tick.C:
		}
	}
}

// shutDown ends the postmaster, politely first, and returns when it is reaped.
func (p *postmaster) shutDown() error {
	for _, step := range []struct {
		signal  syscall.Signal
		timeout time.Duration
	}{{syscall.SIGINT, fastShutdown}, {syscall.SIGQUIT, immediateShutdown}, {syscall.SIGKILL, immediateShutdown}} {
		if err := p.signal(step.signal); err != nil {
			return err
		}
		select {
		case <-p.done:
			if step.signal == syscall.SIGINT {
				return nil
			}
			return fmt.Errorf("PostgreSQL had to be stopped by %v; it recovers at the next start", step.signal)
		case <-time.After(step.timeout):
		}
	}
	return fmt.Errorf("the PostgreSQL postmaster (process %d) does not end", p.pid)
}

// signal is a no-op on one that has ended: its process id may be somebody else's by now.
func (p *postmaster) signal(s syscall.Signal) error {
	select {
	case <-p.done:
		return nil
	default:
	}
	if err := syscall.Kill(p.pid, s); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// logLimit is the size after which the next start begins a new log; one older is kept.
const logLimit = 8 << 20

func openLog(dir string) (*os.File, error) {
	path := filepath.Join(dir, "log", "postgresql.log")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil && info.Size() > logLimit {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
}

// tail is what was logged since, at most a screen of it.
func tail(log *os.File, since int64) string {
	b := make([]byte, 4<<10)
	n, _ := log.ReadAt(b, since)
	return string(b[:n])
}
