package public

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// sections names the parts of a page of plain text; their words are "public.<page>.<section>.title" and ".text", the latter
// in Markdown.
type sections struct {
	Sections []string
	Days     int // after a forum's close, until origins are erased
}

// text shows a page of plain text; its name is its template's.
func (h *Handlers) text(c *gin.Context, name string, parts ...string) error {
	return h.site.Render(c, http.StatusOK, name, sections{parts, h.OriginDays})
}

// About tells what the forum is, by which stages it goes and who answers.
func (h *Handlers) About(c *gin.Context) error {
	return h.text(c, "about", "what", "stages", "who", "promise")
}

// Guide tells how it all works.
func (h *Handlers) Guide(c *gin.Context) error {
	return h.text(c, "guide", "journey", "suggest", "opinion", "vote", "receipt", "moderation", "answer", "privacy", "programs")
}

// Rules are the rules of taking part: what is hidden, who decides, and what one can do about it.
func (h *Handlers) Rules(c *gin.Context) error {
	return h.text(c, "rules", "write", "hidden", "how", "report", "appeal", "votes")
}

// Privacy tells what is kept of people, why and for how long.
func (h *Handlers) Privacy(c *gin.Context) error {
	return h.text(c, "privacy", "kept", "cookies", "period", "rights", "children", "contact")
}

// Accessibility is the statement that the law asks for.
func (h *Handlers) Accessibility(c *gin.Context) error {
	return h.text(c, "accessibility", "promise", "means", "checked", "limits", "contact")
}
