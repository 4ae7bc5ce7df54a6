package page

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// Display is how the reader wants pages to look; a cookie keeps it.
type Display struct {
	HighContrast bool
	TextSize     string // one of TextSizes
}

// TextSizes are the choices of text size, the usual one first; acropolis.css has a class for each.
var TextSizes = []string{"medium", "large", "xlarge"}

// Class is the class of the html element.
func (d Display) Class() string {
	class := "text-" + d.TextSize
	if d.HighContrast {
		class += " high-contrast"
	}
	return class
}

// Sizes are the choices of text size.
func (d Display) Sizes() []string { return TextSizes }

// displayOf reads the cookie; it holds nothing secret, and only known words are believed.
func displayOf(c *gin.Context) Display {
	d := Display{TextSize: TextSizes[0]}
	for _, name := range []string{displayCookie, "__Host-" + displayCookie} {
		cookie, err := c.Request.Cookie(name)
		if err != nil {
			continue
		}
		size, contrast, _ := strings.Cut(cookie.Value, ".")
		if slices.Contains(TextSizes, size) {
			d.TextSize = size
		}
		d.HighContrast = contrast == "high"
	}
	return d
}

// saveDisplay takes the form in the footer and returns to the page it was sent from.
func (s *Site) saveDisplay(c *gin.Context) error {
	if err := knownLanguage(c); err != nil {
		return err
	}
	form, err := Form(c)
	if err != nil {
		return err
	}
	size := form.Get("text")
	if !slices.Contains(TextSizes, size) {
		size = TextSizes[0]
	}
	if form.Get("contrast") == "high" {
		size += ".high"
	}
	s.setCookie(c, displayCookie, size, oneYear)
	c.Redirect(http.StatusSeeOther, local(form.Get("back"), "/"+Lang(c)+"/"))
	return nil
}
