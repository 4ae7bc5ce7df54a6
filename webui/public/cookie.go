package public

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

func (h *Handlers) cookieName(name string) string {
	if h.Secure {
		return "__Host-" + name // bound to this very host: a neighbouring one can't set it
	}
	return name
}

func (h *Handlers) cookie(c *gin.Context, name string) string {
	cookie, err := c.Request.Cookie(h.cookieName(name))
	if err != nil {
		return ""
	}
	return cookie.Value
}

func (h *Handlers) setCookie(c *gin.Context, name, value string, maxAge int) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: h.cookieName(name), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: h.Secure, SameSite: http.SameSiteLaxMode,
	})
}
