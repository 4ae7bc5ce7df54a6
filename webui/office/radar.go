package office

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Radar tells what will be late, and how late things were.
type Radar interface {
	Radar(ctx context.Context, reader forum.Official, within int) ([]forum.Risk, error)
	ClockFigures(ctx context.Context, reader forum.Official, months int) ([]forum.ClockFigures, error)
}

// figuresMonths is how far back the radar counts.
const figuresMonths = 3

type riskRow struct {
	wait
	forum.Risk
	Unit string
	Why  []string
}

type figuresRow struct {
	forum.ClockFigures
	Unit, What string
}

type radarCount struct {
	Cause forum.Cause
	Count int
}

type radarView struct {
	base
	listing
	Days    int
	Units   []page.Choice
	People  []page.Choice
	Causes  []page.Choice
	Sorts   []page.Choice
	Counts  []radarCount
	All     int
	Rows    []riskRow
	Figures []figuresRow
}

// Radar shows what is late or will be within some working days, by department and person, with the causes.
func (h *Handlers) Radar(c *gin.Context) error {
	view := radarView{listing: listingOf(c), Days: forum.RadarDays}
	if n, err := strconv.Atoi(c.Query("days")); err == nil && n >= 0 && n <= forum.RadarMost {
		view.Days = n
	}
	reader, lang := officialOf(c), page.Lang(c)
	risks, err := h.Store.Radar(c, reader.Official, view.Days)
	if err != nil {
		return err
	}
	view.All = len(risks)
	for _, cause := range forum.Causes {
		n := 0
		for _, r := range risks {
			if r.Has(cause) {
				n++
			}
		}
		view.Counts = append(view.Counts, radarCount{cause, n})
	}
	h.radarFilters(c, &view, risks)
	risks = slices.DeleteFunc(risks, func(r forum.Risk) bool {
		unit, person, cause := c.Query("department"), c.Query("person"), forum.Cause(c.Query("cause"))
		return unit != "" && r.Unit != unit || person != "" && string(r.Official) != person || cause != "" && !r.Has(cause)
	})
	if c.Query("sort") == "due" {
		slices.SortStableFunc(risks, func(a, b forum.Risk) int { return a.Due.Compare(b.Due) })
	}
	view.Total = len(risks)
	from := min((view.Page-1)*view.Size, len(risks))
	for _, r := range risks[from:min(from+view.Size, len(risks))] {
		row := riskRow{Risk: r, wait: h.waits(c, []forum.Owed{r.Owed})[0], Unit: h.department(c, lang, r.Unit)}
		for _, cause := range r.Causes {
			row.Why = append(row.Why, h.why(lang, r, cause))
		}
		view.Rows = append(view.Rows, row)
	}
	figures, err := h.Store.ClockFigures(c, reader.Official, figuresMonths)
	if err != nil {
		return err
	}
	for _, f := range figures {
		view.Figures = append(view.Figures, figuresRow{f, h.department(c, lang, f.Department), h.actionText(lang, f.Kind)})
	}
	return h.site.Render(c, http.StatusOK, "radar", view)
}

// radarFilters offers what the risks hold: their departments, people and causes.
func (h *Handlers) radarFilters(c *gin.Context, view *radarView, risks []forum.Risk) {
	lang := page.Lang(c)
	all := page.Choice{Text: h.site.Text(lang, "office.list.all")}
	view.Units, view.People, view.Causes = []page.Choice{all}, []page.Choice{all}, []page.Choice{all}
	offer := func(to *[]page.Choice, value, text, name string) {
		if value != "" && !slices.ContainsFunc(*to, func(one page.Choice) bool { return one.Value == value }) {
			*to = append(*to, page.Choice{Value: value, Text: text, Chosen: c.Query(name) == value})
		}
	}
	for _, r := range risks {
		offer(&view.Units, r.Unit, h.department(c, lang, r.Unit), "department")
		offer(&view.People, string(r.Official), h.person(c, lang, r.Official, r.Name), "person")
	}
	for _, cause := range forum.Causes {
		offer(&view.Causes, string(cause), h.site.Text(lang, "office.cause."+string(cause)), "cause")
	}
	for _, sort := range []string{"", "due"} {
		view.Sorts = append(view.Sorts, page.Choice{Value: sort, Text: h.site.Text(lang, "office.radar.sort."+map[string]string{"": "worst", "due": "due"}[sort]), Chosen: c.Query("sort") == sort})
	}
}

// why puts a cause into words, with its figures.
func (h *Handlers) why(lang string, r forum.Risk, cause forum.Cause) string {
	key := "office.why." + string(cause)
	switch cause {
	case forum.CauseAbsent:
		if !r.BackAt.IsZero() {
			return h.site.Text(lang, "office.why.absent_until", "until", page.DateTime(lang, r.BackAt))
		}
	case forum.CauseLine:
		return h.site.Text(lang, key, "count", r.Signers, "until", page.DateTime(lang, r.Until), "deadline", page.DateTime(lang, r.Deadline))
	case forum.CauseDeadline:
		return h.site.Text(lang, key, "deadline", page.DateTime(lang, r.Deadline))
	case forum.CausePaused:
		return h.site.Text(lang, key, "since", page.DateTime(lang, r.PausedAt))
	case forum.CauseOverdue:
		return h.site.Text(lang, key, "days", r.Late)
	}
	return h.site.Text(lang, key)
}
