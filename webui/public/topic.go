package public

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/forum/analysis"
	"acropolis/webui/page"
)

// topicView is a forum as the pages show it, in the reader's words.
type topicView struct {
	forum.Forum
	Status                   forum.ForumStatus // as citizens see it; see shownStatus
	Title, Summary, TextLang string
	Department               string
	Days                     int    // open so far
	Left                     string // how many days are left, in words; empty unless open
	PerDay                   struct{ Opinions, Hits float64 }
}

// shownStatus is closed from the very instant of the close, even while the closing itself is still on its way. It is for
// looking at only: whether something counts is the database's to say.
func shownStatus(f forum.Forum, now time.Time) forum.ForumStatus {
	if f.Status == forum.Open && !f.ClosesAt.IsZero() && !now.Before(f.ClosesAt) {
		return forum.Closed
	}
	return f.Status
}

func (h *Handlers) topicView(c *gin.Context, f forum.Forum) topicView {
	lang, now := page.Lang(c), time.Now()
	t := topicView{
		Forum: f, Status: shownStatus(f, now), Title: titleOf(f, lang), Summary: summaryOf(f, lang), TextLang: langOf(f, lang),
		Department: h.department(c.Request.Context(), f.Department, lang), Days: openDays(f, now),
	}
	if t.Status.TakesOpinions() {
		t.Left = h.site.Text(lang, "public.last_day")
		if days := daysBetween(now, f.ClosesAt); days > 0 {
			t.Left = h.site.Text(lang, "public.days_left", "count", days)
		}
	}
	if t.Days > 0 {
		t.PerDay.Opinions = analysis.Rate{Numerator: f.Counts.Opinions, Denominator: t.Days}.Shown()
		t.PerDay.Hits = analysis.Rate{Numerator: f.Counts.Hits, Denominator: t.Days}.Shown()
	}
	return t
}

// Votes is how many votes stand, for and against.
func (t topicView) Votes() int { return t.Counts.VotesFor + t.Counts.VotesAgainst }

// steps is the forum's way, as the timeline draws it. Citizens see it from the announcement on; suspension is a pause of
// the open period and withdrawal its end.
func (h *Handlers) steps(lang string, t topicView) []page.Step {
	current := t.Status
	if current == forum.Suspended {
		current = forum.Open
	}
	way := forum.Journey[slices.Index(forum.Journey, forum.Scheduled):]
	if current == forum.Withdrawn {
		return []page.Step{{Text: h.site.Text(lang, "status.forum.scheduled"), Done: true, At: t.OpensAt},
			{Text: h.site.Text(lang, "status.forum.withdrawn"), Current: true, Note: t.Reason}}
	}
	at := slices.Index(way, current)
	steps := make([]page.Step, len(way))
	for i, status := range way {
		steps[i] = page.Step{Text: h.site.Text(lang, "public.step."+string(status)), Done: i < at, Current: i == at}
		switch status {
		case forum.Open:
			steps[i].At = t.OpensAt
		case forum.Closed:
			steps[i].At = page.End(t.ClosesAt)
		}
	}
	if t.Status == forum.Suspended {
		steps[slices.Index(way, forum.Open)].Note = h.site.Text(lang, "status.forum.suspended")
	}
	return steps
}

func (h *Handlers) topicViews(c *gin.Context, forums []forum.Forum) []topicView {
	views := make([]topicView, len(forums))
	for i, f := range forums {
		views[i] = h.topicView(c, f)
	}
	return views
}

// boardEntry is an opinion as the topic page shows it, with where its vote form returns to.
type boardEntry struct {
	forum.Opinion
	District string
	Back     string
	MayVote  bool
}

// Topic is a forum's page: what it is about, what is posted with it, where it stands, and its board.
func (h *Handlers) Topic(c *gin.Context) error {
	f, err := h.forumOf(c)
	if err != nil {
		return err
	}
	w := pageWindow(c)
	filter, err := boardFilter(c, f.ID, w)
	if err != nil {
		return err
	}
	themes, err := h.themeFilter(c, f, &filter)
	if err != nil {
		return err
	}
	dossier, err := h.Store.PublicDossier(c.Request.Context(), f.ID)
	if err != nil {
		return err
	}
	reader, err := h.reader(c)
	if err != nil {
		return err
	}
	asked := time.Now()
	opinions, total, err := h.Store.Board(c.Request.Context(), filter, reader.citizen, reader.device)
	if err != nil {
		return err
	}
	lang := page.Lang(c)
	topic := h.topicView(c, f)
	return h.site.Render(c, http.StatusOK, "forum", struct {
		parts
		Topic       topicView
		Steps       []page.Step
		Dossier     forum.Dossier
		Tabs        []tab
		Share       share
		Invited     []forum.ExpertsOpinion
		Board       []boardEntry
		Filter      forum.BoardFilter
		Sorts       []page.Choice
		Themes      []page.Choice // none before the response is out
		Total       int
		Page, Pages int
		Until       string // what the other pages are cut by, so that new opinions don't push what was read onto the next one
		SignIn      string // where to confirm oneself, when voting asks for it
	}{parts{}, topic, h.steps(lang, topic), dossier, tabs(dossier), h.share(c, topic), dossier.Invited, h.board(c, f, opinions), filter,
		choices(h, c, "public.any_status", "public.sort.", boardSorts...)[1:], h.themeChoices(lang, themes), total, w.Page, w.Pages(total), untilOf(filter, asked, opinions), h.signInFor(c, f, reader)})
}

func (h *Handlers) themeChoices(lang string, themes []string) []page.Choice {
	if len(themes) == 0 {
		return nil
	}
	all := []page.Choice{{Text: h.site.Text(lang, "public.any_theme")}}
	for _, t := range themes {
		all = append(all, page.Choice{Value: t, Text: t})
	}
	return all
}

// untilOf is the instant that a reader's pages of a board show: that of the first page. It is no earlier than anything shown there,
// by whatever clock: the next page counts off what this one has, and would leave out as many others.
func untilOf(filter forum.BoardFilter, asked time.Time, shown []forum.Opinion) string {
	until := filter.Until
	if until.IsZero() {
		until = asked
		if filter.Sort == forum.NewestFirst && filter.Page == 1 && len(shown) > 0 {
			until = shown[0].AcceptedAt // nothing that came after it may come between
		}
		for _, o := range shown {
			if o.AcceptedAt.After(until) {
				until = o.AcceptedAt
			}
		}
	}
	return strconv.FormatFloat(float64(until.UnixMicro())/1e6, 'f', -1, 64)
}

func (h *Handlers) board(c *gin.Context, f forum.Forum, opinions []forum.Opinion) []boardEntry {
	entries := make([]boardEntry, len(opinions))
	for i, o := range opinions {
		entries[i] = boardEntry{
			Opinion: o, District: h.districtName(o.District, page.Lang(c)), MayVote: shownStatus(f, time.Now()).TakesOpinions(),
			Back: c.Request.URL.RequestURI() + "#opinion-" + string(o.ID),
		}
	}
	return entries
}

// signInFor is where a reader must go before they may vote here; empty when they may, or nobody may.
func (h *Handlers) signInFor(c *gin.Context, f forum.Forum, r reader) string {
	if !shownStatus(f, time.Now()).TakesOpinions() || f.Identity == forum.IdentityDevice || r.citizen != "" && f.Identity.Takes(r.session.Kind) {
		return ""
	}
	if f.Identity == forum.IdentitySSO {
		return toGateway(c, c.Request.URL.RequestURI())
	}
	return h.signInTo(c, c.Request.URL.RequestURI())
}

// part is one thing on a page together with the page, for partials that need words: {{template "item" (.Data.With $ .)}}.
type part struct {
	*page.View
	Part any
}

type parts struct{}

// With gives a partial the page and one thing on it.
func (parts) With(v *page.View, one any) part { return part{View: v, Part: one} }
