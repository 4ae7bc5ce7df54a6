package public

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// SuggestionList is the list with its filters.
func (h *Handlers) SuggestionList(c *gin.Context) error {
	w := pageWindow(c)
	filter, err := suggestionFilter(c, w)
	if err != nil {
		return err
	}
	suggestions, total, err := h.Store.Suggestions(c.Request.Context(), filter)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "suggestions", struct {
		Filter         forum.SuggestionFilter
		Suggestions    []forum.Suggestion
		Total          int
		Page, Pages    int
		Status, Tracks []page.Choice
	}{filter, suggestions, total, w.Page, w.Pages(total), choices(h, c, "public.any_status", "status.suggestion.", suggestionStatuses...),
		choices(h, c, "public.any_track", "public.track.", forum.General, forum.Youth)})
}

// Suggestion is one, with the button to back it.
func (h *Handlers) Suggestion(c *gin.Context) error {
	s, err := h.suggestionOf(c)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "suggestion", struct{ Suggestion forum.Suggestion }{s})
}

// suggestionView is the form and the look at it before sending.
type suggestionView struct {
	suggestionBody
	Tracks  []page.Choice
	Similar []forum.Suggestion
	Forums  []topicView
	Ages    []page.Choice
	Task    *taskView
}

func (h *Handlers) suggestionView(c *gin.Context, body suggestionBody) suggestionView {
	if body.Track == "" {
		body.Track = string(forum.General)
	}
	return suggestionView{suggestionBody: body, Tracks: choices(h, c, "public.any_track", "public.track.", forum.General, forum.Youth)[1:],
		Ages: choices(h, c, "public.any_status", "public.age.", forum.Ages...)[1:]}
}

func suggestionForm(form *page.Values) suggestionBody {
	return suggestionBody{Title: form.Get("title"), Text: form.Get("text"), Pseudonym: form.Get("pseudonym"), Track: form.Get("track"), Email: form.Get("email"),
		Altcha: form.Get("altcha"), youngBody: youngForm(form)}
}

// NewSuggestion is the form.
func (h *Handlers) NewSuggestion(c *gin.Context) error {
	track, err := oneOf(c, "track", forum.General, forum.Youth)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "suggestion_new", h.suggestionView(c, suggestionBody{Track: string(track)}))
}

// SimilarToIt is the form with what is there already, while somebody is still typing: the page's script takes that part of it. It
// is a POST, because what people type belongs in no address.
func (h *Handlers) SimilarToIt(c *gin.Context) error {
	form, err := page.Form(c)
	if form == nil {
		return err
	}
	view := h.suggestionView(c, suggestionForm(form))
	if err == nil {
		err = h.addSimilar(c, &view)
	}
	if err != nil {
		return h.site.Refused(c, "suggestion_new", view, err)
	}
	return h.site.Render(c, http.StatusOK, "suggestion_new", view)
}

// addSimilar looks for suggestions and forums that are about the same.
func (h *Handlers) addSimilar(c *gin.Context, view *suggestionView) error {
	words := strings.TrimSpace(view.Title + "\n" + view.Text)
	if words == "" {
		return nil
	}
	var err error
	if view.Similar, err = h.Store.SimilarSuggestions(c.Request.Context(), words, similarShown); err != nil {
		return err
	}
	forums, err := h.Store.SimilarForums(c.Request.Context(), words, similarShown)
	if err != nil {
		return err
	}
	for _, f := range forums {
		view.Forums = append(view.Forums, h.topicView(c, f))
	}
	return nil
}

// CheckSuggestion shows what will be sent, and what is there already.
func (h *Handlers) CheckSuggestion(c *gin.Context) error {
	form, err := page.Form(c)
	if form == nil {
		return err
	}
	view := h.suggestionView(c, suggestionForm(form))
	if err == nil {
		_, err = h.newSuggestion(c, view.suggestionBody)
	}
	if err != nil {
		return h.site.Refused(c, "suggestion_new", view, err)
	}
	if form.Has("edit") {
		return h.site.Render(c, http.StatusOK, "suggestion_new", view)
	}
	if err = h.addSimilar(c, &view); err != nil {
		return err
	}
	view.Task = h.task(c, "")
	return h.site.Render(c, http.StatusOK, "suggestion_check", view)
}

// Suggest takes the suggestion and leads to its confirmation.
func (h *Handlers) Suggest(c *gin.Context) error {
	form, err := page.Form(c)
	if form == nil {
		return err
	}
	view := h.suggestionView(c, suggestionForm(form))
	var accepted forum.Accepted
	if err == nil {
		accepted, err = h.suggest(c, view.suggestionBody, form.FormKey())
	}
	if isChallenge(err) {
		view.Task = h.newTask("")
		return h.site.Refused(c, "suggestion_check", view, err)
	}
	if err != nil {
		return h.site.Refused(c, "suggestion_new", view, err)
	}
	h.flashGuardian(c, view.youngBody, forum.Track(view.Track), view.Email)
	return h.site.Redirect(c, page.To(c, "receipts", accepted.Receipt, "sent"))
}

// Support is the button on a suggestion's page.
func (h *Handlers) Support(c *gin.Context) error {
	form, err := page.Form(c)
	if err != nil {
		return err
	}
	back := page.To(c, "suggestions", c.Param("id"))
	stands := form.Get("stands") != "no"
	if _, err := h.support(c, stands, ""); err != nil {
		if forum.CodeOf(err) == forum.Unauthorised {
			return h.signInFirst(c, back)
		}
		return err
	}
	if stands {
		h.site.Flash(c, "notice.supported")
	} else {
		h.site.Flash(c, "notice.support_taken_back")
	}
	return h.site.Redirect(c, back)
}
