package office

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// DelegationRules are the rules on who may decide which documents finally, and who looks after them.
type DelegationRules interface {
	DelegationRules(ctx context.Context) ([]forum.DelegationRule, error)
	Delegate(ctx context.Context, by forum.Official, from string, d forum.Delegation, reason string) error
	EndDelegation(ctx context.Context, by forum.Official, from string, id forum.ID, reason string) error
}

type delegationRow struct {
	forum.DelegationRule
	Unit string // empty: the city's
	Made string // whose hand
	End  string // whose hand; of a rule that stands, where it is ended by a reader who may
}

// ruleGroup are the rules that stand for one type of document, the city's first.
type ruleGroup struct {
	Noun  forum.Noun
	Rules []delegationRow
}

type delegationsView struct {
	base
	Groups []ruleGroup
	Ended  []delegationRow
	Form   *form
	May    bool
}

// DelegationRules shows who may decide which documents finally, and what was the rule before.
func (h *Handlers) DelegationRules(c *gin.Context) error {
	view, err := h.delegationsView(c, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "delegations", view)
}

func (h *Handlers) delegationsView(c *gin.Context, s sheet) (delegationsView, error) {
	rules, err := h.Store.DelegationRules(c)
	if err != nil {
		return delegationsView{}, err
	}
	view := delegationsView{May: officialOf(c).Official.May(forum.EndDelegation, "") == nil}
	for _, noun := range forum.DocumentNouns {
		group := ruleGroup{Noun: noun}
		for _, r := range rules {
			if r.Noun == noun && r.EndedAt.IsZero() {
				group.Rules = append(group.Rules, h.delegationRow(c, r, view.May))
			}
		}
		view.Groups = append(view.Groups, group)
	}
	for _, r := range rules {
		if !r.EndedAt.IsZero() {
			view.Ended = append(view.Ended, h.delegationRow(c, r, false))
		}
	}
	view.Form, err = h.delegateForm(c, s)
	return view, err
}

func (h *Handlers) delegationRow(c *gin.Context, r forum.DelegationRule, may bool) delegationRow {
	lang := page.Lang(c)
	row := delegationRow{DelegationRule: r, Made: h.named(c, lang, r.MadeBy), End: h.named(c, lang, r.EndedBy)}
	if r.Department != "" {
		row.Unit = h.department(c, lang, r.Department)
	}
	if may {
		row.End = page.To(c, "delegations", r.ID, "end")
	}
	return row
}

// delegateForm makes a rule, for a duty that the reader doesn't hold: nobody gives a power to themself.
func (h *Handlers) delegateForm(c *gin.Context, s sheet) (*form, error) {
	me := officialOf(c).Official
	if me.May(forum.Delegate, "") != nil {
		return nil, nil
	}
	nouns, duties := []page.Choice{{Text: s.text("office.choose")}}, []page.Choice{{Text: s.text("office.choose")}}
	for _, noun := range forum.DocumentNouns {
		nouns = append(nouns, page.Choice{Value: string(noun), Text: s.text("office.noun." + string(noun))})
	}
	for _, duty := range forum.SigningDuties() {
		if !me.Has(duty) {
			duties = append(duties, page.Choice{Value: string(duty), Text: s.text("duty." + string(duty))})
		}
	}
	units, err := h.departmentChoices(c)
	if err != nil {
		return nil, err
	}
	units[0].Text = s.text("office.delegation.city")
	name := "office.action." + string(forum.Delegate)
	return &form{ID: string(forum.Delegate), Title: s.text(name), Hint: s.text(name + ".hint"), URL: page.To(c, "delegations"), Button: s.text(name), Tone: "primary", Fields: []*field{
		s.field(page.Field{Name: "noun", Kind: "select", Required: true, Choices: nouns}, "office.approval.kind"),
		s.field(page.Field{Name: "department", Kind: "select", Choices: units, Hint: "office.delegation.department.hint"}, "office.forums.department"),
		s.field(page.Field{Name: "duty", Kind: "select", Required: true, Choices: duties, Hint: "office.delegation.duty.hint"}, "office.delegation.duty"),
		s.field(page.Field{Name: "reason", Kind: "area", Required: true, Max: forum.ReasonMax, Rows: 3}, "office.field.reason"),
	}}, nil
}

// Delegate makes a rule.
func (h *Handlers) Delegate(c *gin.Context) error {
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	if err == nil {
		d := forum.Delegation{Noun: forum.Noun(values.Get("noun")), Department: values.Get("department"), Duty: forum.Duty(values.Get("duty"))}
		err = h.Store.Delegate(c, officialOf(c).Official, c.ClientIP(), d, values.Get("reason"))
	}
	if err != nil {
		view, viewErr := h.delegationsView(c, h.sheet(c, values, err))
		if viewErr != nil {
			return viewErr
		}
		return h.site.Refused(c, "delegations", view, err)
	}
	return h.delegationDone(c, forum.Delegate)
}

func (h *Handlers) delegationDone(c *gin.Context, action forum.Action) error {
	h.site.Flash(c, "notice.office.decided", "what", h.site.Text(page.Lang(c), "office.action."+string(action)))
	return h.site.Redirect(c, page.To(c, "delegations"))
}

type ruleEndView struct {
	base
	Rule delegationRow
	Form form
}

// AskEnd asks why a rule is to end.
func (h *Handlers) AskEnd(c *gin.Context) error {
	view, err := h.ruleEndView(c, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "delegation_end", view)
}

func (h *Handlers) ruleEndView(c *gin.Context, s sheet) (ruleEndView, error) {
	rules, err := h.Store.DelegationRules(c)
	if err != nil {
		return ruleEndView{}, err
	}
	at := slices.IndexFunc(rules, func(r forum.DelegationRule) bool { return string(r.ID) == c.Param("id") })
	if at < 0 {
		return ruleEndView{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	name := "office.action." + string(forum.EndDelegation)
	return ruleEndView{Rule: h.delegationRow(c, rules[at], false), Form: form{ID: string(forum.EndDelegation), URL: page.To(c, "delegations", rules[at].ID, "end"),
		Button: s.text(name), Tone: "danger", Fields: []*field{
			s.field(page.Field{Name: "reason", Kind: "area", Required: true, Max: forum.ReasonMax, Rows: 3}, "office.field.reason")}}}, nil
}

// EndDelegation ends it now.
func (h *Handlers) EndDelegation(c *gin.Context) error {
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	view, viewErr := h.ruleEndView(c, h.sheet(c, values, err))
	if viewErr != nil {
		return viewErr
	}
	if err == nil {
		err = h.Store.EndDelegation(c, officialOf(c).Official, c.ClientIP(), view.Rule.ID, values.Get("reason"))
	}
	if err != nil {
		if view, viewErr = h.ruleEndView(c, h.sheet(c, values, err)); viewErr != nil {
			return viewErr
		}
		return h.site.Refused(c, "delegation_end", view, err)
	}
	return h.delegationDone(c, forum.EndDelegation)
}
