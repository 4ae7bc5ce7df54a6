package office

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Absences tell who isn't there when, and who stands in for them.
type Absences interface {
	Absences(ctx context.Context) ([]forum.Absence, error)
	EnterAbsence(ctx context.Context, by forum.Official, from string, a forum.Absence) error
	EndAbsence(ctx context.Context, by forum.Official, from string, id forum.ID) error
}

type absenceRow struct {
	forum.Absence
	Name, Unit, Substitute string
	Now                    bool
	End                    string // where it is ended, by a reader who may
}

type absencesView struct {
	base
	Rows []absenceRow
	Form form
}

// Absences lists those of now and to come, and takes another.
func (h *Handlers) Absences(c *gin.Context) error {
	view, err := h.absencesView(c, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "absences", view)
}

func (h *Handlers) absencesView(c *gin.Context, s sheet) (absencesView, error) {
	var view absencesView
	all, err := h.Store.Absences(c)
	if err != nil {
		return view, err
	}
	lang, me := page.Lang(c), officialOf(c)
	for _, a := range all {
		row := absenceRow{Absence: a, Name: h.person(c, lang, a.Official, a.Name), Unit: h.department(c, lang, a.Department),
			Substitute: h.person(c, lang, a.Substitute, a.SubstituteName), Now: !h.Now().Before(a.From)}
		if a.Official == me.ID || me.Official.May(forum.EndAbsence, a.Department) == nil {
			row.End = page.To(c, "absences", a.ID, "end")
		}
		view.Rows = append(view.Rows, row)
	}
	everybody, err := h.Store.Officials(c, "", "")
	if err != nil {
		return view, err
	}
	whose := []page.Choice{}
	others := []page.Choice{{Text: s.text("office.choose")}}
	for _, o := range everybody {
		one := page.Choice{Value: string(o.ID), Text: h.signerText(c, lang, o)}
		others = append(others, one)
		if o.ID == me.ID || me.Official.May(forum.EnterAbsence, o.Department) == nil {
			whose = append(whose, one)
		}
	}
	view.Form = form{ID: string(forum.EnterAbsence), Title: s.text("office.action.absence.enter"), URL: page.To(c, "absences"),
		Button: s.text("office.action.absence.enter"), Tone: "primary", Fields: []*field{
			s.field(page.Field{Name: "official", Kind: "select", Required: true, Choices: whose, Value: string(me.ID)}, "office.absence.official"),
			s.field(page.Field{Name: "substitute", Kind: "select", Required: true, Choices: others, Hint: "office.absence.substitute.hint"}, "office.absence.substitute"),
			s.field(page.Field{Name: "from", Kind: "datetime-local", Required: true}, "office.absence.from"),
			s.field(page.Field{Name: "until", Kind: "datetime-local", Required: true}, "office.absence.until"),
		}}
	return view, nil
}

// EnterAbsence says who stands in for whom, from when until when.
func (h *Handlers) EnterAbsence(c *gin.Context) error {
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	if err == nil {
		err = h.enterAbsence(c, values)
	}
	if err != nil {
		view, failed := h.absencesView(c, h.sheet(c, values, err))
		if failed != nil {
			return failed
		}
		return h.site.Refused(c, "absences", view, err)
	}
	h.forgetNames()
	h.site.Flash(c, "notice.office.absence_entered")
	return h.site.Redirect(c, page.To(c, "absences"))
}

func (h *Handlers) enterAbsence(c *gin.Context, values *page.Values) error {
	var a forum.Absence
	var err error
	for name, id := range map[string]*forum.ID{"official": &a.Official, "substitute": &a.Substitute} {
		if *id, err = forum.ParseID(values.Get(name)); err != nil {
			return forum.Refuse(forum.Invalid, "choice.missing").At(name)
		}
	}
	for name, at := range map[string]*time.Time{"from": &a.From, "until": &a.Until} {
		if *at, err = instantIn(values, name); err != nil {
			return err
		}
	}
	return h.Store.EnterAbsence(c, officialOf(c).Official, c.ClientIP(), a)
}

// EndAbsence ends one now, or calls it off.
func (h *Handlers) EndAbsence(c *gin.Context) error {
	if err := h.Store.EndAbsence(c, officialOf(c).Official, c.ClientIP(), forum.ID(c.Param("id"))); err != nil {
		return err
	}
	h.forgetNames()
	h.site.Flash(c, "notice.office.absence_ended")
	return h.site.Redirect(c, page.To(c, "absences"))
}
