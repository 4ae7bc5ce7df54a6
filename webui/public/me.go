package public

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Mine is what somebody signed in finds of their own.
type Mine interface {
	MyOpinions(context.Context, forum.ID, forum.Window) ([]forum.MyOpinion, int, error)
	MyVotes(ctx context.Context, citizen forum.ID, device []byte, w forum.Window) ([]forum.MyVote, int, error)
	MySuggestions(context.Context, forum.ID, forum.Window) ([]forum.MySuggestion, int, error)
	MySupports(context.Context, forum.ID, forum.Window) ([]forum.Suggestion, int, error)
	MySubscriptions(context.Context, forum.ID, forum.Window) ([]forum.MySubscription, int, error)
	EndSubscription(ctx context.Context, citizen, subscription forum.ID) error
}

// mineLists are the parts of the page, in their order.
var mineLists = []string{"opinions", "votes", "suggestions", "supports", "subscriptions"}

// meView is one of the lists; the others are a click away.
type meView struct {
	Show          string
	Lists         []string
	Opinions      []myOpinion
	Votes         []myVote
	Suggestions   []forum.MySuggestion
	Supports      []forum.Suggestion
	Subscriptions []forum.MySubscription
	News          forum.News
	Total         int
	Page, Pages   int
}

type myOpinion struct {
	forum.MyOpinion
	Title string // the topic's, as the reader calls it
	Lang  string
}

type myVote struct {
	forum.MyVote
	Title, Lang string
	MayVote     bool
	Back        string
}

// Me is the page of what is one's own: opinions with their status, votes, suggestions, supports and news. It is kept nowhere.
func (h *Handlers) Me(c *gin.Context) error {
	page.Private(c)
	return h.forCitizen(c, page.To(c, "me"), func(r reader) error { return h.showMine(c, r) })
}

func (h *Handlers) showMine(c *gin.Context, r reader) (err error) {
	w := pageWindow(c)
	view := meView{Lists: mineLists, Page: w.Page}
	if view.Show, err = oneOf(c, "show", mineLists...); err != nil {
		return err
	}
	if view.Show == "" {
		view.Show = mineLists[0]
	}
	if err := h.fillMine(c, &view, r, forum.Window(w)); err != nil {
		return err
	}
	view.Pages = w.Pages(view.Total)
	return h.site.Render(c, http.StatusOK, "me", view)
}

func (h *Handlers) fillMine(c *gin.Context, view *meView, r reader, w forum.Window) (err error) {
	ctx, lang := c.Request.Context(), page.Lang(c)
	switch view.Show {
	case "opinions":
		var all []forum.MyOpinion
		all, view.Total, err = h.Store.MyOpinions(ctx, r.citizen, w)
		for _, o := range all {
			view.Opinions = append(view.Opinions, myOpinion{o, titleOf(o.Topic, lang), langOf(o.Topic, lang)})
		}
	case "votes":
		var all []forum.MyVote
		all, view.Total, err = h.Store.MyVotes(ctx, r.citizen, r.device, w)
		for _, v := range all {
			view.Votes = append(view.Votes, myVote{v, titleOf(v.Topic, lang), langOf(v.Topic, lang), mayPost(v.Topic) == nil, c.Request.URL.RequestURI()})
		}
	case "suggestions":
		view.Suggestions, view.Total, err = h.Store.MySuggestions(ctx, r.citizen, w)
	case "supports":
		view.Supports, view.Total, err = h.Store.MySupports(ctx, r.citizen, w)
	case "subscriptions":
		if view.News, err = h.Store.News(ctx, r.citizen); err != nil {
			return err
		}
		view.Subscriptions, view.Total, err = h.Store.MySubscriptions(ctx, r.citizen, w)
	}
	return err
}

// EndSubscription stops one of one's own subscriptions, from that page.
func (h *Handlers) EndSubscription(c *gin.Context) error {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return err
	}
	back := page.To(c, "me") + "?show=subscriptions"
	return h.forCitizen(c, back, func(r reader) error {
		if err := h.Store.EndSubscription(c.Request.Context(), r.citizen, id); err != nil {
			return err
		}
		h.site.Flash(c, "notice.subscription_ended")
		return h.site.Redirect(c, back)
	})
}
