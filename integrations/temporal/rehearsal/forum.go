package rehearsal

import (
	"context"
	"slices"

	"acropolis/activities"
	"acropolis/forum"
)

// forumStore answers what a forum's steps ask of the database. What no plan does (a suspension, a withdrawal) is left to the
// interface, which has nobody behind it: it would end the rehearsal.
type forumStore struct {
	activities.ForumStore
	*city
}

// locked does one step, alone.
func (s forumStore) locked(step func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	step()
}

// to moves the forum, where it isn't there yet.
func (c *city) to(status forum.ForumStatus) bool {
	if !forum.ForumSteps.Allows(c.status, status) {
		return false
	}
	c.status = status
	moved(c, forum.TheForum, status)
	return true
}

func (s forumStore) own(ready bool, to forum.ForumStatus, then func()) (forum.ForumFacts, error) {
	s.locked(func() {
		if (!ready || s.facts().Ready) && s.to(to) {
			then()
		}
	})
	return s.ForumFacts(context.Background(), s.id)
}

// decide carries out a planned decision once.
func (c *city) decide(id forum.ID, work func(d forum.Decision) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	d, planned := c.decisions[id]
	if !planned {
		return nil
	}
	delete(c.decisions, id)
	if err := work(d); err != nil {
		return err
	}
	by := forum.Whom{Official: d.By}
	if d.By == "" {
		by.Citizens = forum.ToWinner
	}
	c.record(forum.RehearsalEvent{Kind: forum.EventDecision, Noun: d.Noun, What: string(d.Action), Whom: by})
	return nil
}

func (s forumStore) decideForum(id forum.ID, work func(d forum.Decision) error) (forum.ForumFacts, error) {
	if err := s.city.decide(id, work); err != nil {
		return forum.ForumFacts{}, err
	}
	return s.ForumFacts(context.Background(), s.id)
}

// facts are what is true of the forum.
func (c *city) facts() forum.ForumFacts {
	f := forum.ForumFacts{Status: c.status, OpensAt: c.period.OpensAt, ClosesAt: c.period.ClosesAt, Due: c.nextDue(forum.TheForum, c.id)}
	if near := c.closingNotice(); !near.IsZero() && (f.Due.IsZero() || near.Before(f.Due)) {
		f.Due = near
	}
	switch c.status {
	case forum.Preparing:
		f.Ready = !c.period.OpensAt.IsZero() && c.dossier == forum.DossierApproved
	case forum.Closed:
		f.Ready = true // no plan foresees opinions that are held
	case forum.Analysing:
		f.Made, f.Ready = c.made, c.made && c.analysed
	case forum.Awarding:
		f.Ready = c.awarded
	case forum.Following:
		f.Ready = !slices.ContainsFunc(c.milestones, func(m *milestone) bool { return !forum.MilestoneSteps.IsFinal(m.status) })
	}
	for _, a := range c.approvals {
		if !forum.ApprovalSteps.IsFinal(a.status) {
			f.Starts = append(f.Starts, forum.Start{Noun: forum.TheApproval, ID: a.id})
		}
	}
	f.Starts = append(f.Starts, c.prizesUnderWay()...)
	return f
}

func (s forumStore) ForumFacts(context.Context, forum.ID) (forum.ForumFacts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.facts(), nil
}

func (s forumStore) Remind(_ context.Context, noun forum.Noun, subject forum.ID) error {
	s.locked(func() { s.remind(noun, subject) })
	return nil
}

func (s forumStore) ProposeDepartment(_ context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(decision, func(forum.Decision) error {
		head := s.staff.Head(s.plan.Department)
		if head == "" {
			return forum.Refuse(forum.Conflict, "assignment.no_head").At("department")
		}
		s.asked = forum.Assignment{Department: s.plan.Department, Addressee: head}
		moved(s.city, forum.TheAssignment, forum.AssignmentProposed)
		s.to(forum.Assigning)
		s.settle(forum.TheForum, s.id, forum.ProposeDepartment)
		s.oweAcceptance()
		return nil
	})
}

func (s forumStore) AcceptAssignment(_ context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(decision, func(forum.Decision) error {
		moved(s.city, forum.TheAssignment, forum.AssignmentAccepted)
		s.to(forum.Preparing)
		s.department = s.asked.Department
		s.settle(forum.TheForum, s.id, forum.AcceptAssignment)
		s.term(forum.SubmitDossier)
		s.term(forum.SetPeriod)
		return nil
	})
}

func (s forumStore) SubmitDossier(_ context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(decision, func(d forum.Decision) error {
		s.dossier = forum.DossierSubmitted
		moved(s.city, forum.TheDossier, forum.DossierComplete, forum.DossierSubmitted)
		return s.draft(forum.TheDossier, d)
	})
}

func (s forumStore) SetPeriod(_ context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(decision, func(forum.Decision) error {
		if err := s.plan.Period.Validate(s.now()); err != nil {
			return err
		}
		s.period = s.plan.Period
		s.settle(forum.TheForum, s.id, forum.SetPeriod)
		return nil
	})
}

func (s forumStore) ScheduleForum(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.own(true, forum.Scheduled, func() { s.settle(forum.TheForum, s.id) })
}

func (s forumStore) OpenForum(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.own(false, forum.Open, func() { s.tellFollowers(forum.MailForumOpened) })
}

func (s forumStore) CloseForum(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.own(false, forum.Closed, func() {
		s.closedAt = s.now()
		s.tellFollowers(forum.MailForumClosed)
		if head := s.staff.Head(s.department); head != "" {
			s.mail(string(forum.MailWorkbook), forum.TheForum, forum.Whom{Official: head})
		}
	})
}

func (s forumStore) BeginAnalysis(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.own(true, forum.Analysing, func() { s.term(forum.SubmitAnalysis) })
}

func (s forumStore) SubmitAnalysis(_ context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(decision, func(d forum.Decision) error { return s.draft(forum.TheAnalysis, d) })
}

func (s forumStore) BeginResponding(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.own(true, forum.Responding, func() {
		s.settle(forum.TheForum, s.id, forum.SubmitAwards, forum.ScoreAward)
		s.owe(forum.Owed{Noun: forum.TheForum, Subject: s.id, Kind: forum.SubmitResponse, Duty: forum.Drafter, Department: s.department,
			Since: s.closedAt, Days: forum.Terms[forum.SubmitResponse].Days})
	})
}

func (s forumStore) SubmitResponse(_ context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(decision, func(d forum.Decision) error {
		s.response = forum.ResponseSubmitted
		moved(s.city, forum.TheResponse, s.response)
		return s.draft(forum.TheResponse, d)
	})
}

func (s forumStore) PublishResponse(_ context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(decision, func(forum.Decision) error {
		s.response = forum.ResponsePublished
		moved(s.city, forum.TheResponse, s.response)
		s.to(forum.Published)
		s.settle(forum.TheForum, s.id, forum.PublishResponse, forum.SubmitResponse)
		s.term(forum.PlanFollowUp)
		s.tellFollowers(forum.MailResponsePublished)
		return nil
	})
}

func (s forumStore) PlanFollowUp(_ context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(decision, func(forum.Decision) error {
		s.to(forum.Following)
		for _, due := range s.plan.Promises(s.now(), s.days) {
			m := &milestone{id: s.newID(), due: due, status: forum.MilestonePlanned}
			s.milestones = append(s.milestones, m)
			moved(s.city, forum.TheMilestone, m.status)
			s.owe(forum.Owed{Noun: forum.TheMilestone, Subject: m.id, Kind: forum.CompleteMilestone, Duty: forum.Drafter, Department: s.department, Due: due})
		}
		s.settle(forum.TheForum, s.id, forum.PlanFollowUp)
		return nil
	})
}

func (s forumStore) CompleteMilestone(_ context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(decision, func(d forum.Decision) error {
		for _, m := range s.milestones {
			if m.id == forum.ID(d.Reason) {
				m.status = forum.MilestoneDone
				moved(s.city, forum.TheMilestone, m.status)
				s.settle(forum.TheMilestone, m.id)
				s.tellFollowers(forum.MailMilestoneDone)
			}
		}
		return nil
	})
}

func (s forumStore) ArchiveForum(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.own(true, forum.Archived, func() { s.settle(forum.TheForum, s.id) })
}

// AnalysisInput gives as many opinions as the plan has prizes, each by another author and better liked than the next.
func (s forumStore) AnalysisInput(context.Context, forum.ID) ([]forum.AnalysedOpinion, error) {
	var all []forum.AnalysedOpinion
	for i := range s.plan.Prizes {
		name := string(rune('a' + i))
		all = append(all, forum.AnalysedOpinion{Opinion: forum.Opinion{ID: forum.ID(name), Title: name, Text: name, For: 100 - i}, Author: name})
	}
	return all, nil
}

func (s forumStore) SaveAnalysis(context.Context, forum.ID, forum.Analysis) error {
	s.locked(func() { s.made = true })
	return nil
}

func (s forumStore) Park(_ context.Context, a forum.Attention) error {
	s.locked(func() {
		s.parked = append(s.parked, a)
		s.giveUp()
	})
	return nil
}

func (s forumStore) Unpark(context.Context, string) error { return nil }

// noTerms finds none: nobody has written yet.
type noTerms struct{}

func (noTerms) Terms(string) []string { return nil }
