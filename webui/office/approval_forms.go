package office

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// approvalQuestion is what each decision on a document asks.
func (h *Handlers) approvalQuestion(c *gin.Context, a forum.Approval, action forum.Action) (question, error) {
	q := question{action: action, subject: subject{noun: forum.TheApproval, id: a.ID, title: a.Title, parts: []any{"approvals", a.ID}}}
	reason := page.Field{Name: "reason", Kind: "area", Rows: 3, Max: forum.ReasonMax}
	var err error
	switch action {
	case forum.SignApproval:
		q.details = signatureDetails
		q.fields, err = h.signatureFields(c, a, reason)
	case forum.ReturnApproval:
		reason.Required = true
		to := h.returnChoices(c, a)
		q.fields = func(s sheet) []*field {
			return []*field{s.field(page.Field{Name: "to", Kind: "radios", Required: true, Choices: to, Value: "0"}, "office.field.return_to"), s.field(reason, label(reason))}
		}
		q.details = returnDetails
	case forum.SettleAlarm:
		reason.Required = true
		q.fields = func(s sheet) []*field { return []*field{s.field(reason, "office.field.answer_for")} }
	default:
		q.fields = func(s sheet) []*field { return []*field{s.field(reason, label(reason))} }
	}
	return q, err
}

// signatureFields ask for a comment; a consulted department whether it agrees; whoever may decide finally whether they do.
func (h *Handlers) signatureFields(c *gin.Context, a forum.Approval, comment page.Field) (func(sheet) []*field, error) {
	place := officialOf(c).signsFor(a)
	if place == nil {
		return func(s sheet) []*field { return []*field{s.field(comment, "office.field.comment")} }, nil
	}
	if place.Role == forum.Consulted {
		return func(s sheet) []*field {
			answers := []page.Choice{{Value: "yes", Text: s.text("office.agrees.yes")}, {Value: "no", Text: s.text("office.agrees.no")}}
			return []*field{s.field(page.Field{Name: "agrees", Kind: "radios", Required: true, Choices: answers, Value: "yes"}, "office.field.agrees"),
				s.field(comment, "office.field.opinion")}
		}, nil
	}
	rules, err := h.Store.Delegations(c)
	if err != nil {
		return nil, err
	}
	officials, _ := h.names(c)
	mayDecide := rules.Allow(a.Noun, a.Department, officials[place.Official])
	for _, later := range a.Line {
		mayDecide = mayDecide && (later.Role != forum.Consulted || later.Status != forum.SignerWaiting)
	}
	return func(s sheet) []*field {
		fields := []*field{s.field(comment, "office.field.comment")}
		if mayDecide {
			fields = append(fields, s.field(page.Field{Name: "final", Kind: "box", Class: "whole", Hint: "office.field.final.hint"}, "office.field.final"))
		}
		return fields
	}, nil
}

func signatureDetails(v *page.Values) (any, error) {
	return forum.SignatureDetails{Disagrees: v.Get("agrees") == "no", Final: v.Get("final") == "yes"}, nil
}

// returnChoices are the drafter and the earlier places in the line.
func (h *Handlers) returnChoices(c *gin.Context, a forum.Approval) []page.Choice {
	lang := page.Lang(c)
	choices := []page.Choice{{Value: "0", Text: h.site.Text(lang, "office.role.drafter") + " " + h.person(c, lang, a.Drafter, a.DrafterName)}}
	for _, s := range a.Earlier() {
		choices = append(choices, page.Choice{Value: strconv.Itoa(s.Order),
			Text: h.site.Text(lang, "office.role."+string(s.Role)) + " " + h.person(c, lang, s.Official, s.Name)})
	}
	return choices
}

func returnDetails(v *page.Values) (any, error) {
	to, err := strconv.Atoi(v.Get("to"))
	if err != nil && v.Get("to") != "" {
		return nil, forum.Refuse(forum.Invalid, "choice.missing").At("to")
	}
	return forum.ReturnDetails{To: to}, nil
}

// commentForm lets whoever is in the line say something of the document while it is in review.
func (h *Handlers) commentForm(c *gin.Context, a forum.Approval, s sheet, key string) form {
	return form{ID: "comment", Title: s.text("office.action.approval.comment"), Button: s.text("office.action.approval.comment"), Key: key,
		URL:    page.To(c, "approvals", a.ID, "comments"),
		Fields: []*field{s.field(page.Field{Name: "text", Kind: "area", Rows: 3, Max: forum.ReasonMax, Required: true}, "office.field.comment")}}
}

// Comment keeps what the reader says of a document.
func (h *Handlers) Comment(c *gin.Context) error {
	a, err := h.approvalFor(c)
	if err != nil {
		return err
	}
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	key, malformed := forum.ParseID(values.Get("key"))
	if malformed != nil {
		err = forum.Refuse(forum.Invalid, "decision.key_missing")
	}
	if err == nil {
		err = h.Store.Comment(c, officialOf(c).Official, c.ClientIP(), a.ID, key, values.Get("text"))
	}
	if err == nil {
		h.site.Flash(c, "notice.office.decided", "what", h.site.Text(page.Lang(c), "office.action.approval.comment"))
		return h.site.Redirect(c, page.To(c, "approvals", a.ID))
	}
	view, failed := h.approvalView(c, a)
	if failed != nil {
		return failed
	}
	f := h.commentForm(c, a, h.sheet(c, values, err), newKey())
	f.Open, view.Comment = true, &f
	return h.site.Refused(c, "approval", view, err)
}
