package public

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// Guide tells how it all works.
func (h *Handlers) Guide(c *gin.Context) error { return h.site.Render(c, http.StatusOK, "guide", nil) }

// Accessibility is the statement that the law asks for.
func (h *Handlers) Accessibility(c *gin.Context) error {
	return h.site.Render(c, http.StatusOK, "accessibility", nil)
}
