package office

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// manyAnswers are what a moderator may answer to one opinion or many.
var manyAnswers = []forum.ModerationAnswer{forum.AnswerSeen, forum.AnswerHide, forum.AnswerPublish}

// codeChoices are the reasons as choices, with an empty one first.
func (h *Handlers) codeChoices(lang string) []page.Choice {
	choices := []page.Choice{{Text: h.site.Text(lang, "office.choose")}}
	for _, code := range forum.ReasonCodes {
		choices = append(choices, page.Choice{Value: string(code), Text: h.site.Text(lang, "moderation.code."+string(code))})
	}
	return choices
}

func (h *Handlers) moderationForm(c *gin.Context, s sheet, key string) form {
	var to []page.Choice
	for _, answer := range manyAnswers {
		to = append(to, page.Choice{Value: string(answer), Text: s.text("office.moderate." + string(answer))})
	}
	return form{ID: string(forum.ModerateOpinion), Title: s.text("office.action.opinion.moderate"), URL: page.To(c, "opinions", "moderation"),
		Button: s.text("office.moderate.check"), Tone: "primary", Key: key, Fields: []*field{
			s.field(page.Field{Name: "to", Kind: "radios", Required: true, Choices: to}, "office.field.moderate_to"),
			s.field(page.Field{Name: "code", Kind: "select", Choices: h.codeChoices(page.Lang(c)), Hint: "office.field.moderate_code.hint"}, "office.field.moderate_code"),
			s.field(page.Field{Name: "reason", Kind: "area", Rows: 3, Max: forum.ReasonMax, Hint: "office.field.moderate_reason.hint"}, "office.field.moderate_words"),
		}}
}

type moderationView struct {
	base
	Form   form
	Count  int
	To     forum.ModerationAnswer
	Code   string // in words
	Reason string
	Back   string
}

// batchOf reads the form: which opinions, of which forums, and the answer.
func batchOf(values *page.Values) (forum.Batch, []forum.ID) {
	b := forum.Batch{To: forum.ModerationAnswer(values.Get("to")), Reason: values.Get("reason")}
	if b.To == forum.AnswerHide {
		b.Code = forum.ReasonCode(values.Get("code"))
	}
	b.ID, _ = forum.ParseID(values.Get("key"))
	if b.ID == "" {
		b.ID = forum.ID(newKey())
	}
	var forums []forum.ID
	for _, text := range values.All("opinion[]") {
		opinion, forumID, _ := strings.Cut(text, "@")
		id, err := forum.ParseID(opinion)
		if err != nil || slices.Contains(b.Opinions, id) {
			continue
		}
		b.Opinions = append(b.Opinions, id)
		if id, err := forum.ParseID(forumID); err == nil && !slices.Contains(forums, id) {
			forums = append(forums, id)
		}
	}
	return b, forums
}

// Moderate answers one opinion or many. What is going to happen is shown first; the reason reaches the authors of what is published
// or hidden. Whoever looks at one opinion has it for themselves meanwhile.
func (h *Handlers) Moderate(c *gin.Context) error {
	values, err := page.Form(c, editorLimit)
	if values == nil {
		return err
	}
	b, forums := batchOf(values)
	if err == nil {
		err = b.Validate()
	}
	confirmed := values.Get("confirmed") == "yes"
	if err == nil && !confirmed && len(b.Opinions) == 1 {
		err = h.Store.TakeOpinion(c, officialOf(c).Official, c.ClientIP(), b.Opinions[0], false)
	}
	if err == nil && confirmed {
		if err = h.Store.ModerateMany(c, officialOf(c).Official, c.ClientIP(), b); err == nil {
			for _, id := range forums {
				h.wake(c, forum.TheForum, id) // a closed forum waits for its last held opinion
			}
			h.site.Flash(c, "notice.office.moderated")
			return h.site.Redirect(c, page.To(c, "opinions", "batches", b.ID)+"?back="+url.QueryEscape(nextOr(c, values.Get("back"))))
		}
	}
	view := moderationView{Form: h.moderationForm(c, h.sheet(c, values, err), string(b.ID)), Count: len(b.Opinions), To: b.To, Reason: b.Reason, Back: nextOr(c, values.Get("back"))}
	view.Form.Fixed = append(view.Form.Fixed, held{"back", view.Back})
	for _, text := range values.All("opinion[]") {
		view.Form.Fixed = append(view.Form.Fixed, held{"opinion[]", text})
	}
	if err != nil {
		return h.site.Refused(c, "moderation", view, err)
	}
	if b.Code != "" {
		view.Code = h.site.Text(page.Lang(c), "moderation.code."+string(b.Code))
	}
	view.Form.Fixed = append(view.Form.Fixed, held{"to", string(b.To)}, held{"code", string(b.Code)}, held{"reason", b.Reason}, held{"confirmed", "yes"})
	return h.site.Render(c, http.StatusOK, "moderation_check", view)
}

type batchView struct {
	base
	forum.BatchRecord
	Why  string // code and words
	Back string
	Undo *form
}

// ModerationBatch shows what a batch did to each opinion, and lets it be undone.
func (h *Handlers) ModerationBatch(c *gin.Context) error {
	view, err := h.batchView(c, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "moderation_batch", view)
}

func (h *Handlers) batchView(c *gin.Context, s sheet) (batchView, error) {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return batchView{}, err
	}
	b, err := h.Store.ModerationBatch(c, id)
	if err != nil {
		return batchView{}, err
	}
	view := batchView{BatchRecord: b, Why: h.codeAndWords(page.Lang(c), b.Code, b.Reason), Back: page.To(c, "opinions")}
	if back := c.Query("back"); back != "" {
		view.Back = nextOr(c, back)
	}
	if b.UndoneAt.IsZero() && slices.ContainsFunc(b.Items, func(i forum.BatchItem) bool { return !i.Changed }) {
		view.Undo = &form{ID: string(forum.UndoModeration), Title: s.text("office.action.opinion.undo"), Hint: s.text("office.action.opinion.undo.hint"),
			URL: page.To(c, "opinions", "batches", id, "undo"), Button: s.text("office.action.opinion.undo"), Tone: "danger",
			Fields: []*field{s.field(page.Field{Name: "reason", Kind: "area", Rows: 2, Max: forum.ReasonMax, Required: true}, "office.field.reason")}}
	}
	return view, nil
}

// UndoBatch puts back what nobody has changed since.
func (h *Handlers) UndoBatch(c *gin.Context) error {
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	view, unknown := h.batchView(c, h.sheet(c, values, err))
	if unknown != nil {
		return unknown
	}
	n := 0
	if err == nil {
		n, err = h.Store.UndoBatch(c, officialOf(c).Official, c.ClientIP(), view.ID, values.Get("reason"))
	}
	if err != nil {
		if view, unknown = h.batchView(c, h.sheet(c, values, err)); unknown != nil {
			return err
		}
		return h.site.Refused(c, "moderation_batch", view, err)
	}
	for _, item := range view.Items {
		h.wake(c, forum.TheForum, item.Forum)
	}
	h.site.Flash(c, "notice.office.batch_undone", "count", strconv.Itoa(n))
	return h.site.Redirect(c, page.To(c, "opinions", "batches", view.ID))
}
