package public

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/webui/page"
)

// solved does what a client of ALTCHA's protocol does, by its description and not by this package's code.
func solved(t *testing.T, document []byte) map[string]any {
	t.Helper()
	var task struct {
		Algorithm, Challenge, Salt, Signature string
		MaxNumber                             int
	}
	if err := json.Unmarshal(document, &task); err != nil || task.Algorithm != "SHA-256" {
		t.Fatal(err, string(document))
	}
	for n := range task.MaxNumber + 1 {
		if sum := sha256.Sum256([]byte(task.Salt + strconv.Itoa(n))); hex.EncodeToString(sum[:]) == task.Challenge {
			return map[string]any{"algorithm": task.Algorithm, "challenge": task.Challenge, "number": n, "salt": task.Salt, "signature": task.Signature, "took": 12}
		}
	}
	t.Fatal("the task has no solution")
	return nil
}

func packed(solution map[string]any) string {
	raw, _ := json.Marshal(solution) //nolint:errchkjson // texts and numbers
	return base64.StdEncoding.EncodeToString(raw)
}

// pressed is a city whose forum and whose suggestions are under pressure, and the key that signs its tasks.
func pressed(t *testing.T) (*city, http.Handler) {
	t.Helper()
	s := aCity()
	s.pressures = []forum.Pressure{{Forum: forumID, Since: time.Now()}, {Since: time.Now()}}
	return s, serve(t, s, quick)
}

// quick makes the tasks short.
func quick(o *Options) {
	o.Challenges, o.Numbers = []byte("the key of the tasks in all the tests"), 300
}

// TestUnderPressureAnUnconfirmedPersonSolvesATask: each write that needs no session is refused until it comes with a solution; the
// refusal says where a task is to be had. Who is signed in is never asked, and what is faulty is said first.
func TestUnderPressureAnUnconfirmedPersonSolvesATask(t *testing.T) {
	for name, c := range map[string]struct{ method, path, body, faulty, what string }{
		"opinion":    {"POST", boardPath, `{"text":"광장을 만들어 주십시오."%s}`, `{"text":"가"%s}`, string(forumID)},
		"vote":       {"PUT", "/api/v1/opinions/" + string(opinionID) + "/vote", `{"choice":"for"%s}`, `{"choice":"never"%s}`, string(forumID)},
		"report":     {"POST", "/api/v1/opinions/" + string(opinionID) + "/report", `{"reason":"insult"%s}`, `{"reason":"no such"%s}`, string(forumID)},
		"suggestion": {"POST", "/api/v1/suggestions", `{"title":"한강 다리","text":"자전거로 건너고 싶습니다."%s}`, `{"title":"가","text":"나"%s}`, "suggestions"},
	} {
		t.Run(name, func(t *testing.T) {
			s, h := pressed(t)
			s.forum.Identity = forum.IdentityDevice
			send := func(body, altcha string, more ...string) (status int, key, where string) {
				t.Helper()
				if altcha != "" {
					altcha = fmt.Sprintf(`,"altcha":%q`, altcha)
				}
				got := ask(h, c.method, c.path, fmt.Sprintf(body, altcha), append([]string{"Idempotency-Key", aKey, "Cookie", browserNamed(1)}, more...)...)
				p := page.Problem{}
				_ = json.Unmarshal(got.Body.Bytes(), &p)
				return got.Code, p.Key, p.Fields["challenge"]
			}
			status, key, where := send(c.body, "")
			if status != 403 || key != "challenge.required" || where != "/api/v1/challenge?for="+c.what || s.changes != 0 {
				t.Fatalf("%d %s %s, %d changes", status, key, where, s.changes)
			}
			if status, key, _ := send(c.faulty, ""); status != 422 || strings.HasPrefix(key, "challenge.") {
				t.Errorf("faulty: %d %s", status, key)
			}
			solution := packed(solved(t, ask(h, "GET", where, "").Body.Bytes()))
			if status, key, _ := send(c.body, solution); status >= 300 || s.changes != 1 {
				t.Fatalf("solved: %d %s", status, key)
			}
			if status, _, _ := send(c.body, solution); status >= 300 {
				t.Errorf("the same again: %d", status)
			}
			if status, key, _ := send(c.body, "", "Cookie", signedIn, "Idempotency-Key", aKey+"2"); status >= 300 {
				t.Errorf("signed in: %d %s", status, key)
			}
		})
	}
}

// TestSolutionsThatAreNone: what was used, has expired, is another forum's or was tampered with lets nobody in.
func TestSolutionsThatAreNone(t *testing.T) {
	s, h := pressed(t)
	keys := 0
	post := func(altcha, want string) {
		t.Helper()
		keys++
		got := ask(h, "POST", boardPath, fmt.Sprintf(`{"text":"광장을 만들어 주십시오.","altcha":%q}`, altcha), "Idempotency-Key", fmt.Sprintf("%s-%d", aKey, keys))
		if want == "" {
			wantStatus(t, got, 201)
			return
		}
		wantStatus(t, got, 403)
		if p := into[page.Problem](t, got); p.Key != want || p.Fields["challenge"] == "" || p.Detail == "" {
			t.Errorf("%+v, want %s", p, want)
		}
	}
	task := func(what string) map[string]any {
		t.Helper()
		return solved(t, ask(h, "GET", "/api/v1/challenge?for="+what, "").Body.Bytes())
	}
	used := packed(task(string(forumID)))
	post(used, "")
	post(used, "challenge.spent")
	changed := func(name string, value any) string {
		one := task(string(forumID))
		one[name] = value
		return packed(one)
	}
	later := strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10)
	for name, altcha := range map[string]string{
		"another forum's": packed(task(string(unknownID))), "the suggestions'": packed(task("suggestions")), "no base64": "???", "no JSON": base64.StdEncoding.EncodeToString([]byte("{")),
		"another number": changed("number", 301), "another salt": changed("salt", "00?expires="+later+"&for="+string(forumID)+"&"), "another signature": changed("signature", strings.Repeat("00", 32)),
		"no signature": changed("signature", ""), "another hash": changed("challenge", hashHex("1")), "another algorithm": changed("algorithm", "SHA-1"),
	} {
		t.Run(name, func(t *testing.T) { post(altcha, "challenge.wrong") })
	}
	forged := func(o *Handlers, salt string) string {
		hash := hashHex(salt + "7")
		return packed(map[string]any{"algorithm": "SHA-256", "challenge": hash, "number": 7, "salt": salt, "signature": hex.EncodeToString(keyed(o.Challenges, hash))})
	}
	post(forged(s.handlers, "00?expires="+later+"&for="+string(forumID)+"&"), "") // the key is the city's: so far it is a task
	post(forged(s.handlers, "00?expires="+strconv.FormatInt(time.Now().Unix()-1, 10)+"&for="+string(forumID)+"&"), "challenge.expired")
	post(forged(s.handlers, "00?for="+string(forumID)+"&expires="+later[:len(later)-1]), "challenge.wrong") // the number's first digit would be the instant's last
	post(forged(&Handlers{Options: Options{Challenges: []byte("another city's")}}, "00?expires="+later+"&for="+string(forumID)+"&"), "challenge.wrong")
	if len(s.posted) != 2 {
		t.Errorf("%d opinions", len(s.posted))
	}
	wantProblem(t, ask(h, "GET", "/api/v1/challenge?for=nothing", ""), 422, "request.no_such_choice", "for")
}

// TestPressureBeginsByItselfAndTellsTheOthers: where unconfirmed people write far more than a forum should get, it is under pressure,
// and says so to the other processes; the signed-in neither count nor notice, and the next forum is left alone.
func TestPressureBeginsByItselfAndTellsTheOthers(t *testing.T) {
	s := aCity()
	s.forum.Identity = forum.IdentityDevice
	h := serve(t, s, quick, func(o *Options) { o.Pressure = 5 })
	vote := func(cookie string, status int) {
		t.Helper()
		wantStatus(t, ask(h, "PUT", "/api/v1/opinions/"+string(opinionID)+"/vote", `{"choice":"for"}`, "Cookie", cookie), status)
	}
	for range 20 {
		vote(signedIn, 200)
	}
	for n := range 5 {
		vote(browserNamed(byte(n+1)), 200)
	}
	vote(browserNamed(9), 403)
	vote(signedIn, 200)
	wantStatus(t, ask(h, "DELETE", "/api/v1/opinions/"+string(opinionID)+"/vote", "", "Cookie", browserNamed(1)), 200)
	if s.handlers.pressure.on(unknownID) {
		t.Error("another forum is under pressure, too")
	}
	if err := s.handlers.SharePressure(context.Background()); err != nil || len(s.noted) != 1 || s.noted[0] != forumID {
		t.Errorf("told of %v, %v", s.noted, err)
	}
	vote(browserNamed(9), 403) // also before the others have heard
}

// TestForumTakesNoMoreThanItsMost: the hard cap counts everybody, and not what was refused.
func TestForumTakesNoMoreThanItsMost(t *testing.T) {
	s := aCity()
	h := serve(t, s, func(o *Options) { o.Most = 3 })
	n := 0
	post := func(want int) {
		t.Helper()
		n++
		got := ask(h, "POST", boardPath, `{"text":"광장을 만들어 주십시오."}`, "Idempotency-Key", fmt.Sprintf("%s-%d", aKey, n), "Cookie", signedIn)
		wantStatus(t, got, want)
		if want == 429 && (into[page.Problem](t, got).Key != "forum.too_many" || got.Header().Get("Retry-After") == "") {
			t.Error(got.Body)
		}
	}
	s.refusal = forum.Refuse(forum.Conflict, "forum.closed")
	for range 5 {
		post(409)
	}
	s.refusal = nil
	for range 3 {
		post(201)
	}
	post(429)
}

// TestPageUnderPressureKeepsTheText: the page that asks for the task has every word, the task for the script, and for who has none
// the way by the mailed code; a task that was solved lets it through, and so does a session.
func TestPageUnderPressureKeepsTheText(t *testing.T) {
	topic := "/ko/forums/" + string(forumID) + "/opinions"
	for name, c := range map[string]struct{ path, check, fields, words string }{
		"opinion":    {topic, topic + "/check", form("text", "광장을 만들어 주십시오.", "pseudonym", "느티나무"), "광장을 만들어 주십시오."},
		"suggestion": {"/ko/suggestions", "/ko/suggestions/check", form("title", "한강 다리", "text", "자전거로 건너고 싶습니다.", "track", "general"), "자전거로 건너고 싶습니다."},
		"report":     {"/ko/opinions/" + string(opinionID) + "/report", "", form("reason", "insult", "text", "욕설이 있습니다."), "욕설이 있습니다."},
		"vote":       {"/ko/opinions/" + string(opinionID) + "/vote", "", form("choice", "for", "back", "/ko/forums/"+string(forumID)), `value="for"`},
	} {
		t.Run(name, func(t *testing.T) {
			s, h := pressed(t)
			s.forum.Identity = forum.IdentityDevice
			fields := c.fields + "&form_key=" + aKey
			got := ask(h, "POST", c.path, fields, "Cookie", browserNamed(1))
			wantStatus(t, got, 403)
			body := got.Body.String()
			for _, want := range []string{c.words, "data-task=", `href="/ko/sign-in"`, "challenge.js", `name="altcha"`, "확인이 한 번 더 필요합니다"} {
				if !strings.Contains(body, want) {
					t.Errorf("the page lacks %s", want)
				}
			}
			if c.check != "" {
				checked := ask(h, "POST", c.check, c.fields, "Cookie", browserNamed(1)).Body.String()
				if !strings.Contains(checked, "data-task=") {
					t.Error("the task doesn't begin while one reads")
				}
				if strings.Contains(ask(h, "POST", c.check, c.fields, "Cookie", signedIn).Body.String(), "data-task=") {
					t.Error("who is signed in is asked, too")
				}
			}
			_, rest, _ := strings.Cut(body, `data-source="`)
			source, _, _ := strings.Cut(rest, `"`)
			solution := packed(solved(t, ask(h, "GET", source, "").Body.Bytes()))
			if got := ask(h, "POST", c.path, fields+"&altcha="+url.QueryEscape(solution), "Cookie", browserNamed(1)); got.Code != 303 || s.changes != 1 {
				t.Errorf("%d, %d changes", got.Code, s.changes)
			}
			if got := ask(h, "POST", c.path, c.fields+"&form_key="+aKey+"2", "Cookie", signedIn); got.Code != 303 {
				t.Errorf("signed in: %d", got.Code)
			}
		})
	}
}
