package office

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Health is what is stuck and waits for a person.
type Health interface {
	Attention(ctx context.Context) ([]forum.Attention, error)
	Stopped(ctx context.Context) (shown []forum.Stopped, waiting int, err error)
	FailedMails(ctx context.Context) ([]forum.Mail, error)
	BadAddresses(ctx context.Context) (int, error)
	CountAlarms(ctx context.Context) ([]forum.CountAlarm, error)
	RetryMail(ctx context.Context, by forum.Official, from string, id forum.ID) error
}

type parkedRow struct {
	forum.Attention
	Noun string
	URL  string
}

type stoppedRow struct {
	forum.Stopped
	NounText string
	Cause    string
	URL      string
}

type mailRow struct {
	forum.Mail
	Kind string
}

type healthView struct {
	base
	Parked    []parkedRow
	Stopped   []stoppedRow
	Waiting   int // how many are stopped; not all of them may be shown
	Mails     []mailRow
	Bad       int // addresses that get no letters
	Counts    []forum.CountAlarm
	Pressures []pressureRow // where unconfirmed people solve a task first
	MayRetry  bool
	MayResend bool
}

// Health lists parked steps, stopped procedures and mails that didn't go, each with its button.
func (h *Handlers) Health(c *gin.Context) error {
	parked, err := h.Store.Attention(c)
	if err != nil {
		return err
	}
	stopped, waiting, err := h.Store.Stopped(c)
	if err != nil {
		return err
	}
	mails, err := h.Store.FailedMails(c)
	if err != nil {
		return err
	}
	bad, err := h.Store.BadAddresses(c)
	if err != nil {
		return err
	}
	counts, err := h.Store.CountAlarms(c)
	if err != nil {
		return err
	}
	pressures, err := h.pressures(c)
	if err != nil {
		return err
	}
	reader, lang := officialOf(c), page.Lang(c)
	view := healthView{Pressures: pressures, Bad: bad, Counts: counts, MayRetry: reader.May(forum.RetryStep, "") == nil, MayResend: reader.May(forum.RetryMail, "") == nil, Waiting: waiting}
	for _, one := range parked {
		view.Parked = append(view.Parked, parkedRow{one, h.nounText(lang, one.Noun), owedURL(c, forum.Owed{Noun: one.Noun, Subject: one.Subject, Forum: one.Subject})})
	}
	for _, one := range stopped {
		view.Stopped = append(view.Stopped, stoppedRow{one, h.nounText(lang, one.Noun), h.site.Text(lang, "office.stopped."+string(one.Why)),
			owedURL(c, forum.Owed{Noun: one.Noun, Subject: one.ID})})
	}
	for _, one := range mails {
		view.Mails = append(view.Mails, mailRow{one, h.wordOr(lang, "office.mail."+string(one.Kind), string(one.Kind))})
	}
	return h.site.Render(c, http.StatusOK, "health", view)
}

// Retry presses the button of a parked step.
func (h *Handlers) Retry(c *gin.Context) error {
	values, err := page.Form(c)
	if err != nil {
		return err
	}
	if err := h.Conductor.Retry(c, values.Get("workflow")); err != nil {
		return err
	}
	h.site.Flash(c, "notice.office.retried")
	return h.site.Redirect(c, nextOr(c, values.Get("back")))
}

// Restart presses the button of a stopped procedure: it begins anew from its row's status.
func (h *Handlers) Restart(c *gin.Context) error {
	values, err := page.Form(c)
	if err != nil {
		return err
	}
	noun := forum.Noun(values.Get("noun"))
	if !slices.Contains(forum.Procedures, noun) {
		return forum.Refuse(forum.Invalid, "decision.unknown").At("noun")
	}
	id, err := forum.ParseID(values.Get("id"))
	if err != nil {
		return err
	}
	if err := h.Conductor.Restart(c, officialOf(c).Official, c.ClientIP(), forum.Start{Noun: noun, ID: id}); err != nil {
		return err
	}
	h.site.Flash(c, "notice.office.restarted")
	return h.site.Redirect(c, page.To(c, "health"))
}

// RetryMail lets a failed mail, or one whose outcome nobody knows, be sent again.
func (h *Handlers) RetryMail(c *gin.Context) error {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return err
	}
	if err := h.Store.RetryMail(c, officialOf(c).Official, c.ClientIP(), id); err != nil {
		return err
	}
	h.site.Flash(c, "notice.office.resent")
	return h.site.Redirect(c, page.To(c, "health"))
}
