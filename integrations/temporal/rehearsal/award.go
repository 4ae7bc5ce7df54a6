package rehearsal

import (
	"context"
	"slices"

	"acropolis/activities"
	"acropolis/forum"
)

// awardStore answers what an award's steps ask of the database.
type awardStore struct {
	activities.AwardStore
	forumStore
}

// prizesUnderWay are the awards whose procedures the forum starts: those with something ahead of them. A runner-up is started by
// the award that was given up, and by nobody else: the test suite can't tell a procedure that is just being started.
func (c *city) prizesUnderWay() []forum.Start {
	var starts []forum.Start
	for _, a := range c.awards {
		if a.place <= forum.Prizes && (a.status == forum.AwardDecided || a.status == forum.AwardOffered || a.status == forum.AwardAccepted) {
			starts = append(starts, forum.Start{Noun: forum.TheAward, ID: a.id})
		}
	}
	return starts
}

// successor is the runner-up whose turn it is once an award was given up: the first one's is the first.
func (c *city) successor(gone *award) []forum.Start {
	for _, a := range c.awards {
		if a.status == forum.AwardDecided && a.place == forum.Prizes+gone.gone {
			return []forum.Start{{Noun: forum.TheAward, ID: a.id}}
		}
	}
	return nil
}

func (c *city) awardBy(id forum.ID) *award {
	i := slices.IndexFunc(c.awards, func(a *award) bool { return a.id == id })
	if i < 0 {
		return &award{status: forum.AwardLapsed}
	}
	return c.awards[i]
}

func (s awardStore) BeginAwarding(_ context.Context, _ forum.ID, candidates []forum.Candidate) (forum.ForumFacts, error) {
	return s.own(true, forum.Awarding, func() {
		for range candidates {
			s.awards = append(s.awards, &award{id: s.newID(), status: forum.AwardCandidate})
			moved(s.city, forum.TheAward, forum.AwardCandidate)
		}
		s.settle(forum.TheForum, s.id, forum.SubmitAnalysis)
		if len(candidates) > 0 {
			for _, juror := range s.staff.Means(forum.Owed{Duty: forum.Juror}) {
				s.owe(forum.Owed{Noun: forum.TheForum, Subject: s.id, Kind: forum.ScoreAward, Official: juror,
					Days: forum.Terms[forum.ScoreAward].Days})
			}
		}
		s.term(forum.SubmitAwards)
	})
}

func (s awardStore) AnalysisInput(ctx context.Context, id forum.ID) ([]forum.AnalysedOpinion, error) {
	return s.forumStore.AnalysisInput(ctx, id)
}

// SubmitAwards gives every candidate a place; what no juror has scored can have none.
func (s forumStore) SubmitAwards(_ context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(decision, func(d forum.Decision) error {
		scored := len(s.awards) > 0 && s.scored()
		if len(s.awards) > 0 && !scored {
			return forum.Refuse(forum.Invalid, "award.no_picks").At("picks")
		}
		for i, a := range s.awards {
			a.status, a.place = forum.AwardScored, i+1
			moved(s.city, forum.TheAward, a.status)
		}
		s.settle(forum.TheForum, s.id, forum.ScoreAward)
		return s.draft(forum.TheAwards, d)
	})
}

// scored says whether a juror has given their scores.
func (c *city) scored() bool {
	return slices.ContainsFunc(c.waits, func(w *wait) bool { return w.Kind == forum.ScoreAward && w.done })
}

func (s awardStore) AwardFacts(_ context.Context, id forum.ID) (forum.AwardFacts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.awardBy(id)
	facts := forum.AwardFacts{Status: a.status, AnswerBy: a.answerBy}
	if a.status == forum.AwardLapsed {
		facts.Starts = s.successor(a)
	}
	return facts, nil
}

func (s awardStore) OfferAward(ctx context.Context, id forum.ID) (forum.AwardFacts, error) {
	s.locked(func() {
		a := s.awardBy(id)
		if a.status != forum.AwardDecided {
			return
		}
		a.status, a.answerBy = forum.AwardOffered, s.now().Add(s.days.Pace.Days(forum.WinnerDays))
		moved(s.city, forum.TheAward, a.status)
		s.mail(string(forum.MailAwardOffered), forum.TheAward, forum.Whom{Citizens: forum.ToWinner})
		if at, acts := s.plan.ActsAt(forum.AnswerAward, s.now(), a.answerBy, false, s.days); acts && at.Before(a.answerBy) {
			s.after(at, func() { s.submit(forum.Decision{Action: forum.AnswerAward, Noun: forum.TheAward, Subject: id}) })
		}
	})
	return s.AwardFacts(ctx, id)
}

func (s awardStore) AnswerAward(ctx context.Context, decision forum.ID) (forum.AwardFacts, error) {
	return s.decideAward(ctx, decision, func(a *award) {
		a.status = forum.AwardAccepted
		moved(s.city, forum.TheAward, a.status)
		s.owe(forum.Owed{Noun: forum.TheAward, Subject: a.id, Kind: forum.DeliverAward, Duty: forum.Officer,
			Days: forum.Terms[forum.DeliverAward].Days})
	})
}

func (s awardStore) DeliverAward(ctx context.Context, decision forum.ID) (forum.AwardFacts, error) {
	return s.decideAward(ctx, decision, func(a *award) {
		a.status = forum.AwardDelivered
		moved(s.city, forum.TheAward, a.status)
		s.settle(forum.TheAward, a.id)
	})
}

func (s awardStore) LapseAward(ctx context.Context, id forum.ID) (forum.AwardFacts, error) {
	s.locked(func() {
		if a := s.awardBy(id); a.status == forum.AwardOffered {
			s.gone++
			a.status, a.gone = forum.AwardLapsed, s.gone
			moved(s.city, forum.TheAward, a.status)
		}
	})
	return s.AwardFacts(ctx, id)
}

func (s awardStore) decideAward(ctx context.Context, decision forum.ID, work func(a *award)) (forum.AwardFacts, error) {
	var id forum.ID
	err := s.city.decide(decision, func(d forum.Decision) error {
		id = d.Subject
		work(s.awardBy(id))
		return nil
	})
	if err != nil {
		return forum.AwardFacts{}, err
	}
	return s.AwardFacts(ctx, id)
}
