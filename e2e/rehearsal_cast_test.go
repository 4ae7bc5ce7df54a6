package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"acropolis/e2e/program"
	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/temporal"
)

// cast are the people of a plan, in the real city: each looks at what waits for them, and does it when the plan says.
type cast struct {
	t         *testing.T
	city      *city
	store     *postgres.Store
	conductor *temporal.Conductor
	plan      forum.ForumPlan
	days      forum.Calendar
	people    forum.Directory
	taken     map[forum.ID]bool // waits and offers that somebody has seen
	again     bool              // an acceptance was asked for before
	acts      sync.WaitGroup
}

// playUntil lets them act until the forum is archived.
func (c *cast) playUntil(limit time.Time) {
	c.acts.Go(c.citizens)
	for {
		if time.Now().After(limit) {
			c.t.Errorf("the forum isn't archived in time: %s", c.status())
			break
		}
		if c.status() == forum.Archived {
			break
		}
		c.look()
		time.Sleep(10 * time.Millisecond)
	}
	c.acts.Wait()
}

func (c *cast) status() forum.ForumStatus {
	return one[forum.ForumStatus](c.t, c.store, `SELECT status FROM forums WHERE id = $1`, c.plan.Forum)
}

// look finds what has begun to wait for somebody.
func (c *cast) look() {
	waits, err := c.store.OwedOf(c.t.Context(), forum.TheForum, c.plan.Forum)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, o := range waits {
		if c.taken[o.ID] {
			continue
		}
		c.taken[o.ID] = true
		c.later(o.Kind, one[time.Time](c.t, c.store, `SELECT `+madeAt+` FROM owed w WHERE id = $1`, o.ID), o.Due, func() { c.act(o) })
	}
	awards, err := c.store.Awards(c.t.Context(), c.plan.Forum, "")
	if err != nil {
		c.t.Fatal(err)
	}
	for _, a := range awards {
		if a.Status == forum.AwardOffered && !c.taken[a.ID] {
			c.taken[a.ID] = true
			c.later(forum.AnswerAward, a.OfferedAt, a.AnswerBy, func() {
				c.decide(forum.Decision{Action: forum.AnswerAward, Noun: forum.TheAward, Subject: a.ID}, forum.AnswerDetails{Accept: true})
			})
		}
	}
}

// later lets somebody act when the plan says.
func (c *cast) later(kind forum.Action, asked, due time.Time, act func()) {
	at, acts := c.plan.ActsAt(kind, asked, due, kind == forum.AcceptAssignment && c.again, c.days)
	c.again = c.again || kind == forum.AcceptAssignment
	if acts {
		c.acts.Go(func() {
			time.Sleep(time.Until(at))
			act()
		})
	}
}

// act does what a wait asks for, if it is still owed.
func (c *cast) act(o forum.Owed) {
	if one[bool](c.t, c.store, `SELECT done_at IS NOT NULL FROM owed WHERE id = $1`, o.ID) {
		return
	}
	by, _ := c.people.Acts(o)
	line := forum.LineDetails{Signers: c.people.LineFor(c.plan.Department, by.ID, c.plan.Line)}
	d := forum.Decision{Action: o.Kind, Noun: o.Noun, Subject: o.Subject, By: by.ID, From: "127.0.0.1"}
	var details any
	var err error
	switch o.Kind {
	case forum.ProposeDepartment:
		details = forum.DepartmentDetails{Department: c.plan.Department}
	case forum.SubmitDossier:
		details = line
		_, err = c.store.SaveDossier(c.t.Context(), by, d.From, o.Subject, 0, []forum.DossierItem{{Kind: forum.Background, Title: "배경", Body: "광장이 좁습니다."},
			{Kind: forum.Plan, Title: "계획", Body: "넓히려 합니다."}, {Kind: forum.ExpertOpinion, Title: "의견", Body: "그럴 만합니다.", Name: "김교수", Stance: forum.StanceFor}})
	case forum.SetPeriod:
		details = forum.PeriodDetails(c.plan.Period)
	case forum.SubmitAnalysis:
		details = line
	case forum.ScoreAward:
		c.score(by)
		return
	case forum.SubmitAwards:
		details = forum.AwardsDetails{Picks: c.picks(), LineDetails: line}
	case forum.SubmitResponse:
		details = line
		_, err = c.store.SaveResponse(c.t.Context(), by, d.From, o.Subject, 0, []forum.Paragraph{{Text: "말씀하신 대로 하겠습니다.", Disposition: forum.Adopted}})
	case forum.PlanFollowUp:
		var promises forum.MilestonesDetails
		for i, due := range c.plan.Promises(time.Now(), c.days) {
			promises.Milestones = append(promises.Milestones, forum.Milestone{Title: fmt.Sprintf("약속 %d", i+1), Due: due})
		}
		details = promises
	case forum.CompleteMilestone:
		d.Noun, d.Subject, d.Reason = forum.TheForum, c.plan.Forum, "마쳤습니다."
		details = forum.MilestoneDetails{Milestone: o.Subject}
	}
	if err != nil {
		c.t.Errorf("%s by %s: %v", o.Kind, by.UID, err)
	}
	c.decide(d, details)
}

func (c *cast) decide(d forum.Decision, details any) {
	d.ID = postgres.NewID()
	if details != nil {
		raw, err := json.Marshal(details)
		if err != nil {
			c.t.Error(err)
		}
		d.Details = raw
	}
	began := time.Now()
	if err := decide(c.t.Context(), c.store, c.conductor, d); err != nil {
		c.t.Errorf("%s on %s: %v", d.Action, c.days.City(began).Format(time.DateOnly), err)
	}
	if took := time.Since(began); took > *cityDay/4 {
		c.t.Logf("%s took %s, more than six hours of the city", d.Action, took.Round(time.Millisecond))
	}
}

func (c *cast) score(juror forum.Official) {
	awards, err := c.store.Awards(c.t.Context(), c.plan.Forum, juror.ID)
	for _, a := range awards {
		if err == nil {
			err = c.store.ScoreAward(c.t.Context(), juror, "127.0.0.1", forum.AwardScore{Award: a.ID, Score: 4})
		}
	}
	if err != nil {
		c.t.Errorf("%s scores: %v", juror.UID, err)
	}
}

// picks give each candidate a place, as a rehearsal does.
func (c *cast) picks() (all []forum.AwardPick) {
	awards, err := c.store.Awards(c.t.Context(), c.plan.Forum, "")
	if err != nil {
		c.t.Error(err)
	}
	for i, a := range awards {
		all = append(all, forum.AwardPick{Award: a.ID, Rank: i + 1, Reason: "심사 결과입니다."})
	}
	return all
}

// citizens write as many opinions as there are prizes once the board is open, and vote for each other's.
func (c *cast) citizens() {
	time.Sleep(time.Until(c.plan.OpensAt))
	program.Await(c.t, "the board to be open", 2**cityDay, func(context.Context) bool { return c.status() == forum.Open })
	texts := []string{"광장에 나무를 심어 그늘을 만들어 주십시오.", "밤에는 조명을 켜서 산책할 수 있게 해 주십시오.", "주말마다 책을 읽는 자리를 마련해 주십시오."}
	for i := range c.plan.Prizes {
		writer, voter := confirmed(c.t, c.store), confirmed(c.t, c.store)
		accepted, got, err := writer.post(c.t.Context(), c.city.public, c.plan.Forum, newKey(), texts[i%len(texts)], string(writer.contact)+"@citizen.example")
		if err != nil || !got.ok() {
			c.t.Errorf("an opinion: %v %v", got, err)
			continue
		}
		if got, err := voter.vote(c.t.Context(), c.city.public, accepted.ID, newKey(), forum.For); err != nil || !got.ok() {
			c.t.Errorf("a vote: %v %v", got, err)
		}
	}
}

// follower is somebody who wants the news of all forums.
func follower(t *testing.T, s *postgres.Store) {
	t.Helper()
	if err := s.Subscribe(t.Context(), "follower@citizen.example", "", "ko"); err != nil {
		t.Fatal(err)
	}
	if err := s.ConfirmSubscription(t.Context(), one[string](t, s, `SELECT data ->> 'secret' FROM mails WHERE kind = 'subscription_confirm'`), ""); err != nil {
		t.Fatal(err)
	}
}
