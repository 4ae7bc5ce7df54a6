package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// citizen is a program that a person with a confirmed address uses: a browser's secret, a session, and loopback addresses of
// its own. It takes a new address before the limit of writes an address slows it down; no limit is switched off.
type citizen struct {
	contact forum.ID
	cookies string
	browser string // the cookie of who isn't signed in: nobody must be, to post, and a person may write less often than this one
	client  *http.Client
	asked   int
}

// perAddress is less than one address may write at once (webui/page/route.go).
const perAddress = 25

// addresses counts the loopback addresses that were given out: 127.1.0.1 and so on.
var addresses atomic.Uint32

// confirmed makes a person whose address is confirmed and whose session is open, as the mailed code leaves them.
func confirmed(t testing.TB, s *postgres.Store) *citizen {
	t.Helper()
	p := &citizen{contact: postgres.NewID()}
	execute(t, s, `INSERT INTO contacts (id, email, confirmed_at) VALUES ($1, $2, now())`, p.contact, string(p.contact)+"@citizen.example")
	token, _, err := s.OpenSession(forum.Session{Contact: p.contact}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails
	p.browser = "browser=" + base64.RawURLEncoding.EncodeToString(secret[:])
	p.cookies = "citizen=" + token + "; " + p.browser
	return p
}

// answer is what the API said.
type answer struct {
	status int
	body   []byte
}

func (a answer) ok() bool { return a.status == http.StatusOK || a.status == http.StatusCreated }

// key is a problem document's.
func (a answer) key() string {
	var problem struct{ Key string }
	_ = json.Unmarshal(a.body, &problem)
	return problem.Key
}

func (a answer) String() string {
	return fmt.Sprintf("%d %s", a.status, a.body[:min(len(a.body), 300)])
}

// ask sends one request; an error means that no answer came.
func (p *citizen) ask(ctx context.Context, method, address, key string, body any) (answer, error) {
	if p.asked%perAddress == 0 {
		p.move()
	}
	p.asked++
	raw, err := json.Marshal(body)
	if err != nil {
		return answer{}, err
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(raw))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Cookie", p.cookies)
	if method == http.MethodPost {
		request.Header.Set("Cookie", p.browser)
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	response, err := p.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	a := answer{status: response.StatusCode}
	a.body, err = io.ReadAll(response.Body)
	return a, err
}

// move goes on from another address.
func (p *citizen) move() {
	if p.client != nil {
		p.client.CloseIdleConnections()
	}
	n := addresses.Add(1)
	from := net.IPv4(127, byte(1+n/62500), byte(n/250%250), byte(1+n%250))
	dialer := &net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: from}}
	p.client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 2}}
}

// post sends an opinion.
func (p *citizen) post(ctx context.Context, public string, id forum.ID, key, text, email string) (forum.Accepted, answer, error) {
	a, err := p.ask(ctx, http.MethodPost, public+"/api/v1/forums/"+string(id)+"/opinions", key, map[string]string{"text": text, "email": email})
	var accepted forum.Accepted
	if err == nil && a.ok() {
		err = json.Unmarshal(a.body, &accepted)
	}
	return accepted, a, err
}

// vote casts one.
func (p *citizen) vote(ctx context.Context, public string, opinion forum.ID, key string, choice forum.Choice) (answer, error) {
	return p.ask(ctx, http.MethodPut, public+"/api/v1/opinions/"+string(opinion)+"/vote", key, map[string]string{"choice": string(choice)})
}

// topic is a forum as the API shows it.
type topic struct {
	Status forum.ForumStatus `json:"status"`
	Counts forum.Counts      `json:"counts"`
}

// statusOf asks the API; an error means that no answer came, or none that says a status.
func (p *citizen) statusOf(ctx context.Context, public string, id forum.ID) (topic, error) {
	a, err := p.ask(ctx, http.MethodGet, public+"/api/v1/forums/"+string(id), "", nil)
	if err != nil {
		return topic{}, err
	}
	var document struct {
		topic
		Forum *topic `json:"forum"`
	}
	if err := json.Unmarshal(a.body, &document); err != nil || !a.ok() {
		return topic{}, fmt.Errorf("%v: %w", a, err)
	}
	if document.Forum != nil {
		return *document.Forum, nil
	}
	return document.topic, nil
}

func newKey() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	return hex.EncodeToString(raw[:])
}

// official is a browser that one of the staff has logged in with.
type official struct {
	t      testing.TB
	base   string
	cookie string
}

// logIn opens the intranet for somebody.
func (c *city) logIn(name string) *official {
	c.t.Helper()
	o := &official{t: c.t, base: c.office}
	status, page := o.send("/ko/login", "name", name, "password", c.password)
	if status != http.StatusSeeOther || o.cookie == "" {
		c.t.Fatalf("%s can't log in: %d %s", name, status, page)
	}
	return o
}

// read gives a page.
func (o *official) read(path string) string {
	o.t.Helper()
	status, page := o.do(http.MethodGet, path, "")
	if status != http.StatusOK {
		o.t.Fatalf("%s: %d %s", path, status, page)
	}
	return page
}

// send posts a form of names and values.
func (o *official) send(path string, pairs ...string) (int, string) {
	o.t.Helper()
	form := formOf(pairs)
	return o.do(http.MethodPost, path, form)
}

func (o *official) do(method, path, form string) (int, string) {
	o.t.Helper()
	request, err := http.NewRequestWithContext(o.t.Context(), method, o.base+path, strings.NewReader(form))
	if err != nil {
		o.t.Fatal(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Origin", o.base)
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	request.Header.Set("Cookie", o.cookie)
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	for _, cookie := range response.Cookies() {
		if cookie.Name == "staff" {
			o.cookie = "staff=" + cookie.Value
		}
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return response.StatusCode, string(body)
}
