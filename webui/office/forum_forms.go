package office

import (
	"cmp"
	"context"
	"slices"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// forumActions are the decisions on a forum in the order in which its page offers them: the journey first, the ways out of
// it last.
var forumActions = []forum.Action{
	forum.ProposeDepartment, forum.AcceptAssignment, forum.TransferAssignment, forum.AcceptHandover, forum.DeclineHandover,
	forum.AnswerConsultation, forum.SubmitDossier, forum.SetPeriod,
	forum.ResumeForum, forum.StartAnalysis, forum.SubmitAnalysis, forum.SubmitAwards, forum.SubmitResponse, forum.PublishResponse,
	forum.PlanFollowUp, forum.CompleteMilestone, forum.DropMilestone, forum.CorrectResponse,
	forum.ConsultDepartment, forum.HandOverForum, forum.ExtendForum, forum.SuspendForum, forum.CloseForum, forum.WithdrawForum,
}

// forumForms are all the decisions that the reader may take on a forum now.
func (h *Handlers) forumForms(c *gin.Context, t topic) ([]form, error) {
	var forms []form
	for _, action := range forumActions {
		if !slices.Contains(forum.ForumDecisions[action], t.Status) || t.may(officialOf(c), action) != nil {
			continue
		}
		if t.isSettled(officialOf(c), action) {
			continue
		}
		ready, err := h.isReady(c, t, action)
		if err != nil {
			return nil, err
		}
		if !ready {
			continue
		}
		if action == forum.SubmitAwards {
			name := "office.action." + string(action)
			lang := page.Lang(c)
			forms = append(forms, form{ID: string(action), Title: h.site.Text(lang, name), Hint: h.site.Text(lang, name+".hint"),
				Link: page.To(c, "forums", t.ID, "awards")})
			continue
		}
		q, err := h.forumQuestion(c, t, action)
		if err != nil {
			return nil, err
		}
		s := h.sheet(c, nil, nil)
		s.prefix = string(action) + "-"
		forms = append(forms, h.form(c, q, s, newKey()))
	}
	return forms, nil
}

// documentOf is the kind of document that a decision sends into its line.
var documentOf = func() map[forum.Action]forum.Noun {
	all := map[forum.Action]forum.Noun{}
	for noun, action := range forum.Submits {
		all[action] = noun
	}
	return all
}()

// isReady says whether what the decision is about is there at all; the procedure decides the rest.
func (h *Handlers) isReady(ctx context.Context, t topic, action forum.Action) (bool, error) {
	switch action {
	case forum.SubmitDossier:
		d, err := h.Store.Dossier(ctx, t.ID)
		return slices.Contains(forum.DossierSteps.Before(forum.DossierSubmitted), d.Status) && d.Version > 0, err
	case forum.SubmitResponse:
		r, err := h.response(ctx, t.ID)
		return slices.Contains(forum.ResponseSteps.Before(forum.ResponseSubmitted), r.Status) && len(r.Paragraphs) > 0, err
	case forum.PublishResponse:
		r, err := h.response(ctx, t.ID)
		return r.Status == forum.ResponseApproved, err
	case forum.CorrectResponse:
		r, err := h.response(ctx, t.ID)
		if err != nil {
			return false, err
		}
		draft, err := h.Store.Correction(ctx, t.ID)
		if err != nil || draft.Version <= r.Version {
			return false, err
		}
		a, err := h.Store.ApprovalOf(ctx, forum.TheCorrection, t.ID)
		return forum.CodeOf(err) == forum.NotFound || forum.ApprovalSteps.IsFinal(a.Status), ignoreMissing(err)
	case forum.CompleteMilestone, forum.DropMilestone:
		open, err := h.openMilestones(ctx, t.ID)
		return len(open) > 0, err
	}
	return true, nil
}

// AskForum shows one decision's form on a page of its own.
func (h *Handlers) AskForum(action forum.Action) page.Handler {
	return func(c *gin.Context) error {
		t, err := h.topic(c, action)
		if err != nil {
			return err
		}
		if action == forum.SubmitAwards {
			return h.site.Redirect(c, page.To(c, "forums", t.ID, "awards"))
		}
		q, err := h.forumQuestion(c, t, action)
		if err != nil {
			return err
		}
		return h.ask(c, q)
	}
}

// DecideForum takes one decision on a forum.
func (h *Handlers) DecideForum(action forum.Action) page.Handler {
	return func(c *gin.Context) error {
		t, err := h.topic(c, action)
		if err != nil {
			return err
		}
		q, err := h.forumQuestion(c, t, action)
		if err != nil {
			return err
		}
		return h.take(c, q)
	}
}

// forumQuestion is what each decision on a forum asks.
func (h *Handlers) forumQuestion(c *gin.Context, t topic, action forum.Action) (question, error) {
	lang := page.Lang(c)
	q := question{action: action, subject: subject{noun: forum.TheForum, id: t.ID, title: forumTitle(lang, t.Forum), parts: []any{"forums", t.ID}}}
	reason := page.Field{Name: "reason", Kind: "area", Rows: 3, Max: forum.ReasonMax}
	needed := reason
	needed.Required = true
	q.fields = func(s sheet) []*field { return []*field{s.field(reason, "office.field.note")} }

	switch action {
	case forum.ProposeDepartment:
		return h.departmentQuestion(c, t, q, reason, label(reason))
	case forum.TransferAssignment, forum.HandOverForum:
		return h.departmentQuestion(c, t, q, needed, label(needed))
	case forum.ConsultDepartment:
		return h.departmentQuestion(c, t, q, needed, "office.field.question")
	case forum.AnswerConsultation:
		q.fields = func(s sheet) []*field { return []*field{s.field(needed, "office.field.opinion")} }
	case forum.DeclineHandover:
		q.fields = func(s sheet) []*field { return []*field{s.field(needed, label(needed))} }
	case forum.SetPeriod:
		q.fields = func(s sheet) []*field {
			return []*field{
				s.field(page.Field{Name: "opens_at", Kind: "datetime-local", Required: true, Value: localText(t.OpensAt)}, "office.field.opens_at"),
				s.field(page.Field{Name: "closes_at", Kind: "datetime-local", Required: true, Value: localText(t.ClosesAt), Hint: "office.field.closes_at.hint"}, "office.field.closes_at"),
			}
		}
		q.details = periodDetails
	case forum.ExtendForum:
		signers, err := h.signers(c, forum.TheExtension, t.Department)
		if err != nil {
			return q, err
		}
		q.fields = func(s sheet) []*field {
			closes := page.Field{Name: "closes_at", Kind: "datetime-local", Required: true, Value: localText(t.ClosesAt), Hint: "office.field.closes_at.hint"}
			return slices.Concat([]*field{s.field(closes, "office.field.closes_at"), s.field(needed, "office.field.public_reason")}, actFields(s, signers))
		}
		q.details = extensionDetails(officialOf(c))
	case forum.SubmitDossier, forum.SubmitAnalysis, forum.SubmitResponse, forum.CorrectResponse:
		signers, err := h.signers(c, documentOf[action], t.Department)
		if err != nil {
			return q, err
		}
		q.fields = func(s sheet) []*field { return append(lineFields(s, signers), s.field(reason, "office.field.note")) }
		q.details = func(v *page.Values) (any, error) { return lineDetails(officialOf(c), v) }
	case forum.SubmitAwards:
		return h.awardsQuestion(c, t, q)
	case forum.CloseForum, forum.SuspendForum:
		signers, err := h.signers(c, documentOf[action], t.Department)
		if err != nil {
			return q, err
		}
		lay := actFields
		q.details = actDetails(officialOf(c))
		if action == forum.SuspendForum {
			signers.approver, lay = "", optionalLine
			q.details = suspensionDetails(officialOf(c))
		}
		q.fields = func(s sheet) []*field {
			return append([]*field{s.field(needed, "office.field.public_reason")}, lay(s, signers)...)
		}
	case forum.WithdrawForum:
		q.fields = func(s sheet) []*field { return []*field{s.field(needed, "office.field.public_reason")} }
	case forum.PlanFollowUp:
		q.fields = planFields
		q.details = planDetails
	case forum.CompleteMilestone, forum.DropMilestone:
		open, err := h.openMilestones(c, t.ID)
		if err != nil {
			return q, err
		}
		var choices []page.Choice
		for _, m := range open {
			choices = append(choices, page.Choice{Value: string(m.ID), Text: m.Title})
		}
		if action == forum.DropMilestone {
			reason = needed
		}
		q.fields = func(s sheet) []*field {
			return []*field{s.field(page.Field{Name: "milestone", Kind: "select", Required: true, Choices: slices.Clone(choices), Value: c.Query("milestone")}, "office.field.milestone"),
				s.field(reason, "office.field.milestone_note")}
		}
		q.details = milestoneDetails
	}
	return q, nil
}

func label(reason page.Field) string {
	if reason.Required {
		return "office.field.reason"
	}
	return "office.field.note"
}

func periodDetails(v *page.Values) (any, error) {
	opens, err := instantIn(v, "opens_at")
	if err != nil {
		return nil, err
	}
	closes, err := instantIn(v, "closes_at")
	if err != nil {
		return nil, err
	}
	if !closes.After(opens) {
		return nil, forum.Refuse(forum.Invalid, "period.ends_before_start").At("closes_at")
	}
	return forum.PeriodDetails{OpensAt: opens, ClosesAt: closes}, nil
}

func extensionDetails(drafter reader) func(*page.Values) (any, error) {
	return func(v *page.Values) (any, error) {
		closes, err := instantIn(v, "closes_at")
		if err != nil {
			return nil, err
		}
		line, err := lineDetails(drafter, v)
		if err != nil {
			return nil, err
		}
		return forum.ExtensionDetails{PeriodDetails: forum.PeriodDetails{ClosesAt: closes},
			ActDetails: forum.ActDetails{AfterTheFact: v.Get("after_the_fact") == "yes", LineDetails: line}}, nil
	}
}

// departmentChoices are the city's departments, with an empty choice first.
func (h *Handlers) departmentChoices(c *gin.Context) ([]page.Choice, error) {
	departments, err := h.Store.Departments(c)
	if err != nil {
		return nil, err
	}
	lang := page.Lang(c)
	choices := []page.Choice{{Text: h.site.Text(lang, "office.choose")}}
	for _, d := range departments {
		choices = append(choices, page.Choice{Value: d.Code, Text: inLang(lang, d.Name, d.NameEn)})
	}
	slices.SortStableFunc(choices[1:], func(a, b page.Choice) int { return cmp.Compare(a.Text, b.Text) })
	return choices, nil
}
