package office

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// listSizes are how many rows a list may show.
var listSizes = []int{20, 50, 100}

// listing is which part of a list is shown.
type listing struct {
	Page, Size, Total int
}

func listingOf(c *gin.Context) listing {
	l := listing{Page: 1, Size: listSizes[0]}
	if n, err := strconv.Atoi(c.Query("page")); err == nil && n > 0 && n < 1_000_000 {
		l.Page = n
	}
	if n, err := strconv.Atoi(c.Query("size")); err == nil && slices.Contains(listSizes, n) {
		l.Size = n
	}
	return l
}

// Pages is how many pages the list has.
func (l listing) Pages() int { return (l.Total + l.Size - 1) / l.Size }

// Sizes are the choices of rows a page.
func (l listing) Sizes() []page.Choice {
	var choices []page.Choice
	for _, n := range listSizes {
		choices = append(choices, page.Choice{Value: strconv.Itoa(n), Text: strconv.Itoa(n), Chosen: n == l.Size})
	}
	return choices
}

// statusChoices are the options of a filter by status, with "all" first.
func (h *Handlers) statusChoices(c *gin.Context, noun string, all []string, chosen string) []page.Choice {
	lang := page.Lang(c)
	choices := []page.Choice{{Text: h.site.Text(lang, "office.list.all")}}
	for _, status := range all {
		choices = append(choices, page.Choice{Value: status, Text: h.site.Text(lang, "status."+noun+"."+status), Chosen: status == chosen})
	}
	return choices
}

// texts are the values of a kind of text.
func texts[S ~string](values []S) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}

// forumStatuses are every status of a forum, in the order of its life.
var forumStatuses = slices.Concat(
	[]forum.ForumStatus{forum.Selected, forum.Assigning, forum.Preparing, forum.Scheduled, forum.Open, forum.Suspended},
	[]forum.ForumStatus{forum.Closed, forum.Analysing, forum.Awarding, forum.Responding, forum.Published, forum.Following},
	[]forum.ForumStatus{forum.Archived, forum.Withdrawn})

// tracks are the two tracks as choices, with "all" first.
func (h *Handlers) tracks(c *gin.Context, all bool) []page.Choice {
	lang := page.Lang(c)
	var choices []page.Choice
	if all {
		choices = append(choices, page.Choice{Text: h.site.Text(lang, "office.list.all")})
	}
	for _, track := range []forum.Track{forum.General, forum.Youth} {
		choices = append(choices, page.Choice{Value: string(track), Text: h.site.Text(lang, "office.track."+string(track))})
	}
	return choices
}

type forumRow struct {
	forum.Forum
	Name, Unit string
}

type forumsView struct {
	base
	listing
	Filter   forum.ForumFilter
	Statuses []statusCount
	Tracks   []page.Choice
	Rows     []forumRow
	MayStart bool // an urgent topic
}

// statusCount is one status with how many topics have it.
type statusCount struct {
	Status  forum.ForumStatus
	Count   int
	Current bool
}

// Forums lists topics by status; who has no city-wide duty sees their own department's.
func (h *Handlers) Forums(c *gin.Context) error {
	official, lang := officialOf(c), page.Lang(c)
	view := forumsView{listing: listingOf(c), Tracks: h.tracks(c, true), MayStart: official.May(forum.StartUrgent, "") == nil}
	f := forum.ForumFilter{Track: forum.Track(c.Query("track")), Query: query(c)}
	if !official.SeesWholeCity(forum.ReadForums) {
		f.Department = official.Department
	}
	if status := forum.ForumStatus(c.Query("status")); slices.Contains(forumStatuses, status) {
		f.Status = status
	}
	if f.Track != forum.General && f.Track != forum.Youth {
		f.Track = ""
	}
	for _, status := range forumStatuses {
		of := f
		of.Status, of.Page, of.Size = status, 1, 1
		_, n, err := h.Store.Forums(c, of)
		if err != nil {
			return err
		}
		view.Statuses = append(view.Statuses, statusCount{status, n, status == f.Status})
	}
	f.Page, f.Size = view.Page, view.Size
	forums, total, err := h.Store.Forums(c, f)
	if err != nil {
		return err
	}
	view.Filter, view.Total = f, total
	for _, one := range forums {
		view.Rows = append(view.Rows, forumRow{one, forumTitle(lang, one), h.department(c, lang, one.Department)})
	}
	for i := range view.Tracks {
		view.Tracks[i].Chosen = view.Tracks[i].Value == string(f.Track)
	}
	return h.site.Render(c, http.StatusOK, "forums", view)
}

// query is what the reader searches for; what can't be a text finds everything.
func query(c *gin.Context) string {
	text, err := page.Text(c.Query("q"))
	if err != nil {
		return ""
	}
	runes := []rune(text)
	return string(runes[:min(len(runes), 100)])
}
