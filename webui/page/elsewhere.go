package page

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"
)

// origin is what a site that may frame a page of this one is called: a scheme and a host, with a port or, in front of a
// domain of a city's own, *. for its hosts. *.kr would be everybody.
var origin = regexp.MustCompile(`^(https://(\*\.[a-z0-9-]+\.)?[a-z0-9-]+(\.[a-z0-9-]+)+|http://(localhost|127\.0\.0\.1))(:[0-9]{1,5})?$`)

// CheckOrigins refuses what is no origin: it would end up in a header that every browser obeys.
func CheckOrigins(origins []string) error {
	for _, one := range origins {
		if !origin.MatchString(one) {
			return fmt.Errorf("EMBED_ORIGINS: %q is no origin like https://www.seoul.go.kr or https://*.seoul.go.kr", one)
		}
	}
	return nil
}

// FramedBy lets the pages of these origins show this one in a frame; without any, nobody's. Such a page must hold nothing
// that a click could do: no form, no name, no link that changes anything.
func FramedBy(c *gin.Context, origins []string) {
	if len(origins) == 0 {
		return
	}
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", strings.Replace(contentSecurity, "frame-ancestors 'none'", "frame-ancestors "+strings.Join(origins, " "), 1))
	h.Del("X-Frame-Options") // it knows no list
}

// Shared lets other sites' pages show this picture.
func Shared(c *gin.Context) { c.Header("Cross-Origin-Resource-Policy", "cross-origin") }

// RenderBare writes a page without head, menu and foot, for other sites' frames. It has no script, reads no notice and sets
// no cookie.
func (s *Site) RenderBare(c *gin.Context, name string, data any) error {
	view := s.view(c, data)
	view.Notice, view.flashed, view.User, view.bare = "", false, nil, true
	return s.render(c, http.StatusOK, name, view)
}
