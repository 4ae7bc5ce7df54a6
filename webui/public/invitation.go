package public

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Invitations open an expert's page by the secret of their letter's link.
type Invitations interface {
	InvitationBy(ctx context.Context, secret string) (forum.Invitation, forum.Forum, error)
	SaveInvited(ctx context.Context, secret string, d forum.InvitedDraft) (version int, err error)
}

// invitedLimit is how long the form may be: 20,000 characters of Korean, percent-encoded.
const invitedLimit = 512 << 10

// invitationView is the expert's page and the look at it before submitting.
type invitationView struct {
	forum.Invitation
	Secret   string
	Topic    *topicView // of an opinion
	Writes   bool       // there is time to write and submit
	Late     bool       // the deadline has passed, though nobody has noted it yet
	BodyMax  int
	Stances  []page.Choice
	Consents []page.Choice
}

func (h *Handlers) invitationOf(c *gin.Context) (invitationView, error) {
	page.Private(c)
	secret := c.Param("secret")
	i, f, err := h.Store.InvitationBy(c.Request.Context(), secret)
	if err != nil {
		return invitationView{}, err
	}
	lang := page.Lang(c)
	view := invitationView{Invitation: i, Secret: secret, BodyMax: forum.ItemBodyMax}
	if i.Kind == forum.InvitedSuggestion {
		view.BodyMax = forum.SuggestionTextMax
	} else {
		topic := h.topicView(c, f)
		view.Topic = &topic
	}
	view.Late = i.Status.TakesDraft() && !time.Now().Before(i.AnswerBy)
	view.Writes = i.Status.TakesDraft() && !view.Late
	for _, stance := range []forum.Stance{forum.StanceFor, forum.StanceAgainst, forum.StanceNeutral} {
		view.Stances = append(view.Stances, page.Choice{Value: string(stance), Text: h.site.Text(lang, "public.stance."+string(stance))})
	}
	for _, consent := range []string{forum.ConsentYes, forum.ConsentNo} {
		view.Consents = append(view.Consents, page.Choice{Value: consent, Text: h.site.Text(lang, "public.invited_consent."+consent)})
	}
	return view, nil
}

// Invitation is the page that the letter leads to; it changes nothing.
func (h *Handlers) Invitation(c *gin.Context) error {
	view, err := h.invitationOf(c)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "invitation", view)
}

// SaveInvitation keeps what the expert has written, and leads on to the look at it when they ask for that.
func (h *Handlers) SaveInvitation(c *gin.Context) error {
	form, err := page.Form(c, invitedLimit)
	if form == nil {
		return err
	}
	view, unknown := h.invitationOf(c)
	if unknown != nil {
		return unknown
	}
	draft := forum.InvitedDraft{Title: page.OneLine(form.Get("title")), Body: form.Get("body"), Stance: forum.Stance(form.Get("stance")), Consent: form.Get("consent")}
	if err == nil {
		if draft.Version, err = form.Int("version"); err == nil {
			_, err = h.Store.SaveInvited(c.Request.Context(), view.Secret, draft)
		}
	}
	if err != nil {
		draft.Version = view.Draft.Version // whoever saves again has seen what was saved elsewhere refused once
		view.Draft = draft
		return h.site.Refused(c, "invitation", view, err)
	}
	if form.Get("do") == "check" {
		return h.site.Redirect(c, page.To(c, "invitations", view.Secret, "check"))
	}
	h.site.Flash(c, "notice.invitation_saved")
	return h.site.Redirect(c, page.To(c, "invitations", view.Secret))
}

// CheckInvitation shows what will be submitted; what is missing is said on the form.
func (h *Handlers) CheckInvitation(c *gin.Context) error {
	view, err := h.invitationOf(c)
	if err != nil {
		return err
	}
	if !view.Writes {
		return h.site.Redirect(c, page.To(c, "invitations", view.Secret))
	}
	if err := view.Draft.Validate(view.Kind); err != nil {
		return h.site.Refused(c, "invitation", view, err)
	}
	return h.site.Render(c, http.StatusOK, "invitation_check", view)
}

// SubmitInvitation hands in the saving that the expert has checked.
func (h *Handlers) SubmitInvitation(c *gin.Context) error {
	return h.answerInvitation(c, forum.SubmitInvited, "notice.invitation_submitted")
}

// DeclineInvitation is the expert's no.
func (h *Handlers) DeclineInvitation(c *gin.Context) error {
	return h.answerInvitation(c, forum.DeclineInvited, "notice.invitation_declined")
}

// WithdrawConsent takes back that the opinion may be published.
func (h *Handlers) WithdrawConsent(c *gin.Context) error {
	return h.answerInvitation(c, forum.WithdrawConsent, "notice.invitation_consent_withdrawn")
}

func (h *Handlers) answerInvitation(c *gin.Context, action forum.Action, notice string) error {
	form, err := page.Form(c)
	if form == nil {
		return err
	}
	view, unknown := h.invitationOf(c)
	if unknown != nil {
		return unknown
	}
	if err == nil {
		err = h.decideInvitation(c, view, action, form)
	}
	if err != nil {
		return h.site.Refused(c, "invitation", view, err)
	}
	h.site.Flash(c, notice)
	return h.site.Redirect(c, page.To(c, "invitations", view.Secret))
}

func (h *Handlers) decideInvitation(c *gin.Context, view invitationView, action forum.Action, form *page.Values) error {
	id, err := forum.ParseID(form.FormKey()) // the form's key is the decision's id: sent twice, it is one
	if err != nil {
		return forum.Refuse(forum.Invalid, "idempotency.missing")
	}
	d := forum.Decision{ID: id, Action: action, Noun: forum.TheInvitation, Subject: view.ID, From: c.ClientIP()}
	if action == forum.SubmitInvited {
		version, err := strconv.Atoi(form.Get("version"))
		if err != nil {
			return forum.Refuse(forum.Conflict, "invitation.saved_elsewhere")
		}
		if d.Details, err = json.Marshal(forum.SubmissionDetails{Version: version}); err != nil {
			return err
		}
	}
	return h.Decider.Decide(c.Request.Context(), d)
}
