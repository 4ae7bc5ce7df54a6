package journey

import (
	"context"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"acropolis/standalone/sink"
)

func TestCodesAndOffersAreReadFromTheSink(t *testing.T) {
	s, err := sink.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	address, err := s.ServeSMTP(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() { web.Close(); stop(); _ = s.Close() })
	deliver := func(to, subject, text string) {
		t.Helper()
		raw := "To: " + to + "\r\nSubject: " + subject + "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + strings.ReplaceAll(text, "\n", "\r\n")
		if err := smtp.SendMail(address, nil, "city@city.example", []string{to}, []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	m := &mailbox{client: newClient(web.URL, "", quiet()), letters: map[string][]letter{}}
	deliver("a@journey.example", "Your code is 123456", "It works once, for 10 minutes. Reference 20261123.")
	deliver("b@journey.example", "Your code is 777777", "")
	if code, err := m.awaitLetter(t.Context(), "a@journey.example", codeInLetter, 5*time.Second); err != nil || code != "123456" {
		t.Errorf("code %q, %v", code, err)
	}
	go func() {
		time.Sleep(200 * time.Millisecond)
		deliver("a@journey.example", "Congratulations", "http://127.0.0.1:8080/ko/awards/abc-DEF_9\n\nPlease answer.")
	}()
	if offer, err := m.awaitLetter(t.Context(), "a@journey.example", offerInLetter, 5*time.Second); err != nil || offer != "/awards/abc-DEF_9" {
		t.Errorf("offer %q, %v", offer, err)
	}
	if _, err := m.awaitLetter(t.Context(), "b@journey.example", offerInLetter, 300*time.Millisecond); err == nil || !strings.Contains(err.Error(), "b@journey.example") {
		t.Errorf("a letter that never came: %v", err)
	}
}
