package rehearsal

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"go.temporal.io/sdk/testsuite"

	"acropolis/forum"
)

// city stands in for the database: it keeps one forum with all that belongs to it, and writes down what happens. Its rules are
// those of package forum, which the store reads too.
type city struct {
	mu     sync.Mutex
	env    *testsuite.TestWorkflowEnvironment
	plan   forum.ForumPlan
	days   forum.Calendar
	staff  forum.Directory
	events []forum.RehearsalEvent

	id         forum.ID
	status     forum.ForumStatus
	department string // that answers for it, once assigned
	asked      forum.Assignment
	toldNear   bool // that the close is near
	again      bool // the assignment was put to a superior
	period     forum.Period
	closedAt   time.Time
	dossier    forum.DossierStatus
	made       bool // the analysis is
	analysed   bool // and approved
	awarded    bool
	response   forum.ResponseStatus
	approvals  []*approval
	awards     []*award
	gone       int // awards that were given up
	milestones []*milestone
	waits      []*wait
	notices    []*notice
	pending    int // things that will happen by the plan
	decisions  map[forum.ID]forum.Decision
	parked     []forum.Attention
	gaveUp     bool
	ids        int

	busy, busyBefore int // how many things had happened, now and at the last digest
}

// wait is one that began; a done one stays, as in the city.
type wait struct {
	forum.Owed
	given  forum.Nudge
	nextAt time.Time
	done   bool
}

// notice is what somebody is to be told of a wait in their next digest.
type notice struct {
	official forum.ID
	wait     *wait
	told     bool
}

type approval struct {
	id     forum.ID
	noun   forum.Noun
	status forum.ApprovalStatus
	by     forum.ID
	line   []forum.LineSigner // who hasn't signed yet
}

type award struct {
	id       forum.ID
	status   forum.AwardStatus
	place    int
	answerBy time.Time
	gone     int // the how manieth that was given up
}

type milestone struct {
	id     forum.ID
	due    time.Time
	status forum.MilestoneStatus
}

func (c *city) now() time.Time { return c.env.Now().In(c.days.Zone) }

func (c *city) newID() forum.ID {
	c.ids++
	return forum.ID(fmt.Sprintf("00000000-0000-7000-8000-%012d", c.ids))
}

func (c *city) record(e forum.RehearsalEvent) {
	e.At = c.now()
	c.events = append(c.events, e)
	if e.What != string(forum.MailDigest) {
		c.busy++
	}
}

// moved writes down a step of a noun's life.
func moved[S ~string](c *city, noun forum.Noun, to ...S) {
	for _, s := range to {
		c.record(forum.RehearsalEvent{Kind: forum.EventMove, Noun: noun, What: string(s)})
	}
}

func (c *city) mail(kind string, noun forum.Noun, whom ...forum.Whom) {
	for _, w := range whom {
		c.record(forum.RehearsalEvent{Kind: forum.EventMail, Noun: noun, What: kind, Whom: w})
	}
}

// tellFollowers writes to those whom a letter about a forum is for.
func (c *city) tellFollowers(kind forum.MailKind) {
	if forum.Told[kind] != (forum.Followers{}) {
		c.mail(string(kind), forum.TheForum, forum.Whom{Citizens: forum.ToFollowers})
	}
}

// owe begins a wait, tells whoever is waited for, and lets the plan say when they act.
func (c *city) owe(o forum.Owed) {
	if o.Official == "" && o.Department != "" && len(c.staff.Means(o)) == 0 {
		o.Duty, o.Department = forum.Officer, ""
	}
	for _, w := range c.waits {
		if !w.done && w.Noun == o.Noun && w.Subject == o.Subject && w.Kind == o.Kind && w.Official == o.Official {
			return // goes on as it is
		}
	}
	o.ID, o.Forum = c.newID(), c.id
	if o.Since.IsZero() {
		o.Since = c.now()
	}
	if o.Days > 0 {
		o.Due = c.days.Due(o.Since, o.Days)
	}
	w := &wait{Owed: o}
	w.given, w.nextAt = c.days.NextNudge(forum.RemindBefore, o.Due, c.now())
	c.begin(w, c.now())
	c.tell("", w, c.staff.Means(o))
}

// begin takes a wait up that begins, or that goes on when the rehearsal does; it was asked for at an instant.
func (c *city) begin(w *wait, asked time.Time) {
	c.waits = append(c.waits, w)
	c.record(forum.RehearsalEvent{Kind: forum.EventClock, Noun: w.Noun, What: string(w.Kind), Whom: whomOf(w.Owed), Due: w.Due})
	if at, acts := c.plan.ActsAt(w.Kind, asked, w.Due, c.again && w.Kind == forum.AcceptAssignment, c.days); acts {
		c.after(at, func() { c.act(w) })
	}
}

// term begins a forum's wait for its kind's own term.
func (c *city) term(kind forum.Action) {
	term := forum.Terms[kind]
	o := forum.Owed{Noun: forum.TheForum, Subject: c.id, Kind: kind, Duty: term.Duty, Days: term.Days}
	if term.Own {
		o.Department = c.department
	}
	c.owe(o)
}

// tell lets people know of a wait that begins or of a nudge, and those who stand in for them: in their next digest, or by a
// letter at once where a step is due before that.
func (c *city) tell(nudge forum.NudgeKind, w *wait, people []forum.ID) {
	atOnce := nudge == "" && c.days.CannotWait(w.Due, c.now())
	for _, id := range c.staff.WithSubstitutes(people) {
		c.notices = append(c.notices, &notice{official: id, wait: w, told: atOnce})
		if nudge != "" {
			c.record(forum.RehearsalEvent{Kind: forum.EventNudge, Noun: w.Noun, What: string(w.Kind), Nudge: nudge, Whom: forum.Whom{Official: id}})
		}
		if atOnce {
			c.mail(string(forum.MailOwed), w.Noun, forum.Whom{Official: id})
		}
	}
}

func whomOf(o forum.Owed) forum.Whom {
	if o.Official != "" {
		return forum.Whom{Official: o.Official}
	}
	return forum.Whom{Duty: o.Duty, Department: o.Department}
}

// settle ends waits; without kinds, all of the subject's.
func (c *city) settle(noun forum.Noun, subject forum.ID, kinds ...forum.Action) {
	for _, w := range c.waits {
		if !w.done && w.Noun == noun && w.Subject == subject && (len(kinds) == 0 || slices.Contains(kinds, w.Kind)) {
			c.end(w)
		}
	}
}

func (c *city) end(w *wait) {
	w.done = true
	c.record(forum.RehearsalEvent{Kind: forum.EventDone, Noun: w.Noun, What: string(w.Kind), Whom: whomOf(w.Owed)})
}

// minds says whether a procedure minds a wait: a forum those of its promises and prizes too.
func minds(noun forum.Noun, subject forum.ID, w *wait) bool {
	return !w.done && (w.Noun == noun && w.Subject == subject ||
		noun == forum.TheForum && (w.Noun == forum.TheMilestone || w.Noun == forum.TheAward))
}

// nextDue is when a procedure has to remind somebody.
func (c *city) nextDue(noun forum.Noun, subject forum.ID) time.Time {
	var next time.Time
	for _, w := range c.waits {
		if minds(noun, subject, w) && !w.nextAt.IsZero() && (next.IsZero() || w.nextAt.Before(next)) {
			next = w.nextAt
		}
	}
	return next
}

// remind carries the overdue waits of a procedure one rung up the ladder.
func (c *city) remind(noun forum.Noun, subject forum.ID) {
	at := c.now()
	if noun == forum.TheForum {
		for _, m := range c.milestones {
			if m.status == forum.MilestonePlanned && !m.due.After(at) {
				m.status = forum.MilestoneLate
				moved(c, forum.TheMilestone, m.status)
			}
		}
		if near := c.closingNotice(); !near.IsZero() && !near.After(at) {
			c.toldNear = true
			c.tellFollowers(forum.MailForumClosing)
		}
	}
	for _, w := range slices.Clone(c.waits) {
		if minds(noun, subject, w) && !w.nextAt.IsZero() && !w.nextAt.After(at) {
			c.nudge(w, at)
		}
	}
}

// closingNotice is when subscribers are told that the close is near; zero: not any more, or not at all in so short a period.
func (c *city) closingNotice() time.Time {
	near := c.period.ClosesAt.Add(-c.days.Pace.Days(forum.ClosingNoticeDays))
	if c.status != forum.Open || c.toldNear || !near.After(c.period.OpensAt) {
		return time.Time{}
	}
	return near
}

func (c *city) nudge(w *wait, at time.Time) {
	nudge := forum.NudgeNow(w.given, w.Due, at)
	w.given, w.nextAt = c.days.NextNudge(nudge+1, w.Due, at)
	superiors := c.superiors(w)
	if nudge == forum.TellSuperior && w.Kind == forum.AcceptAssignment && c.askSuperior(w) {
		return
	}
	switch nudge {
	case forum.TellSuperior:
		w.Escalated = true
		c.tell(forum.Escalation, w, superiors)
	case forum.TellAudit:
		c.tell(forum.ToAudit, w, c.orOfficers(c.staff.Means(forum.Owed{Duty: forum.Auditor})))
	default:
		c.tell(forum.Reminder, w, c.staff.Means(w.Owed))
	}
}

func (c *city) superiors(w *wait) []forum.ID {
	var all []forum.ID
	for _, id := range c.staff.Means(w.Owed) {
		if superior := c.staff.Superior(id); superior != "" && !slices.Contains(all, superior) {
			all = append(all, superior)
		}
	}
	return c.orOfficers(all)
}

func (c *city) orOfficers(people []forum.ID) []forum.ID {
	if len(people) == 0 {
		return c.staff.Means(forum.Owed{Duty: forum.Officer})
	}
	return people
}

// askSuperior puts an unanswered assignment to the superior of whoever was asked, with a new clock, where there is one.
func (c *city) askSuperior(w *wait) bool {
	superior := c.staff.Superior(w.Official)
	if superior == "" {
		return false
	}
	c.asked.Addressee, c.again = superior, true
	moved(c, forum.TheAssignment, forum.AssignmentEscalated, forum.AssignmentProposed)
	c.settle(forum.TheForum, c.id, forum.AcceptAssignment)
	c.oweAcceptance()
	return true
}

func (c *city) oweAcceptance() {
	c.owe(forum.Owed{Noun: forum.TheForum, Subject: c.id, Kind: forum.AcceptAssignment, Official: c.asked.Addressee,
		Days: forum.Terms[forum.AcceptAssignment].Days})
}
