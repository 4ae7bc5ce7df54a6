package public

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Receipts open the status page of what somebody sent.
type Receipts interface {
	Receipt(context.Context, forum.Receipt) (forum.ReceiptStatus, error)
	WithdrawOpinion(context.Context, forum.Receipt) error
	WithdrawSuggestion(context.Context, forum.Receipt) error
}

// receiptDocument is a receipt as the API shows it.
type receiptDocument struct {
	Noun       forum.Noun           `json:"noun"`
	Status     string               `json:"status"`
	Number     string               `json:"number"`
	Opinion    *forum.Opinion       `json:"opinion,omitempty"`
	Suggestion *forum.Suggestion    `json:"suggestion,omitempty"`
	Forum      *topicDocument       `json:"forum,omitempty"`
	History    []forum.StatusChange `json:"history"`
	Answer     *forum.Paragraph     `json:"answer,omitempty"`
	Award      *awardDocument       `json:"award,omitempty"`
	HeldFor    []forum.DataKind     `json:"held_for,omitempty"` // while it is held: what it seems to contain
	Appeal     *forum.Appeal        `json:"appeal,omitempty"`
}

// awardDocument is an award as its winner's receipt shows it.
type awardDocument struct {
	Status   forum.AwardStatus `json:"status"`
	Rank     int               `json:"rank,omitempty"`
	AnswerBy time.Time         `json:"answer_by,omitzero"`
}

// APIReceipt is GET /api/v1/receipts/{receipt}.
func (h *Handlers) APIReceipt(c *gin.Context) error {
	status, _, err := h.receiptOf(c)
	if err != nil {
		return err
	}
	document := receiptDocument{
		Noun: status.Noun, Status: statusOf(status), Number: numberOf(status), Opinion: status.Opinion, Suggestion: status.Suggestion,
		History: status.History, Answer: status.Answer, Appeal: status.Appeal,
	}
	if status.Opinion != nil && status.Opinion.Status == forum.OpinionHeld {
		document.HeldFor = status.Opinion.HeldFor
	}
	if document.History == nil {
		document.History = []forum.StatusChange{}
	}
	if status.Forum != nil {
		topic := h.topicDocument(c, *status.Forum)
		document.Forum = &topic
	}
	if award := shownAward(status); award != nil {
		document.Award = &awardDocument{Status: award.Status, Rank: award.Rank, AnswerBy: award.AnswerBy}
	}
	c.JSON(http.StatusOK, document)
	return nil
}

// shownAward is the award once its winner has been told; before, nobody is.
func shownAward(status forum.ReceiptStatus) *forum.Award {
	if status.Award == nil {
		return nil
	}
	switch status.Award.Status {
	case forum.AwardOffered, forum.AwardAccepted, forum.AwardDelivered, forum.AwardDeclined, forum.AwardLapsed:
		return status.Award
	}
	return nil
}

func statusOf(s forum.ReceiptStatus) string {
	switch {
	case s.Opinion != nil:
		return string(s.Opinion.Status)
	case s.Suggestion != nil:
		return string(s.Suggestion.Status)
	}
	return ""
}

func numberOf(s forum.ReceiptStatus) string {
	switch {
	case s.Opinion != nil:
		return s.Opinion.Number
	case s.Suggestion != nil:
		return s.Suggestion.Number
	}
	return ""
}

// receiptOf is what the address's receipt opens. Its answer is kept out of caches, indexes and Referers.
func (h *Handlers) receiptOf(c *gin.Context) (forum.ReceiptStatus, forum.Receipt, error) {
	page.Private(c)
	receipt, err := forum.ParseReceipt(c.Param("receipt"))
	if err != nil {
		return forum.ReceiptStatus{}, "", err
	}
	status, err := h.Store.Receipt(c.Request.Context(), receipt)
	return status, receipt, err
}

// APIWithdraw is DELETE /api/v1/opinions/{id} by its author, who has the receipt: in the header X-Receipt or as {receipt}.
func (h *Handlers) APIWithdraw(c *gin.Context) error {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return err
	}
	body := struct {
		Receipt string `json:"receipt"`
	}{c.GetHeader("X-Receipt")}
	if body.Receipt == "" {
		if err := page.JSON(c, &body); err != nil {
			return err
		}
	}
	receipt, err := h.ownReceipt(c, id, body.Receipt)
	if err != nil {
		return err
	}
	if err := h.Store.WithdrawOpinion(c.Request.Context(), receipt); err != nil {
		return err
	}
	page.Private(c)
	c.JSON(http.StatusOK, gin.H{"id": id, "status": forum.OpinionWithdrawn})
	return nil
}

// receiptView is the status page and the confirmation after sending.
type receiptView struct {
	forum.ReceiptStatus
	Receipt     forum.Receipt
	Number      string
	Status      string
	Topic       *topicView
	Award       *forum.Award
	District    string
	MayWithdraw bool
	MayAppeal   bool
	AppealText  string // that was refused
	Address     string // of the status page, to be written down
	Steps       []page.Step
	Next        []string // what happens next, in the reader's words
}

func (h *Handlers) receiptView(c *gin.Context, status forum.ReceiptStatus, receipt forum.Receipt) receiptView {
	view := receiptView{ReceiptStatus: status, Receipt: receipt, Number: numberOf(status), Status: statusOf(status), Award: shownAward(status)}
	view.Address = h.address(c) + page.To(c, "receipts", receipt)
	for i, change := range status.History {
		view.Steps = append(view.Steps, page.Step{
			Text: h.site.Text(page.Lang(c), "status."+string(status.Noun)+"."+change.Status), At: change.At, Note: h.reasonText(page.Lang(c), change.Code, change.Reason),
			Done: true, Current: i == len(status.History)-1,
		})
	}
	if status.Forum != nil {
		topic := h.topicView(c, *status.Forum)
		view.Topic = &topic
	}
	if o := status.Opinion; o != nil {
		view.District = h.districtName(o.District, page.Lang(c))
		view.MayAppeal = o.Status == forum.OpinionHidden && status.Appeal == nil
		view.MayWithdraw = forum.OpinionSteps.Allows(o.Status, forum.OpinionWithdrawn) && view.Topic != nil && !view.Topic.Status.HasClosed()
	}
	if g := status.Suggestion; g != nil {
		view.MayWithdraw = forum.SuggestionSteps.Allows(g.Status, forum.SuggestionWithdrawn)
	}
	view.Next = h.next(page.Lang(c), view)
	return view
}

// next tells what happens next, by when and who does it.
func (h *Handlers) next(lang string, r receiptView) []string {
	key := "public.next." + string(r.Noun) + "." + r.Status
	next := []string{h.site.Text(lang, key)}
	if r.Opinion != nil && r.Opinion.Status == forum.OpinionHeld && len(r.Opinion.HeldFor) > 0 {
		next = []string{h.site.Text(lang, "public.next.opinion.held_for", "what", h.kindsText(lang, r.Opinion.HeldFor))}
	}
	if r.Opinion == nil || r.Topic == nil || r.Opinion.Status == forum.OpinionWithdrawn || r.Opinion.Status == forum.OpinionHidden {
		return next
	}
	switch {
	case r.Topic.Status.HasResults():
		next = []string{h.site.Text(lang, "public.next.results")}
	case r.Topic.Status == forum.Withdrawn:
		next = []string{h.site.Text(lang, "public.next.forum_withdrawn")}
	case r.Topic.Status.HasClosed():
		next = []string{h.site.Text(lang, "public.next.closed", "days", forum.ResponseDays)}
	default:
		next = append(next, h.site.Text(lang, "public.next.until", "at", page.LastMoment(lang, r.Topic.ClosesAt)),
			h.site.Text(lang, "public.next.closed", "days", forum.ResponseDays))
	}
	return next
}

// Receipt is the status page, with the whole dated history.
func (h *Handlers) Receipt(c *gin.Context) error { return h.showReceipt(c, "receipt") }

// Sent is the confirmation after sending: the number, what happens next, and how to find it again.
func (h *Handlers) Sent(c *gin.Context) error { return h.showReceipt(c, "sent") }

func (h *Handlers) showReceipt(c *gin.Context, name string) error {
	status, receipt, err := h.receiptOf(c)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, name, h.receiptView(c, status, receipt))
}

// Withdraw is the author's taking back, from the status page.
func (h *Handlers) Withdraw(c *gin.Context) error {
	status, receipt, err := h.receiptOf(c)
	if err != nil {
		return err
	}
	withdraw := h.Store.WithdrawOpinion
	if status.Noun == forum.TheSuggestion {
		withdraw = h.Store.WithdrawSuggestion
	}
	if err := withdraw(c.Request.Context(), receipt); err != nil {
		return err
	}
	h.site.Flash(c, "notice.withdrawn")
	return h.site.Redirect(c, page.To(c, "receipts", receipt))
}
