package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"acropolis/forum"
	"acropolis/workflows"
)

func TestForumLivesFromSelectionToArchive(t *testing.T) {
	r := newRun(t)
	r.city.forum.Status = forum.Selected
	r.after(days(1), string(forum.ProposeDepartment))
	r.after(days(2), string(forum.TransferAssignment))
	r.after(days(3), string(forum.AcceptAssignment))
	r.after(days(4), string(forum.SubmitDossier))
	r.after(days(5), string(forum.SetPeriod)) // opens on day 6, closes on day 15
	r.after(days(7), string(forum.SuspendForum))
	r.after(days(8), string(forum.ResumeForum))
	r.after(days(9), string(forum.ExtendForum)) // to day 22
	r.RegisterDelayedCallback(func() { require.Equal(t, forum.Open, r.city.forum.Status, "an extended forum is open on day 21") }, days(21))
	r.RegisterDelayedCallback(func() {
		require.Equal(t, forum.Closed, r.city.forum.Status)
		r.city.forum.Ready = true // the moderator has answered the held opinions
		r.SignalWorkflow(workflows.Wake, nil)
	}, days(23))
	r.after(days(24), string(forum.SubmitAnalysis))
	r.RegisterDelayedCallback(func() { r.city.forum.Ready = true; r.SignalWorkflow(workflows.Wake, nil) }, days(25))
	r.after(days(26), string(forum.SubmitAwards))
	r.RegisterDelayedCallback(func() { r.city.forum.Ready = true; r.SignalWorkflow(workflows.Wake, nil) }, days(27))
	r.after(days(28), string(forum.SubmitResponse))
	r.after(days(29), string(forum.PublishResponse))
	r.after(days(30), string(forum.PlanFollowUp))
	r.after(days(31), string(forum.DropMilestone))
	r.after(days(300), string(forum.CompleteMilestone))

	r.ExecuteWorkflow(workflows.Forum, newID)

	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, []string{"propose", "transfer", "accept", "submit dossier", "set period", "schedule", "open", "suspend", "resume", "extend",
		"close", "begin analysis", "analyse", "submit analysis", "begin awarding", "submit awards", "begin responding", "submit response",
		"publish", "plan follow-up", "drop milestone", "complete milestone", "archive"}, r.city.did())
	require.Empty(t, r.city.parked)
}

func TestForumStartsFromAnyStatus(t *testing.T) {
	for status := range forum.ForumSteps {
		t.Run(string(status), func(t *testing.T) {
			r := newRun(t)
			r.city.forum = forum.ForumFacts{Status: status, OpensAt: monday.Add(days(1)), ClosesAt: monday.Add(days(2)), Made: true}
			wait, way, end := days(10), forum.WithdrawForum, forum.Withdrawn
			switch status {
			case forum.Published:
				way, end = forum.PlanFollowUp, forum.Archived
				r.after(days(11), string(forum.CompleteMilestone))
			case forum.Following:
				way, end = forum.CompleteMilestone, forum.Archived
			}
			r.after(wait, string(way))
			r.ExecuteWorkflow(workflows.Forum, newID)
			require.NoError(t, r.GetWorkflowError())
			require.Equal(t, end, r.city.forum.Status)
		})
	}
}

func TestFinalForumHasNothingLeftToDo(t *testing.T) {
	for _, status := range []forum.ForumStatus{forum.Archived, forum.Withdrawn} {
		r := newRun(t)
		r.city.forum.Status = status
		r.ExecuteWorkflow(workflows.Forum, newID)
		require.NoError(t, r.GetWorkflowError())
		require.Empty(t, r.city.did())
	}
}

func TestForumOpensAndClosesAtItsInstants(t *testing.T) {
	r := newRun(t)
	r.city.forum = forum.ForumFacts{Status: forum.Scheduled, OpensAt: monday.Add(90 * time.Minute), ClosesAt: monday.Add(days(37))}
	var opened, closed time.Time
	r.city.fails["open"] = func() error { opened = r.Now(); return nil }
	r.city.fails["close"] = func() error { closed = r.Now(); return nil }
	r.after(days(40), string(forum.WithdrawForum))
	r.ExecuteWorkflow(workflows.Forum, newID)
	require.True(t, opened.Equal(monday.Add(90*time.Minute)), opened)
	require.True(t, closed.Equal(monday.Add(days(37))), closed)
}

// An outage over the instant: the forum is closed late rather than never.
func TestTimerThatIsOverdueFiresAtOnce(t *testing.T) {
	r := newRun(t)
	r.city.forum = forum.ForumFacts{Status: forum.Open, ClosesAt: monday.Add(-days(2))}
	r.after(days(1), string(forum.WithdrawForum))
	r.ExecuteWorkflow(workflows.Forum, newID)
	require.Equal(t, []string{"close", "withdraw"}, r.city.did())
}

func TestClockOfTheDatabaseDecidesWhenItIsTooEarly(t *testing.T) {
	r := newRun(t)
	r.city.forum = forum.ForumFacts{Status: forum.Open, ClosesAt: monday.Add(time.Hour)}
	early := 9
	r.city.fails["close"] = func() error {
		if early--; early > 0 {
			return workflows.Carry(forum.Refuse(forum.Unavailable, "forum.too_early"))
		}
		return nil
	}
	r.after(days(1), string(forum.WithdrawForum))
	r.ExecuteWorkflow(workflows.Forum, newID)
	require.Equal(t, []string{"close", "withdraw"}, r.city.did())
	require.Empty(t, r.city.parked, "too early is a short retry, nothing for a person")
}

func TestDecisionAtTheWrongMomentLeavesNoEvent(t *testing.T) {
	r := newRun(t)
	r.city.forum.Status = forum.Selected
	r.after(days(1), string(forum.PublishResponse))
	r.after(days(2), string(forum.WithdrawForum))
	r.ExecuteWorkflow(workflows.Forum, newID)
	require.Equal(t, "procedure.moved_on", r.answer(string(forum.PublishResponse), days(1)))
	require.Empty(t, r.accepted[string(forum.PublishResponse)+" at "+days(1).String()], "the validator refused it")
	require.Equal(t, []string{"withdraw"}, r.city.did())
}

func TestRefusalOfTheDatabaseReachesWhoAsked(t *testing.T) {
	r := newRun(t)
	r.city.forum.Status = forum.Preparing
	r.city.fails["submit dossier"] = func() error {
		return workflows.Carry(forum.Refuse(forum.Invalid, "dossier.incomplete").With("missing", "plan"))
	}
	r.after(days(1), string(forum.SubmitDossier))
	r.after(days(2), string(forum.WithdrawForum))
	r.ExecuteWorkflow(workflows.Forum, newID)
	require.Equal(t, "dossier.incomplete", r.answer(string(forum.SubmitDossier), days(1)))
	refusal := workflows.Carried(r.answers[string(forum.SubmitDossier)+" at "+days(1).String()])
	require.Equal(t, forum.Invalid, refusal.Code)
	require.Equal(t, "plan", refusal.Fields["missing"])
	require.Empty(t, r.city.parked, "a refusal is an answer, not a fault")
}

func TestStepThatCannotBeDoneIsParkedAndGoesOnAfterRetry(t *testing.T) {
	r := newRun(t)
	r.city.forum = forum.ForumFacts{Status: forum.Closed, Ready: true}
	broken := true
	r.city.fails["begin analysis"] = func() error {
		if broken {
			panic("always")
		}
		return nil
	}
	r.RegisterDelayedCallback(func() {
		require.Len(t, r.city.parked, 1)
		require.Equal(t, "hand the opinions to the analysts", r.city.parked[0].Step)
		require.Equal(t, workflows.Fault, r.city.parked[0].Problem)
		broken = false
		r.UpdateWorkflowNoRejection(workflows.Retry, "retry", t)
	}, time.Minute)
	r.RegisterDelayedCallback(func() { require.Equal(t, forum.Analysing, r.city.forum.Status) }, time.Minute+10*time.Second)
	r.after(days(1), string(forum.WithdrawForum))
	r.ExecuteWorkflow(workflows.Forum, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Equal(t, 1, r.city.unparked)
	require.Equal(t, []string{"begin analysis", "analyse", "withdraw"}, r.city.did())
}

func TestParkedStepTriesByItselfAfterAWhile(t *testing.T) {
	r := newRun(t)
	r.city.forum = forum.ForumFacts{Status: forum.Closed, Ready: true}
	tries := 0
	r.city.fails["begin analysis"] = func() error {
		if tries++; tries <= 5 {
			return errors.New("no space left on device")
		}
		return nil
	}
	r.after(days(1), string(forum.WithdrawForum))
	r.ExecuteWorkflow(workflows.Forum, newID)
	require.NoError(t, r.GetWorkflowError())
	require.Len(t, r.city.parked, 1)
	require.Equal(t, 6, tries)
}

func TestRunningClockRemindsAndTheForumWaitsOn(t *testing.T) {
	r := newRun(t)
	r.city.forum = forum.ForumFacts{Status: forum.Selected, Due: monday.Add(days(3))}
	r.after(days(4), string(forum.WithdrawForum))
	r.ExecuteWorkflow(workflows.Forum, newID)
	require.Equal(t, []string{"remind", "withdraw"}, r.city.did())
}

func TestDecisionSentTwiceIsOne(t *testing.T) {
	r := newRun(t)
	r.city.forum.Status = forum.Selected
	r.decide(days(1), string(forum.ProposeDepartment), "the form's key")
	r.decide(days(1)+time.Second, string(forum.ProposeDepartment), "the form's key")
	r.after(days(2), string(forum.WithdrawForum))
	r.ExecuteWorkflow(workflows.Forum, newID)
	require.Equal(t, []string{"propose", "withdraw"}, r.city.did())
}
