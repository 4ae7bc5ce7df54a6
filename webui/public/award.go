package public

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Offers open a winner's one-time page by the secret of their letter.
type Offers interface {
	AwardOffer(ctx context.Context, secret string) (forum.Award, forum.Forum, error)
}

// Decider takes a winner's answer to the award's procedure, and an expert's to the invitation's.
type Decider interface {
	Decide(context.Context, forum.Decision) error
}

// offerView is the winner's page.
type offerView struct {
	Secret  string
	Award   forum.Award
	Topic   topicView
	Answer  string
	Shown   string
	Choices []page.Choice
}

func (h *Handlers) offerOf(c *gin.Context) (offerView, error) {
	page.Private(c)
	secret := c.Param("secret")
	award, f, err := h.Store.AwardOffer(c.Request.Context(), secret)
	if err != nil {
		return offerView{}, err
	}
	lang := page.Lang(c)
	return offerView{Secret: secret, Award: award, Topic: h.topicView(c, f), Choices: []page.Choice{
		{Value: "accept", Text: h.site.Text(lang, "public.award_accept")}, {Value: "decline", Text: h.site.Text(lang, "public.award_decline")},
	}}, nil
}

// Offer is the page that the letter leads to; it changes nothing.
func (h *Handlers) Offer(c *gin.Context) error {
	view, err := h.offerOf(c)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "award", view)
}

// AnswerOffer is the winner's answer: whether they take the prize, and whether they may be named.
func (h *Handlers) AnswerOffer(c *gin.Context) error {
	form, err := page.Form(c)
	if form == nil {
		return err
	}
	view, unknown := h.offerOf(c)
	if unknown != nil {
		return unknown
	}
	view.Answer, view.Shown = form.Get("answer"), form.Get("name_shown")
	if err == nil {
		err = h.answerOffer(c, view, form.FormKey())
	}
	if err != nil {
		return h.site.Refused(c, "award", view, err)
	}
	h.site.Flash(c, "notice.award_answered")
	return h.site.Redirect(c, page.To(c, "awards", view.Secret))
}

func (h *Handlers) answerOffer(c *gin.Context, view offerView, key string) error {
	if view.Answer != "accept" && view.Answer != "decline" {
		return forum.Refuse(forum.Invalid, "award.answer_missing").At("answer")
	}
	id, err := forum.ParseID(key) // the form's key is the decision's id: sent twice, it is one
	if err != nil {
		return forum.Refuse(forum.Invalid, "idempotency.missing")
	}
	details, err := json.Marshal(forum.AnswerDetails{Accept: view.Answer == "accept", NameShown: view.Answer == "accept" && view.Shown != ""})
	if err != nil {
		return err
	}
	return h.Decider.Decide(c.Request.Context(), forum.Decision{
		ID: id, Action: forum.AnswerAward, Noun: forum.TheAward, Subject: view.Award.ID, From: c.ClientIP(), Details: details,
	})
}
