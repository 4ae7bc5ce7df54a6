package page

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// TestUploadIsOneFileOfBoundedLength.
func TestUploadIsOneFileOfBoundedLength(t *testing.T) {
	upload := func(name, content, contentType string) ([]byte, error) {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile(name, "a.ics")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte(content))
		_ = form.Close()
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequest(http.MethodPost, "/", &body)
		c.Request.Header.Set("Content-Type", strings.Replace(contentType, "BORDER", form.Boundary(), 1))
		return Upload(c, "file", 1000)
	}
	const multi = "multipart/form-data; boundary=BORDER"
	if file, err := upload("file", "일정", multi); err != nil || string(file) != "일정" {
		t.Errorf("%q, %v", file, err)
	}
	for name, one := range map[string]struct {
		field, content, contentType string
		code                        forum.Code
		key                         string
	}{
		"another field":  {"other", "일정", multi, forum.Invalid, "upload.missing"},
		"an empty file":  {"file", "", multi, forum.Invalid, "upload.missing"},
		"a little more":  {"file", strings.Repeat("a", 1001), multi, forum.TooLarge, "request.too_large"},
		"much more":      {"file", strings.Repeat("a", 1<<20), multi, forum.TooLarge, "request.too_large"},
		"no multipart":   {"file", "일정", "text/calendar", forum.Unsupported, "request.content_type"},
		"another border": {"file", "일정", "multipart/form-data; boundary=x", forum.Unreadable, "request.malformed"},
	} {
		_, err := upload(one.field, one.content, one.contentType)
		if refusal := forum.RefusalIn(err); refusal == nil || refusal.Code != one.code || refusal.Key != one.key {
			t.Errorf("%s: %v, want %s", name, err, one.key)
		}
	}
}

// TestFormBringsFilesBesideItsTexts: one too large is refused by itself, an input left empty brings none, and what is no form is refused whole.
func TestFormBringsFilesBesideItsTexts(t *testing.T) {
	most := FormLimits{Texts: 100, File: 1000, Files: 1500}
	type file struct{ field, name, content string }
	read := func(text string, files ...file) (*Values, map[string]Uploaded, error) {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		_ = w.WriteField("title", text)
		for _, f := range files {
			part, err := w.CreateFormFile(f.field, f.name)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = part.Write([]byte(f.content))
		}
		_ = w.WriteField("after", "뒤")
		_ = w.Close()
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequest(http.MethodPost, "/", &body)
		c.Request.Header.Set("Content-Type", w.FormDataContentType())
		return FormWithFiles(c, most)
	}
	large := strings.Repeat("a", 1001)
	values, files, err := read("광장", file{"one", "계획.pdf", "%PDF"}, file{"empty", "", ""}, file{"two", "a.txt", large}, file{"three", "b.txt", large[:900]}, file{"four", "c.txt", large[:900]})
	if err != nil || values.Get("title") != "광장" || values.Get("after") != "뒤" || len(files) != 4 {
		t.Fatalf("%+v, %d files, %v", values, len(files), err)
	}
	if f := files["one"]; f.Name != "계획.pdf" || string(f.Content) != "%PDF" || f.Err != nil {
		t.Errorf("%+v", f)
	}
	for field, key := range map[string]string{"two": "file.too_large", "three": "", "four": "file.too_large"} {
		if refusal := forum.RefusalIn(files[field].Err); key == "" && refusal != nil || key != "" && (refusal == nil || refusal.Key != key) {
			t.Errorf("%s: %v", field, files[field].Err)
		}
	}
	if _, _, err := read(strings.Repeat("가", 50)); forum.CodeOf(err) != forum.TooLarge {
		t.Errorf("much text: %v", err)
	}
	if _, _, err := read("광장", file{"one", "a", strings.Repeat("a", 300_000)}); forum.CodeOf(err) != forum.TooLarge {
		t.Errorf("beyond all limits: %v", err)
	}
	if values, _, err := read("\xff\xfe"); values == nil || forum.CodeOf(err) != forum.Unreadable {
		t.Errorf("no text: %v", err)
	}
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodPost, "/", strings.NewReader("--x\r\nbroken"))
	c.Request.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	if _, _, err := FormWithFiles(c, most); forum.CodeOf(err) != forum.Unreadable {
		t.Errorf("broken: %v", err)
	}
}

// slowLine is a browser's end of a line: it knows how long it may take for what.
type slowLine struct {
	*httptest.ResponseRecorder
	sends time.Duration   // how long it may take to send
	reads []time.Duration // how long for each part that it reads
}

func (l *slowLine) SetReadDeadline(at time.Time) error {
	l.sends = time.Until(at)
	return nil
}

func (l *slowLine) SetWriteDeadline(at time.Time) error {
	l.reads = append(l.reads, time.Until(at))
	return nil
}

// TestSlowLineLosesNoTextAndHoldsNoMemory: a form with files may take minutes, in which its request isn't given up; a file goes out for
// as long as somebody reads it.
func TestSlowLineLosesNoTextAndHoldsNoMemory(t *testing.T) {
	gin.SetMode(gin.TestMode)
	s := &Site{options: Options{Timeout: 50 * time.Millisecond}}
	line, kept := &slowLine{ResponseRecorder: httptest.NewRecorder()}, error(nil)
	c, e := gin.CreateTestContext(line)
	c.Request = httptest.NewRequest(http.MethodPost, "/", strings.NewReader("--x--\r\n"))
	c.Request.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	e.POST("/", s.patient, func(c *gin.Context) {
		_, _, err := FormWithFiles(c, FormLimits{Texts: 100, File: 100, Files: 100})
		time.Sleep(200 * time.Millisecond) // as long as the files take
		kept = errors.Join(err, c.Request.Context().Err())
	})
	e.HandleContext(c)
	if kept != nil || line.sends < time.Minute {
		t.Errorf("given up: %v; %v to send it", kept, line.sends)
	}

	line = &slowLine{ResponseRecorder: httptest.NewRecorder()}
	c, _ = gin.CreateTestContext(line)
	c.Request = httptest.NewRequest(http.MethodGet, "/", nil)
	file := forum.DossierFile{Name: "a.txt", Type: forum.TXT, Size: 2*sliceSize + 1}
	if err := SendFile(c, file, func(_ context.Context, _, n int) ([]byte, error) { return make([]byte, n), nil }); err != nil || line.Body.Len() != file.Size {
		t.Fatal(line.Body.Len(), err)
	}
	if len(line.reads) != 3 || slices.Max(line.reads) > 2*time.Minute {
		t.Errorf("%v to read it", line.reads)
	}
}
