package serve

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"acropolis/forum"
)

const sharedKey = "a key that the city and its gateway share"

type says map[string]any

// said is what the gateway says of somebody, for this browser and now.
func said(subject, nonce string) says {
	return says{"aud": "https://forum.city.example", "sub": subject, "nonce": nonce, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix()}
}

func (s says) but(name string, value any) says {
	s[name] = value
	return s
}

func part(of any) string {
	raw, _ := json.Marshal(of)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func signedWith(key string, algorithm string, s says) string {
	text := part(says{"alg": algorithm, "typ": "JWT"}) + "." + part(s)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

var browsers atomic.Int32

// aBrowser keeps cookies, and sends none where another site makes it send something.
type aBrowser struct {
	t       *testing.T
	at      string
	from    string // where it says that it is: believed of a trusted proxy
	cookies map[string]string
}

func (c city) browser(t *testing.T) *aBrowser {
	return &aBrowser{t: t, at: c.public.URL, cookies: map[string]string{}, from: fmt.Sprintf("203.0.113.%d", browsers.Add(1)%250)}
}

type answer struct {
	*http.Response
	body string
}

func (b *aBrowser) send(method, path, kind, body string, header ...string) answer {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), method, b.at+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", kind)
	}
	request.Header.Set("X-Forwarded-For", b.from)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	if request.Header.Get("Sec-Fetch-Site") != "cross-site" || method == "GET" {
		for name, value := range b.cookies {
			request.AddCookie(&http.Cookie{Name: name, Value: value})
		}
	}
	got, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, cookie := range got.Cookies() {
		if cookie.MaxAge < 0 {
			delete(b.cookies, cookie.Name)
		} else {
			b.cookies[cookie.Name] = cookie.Value
		}
	}
	return answer{got, string(raw)}
}

func (b *aBrowser) form(path string, fields url.Values, header ...string) answer {
	b.t.Helper()
	return b.send("POST", path, "application/x-www-form-urlencoded", fields.Encode(), header...)
}

func (b *aBrowser) vote(opinion forum.ID) answer {
	b.t.Helper()
	return b.send("PUT", "/api/v1/opinions/"+string(opinion)+"/vote", "application/json", `{"choice":"for"}`)
}

var leadsOut = regexp.MustCompile(`href="(https://login\.city\.example[^"]*)"`)

// begin opens the page that leads to the gateway, and gives the nonce that it sends along.
func (b *aBrowser) begin(next string) (nonce string) {
	b.t.Helper()
	got := b.send("GET", "/ko/session/gateway?"+url.Values{"next": {next}}.Encode(), "", "")
	found := leadsOut.FindStringSubmatch(got.body)
	if got.StatusCode != 200 || found == nil || got.Header.Get("Cache-Control") != "no-store" {
		b.t.Fatalf("%s: %s", got.Status, got.body)
	}
	to, err := url.Parse(strings.ReplaceAll(found[1], "&amp;", "&"))
	if err != nil || to.Query().Get("lang") != "ko" || to.Query().Get("city") != "1" {
		b.t.Fatal(to, err)
	}
	return to.Query().Get("nonce")
}

func (b *aBrowser) hand(assertion string, header ...string) answer {
	b.t.Helper()
	return b.form("/ko/session/gateway", url.Values{"assertion": {assertion}, "here": {"1"}}, header...)
}

// enter signs somebody in by the gateway.
func (b *aBrowser) enter(subject string) {
	b.t.Helper()
	if got := b.hand(signedWith(sharedKey, "HS256", said(subject, b.begin("/ko/")))); got.StatusCode != 303 || b.cookies["citizen"] == "" {
		b.t.Fatalf("%s: %s", got.Status, got.body)
	}
}

func withGateway(key string, proxies ...string) func(*Settings) {
	return func(s *Settings) {
		s.Gateway.URL, s.Gateway.Key, s.Proxies = "https://login.city.example/begin?city=1", key, proxies
	}
}

// board is an open forum that knows its voters so, and an opinion on it.
func (c city) board(t *testing.T, by forum.IdentityPolicy) (id, opinion forum.ID) {
	t.Helper()
	id, _ = c.forums(t)
	if _, err := c.store.Pool().Exec(t.Context(), `UPDATE forums SET identity = $2 WHERE id = $1`, id, by); err != nil {
		t.Fatal(err)
	}
	if err := c.store.Pool().QueryRow(t.Context(), `SELECT id::text FROM opinions WHERE forum_id = $1`, id).Scan(&opinion); err != nil {
		t.Fatal(err)
	}
	return id, opinion
}

func (c city) count(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	if err := c.store.Pool().QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// mailed signs somebody in by a mailed code.
func (c city) mailed(t *testing.T, b *aBrowser, email string) {
	t.Helper()
	if err := c.store.AskSession(t.Context(), email, "ko"); err != nil {
		t.Fatal(err)
	}
	var code string
	if err := c.store.Pool().QueryRow(t.Context(), `SELECT data ->> 'code' FROM mails WHERE kind = 'session_code' ORDER BY id DESC LIMIT 1`).Scan(&code); err != nil {
		t.Fatal(err)
	}
	token, _, err := c.store.ConfirmSession(t.Context(), email, code)
	if err != nil {
		t.Fatal(err)
	}
	b.cookies["citizen"] = token
}

// TestGatewaysCitizenVotesOnce goes the whole way: the topic leads to the gateway, which sends the browser back from another site,
// without our cookies; the page that answers sends it on, and the citizen is back on the topic and votes. From another browser
// they are the same voter, and nothing tells who they are.
func TestGatewaysCitizenVotesOnce(t *testing.T) {
	c := newCity(t, withGateway(sharedKey))
	id, opinion := c.board(t, forum.IdentitySSO)
	topic := "/ko/forums/" + string(id)
	b := c.browser(t)
	if got := b.send("GET", topic, "", ""); !strings.Contains(got.body, `href="/ko/session/gateway?next=`+url.QueryEscape(topic)) {
		t.Fatalf("the topic doesn't lead to the gateway: %s", got.body)
	}
	if got := b.vote(opinion); got.StatusCode != 401 || !strings.Contains(got.body, "vote.sign_in_gateway") {
		t.Fatalf("%s: %s", got.Status, got.body)
	}
	back := topic + "?page=1#opinion-" + string(opinion)
	b.cookies = map[string]string{}
	sent := b.form("/ko/opinions/"+string(opinion)+"/vote", url.Values{"choice": {"for"}, "back": {back}})
	if to := sent.Header.Get("Location"); to != "/ko/session/gateway?next="+url.QueryEscape(back) {
		t.Fatalf("a vote without a session leads to %q", to)
	}
	const subject = "880101-2000000 홍길동"
	assertion := signedWith(sharedKey, "HS256", said(subject, b.begin(back)))
	landed := b.form("/ko/session/gateway", url.Values{"assertion": {assertion}}, "Sec-Fetch-Site", "cross-site", "Origin", "https://login.city.example")
	if landed.StatusCode != 200 || !strings.Contains(landed.body, `value="`+assertion+`"`) || b.cookies["citizen"] != "" || len(landed.Cookies()) != 0 {
		t.Fatalf("%s %v: %s", landed.Status, landed.Cookies(), landed.body)
	}
	in := b.hand(assertion, "Sec-Fetch-Site", "same-origin")
	if in.StatusCode != 303 || in.Header.Get("Location") != back || b.cookies["citizen"] == "" || b.cookies["gateway"] != "" {
		t.Fatalf("%s to %q: %s", in.Status, in.Header.Get("Location"), in.body)
	}
	if got := b.vote(opinion); got.StatusCode != 200 {
		t.Fatalf("%s: %s", got.Status, got.body)
	}
	if got := b.send("GET", topic, "", ""); strings.Contains(got.body, "/ko/session/gateway") || !strings.Contains(got.body, "/ko/me") {
		t.Error("who is signed in is asked to")
	}
	if got := b.send("GET", "/ko/me?show=votes", "", ""); !strings.Contains(got.body, string(opinion)) {
		t.Errorf("my vote isn't mine: %s", got.body)
	}

	other := c.browser(t)
	other.enter(subject)
	if got := other.vote(opinion); got.StatusCode != 200 {
		t.Fatal(got.Status, got.body)
	}
	if n := c.count(t, `SELECT count(*) FROM votes WHERE opinion_id = $1 AND accepted_at > now() - interval '1 hour'`, opinion); n != 1 {
		t.Errorf("one person has %d votes", n)
	}
	for _, table := range []string{"contacts", "assertions", "votes", "vote_changes", "mails", "audit", "purges", "idempotency_keys", "rates"} {
		if n := c.count(t, `SELECT count(*) FROM `+table+` x WHERE x::text LIKE '%880101%' OR x::text LIKE '%홍길동%'`); n != 0 {
			t.Errorf("%s holds the gateway's name of the citizen", table)
		}
	}
	if n := c.count(t, `SELECT count(*) FROM contacts WHERE position($1::bytea IN subject) > 0`, []byte("880101")); n != 0 {
		t.Error("contacts hold the gateway's name of the citizen")
	}
	if n := c.count(t, `SELECT count(*) FROM vote_changes WHERE domain IS NOT NULL`); n != 0 {
		t.Error("all who come by the gateway look like one mail domain's")
	}
}

// TestWhatTheGatewayDidntSayIsRefused tries each way in that is none.
func TestWhatTheGatewayDidntSayIsRefused(t *testing.T) {
	c := newCity(t, withGateway(sharedKey, "127.0.0.1"))
	_, opinion := c.board(t, forum.IdentitySSO)
	ago := func(d time.Duration) int64 { return time.Now().Add(-d).Unix() }
	good := func(nonce string) string { return signedWith(sharedKey, "HS256", said("citizen-1", nonce)) }
	for name, make := range map[string]func(nonce string) string{
		"over": func(n string) string {
			return signedWith(sharedKey, "HS256", said("x", n).but("iat", ago(3*time.Minute)).but("exp", ago(2*time.Minute)))
		},
		"good for too long": func(n string) string {
			return signedWith(sharedKey, "HS256", said("x", n).but("exp", ago(-3*time.Minute)))
		},
		"of tomorrow": func(n string) string {
			return signedWith(sharedKey, "HS256", said("x", n).but("iat", ago(-24*time.Hour)).but("exp", ago(-24*time.Hour-time.Minute)))
		},
		"without a time": func(n string) string {
			return signedWith(sharedKey, "HS256", says{"aud": "https://forum.city.example", "sub": "x", "nonce": n})
		},
		"for another city": func(n string) string {
			return signedWith(sharedKey, "HS256", said("x", n).but("aud", "https://forum.other.example"))
		},
		"for several": func(n string) string {
			return signedWith(sharedKey, "HS256", said("x", n).but("aud", []string{"https://forum.city.example", "https://forum.other.example"}))
		},
		"by another key": func(n string) string {
			return signedWith("another key of the right length, as anybody has", "HS256", said("x", n))
		},
		"by none":           func(n string) string { return part(says{"alg": "none"}) + "." + part(said("x", n)) + "." },
		"none, but signed":  func(n string) string { return signedWith(sharedKey, "none", said("x", n)) },
		"another algorithm": func(n string) string { return signedWith(sharedKey, "HS512", said("x", n)) },
		"of nobody":         func(n string) string { return signedWith(sharedKey, "HS256", said("", n)) },
		"with other words": func(n string) string {
			return strings.Replace(good(n), "."+part(said("citizen-1", n))+".", "."+part(said("citizen-2", n))+".", 1)
		},
		"for another browser":  func(string) string { return good("somebody-else's-nonce") },
		"without a nonce":      func(string) string { return good("") },
		"cut":                  func(n string) string { return good(n)[:40] },
		"twice":                func(n string) string { return good(n) + "." + good(n) },
		"nothing":              func(string) string { return "" },
		"another's in its end": func(n string) string { return good(n) + "A" },
	} {
		t.Run(name, func(t *testing.T) {
			b := c.browser(t)
			got := b.hand(make(b.begin("/ko/")))
			if got.StatusCode != 422 || b.cookies["citizen"] != "" || !strings.Contains(got.body, "유효하지 않습니다") || leadsOut.FindString(got.body) == "" {
				t.Errorf("%s, cookies %v", got.Status, b.cookies)
			}
		})
	}

	t.Run("replayed", func(t *testing.T) {
		b := c.browser(t)
		assertion := good(b.begin("/ko/"))
		began := b.cookies["gateway"]
		if got := b.hand(assertion); got.StatusCode != 303 {
			t.Fatal(got.Status, got.body)
		}
		thief := c.browser(t)
		thief.cookies["gateway"] = began // who reads the assertion may have read the cookie, too
		if got := thief.hand(assertion); got.StatusCode != 409 || thief.cookies["citizen"] != "" {
			t.Errorf("%s, cookies %v", got.Status, thief.cookies)
		}
	})
	t.Run("into another's browser", func(t *testing.T) { // or they would vote as the attacker
		attacker, victim := c.browser(t), c.browser(t)
		assertion := good(attacker.begin("/ko/"))
		from := []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}
		if got := victim.hand(assertion, from...); got.StatusCode != 422 || victim.cookies["citizen"] != "" {
			t.Errorf("without a sign-in begun: %s, %v", got.Status, victim.cookies)
		}
		victim.begin("/ko/")
		if got := victim.hand(assertion); got.StatusCode != 422 || victim.cookies["citizen"] != "" {
			t.Errorf("with one begun: %s, %v", got.Status, victim.cookies)
		}
	})
	t.Run("session set before", func(t *testing.T) { // fixation: a session that somebody planted isn't the one that gets confirmed
		b := c.browser(t)
		b.cookies["citizen"] = "planted"
		b.enter("citizen-9")
		if b.cookies["citizen"] == "planted" {
			t.Error("the planted session was taken")
		}
	})
	t.Run("out of the city", func(t *testing.T) {
		for _, next := range []string{"https://evil.example", "//evil.example", `/\evil.example`} {
			b := c.browser(t)
			if got := b.hand(good(b.begin(next))); got.StatusCode != 303 || got.Header.Get("Location") != "/ko/" {
				t.Errorf("%s: %s to %s", next, got.Status, got.Header.Get("Location"))
			}
		}
	})
	b := c.browser(t)
	c.mailed(t, b, "me@example.org")
	if got := b.vote(opinion); got.StatusCode != 401 || !strings.Contains(got.body, "vote.sign_in_gateway") {
		t.Errorf("a mailed code's session: %s %s", got.Status, got.body)
	}
	if n := c.count(t, `SELECT count(*) FROM vote_changes`); n != c.count(t, `SELECT count(*) FROM vote_changes WHERE accepted_at < now() - interval '1 hour'`) {
		t.Error("a vote was taken")
	}
}

// TestProxysWordCountsFromTheProxyOnly: a proxy that asks citizens itself hands over what it knows in a header.
func TestProxysWordCountsFromTheProxyOnly(t *testing.T) {
	try := func(t *testing.T, c city, header ...string) answer {
		b := c.browser(t)
		assertion := signedWith(sharedKey, "HS256", said("citizen-1", b.begin("/ko/forums")))
		return b.send("GET", "/ko/session/gateway", "", "", append(header, "Gateway-Assertion", assertion)...)
	}
	trusted := newCity(t, withGateway(sharedKey, "127.0.0.1"))
	if got := try(t, trusted); !strings.Contains(got.body, `name="assertion"`) || len(got.Cookies()) != 0 {
		t.Errorf("the proxy's word: %s %v", got.body, got.Cookies())
	}
	b := trusted.browser(t)
	assertion := signedWith(sharedKey, "HS256", said("citizen-1", b.begin("/ko/forums")))
	shown := b.send("GET", "/ko/session/gateway", "", "", "Gateway-Assertion", assertion)
	if b.cookies["citizen"] != "" || !strings.Contains(shown.body, assertion) {
		t.Fatal("opening the page signs in, or its button can't")
	}
	if got := b.hand(assertion); got.StatusCode != 303 || got.Header.Get("Location") != "/ko/forums" || b.cookies["citizen"] == "" {
		t.Errorf("%s %s", got.Status, got.body)
	}

	stranger := newCity(t, withGateway(sharedKey, "10.0.0.0/8"))
	for _, spoof := range [][]string{nil, {"X-Forwarded-For", "10.0.0.7"}, {"X-Real-Ip", "10.0.0.7"}} {
		if got := try(t, stranger, spoof...); strings.Contains(got.body, `name="assertion"`) || leadsOut.FindString(got.body) == "" {
			t.Errorf("a stranger's word with %v: %s", spoof, got.body)
		}
	}
}

// TestEachForumTakesItsOwnKindOfSession: an address and a name at the gateway are the same person twice, so no forum takes both.
func TestEachForumTakesItsOwnKindOfSession(t *testing.T) {
	c := newCity(t, withGateway(sharedKey))
	_, mail := c.board(t, forum.IdentityEmail)
	_, device := c.board(t, forum.IdentityDevice)
	b := c.browser(t)
	b.enter("citizen-1")
	if got := b.vote(mail); got.StatusCode != 401 || !strings.Contains(got.body, "vote.sign_in") {
		t.Errorf("on a forum of mailed codes: %s %s", got.Status, got.body)
	}
	if got := b.vote(device); got.StatusCode != 200 {
		t.Errorf("on a forum that knows the browser: %s %s", got.Status, got.body)
	}
	posted := b.send("POST", "/api/v1/suggestions", "application/json", `{"title":"한강에 자전거 다리","text":"한강에 자전거와 보행자를 위한 다리를 놓아 주세요. 지금은 차도 옆을 지나야 합니다."}`, "Idempotency-Key", "a-suggestion-0001")
	if posted.StatusCode != 201 {
		t.Fatal(posted.Status, posted.body)
	}
	var it struct{ ID forum.ID }
	if err := json.Unmarshal([]byte(posted.body), &it); err != nil {
		t.Fatal(err)
	}
	if got := b.send("PUT", "/api/v1/suggestions/"+string(it.ID)+"/support", "application/json", ""); got.StatusCode != 401 || !strings.Contains(got.body, "support.sign_in") {
		t.Errorf("a support: %s %s", got.Status, got.body)
	}
	if n := c.count(t, `SELECT count(*) FROM mails`); n != 0 {
		t.Errorf("%d letters to somebody without an address", n)
	}
}

// TestGatewaysOwnKeyIsTakenForNothingElse: with its public key set, who knows that key can't sign with it.
func TestGatewaysOwnKeyIsTakenForNothingElse(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	key := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: raw}))
	c := newCity(t, withGateway(key))
	b := c.browser(t)
	for _, secret := range []string{key, strings.TrimSpace(key), string(raw), string(public)} {
		if got := b.hand(signedWith(secret, "HS256", said("x", b.begin("/ko/")))); got.StatusCode != 422 {
			t.Errorf("signed with the public key: %s", got.Status)
		}
	}
	text := part(says{"alg": "EdDSA"}) + "." + part(said("citizen-1", b.begin("/ko/")))
	mark := base64.RawURLEncoding.EncodeToString(ed25519.Sign(private, []byte(text)))
	if got := b.hand(text + "." + mark); got.StatusCode != 303 || b.cookies["citizen"] == "" {
		t.Errorf("%s %s", got.Status, got.body)
	}
}

// TestCityWithoutAGatewaySaysSo on each page that would lead there.
func TestCityWithoutAGatewaySaysSo(t *testing.T) {
	c := newCity(t)
	b := c.browser(t)
	for _, got := range []answer{b.send("GET", "/ko/session/gateway", "", ""), b.hand("x")} {
		if got.StatusCode != 404 || !strings.Contains(got.body, "연결되어 있지 않아") {
			t.Errorf("%s: %s", got.Status, got.body)
		}
	}
}
