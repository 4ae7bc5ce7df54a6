package public

import (
	"net/url"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Embed is /embed/forums/{id}: a topic as a banner in the city portal's page. It is read by nobody in particular: no
// session, no cookie, no form.
func (h *Handlers) Embed(c *gin.Context) error {
	f, err := h.forumOf(c)
	if err != nil {
		return err
	}
	page.FramedBy(c, h.Embedders)
	return h.site.RenderBare(c, "embed", struct {
		Topic   topicView
		Address string
	}{h.topicView(c, f), h.address(c) + page.To(c, "forums", f.ID)})
}

// share is what a topic's page tells other sites of itself.
type share struct {
	Address, Card, Feed string // Card is empty where pictures can't be lettered
	Title, Text         string
	Mail                string // opens the reader's own mail program
}

func (h *Handlers) share(c *gin.Context, t topicView) share {
	site := h.address(c)
	s := share{Address: site + page.To(c, "forums", t.ID), Feed: "/forums/" + string(t.ID) + "/feed.atom", Title: page.OneLine(t.Title), Text: page.OneLine(shortened(t.Summary))}
	s.Mail = "mailto:?subject=" + url.PathEscape(s.Title) + "&body=" + url.PathEscape(s.Title+"\n"+s.Address)
	if page.Typeface() != nil {
		s.Card = site + cardPath(t.ID, page.Lang(c))
	}
	return s
}

func cardPath(id forum.ID, lang string) string {
	return "/forums/" + string(id) + "/card.png?lang=" + lang
}
