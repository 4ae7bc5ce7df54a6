package public

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Moderated is what citizens may say about what is on the board, and about what was taken from it.
type Moderated interface {
	ReportOpinion(context.Context, forum.NewReport) error
	AppealOpinion(ctx context.Context, receipt forum.Receipt, text string) error
}

// reportBody is a report: reason is a code, text what it doesn't say.
type reportBody struct {
	Reason string `json:"reason"`
	Text   string `json:"text"`
	Altcha string `json:"altcha"`
}

// APIReport is POST /api/v1/opinions/{id}/report.
func (h *Handlers) APIReport(c *gin.Context) error {
	var body reportBody
	if err := page.JSON(c, &body); err != nil {
		return err
	}
	id, err := h.report(c, body)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, gin.H{"id": id, "reported": true})
	return nil
}

// report hands a report on. Who has no browser's secret gets one with the refusal: otherwise each request would be another person.
func (h *Handlers) report(c *gin.Context, body reportBody) (forum.ID, error) {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return "", err
	}
	reader, err := h.reader(c)
	if err != nil {
		return "", err
	}
	r := forum.NewReport{Opinion: id, Code: forum.ReasonCode(body.Reason), Words: body.Text, Citizen: reader.citizen}
	if h.site.HasBrowserSecret(c) {
		r.Device = h.site.BrowserSecret(c)
	}
	if r.Citizen == "" && r.Device == nil {
		h.site.BrowserSecret(c)
		return "", forum.Refuse(forum.Unauthorised, "report.no_browser")
	}
	if err := r.Validate(); err == nil { // else the store says what is missing, and no task is used up
		if _, err := h.admitOn(c, id, false, body.Altcha, hashOf([]string{"report", string(id), string(r.Device), string(r.Code), r.Words})); err != nil {
			return "", err
		}
	}
	return id, atField(h.Store.ReportOpinion(c.Request.Context(), r), map[string]string{"code": "reason", "reason": "text"})
}

// atField names a refusal's field as this form or document does.
func atField(err error, names map[string]string) error {
	if refusal := forum.RefusalIn(err); refusal != nil {
		if name := names[refusal.Fields["field"]]; name != "" {
			return refusal.At(name)
		}
	}
	return err
}

type reportView struct {
	Opinion forum.Opinion
	Body    reportBody
	Codes   []page.Choice
	Back    string
	Task    *taskView
}

func (h *Handlers) reportView(c *gin.Context, body reportBody) (reportView, error) {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return reportView{}, err
	}
	o, err := h.Store.PublicOpinion(c.Request.Context(), id, "", nil)
	if err != nil {
		return reportView{}, err
	}
	view := reportView{Opinion: o, Body: body, Task: h.task(c, o.Forum), Back: page.To(c, "forums", o.Forum) + "#opinion-" + string(o.ID)}
	for _, code := range forum.ReasonCodes {
		view.Codes = append(view.Codes, page.Choice{Value: string(code), Text: h.site.Text(page.Lang(c), "moderation.code."+string(code)), Chosen: string(code) == body.Reason})
	}
	return view, nil
}

// ReportPage asks why an opinion should be looked at.
func (h *Handlers) ReportPage(c *gin.Context) error {
	page.Private(c)
	view, err := h.reportView(c, reportBody{})
	if err != nil {
		return err
	}
	h.site.BrowserSecret(c) // by which the report is known as this browser's
	return h.site.Render(c, http.StatusOK, "report", view)
}

// Report takes it; the opinion stays where it is until a moderator has looked.
func (h *Handlers) Report(c *gin.Context) error {
	form, err := page.Form(c)
	if form == nil {
		return err
	}
	body := reportBody{Reason: form.Get("reason"), Text: form.Get("text"), Altcha: form.Get("altcha")}
	view, unknown := h.reportView(c, body)
	if unknown != nil {
		return unknown
	}
	if err == nil {
		_, err = h.report(c, body)
	}
	if isChallenge(err) && view.Task == nil {
		view.Task = h.newTask(view.Opinion.Forum)
	}
	if err != nil {
		return h.site.Refused(c, "report", view, err)
	}
	h.site.Flash(c, "notice.reported")
	return h.site.Redirect(c, view.Back)
}

// APIAppeal is POST /api/v1/opinions/{id}/appeal by its author, who has the receipt: in the header X-Receipt or as {receipt}.
func (h *Handlers) APIAppeal(c *gin.Context) error {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return err
	}
	body := struct {
		Receipt string `json:"receipt"`
		Text    string `json:"text"`
	}{}
	if err := page.JSON(c, &body); err != nil {
		return err
	}
	if given := c.GetHeader("X-Receipt"); given != "" {
		body.Receipt = given
	}
	receipt, err := h.ownReceipt(c, id, body.Receipt)
	if err != nil {
		return err
	}
	if err := h.Store.AppealOpinion(c.Request.Context(), receipt, body.Text); err != nil {
		return err
	}
	page.Private(c)
	c.JSON(http.StatusOK, gin.H{"id": id, "appeal": forum.AppealOpen})
	return nil
}

// ownReceipt is the receipt of this very opinion, or refused.
func (h *Handlers) ownReceipt(c *gin.Context, opinion forum.ID, given string) (forum.Receipt, error) {
	receipt, err := forum.ParseReceipt(given)
	if err != nil {
		return "", err
	}
	status, err := h.Store.Receipt(c.Request.Context(), receipt)
	if err != nil {
		return "", err
	}
	if status.Opinion == nil || status.Opinion.ID != opinion {
		return "", forum.Refuse(forum.NotFound, "receipt.not_found")
	}
	return receipt, nil
}

// Appeal is the author's, from the status page. What is refused stands there again.
func (h *Handlers) Appeal(c *gin.Context) error {
	form, err := page.Form(c)
	if form == nil {
		return err
	}
	status, receipt, unknown := h.receiptOf(c)
	if unknown != nil {
		return unknown
	}
	if err == nil {
		err = h.Store.AppealOpinion(c.Request.Context(), receipt, form.Get("text"))
	}
	if err != nil {
		view := h.receiptView(c, status, receipt)
		view.AppealText = form.Get("text")
		return h.site.Refused(c, "receipt", view, err)
	}
	h.site.Flash(c, "notice.appealed")
	return h.site.Redirect(c, page.To(c, "receipts", receipt))
}

// reasonText is a moderator's reason as its author reads it: the code's text in the reader's language, then what was added.
func (h *Handlers) reasonText(lang string, code forum.ReasonCode, words string) string {
	switch {
	case code == "":
		return words
	case words == "":
		return h.site.Text(lang, "moderation.code."+string(code))
	}
	return h.site.Text(lang, "moderation.code."+string(code)) + ": " + words
}
