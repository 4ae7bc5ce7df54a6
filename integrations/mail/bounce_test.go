package mail_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"acropolis/integrations/mail"
)

// TestReportsOfTheUsualServersAreRead: which letter came back, and whether the address is to blame.
func TestReportsOfTheUsualServersAreRead(t *testing.T) {
	ours := "<0192-a@acropolis>"
	want := map[string]mail.Bounce{
		"postfix_unknown_user": {MessageID: ours, Status: "5.1.1", BadAddress: true},
		"exim_headers_only":    {MessageID: ours, Status: "5.1.1", BadAddress: true},
		"exchange_base64":      {MessageID: ours, Status: "5.1.10", BadAddress: true},
		"no_such_domain":       {MessageID: ours, Status: "5.4.4", BadAddress: true},
		"mailbox_full":         {MessageID: ours, Status: "5.2.2"},
		"policy":               {MessageID: ours, Status: "5.7.1"},
		"bare_refusal":         {MessageID: ours, Status: "5.0.0"},
		"expired":              {MessageID: ours, Status: "4.4.7"},
		"delayed":              {},
		"delivered":            {},
		"without_our_head":     {},
		"absence":              {},
	}
	samples, err := filepath.Glob("testdata/bounces/*.eml")
	if err != nil || len(samples) != len(want) {
		t.Fatalf("%d samples, %v", len(samples), err)
	}
	for _, path := range samples {
		name := strings.TrimSuffix(filepath.Base(path), ".eml")
		raw, err := os.ReadFile(path)
		must(t, err)
		for ending, text := range map[string][]byte{"\\r\\n": raw, "\\n": bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))} {
			got, err := mail.ReadBounce(bytes.NewReader(text))
			if got != want[name] || (err == nil) != (want[name] != mail.Bounce{}) || err != nil && !errors.Is(err, mail.ErrNoBounce) {
				t.Errorf("%s with %s: %+v, %v", name, ending, got, err)
			}
		}
		for n := 0; n < len(raw); n += 37 { // cut anywhere, it is read as far as it goes
			_, _ = mail.ReadBounce(bytes.NewReader(raw[:n]))
		}
	}
}

// TestNewsSaysToProgramsHowItEnds, and is a text and a page of the same words.
func TestNewsSaysToProgramsHowItEnds(t *testing.T) {
	mx := serve(t, &server{})
	m := message()
	m.HTML, m.Unsubscribe = "<p>안녕하십니까.</p>\n", "https://forum.city.example/unsubscribe/"+strings.Repeat("x", 44)
	must(t, sender(t, mx.address).Send(t.Context(), m))
	_, parsed := mx.only(t)
	for name, want := range map[string]string{"List-Unsubscribe": "<" + m.Unsubscribe + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Precedence": "bulk", "Auto-Submitted": "auto-generated"} {
		if parsed.Header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, parsed.Header.Get(name), want)
		}
	}
	if kind := parsed.Header.Get("Content-Type"); !strings.HasPrefix(kind, "multipart/alternative") {
		t.Errorf("it is %s", kind)
	}
	plain := message()
	mx = serve(t, &server{})
	must(t, sender(t, mx.address).Send(t.Context(), plain))
	if _, parsed = mx.only(t); parsed.Header.Get("List-Unsubscribe")+parsed.Header.Get("List-Unsubscribe-Post")+parsed.Header.Get("Precedence") != "" {
		t.Error("what is no news can be ended")
	}
}
