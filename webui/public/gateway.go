package public

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Gateway is the city's own sign-in, which vouches for citizens.
type Gateway interface {
	Address(nonce, lang string) string
	Read(assertion string) (forum.Assertion, error)
}

// Vouched turns what the gateway says into a session.
type Vouched interface {
	ConfirmAssertion(ctx context.Context, a forum.Assertion, lang string) (token string, session forum.Session, err error)
}

const (
	// nonceCookie ties a sign-in to the browser that began it: what was said of somebody else signs nobody in here.
	nonceCookie = "gateway"
	nonceLife   = 10 * time.Minute

	// assertionHeader is how a proxy that asks citizens itself hands over what it knows. Anybody else's is not looked at.
	assertionHeader = "Gateway-Assertion"
)

// gatewayView leads to the gateway or, with an assertion, from there on.
type gatewayView struct{ Address, Assertion, Next string }

// toGateway is the page that leads to the city's sign-in, and from there back to an address of this site.
func toGateway(c *gin.Context, back string) string {
	return page.To(c, "session", "gateway") + "?" + url.Values{"next": {back}}.Encode()
}

// GatewayPage leads to the gateway with a fresh nonce. Where a trusted proxy has asked the citizen on the way here, they have come
// back already. Opening it signs nobody in.
func (h *Handlers) GatewayPage(c *gin.Context) error {
	page.Private(c)
	if h.Gateway == nil {
		return noGateway()
	}
	if assertion := c.GetHeader(assertionHeader); assertion != "" && h.site.FromProxy(c) && h.cookie(c, nonceCookie) != "" {
		return h.site.Render(c, http.StatusOK, "gateway", gatewayView{Assertion: assertion})
	}
	return h.site.Render(c, http.StatusOK, "gateway", h.sendOff(c, c.Query("next")))
}

func noGateway() error { return forum.Refuse(forum.NotFound, "session.no_gateway") }

// sendOff begins a sign-in at the gateway in this browser.
func (h *Handlers) sendOff(c *gin.Context, next string) gatewayView {
	var secret [16]byte
	_, _ = rand.Read(secret[:]) // never fails (crypto/rand)
	nonce := base64.RawURLEncoding.EncodeToString(secret[:])
	if len(next) > maxNext {
		next = ""
	}
	h.setCookie(c, nonceCookie, nonce+"."+base64.RawURLEncoding.EncodeToString([]byte(next)), int(nonceLife.Seconds()))
	return gatewayView{Address: h.Gateway.Address(nonce, page.Lang(c)), Next: next}
}

// maxNext is a longer address than any page here has, and still fits into a cookie.
const maxNext = 1000

// began is what this browser was sent to the gateway with; ok is false where it began nothing.
func (h *Handlers) began(c *gin.Context) (nonce, next string, ok bool) {
	nonce, encoded, ok := strings.Cut(h.cookie(c, nonceCookie), ".")
	raw, err := base64.RawURLEncoding.DecodeString(encoded)
	return nonce, string(raw), ok && err == nil && nonce != ""
}

// FromGateway takes the form that the gateway has the citizen's browser send. A gateway on another site sends it without our cookies:
// then the page that answers sends it once more, from here. The nonce says whose browser it is, so it needs no other protection
// against forged forms.
func (h *Handlers) FromGateway(c *gin.Context) error {
	page.Private(c)
	if h.Gateway == nil {
		return noGateway()
	}
	form, err := page.Form(c)
	if err != nil {
		return err
	}
	assertion := form.Get("assertion")
	nonce, next, ok := h.began(c)
	if !ok && !form.Has("here") {
		return h.site.Render(c, http.StatusOK, "gateway", gatewayView{Assertion: assertion})
	}
	if !ok {
		return h.notVouched(c, "", forum.Refuse(forum.Invalid, "session.gateway_lost"))
	}
	said, err := h.Gateway.Read(assertion)
	if err == nil && !hmac.Equal([]byte(said.Nonce), []byte(nonce)) {
		err = forum.Refuse(forum.Invalid, "session.not_vouched")
	}
	if err != nil {
		return h.notVouched(c, next, err)
	}
	token, session, err := h.Store.ConfirmAssertion(c.Request.Context(), said, page.Lang(c))
	if err != nil {
		return h.notVouched(c, next, err)
	}
	h.setCookie(c, sessionCookie, token, int(time.Until(session.Until).Seconds()))
	h.setCookie(c, nonceCookie, "", -1)
	h.site.Flash(c, "notice.vouched")
	return h.site.Redirect(c, next)
}

// notVouched says why nobody was signed in, and leads to the gateway once more.
func (h *Handlers) notVouched(c *gin.Context, next string, err error) error {
	if forum.RefusalIn(err) == nil {
		return err
	}
	return h.site.Refused(c, "gateway", h.sendOff(c, next), err)
}
