package run

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"go.uber.org/goleak"

	"acropolis/activities"
	"acropolis/forum"
	"acropolis/integrations/mail"
	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(leakless{m}) }

// leakless fails tests that leave something running, but for the database's server.
type leakless struct{ *testing.M }

func (m leakless) Run() int {
	code := m.M.Run()
	if err := goleak.Find(goleak.IgnoreAnyFunction("acropolis/integrations/postgres/cluster.spawn.func1")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	return code
}

// carrier takes letters as a mail server would and keeps them; it has no mailbox called gone.
type carrier struct {
	mu      sync.Mutex
	letters map[string][]string // by mailbox
}

type carried struct {
	c  *carrier
	to string
}

func (s *carried) Reset()                               {}
func (s *carried) Logout() error                        { return nil }
func (s *carried) Mail(string, *smtp.MailOptions) error { return nil }
func (s *carried) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to, _, _ = strings.Cut(to, "@")
	if s.to == "gone" {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	return nil
}

func (s *carried) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.c.letters[s.to] = append(s.c.letters[s.to], string(raw))
	return err
}

func carry(t *testing.T) (*carrier, *mail.Sender) {
	t.Helper()
	c := &carrier{letters: map[string][]string{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &carried{c: c}, nil }))
	server.Domain, server.ErrorLog = "mx.test", slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ended := make(chan error)
	go func() { ended <- server.Serve(listener) }()
	sender, err := mail.New(mail.Settings{Address: listener.Addr().String(), TLS: mail.NoTLS, From: "forum@city.example", Timeout: 5 * time.Second, Connections: 1, PerConnection: 100})
	must(t, err)
	t.Cleanup(func() { sender.Close(); _ = server.Close(); <-ended })
	return c, sender
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// follower is an address that is told of three forums; the second title is somebody's joke.
func follower(t *testing.T, s *postgres.Store, name, lang string, often forum.News) forum.ID {
	t.Helper()
	id, status := postgres.NewID(), "waiting"
	if often == forum.NewsAtOnce {
		status = "pending"
	}
	_, err := s.Pool().Exec(t.Context(), `INSERT INTO contacts (id, email, lang, news, confirmed_at) VALUES ($1, $2, $3, $4, now())`, id, name+"@example.org", lang, often)
	must(t, err)
	for _, title := range []string{"광장", `<script>alert("x")</script>`, "다리"} {
		_, err := s.Pool().Exec(t.Context(), `
INSERT INTO mails (id, kind, event, noun, subject_id, contact_id, lang, data, message_id, status)
SELECT id, 'response_published', 'response_published:' || id, 'forum', id, $2, $3, jsonb_build_object('title', $4::text, 'forum', id), '<' || id || '@acropolis>', $5
FROM (SELECT $1::uuid AS id) AS new`, postgres.NewID(), id, lang, title, status)
		must(t, err)
	}
	return id
}

// TestNewsTravelsFromTheOutboxToTheMailbox: one letter a day for who wants one, each for who wants each, with what a mail program
// needs to end it; whom the server doesn't know gets nothing more, nor whoever's letter comes back later.
func TestNewsTravelsFromTheOutboxToTheMailbox(t *testing.T) {
	url := pgtest.URL(t)
	clock := pgtest.OwnClock(t, url)
	city := time.FixedZone("KST", 9*60*60)
	clock.Set(time.Date(2026, 11, 29, 18, 0, 0, 0, city))
	settings := postgres.Settings{URL: url, VoterName: "1", VoterKey: "the key of the voters in all the tests"}
	s, err := postgres.Open(t.Context(), settings)
	must(t, err)
	t.Cleanup(s.Close)
	mx, sender := carry(t)
	letters, err := activities.LoadLetters("https://forum.city.example", "https://office.city.example")
	must(t, err)
	outbox := &activities.Outbox{Store: s, Postman: postmark{sender}, Letters: letters}
	deliver := func(at time.Time) {
		t.Helper()
		clock.Set(at)
		must(t, s.TellNews(t.Context()))
		for n := 1; n > 0; {
			n, err = outbox.Deliver(t.Context())
			must(t, err)
		}
	}

	follower(t, s, "daily", "ja", forum.NewsDaily)
	follower(t, s, "eager", "ko", forum.NewsAtOnce)
	gone := follower(t, s, "gone", "ko", forum.NewsAtOnce)
	deliver(time.Date(2026, 11, 29, 18, 30, 0, 0, city))
	if len(mx.letters["eager"]) != 3 || len(mx.letters["daily"]) != 0 {
		t.Errorf("before the hour: %d and %d letters", len(mx.letters["eager"]), len(mx.letters["daily"]))
	}
	deliver(time.Date(2026, 11, 29, 19, 0, 0, 0, city))
	deliver(time.Date(2026, 11, 29, 20, 0, 0, 0, city))
	if len(mx.letters["daily"]) != 1 {
		t.Fatalf("%d letters on the day", len(mx.letters["daily"]))
	}
	daily, err := netmail.ReadMessage(strings.NewReader(mx.letters["daily"][0]))
	must(t, err)
	link := strings.Trim(daily.Header.Get("List-Unsubscribe"), "<>")
	reader, err := s.NewsReader(strings.TrimPrefix(link, "https://forum.city.example/unsubscribe/"))
	if err != nil || daily.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || daily.Header.Get("Content-Language") != "ja" ||
		!strings.HasPrefix(daily.Header.Get("Content-Type"), "multipart/alternative") {
		t.Errorf("%v: %v", err, daily.Header)
	}
	if n, err := s.BadAddresses(t.Context()); n != 1 || err != nil {
		t.Errorf("%d bad addresses, %v", n, err)
	}
	if often, err := s.News(t.Context(), gone); err != nil || often != forum.NewsAtOnce {
		t.Errorf("%s, %v", often, err)
	}

	// The letter comes back on the next day, into the Maildir; an answer beside it is for a person.
	box := t.TempDir()
	for _, part := range []string{"new", "cur", "tmp"} {
		must(t, os.Mkdir(filepath.Join(box, part), 0o700))
	}
	raw, err := os.ReadFile("../../integrations/mail/testdata/bounces/postfix_unknown_user.eml")
	must(t, err)
	report := bytes.ReplaceAll(raw, []byte("<0192-a@acropolis>"), []byte(daily.Header.Get("Message-Id")))
	must(t, os.WriteFile(filepath.Join(box, "new", "1.report"), report, 0o600))
	must(t, os.WriteFile(filepath.Join(box, "new", "2.answer"), []byte("From: reader@example.org\r\nSubject: thanks\r\n\r\nGreat.\r\n"), 0o600))
	var said bytes.Buffer
	must(t, Bounces(t.Context(), settings, nil, box, &said))
	if n, err := s.BadAddresses(t.Context()); n != 2 || err != nil || strings.Contains(said.String(), "example.org") {
		t.Errorf("%d bad addresses, %v: %s", n, err, &said)
	}
	if _, err := os.Stat(filepath.Join(box, "cur", "1.report:2,S")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(box, "new", "2.answer")); err != nil {
		t.Error(err)
	}
	must(t, Bounces(t.Context(), settings, bytes.NewReader(report), "", &said)) // the same on standard input
	must(t, s.ChooseNews(t.Context(), reader, forum.NewsNone))
	if err := Bounces(t.Context(), settings, nil, filepath.Join(box, "nowhere"), &said); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
