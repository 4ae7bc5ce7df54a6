package public

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Board is what is read of a board. Mine is filled for the citizen or the device that asks.
type Board interface {
	Board(ctx context.Context, filter forum.BoardFilter, citizen forum.ID, device []byte) ([]forum.Opinion, int, error)
	PublicOpinion(ctx context.Context, opinion, citizen forum.ID, device []byte) (forum.Opinion, error)
}

// Poster takes an opinion and answers once it is kept.
type Poster interface {
	Post(context.Context, forum.NewOpinion) (forum.Accepted, error)
}

// opinionBody is what an API caller sends.
type opinionBody struct {
	Text      string `json:"text"`
	Title     string `json:"title"`
	Pseudonym string `json:"pseudonym"`
	District  string `json:"district"`
	Email     string `json:"email"`
	Lang      string `json:"lang"`
	Altcha    string `json:"altcha"`
	youngBody
}

// boardSorts are the orders of a board.
var boardSorts = []forum.BoardSort{forum.BestFirst, forum.NewestFirst, forum.OldestFirst}

func boardFilter(c *gin.Context, id forum.ID, w window) (forum.BoardFilter, error) {
	filter := forum.BoardFilter{Forum: id, Page: w.Page, Size: w.Size}
	var err error
	if filter.Sort, err = oneOf(c, "sort", boardSorts...); err != nil {
		return filter, err
	}
	if filter.Sort == "" {
		filter.Sort = forum.BestFirst
	}
	if filter.Query, err = search(c); err != nil {
		return filter, err
	}
	filter.Until, err = queryInstant(c, "until")
	return filter, err
}

// themeFilter reads ?theme=, one of those that the published response answers; before there is one, none is known. It gives
// them all.
func (h *Handlers) themeFilter(c *gin.Context, f forum.Forum, filter *forum.BoardFilter) ([]string, error) {
	var themes []string
	if f.Status.HasResults() {
		r, err := h.Store.Results(c.Request.Context(), f.ID)
		if err != nil {
			return nil, err
		}
		themes = r.Response.Themes()
	}
	var err error
	filter.Theme, err = oneOf(c, "theme", themes...)
	return themes, err
}

// APIBoard is GET /api/v1/forums/{id}/opinions.
func (h *Handlers) APIBoard(c *gin.Context) error {
	f, err := h.forumOf(c)
	if err != nil {
		return err
	}
	w, err := apiWindow(c)
	if err != nil {
		return err
	}
	filter, err := boardFilter(c, f.ID, w)
	if err != nil {
		return err
	}
	if c.Query("theme") != "" {
		if _, err := h.themeFilter(c, f, &filter); err != nil {
			return err
		}
	}
	reader, err := h.reader(c)
	if err != nil {
		return err
	}
	opinions, total, err := h.Store.Board(c.Request.Context(), filter, reader.citizen, reader.device)
	if err != nil {
		return err
	}
	return answerList(c, opinions, w, total)
}

// APIPostOpinion is POST /api/v1/forums/{id}/opinions: 201 with the receipt, and its address in Location.
func (h *Handlers) APIPostOpinion(c *gin.Context) error {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return err
	}
	var body opinionBody
	if err := page.JSON(c, &body); err != nil {
		return err
	}
	accepted, err := h.post(c, id, body, idempotencyKey(c))
	if err != nil {
		return err
	}
	return answerAccepted(c, accepted)
}

// answerAccepted tells a program what was taken. A repeated request gets the same answer.
func answerAccepted(c *gin.Context, accepted forum.Accepted) error {
	page.Private(c)
	replayed(c, accepted.Repeated)
	c.Header("Location", "/api/v1/receipts/"+string(accepted.Receipt))
	c.JSON(http.StatusCreated, accepted)
	return nil
}

// post checks an opinion and hands it on; it comes from the API or from the page's form.
func (h *Handlers) post(c *gin.Context, id forum.ID, body opinionBody, key string) (forum.Accepted, error) {
	o, err := h.newOpinion(c, id, body)
	if err != nil {
		return forum.Accepted{}, err
	}
	young, err := h.youngOn(c, id, body)
	if err != nil {
		return forum.Accepted{}, err
	}
	o.Idempotency, err = h.idempotency(c, key, append([]string{string(id), o.Text, o.Title, o.Pseudonym, o.District, o.Email, o.Lang}, young.words()...)...)
	if err != nil {
		return forum.Accepted{}, err
	}
	o.Device = h.device(c, key)
	if o.Origin, err = h.origin(c); err != nil {
		return forum.Accepted{}, err
	}
	if young.isChild() {
		o.Email, o.Citizen, o.Origin = "", "", o.Origin.OfNobody()
	}
	giveBack, err := h.admit(c, id, body.Altcha, nameOf(o.Idempotency))
	if err != nil {
		return forum.Accepted{}, err
	}
	accepted, err := h.Writer.Post(c.Request.Context(), o)
	giveBack(err)
	if err == nil {
		err = h.askGuardian(c, forum.TheOpinion, accepted.ID, young)
	}
	return accepted, err
}

// newOpinion is what somebody wrote, checked.
func (h *Handlers) newOpinion(c *gin.Context, id forum.ID, body opinionBody) (forum.NewOpinion, error) {
	reader, err := h.reader(c)
	if err != nil {
		return forum.NewOpinion{}, err
	}
	o := forum.NewOpinion{
		Forum: id, Title: page.OneLine(body.Title), Text: body.Text, Pseudonym: page.OneLine(body.Pseudonym), District: page.OneLine(body.District),
		Lang: languageOf(body.Lang, body.Text, page.Lang(c)), Email: body.Email, Citizen: reader.citizen,
	}
	return o, errors.Join(o.Validate(), checkLanguage(body.Lang), page.CheckPseudonym(o.Pseudonym))
}

// languageOf is the language that a text is in: as its sender says, else by its letters, else the page's.
func languageOf(said, text, around string) string {
	if said != "" {
		return said
	}
	return page.TextLang(text, around)
}

// checkLanguage refuses what is no language code of two or three letters.
func checkLanguage(said string) error {
	if said == "" {
		return nil
	}
	if len(said) < 2 || len(said) > 3 {
		return forum.Refuse(forum.Invalid, "text.no_such_language").At("lang")
	}
	for _, r := range said {
		if r < 'a' || r > 'z' {
			return forum.Refuse(forum.Invalid, "text.no_such_language").At("lang")
		}
	}
	return nil
}
