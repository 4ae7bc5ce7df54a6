package office

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

type officialRow struct {
	Name, Title, Unit    string
	Department           string
	Superior, Substitute string
	Phone                string
	Absent               bool
	Duties               []forum.Duty
}

type directoryView struct {
	base
	listing
	Units  []page.Choice
	Duties []page.Choice
	Rows   []officialRow
}

// People lists officials and departments as the directory knows them; they are changed there and not here.
func (h *Handlers) People(c *gin.Context) error {
	lang := page.Lang(c)
	duty := forum.Duty(c.Query("duty"))
	if !slices.Contains(forum.Duties, duty) {
		duty = ""
	}
	units, err := h.departmentChoices(c)
	if err != nil {
		return err
	}
	units[0].Text = h.site.Text(lang, "office.list.all")
	department := ""
	for i := range units {
		if units[i].Chosen = units[i].Value == c.Query("department"); units[i].Chosen {
			department = units[i].Value
		}
	}
	officials, err := h.Store.Officials(c, duty, department)
	if err != nil {
		return err
	}
	view := directoryView{listing: listingOf(c), Units: units, Duties: []page.Choice{{Text: h.site.Text(lang, "office.list.all")}}}
	for _, one := range forum.Duties {
		view.Duties = append(view.Duties, page.Choice{Value: string(one), Text: h.site.Text(lang, "duty."+string(one)), Chosen: one == duty})
	}
	for _, o := range officials {
		view.Rows = append(view.Rows, officialRow{Name: personName(lang, o), Title: personTitle(lang, o), Unit: h.department(c, lang, o.Department), Department: o.Department,
			Superior: h.person(c, lang, o.Superior, ""), Substitute: h.person(c, lang, o.Substitute, ""), Phone: o.Phone, Absent: o.Absent, Duties: o.Duties})
	}
	slices.SortStableFunc(view.Rows, func(a, b officialRow) int { return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Name, b.Name)) })
	view.Total = len(view.Rows)
	from := min((view.Page-1)*view.Size, len(view.Rows))
	view.Rows = view.Rows[from:min(from+view.Size, len(view.Rows))]
	return h.site.Render(c, http.StatusOK, "directory", view)
}
