package public

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Erasing takes a citizen's address out of the city's memory, and ends their sessions in every browser.
type Erasing interface {
	EraseContact(ctx context.Context, citizen forum.ID) error
}

// ErasePage says what goes and what stays, and asks. Opening it changes nothing.
func (h *Handlers) ErasePage(c *gin.Context) error {
	page.Private(c)
	return h.forCitizen(c, page.To(c, "me", "erase"), func(reader) error { return h.site.Render(c, http.StatusOK, "me_erase", nil) })
}

// EraseMe is that page's button. Whoever presses it is signed out, and this browser forgets whom it knew.
func (h *Handlers) EraseMe(c *gin.Context) error {
	page.Private(c)
	return h.forCitizen(c, page.To(c, "me", "erase"), func(r reader) error {
		if err := h.Store.EraseContact(c.Request.Context(), r.citizen); err != nil {
			return err
		}
		h.setCookie(c, sessionCookie, "", -1)
		h.setCookie(c, askedCookie, "", -1)
		h.site.Flash(c, "notice.erased")
		return h.site.Redirect(c, page.To(c))
	})
}
