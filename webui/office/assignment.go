package office

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// consulted is a second department's opinion in the reader's words.
type consulted struct {
	forum.Consultation
	Unit, Whom, By string
}

// handover is the wish to give the forum to another department.
type handover struct {
	forum.Handover
	Unit string
}

// amongDepartments fills in what departments settle among themselves.
func (h *Handlers) amongDepartments(c *gin.Context, t topic, view *forumView) {
	lang := page.Lang(c)
	for _, one := range t.Consulted {
		view.Consulted = append(view.Consulted, consulted{Consultation: one, Unit: h.department(c, lang, one.Department),
			Whom: h.person(c, lang, one.Addressee, ""), By: h.named(c, lang, one.AnsweredBy)})
	}
	if t.Handover != nil {
		view.Handover = &handover{Handover: *t.Handover, Unit: h.department(c, lang, t.Handover.Department)}
	}
	if t.Status == forum.Assigning && t.Assignment.Wanted != "" {
		view.Wanted = h.department(c, lang, t.Assignment.Wanted)
	}
}

// isSettled says whether a decision among departments is asked of nobody now, or not of this reader.
func (t topic) isSettled(r reader, action forum.Action) bool {
	asked := slices.ContainsFunc(r.hats, func(hat forum.Official) bool { return t.asks(hat, action) })
	switch action {
	case forum.AcceptAssignment, forum.TransferAssignment:
		return t.Assignment.Status == forum.AssignmentTransferred // the officer decides
	case forum.HandOverForum:
		return t.Handover != nil
	case forum.DeclineHandover:
		return t.Handover == nil || !asked && r.May(forum.ProposeDepartment, "") != nil
	case forum.AnswerConsultation, forum.AcceptHandover:
		return !asked
	}
	return false
}

// departmentQuestion asks for a department and why; the proposal comes with what the text suggests.
func (h *Handlers) departmentQuestion(c *gin.Context, t topic, q question, reason page.Field, words string) (question, error) {
	units, err := h.departmentChoices(c)
	if err != nil {
		return q, err
	}
	var suited []forum.Suited
	if q.action == forum.ProposeDepartment || q.action == forum.TransferAssignment || q.action == forum.ConsultDepartment {
		if suited, err = h.Store.SuitedDepartments(c, t.ID); err != nil {
			return q, err
		}
	}
	units = suitedFirst(units, suited)
	hint := h.suitedWords(c, suited)
	q.fields = func(s sheet) []*field {
		unit := s.field(page.Field{Name: "department", Kind: "select", Required: true, Choices: slices.Clone(units)}, "office.field.department")
		unit.Hint = hint
		return []*field{unit, s.field(reason, words)}
	}
	q.details = departmentDetails
	return q, nil
}

// suitedFirst puts the suggested departments before the others, the best first.
func suitedFirst(units []page.Choice, suited []forum.Suited) []page.Choice {
	place := func(one page.Choice) int {
		if one.Value == "" {
			return -1
		}
		at := slices.IndexFunc(suited, func(s forum.Suited) bool { return s.Department == one.Value })
		if at < 0 {
			return len(suited)
		}
		return at
	}
	units = slices.Clone(units)
	slices.SortStableFunc(units, func(a, b page.Choice) int { return cmp.Compare(place(a), place(b)) })
	return units
}

// suitedWords say which departments the text suggests, and why.
func (h *Handlers) suitedWords(c *gin.Context, suited []forum.Suited) string {
	lang := page.Lang(c)
	var all []string
	for _, one := range suited {
		key := "office.suited"
		if one.Forums == 0 {
			key = "office.suited.name"
		}
		all = append(all, h.site.Text(lang, key, "terms", strings.Join(one.Terms, ", "), "department", h.department(c, lang, one.Department), "count", one.Forums))
	}
	if len(all) == 0 {
		return ""
	}
	return h.site.Text(lang, "office.suited.title", "departments", strings.Join(all, " / "))
}

func departmentDetails(v *page.Values) (any, error) {
	if v.Get("department") == "" {
		return nil, forum.Refuse(forum.Invalid, "choice.missing").At("department")
	}
	return forum.DepartmentDetails{Department: v.Get("department")}, nil
}
