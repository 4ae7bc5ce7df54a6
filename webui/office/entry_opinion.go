package office

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

type enterOpinionView struct {
	head
	Form form
}

// mayEnter tells why a forum takes no opinion now. The database decides when it comes to it; this spares staff the typing.
func (h *Handlers) mayEnter(f forum.Forum) error {
	switch {
	case f.Status == forum.Open && h.Now().Before(f.ClosesAt):
		return nil
	case f.Status == forum.Suspended:
		return forum.Refuse(forum.Conflict, "forum.suspended")
	case f.Status == forum.Withdrawn:
		return forum.Refuse(forum.Conflict, "forum.withdrawn")
	case f.Status == forum.Open || f.Status.HasClosed():
		return forum.Refuse(forum.Conflict, "entry.forum_closed")
	}
	return forum.Refuse(forum.Conflict, "forum.not_open_yet")
}

// EnterOpinionPage is the form for an opinion that came by letter, on paper, by telephone or at the counter.
func (h *Handlers) EnterOpinionPage(c *gin.Context) error {
	t, err := h.topic(c, forum.EnterOpinion)
	if err != nil {
		return err
	}
	if err := h.mayEnter(t.Forum); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "opinion_new", h.enterOpinionView(c, t, h.sheet(c, nil, nil), newKey()))
}

func (h *Handlers) enterOpinionView(c *gin.Context, t topic, s sheet, key string) enterOpinionView {
	f := form{ID: string(forum.EnterOpinion), Title: s.text("office.action.opinion.enter"), URL: page.To(c, "forums", t.ID, "opinions", "new"), Key: key,
		Button: s.text("office.entry.check"), Tone: "primary"}
	f.Fields = append(h.howItCame(s),
		languageField(s),
		s.field(page.Field{Name: "title"}, "office.field.opinion_title"),
		s.field(page.Field{Name: "text", Kind: "area", Rows: 10, Max: forum.OpinionTextMax, Required: true}, "office.field.opinion_text"),
		s.field(page.Field{Name: "pseudonym"}, "office.field.pseudonym"),
		s.field(page.Field{Name: "district", Kind: "select", Choices: h.districts(s)}, "office.field.district"),
		s.field(page.Field{Name: "email", Kind: "email", Hint: "office.field.email.hint"}, "office.field.email"))
	return enterOpinionView{head: h.head(c, t, ""), Form: f}
}

func (h *Handlers) districts(s sheet) []page.Choice {
	choices := []page.Choice{{Text: s.text("office.entry.no_district")}}
	for _, d := range h.Districts {
		name := d.Name
		if s.lang != "ko" {
			name = d.NameEn
		}
		choices = append(choices, page.Choice{Value: d.Name, Text: name})
	}
	return choices
}

// EnterOpinion takes an opinion for somebody, after a second look.
func (h *Handlers) EnterOpinion(c *gin.Context) error {
	t, refusal := h.topic(c, forum.EnterOpinion)
	if refusal != nil {
		return refusal
	}
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	o := forum.NewOpinion{Forum: t.ID, Title: page.OneLine(values.Get("title")), Text: values.Get("text"), Pseudonym: page.OneLine(values.Get("pseudonym")),
		District: page.OneLine(values.Get("district")), Lang: values.Get("lang"), Email: values.Get("email"), Official: officialOf(c).ID, Entry: entryOf(c, values)}
	if err == nil {
		err = errors.Join(o.Entry.Validate(h.today()), knownLanguage(o.Lang), o.Validate(), page.CheckPseudonym(o.Pseudonym))
	}
	if err == nil {
		o.Idempotency, err = keyOfEntry(o.Official, values.Get("key"), string(o.Forum), o.Title, o.Text, o.Pseudonym, o.District, o.Lang, o.Email,
			string(o.Entry.Channel), o.Entry.Received)
	}
	confirmed := values.Get("confirmed") == "yes"
	if err == nil && !confirmed {
		err = h.mayEnter(t.Forum)
	}
	var accepted forum.Accepted
	switch {
	case err != nil:
	case values.Get("change") == "yes":
		return h.site.Render(c, http.StatusOK, "opinion_new", h.enterOpinionView(c, t, h.sheet(c, values, nil), newKey()))
	case !confirmed:
		view := entryCheckView{checkView: h.entryCheck(c, values, h.enterOpinionView(c, t, h.sheet(c, values, nil), values.Get("key")).Form)}
		view.Title, view.Form.Button = forumTitle(page.Lang(c), t.Forum), h.site.Text(page.Lang(c), "office.action.opinion.enter")
		return h.site.Render(c, http.StatusOK, "entry_check", view)
	default:
		accepted, err = h.Store.EnterOpinion(c, officialOf(c).Official, o)
	}
	if err != nil {
		return h.site.Refused(c, "opinion_new", h.enterOpinionView(c, t, h.sheet(c, values, err), keyAfter(err, values)), err)
	}
	h.keepReceipt(c, accepted)
	return h.site.Redirect(c, page.To(c, "forums", t.ID, "opinions", accepted.ID, "receipt"))
}
