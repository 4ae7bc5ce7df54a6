package public

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"acropolis/webui/page"
)

// signInView is both pages of signing in; Next is where the citizen came from.
type signInView struct{ Email, Code, Next string }

// signInFirst leads to the sign-in, and from there back.
func (h *Handlers) signInFirst(c *gin.Context, back string) error {
	h.site.Flash(c, "notice.sign_in_first")
	return h.site.Redirect(c, h.signInTo(c, back))
}

// forCitizen does what is for whoever is signed in; anybody else signs in first, and comes back to a page of ours.
func (h *Handlers) forCitizen(c *gin.Context, back string, work func(reader) error) error {
	r, err := h.reader(c)
	if err != nil {
		return err
	}
	if r.citizen == "" {
		return h.signInFirst(c, back)
	}
	return work(r)
}

// signInTo is the page that asks for the address, and leads to another one afterwards.
func (h *Handlers) signInTo(c *gin.Context, next string) string {
	return page.To(c, "sign-in") + "?" + url.Values{"next": {next}}.Encode()
}

// SignIn asks for the address.
func (h *Handlers) SignIn(c *gin.Context) error {
	return h.site.Render(c, http.StatusOK, "sign_in", signInView{Next: c.Query("next")})
}

// AskCode sends the code and leads to the page that takes it.
func (h *Handlers) AskCode(c *gin.Context) error {
	form, err := page.Form(c)
	if form == nil {
		return err
	}
	view := signInView{Email: form.Get("email"), Next: form.Get("next")}
	if err == nil {
		err = h.askSession(c, view.Email)
	}
	if err != nil {
		return h.site.Refused(c, "sign_in", view, err)
	}
	return h.site.Redirect(c, page.To(c, "sign-in", "code")+"?"+url.Values{"next": {view.Next}}.Encode())
}

// SignInCode takes the mailed code.
func (h *Handlers) SignInCode(c *gin.Context) error {
	email := h.askedAddress(c)
	if email == "" {
		return h.site.Redirect(c, page.To(c, "sign-in"))
	}
	return h.site.Render(c, http.StatusOK, "sign_in_code", signInView{Email: email, Next: c.Query("next")})
}

// ConfirmCode signs the citizen in and leads back to where they came from, which is always a page of this site.
func (h *Handlers) ConfirmCode(c *gin.Context) error {
	form, err := page.Form(c)
	if form == nil {
		return err
	}
	view := signInView{Email: h.askedAddress(c), Code: form.Get("code"), Next: form.Get("next")}
	if view.Email == "" {
		return h.site.Redirect(c, page.To(c, "sign-in"))
	}
	if err == nil {
		_, err = h.confirmSession(c, view.Email, view.Code)
	}
	if err != nil {
		return h.site.Refused(c, "sign_in_code", view, err)
	}
	h.site.Flash(c, "notice.signed_in")
	return h.site.Redirect(c, view.Next)
}

// SignOut ends the session.
func (h *Handlers) SignOut(c *gin.Context) error {
	if err := h.endSession(c); err != nil {
		return err
	}
	h.site.Flash(c, "notice.signed_out")
	return h.site.Redirect(c, page.To(c))
}
