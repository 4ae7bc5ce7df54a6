package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"acropolis/e2e/program"
	"acropolis/integrations/postgres"
	"acropolis/integrations/settings"
	"acropolis/integrations/temporal"
)

// city is one that runs: its services, and what the test starts around them.
type city struct {
	t        testing.TB
	dir      string            // of everything
	data     string            // the city's own
	settings map[string]string // that worker and webui find the services by
	public   string            // base addresses
	office   string
	mail     string
	password string // of every one of the staff
	main     *program.Process
	given    map[string]string // to the services, where the test brings one of its own
	args     []string
}

// newCity starts the services, without a worker or a web process.
func newCity(t testing.TB) *city {
	t.Helper()
	c := emptyCity(t)
	c.startMain("services")
	return c
}

// newStandalone starts everything in one process.
func newStandalone(t testing.TB, flags ...string) *city {
	t.Helper()
	c := emptyCity(t)
	c.startMain(append([]string{"city"}, flags...)...)
	awaitSite(t, c.main, c.public)
	awaitSite(t, c.main, c.office)
	return c
}

func emptyCity(t testing.TB) *city {
	t.Helper()
	dir, err := os.MkdirTemp(scratch, "city-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // see mainCode
		t.Fatal(err)
	}
	c := &city{t: t, dir: dir, data: filepath.Join(dir, "data")}
	t.Cleanup(func() {
		stopOrphan(filepath.Join(c.data, "postgres", "data"))
		if !t.Failed() {
			_ = os.RemoveAll(dir)
		}
	})
	ports := freePorts(t, 3)
	c.public, c.office, c.mail = "http://"+ports[0], "http://"+ports[1], "http://"+ports[2]
	c.args = []string{"-data", c.data, "-public", ports[0], "-office", ports[1], "-mail", ports[2]}
	return c
}

// startMain runs standalone and reads the settings that it leaves for the others.
func (c *city) startMain(command ...string) {
	c.t.Helper()
	file := filepath.Join(c.data, "env")
	_ = os.Remove(file)
	args := append([]string{command[0]}, append(c.args, command[1:]...)...)
	c.main = program.Start(c.t, c.dir, "standalone", program.Binary(c.t, "standalone"), environment(c.given), args...)
	program.Await(c.t, "the services", 2*time.Minute, func(context.Context) bool {
		if c.main.Ended() {
			c.t.Fatalf("standalone has ended:\n%s", c.main.Tail())
		}
		raw, err := os.ReadFile(file) //nolint:gosec // the test's own
		if err != nil || !strings.HasSuffix(string(raw), "\n") {
			return false
		}
		c.settings = readSettings(string(raw))
		return true
	})
	var secrets struct{ Password string }
	raw, err := os.ReadFile(filepath.Join(c.data, "secrets.json")) //nolint:gosec // the test's own
	if err == nil {
		err = json.Unmarshal(raw, &secrets)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	c.password = secrets.Password
}

// readSettings reads lines of export NAME='value'.
func readSettings(env string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(env) {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if ok {
			all[name] = strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(value, "'"), "'"), `'\''`, "'")
		}
	}
	return all
}

// environment is ours, without what would lead a program to another city, and with these settings.
func environment(s map[string]string) []string {
	var env []string
	for _, line := range os.Environ() {
		name, _, _ := strings.Cut(line, "=")
		if name != "DATABASE_URL" && name != "TEMPORAL_ADDRESS" {
			env = append(env, line)
		}
	}
	for name, value := range s {
		env = append(env, name+"="+value)
	}
	return env
}

// with are the city's settings and others on top.
func (c *city) with(pairs ...string) []string {
	s := maps.Clone(c.settings)
	for i := 0; i+1 < len(pairs); i += 2 {
		s[pairs[i]] = pairs[i+1]
	}
	return environment(s)
}

// worker starts one and returns when it is at work. settings are pairs of name and value.
func (c *city) worker(settings ...string) *program.Process {
	c.t.Helper()
	return c.workerOf(program.Binary(c.t, "worker"), settings...)
}

func (c *city) workerOf(path string, settings ...string) *program.Process {
	c.t.Helper()
	p := program.Start(c.t, c.dir, "worker", path, c.with(settings...))
	p.AwaitSaid("the worker is at work")
	return p
}

// web is a web process and where it serves.
type web struct {
	*program.Process
	public, office string
}

// webui starts the web process at the city's own addresses.
func (c *city) webui() web {
	c.t.Helper()
	return c.webuiOf(program.Binary(c.t, "webui"), c.public, c.office)
}

// another starts one more web process, at addresses of its own. It must not be the first: that one has the city's.
func (c *city) another(path string) web {
	c.t.Helper()
	ports := freePorts(c.t, 2)
	return c.webuiOf(path, "http://"+ports[0], "http://"+ports[1])
}

func (c *city) webuiOf(path, public, office string) web {
	c.t.Helper()
	p := program.Start(c.t, c.dir, "webui", path, c.with("PUBLIC_LISTEN", strings.TrimPrefix(public, "http://"),
		"OFFICE_LISTEN", strings.TrimPrefix(office, "http://")))
	awaitSite(c.t, p, public)
	awaitSite(c.t, p, office)
	return web{p, public, office}
}

// awaitSite waits until a site answers.
func awaitSite(t testing.TB, p *program.Process, base string) {
	t.Helper()
	program.Await(t, base, 2*time.Minute, func(ctx context.Context) bool {
		if p.Ended() {
			t.Fatalf("%s has ended:\n%s", p.Name, p.Tail())
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/ko/", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode < 500
	})
}

// store opens the city's database as its programs do.
func (c *city) store() *postgres.Store {
	c.t.Helper()
	var s postgres.Settings
	if err := settings.Load(&s, c.lookup); err != nil {
		c.t.Fatal(err)
	}
	store, err := postgres.Open(c.t.Context(), s)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(store.Close)
	return store
}

// conductor reaches the city's procedures as its programs do.
func (c *city) conductor() *temporal.Conductor {
	c.t.Helper()
	var s temporal.Settings
	if err := settings.Load(&s, c.lookup); err != nil {
		c.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(c.t.Context(), 30*time.Second)
	defer cancel()
	dialled, err := temporal.Dial(ctx, s, slog.New(slog.DiscardHandler))
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(dialled.Close)
	return &temporal.Conductor{Client: dialled}
}

func (c *city) lookup(name string) (string, bool) {
	value, ok := c.settings[name]
	return value, ok
}

// letter is one that arrived at the sink.
type letter struct {
	ID        int    `json:"id"`
	MessageID string `json:"message_id"`
	To        string `json:"to"`
	Subject   string `json:"subject"`
	Text      string `json:"text"`
}

// letters are all that have arrived.
func (c *city) letters() []letter {
	c.t.Helper()
	var all []letter
	for {
		after := 0
		if len(all) > 0 {
			after = all[len(all)-1].ID
		}
		var some []letter
		getJSON(c.t, c.mail+"/api/messages?after="+strconv.Itoa(after), &some)
		if len(some) == 0 {
			return all
		}
		all = append(all, some...)
	}
}

func getJSON(t testing.TB, address string, into any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, body)
	}
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
}

// freePorts finds addresses on loopback where nobody listens.
func freePorts(t testing.TB, n int) []string {
	t.Helper()
	var all []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		all = append(all, l.Addr().String())
	}
	return all
}

// stopOrphan ends the postmaster of a data directory whose owner was killed and never started again.
func stopOrphan(data string) {
	raw, err := os.ReadFile(filepath.Join(data, "postmaster.pid")) //nolint:gosec // the test's own
	if err != nil {
		return // it was stopped
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return
	}
	command, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || !strings.Contains(string(command), data) {
		return // the id is somebody else's by now
	}
	_ = syscall.Kill(pid, syscall.SIGQUIT)
	for range 100 {
		if syscall.Kill(pid, 0) != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}
