package office

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// A receipt's code is for whoever the entry is for. The official who entered it sees it right afterwards only: long enough to
// print it, in either language; it stands in no address of the intranet.
const (
	receiptsKey   = "receipts"
	receiptLife   = 10 * time.Minute
	receiptsAtOne = 5 // entries whose codes are kept at once
)

// keepReceipt keeps the code of what was entered just now, in the official's session.
func (h *Handlers) keepReceipt(c *gin.Context, a forum.Accepted) {
	until := strconv.FormatInt(h.Now().Add(receiptLife).Unix(), 10)
	kept := []string{string(a.ID) + " " + string(a.Receipt) + " " + until}
	for line := range strings.SplitSeq(h.Sessions.GetString(c, receiptsKey), "\n") {
		if line != "" && !strings.HasPrefix(line, string(a.ID)) && len(kept) < receiptsAtOne {
			kept = append(kept, line)
		}
	}
	h.Sessions.Put(c, receiptsKey, strings.Join(kept, "\n"))
}

// receiptOf is the code of what this official entered a moment ago, or nothing.
func (h *Handlers) receiptOf(ctx context.Context, id forum.ID) forum.Receipt {
	for line := range strings.SplitSeq(h.Sessions.GetString(ctx, receiptsKey), "\n") {
		if parts := strings.Fields(line); len(parts) == 3 && parts[0] == string(id) {
			if until, err := strconv.ParseInt(parts[2], 10, 64); err == nil && h.Now().Unix() < until {
				return forum.Receipt(parts[1])
			}
		}
	}
	return ""
}

type entryReceiptView struct {
	base
	Noun       forum.Noun
	Number     string
	Title      string
	TitleLang  string
	Topic      string // of an opinion
	Channel    forum.Channel
	ReceivedOn string
	At         time.Time
	Receipt    forum.Receipt // empty once its time is over
	Address    string        // of the status page
	Back       string
	Another    string // where the next one is entered
}

// SuggestionReceipt is the sheet for whoever a suggestion was entered for.
func (h *Handlers) SuggestionReceipt(c *gin.Context) error {
	s, err := h.suggestionOf(c)
	if err != nil {
		return err
	}
	view := entryReceiptView{Noun: forum.TheSuggestion, Number: s.Number, Title: s.Title, TitleLang: s.Lang, Channel: s.Channel, ReceivedOn: s.ReceivedOn,
		At: s.SubmittedAt, Back: page.To(c, "suggestions", s.ID), Another: page.To(c, "suggestions", "new")}
	return h.showReceipt(c, s.ID, view)
}

// OpinionReceipt is the sheet for whoever an opinion was entered for.
func (h *Handlers) OpinionReceipt(c *gin.Context) error {
	t, err := h.topic(c, forum.EnterOpinion)
	if err != nil {
		return err
	}
	id, err := forum.ParseID(c.Param("opinion"))
	if err != nil {
		return err
	}
	o, err := h.Store.EnteredOpinion(c, id)
	if err != nil {
		return err
	}
	if o.Forum != t.ID {
		return forum.Refuse(forum.NotFound, "page.not_found")
	}
	view := entryReceiptView{Noun: forum.TheOpinion, Number: o.Number, Title: o.Title, TitleLang: o.Lang, Topic: forumTitle(page.Lang(c), t.Forum),
		Channel: o.Channel, ReceivedOn: o.ReceivedOn, At: o.AcceptedAt, Back: page.To(c, "forums", t.ID)}
	if h.mayEnter(t.Forum) == nil {
		view.Another = page.To(c, "forums", t.ID, "opinions", "new")
	}
	return h.showReceipt(c, o.ID, view)
}

func (h *Handlers) showReceipt(c *gin.Context, id forum.ID, view entryReceiptView) error {
	page.Private(c)
	if view.Receipt = h.receiptOf(c, id); view.Receipt != "" {
		view.Address = h.Address + page.To(c, "receipts", view.Receipt)
	}
	return h.site.Render(c, http.StatusOK, "entry_receipt", view)
}
