package office

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Forums gives the city's topics, whatever their status.
type Forums interface {
	Forums(ctx context.Context, f forum.ForumFilter) ([]forum.Forum, int, error)
	Forum(ctx context.Context, id forum.ID) (forum.Forum, error)
	HitsByLanguage(ctx context.Context, id forum.ID) ([]forum.LangHits, error)
	Assignment(ctx context.Context, forumID forum.ID) (forum.Assignment, error)
	SuitedDepartments(ctx context.Context, id forum.ID) ([]forum.Suited, error)
	Consultations(ctx context.Context, id forum.ID) ([]forum.Consultation, error)
	Handover(ctx context.Context, id forum.ID) (forum.Handover, error)
}

// topic is a forum with the department that answers for it now.
type topic struct {
	forum.Forum
	Assignment forum.Assignment
	Consulted  []forum.Consultation
	Handover   *forum.Handover // that waits for the other head
}

// may asks the policy with the department that the forum belongs to: while it is being assigned, the one that is asked; and
// whoever is asked in person, after an escalation, is asked for their own.
func (t topic) may(r reader, action forum.Action) error {
	return r.any(func(hat forum.Official) error {
		department := cmp.Or(t.Department, t.Assignment.Department)
		if t.Status == forum.Assigning {
			department = t.Assignment.Department
			if t.Assignment.Addressee == hat.ID {
				department = hat.Department
			}
		}
		if t.asks(hat, action) {
			department = hat.Department
		}
		return hat.May(action, department)
	})
}

// asks says whether somebody is asked by name, by a consultation or a handover, for this or to read what it is about; a
// consulted department's own people may read it too.
func (t topic) asks(hat forum.Official, action forum.Action) bool {
	reads := action == forum.ReadForums
	if t.Handover != nil && t.Handover.Addressee == hat.ID && (reads || action == forum.AcceptHandover || action == forum.DeclineHandover) {
		return true
	}
	return slices.ContainsFunc(t.Consulted, func(one forum.Consultation) bool {
		open := one.Addressee == hat.ID && one.AnsweredAt.IsZero() && action == forum.AnswerConsultation
		return open || reads && (one.Addressee == hat.ID || one.Department == hat.Department)
	})
}

// topic loads the forum of the address and asks whether the reader may do this with it.
func (h *Handlers) topic(c *gin.Context, action forum.Action) (topic, error) {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return topic{}, err
	}
	return h.topicOf(c, id, action)
}

func (h *Handlers) topicOf(c *gin.Context, id forum.ID, action forum.Action) (topic, error) {
	f, err := h.Store.Forum(c, id)
	if err != nil {
		return topic{}, err
	}
	t := topic{Forum: f}
	if t.Assignment, err = h.Store.Assignment(c, id); err != nil && forum.CodeOf(err) != forum.NotFound {
		return topic{}, err
	}
	if t.Consulted, err = h.Store.Consultations(c, id); err != nil {
		return topic{}, err
	}
	switch handover, err := h.Store.Handover(c, id); {
	case err == nil:
		t.Handover = &handover
	case forum.CodeOf(err) != forum.NotFound:
		return topic{}, err
	}
	return t, t.may(officialOf(c), action)
}

// head is what every page about one forum begins with: the title, its status and the ways between its pages.
type head struct {
	base
	Forum      forum.Forum
	Title      string
	Department string
	Ways       []link
}

type link struct {
	URL, Text string
	Current   bool
}

// forumPages are the pages about one forum, with what one must be allowed to read them.
var forumPages = []struct {
	name   string
	action forum.Action
}{
	{"", forum.ReadForums}, {"dossier", forum.ReadForums}, {"invitations", forum.ReadInvitations}, {"opinions", forum.ModerateOpinion}, {"suspects", forum.ReadSuspects}, {"analysis", forum.ReadAnalysis},
	{"awards", forum.ReadAwards}, {"response", forum.ReadForums}, {"followup", forum.ReadForums}, {"pr", forum.ReadForums},
	{"rehearsal", forum.RehearseForum}, {"audit", forum.ReadAudit},
}

func (h *Handlers) head(c *gin.Context, t topic, current string) head {
	lang := page.Lang(c)
	v := head{Forum: t.Forum, Title: forumTitle(lang, t.Forum)}
	v.Department = h.department(c, lang, cmp.Or(t.Department, t.Assignment.Department))
	for _, p := range forumPages {
		if t.may(officialOf(c), p.action) != nil || p.action == forum.RehearseForum && !slices.Contains(forum.Rehearsable, t.Status) {
			continue
		}
		one := link{URL: page.To(c, "forums", t.ID), Text: h.site.Text(lang, "office.forum.page."+cmp.Or(p.name, "overview")), Current: p.name == current}
		if p.name != "" {
			one.URL = page.To(c, "forums", t.ID, p.name)
		}
		v.Ways = append(v.Ways, one)
	}
	return v
}

type forumView struct {
	head
	Now       time.Time
	Steps     []page.Step
	Waits     []wait
	Parked    []forum.Attention
	MayRetry  bool
	MayExport bool
	Approvals []approvalLine
	Forms     []form
	Asked     string // the name of the department that is asked to take it
	Consulted []consulted
	Handover  *handover
	Hits      []forum.LangHits // by language, where they were counted here
	Lag       *lag             // why its participation wants attention
	EnterURL  string           // where an opinion is entered for somebody
	Wanted    string           // where a head would have passed it on, once the officer decides
}

// Forum is one forum from suggestion to archive: where it stands, whom it waits for, and all that the reader may do now.
func (h *Handlers) Forum(c *gin.Context) error {
	t, err := h.topic(c, forum.ReadForums)
	if err != nil {
		return err
	}
	official := officialOf(c)
	view := forumView{head: h.head(c, t, ""), Now: h.Now(),
		MayRetry: official.May(forum.RetryStep, "") == nil, MayExport: t.may(official, forum.DownloadWorkbook) == nil}
	h.amongDepartments(c, t, &view)
	if t.Status == forum.Assigning {
		view.Asked = h.department(c, page.Lang(c), t.Assignment.Department)
	}
	if view.Approvals, err = h.approvalsOf(c, t); err != nil {
		return err
	}
	if view.Waits, err = h.waitsOf(c, t, view.Approvals); err != nil {
		return err
	}
	if view.Steps, err = h.timeline(c, t, view.Waits); err != nil {
		return err
	}
	if view.Parked, err = h.parked(c, t, view.Approvals); err != nil {
		return err
	}
	if view.Forms, err = h.forumForms(c, t); err != nil {
		return err
	}
	if h.maySetModeration(c, t) {
		s := h.sheet(c, nil, nil)
		s.prefix = "moderation-"
		view.Forms = append(view.Forms, h.moderationPolicyForm(c, s, t.Forum))
	}
	if t.Status.MayChangeIdentity() && t.may(official, forum.SetIdentity) == nil {
		s := h.sheet(c, nil, nil)
		s.prefix = "identity-"
		view.Forms = append(view.Forms, h.identityForm(c, s, t.Forum))
	}
	if h.mayProtect(c, t) {
		s := h.sheet(c, nil, nil)
		s.prefix = "protection-"
		protected, err := h.isProtected(c, t.ID)
		if err != nil {
			return err
		}
		view.Forms = append(view.Forms, h.protectionForm(c, s, t.ID, protected))
	}
	if view.Hits, err = h.Store.HitsByLanguage(c, t.ID); err != nil {
		return err
	}
	if view.Lag, err = h.lagOf(c, t); err != nil {
		return err
	}
	if h.mayEnter(t.Forum) == nil && t.may(official, forum.EnterOpinion) == nil {
		view.EnterURL = page.To(c, "forums", t.ID, "opinions", "new")
	}
	return h.site.Render(c, http.StatusOK, "forum", view)
}

// waitsOf lists whom a forum waits for, and whom its documents under way wait for.
func (h *Handlers) waitsOf(c *gin.Context, t topic, approvals []approvalLine) ([]wait, error) {
	owed, err := h.Store.OwedOf(c, forum.TheForum, t.ID)
	if err != nil {
		return nil, err
	}
	for _, a := range approvals {
		if forum.ApprovalSteps.IsFinal(a.Status) {
			continue
		}
		more, err := h.Store.OwedOf(c, forum.TheApproval, a.ID)
		if err != nil {
			return nil, err
		}
		owed = append(owed, more...)
	}
	if t.Status == forum.Following {
		open, err := h.openMilestones(c, t.ID)
		if err != nil {
			return nil, err
		}
		for _, m := range open {
			more, err := h.Store.OwedOf(c, forum.TheMilestone, m.ID)
			if err != nil {
				return nil, err
			}
			owed = append(owed, more...)
		}
	}
	return h.waits(c, owed), nil
}

// parked are the steps of this forum's procedures that wait for a person's Retry.
func (h *Handlers) parked(c *gin.Context, t topic, approvals []approvalLine) ([]forum.Attention, error) {
	all, err := h.Store.Attention(c)
	if err != nil {
		return nil, err
	}
	subjects := map[forum.ID]bool{t.ID: true}
	for _, a := range approvals {
		subjects[a.ID] = true
	}
	var mine []forum.Attention
	for _, one := range all {
		if subjects[one.Subject] {
			mine = append(mine, one)
		}
	}
	return mine, nil
}

// timeline dates the journey by the audit trail: when each status was reached and by whom; and says whom it waits for now.
func (h *Handlers) timeline(c *gin.Context, t topic, waits []wait) ([]page.Step, error) {
	lang := page.Lang(c)
	reached, err := h.reached(c, t.ID)
	if err != nil {
		return nil, err
	}
	steps := []page.Step{{Text: h.site.Text(lang, "office.timeline.suggested"), Done: true}}
	passed, current := true, t.Status
	if current == forum.Suspended {
		current = forum.Open
	}
	for _, status := range forum.Journey {
		entry, known := reached[status]
		step := page.Step{Text: h.site.Text(lang, "status.forum."+string(status)), At: entry.At, Done: passed && known || passed && t.Status != forum.Withdrawn}
		if known {
			step.Note = h.by(c, lang, entry.By)
		} else if t.Status == forum.Withdrawn {
			step.Done = false
		}
		switch {
		case status == current:
			step.Current, passed = true, false
			if t.Status == forum.Suspended {
				step.Text = h.site.Text(lang, "status.forum.suspended")
			}
			for _, w := range waits {
				step.Note, step.Late = h.site.Text(lang, "office.timeline.waits", "whom", w.Whom, "what", w.What), w.Clock == forum.ClockOverdue
				break
			}
		case status == forum.Open && !known:
			step.At = t.OpensAt
		case status == forum.Closed && !known:
			step.At = page.End(t.ClosesAt)
		case status == forum.Selected && !known:
			step.At = t.CreatedAt
		}
		steps = append(steps, step)
	}
	if t.Status == forum.Withdrawn {
		steps = append(steps, page.Step{Text: h.site.Text(lang, "status.forum.withdrawn"), At: reached[forum.Withdrawn].At, Note: t.Reason, Current: true})
	}
	return steps, nil
}

// A forum's trail holds its opinions' rows too, so it is read in pieces, the newest first; a timeline gives up after so many.
const trailPiece, trailPieces = 200, 25

// reached tells when a forum first had each status.
func (h *Handlers) reached(c *gin.Context, id forum.ID) (map[forum.ForumStatus]forum.AuditEntry, error) {
	reached := map[forum.ForumStatus]forum.AuditEntry{}
	for n := 1; n <= trailPieces; n++ {
		trail, total, err := h.Store.Audit(c, forum.AuditFilter{Noun: forum.TheForum, Subject: id, Page: n, Size: trailPiece})
		if err != nil {
			return nil, err
		}
		for _, entry := range trail {
			if status := forum.ForumStatus(entry.After); entry.Noun == forum.TheForum && entry.Before != entry.After {
				if first, ok := reached[status]; !ok || entry.At.Before(first.At) {
					reached[status] = entry
				}
			}
		}
		if n*trailPiece >= total {
			break
		}
	}
	return reached, nil
}

// by names who did something; what no official did has a word of its own.
func (h *Handlers) by(ctx context.Context, lang, name string) string {
	switch name {
	case "system", "citizen", "import":
		return h.site.Text(lang, "office.by."+name)
	}
	return h.named(ctx, lang, name)
}
