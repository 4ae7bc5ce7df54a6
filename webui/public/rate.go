package public

import (
	"context"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Rates are the limits that hold across all web processes.
type Rates interface {
	TakeRate(ctx context.Context, rate forum.Rate, id string) error
}

// mayMail is asked before an address that anybody may type is sent a mail.
func (h *Handlers) mayMail(c *gin.Context) error {
	return h.Store.TakeRate(c.Request.Context(), forum.MailsOfNetwork, page.Network(c))
}

// maySuggest is asked before a suggestion is kept: each must be read by somebody.
func (h *Handlers) maySuggest(c *gin.Context) error {
	r, err := h.reader(c)
	if err != nil {
		return err
	}
	if r.citizen != "" {
		if err := h.Store.TakeRate(c.Request.Context(), forum.SuggestionsOfPerson, string(r.citizen)); err != nil {
			return err
		}
	}
	return h.Store.TakeRate(c.Request.Context(), forum.SuggestionsOfNetwork, page.Network(c))
}
