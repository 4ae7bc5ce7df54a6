//go:build unix

package cluster

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// dataVersion is the major version that made the data; empty when there is none yet.
func dataVersion(dir string) string {
	b, err := os.ReadFile(filepath.Join(dataDir(dir), "PG_VERSION"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// keepPassword returns the superuser's password. It is made before the data, so that data without one was tampered with.
func keepPassword(dir string, a *account) (string, error) {
	path := filepath.Join(dir, "password")
	b, err := os.ReadFile(path)
	if err == nil && len(b) > 0 {
		return strings.TrimSpace(string(b)), nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if dataVersion(dir) != "" {
		return "", fmt.Errorf("%s is gone: put the superuser's password back into it, or move %s away to begin anew", path, dir)
	}
	password := rand.Text()
	return password, keep(path, password, a)
}

// keep writes a small file whole or not at all. The account may read it: initdb takes the password from there.
func keep(path, text string, a *account) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text + "\n")
	err = errors.Join(err, f.Sync(), f.Close(), a.own(f.Name()))
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// makeCluster runs initdb beside the final place and renames: what was interrupted is never taken for a cluster.
func makeCluster(ctx context.Context, dir string, b binaries, a *account, fast bool) error {
	if err := notACluster(dataDir(dir)); err != nil {
		return err
	}
	halfMade, _ := filepath.Glob(filepath.Join(dir, "initdb-*"))
	for _, path := range halfMade {
		os.RemoveAll(path) // best effort: an orphaned initdb may still be writing there
	}
	fresh, err := os.MkdirTemp(dir, "initdb-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	if err := a.own(fresh); err != nil {
		return err
	}
	args := []string{
		"--pgdata=" + fresh, "--username=" + superuser, "--pwfile=" + filepath.Join(dir, "password"),
		"--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums",
	}
	args = append(args, locale(b.version)...)
	if fast {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, b.path("initdb"), args...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = dir, environment(), a.attributes()
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", errors.Join(err, ctx.Err()), strings.TrimSpace(out.String()))
	}
	return os.Rename(fresh, dataDir(dir))
}

// notACluster refuses to replace a data folder that has something in it but isn't a cluster.
func notACluster(data string) error {
	err := os.Remove(data)
	if err == nil || errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("%s is not a PostgreSQL cluster and not empty: move it away", data)
}

// locale makes sorting and character classes the same everywhere, whatever LANG says.
func locale(version string) []string {
	if runtime.GOOS == "darwin" && version >= "17" && len(version) == 2 {
		// macOS doesn't have C.UTF-8 in every release; PostgreSQL brings its own from 17 on.
		return []string{"--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"}
	}
	return []string{"--locale=C.UTF-8"}
}

// environment is what PostgreSQL's programs may see of ours: no secrets, no LANG, no PG* that would redirect them.
func environment() []string {
	env := []string{"LC_ALL=C.UTF-8"}
	for _, name := range []string{"PATH", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}
