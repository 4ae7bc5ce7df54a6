package office

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/forum/analysis"
	"acropolis/webui/page"
)

// Analyses are what is known of a forum's opinions after the close.
type Analyses interface {
	Analysis(ctx context.Context, forumID forum.ID) (forum.Analysis, error)
	SaveSummary(ctx context.Context, by forum.Official, from string, forumID forum.ID, text string) error
}

// summaryMax bounds the analyst's own words, in characters.
const summaryMax = 20000

type analysisView struct {
	head
	Analysis forum.Analysis
	None     bool         // the board hasn't closed yet
	PerDay   page.Figures // opinions and votes
	Views    page.Figures // hits, which are of another size
	ByLang   page.Figures // the hits once more, as shares of their whole; without series where it isn't known
	ByPlace  page.Figures
	Days     int
	HitsADay float64
	Agreed   float64 // share of the votes that were for
	Best     []rankedRow
	MayEdit  bool
	Summary  *field
	Submit   *form
	Approval *approvalLine
}

type rankedRow struct {
	forum.RankedOpinion
	Short string
}

// shownBest is how many of the best opinions the page lists; the workbook has them all.
const shownBest = 50

// Analysis shows the frozen figures with their denominators, and takes the analyst's summary.
func (h *Handlers) Analysis(c *gin.Context) error {
	t, err := h.topic(c, forum.ReadAnalysis)
	if err != nil {
		return err
	}
	view, err := h.analysisView(c, t, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "analysis", view)
}

func (h *Handlers) analysisView(c *gin.Context, t topic, s sheet) (analysisView, error) {
	view := analysisView{head: h.head(c, t, "analysis")}
	a, err := h.Store.Analysis(c, t.ID)
	if forum.CodeOf(err) == forum.NotFound {
		view.None = true
		return view, nil
	}
	if err != nil {
		return view, err
	}
	view.Analysis = a
	view.PerDay, view.Views = dayFigures(s, a.Figures)
	view.ByLang, view.ByPlace = languageFigures(s, a.Figures), placeFigures(s, a.Figures)
	if view.Days = len(a.Figures.Days); view.Days > 0 {
		view.HitsADay = analysis.Rate{Numerator: a.Figures.Hits, Denominator: view.Days}.Shown()
	}
	if votes := a.Figures.VotesFor + a.Figures.VotesAgainst; votes > 0 {
		view.Agreed = float64(a.Figures.VotesFor) / float64(votes)
	}
	for _, one := range a.Best[:min(len(a.Best), shownBest)] {
		view.Best = append(view.Best, rankedRow{one, excerpt(one.Title+" "+one.Text, 120)})
	}
	reader := officialOf(c)
	if t.Status == forum.Analysing && t.may(reader, forum.SubmitAnalysis) == nil {
		view.MayEdit = true
		view.Summary = s.field(page.Field{Name: "summary", Kind: "area", Rows: 10, Max: summaryMax, Value: a.Summary, Hint: "office.field.markdown"}, "office.field.summary")
		if s.values == nil && slices.Contains(forum.ForumDecisions[forum.SubmitAnalysis], t.Status) {
			q, err := h.forumQuestion(c, t, forum.SubmitAnalysis)
			if err != nil {
				return view, err
			}
			submit := h.sheet(c, nil, nil)
			submit.prefix = "submit-"
			f := h.form(c, q, submit, newKey())
			view.Submit = &f
		}
	}
	document, err := h.Store.ApprovalOf(c, forum.TheAnalysis, t.ID)
	if err == nil {
		line := h.approvalLine(c, document)
		view.Approval = &line
	} else if forum.CodeOf(err) != forum.NotFound {
		return view, err
	}
	return view, nil
}

// dayFigures are opinions and votes per day, and hits per day.
func dayFigures(s sheet, f forum.Figures) (part, views page.Figures) {
	part = page.Figures{ID: "per-day", Title: s.text("office.chart.per_day"), LabelsName: s.text("office.chart.day")}
	views = page.Figures{ID: "hits-per-day", Title: s.text("office.chart.hits_per_day"), LabelsName: s.text("office.chart.day")}
	opinions := page.Series{Name: s.text("office.chart.opinions")}
	votes := page.Series{Name: s.text("office.chart.votes")}
	hits := page.Series{Name: s.text("office.chart.hits")}
	for _, day := range f.Days {
		part.Labels = append(part.Labels, day.Date)
		opinions.Values = append(opinions.Values, float64(day.Opinions))
		votes.Values = append(votes.Values, float64(day.VotesFor+day.VotesAgainst))
		hits.Values = append(hits.Values, float64(day.Hits))
	}
	views.Labels = part.Labels
	part.Series, views.Series = []page.Series{opinions, votes}, []page.Series{hits}
	return part, views
}

// languageFigures are the hits by the language of the page.
func languageFigures(s sheet, f forum.Figures) page.Figures {
	chart := page.Figures{ID: "hits-by-language", Title: s.text("office.chart.hits_by_language"), LabelsName: s.text("office.chart.figure"), Labels: []string{s.text("office.chart.hits")}}
	for _, one := range f.HitsByLanguage() {
		chart.Series = append(chart.Series, page.Series{Name: s.text("office.lang." + one.Lang), Values: []float64{float64(one.Hits)}})
	}
	return chart
}

// placeFigures are opinions per district.
func placeFigures(s sheet, f forum.Figures) page.Figures {
	chart := page.Figures{ID: "by-district", Title: s.text("office.chart.by_district"), LabelsName: s.text("office.chart.district")}
	opinions := page.Series{Name: s.text("office.chart.opinions")}
	for _, place := range f.Districts {
		name := place.Name
		if name == "" {
			name = s.text("office.chart.no_district")
		}
		chart.Labels = append(chart.Labels, name)
		opinions.Values = append(opinions.Values, float64(place.Opinions))
	}
	chart.Series = []page.Series{opinions}
	return chart
}

// SaveSummary keeps the analyst's own words.
func (h *Handlers) SaveSummary(c *gin.Context) error {
	t, err := h.topic(c, forum.SubmitAnalysis)
	if err != nil {
		return err
	}
	values, err := page.Form(c, editorLimit)
	if values == nil {
		return err
	}
	if err == nil && len([]rune(values.Get("summary"))) > summaryMax {
		err = forum.Refuse(forum.Invalid, "text.too_long").At("summary").With("most", strconv.Itoa(summaryMax))
	}
	document := h.underReview(c, forum.TheAnalysis, t.ID)
	if err == nil {
		err = h.Store.SaveSummary(c, officialOf(c).Official, c.ClientIP(), t.ID, values.Get("summary"))
	}
	if err != nil {
		view, viewErr := h.analysisView(c, t, h.sheet(c, values, err))
		if viewErr != nil {
			return viewErr
		}
		return h.site.Refused(c, "analysis", view, err)
	}
	h.wakeVoided(c, t.ID, document)
	h.site.Flash(c, "notice.office.saved")
	return h.site.Redirect(c, page.To(c, "forums", t.ID, "analysis"))
}
