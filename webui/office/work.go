package office

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Work tells whom the city's procedures wait for.
type Work interface {
	MyWork(ctx context.Context, official forum.Official) ([]forum.Owed, error)
	Owed(ctx context.Context, id forum.ID) (forum.Owed, error)
	OwedOf(ctx context.Context, noun forum.Noun, subject forum.ID) ([]forum.Owed, error)
}

// wait is one owed step in the reader's words.
type wait struct {
	What  string
	Title string
	Whom  string
	URL   string
	Since time.Time
	Due   time.Time
	Clock forum.Clock
	Owed  forum.Owed

	Escalated string // before whom it was brought, and when
	Paused    string // since when its clock stands still, and why
	Pause     string // where its clock is paused, or resumed, by a reader who may
	Resume    string
}

type workView struct {
	base
	Waits   []wait
	Overdue int
	Near    int
	Lagging []lag
}

// MyWork is the first page: what waits for the reader, the oldest clock first.
func (h *Handlers) MyWork(c *gin.Context) error {
	owed, err := h.Store.MyWork(c, officialOf(c).Official)
	if err != nil {
		return err
	}
	view := workView{Waits: h.waits(c, owed)}
	for _, w := range view.Waits {
		switch w.Clock {
		case forum.ClockOverdue:
			view.Overdue++
		case forum.ClockNear:
			view.Near++
		}
	}
	if view.Lagging, err = h.lagging(c); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "work", view)
}

// waits puts owed steps into words, the oldest clock first.
func (h *Handlers) waits(c *gin.Context, owed []forum.Owed) []wait {
	lang, now := page.Lang(c), h.Now()
	owed = slices.Clone(owed)
	slices.SortStableFunc(owed, func(a, b forum.Owed) int { return a.Due.Compare(b.Due) })
	var waits []wait
	for _, o := range owed {
		waits = append(waits, wait{
			What: h.site.Text(lang, "office.action."+string(o.Kind)), Title: inLang(lang, o.Title, o.TitleEn), Whom: h.whom(c, o),
			URL: owedURL(c, o), Since: o.Since, Due: o.Due, Clock: forum.ClockAt(o.Due, now), Owed: o,
		})
		w := &waits[len(waits)-1]
		if o.Paused {
			w.Clock, w.Paused = "", h.site.Text(lang, "office.waits.paused_since", "at", page.DateTime(lang, o.PausedAt), "reason", o.Reason)
		}
		w.Escalated = h.escalatedTo(lang, o)
		switch may := h.mayChangeClock(c, o); {
		case may && o.Paused:
			w.Resume = page.To(c, "clocks", o.ID, "resume")
		case may:
			w.Pause = page.To(c, "clocks", o.ID, "pause")
		}
	}
	return waits
}

// escalatedTo says before whom an overdue step was brought, and when.
func (h *Handlers) escalatedTo(lang string, o forum.Owed) string {
	var told string
	if o.Escalated {
		told = h.site.Text(lang, "office.waits.escalated_to", "whom", o.EscalatedTo, "at", page.DateTime(lang, o.EscalatedAt))
	}
	if !o.AuditedAt.IsZero() {
		told += " " + h.site.Text(lang, "office.waits.audited", "at", page.DateTime(lang, o.AuditedAt))
	}
	return told
}

// whom says who is waited for: a person, or whoever holds a duty in a department.
func (h *Handlers) whom(c *gin.Context, o forum.Owed) string {
	lang := page.Lang(c)
	if o.Official != "" {
		return h.person(c, lang, o.Official, o.Name)
	}
	if o.Duty == "" {
		return o.Name
	}
	duty := h.site.Text(lang, "duty."+string(o.Duty))
	if o.Department == "" {
		return duty
	}
	return h.department(c, lang, o.Department) + " " + duty
}

// owedURL is where an owed step is done.
func owedURL(c *gin.Context, o forum.Owed) string {
	topic := cmp.Or(o.Forum, o.Subject)
	switch o.Noun {
	case forum.TheRound, forum.TheMinutes:
		return page.To(c, "rounds", o.Subject)
	case forum.TheApproval:
		return page.To(c, "approvals", o.Subject)
	case forum.TheExclusion:
		return page.To(c, "exclusions", o.Subject)
	case forum.TheSuggestion:
		return page.To(c, "suggestions", o.Subject)
	case forum.TheInvitation:
		return page.To(c, "invitations", o.Subject)
	case forum.TheAward:
		return page.To(c, "forums", topic, "awards")
	case forum.TheMail, forum.TheOfficial:
		return page.To(c, "health")
	case forum.TheOpinion:
		return page.To(c, "opinions") + "?status=held"
	}
	switch o.Kind {
	case forum.EditDossier, forum.SubmitDossier:
		return page.To(c, "forums", topic, "dossier")
	case forum.ModerateOpinion:
		return page.To(c, "forums", topic, "opinions") + "?status=held"
	case forum.SubmitAnalysis:
		return page.To(c, "forums", topic, "analysis")
	case forum.ScoreAward, forum.SubmitAwards, forum.DeliverAward:
		return page.To(c, "forums", topic, "awards")
	case forum.EditResponse, forum.SubmitResponse:
		return page.To(c, "forums", topic, "response")
	case forum.CompleteMilestone, forum.DropMilestone:
		return page.To(c, "forums", topic, "followup")
	}
	if o.Kind == "" {
		return page.To(c, "forums", topic)
	}
	return page.To(c, "forums", topic) + "#" + string(o.Kind)
}
