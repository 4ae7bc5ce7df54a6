package public

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// News is how often somebody hears of what they follow, and the end of it.
type News interface {
	NewsReader(secret string) (forum.ID, error)
	News(context.Context, forum.ID) (forum.News, error)
	ChooseNews(context.Context, forum.ID, forum.News) error
}

// UnsubscribeLink is where a mail program leads whoever presses its "unsubscribe": to the page, which asks.
func (h *Handlers) UnsubscribeLink(c *gin.Context) error {
	page.Private(c)
	if _, err := h.Store.NewsReader(c.Param("secret")); err != nil {
		return err
	}
	return h.site.Redirect(c, page.To(c, "unsubscribe", c.Param("secret")))
}

// UnsubscribeOneClick ends the news by the POST that a mail program sends on its own (RFC 8058): without a cookie, from anywhere.
// Who reads a letter may end it; nothing is asked, and nothing is shown.
func (h *Handlers) UnsubscribeOneClick(c *gin.Context) error {
	page.Private(c)
	reader, err := h.Store.NewsReader(c.Param("secret"))
	if err != nil {
		return err
	}
	if err := h.Store.ChooseNews(c.Request.Context(), reader, forum.NewsNone); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

type newsView struct {
	Secret string
	News   forum.News
}

// Unsubscribe is the page behind the link in each letter with news. Opening it changes nothing.
func (h *Handlers) Unsubscribe(c *gin.Context) error {
	page.Private(c)
	view := newsView{Secret: c.Param("secret")}
	reader, err := h.Store.NewsReader(view.Secret)
	if err != nil {
		return err
	}
	if view.News, err = h.Store.News(c.Request.Context(), reader); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "unsubscribe", view)
}

// ChooseNews is each of that page's buttons.
func (h *Handlers) ChooseNews(c *gin.Context) error {
	page.Private(c)
	reader, err := h.Store.NewsReader(c.Param("secret"))
	if err != nil {
		return err
	}
	if err := h.chooseNews(c, reader); err != nil {
		return err
	}
	return h.site.Redirect(c, page.To(c, "unsubscribe", c.Param("secret")))
}

// ChooseMyNews is the choice on one's own page.
func (h *Handlers) ChooseMyNews(c *gin.Context) error {
	back := page.To(c, "me") + "?show=subscriptions"
	return h.forCitizen(c, back, func(r reader) error {
		if err := h.chooseNews(c, r.citizen); err != nil {
			return err
		}
		return h.site.Redirect(c, back)
	})
}

// APINews is GET /api/v1/me/news: how often whoever is signed in hears of what they follow.
func (h *Handlers) APINews(c *gin.Context) error {
	reader, err := h.signedIn(c)
	if err != nil {
		return err
	}
	often, err := h.Store.News(c.Request.Context(), reader)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, gin.H{"news": often})
	return nil
}

// APIChooseNews is PUT /api/v1/me/news.
func (h *Handlers) APIChooseNews(c *gin.Context) error {
	reader, err := h.signedIn(c)
	if err != nil {
		return err
	}
	var body struct {
		News string `json:"news"`
	}
	if err := page.JSON(c, &body); err != nil {
		return err
	}
	often, err := forum.ParseNews(body.News)
	if err != nil {
		return err
	}
	if err := h.Store.ChooseNews(c.Request.Context(), reader, often); err != nil {
		return err
	}
	c.JSON(http.StatusOK, gin.H{"news": often})
	return nil
}

// signedIn is who asks for what is their own; the answer is kept nowhere.
func (h *Handlers) signedIn(c *gin.Context) (forum.ID, error) {
	page.Private(c)
	r, err := h.reader(c)
	if err == nil && r.citizen == "" {
		err = forum.Refuse(forum.Unauthorised, "session.ended")
	}
	return r.citizen, err
}

func (h *Handlers) chooseNews(c *gin.Context, reader forum.ID) error {
	form, err := page.Form(c)
	if err != nil {
		return err
	}
	often, err := forum.ParseNews(form.Get("news"))
	if err != nil {
		return err
	}
	if err := h.Store.ChooseNews(c.Request.Context(), reader, often); err != nil {
		return err
	}
	h.site.Flash(c, "notice.news."+string(often))
	return nil
}
