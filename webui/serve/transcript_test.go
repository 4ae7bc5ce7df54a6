package serve

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"regexp"
	"strings"
	"testing"

	"acropolis/forum"
	"acropolis/webui/public/contract"
)

var update = flag.Bool("update", false, "write docs/transcript.md anew")

// transcript writes down what a citizen's program says and hears.
type transcript struct {
	t      *testing.T
	base   string
	client *http.Client
	text   strings.Builder
	names  []string // pairs of what changes with each run and what stands for it
}

// call says it, checks the status and gives the answer.
func (s *transcript) call(title, method, path, body string, status int, headers ...string) map[string]any {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Accept-Language", "en")
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := s.client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if response.StatusCode != status {
		s.t.Errorf("%s: %s %s answered %d, want %d: %s", title, method, path, response.StatusCode, status, raw)
	}
	if status >= 400 && response.Header.Get("Content-Type") != "application/problem+json" {
		s.t.Errorf("%s: the refusal is %s, want a problem document", title, response.Header.Get("Content-Type"))
	}
	var answer map[string]any
	_ = json.Unmarshal(raw, &answer)
	s.write(title, request, body, response, raw)
	return answer
}

func (s *transcript) write(title string, q *http.Request, body string, a *http.Response, raw []byte) {
	fmt.Fprintf(&s.text, "### %s\n\n```http\n%s %s\n", title, q.Method, q.URL.RequestURI())
	for _, name := range []string{"Content-Type", "Idempotency-Key", "X-Receipt"} {
		if value := q.Header.Get(name); value != "" {
			fmt.Fprintf(&s.text, "%s: %s\n", name, value)
		}
	}
	if body != "" {
		fmt.Fprintf(&s.text, "\n%s\n", shown(body))
	}
	fmt.Fprintf(&s.text, "```\n\n```http\n%s\n", a.Status)
	for _, name := range []string{"Content-Type", "Location", "Idempotency-Replayed", "Retry-After"} {
		if value := a.Header.Get(name); value != "" {
			fmt.Fprintf(&s.text, "%s: %s\n", name, value)
		}
	}
	if len(raw) > 0 {
		var pretty bytes.Buffer
		if json.Indent(&pretty, raw, "", "  ") == nil {
			raw = pretty.Bytes()
		}
		fmt.Fprintf(&s.text, "\n%s\n", bytes.TrimSpace(raw))
	}
	s.text.WriteString("```\n\n")
}

// shown cuts what is too long to read and spells out bytes that aren't text.
func shown(body string) string {
	if len(body) > 300 {
		return fmt.Sprintf("%s… (%d bytes)", []byte(body)[:60], len(body))
	}
	return strings.ToValidUTF8(body, "\\xff")
}

func (s *transcript) name(value, name string) { s.names = append(s.names, value, name) }

var (
	instants = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`)
	ids      = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
	requests = regexp.MustCompile(`"(request_id|instance)": "[^"]*"`)
	numbers  = regexp.MustCompile(`"number": "\d{4}-\d+"`)
)

// page is the transcript with stand-ins for what changes with each run.
func (s *transcript) page() string {
	text := strings.NewReplacer(s.names...).Replace(s.text.String())
	text = instants.ReplaceAllString(text, "2026-11-23T09:00:00Z")
	text = ids.ReplaceAllString(text, "{id}")
	text = numbers.ReplaceAllString(text, `"number": "2026-000001"`)
	return requests.ReplaceAllString(text, `"$1": "…"`)
}

func TestTranscript(t *testing.T) {
	c := newCity(t)
	open, closed := c.forums(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &transcript{t: t, base: c.public.URL, client: &http.Client{Jar: jar, Transport: contract.Transport(t, c.public.URL, http.DefaultTransport)}}
	s.name(string(open), "{open-forum}")
	s.name(string(closed), "{closed-forum}")
	s.text.WriteString("# A citizen's path through the API\n\nWritten by `TestTranscript` against the real handlers and PostgreSQL; ids, receipts, numbers and instants are stand-ins.\n" +
		"`go test ./webui/serve -run TestTranscript -update` writes it anew.\n\n## The path\n\n")
	opinions := "/api/v1/forums/" + string(open) + "/opinions"

	suggested := s.call("Suggest a topic", "POST", "/api/v1/suggestions",
		`{"title":"광장에 그늘을","text":"여름에 쉴 곳이 없습니다. 나무를 심어 주세요.","pseudonym":"은행나무"}`, 201, "Idempotency-Key", "suggest-0001-0001")
	s.name(suggested["receipt"].(string), "{suggestion-receipt}")
	s.call("Read the topic", "GET", "/api/v1/forums/"+string(open), "", 200)
	posted := s.call("Post an opinion", "POST", opinions, `{"text":"분수도 있으면 좋겠습니다.","pseudonym":"분수","district":"종로구"}`, 201, "Idempotency-Key", "opinion-0001-0001")
	receipt := posted["receipt"].(string)
	s.name(receipt, "{receipt}")
	again := s.call("The answer got lost: retry with the same key", "POST", opinions,
		`{"text":"분수도 있으면 좋겠습니다.","pseudonym":"분수","district":"종로구"}`, 201, "Idempotency-Key", "opinion-0001-0001")
	if again["receipt"] != receipt {
		t.Error("the retry got another receipt")
	}
	s.call("The same key with another body", "POST", opinions, `{"text":"다른 의견입니다."}`, 422, "Idempotency-Key", "opinion-0001-0001")
	s.call("Ask for a code by mail", "POST", "/api/v1/session", `{"email":"citizen@example.com"}`, 202)
	code := c.mailedCode(t)
	s.name(code, "123456")
	s.call("Confirm the code", "POST", "/api/v1/session/confirm", `{"email":"citizen@example.com","code":"`+code+`"}`, 200)
	board := s.call("Read the board", "GET", opinions+"?sort=oldest", "", 200)
	vote := "/api/v1/opinions/" + board["items"].([]any)[0].(map[string]any)["id"].(string) + "/vote"
	s.call("Vote for an opinion", "PUT", vote, `{"choice":"for"}`, 200, "Idempotency-Key", "vote-0001-0001-0001")
	changed := s.call("Change the vote", "PUT", vote, `{"choice":"against"}`, 200, "Idempotency-Key", "vote-0001-0001-0002")
	if changed["for"] != 3.0 || changed["against"] != 2.0 || changed["mine"] != "against" {
		t.Errorf("one person has one vote: %v", changed)
	}
	s.call("Take it back", "DELETE", vote, "", 200)
	s.call("Where does my opinion stand?", "GET", "/api/v1/receipts/"+receipt, "", 200)

	s.text.WriteString("## Bad input\n\n")
	key := 0
	bad := func(title, path, body string, status int, headers ...string) {
		t.Helper()
		key++
		s.call(title, "POST", path, body, status, append([]string{"Idempotency-Key", fmt.Sprintf("bad-input-%08d", key)}, headers...)...)
	}
	bad("Empty", opinions, `{"text":""}`, 422)
	bad("Too long", opinions, `{"text":"`+strings.Repeat("가", forum.OpinionTextMax+1)+`"}`, 422)
	bad("A NUL in the text", opinions, `{"text":"광장\u0000잔디"}`, 400)
	bad("Not UTF-8", opinions, "{\"text\":\"광장 \xff\"}", 400)
	bad("An unknown forum", "/api/v1/forums/01989d2c-0000-7000-8000-000000000000/opinions", `{"text":"광장에 나무를"}`, 404)
	bad("A closed forum", "/api/v1/forums/"+string(closed)+"/opinions", `{"text":"늦었습니다."}`, 409)
	bad("Not JSON", opinions, `text=광장`, 415, "Content-Type", "application/x-www-form-urlencoded")
	bad("10 MB", opinions, `{"text":"`+strings.Repeat("a", 10<<20)+`"}`, 413)
	bad("A field that doesn't exist", opinions, `{"text":"광장에 나무를","status":"published"}`, 422)
	s.call("No Idempotency-Key", "POST", opinions, `{"text":"광장에 나무를"}`, 422)

	const file = "../../docs/transcript.md"
	if *update {
		if err := os.WriteFile(file, []byte(s.page()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(file)
	if err != nil || string(written) != s.page() {
		t.Errorf("docs/transcript.md isn't what the API says now; write it anew with -update and read the difference (%v)", err)
	}
}

// mailedCode reads the code as the citizen reads it in the mail.
func (c city) mailedCode(t *testing.T) string {
	t.Helper()
	letters, err := c.store.DueMails(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range letters {
		if l.Kind == forum.MailSessionCode {
			return l.Data["code"]
		}
	}
	t.Fatal("no code was mailed")
	return ""
}
