package page

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

// TestSitesOwnRefusalsReachProgramsWithTheirKeys: what the site refuses before any handler is a problem document, too.
func TestSitesOwnRefusalsReachProgramsWithTheirKeys(t *testing.T) {
	s, _ := testSite(t, Options{Timeout: 20 * time.Millisecond})
	e := s.Engine()
	e.GET("/api/v1/slow", s.patient, s.API(func(c *gin.Context) error { <-c.Request.Context().Done(); return c.Request.Context().Err() }))
	e.GET("/api/v1/broken", s.API(func(*gin.Context) error { return errors.New("pgx: nobody@example.org") }))
	e.POST("/api/v1/it", s.Limit(1, 1), s.API(func(*gin.Context) error { return nil }))
	ask(e, "POST", "/api/v1/it", "")
	for _, c := range []struct {
		key     string
		method  string
		path    string
		status  int
		headers []string
	}{
		{"request.method", "PUT", "/api/v1/it", 405, nil},
		{"request.too_many", "POST", "/api/v1/it", 429, nil},
		{"request.cross_origin", "POST", "/api/v1/it", 403, []string{"Sec-Fetch-Site", "cross-site"}},
		{"request.timeout", "GET", "/api/v1/slow", 503, nil},
		{"internal", "GET", "/api/v1/broken", 500, nil},
		{"page.not_found", "GET", "/api/v1/nothing", 404, nil},
	} {
		got := ask(e, c.method, c.path, "", c.headers...)
		if strings.Contains(got.Body.String(), "nobody@") {
			t.Errorf("%s shows its cause: %s", c.key, got.Body)
		}
		if got.Code != c.status || got.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(got.Body.String(), `"`+c.key+`"`) {
			t.Errorf("%s: %d %s", c.key, got.Code, got.Body)
		}
	}
}
