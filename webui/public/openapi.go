package public

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// OpenAPI is GET /api/v1/openapi.json.
func (h *Handlers) OpenAPI(c *gin.Context) error {
	c.JSON(http.StatusOK, openAPI)
	return nil
}

var openAPI = gin.H{}
