package public

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// opinionView is the form and the look at it before sending.
type opinionView struct {
	opinionBody
	Topic     topicView
	Districts []page.Choice
	Ages      []page.Choice // asked on the youth track
	HeldFor   string        // the kinds of personal data that stand in it
	Task      *taskView     // to be solved before it is sent
}

// kindsText lists kinds of personal data in the reader's words.
func (h *Handlers) kindsText(lang string, kinds []forum.DataKind) string {
	words := make([]string, len(kinds))
	for i, kind := range kinds {
		words[i] = h.site.Text(lang, "data.kind."+string(kind))
	}
	return strings.Join(words, ", ")
}

// opinionView is a form of the topic that the address names; it refuses where the board takes nothing.
func (h *Handlers) opinionView(c *gin.Context, body opinionBody) (opinionView, error) {
	f, err := h.forumOf(c)
	if err != nil {
		return opinionView{}, err
	}
	lang := page.Lang(c)
	held := h.kindsText(lang, forum.FindPersonalData(body.Title+"\n"+body.Text+"\n"+body.Pseudonym))
	view := opinionView{opinionBody: body, Topic: h.topicView(c, f), HeldFor: held, Districts: []page.Choice{{Text: h.site.Text(lang, "public.district_none")}}}
	if f.Track == forum.Youth {
		view.Ages = choices(h, c, "public.any_status", "public.age.", forum.Ages...)[1:]
	}
	for _, d := range h.Districts {
		view.Districts = append(view.Districts, page.Choice{Value: d.Name, Text: h.districtName(d.Name, lang)})
	}
	return view, nil
}

func opinionForm(form *page.Values) opinionBody {
	return opinionBody{Title: form.Get("title"), Text: form.Get("text"), Pseudonym: form.Get("pseudonym"), District: form.Get("district"), Email: form.Get("email"), Altcha: form.Get("altcha"), youngBody: youngForm(form)}
}

// mayPost tells why a board takes nothing now. The database decides when it comes to it; this spares people the writing.
func mayPost(f forum.Forum) error {
	switch {
	case f.Status.TakesOpinions():
		return nil
	case f.Status == forum.Scheduled:
		return forum.Refuse(forum.Conflict, "forum.not_open_yet")
	case f.Status == forum.Suspended:
		return forum.Refuse(forum.Conflict, "forum.suspended")
	}
	return forum.Refuse(forum.Conflict, "forum.closed")
}

// NewOpinion is the form.
func (h *Handlers) NewOpinion(c *gin.Context) error {
	view, err := h.opinionView(c, opinionBody{})
	if err != nil {
		return err
	}
	if err := mayPost(view.Topic.Forum); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "opinion_new", view)
}

// CheckOpinion shows what will be sent and asks whether it is right. With "edit" it is the form again.
func (h *Handlers) CheckOpinion(c *gin.Context) error {
	form, err := page.Form(c)
	if form == nil {
		return err
	}
	view, unknown := h.opinionView(c, opinionForm(form))
	if unknown != nil {
		return unknown
	}
	if err == nil {
		err = mayPost(view.Topic.Forum)
	}
	if err == nil && !form.Has("edit") {
		_, err = h.newOpinion(c, view.Topic.ID, view.opinionBody)
		_, youngErr := h.youngOn(c, view.Topic.ID, view.opinionBody)
		err = errors.Join(err, youngErr)
	}
	switch {
	case err != nil:
		return h.site.Refused(c, "opinion_new", view, err)
	case form.Has("edit"):
		return h.site.Render(c, http.StatusOK, "opinion_new", view)
	}
	view.Task = h.task(c, view.Topic.ID)
	return h.site.Render(c, http.StatusOK, "opinion_check", view)
}

// PostOpinion takes the opinion and leads to its confirmation.
func (h *Handlers) PostOpinion(c *gin.Context) error {
	form, err := page.Form(c)
	if form == nil {
		return err
	}
	id, unknown := forum.ParseID(c.Param("id"))
	if unknown != nil {
		return unknown
	}
	var accepted forum.Accepted
	if err == nil {
		accepted, err = h.post(c, id, opinionForm(form), form.FormKey())
	}
	if err == nil {
		if track, ok := h.tracks.Load(id); ok {
			h.flashGuardian(c, youngForm(form), track.(forum.Track), form.Get("email"))
		}
		return h.site.Redirect(c, page.To(c, "receipts", accepted.Receipt, "sent"))
	}
	view, unknown := h.opinionView(c, opinionForm(form))
	if unknown != nil {
		return err // the topic can't be shown either: the first refusal says why
	}
	if isChallenge(err) {
		view.Task = h.newTask(id)
		return h.site.Refused(c, "opinion_check", view, err)
	}
	return h.site.Refused(c, "opinion_new", view, err)
}
