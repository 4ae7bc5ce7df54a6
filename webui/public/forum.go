package public

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Forums is what the lists and the topic page read.
type Forums interface {
	PublicForums(context.Context, forum.ForumFilter) ([]forum.Forum, int, error)
	PublicForum(context.Context, forum.ID) (forum.Forum, error)
	Departments(context.Context) ([]forum.Department, error)
}

// publicStatuses are the statuses that a citizen may filter by, in the order of the journey.
var publicStatuses = []forum.ForumStatus{forum.Open, forum.Scheduled, forum.Suspended, forum.Closed, forum.Analysing, forum.Awarding,
	forum.Responding, forum.Published, forum.Following, forum.Archived, forum.Withdrawn}

// topicDocument is a forum as the API shows it.
type topicDocument struct {
	ID             forum.ID             `json:"id"`
	Number         string               `json:"number"`
	Status         forum.ForumStatus    `json:"status"`
	TakesOpinions  bool                 `json:"takes_opinions"` // false from the instant of the close, a moment before the status follows
	Track          forum.Track          `json:"track"`
	Lang           string               `json:"lang"`
	Title          string               `json:"title"`
	TitleEn        string               `json:"title_en,omitempty"`
	Summary        string               `json:"summary"`
	SummaryEn      string               `json:"summary_en,omitempty"`
	Identity       forum.IdentityPolicy `json:"identity"`
	Moderation     forum.Moderation     `json:"moderation"`
	Department     string               `json:"department,omitempty"`
	DepartmentName string               `json:"department_name,omitempty"`
	OpensAt        time.Time            `json:"opens_at,omitzero"`
	ClosesAt       time.Time            `json:"closes_at,omitzero"`
	Days           int                  `json:"days,omitempty"` // of the open period so far: what a rate per day is divided by
	Reason         string               `json:"reason,omitempty"`
	Imported       bool                 `json:"imported,omitempty"`
	Counts         forum.Counts         `json:"counts"`
}

func (h *Handlers) topicDocument(c *gin.Context, f forum.Forum) topicDocument {
	return topicDocument{
		ID: f.ID, Number: f.Number, Status: f.Status, TakesOpinions: shownStatus(f, time.Now()).TakesOpinions(), Track: f.Track, Lang: f.Lang,
		Title: f.Title, TitleEn: f.TitleEn, Summary: f.Summary, SummaryEn: f.SummaryEn, Identity: f.Identity, Moderation: f.Moderation,
		Department: f.Department, DepartmentName: h.department(c.Request.Context(), f.Department, page.Lang(c)),
		OpensAt: f.OpensAt, ClosesAt: f.ClosesAt, Days: openDays(f, time.Now()), Reason: f.Reason, Imported: f.Imported, Counts: f.Counts,
	}
}

// openDays is how many civil days of the city the forum has been open, the first and the last counted: 7 February to 15
// March 2003 are 37. It is 0 before the opening.
func openDays(f forum.Forum, now time.Time) int {
	if f.OpensAt.IsZero() || now.Before(f.OpensAt) {
		return 0
	}
	until := now
	if !f.ClosesAt.IsZero() && f.ClosesAt.Before(now) {
		until = f.ClosesAt.Add(-time.Nanosecond) // a close at midnight is the end of the day before
	}
	return daysBetween(f.OpensAt, until) + 1
}

// daysBetween is how many midnights of the city lie between two instants.
func daysBetween(from, to time.Time) int {
	return int(dayOf(to).Sub(dayOf(from)).Hours()/24 + 0.5)
}

// dayOf is the civil day of an instant in the city, as midnight in UTC, where every day has 24 hours.
func dayOf(at time.Time) time.Time {
	year, month, day := at.In(page.Seoul).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// titleOf and summaryOf are a forum's words in the reader's language, where it has them.
func titleOf(f forum.Forum, lang string) string {
	if lang != "ko" && f.TitleEn != "" {
		return f.TitleEn
	}
	return f.Title
}

func summaryOf(f forum.Forum, lang string) string {
	if lang != "ko" && f.SummaryEn != "" {
		return f.SummaryEn
	}
	return f.Summary
}

// langOf is the language of titleOf and summaryOf's words, for the lang attribute.
func langOf(f forum.Forum, lang string) string {
	if lang != "ko" && f.TitleEn != "" {
		return "en"
	}
	return f.Lang
}

func forumFilter(c *gin.Context, w window) (forum.ForumFilter, error) {
	filter := forum.ForumFilter{Public: true, Page: w.Page, Size: w.Size}
	var err error
	if filter.Status, err = oneOf(c, "status", publicStatuses...); err != nil {
		return filter, err
	}
	if filter.Track, err = oneOf(c, "track", forum.General, forum.Youth); err != nil {
		return filter, err
	}
	filter.Query, err = search(c)
	return filter, err
}

// APIForums is GET /api/v1/forums.
func (h *Handlers) APIForums(c *gin.Context) error {
	w, err := apiWindow(c)
	if err != nil {
		return err
	}
	filter, err := forumFilter(c, w)
	if err != nil {
		return err
	}
	forums, total, err := h.Store.PublicForums(c.Request.Context(), filter)
	if err != nil {
		return err
	}
	documents := make([]topicDocument, len(forums))
	for i, f := range forums {
		documents[i] = h.topicDocument(c, f)
	}
	return answerList(c, documents, w, total)
}

// APIForum is GET /api/v1/forums/{id}: the topic, what is posted with it, and the city's answer once it is out.
func (h *Handlers) APIForum(c *gin.Context) error {
	f, err := h.forumOf(c)
	if err != nil {
		return err
	}
	dossier, err := h.Store.PublicDossier(c.Request.Context(), f.ID)
	if err != nil {
		return err
	}
	document := struct {
		topicDocument
		Dossier  dossierDocument   `json:"dossier"`
		Response *responseDocument `json:"response,omitempty"`
	}{topicDocument: h.topicDocument(c, f), Dossier: h.dossierDocument(c, dossier)}
	if f.Status.HasResults() {
		results, err := h.Store.Results(c.Request.Context(), f.ID)
		if err != nil {
			return err
		}
		document.Response = newResponseDocument(results.Response)
	}
	c.JSON(http.StatusOK, document)
	return nil
}

// forumOf is the forum that the address names; NotFound unless citizens may see it.
func (h *Handlers) forumOf(c *gin.Context) (forum.Forum, error) {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return forum.Forum{}, err
	}
	return h.Store.PublicForum(c.Request.Context(), id)
}

// answeredShown is how many answered forums the first page shows.
const answeredShown = 3

// Home is the first page: what this is, what is open, what comes, what young people discuss, what people suggest.
func (h *Handlers) Home(c *gin.Context) error {
	list := func(f forum.ForumFilter) ([]topicView, error) {
		f.Public, f.Page = true, 1
		forums, _, err := h.Store.PublicForums(c.Request.Context(), f)
		return h.topicViews(c, forums), err
	}
	var view struct {
		Open, Coming, Answered, Youth []topicView
		Suggestions                   []forum.Suggestion
	}
	var err error
	if view.Open, err = list(forum.ForumFilter{Status: forum.Open, Size: 6}); err != nil {
		return err
	}
	if view.Coming, err = list(forum.ForumFilter{Status: forum.Scheduled, Size: 6}); err != nil {
		return err
	}
	if view.Youth, err = list(forum.ForumFilter{Track: forum.Youth, Size: 3}); err != nil {
		return err
	}
	for _, status := range []forum.ForumStatus{forum.Published, forum.Following, forum.Archived} {
		some, err := list(forum.ForumFilter{Status: status, Size: answeredShown})
		if err != nil {
			return err
		}
		view.Answered = append(view.Answered, some...)
	}
	view.Answered = view.Answered[:min(len(view.Answered), answeredShown)]
	if view.Suggestions, _, err = h.Store.Suggestions(c.Request.Context(), forum.SuggestionFilter{Status: forum.SuggestionAccepted, Page: 1, Size: 5}); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "home", view)
}

// ForumList is the list with its filters.
func (h *Handlers) ForumList(c *gin.Context) error {
	w := pageWindow(c)
	filter, err := forumFilter(c, w)
	if err != nil {
		return err
	}
	forums, total, err := h.Store.PublicForums(c.Request.Context(), filter)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "forums", struct {
		Filter         forum.ForumFilter
		Forums         []topicView
		Total          int
		Page, Pages    int
		Status, Tracks []page.Choice
	}{filter, h.topicViews(c, forums), total, w.Page, w.Pages(total),
		choices(h, c, "public.any_status", "status.forum.", publicStatuses...), choices(h, c, "public.any_track", "public.track.", forum.General, forum.Youth)})
}
