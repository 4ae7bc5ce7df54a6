package office

import (
	"cmp"
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Clocks are let stand still, and run on again.
type Clocks interface {
	PauseClock(ctx context.Context, by forum.Official, from string, id forum.ID, reason string) (forum.Start, error)
	ResumeClock(ctx context.Context, by forum.Official, from string, id forum.ID) (forum.Start, error)
}

// mayChangeClock says whether the page offers it; the store asks the policy with the department that the step is about.
func (h *Handlers) mayChangeClock(c *gin.Context, o forum.Owed) bool {
	officials, _ := h.names(c)
	return officialOf(c).Official.May(forum.PauseClock, cmp.Or(o.Department, officials[o.Official].Department)) == nil
}

// PausePage asks why a clock is to stand still.
func (h *Handlers) PausePage(c *gin.Context) error { return h.showPause(c, h.sheet(c, nil, nil), nil) }

func (h *Handlers) showPause(c *gin.Context, s sheet, refused error) error {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return err
	}
	o, err := h.Store.Owed(c, id)
	if err != nil {
		return err
	}
	view := decisionView{Title: inLang(page.Lang(c), o.Title, o.TitleEn), Back: owedURL(c, o), Form: form{
		ID: string(forum.PauseClock), Title: s.text("office.action.clock.pause"), Hint: s.text("office.action.clock.pause.hint"), URL: page.To(c, "clocks", id, "pause"),
		Button: s.text("office.action.clock.pause"), Tone: "primary",
		Fields: []*field{s.field(page.Field{Name: "reason", Kind: "area", Rows: 3, Max: forum.ReasonMax, Required: true}, "office.field.reason")},
	}}
	if refused != nil {
		return h.site.Refused(c, "decision", view, refused)
	}
	return h.site.Render(c, http.StatusOK, "decision", view)
}

// PauseClock lets the clock of a step stand still that waits on somebody outside.
func (h *Handlers) PauseClock(c *gin.Context) error {
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	var procedure forum.Start
	if err == nil {
		procedure, err = h.Store.PauseClock(c, officialOf(c).Official, c.ClientIP(), forum.ID(c.Param("id")), values.Get("reason"))
	}
	if err != nil {
		return h.showPause(c, h.sheet(c, values, err), err)
	}
	return h.clockChanged(c, procedure, "notice.office.paused")
}

// ResumeClock lets it run on, with the lost working time given back.
func (h *Handlers) ResumeClock(c *gin.Context) error {
	procedure, err := h.Store.ResumeClock(c, officialOf(c).Official, c.ClientIP(), forum.ID(c.Param("id")))
	if err != nil {
		return err
	}
	return h.clockChanged(c, procedure, "notice.office.resumed")
}

// clockChanged lets the procedure aim anew and goes back to the page that shows the step.
func (h *Handlers) clockChanged(c *gin.Context, procedure forum.Start, notice string) error {
	h.wake(c, procedure.Noun, procedure.ID)
	h.site.Flash(c, notice)
	return h.site.Redirect(c, owedURL(c, forum.Owed{Noun: procedure.Noun, Subject: procedure.ID, Forum: procedure.ID}))
}
