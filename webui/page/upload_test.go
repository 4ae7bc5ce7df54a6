package page

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

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
