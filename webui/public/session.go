package public

import (
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Sessions are a citizen's presence, confirmed by a mailed code.
type Sessions interface {
	AskSession(ctx context.Context, email, lang string) error
	ConfirmSession(ctx context.Context, email, code string) (token string, session forum.Session, err error)
	Session(ctx context.Context, token string) (forum.Session, error)
	EndSession(ctx context.Context, token string) error
}

const (
	sessionCookie = "citizen"
	askedCookie   = "signing-in" // the address that a code was sent to, until it is confirmed
)

// reader is who asks: a confirmed citizen, a browser, or neither.
type reader struct {
	citizen forum.ID
	device  []byte
	until   time.Time
	session forum.Session
}

const readerKey = "public.reader"

// reader reads the session's row once a request. A session that has ended is nobody's.
func (h *Handlers) reader(c *gin.Context) (reader, error) {
	if known, ok := c.Get(readerKey); ok {
		return known.(reader), nil
	}
	var r reader
	if h.site.HasBrowserSecret(c) {
		r.device = h.site.BrowserSecret(c)
	}
	if token := h.cookie(c, sessionCookie); token != "" {
		session, err := h.Store.Session(c.Request.Context(), token)
		switch forum.CodeOf(err) {
		case forum.Unauthorised, forum.NotFound:
			h.setCookie(c, sessionCookie, "", -1)
		default:
			if err != nil {
				return r, err
			}
			r.citizen, r.until, r.session = session.Contact, session.Until, session
		}
	}
	c.Set(readerKey, r)
	return r, nil
}

// limited is who is signed in, for the limits; nobody where it can't be told: the handler says why.
func (h *Handlers) limited(c *gin.Context) string {
	r, err := h.reader(c)
	if err != nil {
		return ""
	}
	return string(r.citizen)
}

// Greet stands before every page: it tells the page's head whether somebody is signed in.
func (h *Handlers) Greet(c *gin.Context) error {
	r, err := h.reader(c)
	if err != nil {
		return err
	}
	if r.citizen != "" {
		page.SetUser(c, &page.User{Name: h.site.Text(page.Lang(c), "public.me.title"), URL: page.To(c, "me")})
	} else {
		page.SetSignIn(c, h.signInTo(c, page.To(c, "me"))) // and not back to this page: its address may be a secret
	}
	return nil
}

// APIAskSession is POST /api/v1/session: a code goes to the address. The answer is the same whether anybody has it.
func (h *Handlers) APIAskSession(c *gin.Context) error {
	var body struct {
		Email string `json:"email"`
	}
	if err := page.JSON(c, &body); err != nil {
		return err
	}
	if err := h.askSession(c, body.Email); err != nil {
		return err
	}
	c.JSON(http.StatusAccepted, gin.H{"expires_in": int(forum.SessionCodeLife.Seconds())})
	return nil
}

// askSession has a code mailed and remembers the address in this browser, so that the code alone confirms it.
func (h *Handlers) askSession(c *gin.Context, email string) error {
	if err := forum.ValidateEmail(email); err != nil {
		return err
	}
	if err := h.mayMail(c); err != nil {
		return err
	}
	if err := h.Store.AskSession(c.Request.Context(), email, page.Lang(c)); err != nil {
		return err
	}
	h.setCookie(c, askedCookie, base64.RawURLEncoding.EncodeToString([]byte(email)), int(forum.SessionCodeLife.Seconds()))
	return nil
}

// askedAddress is the address that this browser asked a code for.
func (h *Handlers) askedAddress(c *gin.Context) string {
	raw, err := base64.RawURLEncoding.DecodeString(h.cookie(c, askedCookie))
	if err != nil {
		return ""
	}
	email, err := page.Text(string(raw))
	if err != nil {
		return ""
	}
	return email
}

// APIConfirmSession is POST /api/v1/session/confirm. A program that keeps no cookies between the calls sends the address again.
func (h *Handlers) APIConfirmSession(c *gin.Context) error {
	var body struct {
		Email string `json:"email"`
		Code  string `json:"code"`
	}
	if err := page.JSON(c, &body); err != nil {
		return err
	}
	if body.Email == "" {
		body.Email = h.askedAddress(c)
	}
	session, err := h.confirmSession(c, body.Email, body.Code)
	if err != nil {
		return err
	}
	page.Private(c)
	c.JSON(http.StatusOK, gin.H{"until": session.Until})
	return nil
}

func (h *Handlers) confirmSession(c *gin.Context, email, code string) (forum.Session, error) {
	if err := forum.ValidateEmail(email); err != nil {
		return forum.Session{}, err
	}
	if code == "" {
		return forum.Session{}, forum.Refuse(forum.Invalid, "text.missing").At("code")
	}
	token, session, err := h.Store.ConfirmSession(c.Request.Context(), email, code)
	if err != nil {
		return session, err
	}
	h.setCookie(c, sessionCookie, token, int(time.Until(session.Until).Seconds()))
	h.setCookie(c, askedCookie, "", -1)
	return session, nil
}

// APIEndSession is DELETE /api/v1/session.
func (h *Handlers) APIEndSession(c *gin.Context) error {
	if err := h.endSession(c); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (h *Handlers) endSession(c *gin.Context) error {
	if token := h.cookie(c, sessionCookie); token != "" {
		if err := h.Store.EndSession(c.Request.Context(), token); err != nil {
			return err
		}
		h.setCookie(c, sessionCookie, "", -1)
	}
	return nil
}
