package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// announced is what a forum's followers were told of one kind: to whom, and of what, but for ids and instants.
func (c city) announced(kind forum.MailKind, id forum.ID) []string {
	c.t.Helper()
	rows, err := c.Pool().Query(c.t.Context(), `
SELECT concat_ws(' ', c.email, m.lang, m.noun, (SELECT string_agg(key, ',' ORDER BY key) FROM jsonb_object_keys(m.data) AS key), m.data ->> 'title')
FROM mails m JOIN contacts c ON c.id = m.contact_id WHERE m.kind = $1 AND m.subject_id = $2 ORDER BY 1`, kind, id)
	c.must(err)
	var all []string
	for rows.Next() {
		var one string
		c.must(rows.Scan(&one))
		all = append(all, one)
	}
	c.must(rows.Err())
	return all
}

// A close is announced by the very same path, whether a timer or a person took it: the rows are equal.
func TestCloseIsAnnouncedAlikeByTimerAndByPerson(t *testing.T) {
	c := newCity(t)
	c.subscriber("reader")
	author := citizen(t, c.Store, "author")
	byTimer, byPerson := c.open(), c.open()
	for _, id := range []forum.ID{byTimer, byPerson} {
		accept(t, c.Store, c.post(id, "광장을 만들어 주십시오.", author))
	}
	c.passes(byTimer, 2*time.Hour)
	_, err := c.CloseForum(t.Context(), byTimer)
	c.must(err)
	closeForum(t, c.Store, byPerson)
	timer, person := c.announced(forum.MailForumClosed, byTimer), c.announced(forum.MailForumClosed, byPerson)
	if len(timer) != 2 || len(person) != 2 || timer[0] != person[0] || timer[1] != person[1] {
		t.Errorf("by a timer %q, by a person %q", timer, person)
	}
	c.wantNothingWrong()
}

// closesIn is an open forum whose close is so far away.
func (c city) closesIn(d time.Duration) forum.ID {
	c.t.Helper()
	id := c.open()
	exec(c.t, c.Store, `UPDATE forums SET opens_at = now() - interval '10 days', closes_at = now() + $2::interval WHERE id = $1`, id, d)
	return id
}

func TestSubscribersAreRemindedThreeDaysBeforeTheClose(t *testing.T) {
	c := newCity(t)
	c.subscriber("reader")
	id := c.closesIn(5 * 24 * time.Hour)
	due := func() time.Time {
		facts, err := c.ForumFacts(t.Context(), id)
		c.must(err)
		return facts.Due
	}
	f, err := c.Forum(t.Context(), id)
	c.must(err)
	if !due().Equal(f.ClosesAt.AddDate(0, 0, -forum.ClosingNoticeDays)) {
		t.Errorf("due %s, the close is %s", due(), f.ClosesAt)
	}
	c.must(c.Remind(t.Context(), forum.TheForum, id)) // days too early: nothing to do
	exec(t, c.Store, `UPDATE forums SET closes_at = now() + interval '3 days 5 minutes' WHERE id = $1`, id)
	refused(t, c.Remind(t.Context(), forum.TheForum, id), forum.Unavailable, "clock.too_early")
	exec(t, c.Store, `UPDATE forums SET closes_at = now() + interval '3 days' WHERE id = $1`, id)
	for range 2 {
		c.must(c.Remind(t.Context(), forum.TheForum, id))
	}
	if c.mails(forum.MailForumClosing) != 1 || !due().IsZero() {
		t.Errorf("%d letters, due %s", c.mails(forum.MailForumClosing), due())
	}
	exec(t, c.Store, `UPDATE forums SET closes_at = closes_at + interval '3 hours' WHERE id = $1`, id)
	if !due().IsZero() {
		t.Error("a suspension of hours reminds them again")
	}
	exec(t, c.Store, `UPDATE forums SET closes_at = closes_at + interval '7 days' WHERE id = $1`, id)
	f, err = c.Forum(t.Context(), id)
	c.must(err)
	if !due().Equal(f.ClosesAt.AddDate(0, 0, -forum.ClosingNoticeDays)) {
		t.Error("the reminder doesn't follow an extended close")
	}
	c.mustInForum("officer", forum.SuspendForum, id, "선거 기간입니다.", nil)
	if !due().IsZero() {
		t.Error("a suspended forum reminds of its close")
	}
}

// An extension that is signed while the board is suspended counts, and the lost time comes on top; one that is still in its
// line at the close is void, and can't be signed any more.
func TestExtensionMeetsSuspensionAndClose(t *testing.T) {
	c := newCity(t)
	id := c.open()
	c.mustInForum("officer", forum.SuspendForum, id, "선거 기간입니다.", nil)
	before, err := c.Forum(t.Context(), id)
	c.must(err)
	later := before.ClosesAt.Add(24 * time.Hour)
	c.mustInForum("officer", forum.ExtendForum, id, "참여가 늦습니다.", forum.ExtensionDetails{PeriodDetails: forum.PeriodDetails{ClosesAt: later}, ActDetails: forum.ActDetails{LineDetails: c.line("road.head")}})
	c.signed(forum.TheExtension, id, "road.head")
	exec(t, c.Store, `UPDATE forums SET suspended_at = suspended_at - interval '2 hours', opens_at = opens_at - interval '2 hours' WHERE id = $1`, id)
	facts := c.mustInForum("officer", forum.ResumeForum, id, "", nil)
	if given := facts.ClosesAt.Sub(later); given < 2*time.Hour || given > 2*time.Hour+time.Minute {
		t.Errorf("given back on top of the extension: %s", given)
	}
	c.mustInForum("officer", forum.ExtendForum, id, "더 늦춥니다.", forum.ExtensionDetails{PeriodDetails: forum.PeriodDetails{ClosesAt: facts.ClosesAt.Add(time.Hour)}, ActDetails: forum.ActDetails{LineDetails: c.line("road.head")}})
	a, err := c.ApprovalOf(t.Context(), forum.TheExtension, id)
	c.must(err)
	closeForum(t, c.Store, id)
	if a, err = c.Approval(t.Context(), a.ID); err != nil || a.Status != forum.Voided {
		t.Errorf("the extension is %s, %v", a.Status, err)
	}
	_, err = c.SignApproval(t.Context(), c.decided("road.head", forum.SignApproval, forum.TheApproval, a.ID, "", nil))
	refused(t, err, forum.Conflict, "procedure.moved_on")
}

// Withdrawn from its suspension, a forum is announced as withdrawn with the reason, and never resumes.
func TestSuspendedForumIsWithdrawn(t *testing.T) {
	c := newCity(t)
	c.subscriber("reader")
	id := c.open()
	c.mustInForum("officer", forum.SuspendForum, id, "선거 기간입니다.", nil)
	c.mustInForum("officer", forum.WithdrawForum, id, "사업이 취소되었습니다.", nil)
	if got := one[string](t, c.Store, `SELECT data ->> 'reason' FROM mails WHERE kind = 'forum_withdrawn' AND subject_id = $1`, id); got != "사업이 취소되었습니다." {
		t.Errorf("the reason told is %q", got)
	}
	_, err := c.inForum("officer", forum.ResumeForum, id, "", nil)
	refused(t, err, forum.Conflict, "procedure.moved_on")
}

// In a city whose days last two seconds the notice comes six seconds before the close.
func TestNoticeOfTheCloseKeepsTheCitysPace(t *testing.T) {
	c := newCity(t)
	c.subscriber("reader")
	paced, err := postgres.Open(t.Context(), postgres.Settings{URL: c.Pool().Config().ConnString(), VoterName: "1",
		VoterKey: "the key of the voters in all the tests", Pace: "2s@2026-11-25T09:00:00+09:00"})
	c.must(err)
	t.Cleanup(paced.Close)
	id := c.closesIn(time.Minute)
	f, err := paced.Forum(t.Context(), id)
	c.must(err)
	facts, err := paced.ForumFacts(t.Context(), id)
	c.must(err)
	if !facts.Due.Equal(f.ClosesAt.Add(-6 * time.Second)) {
		t.Errorf("due %s, the close is %s", facts.Due, f.ClosesAt)
	}
	exec(t, c.Store, `UPDATE forums SET closes_at = now() + interval '5 seconds' WHERE id = $1`, id)
	for range 2 {
		c.must(paced.Remind(t.Context(), forum.TheForum, id))
	}
	if c.mails(forum.MailForumClosing) != 1 {
		t.Errorf("%d letters", c.mails(forum.MailForumClosing))
	}
}
