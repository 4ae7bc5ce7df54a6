package public

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Subscriptions tell an address of one forum's steps, or of every new forum, once it has confirmed.
type Subscriptions interface {
	Subscribe(ctx context.Context, email string, of forum.ID, lang string) error
	ConfirmSubscription(ctx context.Context, secret string, often forum.News) error
}

// APISubscribe is POST /api/v1/subscriptions. The answer is the same whether the address is known; a mail asks it to confirm.
func (h *Handlers) APISubscribe(c *gin.Context) error {
	var body struct {
		Email string `json:"email"`
		Forum string `json:"forum"` // empty: every forum
	}
	if err := page.JSON(c, &body); err != nil {
		return err
	}
	if err := h.subscribe(c, body.Email, body.Forum); err != nil {
		return err
	}
	c.JSON(http.StatusAccepted, gin.H{"status": "unconfirmed"})
	return nil
}

func (h *Handlers) subscribe(c *gin.Context, email, of string) error {
	if err := forum.ValidateEmail(email); err != nil {
		return err
	}
	var id forum.ID
	if of != "" {
		var err error
		if id, err = forum.ParseID(of); err != nil {
			return err
		}
		if _, err := h.Store.PublicForum(c.Request.Context(), id); err != nil {
			return err
		}
	}
	if err := h.mayMail(c); err != nil {
		return err
	}
	return h.Store.Subscribe(c.Request.Context(), email, id, page.Lang(c))
}

// subscriptionView is the form; Title is the forum's, or empty for all.
type subscriptionView struct{ Email, Forum, Title string }

func (h *Handlers) subscriptionView(c *gin.Context, email, of string) (subscriptionView, error) {
	view := subscriptionView{Email: email, Forum: of}
	if of == "" {
		return view, nil
	}
	id, err := forum.ParseID(of)
	if err != nil {
		return view, err
	}
	f, err := h.Store.PublicForum(c.Request.Context(), id)
	view.Title = titleOf(f, page.Lang(c))
	return view, err
}

// NewSubscription is the form, for the forum of ?forum= or for all.
func (h *Handlers) NewSubscription(c *gin.Context) error {
	view, err := h.subscriptionView(c, "", c.Query("forum"))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "subscription_new", view)
}

// Subscribe has the confirming mail sent.
func (h *Handlers) Subscribe(c *gin.Context) error {
	form, err := page.Form(c)
	if form == nil {
		return err
	}
	view, unknown := h.subscriptionView(c, form.Get("email"), form.Get("forum"))
	if unknown != nil {
		return unknown
	}
	if err == nil {
		err = h.subscribe(c, view.Email, view.Forum)
	}
	if err != nil {
		return h.site.Refused(c, "subscription_new", view, err)
	}
	return h.site.Redirect(c, page.To(c, "subscriptions", "asked"))
}

// SubscriptionAsked tells to look into the mail.
func (h *Handlers) SubscriptionAsked(c *gin.Context) error {
	return h.site.Render(c, http.StatusOK, "subscription_asked", nil)
}

// SubscriptionLink is where the mail leads: a button, because opening a link changes nothing.
func (h *Handlers) SubscriptionLink(c *gin.Context) error {
	page.Private(c)
	return h.site.Render(c, http.StatusOK, "subscription_confirm", struct{ Secret string }{c.Param("secret")})
}

// ConfirmSubscription is that button.
func (h *Handlers) ConfirmSubscription(c *gin.Context) error {
	page.Private(c)
	form, err := page.Form(c)
	if err != nil {
		return err
	}
	often := forum.News(form.Get("news"))
	if often != "" { // nothing chosen: as before
		if often, err = forum.ParseNews(string(often)); err != nil {
			return err
		}
	}
	if err := h.Store.ConfirmSubscription(c.Request.Context(), c.Param("secret"), often); err != nil {
		return err
	}
	h.site.Flash(c, "notice.subscribed")
	return h.site.Redirect(c, page.To(c, "forums"))
}
