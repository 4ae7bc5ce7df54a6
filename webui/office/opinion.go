package office

import (
	"context"
	"iter"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Opinions are what citizens posted, whatever their status.
type Opinions interface {
	StaffBoard(ctx context.Context, f forum.BoardFilter) ([]forum.Opinion, int, error)
	ModerationQueue(ctx context.Context, f forum.QueueFilter) (forum.Queue, error)
	ModerationCase(ctx context.Context, opinion forum.ID) (forum.QueueItem, []forum.StatusChange, error)
	TakeOpinion(ctx context.Context, by forum.Official, from string, opinion forum.ID, takeOver bool) error
	LetGoOfOpinion(ctx context.Context, by forum.Official, opinion forum.ID) error
	ModerateOpinion(ctx context.Context, by forum.Official, from string, v forum.Verdict) error
}

// Moderations are what was done to many at once, and the log of all.
type Moderations interface {
	ModerateMany(ctx context.Context, by forum.Official, from string, b forum.Batch) error
	ModerationBatch(ctx context.Context, id forum.ID) (forum.BatchRecord, error)
	UndoBatch(ctx context.Context, by forum.Official, from string, id forum.ID, reason string) (int, error)
	ModerationLog(ctx context.Context, f forum.ModerationFilter) ([]forum.ModerationEntry, int, error)
	EachModeration(ctx context.Context, f forum.ModerationFilter, use func(iter.Seq2[forum.ModerationEntry, error]) error) error
	SetIdentity(ctx context.Context, by forum.Official, from string, forumID forum.ID, to forum.IdentityPolicy, reason string) error
	SetModeration(ctx context.Context, by forum.Official, from string, forumID forum.ID, to forum.Moderation, reason string) error
}

// opinionStatuses are every status of an opinion, in the order of its life.
var opinionStatuses = []forum.OpinionStatus{forum.OpinionHeld, forum.OpinionPublished, forum.OpinionHidden, forum.OpinionWithdrawn}

type opinionsView struct {
	head
	listing
	Filter   forum.BoardFilter
	Statuses []page.Choice
	Sorts    []page.Choice
	Rows     []forum.Opinion
	Form     form
	Here     string
}

// Board is one forum's opinions for its moderators.
func (h *Handlers) Board(c *gin.Context) error {
	t, err := h.topic(c, forum.ModerateOpinion)
	if err != nil {
		return err
	}
	view := opinionsView{head: h.head(c, t, "opinions"), listing: listingOf(c), Here: c.Request.URL.RequestURI()}
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
	view.Total, view.Filter, view.Rows = total, f, found
	view.Statuses = h.statusChoices(c, "opinion", texts(opinionStatuses), string(f.Status))[1:]
	for _, sort := range sorts {
		view.Sorts = append(view.Sorts, page.Choice{Value: string(sort), Text: h.site.Text(page.Lang(c), "office.sort."+string(sort)), Chosen: sort == f.Sort})
	}
	view.Form = h.moderationForm(c, h.sheet(c, nil, nil), newKey())
	return h.site.Render(c, http.StatusOK, "opinions", view)
}
