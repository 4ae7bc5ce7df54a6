package office

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Suspects are the marks on a forum's votes, and what people decide about them.
type Suspects interface {
	Suspects(ctx context.Context, forumID forum.ID) (forum.Suspects, error)
	PreviewExclusion(ctx context.Context, forumID, crowd forum.ID) (forum.Crowd, forum.Exclusion, error)
	AskExclusion(ctx context.Context, by forum.Official, from string, n forum.NewExclusion) (forum.ID, error)
	Exclusion(ctx context.Context, id forum.ID) (forum.Exclusion, error)
	DecideExclusion(ctx context.Context, by forum.Official, from string, id forum.ID, action forum.Action, reason string) error
}

// crowdRow is a crowd in a list; Ask leads to whoever may ask that its votes be excluded.
type crowdRow struct {
	forum.Crowd
	N   int
	Ask string
}

type suspectsView struct {
	head
	All      forum.Suspects
	Crowds   []crowdRow
	Marked   int // voters
	Votes    page.Figures
	BySignal page.Figures
	MayRead  bool // the opinions' own page
}

// Suspects shows which votes came as if one hand steered them: over time, in groups, and what was decided.
func (h *Handlers) Suspects(c *gin.Context) error {
	t, err := h.topic(c, forum.ReadSuspects)
	if err != nil {
		return err
	}
	view := suspectsView{head: h.head(c, t, "suspects"), MayRead: t.may(officialOf(c), forum.ModerateOpinion) == nil}
	if view.All, err = h.Store.Suspects(c, t.ID); err != nil {
		return err
	}
	mayAsk := t.Status.TakesExclusions() && officialOf(c).Official.May(forum.AskExclusion, "") == nil
	for i, crowd := range view.All.Crowds {
		row := crowdRow{Crowd: crowd, N: i + 1}
		if mayAsk && crowd.Excluded < crowd.Votes {
			row.Ask = page.To(c, "forums", t.ID, "suspects", crowd.ID)
		}
		view.Crowds = append(view.Crowds, row)
		view.Marked += crowd.Voters
	}
	view.Votes, view.BySignal = trendFigures(h.sheet(c, nil, nil), view.All.Hours)
	return h.site.Render(c, http.StatusOK, "suspects", view)
}

// signals are those that a trend tells apart, in the order in which pages list them; a chart has room for the four most frequent.
var signals = []string{"network", "domain", "burst", "vector", "age", "copies"}

const mostLines = 4

// trendFigures are the votes by time: all against the marked ones, and the marked ones by signal.
func trendFigures(s sheet, h forum.SuspectHours) (votes, by page.Figures) {
	votes = page.Figures{ID: "votes-by-hour", Title: s.text("office.suspects.trend"), LabelsName: s.text("office.suspects.hour")}
	by = page.Figures{ID: "marked-by-signal", Title: s.text("office.suspects.by_signal"), LabelsName: votes.LabelsName}
	for _, at := range h.At {
		votes.Labels = append(votes.Labels, at.In(page.Seoul).Format("1.2. 15:00"))
	}
	by.Labels = votes.Labels
	votes.Series = []page.Series{{Name: s.text("office.suspects.all"), Values: floats(h.All)}, {Name: s.text("office.suspects.marked"), Values: floats(h.Marked)}}
	seen := slices.Clone(signals)
	slices.SortStableFunc(seen, func(a, b string) int { return sum(h.BySignal[b]) - sum(h.BySignal[a]) })
	for _, name := range seen[:mostLines] {
		if sum(h.BySignal[name]) > 0 {
			by.Series = append(by.Series, page.Series{Name: s.text("signal." + name), Values: floats(h.BySignal[name])})
		}
	}
	return votes, by
}

func floats(whole []int) []float64 {
	all := make([]float64, len(whole))
	for i, n := range whole {
		all[i] = float64(n)
	}
	return all
}

func sum(all []int) int {
	total := 0
	for _, n := range all {
		total += n
	}
	return total
}

type previewView struct {
	head
	Crowd     forum.Crowd
	Exclusion forum.Exclusion
	Rows      []changeRow
	Form      form
}

// changeRow is how one opinion's counts change.
type changeRow struct {
	forum.TallyChange
	ForThen, AgainstThen int
}

func changeRows(changes []forum.TallyChange) []changeRow {
	var rows []changeRow
	for _, c := range changes {
		rows = append(rows, changeRow{c, c.For - c.WithoutFor, c.Against - c.WithoutAgainst})
	}
	return rows
}

// AskExclusion shows what excluding a crowd's votes would change, and asks why it should be done.
func (h *Handlers) AskExclusion(c *gin.Context) error {
	view, err := h.previewView(c, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "exclusion_ask", view)
}

func (h *Handlers) previewView(c *gin.Context, s sheet) (previewView, error) {
	t, err := h.topic(c, forum.AskExclusion)
	if err != nil {
		return previewView{}, err
	}
	crowd, err := forum.ParseID(c.Param("crowd"))
	if err != nil {
		return previewView{}, err
	}
	view := previewView{head: h.head(c, t, "suspects")}
	if view.Crowd, view.Exclusion, err = h.Store.PreviewExclusion(c, t.ID, crowd); err != nil {
		return view, err
	}
	view.Rows = changeRows(view.Exclusion.Changes)
	view.Form = exclusionForm(s, forum.AskExclusion, page.To(c, "forums", t.ID, "suspects", crowd))
	view.Form.Fixed = []held{{"digest", view.Exclusion.Digest}}
	return view, nil
}

// exclusionForm asks why, for one step of an exclusion.
func exclusionForm(s sheet, action forum.Action, url string) form {
	name := "office.action." + string(action)
	f := form{ID: string(action), Title: s.text(name), Hint: s.text(name + ".hint"), URL: url, Button: s.text(name), Tone: "primary", Fields: []*field{
		s.field(page.Field{Name: "reason", Kind: "area", Required: true, Max: forum.ReasonMax, Rows: 3}, "office.field.reason")}}
	if action == forum.ConfirmExclusion || action == forum.ConfirmUndo {
		f.Tone = "danger"
	}
	return f
}

// SendExclusion asks that a crowd's votes be excluded, exactly those that were shown. Where the crowd has changed meanwhile, the
// page shows it as it is now, with the words that were typed.
func (h *Handlers) SendExclusion(c *gin.Context) error {
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	view, viewErr := h.previewView(c, h.sheet(c, values, err))
	if viewErr != nil {
		return viewErr
	}
	var id forum.ID
	if err == nil {
		id, err = h.Store.AskExclusion(c, officialOf(c).Official, c.ClientIP(), forum.NewExclusion{Forum: view.Forum.ID, Crowd: view.Crowd.ID,
			Digest: values.Get("digest"), Reason: values.Get("reason")})
	}
	if err != nil {
		if view, viewErr = h.previewView(c, h.sheet(c, values, err)); viewErr != nil {
			return viewErr
		}
		return h.site.Refused(c, "exclusion_ask", view, err)
	}
	return h.exclusionDone(c, id, forum.AskExclusion)
}

func (h *Handlers) exclusionDone(c *gin.Context, id forum.ID, action forum.Action) error {
	h.site.Flash(c, "notice.office.decided", "what", h.site.Text(page.Lang(c), "office.action."+string(action)))
	return h.site.Redirect(c, page.To(c, "exclusions", id))
}

type exclusionStepRow struct {
	forum.ExclusionStep
	Who string
}

type exclusionView struct {
	head
	Exclusion forum.Exclusion
	Rows      []changeRow
	Steps     []exclusionStepRow
	Forms     []form
	Second    bool // the reader asked, so another person must confirm
	Now       time.Time
}

// Exclusion shows one: which counts it changes, who asked and answered and why, and what the reader may do with it.
func (h *Handlers) Exclusion(c *gin.Context) error {
	view, err := h.exclusionView(c, "", h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "exclusion", view)
}

func (h *Handlers) exclusionView(c *gin.Context, asked forum.Action, s sheet) (exclusionView, error) {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return exclusionView{}, err
	}
	e, err := h.Store.Exclusion(c, id)
	if err != nil {
		return exclusionView{}, err
	}
	t, err := h.topicOf(c, e.Forum, forum.ReadSuspects)
	if err != nil {
		return exclusionView{}, err
	}
	lang, me := page.Lang(c), officialOf(c).Official
	view := exclusionView{head: h.head(c, t, "suspects"), Exclusion: e, Rows: changeRows(e.Changes), Now: h.Now()}
	for _, one := range e.Steps {
		view.Steps = append(view.Steps, exclusionStepRow{one, h.named(c, lang, one.By)})
	}
	for _, d := range forum.ExclusionDecisions {
		if d.From != e.Status || me.May(d.Action, "") != nil || !t.Status.TakesExclusions() && d.Action != forum.DeclineExclusion && d.Action != forum.DeclineUndo {
			continue
		}
		if d.Second && e.AskedBy == me.ID {
			view.Second = true
			continue
		}
		sheet := h.sheet(c, nil, nil)
		if d.Action == asked {
			sheet = s
		}
		sheet.prefix = string(d.Action) + "-"
		view.Forms = append(view.Forms, exclusionForm(sheet, d.Action, page.To(c, "exclusions", id, "decisions", string(d.Action))))
	}
	return view, nil
}

// DecideExclusion takes one step of an exclusion.
func (h *Handlers) DecideExclusion(action forum.Action) page.Handler {
	return func(c *gin.Context) error {
		values, err := page.Form(c)
		if values == nil {
			return err
		}
		id, unknown := forum.ParseID(c.Param("id"))
		if unknown != nil {
			return unknown
		}
		if err == nil {
			err = h.Store.DecideExclusion(c, officialOf(c).Official, c.ClientIP(), id, action, values.Get("reason"))
		}
		if err == nil {
			return h.exclusionDone(c, id, action)
		}
		view, viewErr := h.exclusionView(c, action, h.sheet(c, values, err))
		if viewErr != nil {
			return viewErr
		}
		return h.site.Refused(c, "exclusion", view, err)
	}
}
