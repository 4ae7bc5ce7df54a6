package office

import (
	"context"
	"slices"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Pressed are the forums that ask unconfirmed people for a task before they take what these write.
type Pressed interface {
	Pressures(ctx context.Context) ([]forum.Pressure, error)
	ProtectForum(ctx context.Context, by forum.Official, from string, id forum.ID, protect bool, reason string) error
}

// pressureRow is a forum under pressure, or the suggestions' box.
type pressureRow struct {
	forum.Pressure
	Name string
	URL  string
}

// pressures lists them in the reader's language.
func (h *Handlers) pressures(c *gin.Context) (rows []pressureRow, err error) {
	all, err := h.Store.Pressures(c)
	for _, one := range all {
		row := pressureRow{one, h.site.Text(page.Lang(c), "office.health.suggestions_box"), page.To(c, "suggestions")}
		if one.Forum != "" {
			row.Name, row.URL = forumTitle(page.Lang(c), forum.Forum{Title: one.Title, TitleEn: one.TitleEn}), page.To(c, "forums", one.Forum)
		}
		rows = append(rows, row)
	}
	return rows, err
}

// isProtected says whether an official protects the forum now.
func (h *Handlers) isProtected(c *gin.Context, id forum.ID) (bool, error) {
	all, err := h.Store.Pressures(c)
	return slices.ContainsFunc(all, func(one forum.Pressure) bool { return one.Forum == id && one.Protected }), err
}

// protectionForm begins a forum's protection, or ends it.
func (h *Handlers) protectionForm(c *gin.Context, s sheet, id forum.ID, end bool) form {
	name, to := "office.action.forum.protect", "on"
	if end {
		name, to = "office.action.forum.protect_end", "off"
	}
	return form{ID: string(forum.ProtectForum), Title: s.text(name), Hint: s.text(name + ".hint"), URL: page.To(c, "forums", id, "protection"), Button: s.text(name),
		Tone: "primary", Fixed: []held{{Name: "protect", Value: to}},
		Fields: []*field{s.field(page.Field{Name: "reason", Kind: "area", Rows: 2, Max: forum.ReasonMax, Required: true}, "office.field.reason")}}
}

// mayProtect says whether the forum still takes it from the reader.
func (h *Handlers) mayProtect(c *gin.Context, t topic) bool {
	return t.may(officialOf(c), forum.ProtectForum) == nil && !t.Status.HasClosed() && t.Status != forum.Withdrawn
}

// ProtectForum protects the forum of the address, or ends that.
func (h *Handlers) ProtectForum(c *gin.Context) error {
	t, err := h.topic(c, forum.ProtectForum)
	if err != nil {
		return err
	}
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	end := values.Get("protect") == "off"
	if err == nil {
		err = h.Store.ProtectForum(c, officialOf(c).Official, c.ClientIP(), t.ID, !end, values.Get("reason"))
	}
	if err != nil {
		return h.site.Refused(c, "decision", decisionView{Title: forumTitle(page.Lang(c), t.Forum), Back: page.To(c, "forums", t.ID),
			Form: h.protectionForm(c, h.sheet(c, values, err), t.ID, end)}, err)
	}
	if end {
		h.site.Flash(c, "notice.office.protection_ended")
	} else {
		h.site.Flash(c, "notice.office.protected")
	}
	return h.site.Redirect(c, page.To(c, "forums", t.ID))
}
