package office

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Suggestions are what citizens, experts and officials put forward.
type Suggestions interface {
	Suggestions(ctx context.Context, f forum.SuggestionFilter) ([]forum.Suggestion, int, error)
	Suggestion(ctx context.Context, id forum.ID, staff bool) (forum.Suggestion, error)
	SimilarSuggestions(ctx context.Context, text string, n int) ([]forum.Suggestion, error)
	Screen(ctx context.Context, by forum.Official, from string, s forum.Screening) error
	Suggest(ctx context.Context, s forum.NewSuggestion) (forum.Accepted, error)
}

// suggestionStatuses are every status of a suggestion, in the order of its life.
var suggestionStatuses = []forum.SuggestionStatus{forum.SuggestionSubmitted, forum.SuggestionAccepted, forum.SuggestionShortlisted,
	forum.SuggestionSelected, forum.SuggestionNotSelected, forum.SuggestionMerged, forum.SuggestionTransferred, forum.SuggestionRejected, forum.SuggestionWithdrawn}

// answers are what a moderator may answer to a submitted suggestion.
var answers = []forum.SuggestionStatus{forum.SuggestionAccepted, forum.SuggestionMerged, forum.SuggestionTransferred, forum.SuggestionRejected}

type suggestionRow struct {
	forum.Suggestion
	Clock forum.Clock // of the screening; empty once it is answered
}

type suggestionsView struct {
	base
	listing
	Filter   forum.SuggestionFilter
	Statuses []page.Choice
	Tracks   []page.Choice
	Rows     []suggestionRow
	MayEnter bool

	MayInvite bool
}

// Suggestions is the screening queue: what isn't answered yet, unless the reader asks for something else.
func (h *Handlers) Suggestions(c *gin.Context) error {
	view := suggestionsView{listing: listingOf(c), Tracks: h.tracks(c, true), MayEnter: officialOf(c).May(forum.EnterSuggestion, "") == nil,
		MayInvite: officialOf(c).May(forum.ReadInvitations, "") == nil}
	f := forum.SuggestionFilter{Query: query(c), Track: forum.Track(c.Query("track")), Staff: true, Page: view.Page, Size: view.Size}
	if status := c.DefaultQuery("status", string(forum.SuggestionSubmitted)); isOne(status, suggestionStatuses) {
		f.Status = forum.SuggestionStatus(status)
	}
	if f.Track != forum.General && f.Track != forum.Youth {
		f.Track = ""
	}
	found, total, err := h.Store.Suggestions(c, f)
	if err != nil {
		return err
	}
	view.Filter, view.Total = f, total
	view.Statuses = h.statusChoices(c, "suggestion", texts(suggestionStatuses), string(f.Status))
	for i := range view.Tracks {
		view.Tracks[i].Chosen = view.Tracks[i].Value == string(f.Track)
	}
	for _, one := range found {
		view.Rows = append(view.Rows, h.suggestionRow(one))
	}
	return h.site.Render(c, http.StatusOK, "suggestions", view)
}

func (h *Handlers) suggestionRow(s forum.Suggestion) suggestionRow {
	row := suggestionRow{Suggestion: s}
	if s.Status == forum.SuggestionSubmitted && !s.Due.IsZero() {
		row.Clock = forum.ClockAt(s.Due, h.Now())
	}
	return row
}

type suggestionView struct {
	base
	suggestionRow
	Similar  []forum.Suggestion
	Merged   *forum.Suggestion
	Personal []forum.DataKind // what its text seems to hold of somebody's, while it waits to be screened
	Answer   *form
	Urgent   *form
	Document *approvalLine // that asks to start it outside of a round
	Picks    []page.Choice
}

// Suggestion shows one with what is like it, and the form to answer it.
func (h *Handlers) Suggestion(c *gin.Context) error {
	s, err := h.suggestionOf(c)
	if err != nil {
		return err
	}
	view, err := h.suggestionView(c, s, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "suggestion", view)
}

func (h *Handlers) suggestionOf(c *gin.Context) (forum.Suggestion, error) {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return forum.Suggestion{}, err
	}
	return h.Store.Suggestion(c, id, true)
}

func (h *Handlers) suggestionView(c *gin.Context, s forum.Suggestion, sh sheet) (suggestionView, error) {
	view := suggestionView{suggestionRow: h.suggestionRow(s)}
	if s.Status == forum.SuggestionSubmitted {
		view.Personal = forum.FindPersonalData(s.Title + "\n" + s.Text + "\n" + s.Pseudonym)
	}
	similar, err := h.Store.SimilarSuggestions(c, s.Title+" "+s.Text, 6)
	if err != nil {
		return view, err
	}
	view.Similar = slices.DeleteFunc(similar, func(one forum.Suggestion) bool { return one.ID == s.ID })
	if s.MergedInto != "" {
		merged, err := h.Store.Suggestion(c, s.MergedInto, true)
		if err != nil {
			return view, err
		}
		view.Merged = &merged
	}
	if s.Status == forum.SuggestionSubmitted && officialOf(c).May(forum.ScreenSuggestion, "") == nil {
		view.Answer = h.answerForm(c, sh, s, view.Similar)
	}
	document, err := h.Store.ApprovalOf(c, forum.TheUrgent, s.ID)
	if err == nil {
		line := h.approvalLine(c, document)
		view.Document = &line
	} else if forum.CodeOf(err) != forum.NotFound {
		return view, err
	}
	underWay := view.Document != nil && !forum.ApprovalSteps.IsFinal(view.Document.Status)
	if s.Status == forum.SuggestionAccepted && !underWay && officialOf(c).May(forum.StartUrgent, "") == nil {
		f, err := h.urgentForm(c, sh, s.ID, newKey())
		if err != nil {
			return view, err
		}
		f.Open = sh.values != nil
		view.Urgent = &f
	}
	return view, nil
}

func (h *Handlers) answerForm(c *gin.Context, s sheet, one forum.Suggestion, similar []forum.Suggestion) *form {
	var to []page.Choice
	for _, answer := range answers {
		to = append(to, page.Choice{Value: string(answer), Text: s.text("office.screening." + string(answer)), Hint: s.text("office.screening." + string(answer) + ".hint")})
	}
	into := []page.Choice{{Text: s.text("office.choose")}}
	for _, other := range similar {
		if other.Status.TakesSupport() {
			into = append(into, page.Choice{Value: string(other.ID), Text: other.Number + " " + excerpt(other.Title, 60)})
		}
	}
	f := form{ID: string(forum.ScreenSuggestion), Title: s.text("office.action.suggestion.screen"), URL: page.To(c, "suggestions", one.ID, "screening"),
		Button: s.text("office.action.suggestion.screen"), Tone: "primary", Key: newKey()}
	f.Fields = []*field{
		s.field(page.Field{Name: "to", Kind: "radios", Required: true, Choices: to}, "office.field.answer"),
		s.field(page.Field{Name: "merge_into", Kind: "select", Choices: into, Hint: "office.field.merge_into.hint"}, "office.field.merge_into"),
		s.field(page.Field{Name: "reason", Kind: "area", Rows: 4, Max: forum.ReasonMax, Hint: "office.field.screening_reason.hint"}, "office.field.screening_reason"),
	}
	return &f
}

// Screen answers a suggestion; the author is told.
func (h *Handlers) Screen(c *gin.Context) error {
	s, err := h.suggestionOf(c)
	if err != nil {
		return err
	}
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	answer := forum.Screening{Suggestion: s.ID, To: forum.SuggestionStatus(values.Get("to")), Reason: values.Get("reason")}
	if err == nil && answer.To == forum.SuggestionMerged && values.Get("merge_into") != "" {
		if answer.MergeInto, err = forum.ParseID(values.Get("merge_into")); err != nil {
			err = forum.Refuse(forum.Invalid, "choice.missing").At("merge_into")
		}
	}
	if err == nil {
		err = answer.Validate()
	}
	if err == nil {
		err = h.Store.Screen(c, officialOf(c).Official, c.ClientIP(), answer)
	}
	if err != nil {
		view, viewErr := h.suggestionView(c, s, h.sheet(c, values, err))
		if viewErr != nil {
			return viewErr
		}
		return h.site.Refused(c, "suggestion", view, err)
	}
	h.site.Flash(c, "notice.office.decided", "what", h.site.Text(page.Lang(c), "office.action.suggestion.screen"))
	return h.site.Redirect(c, page.To(c, "suggestions", s.ID))
}
