package office

import (
	"context"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Participations compare open forums with closed ones.
type Participations interface {
	Participation(ctx context.Context, forumID forum.ID) (forum.Participation, error)
	Lagging(ctx context.Context) ([]forum.Participation, error)
}

// lag is a forum in which participation lags, in the reader's words.
type lag struct {
	URL, Title, Text string
}

// lagOf tells when participation lags in an open forum; nil where nothing is to be said.
func (h *Handlers) lagOf(c *gin.Context, t topic) (*lag, error) {
	if t.Status != forum.Open {
		return nil, nil
	}
	p, err := h.Store.Participation(c, t.ID)
	if forum.CodeOf(err) == forum.NotFound {
		return nil, nil // its time is over, or it has just been suspended
	}
	if err != nil || !p.Lags() {
		return nil, err
	}
	told := h.lag(c, p)
	return &told, nil
}

// lagging lists them for the officers, who can do something about it.
func (h *Handlers) lagging(c *gin.Context) ([]lag, error) {
	if officialOf(c).May(forum.ExtendForum, "") != nil {
		return nil, nil
	}
	all, err := h.Store.Lagging(c)
	var told []lag
	for _, p := range all {
		told = append(told, h.lag(c, p))
	}
	return told, err
}

func (h *Handlers) lag(c *gin.Context, p forum.Participation) lag {
	lang := page.Lang(c)
	title := forumTitle(lang, forum.Forum{Title: p.Title, TitleEn: p.TitleEn, Lang: p.Lang})
	return lag{URL: page.To(c, "forums", p.Forum), Title: title, Text: h.site.Text(lang, "office.lag.text."+string(p.Like),
		"opinions", p.Opinions, "day", p.Day, "days", p.Days, "count", p.Comparable, "median", p.Median)}
}
