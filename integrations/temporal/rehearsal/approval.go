package rehearsal

import (
	"context"

	"acropolis/activities"
	"acropolis/forum"
)

// approvalStore answers what an approval's steps ask of the database.
type approvalStore struct {
	activities.ApprovalStore
	forumStore
}

// draft sends a document into a usual line and ends the wait for it.
func (c *city) draft(noun forum.Noun, d forum.Decision) error {
	line := c.staff.LineFor(c.department, d.By, c.plan.Line)
	if len(line) == 0 {
		return forum.Refuse(forum.Invalid, "approval.line_empty").At("signers")
	}
	a := &approval{id: c.newID(), noun: noun, status: forum.Drafted, by: d.By, line: line}
	c.approvals = append(c.approvals, a)
	c.settle(forum.TheForum, c.id, forum.Submits[noun])
	moved(c, forum.TheApproval, a.status)
	return nil
}

func (c *city) approvalBy(id forum.ID) *approval {
	for _, a := range c.approvals {
		if a.id == id {
			return a
		}
	}
	return &approval{status: forum.Voided}
}

func (c *city) oweSignature(a *approval) {
	c.owe(forum.Owed{Noun: forum.TheApproval, Subject: a.id, Kind: forum.SignApproval, Official: a.line[0].Official,
		Days: forum.Terms[forum.SignApproval].Days})
}

func (s approvalStore) ApprovalFacts(_ context.Context, id forum.ID) (forum.ApprovalFacts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return forum.ApprovalFacts{Status: s.approvalBy(id).status, Due: s.nextDue(forum.TheApproval, id),
		Wake: forum.Start{Noun: forum.TheForum, ID: s.id}}, nil
}

func (s approvalStore) BeginReview(ctx context.Context, id forum.ID) (forum.ApprovalFacts, error) {
	s.locked(func() {
		if a := s.approvalBy(id); a.status == forum.Drafted {
			a.status = forum.InReview
			moved(s.city, forum.TheApproval, a.status)
			s.oweSignature(a)
		}
	})
	return s.ApprovalFacts(ctx, id)
}

func (s approvalStore) SignApproval(ctx context.Context, decision forum.ID) (forum.ApprovalFacts, error) {
	var id forum.ID
	err := s.city.decide(decision, func(d forum.Decision) error {
		id = d.Subject
		a := s.approvalBy(id)
		a.line = a.line[1:]
		s.settle(forum.TheApproval, id, forum.SignApproval)
		if len(a.line) > 0 {
			s.oweSignature(a)
			return nil
		}
		a.status = forum.Approved
		moved(s.city, forum.TheApproval, a.status)
		s.approved(a.noun)
		return nil
	})
	if err != nil {
		return forum.ApprovalFacts{}, err
	}
	return s.ApprovalFacts(ctx, id)
}

// approved moves what an approved document is about.
func (c *city) approved(noun forum.Noun) {
	switch noun {
	case forum.TheDossier:
		c.dossier = forum.DossierApproved
		moved(c, noun, c.dossier)
	case forum.TheAnalysis:
		c.analysed = true
	case forum.TheAwards:
		c.awarded = true
		for _, a := range c.awards {
			if a.place > 0 {
				a.status = forum.AwardDecided
				moved(c, forum.TheAward, a.status)
			}
		}
		c.settle(forum.TheForum, c.id, forum.SubmitAwards, forum.ScoreAward)
	case forum.TheResponse:
		c.response = forum.ResponseApproved
		moved(c, noun, c.response)
		c.term(forum.PublishResponse)
	}
}

// AlarmApproval has nothing to do: in a plan nothing is done before it is approved.
func (s approvalStore) AlarmApproval(context.Context, forum.ID) error { return nil }

func (s approvalStore) Remind(ctx context.Context, noun forum.Noun, subject forum.ID) error {
	return s.forumStore.Remind(ctx, noun, subject)
}
