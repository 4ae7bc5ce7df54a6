package sink_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"acropolis/integrations/mail"
	"acropolis/standalone/sink"
)

// TestMain is also the child of TestKillLosesNoLetter: a process that only serves a sink.
func TestMain(m *testing.M) {
	dir := os.Getenv("SINK_TEST_DIR")
	if dir == "" {
		os.Exit(m.Run())
	}
	s, err := sink.New(dir)
	if err != nil {
		panic(err)
	}
	address, err := s.ServeSMTP(context.Background(), "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(address)
	select {}
}

func start(t *testing.T, dir string) (*sink.Sink, *mail.Sender) {
	t.Helper()
	s, err := sink.New(dir)
	must(t, err)
	ctx, stop := context.WithCancel(context.Background())
	address, err := s.ServeSMTP(ctx, "127.0.0.1:0")
	must(t, err)
	sender := senderTo(t, address)
	t.Cleanup(func() { stop(); _ = s.Close() })
	return s, sender
}

func senderTo(t *testing.T, address string) *mail.Sender {
	t.Helper()
	sender, err := mail.New(mail.Settings{Address: address, TLS: mail.NoTLS, From: "사이버 정책 포럼 <forum@city.example>"})
	must(t, err)
	t.Cleanup(sender.Close)
	return sender
}

func letter(n int, to string) mail.Message {
	return mail.Message{MessageID: fmt.Sprintf("%d@acropolis", n), To: to, Subject: fmt.Sprintf("의견 %d번이 접수되었습니다", n),
		Text: fmt.Sprintf("접수번호 %d\n상태 확인: https://forum.example/ko/receipts/abc%d.\n", n, n), Lang: "ko"}
}

func get(t *testing.T, s *sink.Sink, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if len(header) == 2 {
		r.Header.Set(header[0], header[1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestProgramsReadWhatCameAfter(t *testing.T) {
	s, sender := start(t, t.TempDir())
	attached := letter(2, "Citizen@Example.kr")
	attached.Attachments = []mail.Attachment{{Name: "보고서.xlsx", Type: "application/zip", Data: []byte("workbook")}}
	for _, m := range []mail.Message{letter(1, "citizen@example.kr"), attached, letter(3, "other@example.kr")} {
		must(t, sender.Send(t.Context(), m))
	}
	type found struct {
		ID          int    `json:"id"`
		MessageID   string `json:"message_id"`
		To          string `json:"to"`
		Subject     string `json:"subject"`
		Text        string `json:"text"`
		ReceivedAt  string `json:"received_at"`
		Attachments []struct {
			Name string `json:"name"`
			Size int    `json:"size"`
			Path string `json:"path"`
		} `json:"attachments"`
	}
	ask := func(query string) []found {
		w := get(t, s, "/api/messages?"+query)
		if w.Code != 200 || w.Header().Get("Content-Type") != "application/json" {
			t.Fatalf("%s: %d %s", query, w.Code, w.Body)
		}
		var all []found
		must(t, json.Unmarshal(w.Body.Bytes(), &all))
		return all
	}
	if all := ask(""); len(all) != 3 || all[0].ID != 1 || all[2].ID != 3 {
		t.Fatalf("got %+v", all)
	}
	all := ask("to=citizen@example.kr&after=1")
	if len(all) != 1 {
		t.Fatalf("got %+v", all)
	}
	got := all[0]
	if got.MessageID != "2@acropolis" || got.To != "citizen@example.kr" || got.Subject != attached.Subject || got.Text != attached.Text ||
		got.ReceivedAt == "" || len(got.Attachments) != 1 || got.Attachments[0].Name != "보고서.xlsx" || got.Attachments[0].Size != 8 {
		t.Fatalf("got %+v", got)
	}
	if file := get(t, s, "/"+got.Attachments[0].Path); file.Body.String() != "workbook" {
		t.Fatalf("got %q", file.Body)
	}
	if all := ask("message_id=3@acropolis"); len(all) != 1 || all[0].ID != 3 {
		t.Fatalf("got %+v", all)
	}
	if all := ask("to=tizen@example.kr"); len(all) != 0 {
		t.Fatalf("a part of an address is no address: %+v", all)
	}
	if w := get(t, s, "/api/messages?after=x"); w.Code != 400 {
		t.Fatalf("got %d", w.Code)
	}
	if s.Count() != 3 || len(s.ByMessageID("<1@acropolis>")) != 1 || len(s.ByMessageID("1")) != 0 || len(s.Messages("", 1)) != 2 {
		t.Fatal("the Go side tells otherwise")
	}
}

func TestALetterSentTwiceIsSeenTwice(t *testing.T) {
	s, sender := start(t, t.TempDir())
	for range 2 {
		must(t, sender.Send(t.Context(), letter(1, "a@example.kr")))
	}
	if n := len(s.ByMessageID("1@acropolis")); n != 2 {
		t.Fatalf("got %d", n)
	}
}

func TestPagesShowLettersInBothLanguages(t *testing.T) {
	s, sender := start(t, t.TempDir())
	for n := 1; n <= 60; n++ {
		must(t, sender.Send(t.Context(), letter(n, fmt.Sprintf("citizen%d@example.kr", n%2))))
	}
	page := func(path, language string) string {
		t.Helper()
		w := get(t, s, path, "Accept-Language", language)
		if w.Code != 200 || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Fatalf("%s: %d %v", path, w.Code, w.Header())
		}
		return w.Body.String()
	}
	list := page("/", "ko")
	mustHold(t, list, `<html lang="ko">`, "<h1>메일 보관함</h1>", "60 건", `<a href="messages/60?lang=ko">의견 60번이 접수되었습니다</a>`, "before=11")
	if strings.Index(list, "의견 60번") > strings.Index(list, "의견 59번") || strings.Contains(list, "의견 10번") {
		t.Error("newest first, fifty a page")
	}
	mustHold(t, page("/?before=11", "ko"), "의견 10번", "의견 1번", "최근 메일")
	mustHold(t, page("/?to=ZEN1", "en"), `<html lang="en">`, "<h1>Mail sink</h1>", "30 letters")
	mustHold(t, page("/?to=nobody", "ko"), "해당하는 메일이 없습니다.")
	one := page("/messages/7", "ko")
	mustHold(t, one, "<h1>의견 7번이 접수되었습니다</h1>", "citizen1@example.kr", "7@acropolis",
		`<a href="https://forum.example/ko/receipts/abc7" rel="noreferrer">https://forum.example/ko/receipts/abc7</a>.`)
	mustHold(t, page("/messages/7?lang=en", "ko"), "<dt>From</dt>")
	for _, path := range []string{"/messages/99", "/messages/x", "/messages/7/files/1"} {
		if w := get(t, s, path); w.Code != 404 || !strings.Contains(w.Body.String(), "메일을 찾을 수 없습니다.") {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func mustHold(t *testing.T, page string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing in\n%s", want, page)
		}
	}
}

func TestWhatALetterSaysStaysText(t *testing.T) {
	s, sender := start(t, t.TempDir())
	m := letter(1, "a@example.kr")
	m.Subject, m.Text = "<script>alert(1)</script>", `<img src=x onerror=alert(1)> javascript:alert(1) https://a.example/"><script>`
	m.Attachments = []mail.Attachment{{Name: "page<b>.html", Type: "text/html", Data: []byte("<script>alert(1)</script>")}}
	must(t, sender.Send(t.Context(), m))
	for _, path := range []string{"/", "/messages/1"} {
		if page := get(t, s, path).Body.String(); strings.Contains(page, "<script") || strings.Contains(page, "<img") || strings.Contains(page, "<b>") {
			t.Fatalf("%s isn't escaped:\n%s", path, page)
		}
	}
	file := get(t, s, "/messages/1/files/1")
	if kind := file.Header().Get("Content-Type"); kind != "application/octet-stream" || !strings.HasPrefix(file.Header().Get("Content-Disposition"), "attachment") {
		t.Fatalf("got %v", file.Header())
	}
}

func TestLettersOfAnyShapeAreShown(t *testing.T) {
	dir := t.TempDir()
	shapes := []string{
		"no header at all",
		"Subject: =?utf-8?q?broken\r\n\r\nbody",
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!\r\n--b",
		"Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=EC=95=88</p>",
		"Content-Type: ;;;\r\n\r\n\xff\xfe",
		strings.Repeat("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 30) + "\r\ndeep",
	}
	var log strings.Builder
	for i, raw := range shapes {
		line, err := json.Marshal(map[string]any{"id": i + 1, "to": []string{"a@b"}, "received_at": "2026-11-23T00:00:00Z", "size": len(raw)})
		must(t, err)
		log.WriteString(string(line) + "\n" + raw + "\n")
	}
	must(t, os.WriteFile(filepath.Join(dir, "letters.log"), []byte(log.String()), 0o600))
	s, err := sink.New(dir)
	must(t, err)
	defer s.Close()
	for i := range shapes {
		if w := get(t, s, fmt.Sprintf("/messages/%d", i+1)); w.Code != 200 {
			t.Errorf("%q: %d", shapes[i], w.Code)
		}
	}
	mustHold(t, get(t, s, "/messages/1").Body.String(), "no header at all")
	mustHold(t, get(t, s, "/messages/4").Body.String(), "&lt;p&gt;안&lt;/p&gt;")
}

func TestKillLosesNoLetter(t *testing.T) {
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "SINK_TEST_DIR="+dir)
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	t.Cleanup(func() { _ = child.Process.Kill(); _ = child.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	sender := senderTo(t, strings.TrimSpace(address))

	var mu sync.Mutex
	taken := map[string]bool{}
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for n := 0; ; n++ {
				m := letter(worker*100_000+n, "a@example.kr")
				if sender.Send(t.Context(), m) != nil {
					return
				}
				mu.Lock()
				taken[m.MessageID] = true
				enough := len(taken) == 300
				mu.Unlock()
				if enough {
					_ = child.Process.Kill()
				}
			}
		})
	}
	all.Wait()
	_ = child.Wait()

	s, err := sink.New(dir)
	must(t, err)
	defer s.Close()
	for id := range taken {
		if len(s.ByMessageID(id)) != 1 {
			t.Errorf("%s: %d letters", id, len(s.ByMessageID(id)))
		}
	}
	if len(taken) < 300 || s.Count() < len(taken) || s.Count() > len(taken)+4 {
		t.Fatalf("%d acknowledged, %d there", len(taken), s.Count())
	}
}

func TestHalfALetterIsCutOffAndTheNextFollows(t *testing.T) {
	dir := t.TempDir()
	s, sender := start(t, dir)
	long := letter(1, "a@example.kr") // longer than the next, which must not leave its rest behind
	long.Text = strings.Repeat("의견 ", 1000)
	must(t, sender.Send(t.Context(), long))
	path := filepath.Join(dir, "letters.log")
	whole, err := os.ReadFile(path)
	must(t, err)
	if _, err := sink.New(dir); err == nil {
		t.Fatal("two sinks have one directory")
	}
	for cut := 1; cut < len(whole); cut += 997 {
		other := t.TempDir()
		must(t, os.WriteFile(filepath.Join(other, "letters.log"), append(whole[:len(whole):len(whole)], whole[:cut]...), 0o600))
		ctx, stop := context.WithCancel(t.Context())
		again, err := sink.New(other)
		must(t, err)
		address, err := again.ServeSMTP(ctx, "127.0.0.1:0")
		must(t, err)
		if again.Count() != 1 {
			t.Fatalf("cut at %d: %d letters", cut, again.Count())
		}
		must(t, senderTo(t, address).Send(t.Context(), letter(2, "b@example.kr")))
		if got := again.Messages("b@example.kr", 1); len(got) != 1 || got[0].ID != 2 {
			t.Fatalf("cut at %d: got %+v", cut, got)
		}
		stop()
		must(t, again.Close())
		third, err := sink.New(other)
		if err != nil || third.Count() != 2 {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		mustHold(t, get(t, third, "/messages/2").Body.String(), "접수번호 2")
		must(t, third.Close())
	}
	if s.Count() != 1 {
		t.Fatalf("got %d", s.Count())
	}
}

func TestPagesFitUnderAPrefix(t *testing.T) {
	s, sender := start(t, t.TempDir())
	must(t, sender.Send(t.Context(), letter(1, "a@example.kr")))
	mux := http.NewServeMux()
	mux.Handle("/mail/", http.StripPrefix("/mail", s.Handler()))
	server := httptest.NewServer(mux)
	defer server.Close()
	base, err := url.Parse(server.URL + "/mail/")
	must(t, err)
	for _, link := range []string{"messages/1?lang=ko", "style.css", "./?lang=ko"} {
		u, err := base.Parse(link)
		must(t, err)
		answer, err := http.Get(u.String())
		must(t, err)
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode != 200 || len(body) == 0 {
			t.Errorf("%s: %d", u, answer.StatusCode)
		}
	}
}
