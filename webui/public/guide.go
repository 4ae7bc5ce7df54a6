package public

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// sections names the parts of a page of plain text; their words are "public.<page>.<section>.title" and ".text".
type sections struct{ Sections []string }

// Guide tells how it all works.
func (h *Handlers) Guide(c *gin.Context) error {
	return h.site.Render(c, http.StatusOK, "guide", sections{[]string{"journey", "suggest", "opinion", "vote", "receipt", "moderation", "answer", "privacy", "programs"}})
}

// Accessibility is the statement that the law asks for.
func (h *Handlers) Accessibility(c *gin.Context) error {
	return h.site.Render(c, http.StatusOK, "accessibility", sections{[]string{"promise", "means", "contact"}})
}
