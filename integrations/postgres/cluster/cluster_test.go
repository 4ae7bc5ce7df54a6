//go:build unix

package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"acropolis/integrations/postgres/cluster"

	"github.com/jackc/pgx/v5"
)

// ownerDir makes this test binary an owner: a process of its own that starts a cluster there and can be killed.
const ownerDir = "CLUSTER_TEST_OWNER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(ownerDir); dir != "" {
		c, err := cluster.Start(context.Background(), cluster.Options{
			Dir: dir, Fast: true, DieWithParent: os.Getenv("CLUSTER_TEST_DIE_WITH_PARENT") != "",
		})
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println("running", c.Pid())
		io.Copy(io.Discard, os.Stdin) // a test binary that dies must not leave us behind
		c.Stop()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestDataSurvivesStopAndStart(t *testing.T) {
	dir := tempDir(t)
	first := start(t, cluster.Options{Dir: dir})
	execute(t, first, "CREATE TABLE opinions AS SELECT 'a square for people' AS text")
	if err := first.Stop(); err != nil {
		t.Fatal("stop:", err)
	}
	select {
	case <-first.Done():
	default:
		t.Error("stopped, but Done is open")
	}

	second := start(t, cluster.Options{Dir: dir})
	if got := ask(t, second, "SELECT text FROM opinions"); got != "a square for people" {
		t.Errorf("read %q", got)
	}
	if second.URL("x") != first.URL("x") {
		t.Error("the address changed between two starts")
	}
}

func TestSettings(t *testing.T) {
	t.Setenv("LANG", "ko_KR.EUC-KR")
	t.Setenv("LC_ALL", "ko_KR.EUC-KR")
	t.Setenv("TZ", "America/New_York")
	t.Setenv("PGPORT", "1")
	c := start(t, cluster.Options{Dir: tempDir(t), Settings: map[string]string{"work_mem": "9MB"}})
	for question, want := range map[string]string{
		"SHOW server_encoding":    "UTF8",
		"SHOW timezone":           "UTC",
		"SHOW log_timezone":       "UTC",
		"SHOW fsync":              "on",
		"SHOW synchronous_commit": "on",
		"SHOW max_connections":    "300",
		"SHOW data_checksums":     "on",
		"SHOW work_mem":           "9MB",
		"SHOW listen_addresses":   "127.0.0.1",
		"SHOW lc_messages":        "C.UTF-8",
		"SELECT datcollate || ' ' || datctype FROM pg_database WHERE datname = 'template1'": "C.UTF-8 C.UTF-8",
	} {
		if got := ask(t, c, question); got != want {
			t.Errorf("%s: %s, want %s", question, got, want)
		}
	}
}

func TestStrangerWithoutThePasswordIsRefused(t *testing.T) {
	dir := tempDir(t)
	c := start(t, cluster.Options{Dir: dir, Fast: true})
	_, err := pgx.Connect(t.Context(), strings.Replace(c.URL("postgres"), c.Password(), "guess", 1))
	if err == nil {
		t.Error("connected with a wrong password")
	}
	info, err := os.Stat(filepath.Join(dir, "password"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the password file is %v", info.Mode())
	}
}

func TestLogKeepsNoStatementsOfCitizens(t *testing.T) {
	dir := tempDir(t)
	c := start(t, cluster.Options{Dir: dir, Fast: true})
	execute(t, c, "CREATE TABLE contacts (address text PRIMARY KEY)")
	conn := connect(t, c)
	for range 2 {
		conn.Exec(t.Context(), "INSERT INTO contacts VALUES ('hong@example.kr')")
	}
	conn.Exec(t.Context(), "SELECT 'hong@example.kr'::uuid")
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(filepath.Join(dir, "log", "postgresql.log"))
	if err != nil || len(log) == 0 {
		t.Fatal("no log", err)
	}
	if strings.Contains(string(log), "hong@") {
		t.Errorf("the log has an address:\n%s", log)
	}
}

func TestSecondStartBesideALiveOneIsRefused(t *testing.T) {
	dir := tempDir(t)
	c := start(t, cluster.Options{Dir: dir, Fast: true})
	_, err := cluster.Start(t.Context(), cluster.Options{Dir: dir, Fast: true})
	if !errors.Is(err, cluster.ErrInUse) {
		t.Fatal("second start:", err)
	}
	if !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) || !strings.Contains(err.Error(), dir) {
		t.Errorf("the refusal doesn't say who has which directory: %v", err)
	}
	ask(t, c, "SELECT 1::text") // the first is unharmed
}

func TestKilledOwner(t *testing.T) {
	dir := tempDir(t)
	owner, orphan := startOwner(t, dir)
	owner.Process.Kill()
	owner.Wait()
	if syscall.Kill(orphan, 0) != nil {
		t.Fatal("the postmaster went with its owner: nothing to test")
	}

	began := time.Now()
	var said strings.Builder
	c := start(t, cluster.Options{Dir: dir, Fast: true, Log: &said})
	t.Logf("again after %v", time.Since(began))
	if got := ask(t, c, "SELECT text FROM kept"); got != "by the owner" {
		t.Errorf("read %q", got)
	}
	if !strings.Contains(said.String(), fmt.Sprint(orphan)) {
		t.Errorf("no word about the orphan %d: %q", orphan, said.String())
	}
	if c.Pid() == orphan {
		t.Error("the orphan still runs")
	}
}

func TestKilledPostmaster(t *testing.T) {
	o := cluster.Options{Dir: tempDir(t), Fast: true}
	c := start(t, o)
	execute(t, c, "CREATE TABLE kept AS SELECT 'acknowledged' AS text")
	busy := connect(t, c)
	gone := make(chan error, 1)
	go func() { // a backend in the middle of something holds the shared memory for a while
		_, err := busy.Exec(context.Background(), "SELECT count(*) FROM generate_series(1, 20000000)")
		gone <- err
	}()
	time.Sleep(100 * time.Millisecond)
	syscall.Kill(c.Pid(), syscall.SIGKILL)
	select {
	case <-c.Done():
	case <-time.After(5 * time.Second):
		t.Fatal("Done doesn't tell")
	}
	if err := c.Stop(); err != nil {
		t.Error("stop after the end:", err)
	}
	again := start(t, o)
	if got := ask(t, again, "SELECT text FROM kept"); got != "acknowledged" {
		t.Errorf("read %q", got)
	}
	if again.URL("") != c.URL("") {
		t.Error("the address changed: pools can't heal")
	}
	<-gone
}

func TestInterruptedInitdbIsNotTakenForACluster(t *testing.T) {
	dir := tempDir(t)
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer cancel()
	if _, err := cluster.Start(ctx, cluster.Options{Dir: dir, Fast: true}); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal("interrupted start:", err)
	}
	// A kill leaves the half-made folder behind.
	if err := os.MkdirAll(filepath.Join(dir, "initdb-123", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	c := start(t, cluster.Options{Dir: dir, Fast: true})
	ask(t, c, "SELECT 1::text")
	if left, _ := filepath.Glob(filepath.Join(dir, "initdb-*")); len(left) > 0 {
		t.Error("left behind:", left)
	}
}

func TestForeignDataFolderIsNotTouched(t *testing.T) {
	dir := tempDir(t)
	precious := filepath.Join(dir, "data", "thesis.txt")
	if err := os.MkdirAll(filepath.Dir(precious), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(precious, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cluster.Start(t.Context(), cluster.Options{Dir: dir, Fast: true}); err == nil {
		t.Error("started over a foreign folder")
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}

func TestRememberedPortTakenMeanwhile(t *testing.T) {
	dir := tempDir(t)
	squatter := start(t, cluster.Options{Dir: tempDir(t), Fast: true})
	if err := os.WriteFile(filepath.Join(dir, "port"), fmt.Append(nil, squatter.Port()), 0o600); err != nil {
		t.Fatal(err)
	}
	c := start(t, cluster.Options{Dir: dir, Fast: true})
	if c.Port() == squatter.Port() {
		t.Error("same port")
	}
	ask(t, c, "SELECT 1::text")

	_, err := cluster.Start(t.Context(), cluster.Options{Dir: tempDir(t), Fast: true, Port: squatter.Port()})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprint(squatter.Port())) {
		t.Error("fixed port that is taken:", err)
	}
}

func TestPathThatPostgresMayNotEnter(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root runs PostgreSQL as another user")
	}
	private := filepath.Join(tempDir(t), "private")
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := cluster.Start(t.Context(), cluster.Options{Dir: filepath.Join(private, "pg"), Fast: true})
	if err == nil || !strings.Contains(err.Error(), "may not enter "+private+":") {
		t.Errorf("want the folder named: %v", err)
	}
}

func TestDieWithParent(t *testing.T) {
	dir := tempDir(t)
	t.Setenv("CLUSTER_TEST_DIE_WITH_PARENT", "1")
	owner, orphan := startOwner(t, dir)
	owner.Process.Kill()
	owner.Wait()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", orphan)); len(line) == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the postmaster lives on")
		}
	}
}

// startOwner runs a cluster in a process of its own, with a row committed, and returns the postmaster's id.
func startOwner(t *testing.T, dir string) (*exec.Cmd, int) {
	t.Helper()
	owner := exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), ownerDir+"="+dir)
	if _, err := owner.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { owner.Process.Kill(); owner.Wait() })
	var pid int
	if _, err := fmt.Fscanf(out, "running %d\n", &pid); err != nil {
		rest, _ := io.ReadAll(out)
		t.Fatal("the owner did not start:", err, string(rest))
	}
	password, err := os.ReadFile(filepath.Join(dir, "password"))
	if err != nil {
		t.Fatal(err)
	}
	port, err := os.ReadFile(filepath.Join(dir, "port"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), fmt.Sprintf("postgres://postgres:%s@127.0.0.1:%s/postgres?sslmode=disable",
		strings.TrimSpace(string(password)), strings.TrimSpace(string(port))))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "CREATE TABLE kept AS SELECT 'by the owner' AS text"); err != nil {
		t.Fatal(err)
	}
	return owner, pid
}

func start(t *testing.T, o cluster.Options) *cluster.Cluster {
	t.Helper()
	c, err := cluster.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Stop() })
	return c
}

// tempDir isn't t.TempDir, which the user postgres may not enter.
func tempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "acropolis-cluster-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func connect(t *testing.T, c *cluster.Cluster) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func execute(t *testing.T, c *cluster.Cluster, sql string) {
	t.Helper()
	conn := connect(t, c)
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func ask(t *testing.T, c *cluster.Cluster, question string) string {
	t.Helper()
	conn := connect(t, c)
	defer conn.Close(t.Context())
	var answer string
	if err := conn.QueryRow(t.Context(), question).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return answer
}
