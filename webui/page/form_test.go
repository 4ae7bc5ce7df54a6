package page

import (
	"bytes"
	"io"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// posted gives a handler's view of a request.
func posted(body io.Reader, headers ...string) *gin.Context {
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest("POST", "/ko/it", body)
	for i := 0; i < len(headers); i += 2 {
		c.Request.Header.Set(headers[i], headers[i+1])
	}
	return c
}

func TestFormRefusesWhatIsNone(t *testing.T) {
	for name, c := range map[string]struct {
		body, contentType string
		more              []string
		code              forum.Code
		key               string
	}{
		"JSON":                {body: `{}`, contentType: "application/json", code: forum.Unsupported, key: "request.content_type"},
		"no content type":     {body: `a=1`, code: forum.Unsupported, key: "request.content_type"},
		"multipart":           {body: `a=1`, contentType: "multipart/form-data; boundary=x", code: forum.Unsupported, key: "request.content_type"},
		"Korean code page":    {body: `a=1`, contentType: formType + "; charset=euc-kr", code: forum.Unsupported, key: "request.content_type"},
		"compressed":          {body: `a=1`, contentType: formType, more: []string{"Content-Encoding", "gzip"}, code: forum.Unsupported, key: "request.content_encoding"},
		"64 KiB and a byte":   {body: "a=" + strings.Repeat("x", FormLimit-1), contentType: formType, code: forum.TooLarge, key: "request.too_large"},
		"broken percent sign": {body: "a=%zz", contentType: formType, code: forum.Unreadable, key: "request.malformed"},
		"semicolon":           {body: "a=1;b=2", contentType: formType, code: forum.Unreadable, key: "request.malformed"},
		"too many fields":     {body: strings.Repeat("a=1&", maxFields) + "a=1", contentType: formType, code: forum.Unreadable, key: "request.malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			form, err := Form(posted(strings.NewReader(c.body), append([]string{"Content-Type", c.contentType}, c.more...)...))
			if refusal := forum.RefusalIn(err); form != nil || refusal == nil || refusal.Code != c.code || refusal.Key != c.key {
				t.Errorf("%v, %v", form, err)
			}
		})
	}
	if form, err := Form(posted(strings.NewReader("a="+strings.Repeat("x", FormLimit-2)), "Content-Type", formType)); err != nil || len(form.Get("a")) != FormLimit-2 {
		t.Errorf("64 KiB are allowed: %v", err)
	}
	if _, err := Form(posted(strings.NewReader("a=12345"), "Content-Type", formType), 6); forum.CodeOf(err) != forum.TooLarge {
		t.Errorf("a handler's own limit of 6 bytes: %v", err)
	}
}

func TestEndlessBodyIsCutOff(t *testing.T) {
	read := 0
	endless := readerFunc(func(p []byte) (int, error) { read += len(p); return copy(p, bytes.Repeat([]byte("a"), len(p))), nil })
	c := posted(endless, "Content-Type", formType)
	c.Request.ContentLength = -1
	if _, err := Form(c); forum.CodeOf(err) != forum.TooLarge || read > 4*FormLimit {
		t.Errorf("%v after %d bytes", err, read)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestTenMegabytesAreRefusedUnread(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	e.POST("/api/v1/it", s.API(func(c *gin.Context) error { return JSON(c, &struct{}{}) }))
	server := httptest.NewServer(e)
	defer server.Close()
	began := time.Now()
	answer := overTheWire(t, "POST", server.URL+"/api/v1/it", "application/json", bytes.NewReader(make([]byte, 10<<20)))
	defer answer.Body.Close()
	if answer.StatusCode != 413 || time.Since(began) > time.Second {
		t.Errorf("%d after %v", answer.StatusCode, time.Since(began))
	}
}

func TestFormGivesTextsAndKeepsWhatCanBeShownAgain(t *testing.T) {
	sent := url.Values{"text": {"  광장\r\n의견\u200b "}, "password": {" geheim "}, "box": {"a", "b"}, "form_key": {"k1"}}
	form, err := Form(posted(strings.NewReader(sent.Encode()), "Content-Type", formType+"; charset=UTF-8"))
	if err != nil {
		t.Fatal(err)
	}
	if form.Get("text") != "광장\n의견" || form.Raw("password") != " geheim " || len(form.All("box")) != 2 || !form.Has("box") || form.Has("none") || form.Get("none") != "" || form.FormKey() != "k1" {
		t.Errorf("%+v", form)
	}

	for body, key := range map[string]string{"text=%EA%B4%91%00x&title=ok": "text.nul", "text=%EA%B4%91%E2%80%AEx&title=ok": "text.control", "text=%EA%B4%91%FFx&title=ok": "text.not_utf8"} {
		form, err := Form(posted(strings.NewReader(body), "Content-Type", formType))
		refusal := forum.RefusalIn(err)
		if form == nil || refusal == nil || refusal.Key != key || refusal.Fields["field"] != "text" || !strings.HasPrefix(form.Get("text"), "광") || form.Get("title") != "ok" {
			t.Errorf("%s: %v %v", body, form, err)
		}
	}
}

func TestFormReadsNumbers(t *testing.T) {
	form, err := Form(posted(strings.NewReader("n=7%2C509&no=x"), "Content-Type", formType))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := form.Int("n"); n != 7509 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	for _, name := range []string{"no", "none"} {
		if _, err := form.Int(name); forum.CodeOf(err) != forum.Invalid || forum.RefusalIn(err).Fields["field"] != name {
			t.Errorf("%v", err)
		}
	}
}
