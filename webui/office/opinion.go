package office

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Opinions are what citizens posted, whatever their status.
type Opinions interface {
	ModerationQueue(ctx context.Context, page int) ([]forum.Opinion, int, error)
	StaffBoard(ctx context.Context, f forum.BoardFilter) ([]forum.Opinion, int, error)
	ModerateOpinion(ctx context.Context, by forum.Official, from string, opinion forum.ID, to forum.OpinionStatus, reason string) error
}

// opinionStatuses are every status of an opinion, in the order of its life.
var opinionStatuses = []forum.OpinionStatus{forum.OpinionHeld, forum.OpinionPublished, forum.OpinionHidden, forum.OpinionWithdrawn}

// moderations are the statuses that a moderator may give.
var moderations = []forum.OpinionStatus{forum.OpinionPublished, forum.OpinionHidden}

type opinionsView struct {
	head
	listing
	Queue    bool // all forums' held ones, rather than one forum's board
	Filter   forum.BoardFilter
	Statuses []page.Choice
	Sorts    []page.Choice
	Rows     []forum.Opinion
	Form     form
	Here     string
}

// queuePage is how many rows the moderation queue gives at once.
const queuePage = 20

// Queue lists the held opinions of every forum, the oldest first.
func (h *Handlers) Queue(c *gin.Context) error {
	view := opinionsView{Queue: true, listing: listingOf(c)}
	view.Size = queuePage
	found, total, err := h.Store.ModerationQueue(c, view.Page)
	if err != nil {
		return err
	}
	view.Total = total
	return h.showOpinions(c, view, found)
}

// Board is one forum's opinions for its moderators.
func (h *Handlers) Board(c *gin.Context) error {
	t, err := h.topic(c, forum.ModerateOpinion)
	if err != nil {
		return err
	}
	view := opinionsView{head: h.head(c, t, "opinions"), listing: listingOf(c)}
	f := forum.BoardFilter{Forum: t.ID, Query: query(c), Status: forum.OpinionPublished, Sort: forum.NewestFirst, Page: view.Page, Size: view.Size}
	if isOne(c.Query("status"), opinionStatuses) {
		f.Status = forum.OpinionStatus(c.Query("status"))
	}
	sorts := []forum.BoardSort{forum.NewestFirst, forum.OldestFirst, forum.BestFirst}
	if isOne(c.Query("sort"), sorts) {
		f.Sort = forum.BoardSort(c.Query("sort"))
	}
	found, total, err := h.Store.StaffBoard(c, f)
	if err != nil {
		return err
	}
	view.Total, view.Filter = total, f
	view.Statuses = h.statusChoices(c, "opinion", texts(opinionStatuses), string(f.Status))[1:]
	for _, sort := range sorts {
		view.Sorts = append(view.Sorts, page.Choice{Value: string(sort), Text: h.site.Text(page.Lang(c), "office.sort."+string(sort)), Chosen: sort == f.Sort})
	}
	return h.showOpinions(c, view, found)
}

func (h *Handlers) showOpinions(c *gin.Context, view opinionsView, found []forum.Opinion) error {
	view.Rows, view.Here = found, c.Request.URL.RequestURI()
	view.Form = h.moderationForm(c, h.sheet(c, nil, nil))
	return h.site.Render(c, http.StatusOK, "opinions", view)
}

func (h *Handlers) moderationForm(c *gin.Context, s sheet) form {
	var to []page.Choice
	for _, status := range moderations {
		to = append(to, page.Choice{Value: string(status), Text: s.text("office.moderate." + string(status))})
	}
	return form{ID: string(forum.ModerateOpinion), Title: s.text("office.action.opinion.moderate"), URL: page.To(c, "opinions", "moderation"),
		Button: s.text("office.moderate.check"), Tone: "primary", Fields: []*field{
			s.field(page.Field{Name: "to", Kind: "radios", Required: true, Choices: to}, "office.field.moderate_to"),
			s.field(page.Field{Name: "reason", Kind: "area", Rows: 3, Max: forum.ReasonMax, Hint: "office.field.moderate_reason.hint"}, "office.field.moderate_reason"),
		}}
}

type moderationView struct {
	base
	Form   form
	Count  int
	To     forum.OpinionStatus
	Reason string
	Back   string
}

// Moderate publishes or hides opinions. What is going to happen is shown first; the reason reaches the authors.
func (h *Handlers) Moderate(c *gin.Context) error {
	values, err := page.Form(c, editorLimit)
	if values == nil {
		return err
	}
	back := nextOr(c, values.Get("back"))
	to, reason := forum.OpinionStatus(values.Get("to")), values.Get("reason")
	ids := values.All("opinion[]")
	switch {
	case err != nil:
	case len(ids) == 0:
		err = forum.Refuse(forum.Invalid, "opinion.none_picked")
	default:
		err = forum.ValidateModeration(to, reason)
	}
	view := moderationView{Form: h.moderationForm(c, h.sheet(c, values, err)), Count: len(ids), To: to, Reason: reason, Back: back}
	view.Form.Fixed = append(view.Form.Fixed, held{"back", back})
	for _, id := range ids {
		view.Form.Fixed = append(view.Form.Fixed, held{"opinion[]", id})
	}
	if err != nil {
		return h.site.Refused(c, "moderation", view, err)
	}
	if values.Get("confirmed") != "yes" {
		view.Form.Fixed = append(view.Form.Fixed, held{"to", string(to)}, held{"reason", reason}, held{"confirmed", "yes"})
		return h.site.Render(c, http.StatusOK, "moderation_check", view)
	}
	forums := map[forum.ID]bool{}
	for _, text := range ids {
		opinion, forumID, _ := strings.Cut(text, "@")
		if err = h.moderate(c, opinion, to, reason); err != nil {
			break
		}
		if id, err := forum.ParseID(forumID); err == nil {
			forums[id] = true
		}
	}
	for id := range forums {
		h.wake(c, forum.TheForum, id) // a closed forum waits for its last held opinion
	}
	if err != nil {
		return h.site.Refused(c, "moderation", view, err)
	}
	h.site.Flash(c, "notice.office.moderated", "count", strconv.Itoa(len(ids)))
	return h.site.Redirect(c, back)
}

// moderate moves one opinion. One that stands there already is done: a second click has nothing to do.
func (h *Handlers) moderate(c *gin.Context, opinion string, to forum.OpinionStatus, reason string) error {
	id, err := forum.ParseID(opinion)
	if err != nil {
		return err
	}
	return h.Store.ModerateOpinion(c, officialOf(c).Official, c.ClientIP(), id, to, reason)
}
