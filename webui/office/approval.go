package office

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Approvals are documents in their approval lines.
type Approvals interface {
	Approvals(ctx context.Context, reader forum.Official) ([]forum.Approval, error)
	Approval(ctx context.Context, id forum.ID) (forum.Approval, error)
	ApprovalOf(ctx context.Context, noun forum.Noun, subject forum.ID) (forum.Approval, error)
}

// approvalLine is a document in a list.
type approvalLine struct {
	forum.Approval
	Unit    string
	Drafter string
	Next    string
	Mine    bool // it waits for the reader
}

func (h *Handlers) approvalLine(c *gin.Context, a forum.Approval) approvalLine {
	lang := page.Lang(c)
	line := approvalLine{Approval: a, Unit: h.department(c, lang, a.Department), Drafter: h.person(c, lang, a.Drafter, a.DrafterName)}
	if next := a.Next(); next != nil && !forum.ApprovalSteps.IsFinal(a.Status) {
		line.Next = h.person(c, lang, next.Official, next.Name)
		line.Mine = officialOf(c).signsFor(a) != ""
	}
	return line
}

// signsFor is the next signer of a document whom the reader is or stands in for; "" when it isn't their turn. The drafter
// never signs their own, whatever hat they wear.
func (r reader) signsFor(a forum.Approval) forum.ID {
	for _, hat := range r.hats {
		if r.ID != a.Drafter && a.MaySign(hat.ID) == nil && hat.May(forum.SignApproval, hat.Department) == nil {
			return hat.ID
		}
	}
	return ""
}

// documentsOf are the nouns of a forum that go through an approval line.
var documentsOf = []forum.Noun{forum.TheDossier, forum.TheExtension, forum.TheAnalysis, forum.TheAwards, forum.TheResponse}

// approvalsOf are a forum's documents, the latest of each kind.
func (h *Handlers) approvalsOf(c *gin.Context, t topic) ([]approvalLine, error) {
	var lines []approvalLine
	for _, noun := range documentsOf {
		a, err := h.Store.ApprovalOf(c, noun, t.ID)
		if forum.CodeOf(err) == forum.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		lines = append(lines, h.approvalLine(c, a))
	}
	return lines, nil
}

type approvalsView struct {
	base
	listing
	Lines  []approvalLine
	Status forum.ApprovalStatus
	Mine   int
	Open   []page.Choice
}

// approvalStatuses are every status of a document, in the order of its life.
var approvalStatuses = []forum.ApprovalStatus{forum.Drafted, forum.InReview, forum.Approved, forum.Returned, forum.Recalled, forum.Voided}

// Approvals is the inbox: what waits for the reader first, then what they drafted, then their department's.
func (h *Handlers) Approvals(c *gin.Context) error {
	all, err := h.Store.Approvals(c, officialOf(c).Official)
	if err != nil {
		return err
	}
	view := approvalsView{listing: listingOf(c), Open: h.statusChoices(c, "approval", texts(approvalStatuses), c.Query("status"))}
	if status := forum.ApprovalStatus(c.Query("status")); slices.Contains(approvalStatuses, status) {
		view.Status = status
	}
	var lines []approvalLine
	for _, a := range all {
		line := h.approvalLine(c, a)
		if line.Mine {
			view.Mine++
		}
		if view.Status == "" || a.Status == view.Status {
			lines = append(lines, line)
		}
	}
	view.Total = len(lines)
	from := min((view.Page-1)*view.Size, len(lines))
	view.Lines = lines[from:min(from+view.Size, len(lines))]
	return h.site.Render(c, http.StatusOK, "approvals", view)
}

// stamp is one place of the line as the document shows it: 기안, 검토, 협조, 결재.
type stamp struct {
	Role    string
	Name    string
	Title   string
	Unit    string
	Status  forum.SignerStatus
	At      time.Time
	By      string // the substitute who signed
	Comment string
	Next    bool
}

type approvalView struct {
	base
	Approval forum.Approval
	Title    string
	Unit     string
	Stamps   []stamp
	Text     []block
	Changed  bool
	Subject  string // the page of what the document is about
	Forms    []form
	Waits    []wait
	Instead  string // the absent signer for whom the reader would sign
}

// approvalFor loads a document that the reader may read: of their department, or in whose line they stand.
func (h *Handlers) approvalFor(c *gin.Context) (forum.Approval, error) {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return forum.Approval{}, err
	}
	a, err := h.Store.Approval(c, id)
	if err != nil {
		return a, err
	}
	return a, officialOf(c).any(func(hat forum.Official) error {
		inLine := a.Drafter == hat.ID || slices.ContainsFunc(a.Line, func(s forum.Signer) bool { return s.Official == hat.ID })
		if inLine {
			return hat.May(forum.ReadApprovals, hat.Department)
		}
		return hat.May(forum.ReadApprovals, a.Department)
	})
}

// Approval shows a document as its signers decide on it: the exact text, its fingerprint, the line with its stamps.
func (h *Handlers) Approval(c *gin.Context) error {
	a, err := h.approvalFor(c)
	if err != nil {
		return err
	}
	view, err := h.approvalView(c, a)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "approval", view)
}

func (h *Handlers) approvalView(c *gin.Context, a forum.Approval) (approvalView, error) {
	view := approvalView{Approval: a, Title: a.Title, Unit: h.department(c, page.Lang(c), a.Department), Stamps: h.stamps(c, a),
		Changed: a.SHA256 != a.Current && a.Current != "", Subject: subjectURL(c, a)}
	var err error
	if view.Text, err = h.documentText(c, a); err != nil {
		return view, err
	}
	owed, err := h.Store.OwedOf(c, forum.TheApproval, a.ID)
	if err != nil {
		return view, err
	}
	view.Waits = h.waits(c, owed)
	if next := officialOf(c).signsFor(a); next != "" && next != officialOf(c).ID {
		view.Instead = h.person(c, page.Lang(c), next, "")
	}
	for _, action := range approvalActions {
		if h.mayOnApproval(officialOf(c), a, action) != nil {
			continue
		}
		s := h.sheet(c, nil, nil)
		s.prefix = string(action) + "-"
		f := h.form(c, h.approvalQuestion(c, a, action), s, newKey())
		f.Open = action == forum.SignApproval
		view.Forms = append(view.Forms, f)
	}
	return view, nil
}

// subjectURL is the page of what a document is about.
func subjectURL(c *gin.Context, a forum.Approval) string {
	switch a.Noun {
	case forum.TheMinutes:
		return page.To(c, "rounds", a.Subject)
	case forum.TheExtension:
		return page.To(c, "forums", a.Subject)
	}
	return page.To(c, "forums", a.Subject, string(a.Noun))
}

func (h *Handlers) stamps(c *gin.Context, a forum.Approval) []stamp {
	lang := page.Lang(c)
	officials, _ := h.names(c)
	drafter := officials[a.Drafter]
	stamps := []stamp{{Role: "drafter", Name: h.person(c, lang, a.Drafter, a.DrafterName), Title: personTitle(lang, drafter),
		Unit: h.department(c, lang, drafter.Department), Status: forum.SignerApproved, At: a.DraftedAt}}
	next := a.Next()
	for _, s := range a.Line {
		known := officials[s.Official]
		stamps = append(stamps, stamp{Role: string(s.Role), Name: h.person(c, lang, s.Official, s.Name), Title: inLang(lang, s.Title, known.TitleEn),
			Unit: h.department(c, lang, known.Department), Status: s.Status, At: s.At, By: h.named(c, lang, s.SignedBy), Comment: s.Comment,
			Next: next != nil && next.Order == s.Order && !forum.ApprovalSteps.IsFinal(a.Status)})
	}
	return stamps
}

// approvalActions are the decisions on a document, in the order in which its page offers them.
var approvalActions = []forum.Action{forum.SignApproval, forum.ReturnApproval, forum.RecallApproval}

// mayOnApproval asks whether it is the reader's to decide on a document now.
func (h *Handlers) mayOnApproval(r reader, a forum.Approval, action forum.Action) error {
	if !slices.Contains(forum.ApprovalDecisions[action], a.Status) {
		return forum.Refuse(forum.Conflict, "approval.not_in_review")
	}
	if action == forum.RecallApproval {
		if r.ID != a.Drafter {
			return forum.Refuse(forum.Forbidden, "approval.not_your_draft")
		}
		return nil
	}
	if action == forum.ReturnApproval {
		a.Current = a.SHA256 // a changed text can still be returned
	}
	if r.signsFor(a) != "" {
		return nil
	}
	return a.MaySign(r.ID)
}

func (h *Handlers) approvalQuestion(c *gin.Context, a forum.Approval, action forum.Action) question {
	return question{
		action:  action,
		subject: subject{noun: forum.TheApproval, id: a.ID, title: a.Title, parts: []any{"approvals", a.ID}},
		fields: func(s sheet) []*field {
			reason := page.Field{Name: "reason", Kind: "area", Rows: 3, Max: forum.ReasonMax, Required: action == forum.ReturnApproval}
			if action == forum.SignApproval {
				return []*field{s.field(reason, "office.field.comment")}
			}
			return []*field{s.field(reason, label(reason))}
		},
	}
}

// AskApproval shows one decision's form on a page of its own.
func (h *Handlers) AskApproval(action forum.Action) page.Handler {
	return func(c *gin.Context) error {
		a, err := h.approvalFor(c)
		if err != nil {
			return err
		}
		if err := h.mayOnApproval(officialOf(c), a, action); err != nil {
			return err
		}
		return h.ask(c, h.approvalQuestion(c, a, action))
	}
}

// DecideApproval signs, returns or recalls. Whether it is the official's turn is asked by the procedure: a second click on
// a signed document is answered by what the first one did.
func (h *Handlers) DecideApproval(action forum.Action) page.Handler {
	return func(c *gin.Context) error {
		a, err := h.approvalFor(c)
		if err != nil {
			return err
		}
		return h.take(c, h.approvalQuestion(c, a, action))
	}
}
