package journey

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// site answers each request by the next of the answers, and remembers who asked with what.
type site struct {
	mu      sync.Mutex
	answers []http.HandlerFunc
	from    []string
	keys    []string
	bodies  []string
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	s.from, s.keys, s.bodies = append(s.from, host), append(s.keys, r.Header.Get("Idempotency-Key")), append(s.bodies, string(body))
	answer := s.answers[min(len(s.from), len(s.answers))-1]
	s.mu.Unlock()
	answer(w, r)
}

func breaksOff(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func says(status int, kind, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		for n := 0; n < len(header); n += 2 {
			w.Header().Set(header[n], header[n+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func quiet() *lost { return &lost{say: func(string, ...any) {}} }

func serve(t *testing.T, answers ...http.HandlerFunc) (*site, *httptest.Server) {
	t.Helper()
	s := &site{answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server
}

func TestTheVerySameRequestGoesAgainUntilItIsAnswered(t *testing.T) {
	accepted := says(201, "application/json", `{"ID":"o1","number":"2026-000001"}`)
	s, server := serve(t, breaksOff, says(503, "text/html", "restarting"), says(500, "text/html", "no database"), accepted)
	lost := quiet()
	var got posted
	err := newClient(server.URL, "", lost).call(t.Context(), http.MethodPost, "/api/v1/forums/f/opinions", "a-key", map[string]string{"text": "가나"}, &got)
	if err != nil || got.ID != "o1" || got.Number != "2026-000001" {
		t.Fatalf("%v, %+v", err, got)
	}
	if len(s.keys) != 4 || slices.ContainsFunc(s.keys, func(k string) bool { return k != "a-key" }) ||
		slices.ContainsFunc(s.bodies, func(b string) bool { return b != `{"text":"가나"}` }) {
		t.Errorf("keys %q, bodies %q", s.keys, s.bodies)
	}
	if n := lost.count.Load(); n != 3 {
		t.Errorf("%d answers lost, want 3", n)
	}
}

func TestWhoIsAskedToWaitWaits(t *testing.T) {
	s, server := serve(t, says(429, "application/problem+json", `{"key":"request.too_many"}`, "Retry-After", "1"), says(200, "application/json", `{}`))
	began := time.Now()
	lost := quiet()
	if err := newClient(server.URL, "", lost).call(t.Context(), http.MethodPut, "/vote", "", map[string]string{"choice": "for"}, nil); err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(began); waited < time.Second || len(s.from) != 2 || lost.count.Load() != 0 {
		t.Errorf("waited %s for %d requests, %d lost", waited, len(s.from), lost.count.Load())
	}
}

func TestARefusalIsItsProblemsKey(t *testing.T) {
	s, server := serve(t, says(422, "application/problem+json", `{"code":"invalid","key":"text.too_short","detail":"두 글자 이상"}`))
	err := newClient(server.URL, "", quiet()).call(t.Context(), http.MethodPost, "/x", "k", map[string]string{}, nil)
	refused, ok := errors.AsType[*refusal](err)
	if !ok || refused.Key != "text.too_short" || refused.Status != 422 || len(s.from) != 1 {
		t.Errorf("%v after %d requests", err, len(s.from))
	}
	_, server = serve(t, says(403, "application/problem+json", `{"code":"forbidden"}`))
	if refused, _ := errors.AsType[*refusal](newClient(server.URL, "", quiet()).call(t.Context(), http.MethodGet, "/x", "", nil, nil)); refused == nil || refused.Key != "forbidden" {
		t.Errorf("without a key: %v", refused)
	}
}

func TestCitizensComeFromAddressesOfTheirOwn(t *testing.T) {
	s, server := serve(t, says(200, "application/json", `{}`))
	for _, c := range newPool(server.URL, 3, "run", quiet()) {
		if err := c.call(t.Context(), http.MethodGet, "/x", "", nil, nil); err != nil {
			t.Skip("this system has one loopback address only:", err)
		}
	}
	if want := []string{"127.10.1.1", "127.10.1.2", "127.10.1.3"}; !slices.Equal(s.from, want) {
		t.Errorf("from %v, want %v", s.from, want)
	}
	seen := map[string]bool{}
	for _, c := range newPool(server.URL, 2000, "run", quiet()) {
		seen[c.address] = true
	}
	if len(seen) != 2000 {
		t.Errorf("%d mail addresses for 2000 citizens", len(seen))
	}
}

func TestACityOutOfReachIsGivenUpAfterAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient("http://nobody.example", "", quiet())
		c.http.Transport = refusing{}
		began := time.Now()
		_, err := c.ask(t.Context(), http.MethodGet, "/ko/", nil, nil)
		if waited := time.Since(began); !isInterruption(err) || waited < patience || waited > patience+5*time.Second {
			t.Errorf("%v after %s", err, waited)
		}
	})
}

type refusing struct{}

func (refusing) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("connection refused")
}

func TestNobodyAsksOnceTheJourneyIsOver(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the city has ended"))
	_, server := serve(t, says(200, "text/plain", ""))
	if _, err := newClient(server.URL, "", quiet()).ask(ctx, http.MethodGet, "/", nil, nil); err == nil || !strings.Contains(err.Error(), "the city has ended") {
		t.Errorf("got %v", err)
	}
}
