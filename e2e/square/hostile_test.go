package square

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/webui/public/contract"
)

var update = flag.Bool("update", false, "write docs/hostile.md anew")

//go:embed testdata/hostile.txt
var corpus string

// attack is one case of the corpus.
type attack struct {
	fault        int
	name         string
	method, path string
	headers      []string // pairs
	body         string
	status       int
	key          string
}

// defence is a test elsewhere that meets a part of a fault.
type defence struct {
	fault int
	test  string
}

// attacks reads the corpus, which says itself how.
func attacks(t *testing.T) (cases []attack, defences []defence) {
	t.Helper()
	var now *attack
	var body []string
	for i, line := range strings.Split(corpus, "\n") {
		number := func(s string) int {
			n, err := strconv.Atoi(s)
			if err != nil {
				t.Fatalf("hostile.txt, line %d: %v", i+1, err)
			}
			return n
		}
		switch words := strings.Fields(line); {
		case now == nil && (line == "" || strings.HasPrefix(line, "#")):
		case now == nil && words[0] == "by":
			defences = append(defences, defence{number(words[1]), words[2]})
		case now == nil && words[0] == "==":
			now = &attack{fault: number(words[1]), name: strings.Join(words[2:], " ")}
		case now.method == "":
			now.method, now.path, _ = strings.Cut(line, " ")
		case strings.HasPrefix(line, "-> "):
			now.status, now.body = number(words[1]), strings.Join(body, "\n")
			if len(words) > 2 {
				now.key = words[2]
			}
			cases, now, body = append(cases, *now), nil, nil
		case len(body) == 0 && header.MatchString(line):
			name, value, _ := strings.Cut(line, ": ")
			now.headers = append(now.headers, name, value)
		default:
			body = append(body, line)
		}
	}
	return cases, defences
}

var (
	header = regexp.MustCompile(`^[A-Z][A-Za-z-]+: `)
	quoted = regexp.MustCompile(`(?s)‹(.*?)(?:×(\d+))?›`)
)

// spelled gives what stands between ‹ and › as the bytes that are meant.
func spelled(t *testing.T, s string) string {
	t.Helper()
	return quoted.ReplaceAllStringFunc(s, func(part string) string {
		found := quoted.FindStringSubmatch(part)
		text, err := strconv.Unquote(`"` + strings.ReplaceAll(found[1], `"`, `\"`) + `"`)
		if err != nil {
			t.Fatalf("%s: %v", part, err)
		}
		if n, err := strconv.Atoi(found[2]); err == nil {
			return strings.Repeat(text, n)
		}
		return text
	})
}

// siege is a square with what strangers aim at.
type siege struct {
	*square
	t        *testing.T
	w        *web
	c        *contract.Contract
	values   *strings.Replacer
	forum    forum.ID
	citizen  voter
	listener *httptest.Server
	called   atomic.Int64 // requests to a listener that nobody may ask
	from     atomic.Int64
}

func newSiege(t *testing.T, webs int) *siege {
	t.Helper()
	s := &siege{square: newSquare(t, webs, nil), t: t}
	s.w = s.webs[0]
	s.listener = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.called.Add(1)
		t.Errorf("somebody asked the address of a citizen's text: %s %s", r.Method, r.URL)
	}))
	t.Cleanup(s.listener.Close)
	s.forum, s.citizen = s.openForum(), s.voters(1)[0]
	opinion := s.post(s.forum, 1)[0]
	suggested := s.ask("POST", "/api/v1/suggestions", `{"title":"광장에 그늘을","text":"여름에 쉴 곳이 없습니다. 나무를 심어 주세요."}`)
	var accepted forum.Accepted
	if err := json.Unmarshal(suggested.body, &accepted); err != nil || suggested.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s %v", suggested.StatusCode, suggested.body, err)
	}
	s.values = strings.NewReplacer("{forum}", string(s.forum), "{opinion}", string(opinion), "{suggestion}", string(accepted.ID),
		"{receipt}", string(accepted.Receipt), "{citizen}", s.citizen.cookie, "{listener}", s.listener.URL)
	document := s.ask("GET", "/api/v1/openapi.json", "")
	var err error
	if s.c, err = contract.Read(document.body); err != nil {
		t.Fatal(err)
	}
	return s
}

type heard struct {
	*http.Response
	body []byte
	took time.Duration
}

// ask sends a request byte for byte, each from another address; what the headers don't say, a program or a browser would.
func (s *siege) ask(method, path, body string, headers ...string) heard {
	s.t.Helper()
	return s.send(s.w, s.written(method, path, body, headers...))
}

func (s *siege) written(method, path, body string, headers ...string) []byte {
	if len(headers) == 0 && body != "" && strings.HasPrefix(path, "/api/") {
		headers = []string{"Content-Type", "application/json", "Idempotency-Key", string(postgres.NewID())}
	} else if len(headers) == 0 && body != "" {
		headers = []string{"Content-Type", "application/x-www-form-urlencoded"}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nX-Forwarded-For: %s\r\nUser-Agent: Mozilla/5.0 (stranger)\r\nAccept-Language: ko\r\nConnection: close\r\n",
		method, path, s.w.public, anAddress(int(s.from.Add(1))))
	for i := 0; i < len(headers); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", headers[i], headers[i+1])
	}
	if body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	return b.Bytes()
}

// send writes while it listens: a server that has read enough answers before everything is sent.
func (s *siege) send(w *web, request []byte) heard {
	s.t.Helper()
	began := time.Now()
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(s.t.Context(), "tcp", w.public)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	go func() { _, _ = conn.Write(request) }()
	method, _, _ := bytes.Cut(request, []byte(" "))
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: string(method)})
	if err != nil {
		s.t.Fatalf("no answer to %.80q: %v", request, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil && len(request) < 1<<20 {
		s.t.Fatal(err)
	}
	return heard{response, body, time.Since(began)}
}

// TestHostileInput sends the corpus to a real city: each case gets its answer, none of them an error of ours, what is accepted is
// kept, and nothing else is.
func TestHostileInput(t *testing.T) {
	s := newSiege(t, 1)
	cases, defences := attacks(t)
	opinions, others := s.kept()
	accepted := 0
	for _, a := range cases {
		t.Run(fmt.Sprintf("%d %s", a.fault, a.name), func(t *testing.T) {
			s.t = t
			headers := make([]string, len(a.headers))
			for i, h := range a.headers {
				headers[i] = spelled(t, s.values.Replace(h))
			}
			path := spelled(t, s.values.Replace(a.path))
			got := s.ask(a.method, path, spelled(t, s.values.Replace(a.body)), headers...)
			var problem struct{ Key string }
			_ = json.Unmarshal(got.body, &problem) // a page has none
			if got.StatusCode != a.status || a.key != "" && problem.Key != a.key {
				t.Errorf("%d %s in %v, want %d %s: %.300s", got.StatusCode, problem.Key, got.took, a.status, a.key, got.body)
			}
			address, _, _ := strings.Cut(path, "?")
			if err := s.c.Check(a.method, address, got.StatusCode, got.Header, got.body); err != nil {
				t.Error(err)
			}
			if got.StatusCode == http.StatusCreated {
				accepted++
			}
			if got.took > 2*time.Second {
				t.Errorf("it took %v", got.took)
			}
		})
	}
	s.t = t
	if now, others2 := s.kept(); now != opinions+accepted || others2 != others {
		t.Errorf("%d opinions are kept, want %d; %d other rows, want %d", now, opinions+accepted, others2, others)
	}
	if n := s.called.Load(); n != 0 {
		t.Errorf("%d requests to an address in a text", n)
	}
	s.wellKept()
	sameAsWritten(t, cases, defences)
}

// kept counts what strangers could have added.
func (s *siege) kept() (opinions, others int) {
	return one[int](s.square, `SELECT count(*) FROM opinions`), one[int](s.square, `SELECT (SELECT count(*) FROM suggestions) + (SELECT count(*) FROM vote_changes) +
		(SELECT count(*) FROM supports) + (SELECT count(*) FROM contacts) + (SELECT count(*) FROM officials) + (SELECT count(*) FROM forums)`)
}

// sameAsWritten compares the table with docs/hostile.md, and looks whether each fault is met and each named test is there.
func sameAsWritten(t *testing.T, cases []attack, defences []defence) {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Hostile input\n\nWhat strangers send to the city and what it answers, written by `TestHostileInput` (`e2e/square`) against a real web process and\n" +
		"PostgreSQL from `testdata/hostile.txt`; `go test ./e2e/square -run TestHostileInput -update` writes it anew. No answer is an error of ours,\n" +
		"what is accepted is kept, and nothing of it runs in a browser.\n")
	for fault := 49; fault <= 71; fault++ {
		met := false
		fmt.Fprintf(&b, "\n## %d %s\n\n", fault, faultNames[fault-49])
		for _, a := range cases {
			if a.fault != fault {
				continue
			}
			if !met {
				b.WriteString("| input | request | answer |\n|---|---|---|\n")
			}
			met = true
			fmt.Fprintf(&b, "| %s | `%s %s` | %d %s |\n", a.name, a.method, strings.ReplaceAll(a.path, "|", `\|`), a.status, a.key)
		}
		if met {
			b.WriteString("\n")
		}
		for _, d := range defences {
			if d.fault == fault {
				met = true
				fmt.Fprintf(&b, "- `%s`\n", d.test)
				isThere(t, d.test)
			}
		}
		if !met {
			t.Errorf("nothing meets fault %d", fault)
		}
	}
	t.Log("\n" + b.String())
	file := filepath.Join("..", "..", "docs", "hostile.md")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil { //nolint:gosec // a page for everybody
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(file) //nolint:gosec // a page of ours
	if err != nil || string(written) != b.String() {
		t.Errorf("docs/hostile.md isn't what the test says now; write it anew with -update and read the difference (%v)", err)
	}
}

var faultNames = []string{"double clicks", "large and endless bodies", "bytes that are no text", "NUL", "letters that mislead", "the same text in other code points", "towers of marks",
	"formulas and long texts in exports", "scripts in texts", "requests that the server is talked into", "ways out of the site", "requests of other sites", "frames",
	"sessions", "what is other people's", "fields that nobody asked for", "files and paths", "slow searches", "strange JSON", "strange HTTP", "forged addresses",
	"many who are steered by one hand", "floods from many places"}

// isThere finds the test's source.
func isThere(t *testing.T, name string) {
	t.Helper()
	folder, test := ".", "func (s *siege) "+strings.TrimPrefix(name, "TestSiege/")+"("
	if i := strings.LastIndex(name, "."); i >= 0 {
		folder, test = filepath.Join("..", "..", name[:i]), "func "+name[i+1:]+"("
	}
	files, _ := filepath.Glob(filepath.Join(folder, "*_test.go"))
	for _, file := range files {
		if source, err := os.ReadFile(file); err == nil && bytes.Contains(source, []byte(test)) { //nolint:gosec // a file of ours
			return
		}
	}
	t.Errorf("there is no %s", name)
}

// marshalled is a JSON object of these pairs.
func marshalled(pairs ...string) string {
	fields := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		fields[pairs[i]] = pairs[i+1]
	}
	body, _ := json.Marshal(fields) // texts marshal
	return string(body)
}
