package office

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// UsualLines are the lines that departments keep for their documents.
type UsualLines interface {
	UsualLines(ctx context.Context, department string) ([]forum.UsualLine, error)
	DropLine(ctx context.Context, by forum.Official, from string, id forum.ID) error
}

// usualOffer is what a form fills in and says of the department's usual line.
type usualOffer struct {
	line   forum.UsualLine
	unit   string
	by     string
	places map[forum.SignerRole][]forum.OfferedPlace
	names  map[forum.ID]string
	keeps  bool // whether the reader may keep the line
}

// usualOffer is the line that the department keeps for such documents, as the reader may take it today.
func (h *Handlers) usualOffer(c *gin.Context, noun forum.Noun, department string, signers, heads []forum.Official) (usualOffer, error) {
	lang, me := page.Lang(c), officialOf(c)
	offer := usualOffer{unit: h.department(c, lang, department), keeps: department != "" && me.May(forum.KeepLine, department) == nil}
	line, err := h.Store.UsualLine(c, department, noun)
	if err != nil || line.ID == "" {
		return offer, err
	}
	offer.line, offer.by = line, h.person(c, lang, line.KeptBy, line.KeptByName)
	offer.places, offer.names = map[forum.SignerRole][]forum.OfferedPlace{}, map[forum.ID]string{}
	for _, place := range line.Offer(me.ID, signers, heads) {
		offer.places[place.Role] = append(offer.places[place.Role], place)
		offer.names[place.Was] = h.person(c, lang, place.Was, place.Name)
		offer.names[place.Instead] = h.person(c, lang, place.Instead, "")
	}
	return offer, nil
}

// whole is the offer, or none when nobody is left to approve: what is offered must be a line.
func (u usualOffer) whole() usualOffer {
	if p := u.place(forum.Approver, -1); p == nil || p.Official == "" {
		return usualOffer{unit: u.unit, keeps: u.keeps}
	}
	return u
}

// place is one place of a role; the approver's is its only one.
func (u usualOffer) place(role forum.SignerRole, n int) *forum.OfferedPlace {
	if places := u.places[role]; max(n, 0) < len(places) {
		return &places[max(n, 0)]
	}
	return nil
}

// filled has the usual signer chosen.
func (u usualOffer) filled(f page.Field, role forum.SignerRole, n int) page.Field {
	switch place := u.place(role, n); {
	case place != nil:
		f.Value = string(place.Official)
	case u.line.ID != "":
		f.Value = ""
	}
	return f
}

// hint says why a place isn't offered as it was kept. On a form that was sent, the choice is the reader's.
func (u usualOffer) hint(s sheet, role forum.SignerRole, n int) string {
	place := u.place(role, n)
	if s.values != nil || place == nil || place.Why == "" {
		return ""
	}
	return s.text("office.usual."+string(place.Why), "name", u.names[place.Was], "instead", u.names[place.Instead])
}

// note says that the line was filled in, before anybody takes it for a rule.
func (u usualOffer) note(s sheet) []*field {
	if s.values != nil || u.line.ID == "" {
		return nil
	}
	text := s.text("office.usual.filled", "unit", u.unit, "name", u.by, "day", page.Date(s.lang, u.line.KeptAt))
	return []*field{{Field: page.Field{Name: "usual_line", Kind: "note", Label: text}, prefix: s.prefix, at: "usual_line"}}
}

// keepBox has the line kept with the document.
func (u usualOffer) keepBox(s sheet) []*field {
	if !u.keeps {
		return nil
	}
	hint := "office.field.keep_line.hint"
	if u.line.ID != "" {
		hint = "office.field.keep_line.again"
	}
	box := s.field(page.Field{Name: "keep_line", Kind: "box", Class: "whole", Hint: hint}, "office.action.line.keep")
	box.Label = s.text("office.field.keep_line", "unit", u.unit)
	return []*field{box}
}

type usualRow struct {
	forum.UsualLine
	Unit   string
	By     string
	Places []usualPlace
	Drop   string // where it is dropped, by a reader who may
}

type usualPlace struct {
	Role forum.SignerRole
	Name string
	Gone bool
}

type usualLinesView struct {
	base
	Rows []usualRow
	All  bool // every department's
}

// UsualLines shows the lines that the reader's department keeps; every department's to whoever drafts for all of them.
func (h *Handlers) UsualLines(c *gin.Context) error {
	lang, me := page.Lang(c), officialOf(c)
	view := usualLinesView{All: me.SeesWholeCity(forum.KeepLine)}
	department := me.Department
	if view.All {
		department = ""
	}
	lines, err := h.Store.UsualLines(c, department)
	if err != nil {
		return err
	}
	there, err := h.Store.Officials(c, "", "")
	if err != nil {
		return err
	}
	present := map[forum.ID]bool{}
	for _, o := range there {
		present[o.ID] = true
	}
	for _, line := range lines {
		row := usualRow{UsualLine: line, Unit: h.department(c, lang, line.Department), By: h.person(c, lang, line.KeptBy, line.KeptByName)}
		for _, s := range line.Signers {
			row.Places = append(row.Places, usualPlace{s.Role, h.person(c, lang, s.Official, s.Name), !present[s.Official]})
		}
		if me.May(forum.DropLine, line.Department) == nil {
			row.Drop = page.To(c, "lines", line.ID, "drop")
		}
		view.Rows = append(view.Rows, row)
	}
	return h.site.Render(c, http.StatusOK, "lines", view)
}

// DropLine has the department keep the line no more.
func (h *Handlers) DropLine(c *gin.Context) error {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return err
	}
	if err := h.Store.DropLine(c, officialOf(c).Official, c.ClientIP(), id); err != nil {
		return err
	}
	h.site.Flash(c, "notice.office.line_dropped")
	return h.site.Redirect(c, page.To(c, "lines"))
}
