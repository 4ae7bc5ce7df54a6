package office

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Conductor brings decisions to their procedures. A decision sent twice under one id is one. Where no answer came in time,
// Decide refuses with Unavailable, and the decision's row tells later what became of it.
type Conductor interface {
	Decide(ctx context.Context, d forum.Decision) error
	Wake(ctx context.Context, s forum.Start) error
	Retry(ctx context.Context, workflowID string) error
	Restart(ctx context.Context, by forum.Official, from string, s forum.Start) error
}

// Outcomes tell what became of decisions.
type Outcomes interface {
	DecisionOutcome(ctx context.Context, id forum.ID) (forum.DecisionOutcome, error)
}

// decisionPatience is longer than the Conductor's own, so that a page can still tell that the outcome isn't known.
const decisionPatience = 40 * time.Second

// editorLimit is how long the longest form may be: a dossier of 40 items in Korean, percent-encoded.
const editorLimit = 8 << 20

// checked are the decisions that are shown once more before they are carried out.
var checked = []forum.Action{forum.PublishResponse, forum.CloseForum, forum.WithdrawForum, forum.SuspendForum, forum.PublishInvitation}

// form is one decision that the reader may take now, as the partial "decision-form" draws it.
type form struct {
	ID     string // of the element, and where links lead
	Title  string
	Hint   string
	URL    string
	Key    string
	Button string
	Tone   string // of the button
	Fields []*field
	Fixed  []held // what isn't for the reader to choose
	Link   string // where the form is, when it needs a page of its own
	Open   bool   // shown unfolded
}

// subject is what a decision is about: its procedure, and the page that shows it.
type subject struct {
	noun  forum.Noun
	id    forum.ID
	title string
	parts []any // of the procedure's address; decisions lie under it
	shown []any // of the page that shows it, where that is another
	query string
}

// page is the address of the page that shows the subject.
func (s subject) page(c *gin.Context) string {
	if s.shown != nil {
		return page.To(c, s.shown...)
	}
	return page.To(c, s.parts...)
}

// question is a decision as it is asked on a form: which fields, what they mean, and how the form is shown again.
type question struct {
	subject
	action  forum.Action
	fields  func(sheet) []*field
	details func(*page.Values) (any, error)                                   // nil: the reason says it all
	again   func(c *gin.Context, v *page.Values, key string, err error) error // nil: a page of the form alone
}

// form draws the question for one of several places on a page.
func (h *Handlers) form(c *gin.Context, q question, s sheet, key string) form {
	name := "office.action." + string(q.action)
	f := form{
		ID: string(q.action), Title: s.text(name), Hint: s.text(name + ".hint"), Button: s.text(name), Tone: "primary", Key: key,
		URL: page.To(c, append(slices.Clone(q.parts), "decisions", string(q.action))...) + q.query,
	}
	if slices.Contains(checked, q.action) || q.action == forum.ReturnApproval || q.action == forum.DropMilestone || q.action == forum.RevokeInvitation {
		f.Tone = "danger"
	}
	if q.fields != nil {
		f.Fields = q.fields(s)
	}
	return f
}

// sheet begins the fields of a form that stands alone on its page.
func (h *Handlers) sheet(c *gin.Context, values *page.Values, err error) sheet {
	return sheet{site: h.site, lang: page.Lang(c), values: values, err: err}
}

type decisionView struct {
	base
	Title string // of the subject
	Back  string
	Form  form
}

// ask shows a decision's form alone on a page.
func (h *Handlers) ask(c *gin.Context, q question) error {
	return h.site.Render(c, http.StatusOK, "decision", h.decisionView(c, q, h.sheet(c, nil, nil), newKey()))
}

func (h *Handlers) decisionView(c *gin.Context, q question, s sheet, key string) decisionView {
	return decisionView{Title: q.title, Back: q.page(c), Form: h.form(c, q, s, key)}
}

// take carries out what a form asked: read it, show it once more where the rules want that, send it to its procedure, and
// tell what became of it. The key in the form is the decision's id, so a double click is one decision.
func (h *Handlers) take(c *gin.Context, q question) error {
	page.Patience(c, decisionPatience)
	values, err := page.Form(c, editorLimit)
	if values == nil {
		return err
	}
	d, failed := h.decision(c, q, values)
	if err == nil {
		err = failed
	}
	if err != nil {
		return h.again(c, q, values, "", err)
	}
	if slices.Contains(checked, q.action) && values.Get("confirmed") != "yes" {
		return h.check(c, q, values)
	}
	if values.Get("change") == "yes" {
		return h.site.Render(c, http.StatusOK, "decision", h.decisionView(c, q, h.sheet(c, values, nil), newKey()))
	}
	err = h.Conductor.Decide(c, d)
	if code := forum.CodeOf(err); err != nil && code != forum.Unavailable && code != forum.Internal {
		return h.again(c, q, values, "", err)
	}
	if err != nil {
		return h.lookUp(c, q, values, d.ID, err)
	}
	return h.done(c, q)
}

func (h *Handlers) decision(c *gin.Context, q question, values *page.Values) (forum.Decision, error) {
	key, err := forum.ParseID(values.Get("key"))
	if err != nil {
		return forum.Decision{}, forum.Refuse(forum.Invalid, "decision.key_missing")
	}
	d := forum.Decision{ID: key, Action: q.action, Noun: q.noun, Subject: q.id, By: officialOf(c).ID, From: c.ClientIP(), Reason: values.Get("reason")}
	if err := d.Validate(); err != nil {
		return d, err
	}
	if q.details == nil {
		return d, nil
	}
	details, err := q.details(values)
	if err != nil {
		return d, err
	}
	d.Details, err = json.Marshal(details)
	return d, err
}

// again shows the form with the words kept and the reason beside the field. A refused decision is over, so the form has a
// new key, unless nobody knows what became of the first.
func (h *Handlers) again(c *gin.Context, q question, values *page.Values, key string, err error) error {
	if key == "" {
		key = newKey()
	}
	if refusal := forum.RefusalIn(err); refusal != nil && refusal.Fields["field"] == "signers" {
		err = refusal.At("approver") // the rule speaks of the line, the form of its last place
	}
	if q.again != nil {
		return q.again(c, values, key, err)
	}
	return h.site.Refused(c, "decision", h.decisionView(c, q, h.sheet(c, values, err), key), err)
}

func (h *Handlers) done(c *gin.Context, q question) error {
	h.site.Flash(c, "notice.office.decided", "what", h.site.Text(page.Lang(c), "office.action."+string(q.action)))
	return h.site.Redirect(c, q.page(c))
}

// lookUp tells what the decision's row says when no answer came: done, refused, or under way. A decision without a row was
// never made, so its form comes back with the same key.
func (h *Handlers) lookUp(c *gin.Context, q question, values *page.Values, key forum.ID, cause error) error {
	outcome, err := h.Store.DecisionOutcome(c, key)
	switch {
	case err != nil:
		return h.again(c, q, values, string(key), cause)
	case outcome.Done && outcome.Refused != nil:
		return h.again(c, q, values, "", outcome.Refused)
	case outcome.Done:
		return h.done(c, q)
	}
	return h.site.Redirect(c, outcomeURL(c, key, q))
}

func outcomeURL(c *gin.Context, key forum.ID, q question) string {
	return page.To(c, "decisions", key) + "?" + url.Values{"back": {q.page(c)}, "action": {string(q.action)}}.Encode()
}

type checkView struct {
	base
	Title string
	Form  form
	Lines []checkLine
}

type checkLine struct{ Label, Value string }

// check shows a decision once more before it is carried out. Everything is sent along again, so that "change" gives back
// the filled form.
func (h *Handlers) check(c *gin.Context, q question, values *page.Values) error {
	s := h.sheet(c, values, nil)
	f := h.form(c, q, s, values.Get("key"))
	view := checkView{Title: q.title, Form: f}
	for _, one := range f.Fields {
		view.Lines = append(view.Lines, checkLine{one.Label, one.Said(s.lang)})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Request.PostForm)) {
		if name != "key" && name != "change" {
			for _, value := range values.All(name) {
				view.Form.Fixed = append(view.Form.Fixed, held{name, value})
			}
		}
	}
	view.Form.Fixed = append(view.Form.Fixed, held{"confirmed", "yes"})
	return h.site.Render(c, http.StatusOK, "check", view)
}

type outcomeView struct {
	base
	Outcome forum.DecisionOutcome
	Action  string
	Refused string
	Back    string
}

// Outcome tells what became of a decision whose answer didn't come in time.
func (h *Handlers) Outcome(c *gin.Context) error {
	key, err := forum.ParseID(c.Param("key"))
	if err != nil {
		return err
	}
	outcome, err := h.Store.DecisionOutcome(c, key)
	if err != nil {
		return err
	}
	view := outcomeView{Outcome: outcome, Back: nextOr(c, c.Query("back"))}
	s := h.sheet(c, nil, nil)
	if action := forum.Action(c.Query("action")); slices.Contains(forum.Actions(), action) {
		view.Action = s.text("office.action." + string(action))
	}
	if outcome.Refused != nil {
		view.Refused = s.reason(outcome.Refused)
	}
	return h.site.Render(c, http.StatusOK, "outcome", view)
}

// wake lets a procedure look again at what is true. When nobody answers the Sweep does it later, so the change stands.
func (h *Handlers) wake(c *gin.Context, noun forum.Noun, id forum.ID) {
	if err := h.Conductor.Wake(c, forum.Start{Noun: noun, ID: id}); err != nil {
		h.Log.WarnContext(c, "a procedure could not be woken", "noun", noun, "id", id, "request_id", page.RequestID(c))
	}
}

// underReview is the document on its way through the line that an edit of its text will void, or "".
func (h *Handlers) underReview(c *gin.Context, noun forum.Noun, id forum.ID) forum.ID {
	a, err := h.Store.ApprovalOf(c, noun, id)
	if err != nil || forum.ApprovalSteps.IsFinal(a.Status) {
		return ""
	}
	return a.ID
}

// wakeVoided lets the procedure of a document look again once an edit has voided it, and that of its forum.
func (h *Handlers) wakeVoided(c *gin.Context, id, document forum.ID) {
	if document != "" {
		h.wake(c, forum.TheApproval, document)
		h.wake(c, forum.TheForum, id)
	}
}
