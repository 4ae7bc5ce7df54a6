package office

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Rehearsals run a plan's whole calendar in moments. Rehearse refuses as unavailable while too many others do.
type Rehearsals interface {
	Rehearse(ctx context.Context, plan forum.ForumPlan) (forum.Rehearsal, error)
	Days(ctx context.Context) (forum.Calendar, error)
}

// rehearsalPatience is longer than a rehearsal may take.
const rehearsalPatience = 40 * time.Second

// A plan begins with these: as long as the preparation takes by its terms, a month's board, a usual line.
const (
	planPreparation = 30 // working days
	planBoard       = 30 // days
	planLine        = 2
	planEvery       = 30
)

// actChoices are the times of a step that the form offers, in working days after it is due.
var actChoices = []int{-5, -3, -2, -1, 0, 1, 2, 5, forum.Never}

type rehearsalView struct {
	head
	One      bool // a forum's own
	URL      string
	Document string // the same as JSON
	Fields   []*field
	Acts     []*field
	Result   *rehearsed
}

// Rehearsal shows a forum's plan and, asked to, what it leads to.
func (h *Handlers) Rehearsal(c *gin.Context) error {
	t, plan, err := h.forumPlan(c)
	if err != nil {
		return err
	}
	view := rehearsalView{head: h.head(c, t, "rehearsal"), One: true, URL: page.To(c, "forums", t.ID, "rehearsal")}
	return h.showRehearsal(c, view, plan)
}

// FreeRehearsal does the same for a plan that has no forum yet.
func (h *Handlers) FreeRehearsal(c *gin.Context) error {
	plan, err := h.freePlan(c)
	if err != nil {
		return err
	}
	return h.showRehearsal(c, rehearsalView{URL: page.To(c, "rehearsal")}, plan)
}

// RehearsalDocument is the list of a forum's rehearsed events for programs.
func (h *Handlers) RehearsalDocument(c *gin.Context) error {
	_, plan, err := h.forumPlan(c)
	if err != nil {
		return err
	}
	return h.rehearsalDocument(c, plan)
}

// FreeRehearsalDocument is the same for a plan that has no forum yet.
func (h *Handlers) FreeRehearsalDocument(c *gin.Context) error {
	plan, err := h.freePlan(c)
	if err != nil {
		return err
	}
	return h.rehearsalDocument(c, plan)
}

func (h *Handlers) rehearsalDocument(c *gin.Context, plan forum.ForumPlan) error {
	values, err := page.Query(c)
	if err == nil && values.Has("opens_at") {
		plan, err = planFrom(values, plan)
	}
	if err != nil {
		return err
	}
	r, err := h.rehearse(c, plan)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, r)
	return nil
}

// rehearse runs a plan for whoever may rehearse in its department.
func (h *Handlers) rehearse(c *gin.Context, plan forum.ForumPlan) (forum.Rehearsal, error) {
	page.Patience(c, rehearsalPatience)
	err := officialOf(c).any(func(hat forum.Official) error { return hat.May(forum.RehearseForum, plan.Department) })
	if forum.CodeOf(err) == forum.NotFound {
		return forum.Rehearsal{}, forum.Refuse(forum.Invalid, "rehearsal.other_department").At("department")
	}
	if err != nil {
		return forum.Rehearsal{}, err
	}
	return h.Rehearsals.Rehearse(c, plan)
}

func (h *Handlers) showRehearsal(c *gin.Context, view rehearsalView, plan forum.ForumPlan) error {
	values, err := page.Query(c)
	asked := err != nil || values.Has("opens_at")
	var result forum.Rehearsal
	if asked && err == nil {
		if plan, err = planFrom(values, plan); err == nil {
			result, err = h.rehearse(c, plan)
		}
	}
	s := h.sheet(c, nil, err)
	if asked {
		s.values = values
	}
	var failed error
	if view.Fields, view.Acts, failed = h.planFields(c, s, plan, view.One); failed != nil {
		return failed
	}
	if err != nil {
		return h.site.Refused(c, "rehearsal", view, err)
	}
	if asked {
		view.Document = view.URL + ".json?" + c.Request.URL.RawQuery
		view.Result = h.rehearsed(c, result)
	}
	return h.site.Render(c, http.StatusOK, "rehearsal", view)
}

// planFields are the inputs of a plan: its dates and amounts, and when each step is done.
func (h *Handlers) planFields(c *gin.Context, s sheet, plan forum.ForumPlan, one bool) (fields, acts []*field, err error) {
	add := func(f page.Field, label string) { fields = append(fields, s.field(f, label)) }
	if !one {
		units, err := h.departmentChoices(c)
		if err != nil {
			return nil, nil, err
		}
		add(page.Field{Name: "department", Kind: "select", Required: true, Choices: units, Value: plan.Department}, "office.field.department")
	}
	add(page.Field{Name: "start", Kind: "datetime-local", Required: true, Value: localText(plan.Start)}, "office.rehearsal.start")
	add(page.Field{Name: "opens_at", Kind: "datetime-local", Required: true, Value: localText(plan.OpensAt)}, "office.field.opens_at")
	add(page.Field{Name: "closes_at", Kind: "datetime-local", Required: true, Value: localText(plan.ClosesAt)}, "office.field.closes_at")
	for _, n := range []struct {
		name  string
		value int
	}{{"line", plan.Line}, {"prizes", plan.Prizes}, {"milestones", plan.Milestones}, {"every", plan.Every}} {
		add(page.Field{Name: n.name, Kind: "number", Required: true, Value: strconv.Itoa(n.value)}, "office.rehearsal."+n.name)
	}
	for _, action := range forum.Planned {
		f := page.Field{Name: "act." + string(action), Kind: "select", Required: true, Value: strconv.Itoa(forum.ActsByDefault)}
		if late, planned := plan.Acts[action]; planned {
			f.Value = strconv.Itoa(late)
		}
		for _, late := range actChoices {
			f.Choices = append(f.Choices, page.Choice{Value: strconv.Itoa(late), Text: actText(s, late)})
		}
		acts = append(acts, s.field(f, "office.action."+string(action)))
	}
	return fields, acts, nil
}

func actText(s sheet, late int) string {
	switch {
	case late >= forum.Never:
		return s.text("office.rehearsal.act.never")
	case late > 0:
		return s.text("office.rehearsal.act.after", "days", late)
	case late < 0:
		return s.text("office.rehearsal.act.before", "days", -late)
	}
	return s.text("office.rehearsal.act.on")
}

// planFrom reads what the form sends over a plan.
func planFrom(values *page.Values, plan forum.ForumPlan) (forum.ForumPlan, error) {
	var faults []error
	for name, at := range map[string]*time.Time{"start": &plan.Start, "opens_at": &plan.OpensAt, "closes_at": &plan.ClosesAt} {
		var err error
		*at, err = instantIn(values, name)
		faults = append(faults, err)
	}
	for name, n := range map[string]*int{"line": &plan.Line, "prizes": &plan.Prizes, "milestones": &plan.Milestones, "every": &plan.Every} {
		var err error
		*n, err = values.Int(name)
		faults = append(faults, err)
	}
	if plan.Forum == "" && values.Has("department") {
		plan.Department = values.Get("department")
	}
	plan.Acts = map[forum.Action]int{}
	for _, action := range forum.Planned {
		name := "act." + string(action)
		if !values.Has(name) {
			continue
		}
		late, err := values.Int(name)
		if err == nil && !slices.Contains(actChoices, late) {
			err = forum.Refuse(forum.Invalid, "choice.missing").At(name)
		}
		plan.Acts[action], faults = late, append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return plan, err
	}
	return plan, plan.Validate()
}

// freePlan is what the form of a plan without a forum begins with.
func (h *Handlers) freePlan(c *gin.Context) (forum.ForumPlan, error) {
	plan := forum.ForumPlan{Status: forum.Selected, Department: officialOf(c).Department}
	return plan, h.completePlan(c, &plan)
}

// forumPlan is what a forum's form begins with: where it stands, and what it waits for. One that has opened already is planned
// anew, as the department's next forum.
func (h *Handlers) forumPlan(c *gin.Context) (topic, forum.ForumPlan, error) {
	t, err := h.topic(c, forum.RehearseForum)
	if err != nil {
		return t, forum.ForumPlan{}, err
	}
	if !slices.Contains(forum.Rehearsable, t.Status) {
		plan := forum.ForumPlan{Status: forum.Selected, Department: cmp.Or(t.Department, officialOf(c).Department)}
		return t, plan, h.completePlan(c, &plan)
	}
	plan := forum.ForumPlan{Forum: t.ID, Status: t.Status, Department: cmp.Or(t.Department, t.Assignment.Department, officialOf(c).Department),
		Period: forum.Period{OpensAt: t.OpensAt, ClosesAt: t.ClosesAt}, Announced: !t.OpensAt.IsZero()}
	dossier, err := h.Store.Dossier(c, t.ID)
	if err != nil {
		return t, plan, err
	}
	plan.Approved = dossier.Status == forum.DossierApproved
	approval, err := h.Store.ApprovalOf(c, forum.TheDossier, t.ID)
	if err != nil && forum.CodeOf(err) != forum.NotFound {
		return t, plan, err
	}
	for _, s := range []forum.Start{{Noun: forum.TheForum, ID: t.ID}, {Noun: forum.TheApproval, ID: approval.ID}} {
		if s.ID == "" {
			continue
		}
		owed, err := h.Store.OwedOf(c, s.Noun, s.ID)
		if err != nil {
			return t, plan, err
		}
		for _, o := range owed {
			if o.Noun == s.Noun {
				plan.Waits = append(plan.Waits, o)
			}
		}
	}
	for _, s := range approval.Line {
		waited := slices.ContainsFunc(plan.Waits, func(o forum.Owed) bool { return o.Noun == forum.TheApproval && o.Official == s.Official })
		if s.Status == forum.SignerWaiting && !waited {
			plan.Rest = append(plan.Rest, forum.LineSigner{Role: s.Role, Official: s.Official})
		}
	}
	return t, plan, h.completePlan(c, &plan)
}

// completePlan fills in what a plan usually has.
func (h *Handlers) completePlan(ctx context.Context, plan *forum.ForumPlan) error {
	days, err := h.Rehearsals.Days(ctx)
	if err != nil {
		return err
	}
	plan.Start = h.Now().Truncate(time.Minute)
	plan.Line, plan.Prizes, plan.Milestones, plan.Every = planLine, forum.Prizes, 2, planEvery
	if plan.OpensAt.IsZero() {
		plan.OpensAt = days.At(days.City(days.After(plan.Start, planPreparation)), 9)
		plan.ClosesAt = days.After(plan.OpensAt.AddDate(0, 0, planBoard), 1)
	}
	return nil
}
