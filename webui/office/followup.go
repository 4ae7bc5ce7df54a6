package office

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Milestones are what the response promised.
type Milestones interface {
	Milestones(ctx context.Context, forumID forum.ID) ([]forum.Milestone, error)
}

// plannedRows is how many milestones the form has room for; a plan can be added to later.
const plannedRows = 5

type milestoneRow struct {
	forum.Milestone
	Clock forum.Clock
}

type followUpView struct {
	head
	Rows  []milestoneRow
	Forms []form
}

// FollowUp shows what was promised and what became of it.
func (h *Handlers) FollowUp(c *gin.Context) error {
	t, err := h.topic(c, forum.ReadForums)
	if err != nil {
		return err
	}
	milestones, err := h.Store.Milestones(c, t.ID)
	if err != nil {
		return err
	}
	view := followUpView{head: h.head(c, t, "followup")}
	for _, m := range milestones {
		row := milestoneRow{Milestone: m}
		if !forum.MilestoneSteps.IsFinal(m.Status) {
			row.Clock = forum.ClockAt(m.Due, h.Now())
		}
		view.Rows = append(view.Rows, row)
	}
	forms, err := h.forumForms(c, t)
	if err != nil {
		return err
	}
	for _, f := range forms {
		if slices.Contains([]forum.Action{forum.PlanFollowUp, forum.CompleteMilestone, forum.DropMilestone}, forum.Action(f.ID)) {
			view.Forms = append(view.Forms, f)
		}
	}
	return h.site.Render(c, http.StatusOK, "followup", view)
}

// openMilestones are those that may still be done or dropped.
func (h *Handlers) openMilestones(ctx context.Context, forumID forum.ID) ([]forum.Milestone, error) {
	all, err := h.Store.Milestones(ctx, forumID)
	return slices.DeleteFunc(slices.Clone(all), func(m forum.Milestone) bool { return forum.MilestoneSteps.IsFinal(m.Status) }), err
}

// planFields are rows for milestones, and the reason when there is nothing to follow up.
func planFields(s sheet) []*field {
	rows := plannedRows
	if s.values != nil {
		rows = max(rows, len(s.values.All("milestone_title[]")))
	}
	var fields []*field
	for n := range rows {
		fields = append(fields,
			s.nth(page.Field{Name: "milestone_title[]", Class: "row-start"}, "office.field.milestone_title", n),
			s.nth(page.Field{Name: "milestone_due[]", Kind: "datetime-local"}, "office.field.milestone_due", n))
	}
	return append(fields, s.field(page.Field{Name: "reason", Kind: "area", Rows: 3, Max: forum.ReasonMax, Hint: "office.field.plan_reason.hint"}, "office.field.note"))
}

// planDetails are the milestones that were filled in; none at all needs a reason. Their ids are made here, so that a plan
// that is carried out twice is the same plan.
func planDetails(v *page.Values) (any, error) {
	d := forum.MilestonesDetails{Milestones: []forum.Milestone{}}
	titles, dues := v.All("milestone_title[]"), v.All("milestone_due[]")
	for n, title := range titles {
		due := ""
		if n < len(dues) {
			due = dues[n]
		}
		if title == "" && due == "" {
			continue
		}
		at, err := instant(due)
		if err != nil {
			return nil, forum.RefusalIn(err).At(place("milestone_due[]", n))
		}
		m := forum.Milestone{ID: forum.ID(newKey()), Title: title, Due: at, Status: forum.MilestonePlanned}
		if refusal := forum.RefusalIn(m.Validate()); refusal != nil {
			return nil, refusal.At(place("milestone_"+refusal.Fields["field"]+"[]", n))
		}
		d.Milestones = append(d.Milestones, m)
	}
	if len(d.Milestones) == 0 && len([]rune(v.Get("reason"))) < 2 {
		return nil, forum.Refuse(forum.Invalid, "followup.reason_missing").At("reason")
	}
	return d, nil
}

func milestoneDetails(v *page.Values) (any, error) {
	id, err := forum.ParseID(v.Get("milestone"))
	if err != nil {
		return nil, forum.Refuse(forum.Invalid, "choice.missing").At("milestone")
	}
	return forum.MilestoneDetails{Milestone: id}, nil
}
