package public

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Suggestions are the topics that people put forward, and who backs them.
type Suggestions interface {
	Suggestions(context.Context, forum.SuggestionFilter) ([]forum.Suggestion, int, error)
	Suggestion(ctx context.Context, id forum.ID, staff bool) (forum.Suggestion, error)
	SimilarSuggestions(ctx context.Context, text string, n int) ([]forum.Suggestion, error)
	SimilarForums(ctx context.Context, text string, n int) ([]forum.Forum, error)
	Suggest(context.Context, forum.NewSuggestion) (forum.Accepted, error)
}

// Supporter takes what backs suggestions.
type Supporter interface {
	Support(context.Context, forum.NewSupport) (supports int, err error)
}

// similarShown is how many similar suggestions a person sees before sending theirs.
const similarShown = 5

// suggestionStatuses are the statuses that a citizen may filter by.
var suggestionStatuses = []forum.SuggestionStatus{forum.SuggestionAccepted, forum.SuggestionShortlisted, forum.SuggestionSelected, forum.SuggestionNotSelected}

// suggestionBody is what an API caller sends.
type suggestionBody struct {
	Title     string `json:"title"`
	Text      string `json:"text"`
	Pseudonym string `json:"pseudonym"`
	Track     string `json:"track"`
	Email     string `json:"email"`
	Lang      string `json:"lang"`
	Altcha    string `json:"altcha"`
	youngBody
}

func suggestionFilter(c *gin.Context, w window) (forum.SuggestionFilter, error) {
	filter := forum.SuggestionFilter{Page: w.Page, Size: w.Size}
	var err error
	if filter.Status, err = oneOf(c, "status", suggestionStatuses...); err != nil {
		return filter, err
	}
	if filter.Track, err = oneOf(c, "track", forum.General, forum.Youth); err != nil {
		return filter, err
	}
	filter.Query, err = search(c)
	return filter, err
}

// APISuggestions is GET /api/v1/suggestions.
func (h *Handlers) APISuggestions(c *gin.Context) error {
	w, err := apiWindow(c)
	if err != nil {
		return err
	}
	filter, err := suggestionFilter(c, w)
	if err != nil {
		return err
	}
	suggestions, total, err := h.Store.Suggestions(c.Request.Context(), filter)
	if err != nil {
		return err
	}
	return answerList(c, suggestions, w, total)
}

// APISuggestion is GET /api/v1/suggestions/{id}.
func (h *Handlers) APISuggestion(c *gin.Context) error {
	s, err := h.suggestionOf(c)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, s)
	return nil
}

func (h *Handlers) suggestionOf(c *gin.Context) (forum.Suggestion, error) {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return forum.Suggestion{}, err
	}
	return h.Store.Suggestion(c.Request.Context(), id, false)
}

// APISuggest is POST /api/v1/suggestions.
func (h *Handlers) APISuggest(c *gin.Context) error {
	var body suggestionBody
	if err := page.JSON(c, &body); err != nil {
		return err
	}
	accepted, err := h.suggest(c, body, idempotencyKey(c))
	if err != nil {
		return err
	}
	return answerAccepted(c, accepted)
}

func (h *Handlers) suggest(c *gin.Context, body suggestionBody, key string) (forum.Accepted, error) {
	s, err := h.newSuggestion(c, body)
	if err != nil {
		return forum.Accepted{}, err
	}
	young := body.youngBody.of(s.Track, s.Pseudonym, s.Email)
	s.Idempotency, err = h.idempotency(c, key, append([]string{s.Title, s.Text, s.Pseudonym, string(s.Track), s.Email, s.Lang}, young.words()...)...)
	if err != nil {
		return forum.Accepted{}, err
	}
	if young.isChild() {
		s.Email, s.Citizen = "", ""
	}
	if err := h.challengedSuggestion(c, body.Altcha, nameOf(s.Idempotency)); err != nil {
		return forum.Accepted{}, err
	}
	if err := h.maySuggest(c); err != nil {
		return forum.Accepted{}, err
	}
	accepted, err := h.Store.Suggest(c.Request.Context(), s)
	if err == nil {
		err = h.askGuardian(c, forum.TheSuggestion, accepted.ID, young)
	}
	return accepted, err
}

// newSuggestion is what somebody put forward, checked.
func (h *Handlers) newSuggestion(c *gin.Context, body suggestionBody) (forum.NewSuggestion, error) {
	reader, err := h.reader(c)
	if err != nil {
		return forum.NewSuggestion{}, err
	}
	s := forum.NewSuggestion{
		Title: page.OneLine(body.Title), Text: body.Text, Pseudonym: page.OneLine(body.Pseudonym), Track: forum.Track(body.Track), Kind: forum.ByCitizen,
		Lang: languageOf(body.Lang, body.Title+body.Text, page.Lang(c)), Email: body.Email, Citizen: reader.citizen,
	}
	if s.Track == "" {
		s.Track = forum.General
	}
	return s, errors.Join(s.Validate(), checkTrack(s.Track), checkLanguage(body.Lang), page.CheckPseudonym(s.Pseudonym),
		body.youngBody.of(s.Track, s.Pseudonym, s.Email).validate())
}

func checkTrack(track forum.Track) error {
	if track != forum.General && track != forum.Youth {
		return forum.Refuse(forum.Invalid, "request.no_such_choice").At("track")
	}
	return nil
}

// APISupport is PUT /api/v1/suggestions/{id}/support.
func (h *Handlers) APISupport(c *gin.Context) error { return h.answerSupport(c, true) }

// APIUnsupport is DELETE /api/v1/suggestions/{id}/support: it takes the support back.
func (h *Handlers) APIUnsupport(c *gin.Context) error { return h.answerSupport(c, false) }

func (h *Handlers) answerSupport(c *gin.Context, stands bool) error {
	supports, err := h.support(c, stands, idempotencyKey(c))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, gin.H{"supports": supports, "mine": stands})
	return nil
}

func (h *Handlers) support(c *gin.Context, stands bool, key string) (int, error) {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return 0, err
	}
	s := forum.NewSupport{Suggestion: id, Stands: stands}
	if s.Citizen, s.Device, s.Kind, err = h.person(c); err != nil {
		return 0, err
	}
	if key != "" {
		word := "withdrawn"
		if stands {
			word = "stands"
		}
		if s.Idempotency, err = h.idempotency(c, key, string(id), word); err != nil {
			return 0, err
		}
	}
	return h.Writer.Support(c.Request.Context(), s)
}
