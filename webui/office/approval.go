package office

import (
	"context"
	"net/http"
	"slices"
	"strings"

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
	if !forum.ApprovalSteps.IsFinal(a.Status) {
		var names []string
		for _, next := range a.Next() {
			names = append(names, h.person(c, lang, next.Official, next.Name))
		}
		line.Next = strings.Join(names, ", ")
		line.Mine = officialOf(c).signsFor(a) != nil
	}
	return line
}

// signsFor is the place in a document's line in which the reader may sign now, their own or that of an absent one they stand in
// for; nil when it isn't their turn. The drafter never signs their own, whatever hat they wear.
func (r reader) signsFor(a forum.Approval) *forum.Signer {
	for _, hat := range r.hats {
		if place, err := a.Turn(r.ID, hat.ID); err == nil && hat.May(forum.SignApproval, hat.Department) == nil {
			return place
		}
	}
	return nil
}

// approvalsOf are a forum's documents, the latest of each kind.
func (h *Handlers) approvalsOf(c *gin.Context, t topic) ([]approvalLine, error) {
	var lines []approvalLine
	for _, noun := range forum.DocumentNouns {
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

type approvalView struct {
	base
	Approval forum.Approval
	Title    string
	Unit     string
	Stamps   []stamp
	Opinions []stamp // of the departments that were consulted
	History  []happening
	Text     []block
	Files    []forum.DossierFile // that the fingerprint covers
	Changed  bool
	Void     bool   // the approval doesn't cover the text as it stands
	Subject  string // the page of what the document is about
	Forms    []form
	Waits    []wait
	Instead  string // the absent signer for whom the reader would sign
	Comment  *form  // for whoever has a place in the line
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
		if a.InLine(hat.ID) {
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
	view := approvalView{Approval: a, Title: a.Title, Unit: h.department(c, page.Lang(c), a.Department), Stamps: h.stamps(c, a), History: h.happenings(c, a),
		Changed: a.SHA256 != a.Current && a.Current != "", Subject: subjectURL(c, a)}
	view.Void = a.Status == forum.Voided || view.Changed
	for _, s := range view.Stamps {
		if s.Role == string(forum.Consulted) && s.Comment != "" {
			view.Opinions = append(view.Opinions, s)
		}
	}
	var err error
	if view.Text, err = h.documentText(c, a); err != nil {
		return view, err
	}
	view.Files = filesIn(a)
	owed, err := h.Store.OwedOf(c, forum.TheApproval, a.ID)
	if err != nil {
		return view, err
	}
	view.Waits = h.waits(c, owed)
	if place := officialOf(c).signsFor(a); place != nil && place.Official != officialOf(c).ID {
		view.Instead = h.person(c, page.Lang(c), place.Official, place.Name)
	}
	for _, action := range approvalActions {
		if h.mayOnApproval(officialOf(c), a, action) != nil {
			continue
		}
		s := h.sheet(c, nil, nil)
		s.prefix = string(action) + "-"
		q, err := h.approvalQuestion(c, a, action)
		if err != nil {
			return view, err
		}
		f := h.form(c, q, s, newKey())
		f.Open = action == forum.SignApproval || action == forum.SettleAlarm
		view.Forms = append(view.Forms, f)
	}
	if a.InLine(officialOf(c).ID) && !forum.ApprovalSteps.IsFinal(a.Status) {
		s := h.sheet(c, nil, nil)
		s.prefix = "comment-"
		f := h.commentForm(c, a, s, newKey())
		view.Comment = &f
	}
	return view, nil
}

// subjectURL is the page of what a document is about.
func subjectURL(c *gin.Context, a forum.Approval) string {
	switch a.Noun {
	case forum.TheMinutes:
		return page.To(c, "rounds", a.Subject)
	case forum.TheUrgent:
		return page.To(c, "suggestions", a.Subject)
	}
	if a.Noun.IsAct() {
		return page.To(c, "forums", a.Subject)
	}
	return page.To(c, "forums", a.Subject, string(a.Noun))
}

// approvalActions are the decisions on a document, in the order in which its page offers them.
var approvalActions = []forum.Action{forum.SignApproval, forum.ReturnApproval, forum.RecallApproval, forum.SettleAlarm}

// mayOnApproval asks whether it is the reader's to decide on a document now.
func (h *Handlers) mayOnApproval(r reader, a forum.Approval, action forum.Action) error {
	if !slices.Contains(forum.ApprovalDecisions[action], a.Status) {
		return forum.Refuse(forum.Conflict, "approval.not_in_review")
	}
	switch {
	case action == forum.SettleAlarm && !a.Alarmed():
		return forum.Refuse(forum.Conflict, "approval.not_in_review")
	case action == forum.SettleAlarm:
		return r.May(action, a.Department)
	case action == forum.RecallApproval && r.ID != a.Drafter:
		return forum.Refuse(forum.Forbidden, "approval.not_your_draft")
	case action == forum.RecallApproval && a.HasSignatures():
		return forum.Refuse(forum.Conflict, "approval.signed_already")
	case action == forum.RecallApproval:
		return nil
	}
	if action == forum.ReturnApproval {
		a.Current = a.SHA256 // a changed text can still be returned
	}
	if r.signsFor(a) != nil {
		return nil
	}
	return a.MaySign(r.ID)
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
		q, err := h.approvalQuestion(c, a, action)
		if err != nil {
			return err
		}
		return h.ask(c, q)
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
		q, err := h.approvalQuestion(c, a, action)
		if err != nil {
			return err
		}
		return h.take(c, q)
	}
}
