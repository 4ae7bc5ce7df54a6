package office

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// Vitals tell whether the city is well; with a forum, how long its procedure's history is too.
type Vitals interface {
	Vitals(ctx context.Context, forumID forum.ID) (forum.Vitals, error)
}

// HealthDocument is the health page for programs: GET /health.json?forum=ID.
func (h *Handlers) HealthDocument(c *gin.Context) error {
	var id forum.ID
	if text := c.Query("forum"); text != "" {
		var err error
		if id, err = forum.ParseID(text); err != nil {
			return err
		}
	}
	vitals, err := h.Vitals.Vitals(c, id)
	if err != nil {
		return err
	}
	if vitals.Invariants == nil {
		vitals.Invariants = []forum.Violation{}
	}
	c.JSON(http.StatusOK, vitals)
	return nil
}
