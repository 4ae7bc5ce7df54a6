package public

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Results is what there is to read once the answer is out.
type Results interface {
	Results(context.Context, forum.ID) (forum.Results, error)
}

// responseDocument is the city's answer as the API shows it.
type responseDocument struct {
	PublishedAt time.Time         `json:"published_at"`
	Document    string            `json:"document,omitempty"`
	SHA256      string            `json:"sha256,omitempty"`
	Paragraphs  []forum.Paragraph `json:"paragraphs"`
	Corrections []correction      `json:"corrections"`
}

// correction is what was put right, when and why; the newest comes first.
type correction struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

func newResponseDocument(r forum.Response) *responseDocument {
	document := &responseDocument{PublishedAt: r.PublishedAt, Document: r.Document, SHA256: r.SHA256, Paragraphs: r.Paragraphs, Corrections: []correction{}}
	for _, c := range r.Corrections {
		document.Corrections = append(document.Corrections, correction{At: c.At, Reason: c.Reason})
	}
	if document.Paragraphs == nil {
		document.Paragraphs = []forum.Paragraph{}
	}
	return document
}

// winnerDocument is a best opinion; its author is named only where they agreed to it.
type winnerDocument struct {
	Rank      int      `json:"rank"`
	Opinion   forum.ID `json:"opinion"`
	Number    string   `json:"number"`
	Title     string   `json:"title,omitempty"`
	Text      string   `json:"text"`
	Pseudonym string   `json:"pseudonym,omitempty"`
	// Channel and ReceivedOn tell how it came, where staff entered it.
	Channel    forum.Channel `json:"channel,omitempty"`
	ReceivedOn string        `json:"received_on,omitempty"`
}

func winners(awards []forum.Award) []winnerDocument {
	all := []winnerDocument{}
	for _, a := range awards {
		one := winnerDocument{Rank: a.Rank, Opinion: a.Opinion, Number: a.Number, Title: a.Title, Text: a.Text, Channel: a.Channel, ReceivedOn: a.ReceivedOn}
		if a.NameShown {
			one.Pseudonym = a.Pseudonym
		}
		all = append(all, one)
	}
	return all
}

// APIResults is GET /api/v1/forums/{id}/results.
func (h *Handlers) APIResults(c *gin.Context) error {
	r, err := h.resultsOf(c)
	if err != nil {
		return err
	}
	milestones := r.Milestones
	if milestones == nil {
		milestones = []forum.Milestone{}
	}
	if r.Excluded.Reasons == nil {
		r.Excluded.Reasons = []string{}
	}
	if r.Figures.Days == nil {
		r.Figures.Days = []forum.DayFigures{}
	}
	if r.Figures.Districts == nil {
		r.Figures.Districts = []forum.DistrictFigures{}
	}
	c.JSON(http.StatusOK, struct {
		Forum      topicDocument          `json:"forum"`
		Figures    forum.Figures          `json:"figures"`
		Response   *responseDocument      `json:"response"`
		Awards     []winnerDocument       `json:"awards"`
		Milestones []forum.Milestone      `json:"milestones"`
		Invited    []forum.ExpertsOpinion `json:"invited_opinions"`
		Excluded   forum.ExcludedVotes    `json:"excluded_votes"`
	}{h.topicDocument(c, r.Forum), r.Figures, newResponseDocument(r.Response), winners(r.Awards), milestones, invited(r.Invited), r.Excluded})
	return nil
}

// resultsOf are the results of the forum of the address; before they are out the refusal says so.
func (h *Handlers) resultsOf(c *gin.Context) (forum.Results, error) {
	f, err := h.forumOf(c)
	if err != nil {
		return forum.Results{}, err
	}
	if !f.Status.HasResults() {
		return forum.Results{}, forum.Refuse(forum.NotFound, "results.not_yet")
	}
	return h.Store.Results(c.Request.Context(), f.ID)
}

// answers are the paragraphs of one disposition.
type answers struct {
	Disposition forum.Disposition
	Paragraphs  []forum.Paragraph
}

func byDisposition(paragraphs []forum.Paragraph) []answers {
	var groups []answers
	for _, disposition := range forum.Dispositions {
		group := answers{Disposition: disposition}
		for _, p := range paragraphs {
			if p.Disposition == disposition {
				group.Paragraphs = append(group.Paragraphs, p)
			}
		}
		if len(group.Paragraphs) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

// ResultsPage is what came of it: the answer, the best opinions, what was promised and when it was done.
func (h *Handlers) ResultsPage(c *gin.Context) error {
	r, err := h.resultsOf(c)
	if err != nil {
		return err
	}
	lang := page.Lang(c)
	topic := h.topicView(c, r.Forum)
	return h.site.Render(c, http.StatusOK, "results", struct {
		Topic      topicView
		Steps      []page.Step
		Response   forum.Response
		Answers    []answers
		Winners    []winnerDocument
		Milestones []forum.Milestone
		Invited    []forum.ExpertsOpinion
		Figures    forum.Figures
		Excluded   forum.ExcludedVotes
		Days       *page.Figures
		Districts  *page.Figures
	}{topic, h.steps(lang, topic), r.Response, byDisposition(r.Response.Paragraphs), winners(r.Awards), r.Milestones, r.Invited, r.Figures, r.Excluded,
		h.dayFigures(lang, r.Figures), h.districtFigures(lang, r.Figures)})
}

// dayFigures are opinions per day as a chart shows them; nil when there is nothing to draw.
func (h *Handlers) dayFigures(lang string, f forum.Figures) *page.Figures {
	if len(f.Days) < 2 {
		return nil
	}
	figures := &page.Figures{ID: "days", Title: h.site.Text(lang, "public.chart_days"), LabelsName: h.site.Text(lang, "public.day"),
		Series: []page.Series{{Name: h.site.Text(lang, "public.opinions")}}}
	for _, day := range f.Days {
		figures.Labels = append(figures.Labels, shortDay(lang, day.Date))
		figures.Series[0].Values = append(figures.Series[0].Values, float64(day.Opinions))
	}
	return figures
}

// shortDay is 2. 7. for 2003-02-07, 7 Feb or 2月7日.
func shortDay(lang, date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return page.ShortDate(lang, day)
}

func (h *Handlers) districtFigures(lang string, f forum.Figures) *page.Figures {
	if len(f.Districts) < 2 {
		return nil
	}
	figures := &page.Figures{ID: "districts", Title: h.site.Text(lang, "public.chart_districts"), LabelsName: h.site.Text(lang, "public.district"),
		Series: []page.Series{{Name: h.site.Text(lang, "public.opinions")}}}
	for _, d := range f.Districts {
		name := h.districtName(d.Name, lang)
		if d.Name == "" {
			name = h.site.Text(lang, "public.district_none")
		}
		figures.Labels = append(figures.Labels, name)
		figures.Series[0].Values = append(figures.Series[0].Values, float64(d.Opinions))
	}
	return figures
}
