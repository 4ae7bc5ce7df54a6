package office

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Trail is who changed what, when, from where and why.
type Trail interface {
	Audit(ctx context.Context, f forum.AuditFilter) ([]forum.AuditEntry, int, error)
}

// auditNouns are what the trail can be narrowed to.
var auditNouns = []forum.Noun{forum.TheForum, forum.TheSuggestion, forum.TheRound, forum.TheAssignment, forum.TheDossier, forum.TheApproval,
	forum.TheInvitation, forum.TheOpinion, forum.TheAnalysis, forum.TheAward, forum.TheResponse, forum.TheMilestone, forum.TheMail, forum.TheOfficial, forum.TheHoliday,
	forum.TheUsualLine, forum.TheDelegation, forum.TheExclusion}

// clockActions are what the trail tells of a clock with whom it concerns.
var clockActions = []forum.Action{forum.PauseClock, forum.ResumeClock, "clock.hand_over", "clock.escalate", "clock.tell_audit"}

type auditRow struct {
	forum.AuditEntry
	Whose  string
	What   string
	Noun   string
	Before string
	After  string
}

type auditView struct {
	head
	listing
	Nouns []page.Choice
	Rows  []auditRow
	One   bool // one forum's trail

	Moderation string // where the moderation log is, for who may read it
}

// Audit is the whole city's trail.
func (h *Handlers) Audit(c *gin.Context) error {
	view := auditView{listing: listingOf(c)}
	f := forum.AuditFilter{Page: view.Page, Size: view.Size}
	if isOne(c.Query("noun"), auditNouns) {
		f.Noun = forum.Noun(c.Query("noun"))
	}
	if id, err := forum.ParseID(c.Query("subject")); err == nil {
		f.Subject = id
	}
	return h.showAudit(c, view, f)
}

// ForumAudit is one forum's trail.
func (h *Handlers) ForumAudit(c *gin.Context) error {
	t, err := h.topic(c, forum.ReadAudit)
	if err != nil {
		return err
	}
	view := auditView{head: h.head(c, t, "audit"), listing: listingOf(c), One: true}
	return h.showAudit(c, view, forum.AuditFilter{Noun: forum.TheForum, Subject: t.ID, Page: view.Page, Size: view.Size})
}

func (h *Handlers) showAudit(c *gin.Context, view auditView, f forum.AuditFilter) error {
	entries, total, err := h.Store.Audit(c, f)
	if err != nil {
		return err
	}
	view.Total = total
	if officialOf(c).May(forum.ReadModeration, "") == nil {
		view.Moderation = page.To(c, "opinions", "log")
		if view.One {
			view.Moderation += "?forum=" + string(f.Subject)
		}
	}
	lang := page.Lang(c)
	view.Nouns = []page.Choice{{Text: h.site.Text(lang, "office.list.all")}}
	for _, noun := range auditNouns {
		view.Nouns = append(view.Nouns, page.Choice{Value: string(noun), Text: h.site.Text(lang, "office.noun."+string(noun)), Chosen: noun == f.Noun})
	}
	for _, e := range entries {
		if isOne(e.Action, clockActions) {
			e.Reason = h.clockWords(c, lang, e.Reason)
		}
		if e.Noun == forum.TheUsualLine || e.Noun == forum.TheDelegation {
			e.Before, e.After = h.ruleWords(c, lang, e.Before), h.ruleWords(c, lang, e.After)
		}
		view.Rows = append(view.Rows, auditRow{AuditEntry: e, Whose: h.by(c, lang, e.By), What: h.actionText(lang, forum.Action(e.Action)), Noun: h.nounText(lang, e.Noun),
			Before: h.statusText(lang, e.Noun, e.Before), After: h.statusText(lang, e.Noun, e.After)})
	}
	return h.site.Render(c, http.StatusOK, "audit", view)
}

// clockWords puts a clock's line into words: the step by its name, and whom it came from and went to by theirs.
func (h *Handlers) clockWords(c *gin.Context, lang, line string) string {
	head, reason, _ := strings.Cut(line, ": ")
	words := strings.Fields(head)
	for i, word := range words {
		switch {
		case i == 0:
			words[i] = h.actionText(lang, forum.Action(word))
		case word == string(forum.Officer):
			words[i] = h.site.Text(lang, "duty.officer")
		default:
			words[i] = h.person(c, lang, forum.ID(word), word)
		}
	}
	return strings.TrimSuffix(strings.Join(words, " ")+": "+reason, ": ")
}

// ruleWords puts what a rule of delegation or a usual line is about into words: the document, whose department, which duty.
func (h *Handlers) ruleWords(c *gin.Context, lang, line string) string {
	words := strings.Fields(line)
	for i, word := range words {
		switch {
		case i == 0:
			words[i] = h.nounText(lang, forum.Noun(word))
		case isOne(word, forum.Duties):
			words[i] = h.site.Text(lang, "duty."+word)
		default:
			words[i] = h.department(c, lang, word)
		}
	}
	return strings.Join(words, ", ")
}

// actionText names an action; one without words of its own keeps its code, because a trail hides nothing.
func (h *Handlers) actionText(lang string, action forum.Action) string {
	return h.wordOr(lang, "office.action."+string(action), string(action))
}

func (h *Handlers) nounText(lang string, noun forum.Noun) string {
	return h.wordOr(lang, "office.noun."+string(noun), string(noun))
}

func (h *Handlers) statusText(lang string, noun forum.Noun, status string) string {
	if status == "" {
		return ""
	}
	return h.wordOr(lang, "status."+string(noun)+"."+status, status)
}

// wordOr is the text for a key, or the code that it is of.
func (h *Handlers) wordOr(lang, key, code string) string {
	if text := h.site.Text(lang, key); text != key {
		return text
	}
	return code
}
