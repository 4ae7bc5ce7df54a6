package office

import (
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// stamp is one place of the line as the document shows it: 기안, 검토, 협조, 결재.
type stamp struct {
	Role      string
	Name      string
	Title     string
	Unit      string
	Status    forum.SignerStatus
	At        time.Time
	By        string // the substitute who signed
	Comment   string
	Disagrees bool
	Final     bool
	Next      bool
}

// Signed says that the place has its signature.
func (s stamp) Signed() bool { return !s.At.IsZero() && s.Status != forum.SignerReturned }

func (h *Handlers) stamps(c *gin.Context, a forum.Approval) []stamp {
	lang := page.Lang(c)
	officials, _ := h.names(c)
	drafter := officials[a.Drafter]
	stamps := []stamp{{Role: "drafter", Name: h.person(c, lang, a.Drafter, a.DrafterName), Title: personTitle(lang, drafter),
		Unit: h.department(c, lang, drafter.Department), Status: forum.SignerApproved, At: a.DraftedAt}}
	next := map[int]bool{}
	for _, s := range a.Next() {
		next[s.Order] = !forum.ApprovalSteps.IsFinal(a.Status)
	}
	for _, s := range a.Line {
		known := officials[s.Official]
		stamps = append(stamps, stamp{Role: string(s.Role), Name: h.person(c, lang, s.Official, s.Name), Title: inLang(lang, s.Title, known.TitleEn),
			Unit: h.department(c, lang, known.Department), Status: s.Status, At: s.At, By: h.named(c, lang, s.SignedBy), Comment: s.Comment,
			Disagrees: s.Disagrees, Final: s.Final, Next: next[s.Order]})
	}
	return stamps
}

// happening is one thing that was done in the line, in the reader's words.
type happening struct {
	At   time.Time
	Who  string
	What string
	Text string
}

// happenings tell what everybody in the line did, in order.
func (h *Handlers) happenings(c *gin.Context, a forum.Approval) []happening {
	lang := page.Lang(c)
	var all []happening
	for _, e := range a.History {
		kind := string(e.Kind)
		if e.Disagrees {
			kind = "disagreed"
		}
		one := happening{At: e.At, Who: h.site.Text(lang, "office.by.system"), What: h.site.Text(lang, "office.line."+kind), Text: e.Text}
		if e.By != "" {
			one.Who = h.person(c, lang, e.By, e.ByName)
		}
		if e.Official != "" && e.Official != e.By {
			one.What = h.site.Text(lang, "office.line.place", "what", one.What, "name", h.person(c, lang, e.Official, e.Name))
		}
		all = append(all, one)
	}
	return all
}
