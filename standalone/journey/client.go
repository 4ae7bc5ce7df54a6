package journey

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// client is one browser: its own cookies, and its own address where the city is on this very machine.
type client struct {
	base string
	http *http.Client
	lost *lost
}

// browserName is what the city's robots' filter takes for a person, which is what a journey plays.
const browserName = "Mozilla/5.0 (X11; Linux x86_64) Journey/1"

// newClient makes a browser for the site at base. from is the loopback address that it comes from, or "" for any.
func newClient(base, from string, lost *lost) *client {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	bound := *dialer
	if address, err := netip.ParseAddr(from); err == nil {
		bound.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(address, 0))
	}
	jar, _ := cookiejar.New(nil) // never fails
	return &client{base: strings.TrimSuffix(base, "/"), lost: lost, http: &http.Client{
		Jar: jar, Timeout: 60 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, Proxy: nil,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if host, _, err := net.SplitHostPort(address); err == nil && bound.LocalAddr != nil && isIPv4Loopback(host) {
					return bound.DialContext(ctx, network, address)
				}
				return dialer.DialContext(ctx, network, address)
			}},
	}}
}

func isIPv4Loopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.Is4() && address.IsLoopback()
}

// interruption is an answer that never came, or one that says to come again: what was asked may have been done.
type interruption struct{ cause error }

func (i *interruption) Error() string { return "no answer: " + i.cause.Error() }
func (i *interruption) Unwrap() error { return i.cause }

func isInterruption(err error) bool {
	var i *interruption
	return errors.As(err, &i)
}

// lost counts the answers that never came, in all browsers, and tells of the first of a while.
type lost struct {
	count atomic.Int64
	say   func(format string, values ...any)

	mu   sync.Mutex
	told time.Time
}

func (l *lost) note(cause error) {
	l.count.Add(1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.told) > 5*time.Second {
		l.told = time.Now()
		l.say("trying again: %v", cause)
	}
}

// refusal is what the city doesn't do. Key is the problem's stable key; pages have none, only Text.
type refusal struct {
	Method, Path string
	Status       int
	Key, Text    string
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%s %s was refused (%d %s): %s", r.Method, r.Path, r.Status, r.Key, r.Text)
}

// answer is what a site said.
type answer struct {
	*http.Response
	body []byte
}

// ask sends one request until it is answered: a connection that fails, a server that is stopping and one that asks for
// patience get the very same request again. Other answers, also refusals, are the caller's to judge.
func (c *client) ask(ctx context.Context, method, path string, header map[string]string, body []byte) (answer, error) {
	for began, tries := time.Now(), 0; ; tries++ {
		a, err := c.once(ctx, method, path, header, body)
		if ctx.Err() != nil {
			return a, context.Cause(ctx)
		}
		wait := min(100*time.Millisecond<<min(tries, 4), time.Second)
		switch {
		case err == nil && a.StatusCode == http.StatusTooManyRequests:
			if seconds, err := strconv.Atoi(a.Header.Get("Retry-After")); err == nil {
				wait = time.Duration(seconds) * time.Second
			}
			began = time.Now() // waiting one's turn is no outage
		case err == nil && a.StatusCode < 500:
			return a, nil
		default:
			if err == nil {
				err = fmt.Errorf("%s %s: %s, request %s", method, path, a.Status, a.Header.Get("X-Request-Id"))
			}
			c.lost.note(err)
			if time.Since(began) > patience {
				return a, &interruption{err}
			}
		}
		if err := sleep(ctx, wait); err != nil {
			return a, err
		}
	}
}

// sizeLimit is more than any page has, and as much as the workbook of a large forum.
const sizeLimit = 512 << 20

func (c *client) once(ctx context.Context, method, path string, header map[string]string, body []byte) (answer, error) {
	address := path
	if strings.HasPrefix(path, "/") {
		address = c.base + path
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("User-Agent", browserName)
	request.Header.Set("Accept-Language", "ko")
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	a := answer{Response: response}
	a.body, err = io.ReadAll(io.LimitReader(response.Body, sizeLimit))
	return a, err
}

// call asks the JSON API. A refusal is a *refusal with the problem document's key.
func (c *client) call(ctx context.Context, method, path, key string, body, into any) error {
	header := map[string]string{"Accept": "application/json"}
	var raw []byte
	if body != nil {
		header["Content-Type"] = "application/json"
		raw, _ = json.Marshal(body) // maps and structs of texts
	}
	if key != "" {
		header["Idempotency-Key"] = key
	}
	a, err := c.ask(ctx, method, path, header, raw)
	if err != nil {
		return err
	}
	if a.StatusCode >= 300 {
		var problem struct{ Code, Key, Detail string }
		if json.Unmarshal(a.body, &problem) != nil {
			problem.Detail = firstLine(a.body)
		}
		if problem.Key == "" {
			problem.Key = problem.Code
		}
		return &refusal{Method: method, Path: path, Status: a.StatusCode, Key: problem.Key, Text: problem.Detail}
	}
	if into == nil || len(a.body) == 0 {
		return nil
	}
	if err := json.Unmarshal(a.body, into); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

func firstLine(body []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(body[:min(len(body), 200)])), "\n")
	return strings.ToValidUTF8(line, "")
}

// pathOf is an address's path and query, which is what a site's own links and redirects lead to.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.RequestURI()
}
