package office

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// queueTab is a tab of the queue as its reader sees it.
type queueTab struct {
	Tab     forum.QueueTab
	URL     string
	Count   int
	Current bool
}

// queueRow is one opinion that waits.
type queueRow struct {
	forum.QueueItem
	Title  string // of the forum, in the reader's language
	Clock  forum.Clock
	Mine   bool // the reader works on it
	Theirs bool // another moderator does
}

// Row is the row itself, for a partial on a page that embeds it.
func (r queueRow) Row() queueRow { return r }

type queueView struct {
	base
	listing
	Tabs   []queueTab
	Filter forum.QueueFilter
	Forums []page.Choice
	Rows   []queueRow
	Form   form
	Here   string
	MayLog bool
}

// Queue lists the opinions that wait for a moderator, tab by tab, the longest waiting first.
func (h *Handlers) Queue(c *gin.Context) error {
	view := queueView{listing: listingOf(c), Here: c.Request.URL.RequestURI(), MayLog: officialOf(c).May(forum.ReadModeration, "") == nil}
	f := forum.QueueFilter{Tab: forum.TabReported, Query: query(c), Page: view.Page, Size: view.Size}
	if isOne(c.Query("tab"), forum.QueueTabs) {
		f.Tab = forum.QueueTab(c.Query("tab"))
	}
	if id, err := forum.ParseID(c.Query("forum")); err == nil {
		f.Forum = id
	}
	q, err := h.Store.ModerationQueue(c, f)
	if err != nil {
		return err
	}
	if c.Query("tab") == "" { // where something waits
		for _, tab := range forum.QueueTabs {
			if q.Counts[tab] == 0 || tab == f.Tab {
				continue
			}
			if q.Counts[f.Tab] == 0 {
				f.Tab = tab
				if q, err = h.Store.ModerationQueue(c, f); err != nil {
					return err
				}
			}
		}
	}
	view.Filter, view.Total = f, q.Total
	view.Tabs = queueTabs(c, f, q.Counts)
	view.Forums = h.queueForums(c, f, q.Forums)
	for _, item := range q.Rows {
		view.Rows = append(view.Rows, h.queueRow(c, item))
	}
	view.Form = h.moderationForm(c, h.sheet(c, nil, nil), newKey())
	return h.site.Render(c, http.StatusOK, "moderation_queue", view)
}

// queueTabs lead from tab to tab and keep the other filters.
func queueTabs(c *gin.Context, f forum.QueueFilter, counts map[forum.QueueTab]int) []queueTab {
	var tabs []queueTab
	for _, tab := range forum.QueueTabs {
		values := url.Values{"tab": {string(tab)}}
		if f.Forum != "" {
			values.Set("forum", string(f.Forum))
		}
		if f.Query != "" {
			values.Set("q", f.Query)
		}
		tabs = append(tabs, queueTab{Tab: tab, URL: page.To(c, "opinions") + "?" + values.Encode(), Count: counts[tab], Current: tab == f.Tab})
	}
	return tabs
}

func (h *Handlers) queueForums(c *gin.Context, f forum.QueueFilter, all []forum.Forum) []page.Choice {
	choices := []page.Choice{{Text: h.site.Text(page.Lang(c), "office.list.all")}}
	known := f.Forum == ""
	for _, one := range all {
		choices = append(choices, page.Choice{Value: string(one.ID), Text: forumTitle(page.Lang(c), one), Chosen: one.ID == f.Forum})
		known = known || one.ID == f.Forum
	}
	if !known { // nothing of it waits any more, and the filter stays
		if one, err := h.Store.Forum(c, f.Forum); err == nil {
			choices = append(choices, page.Choice{Value: string(one.ID), Text: forumTitle(page.Lang(c), one), Chosen: true})
		}
	}
	return choices
}

func (h *Handlers) queueRow(c *gin.Context, item forum.QueueItem) queueRow {
	row := queueRow{QueueItem: item, Title: inLang(page.Lang(c), item.ForumTitle, item.ForumTitleEn)}
	if !item.Due.IsZero() {
		row.Clock = forum.ClockAt(item.Due, h.Now())
	}
	if item.Lock != nil {
		row.Mine = item.Lock.Official == officialOf(c).ID
		row.Theirs = !row.Mine
	}
	return row
}

type caseView struct {
	base
	queueRow
	History []page.Step
	Form    form
	Appeals *form // to answer the appeal that waits
	Here    string
}

// ModerationCase is one opinion with all that a moderator must know to answer: what was reported, what its author says, who works on
// it, and what says nearly the same.
func (h *Handlers) ModerationCase(c *gin.Context) error {
	view, err := h.caseView(c, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "moderation_case", view)
}

func (h *Handlers) caseView(c *gin.Context, s sheet) (caseView, error) {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return caseView{}, err
	}
	item, history, err := h.Store.ModerationCase(c, id)
	if err != nil {
		return caseView{}, err
	}
	view := caseView{queueRow: h.queueRow(c, item), Here: page.To(c, "opinions", id)}
	for i, change := range history {
		view.History = append(view.History, page.Step{Text: h.statusText(page.Lang(c), forum.TheOpinion, change.Status), At: change.At,
			Note: h.codeAndWords(page.Lang(c), change.Code, change.Reason), Done: true, Current: i == len(history)-1})
	}
	below := h.sheet(c, nil, nil)
	below.prefix = "answer-" // the appeal's form has fields of these names, too
	view.Form = h.moderationForm(c, below, newKey())
	view.Form.Fixed = []held{{"opinion[]", string(id) + "@" + string(item.Forum)}, {"back", view.Here}}
	if item.Appeal != nil && item.Appeal.Status == forum.AppealOpen {
		view.Appeals = h.appealForm(c, s, id)
	}
	return view, nil
}

// codeAndWords is a reason as people read it: the code's text, then what was added.
func (h *Handlers) codeAndWords(lang string, code forum.ReasonCode, words string) string {
	switch {
	case code == "":
		return words
	case words == "":
		return h.site.Text(lang, "moderation.code."+string(code))
	}
	return h.site.Text(lang, "moderation.code."+string(code)) + ": " + words
}

func (h *Handlers) appealForm(c *gin.Context, s sheet, id forum.ID) *form {
	var to []page.Choice
	for _, answer := range []forum.ModerationAnswer{forum.AnswerPublish, forum.AnswerDismiss} {
		to = append(to, page.Choice{Value: string(answer), Text: s.text("office.appeal." + string(answer))})
	}
	return &form{ID: "appeal", Title: s.text("office.appeal.title"), URL: page.To(c, "opinions", id, "appeal"), Button: s.text("office.appeal.button"), Tone: "primary",
		Fields: []*field{
			s.field(page.Field{Name: "to", Kind: "radios", Required: true, Choices: to}, "office.field.moderate_to"),
			s.field(page.Field{Name: "reason", Kind: "area", Rows: 3, Max: forum.ReasonMax, Hint: "office.appeal.reason.hint"}, "office.field.moderate_reason"),
		}}
}

// AnswerAppeal upholds an author's appeal, which publishes the opinion, or dismisses it with a reason that reaches them.
func (h *Handlers) AnswerAppeal(c *gin.Context) error {
	values, err := page.Form(c, editorLimit)
	if values == nil {
		return err
	}
	id, unknown := forum.ParseID(c.Param("id"))
	if unknown != nil {
		return unknown
	}
	to := forum.ModerationAnswer(values.Get("to"))
	if err == nil && to != forum.AnswerPublish && to != forum.AnswerDismiss {
		err = forum.Refuse(forum.Invalid, "opinion.no_such_answer").At("to")
	}
	if err == nil {
		err = h.Store.ModerateOpinion(c, officialOf(c).Official, c.ClientIP(), forum.Verdict{Opinion: id, To: to, Reason: values.Get("reason")})
	}
	view, unknown := h.caseView(c, h.sheet(c, values, err))
	if err != nil {
		if unknown != nil {
			return err
		}
		return h.site.Refused(c, "moderation_case", view, err)
	}
	h.wake(c, forum.TheForum, view.Forum)
	h.site.Flash(c, "notice.office.appeal_answered")
	return h.site.Redirect(c, page.To(c, "opinions", id))
}

// TakeOpinion begins a moderator's work on an opinion; what another works on is taken over in so many words.
func (h *Handlers) TakeOpinion(c *gin.Context) error {
	values, err := page.Form(c)
	if err != nil {
		return err
	}
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return err
	}
	if err := h.Store.TakeOpinion(c, officialOf(c).Official, c.ClientIP(), id, values.Get("take_over") == "yes"); err != nil {
		if forum.CodeOf(err) != forum.Conflict {
			return err
		}
		view, unknown := h.caseView(c, h.sheet(c, nil, nil)) // somebody was a moment earlier: the page says who
		if unknown != nil {
			return err
		}
		return h.site.Refused(c, "moderation_case", view, err)
	}
	h.site.Flash(c, "notice.office.opinion_taken")
	return h.site.Redirect(c, page.To(c, "opinions", id))
}

// LetGoOfOpinion ends it, for others to go on.
func (h *Handlers) LetGoOfOpinion(c *gin.Context) error {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return err
	}
	if err := h.Store.LetGoOfOpinion(c, officialOf(c).Official, id); err != nil {
		return err
	}
	return h.site.Redirect(c, page.To(c, "opinions", id))
}

// moderationPolicyForm lets an officer say when a board's opinions are looked at.
func (h *Handlers) moderationPolicyForm(c *gin.Context, s sheet, f forum.Forum) form {
	var to []page.Choice
	for _, one := range []forum.Moderation{forum.ModerateAfter, forum.ModerateBefore} {
		to = append(to, page.Choice{Value: string(one), Text: s.text("office.moderation." + string(one))})
	}
	const name = "office.action.forum.set_moderation"
	return form{ID: string(forum.SetModeration), Title: s.text(name), Hint: s.text(name + ".hint"), URL: page.To(c, "forums", f.ID, "moderation"), Button: s.text(name),
		Tone: "primary", Fields: []*field{
			s.field(page.Field{Name: "moderation", Kind: "radios", Required: true, Choices: to, Value: string(f.Moderation)}, "office.forum.moderation"),
			s.field(page.Field{Name: "reason", Kind: "area", Rows: 2, Max: forum.ReasonMax, Required: true}, "office.field.reason"),
		}}
}

// maySetModeration says whether the forum still takes it from the reader.
func (h *Handlers) maySetModeration(c *gin.Context, t topic) bool {
	return t.may(officialOf(c), forum.SetModeration) == nil && !t.Status.HasClosed() && t.Status != forum.Withdrawn
}

// SetModeration says it.
func (h *Handlers) SetModeration(c *gin.Context) error {
	t, err := h.topic(c, forum.SetModeration)
	if err != nil {
		return err
	}
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	if err == nil {
		err = h.Store.SetModeration(c, officialOf(c).Official, c.ClientIP(), t.ID, forum.Moderation(values.Get("moderation")), values.Get("reason"))
	}
	if err != nil {
		return h.site.Refused(c, "decision", decisionView{Title: forumTitle(page.Lang(c), t.Forum), Back: page.To(c, "forums", t.ID),
			Form: h.moderationPolicyForm(c, h.sheet(c, values, err), t.Forum)}, err)
	}
	h.site.Flash(c, "notice.office.moderation_set")
	return h.site.Redirect(c, page.To(c, "forums", t.ID))
}
