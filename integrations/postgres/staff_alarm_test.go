package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
)

// TestEarlyCloseNeedsItsApproval: it goes the way of any document, and then the board closes by the very path that its timer takes.
func TestEarlyCloseNeedsItsApproval(t *testing.T) {
	c := newCity(t)
	id := c.open()
	accept(t, c.Store, opinionOf(id, "제때 왔습니다."))
	early := forum.ActDetails{LineDetails: c.line("road.head", "bureau.head")}
	facts := c.mustInForum("officer", forum.CloseForum, id, "목적을 이루었습니다.", early)
	if facts.Status != forum.Open || len(facts.Starts) != 1 {
		t.Fatalf("%+v: want an open board and its document's procedure", facts)
	}
	accept(t, c.Store, opinionOf(id, "아직 열려 있습니다."))
	_, err := c.inForum("officer.two", forum.CloseForum, id, "저도 닫겠습니다.", early)
	refused(t, err, forum.Conflict, "approval.in_review_already")
	a := c.signed(forum.TheEarlyClose, id, "road.head", "bureau.head")
	f, err := c.Forum(t.Context(), id)
	c.must(err)
	figures, err := c.Analysis(t.Context(), id)
	if err != nil || f.Status != forum.Closed || f.Reason != "목적을 이루었습니다." || figures.Figures.Opinions != 2 || a.Document == "" || c.mails(forum.MailWorkbook) != 1 {
		t.Errorf("the forum %s (%s), %d opinions frozen, document %q, %d workbooks, %v", f.Status, f.Reason, figures.Figures.Opinions, a.Document,
			c.mails(forum.MailWorkbook), err)
	}
	c.wantNothingWrong()
}

// TestEarlyCloseThatComesTooLateIsVoid: the timer was first.
func TestEarlyCloseThatComesTooLateIsVoid(t *testing.T) {
	c := newCity(t)
	id := c.open()
	c.mustInForum("officer", forum.CloseForum, id, "목적을 이루었습니다.", forum.ActDetails{LineDetails: c.line("bureau.head")})
	c.passes(id, 2*time.Hour)
	_, err := c.CloseForum(t.Context(), id)
	c.must(err)
	a, err := c.ApprovalOf(t.Context(), forum.TheEarlyClose, id)
	if err != nil || a.Status != forum.Voided {
		t.Errorf("the early close's approval is %s, %v", a.Status, err)
	}
	c.wantWaits(id)
}

// TestActInAnIncidentIsApprovedAfterwards: what can't wait is done at once; its document then runs its line under one short clock.
func TestActInAnIncidentIsApprovedAfterwards(t *testing.T) {
	c := newCity(t)
	line := c.line("road.head", "bureau.head")
	for name, test := range map[string]struct {
		action forum.Action
		noun   forum.Noun
		then   forum.ForumStatus
	}{
		"early close": {forum.CloseForum, forum.TheEarlyClose, forum.Closed},
		"suspension":  {forum.SuspendForum, forum.TheSuspension, forum.Suspended},
		"extension":   {forum.ExtendForum, forum.TheExtension, forum.Open},
	} {
		t.Run(name, func(t *testing.T) {
			id := c.open()
			before, err := c.Forum(t.Context(), id)
			c.must(err)
			var details any = forum.ActDetails{AfterTheFact: true, LineDetails: line}
			if test.action == forum.ExtendForum {
				details = forum.ExtensionDetails{PeriodDetails: forum.PeriodDetails{ClosesAt: before.ClosesAt.Add(time.Hour)}, ActDetails: details.(forum.ActDetails)}
			}
			c.mustInForum("officer", test.action, id, "게시판에 장애가 났습니다.", details)
			c.wantStatus(id, test.then)
			f, err := c.Forum(t.Context(), id)
			c.must(err)
			if test.action == forum.ExtendForum && !f.ClosesAt.Equal(before.ClosesAt.Add(time.Hour)) {
				t.Errorf("the close is %s", f.ClosesAt)
			}
			letters := c.mails(forum.MailForumExtended)
			a := c.signed(test.noun, id, "road.head")
			due := one[int](t, c.Store, `SELECT count(DISTINCT due) FROM owed WHERE subject_id = $1 AND kind = 'approval.sign'`, a.ID)
			if !a.AfterTheFact || due != 1 {
				t.Errorf("after the fact: %v, with %d clocks; want one for the whole line", a.AfterTheFact, due)
			}
			if a = c.signed(test.noun, id, "bureau.head"); a.Status != forum.Approved || a.Document == "" || a.Alarm != "" {
				t.Errorf("%s %q, alarm %q", a.Status, a.Document, a.Alarm)
			}
			c.wantStatus(id, test.then)
			if more := c.mails(forum.MailForumExtended); more != letters {
				t.Errorf("approving what was done already sent %d letters", more-letters)
			}
		})
	}
	c.wantNothingWrong()
}

func (c city) settled(uid string, approval forum.ID, answer string) (forum.ApprovalFacts, error) {
	c.t.Helper()
	return c.SettleAlarm(c.t.Context(), c.decided(uid, forum.SettleAlarm, forum.TheApproval, approval, answer, nil))
}

// TestActThatIsNotApprovedInTimeRaisesAnAlarm: to the officers and the audit office, on the trail and on the document. It ends when
// the document is approved after all.
func TestActThatIsNotApprovedInTimeRaisesAnAlarm(t *testing.T) {
	c := newCity(t)
	id := c.open()
	c.mustInForum("officer", forum.CloseForum, id, "사고가 났습니다.", c.atOnce())
	a, err := c.ApprovalOf(t.Context(), forum.TheEarlyClose, id)
	c.must(err)
	_, err = c.BeginReview(t.Context(), a.ID)
	c.must(err)
	c.must(c.AlarmApproval(t.Context(), a.ID))
	c.wantWaits(id, "approval.sign bureau.head")
	exec(t, c.Store, `UPDATE owed SET due = now(), next_at = now() WHERE subject_id = $1 AND done_at IS NULL`, a.ID)
	for range 2 {
		c.must(c.AlarmApproval(t.Context(), a.ID))
	}
	c.wantWaits(id, "approval.settle auditor", "approval.settle officer", "approval.sign bureau.head")
	a, err = c.Approval(t.Context(), a.ID)
	c.must(err)
	facts, err := c.ApprovalFacts(t.Context(), a.ID)
	if err != nil || a.Alarm != forum.AlarmLate || !a.Alarmed() || !facts.Alarm || one[int](t, c.Store, `SELECT count(*) FROM audit WHERE subject_id = $1 AND action = 'approval.alarm'`, a.ID) != 1 {
		t.Errorf("alarm %q, facts %+v, %v", a.Alarm, facts, err)
	}
	c.signed(forum.TheEarlyClose, id, "bureau.head")
	c.wantWaits(id)
	if a, _ = c.Approval(t.Context(), a.ID); a.Status != forum.Approved || a.Alarmed() {
		t.Errorf("%s, alarmed: %v", a.Status, a.Alarmed())
	}
	c.wantNothingWrong()
}

// TestActWhoseDocumentComesBackRaisesAnAlarm: returned or recalled, it isn't forgotten until an officer has answered for it.
func TestActWhoseDocumentComesBackRaisesAnAlarm(t *testing.T) {
	c := newCity(t)
	for act, want := range map[forum.Action]forum.Alarm{forum.ReturnApproval: forum.AlarmReturned, forum.RecallApproval: forum.AlarmRecalled} {
		id := c.open()
		c.mustInForum("officer", forum.CloseForum, id, "사고가 났습니다.", c.atOnce())
		a, err := c.ApprovalOf(t.Context(), forum.TheEarlyClose, id)
		c.must(err)
		var facts forum.ApprovalFacts
		if act == forum.ReturnApproval {
			facts, err = c.ReturnApproval(t.Context(), c.decided("bureau.head", act, forum.TheApproval, a.ID, "닫을 까닭이 없었습니다.", nil))
		} else {
			facts, err = c.RecallApproval(t.Context(), c.decided("officer", act, forum.TheApproval, a.ID, "잘못 올렸습니다.", nil))
		}
		if err != nil || !facts.Alarm || facts.Final() {
			t.Fatalf("%+v, %v: want a procedure that waits for an answer", facts, err)
		}
		c.wantWaits(id, "approval.settle auditor", "approval.settle officer")
		unfinished := one[bool](t, c.Store, `SELECT alarm = $2 FROM approvals WHERE id = $1`, a.ID, want)
		if forumFacts, err := c.ForumFacts(t.Context(), id); err != nil || !unfinished || len(forumFacts.Starts) != 1 {
			t.Errorf("the alarm isn't %s, or its procedure isn't kept running: %+v, %v", want, forumFacts, err)
		}
		facts, err = c.settled("officer.two", a.ID, "시민께 사과하고 다시 여는 방안을 검토합니다.")
		if err != nil || facts.Alarm || !facts.Final() {
			t.Errorf("%+v, %v", facts, err)
		}
		c.wantWaits(id)
		_, err = c.settled("officer", a.ID, "이미 처리하였습니다.")
		refused(t, err, forum.Conflict, "procedure.moved_on")
	}
	c.wantNothingWrong()
}
