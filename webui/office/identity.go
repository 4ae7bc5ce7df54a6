package office

import (
	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// identityForm lets an officer say how a forum knows one voter from another, before it opens.
func (h *Handlers) identityForm(c *gin.Context, s sheet, f forum.Forum) form {
	var to []page.Choice
	for _, one := range forum.IdentityPolicies {
		to = append(to, page.Choice{Value: string(one), Text: s.text("office.identity." + string(one))})
	}
	const name = "office.action.forum.set_identity"
	return form{ID: string(forum.SetIdentity), Title: s.text(name), Hint: s.text(name + ".hint"), URL: page.To(c, "forums", f.ID, "identity"), Button: s.text(name),
		Tone: "primary", Fields: []*field{
			s.field(page.Field{Name: "identity", Kind: "radios", Required: true, Choices: to, Value: string(f.Identity)}, "office.forum.identity"),
			s.field(page.Field{Name: "reason", Kind: "area", Rows: 2, Max: forum.ReasonMax, Required: true}, "office.field.reason"),
		}}
}

// SetIdentity says it. A forum can't ask for a sign-in that the city hasn't set up.
func (h *Handlers) SetIdentity(c *gin.Context) error {
	t, err := h.topic(c, forum.SetIdentity)
	if err != nil {
		return err
	}
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	to := forum.IdentityPolicy(values.Get("identity"))
	if err == nil && to == forum.IdentitySSO && !h.Gateway {
		err = forum.Refuse(forum.Invalid, "identity.no_gateway").At("identity")
	}
	if err == nil {
		err = h.Store.SetIdentity(c, officialOf(c).Official, c.ClientIP(), t.ID, to, values.Get("reason"))
	}
	if err != nil {
		return h.site.Refused(c, "decision", decisionView{Title: forumTitle(page.Lang(c), t.Forum), Back: page.To(c, "forums", t.ID),
			Form: h.identityForm(c, h.sheet(c, values, err), t.Forum)}, err)
	}
	h.site.Flash(c, "notice.office.identity_set")
	return h.site.Redirect(c, page.To(c, "forums", t.ID))
}
