package office

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Invitations ask experts for opinions and topics.
type Invitations interface {
	Invitations(ctx context.Context, forumID forum.ID) ([]forum.Invitation, error)
	Invitation(ctx context.Context, id forum.ID) (forum.Invitation, error)
	Invite(ctx context.Context, by forum.Official, from string, n forum.NewInvitation) error
	RevealExpert(ctx context.Context, by forum.Official, from string, id forum.ID, reason string) error
}

// invitationActions are the decisions on an invitation.
var invitationActions = []forum.Action{forum.PublishInvitation, forum.RevokeInvitation}

type invitationRow struct {
	forum.Invitation
	Who   string // masked
	From  string // masked
	By    string
	Clock forum.Clock // while the expert is waited for
}

func (h *Handlers) invitationRow(c *gin.Context, i forum.Invitation) invitationRow {
	row := invitationRow{Invitation: i, Who: forum.MaskName(i.Name), From: forum.MaskName(i.Affiliation), By: h.person(c, page.Lang(c), i.InvitedBy, "")}
	if i.Status.TakesDraft() {
		row.Clock = forum.ClockAt(i.AnswerBy, h.Now())
	}
	return row
}

type invitationsView struct {
	head
	Topic  bool // of one forum, and not those to suggest a topic
	Rows   []invitationRow
	Invite *form
}

// ForumInvitations lists the experts who were asked about a forum's topic, and asks another.
func (h *Handlers) ForumInvitations(c *gin.Context) error {
	t, err := h.topic(c, forum.ReadInvitations)
	if err != nil {
		return err
	}
	view, err := h.invitationsView(c, &t, h.sheet(c, nil, nil), newKey())
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "invitations", view)
}

// SuggestionInvitations lists the experts who were asked for a topic of their own, and asks another.
func (h *Handlers) SuggestionInvitations(c *gin.Context) error {
	if err := officialOf(c).May(forum.ReadInvitations, ""); err != nil {
		return err
	}
	view, err := h.invitationsView(c, nil, h.sheet(c, nil, nil), newKey())
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "invitations", view)
}

// invitationsView is one forum's, or with no topic that of suggestions.
func (h *Handlers) invitationsView(c *gin.Context, t *topic, s sheet, key string) (invitationsView, error) {
	view, id, department, mayInvite := invitationsView{}, forum.ID(""), "", true
	if t != nil {
		view.head, view.Topic, id, department = h.head(c, *t, "invitations"), true, t.ID, t.Department
		mayInvite = slices.Contains(forum.InvitationStatuses, t.Status)
	}
	all, err := h.Store.Invitations(c, id)
	if err != nil {
		return view, err
	}
	for _, i := range all {
		view.Rows = append(view.Rows, h.invitationRow(c, i))
	}
	if mayInvite && officialOf(c).May(forum.InviteExpert, department) == nil {
		f := h.inviteForm(c, s, id, key)
		view.Invite = &f
	}
	return view, nil
}

func (h *Handlers) inviteForm(c *gin.Context, s sheet, id forum.ID, key string) form {
	name := "office.action." + string(forum.InviteExpert)
	f := form{ID: string(forum.InviteExpert), Title: s.text(name), Hint: s.text(name + ".hint"), URL: page.To(c, "suggestions", "invitations"), Key: key,
		Button: s.text(name), Tone: "primary"}
	if id != "" {
		f.URL = page.To(c, "forums", id, "invitations")
	}
	f.Fields = []*field{
		s.field(page.Field{Name: "name", Required: true}, "office.field.expert_name"),
		s.field(page.Field{Name: "affiliation", Required: true}, "office.field.affiliation"),
		s.field(page.Field{Name: "email", Kind: "email", Required: true, Hint: "office.field.expert_email.hint"}, "office.field.email"),
		languageField(s),
		s.field(page.Field{Name: "days", Kind: "number", Required: true, Value: strconv.Itoa(forum.InvitationDaysUsual), Hint: "office.field.invitation_days.hint"}, "office.field.invitation_days"),
		s.field(page.Field{Name: "asked", Kind: "area", Rows: 5, Max: forum.AskedMax, Required: true}, "office.field.asked"),
	}
	return f
}

// InviteToForum asks an expert about a forum's topic.
func (h *Handlers) InviteToForum(c *gin.Context) error {
	t, err := h.topic(c, forum.InviteExpert)
	if err != nil {
		return err
	}
	return h.invite(c, &t)
}

// InviteToSuggest asks an expert for a topic of their own.
func (h *Handlers) InviteToSuggest(c *gin.Context) error {
	if err := officialOf(c).May(forum.InviteExpert, ""); err != nil {
		return err
	}
	return h.invite(c, nil)
}

func (h *Handlers) invite(c *gin.Context, t *topic) error {
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	n := forum.NewInvitation{Kind: forum.InvitedSuggestion, Name: values.Get("name"), Affiliation: values.Get("affiliation"), Email: values.Get("email"),
		Lang: values.Get("lang"), Asked: values.Get("asked")}
	back := page.To(c, "suggestions", "invitations")
	if t != nil {
		n.Kind, n.Forum, back = forum.InvitedOpinion, t.ID, page.To(c, "forums", t.ID, "invitations")
	}
	if err == nil {
		err = h.sendInvitation(c, n, values)
	}
	if err != nil {
		view, viewErr := h.invitationsView(c, t, h.sheet(c, values, err), newKey())
		if viewErr != nil {
			return viewErr
		}
		return h.site.Refused(c, "invitations", view, err)
	}
	h.site.Flash(c, "notice.office.decided", "what", h.site.Text(page.Lang(c), "office.action."+string(forum.InviteExpert)))
	return h.site.Redirect(c, back)
}

func (h *Handlers) sendInvitation(c *gin.Context, n forum.NewInvitation, values *page.Values) error {
	var err error
	if n.ID, err = forum.ParseID(values.Get("key")); err != nil {
		return forum.Refuse(forum.Invalid, "decision.key_missing")
	}
	if n.Days, err = values.Int("days"); err != nil {
		return err
	}
	if err := knownLanguage(n.Lang); err != nil {
		return err
	}
	if err := n.Validate(); err != nil {
		return err
	}
	if err := h.Store.Invite(c, officialOf(c).Official, c.ClientIP(), n); err != nil {
		return err
	}
	h.wake(c, forum.TheInvitation, n.ID)
	return nil
}

type invitationView struct {
	base
	invitationRow
	Title  string // of the topic
	Back   string
	Shown  bool // the name was asked for, and noted
	Reveal *form
	Forms  []form
}

// Invitation shows one, the expert's name masked.
func (h *Handlers) Invitation(c *gin.Context) error {
	i, err := h.invitationOf(c, forum.ReadInvitations)
	if err != nil {
		return err
	}
	view, err := h.invitationView(c, i, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "invitation", view)
}

func (h *Handlers) invitationOf(c *gin.Context, action forum.Action) (forum.Invitation, error) {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return forum.Invitation{}, err
	}
	i, err := h.Store.Invitation(c, id)
	if err != nil {
		return i, err
	}
	return i, officialOf(c).May(action, i.Department)
}

func (h *Handlers) invitationView(c *gin.Context, i forum.Invitation, s sheet) (invitationView, error) {
	q, err := h.invitationQuestion(c, i, "")
	if err != nil {
		return invitationView{}, err
	}
	view := invitationView{invitationRow: h.invitationRow(c, i), Title: q.title, Back: page.To(c, q.back...)}
	official := officialOf(c)
	if official.May(forum.RevealExpert, i.Department) == nil {
		name := "office.action." + string(forum.RevealExpert)
		view.Reveal = &form{ID: string(forum.RevealExpert), Title: s.text(name), Hint: s.text(name + ".hint"), URL: page.To(c, "invitations", i.ID, "person"), Button: s.text(name),
			Fields: []*field{s.field(page.Field{Name: "reason", Required: true}, "office.field.reason")}}
	}
	for _, action := range invitationActions {
		if !slices.Contains(forum.InvitationDecisions[action], i.Status) || official.May(action, i.Department) != nil ||
			action == forum.PublishInvitation && !i.Publishable() {
			continue
		}
		q, err := h.invitationQuestion(c, i, action)
		if err != nil {
			return view, err
		}
		one := h.sheet(c, nil, nil)
		one.prefix = string(action) + "-"
		view.Forms = append(view.Forms, h.form(c, q.question, one, newKey()))
	}
	return view, nil
}

// RevealExpert shows the name and the affiliation to whoever says why they must know; it is noted first.
func (h *Handlers) RevealExpert(c *gin.Context) error {
	i, err := h.invitationOf(c, forum.RevealExpert)
	if err != nil {
		return err
	}
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	if err == nil {
		err = h.Store.RevealExpert(c, officialOf(c).Official, c.ClientIP(), i.ID, values.Get("reason"))
	}
	view, failed := h.invitationView(c, i, h.sheet(c, values, err))
	switch {
	case failed != nil:
		return failed
	case err != nil:
		return h.site.Refused(c, "invitation", view, err)
	}
	view.Shown = true
	return h.site.Render(c, http.StatusOK, "invitation", view)
}

// invitationQuestion is what a decision on an invitation asks, and where the list is that it belongs to.
type invitationQuestion struct {
	question
	back []any
}

func (h *Handlers) invitationQuestion(c *gin.Context, i forum.Invitation, action forum.Action) (invitationQuestion, error) {
	lang := page.Lang(c)
	q := invitationQuestion{back: []any{"suggestions", "invitations"}, question: question{action: action,
		subject: subject{noun: forum.TheInvitation, id: i.ID, title: h.site.Text(lang, "office.invitations.to_suggest"), parts: []any{"invitations", i.ID}}}}
	if i.Forum != "" {
		f, err := h.Store.Forum(c, i.Forum)
		if err != nil {
			return q, err
		}
		q.title, q.back = forumTitle(lang, f), []any{"forums", i.Forum, "invitations"}
	}
	reason := page.Field{Name: "reason", Kind: "area", Rows: 3, Max: forum.ReasonMax, Required: action == forum.RevokeInvitation}
	key := "office.field.note"
	if reason.Required {
		key = "office.field.expert_reason"
	}
	q.fields = func(s sheet) []*field { return []*field{s.field(reason, key)} }
	return q, nil
}

// AskInvitation shows one decision's form on a page of its own.
func (h *Handlers) AskInvitation(action forum.Action) page.Handler {
	return h.onInvitation(action, func(c *gin.Context, q question) error { return h.ask(c, q) })
}

// DecideInvitation takes one decision on an invitation.
func (h *Handlers) DecideInvitation(action forum.Action) page.Handler {
	return h.onInvitation(action, func(c *gin.Context, q question) error { return h.take(c, q) })
}

func (h *Handlers) onInvitation(action forum.Action, do func(*gin.Context, question) error) page.Handler {
	return func(c *gin.Context) error {
		i, err := h.invitationOf(c, action)
		if err != nil {
			return err
		}
		q, err := h.invitationQuestion(c, i, action)
		if err != nil {
			return err
		}
		return do(c, q.question)
	}
}
