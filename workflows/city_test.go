package workflows_test

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"acropolis/activities"
	"acropolis/forum"
	"acropolis/workflows"
)

// city stands in for the database: it moves one forum's status as the store would, and writes down what was done.
type city struct {
	mu       sync.Mutex
	now      func() time.Time
	forum    forum.ForumFacts
	round    forum.RoundFacts
	approval forum.ApprovalFacts
	award    forum.AwardFacts
	invited  forum.InvitationFacts
	done     []string
	fails    map[string]func() error // what a step answers instead of being done, by its name
	parked   []forum.Attention
	unparked int
}

func (c *city) step(name string, change func()) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if fail := c.fails[name]; fail != nil {
		if err := fail(); err != nil {
			return err
		}
	}
	c.done = append(c.done, name)
	if change != nil {
		change()
	}
	return nil
}

// to gives the step that moves the forum to a status.
func (c *city) to(name string, status forum.ForumStatus) (forum.ForumFacts, error) {
	err := c.step(name, func() { c.forum.Status, c.forum.Ready, c.forum.Due = status, false, time.Time{} })
	return c.forum, err
}

func (c *city) note(name string) (forum.ForumFacts, error) {
	err := c.step(name, nil)
	return c.forum, err
}

func (c *city) did() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.done), func(s string) bool { return strings.HasPrefix(s, "look") })
}

// forumSteps answers activities.ForumStore.
type forumSteps struct{ *city }

func (s forumSteps) ForumFacts(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.note("look")
}
func (s forumSteps) Remind(_ context.Context, noun forum.Noun, _ forum.ID) error {
	return s.step("remind", func() { s.forum.Due, s.approval.Due, s.round.Due = time.Time{}, time.Time{}, time.Time{} })
}
func (s forumSteps) ProposeDepartment(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.to("propose", forum.Assigning)
}
func (s forumSteps) AcceptAssignment(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.to("accept", forum.Preparing)
}
func (s forumSteps) TransferAssignment(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.note("transfer")
}
func (s forumSteps) ConsultDepartment(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.note("consult")
}
func (s forumSteps) AnswerConsultation(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.note("answer")
}
func (s forumSteps) HandOverForum(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.note("hand over")
}
func (s forumSteps) AcceptHandover(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.note("accept handover")
}
func (s forumSteps) DeclineHandover(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.note("decline handover")
}
func (s forumSteps) SubmitDossier(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.note("submit dossier")
}
func (s forumSteps) SetPeriod(context.Context, forum.ID) (forum.ForumFacts, error) {
	err := s.step("set period", func() {
		s.forum.OpensAt, s.forum.ClosesAt = s.now().Add(24*time.Hour), s.now().Add(10*24*time.Hour)
		s.forum.Ready = s.forum.Status == forum.Preparing
	})
	return s.forum, err
}
func (s forumSteps) ScheduleForum(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.to("schedule", forum.Scheduled)
}
func (s forumSteps) OpenForum(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.to("open", forum.Open)
}
func (s forumSteps) CloseForum(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.to("close", forum.Closed)
}
func (s forumSteps) ExtendForum(context.Context, forum.ID) (forum.ForumFacts, error) {
	err := s.step("extend", func() { s.forum.ClosesAt = s.forum.ClosesAt.Add(7 * 24 * time.Hour) })
	return s.forum, err
}
func (s forumSteps) SuspendForum(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.to("suspend", forum.Suspended)
}
func (s forumSteps) ResumeForum(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.to("resume", forum.Open)
}
func (s forumSteps) CloseForumEarly(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.to("close early", forum.Closed)
}
func (s forumSteps) StartAnalysis(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.to("start analysis", forum.Analysing)
}
func (s forumSteps) BeginAnalysis(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.to("begin analysis", forum.Analysing)
}
func (s forumSteps) SubmitAnalysis(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.note("submit analysis")
}
func (s forumSteps) SubmitAwards(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.note("submit awards")
}
func (s forumSteps) BeginResponding(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.to("begin responding", forum.Responding)
}
func (s forumSteps) SubmitResponse(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.note("submit response")
}
func (s forumSteps) PublishResponse(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.to("publish", forum.Published)
}
func (s forumSteps) CorrectResponse(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.note("correct response")
}
func (s forumSteps) PlanFollowUp(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.to("plan follow-up", forum.Following)
}
func (s forumSteps) CompleteMilestone(context.Context, forum.ID) (forum.ForumFacts, error) {
	err := s.step("complete milestone", func() { s.forum.Ready = true })
	return s.forum, err
}
func (s forumSteps) DropMilestone(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.note("drop milestone")
}
func (s forumSteps) ArchiveForum(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.to("archive", forum.Archived)
}
func (s forumSteps) WithdrawForum(context.Context, forum.ID) (forum.ForumFacts, error) {
	return s.to("withdraw", forum.Withdrawn)
}
func (s forumSteps) AnalysisInput(context.Context, forum.ID) ([]forum.AnalysedOpinion, error) {
	return []forum.AnalysedOpinion{{Opinion: forum.Opinion{ID: newID, Text: "광장에 나무를 심어 주세요", For: 3}, Author: "a"}}, nil
}
func (s forumSteps) SaveAnalysis(context.Context, forum.ID, forum.Analysis) error {
	return s.step("analyse", func() { s.forum.Made = true })
}
func (s forumSteps) BeginAwarding(_ context.Context, _ forum.ID, candidates []forum.Candidate) (forum.ForumFacts, error) {
	return s.to("begin awarding", forum.Awarding)
}
func (s forumSteps) Park(_ context.Context, a forum.Attention) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parked = append(s.parked, a)
	return nil
}
func (s forumSteps) Unpark(context.Context, string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unparked++
	return nil
}
func (s forumSteps) Terms(text string) []string { return strings.Fields(text) }

// roundSteps answers activities.RoundStore.
type roundSteps struct{ forumSteps }

func (s roundSteps) to(name string, change func()) (forum.RoundFacts, error) {
	err := s.step(name, change)
	return s.round, err
}
func (s roundSteps) RoundFacts(context.Context, forum.ID) (forum.RoundFacts, error) {
	return s.to("look", nil)
}
func (s roundSteps) StartScoring(context.Context, forum.ID) (forum.RoundFacts, error) {
	return s.to("start scoring", func() { s.round.Status, s.round.Deadline = forum.RoundScoring, s.now().Add(days(7)) })
}
func (s roundSteps) CloseRound(context.Context, forum.ID) (forum.RoundFacts, error) {
	return s.to("close round", func() { s.round.Status = forum.RoundDecided })
}
func (s roundSteps) DecideRound(context.Context, forum.ID) (forum.RoundFacts, error) {
	return s.to("decide", func() { s.round.Status = forum.RoundDecided })
}
func (s roundSteps) ChooseTopics(context.Context, forum.ID) (forum.RoundFacts, error) {
	return s.to("choose", func() { s.round.Starts = []forum.Start{{Noun: forum.TheForum, ID: newID}} })
}
func (s roundSteps) SubmitMinutes(context.Context, forum.ID) (forum.RoundFacts, error) {
	return s.to("submit minutes", nil)
}

// approvalSteps answers activities.ApprovalStore.
type approvalSteps struct{ forumSteps }

func (s approvalSteps) to(name string, status forum.ApprovalStatus) (forum.ApprovalFacts, error) {
	err := s.step(name, func() { s.approval.Status = status })
	return s.approval, err
}
func (s approvalSteps) ApprovalFacts(context.Context, forum.ID) (forum.ApprovalFacts, error) {
	err := s.step("look", nil)
	return s.approval, err
}
func (s approvalSteps) BeginReview(context.Context, forum.ID) (forum.ApprovalFacts, error) {
	return s.to("begin review", forum.InReview)
}
func (s approvalSteps) SignApproval(context.Context, forum.ID) (forum.ApprovalFacts, error) {
	return s.to("sign", forum.Approved)
}
func (s approvalSteps) ReturnApproval(context.Context, forum.ID) (forum.ApprovalFacts, error) {
	return s.to("return", forum.Returned)
}
func (s approvalSteps) RecallApproval(context.Context, forum.ID) (forum.ApprovalFacts, error) {
	return s.to("recall", forum.Recalled)
}

func (s approvalSteps) SettleAlarm(context.Context, forum.ID) (forum.ApprovalFacts, error) {
	err := s.step("settle alarm", func() { s.approval.Alarm = false })
	return s.approval, err
}
func (s approvalSteps) AlarmApproval(context.Context, forum.ID) error {
	return s.step("alarm if late", nil)
}

// awardSteps answers activities.AwardStore.
type awardSteps struct{ forumSteps }

func (s awardSteps) to(name string, status forum.AwardStatus) (forum.AwardFacts, error) {
	err := s.step(name, func() { s.award.Status = status })
	return s.award, err
}
func (s awardSteps) AwardFacts(_ context.Context, id forum.ID) (forum.AwardFacts, error) {
	if id == runnerUp {
		return forum.AwardFacts{Status: forum.AwardDelivered}, s.step("runner-up", nil)
	}
	err := s.step("look", nil)
	return s.award, err
}
func (s awardSteps) OfferAward(context.Context, forum.ID) (forum.AwardFacts, error) {
	s.award.AnswerBy = s.now().Add(days(forum.WinnerDays))
	return s.to("offer", forum.AwardOffered)
}
func (s awardSteps) AnswerAward(context.Context, forum.ID) (forum.AwardFacts, error) {
	return s.to("answer", forum.AwardAccepted)
}
func (s awardSteps) LapseAward(context.Context, forum.ID) (forum.AwardFacts, error) {
	s.award.Starts = []forum.Start{{Noun: forum.TheAward, ID: runnerUp}}
	return s.to("lapse", forum.AwardLapsed)
}
func (s awardSteps) DeliverAward(context.Context, forum.ID) (forum.AwardFacts, error) {
	return s.to("deliver", forum.AwardDelivered)
}

// invitationSteps answers activities.InvitationStore.
type invitationSteps struct{ *city }

func (s invitationSteps) to(name string, status forum.InvitationStatus) (forum.InvitationFacts, error) {
	err := s.step(name, func() { s.invited.Status, s.invited.Due = status, time.Time{} })
	return s.invited, err
}
func (s invitationSteps) InvitationFacts(context.Context, forum.ID) (forum.InvitationFacts, error) {
	err := s.step("look", nil)
	return s.invited, err
}
func (s invitationSteps) SubmitInvited(context.Context, forum.ID) (forum.InvitationFacts, error) {
	return s.to("submit", forum.InvitationSubmitted)
}
func (s invitationSteps) DeclineInvited(context.Context, forum.ID) (forum.InvitationFacts, error) {
	return s.to("decline", forum.InvitationDeclined)
}
func (s invitationSteps) WithdrawConsent(context.Context, forum.ID) (forum.InvitationFacts, error) {
	s.invited.Settled = true
	return s.to("withdraw consent", forum.InvitationSubmitted)
}
func (s invitationSteps) PublishInvitation(context.Context, forum.ID) (forum.InvitationFacts, error) {
	return s.to("publish", forum.InvitationPublished)
}
func (s invitationSteps) RevokeInvitation(context.Context, forum.ID) (forum.InvitationFacts, error) {
	return s.to("revoke", forum.InvitationRevoked)
}
func (s invitationSteps) LapseInvitation(context.Context, forum.ID) (forum.InvitationFacts, error) {
	return s.to("lapse", forum.InvitationLapsed)
}
func (s invitationSteps) RemindExpert(context.Context, forum.ID) (forum.InvitationFacts, error) {
	return s.to("remind the expert", s.invited.Status)
}

const runnerUp = forum.ID("01989d2c-0000-7000-8000-000000000002")

const newID = forum.ID("01989d2c-0000-7000-8000-000000000001")

var monday = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// run is a procedure on a stand-in for the database, with time skipped.
type run struct {
	t *testing.T
	*testsuite.TestWorkflowEnvironment
	city     *city
	answers  map[string]error // what each decision got, by its update id
	accepted map[string]bool
}

func newRun(t *testing.T) *run {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(monday)
	env.SetTestTimeout(10 * time.Second)
	c := &city{now: env.Now, fails: map[string]func() error{}}
	store := forumSteps{c}
	workflows.Register(env)
	env.RegisterActivity(&activities.Forums{Store: store})
	env.RegisterActivity(&activities.Analyses{Store: store, Terms: store})
	env.RegisterActivity(&activities.Attentions{Store: store})
	env.RegisterActivity(&activities.Rounds{Store: roundSteps{store}})
	env.RegisterActivity(&activities.Approvals{Store: approvalSteps{store}})
	env.RegisterActivity(&activities.Awards{Store: awardSteps{store}})
	env.RegisterActivity(&activities.Invitations{Store: invitationSteps{c}})
	return &run{t: t, TestWorkflowEnvironment: env, city: c, answers: map[string]error{}, accepted: map[string]bool{}}
}

// after lets an official decide something once so much time has passed.
func (r *run) after(wait time.Duration, name string) {
	r.decide(wait, name, name+" at "+wait.String())
}

func (r *run) decide(wait time.Duration, name, id string) {
	r.RegisterDelayedCallback(func() {
		r.UpdateWorkflow(name, id, &testsuite.TestUpdateCallback{
			OnAccept:   func() { r.accepted[id] = true },
			OnReject:   func(err error) { r.answers[id] = err },
			OnComplete: func(_ any, err error) { r.answers[id] = err },
		}, newID)
	}, wait)
}

// answer is what the decision got, as a refusal; "" is its done.
func (r *run) answer(name string, wait time.Duration) string {
	id := name + " at " + wait.String()
	err, there := r.answers[id]
	require.True(r.t, there, "no answer to %s among %v", id, slices.Collect(maps.Keys(r.answers)))
	if err == nil {
		return ""
	}
	refusal := workflows.Carried(err)
	require.NotNil(r.t, refusal, "%v", err)
	return refusal.Key
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
