package rehearsal

import (
	"context"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"acropolis/forum"
	"acropolis/workflows"
)

func startAs(id string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue}
}

// begins puts the forum where it stands, with what it waits for.
func (c *city) begins() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = forum.Assignment{Department: c.plan.Department, Addressee: c.staff.Head(c.plan.Department)}
	if c.status == forum.Preparing || c.status == forum.Scheduled {
		c.department = c.plan.Department
	}
	if c.plan.Approved {
		c.dossier = forum.DossierApproved
	}
	if c.plan.Announced {
		c.period = c.plan.Period
	}
	for _, o := range c.plan.Waits {
		if o.Kind == forum.AcceptAssignment && o.Official != "" {
			c.asked.Addressee = o.Official
		}
		if o.Noun == forum.TheApproval {
			c.resume(o)
		}
		w := &wait{Owed: o}
		switch at := c.now(); {
		case o.Paused: // nobody is reminded until it runs again
		case o.Escalated:
			w.given, w.nextAt = c.days.NextNudge(forum.TellAudit, o.Due, at)
		case !at.Before(o.Due):
			w.given, w.nextAt = c.days.NextNudge(forum.TellSuperior, o.Due, at)
		default:
			w.given, w.nextAt = c.days.NextNudge(forum.RemindBefore, o.Due, at)
		}
		c.begin(w, o.Since)
	}
	if len(c.plan.Waits) == 0 {
		switch c.status {
		case forum.Selected:
			c.term(forum.ProposeDepartment)
		case forum.Assigning:
			c.oweAcceptance()
		case forum.Preparing:
			c.term(forum.SubmitDossier)
			c.term(forum.SetPeriod)
		}
	}
}

// resume takes up the dossier's approval under way: whoever is waited for signs, and after them the rest of a usual line.
func (c *city) resume(o forum.Owed) {
	c.dossier = forum.DossierSubmitted
	a := &approval{id: o.Subject, noun: forum.TheDossier, status: forum.InReview, line: []forum.LineSigner{{Role: forum.Approver, Official: o.Official}}}
	a.line = append(a.line, c.plan.Rest...)
	c.approvals = append(c.approvals, a)
}

// after lets something happen at an instant of the plan.
func (c *city) after(at time.Time, happen func()) {
	c.pending++
	c.later(at, func() {
		c.pending--
		happen()
	})
}

// later lets something happen at an instant; what is past happens now.
func (c *city) later(at time.Time, happen func()) {
	c.env.RegisterDelayedCallback(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		happen()
	}, max(at.Sub(c.now()), 0))
}

// act lets somebody do what a wait asks for, if it is still owed.
func (c *city) act(w *wait) {
	by, there := c.staff.Acts(w.Owed)
	if w.done || !there {
		return
	}
	d := forum.Decision{Action: w.Kind, Noun: w.Noun, Subject: w.Subject, By: by.ID}
	switch w.Kind {
	case forum.ScoreAward:
		c.end(w)
		return
	case forum.CompleteMilestone:
		d.Noun, d.Subject, d.Reason = forum.TheForum, c.id, string(w.Subject)
	}
	c.submit(d)
}

// submit brings a decision to its procedure, as the Conductor does. One that is refused stays undone.
func (c *city) submit(d forum.Decision) {
	d.ID = c.newID()
	c.decisions[d.ID] = d
	ignore := func(error) {}
	_ = c.env.UpdateWorkflowByID(workflows.WorkflowID(forum.Start{Noun: d.Noun, ID: d.Subject}), string(d.Action), string(d.ID),
		&testsuite.TestUpdateCallback{OnAccept: func() {}, OnReject: ignore, OnComplete: func(any, error) {}}, d.ID)
}

// giveUp ends every procedure: what is still waited for is waited for in vain.
func (c *city) giveUp() {
	c.gaveUp = true
	c.env.CancelWorkflow()
	for _, a := range c.approvals {
		c.env.CancelWorkflowByID(workflows.WorkflowID(forum.Start{Noun: forum.TheApproval, ID: a.id}), "")
	}
	for _, a := range c.awards {
		c.env.CancelWorkflowByID(workflows.WorkflowID(forum.Start{Noun: forum.TheAward, ID: a.id}), "")
	}
}

// watch ends the rehearsal when its caller has gone.
func (c *city) watch(ctx context.Context) func() bool {
	return context.AfterFunc(ctx, func() { c.later(c.now(), c.giveUp) })
}
