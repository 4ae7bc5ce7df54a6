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
