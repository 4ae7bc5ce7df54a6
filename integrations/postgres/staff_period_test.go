package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
)

func (c city) subscriber(name string) forum.ID {
	c.t.Helper()
	contact := citizen(c.t, c.Store, name)
	exec(c.t, c.Store, `INSERT INTO subscriptions (id, contact_id, secret, confirmed_at) VALUES (gen_random_uuid(), $1, '', now())`, contact)
	return contact
}

func TestPeriodThatIsNone(t *testing.T) {
	c := newCity(t)
	id := c.preparing()
	tomorrow := time.Now().AddDate(0, 0, 1)
	for name, test := range map[string]struct {
		period forum.PeriodDetails
		key    string
	}{
		"in the past":            {forum.PeriodDetails{OpensAt: time.Now().Add(-time.Minute), ClosesAt: tomorrow}, "period.in_the_past"},
		"ends before it starts":  {forum.PeriodDetails{OpensAt: tomorrow, ClosesAt: tomorrow.Add(-time.Second)}, "period.ends_before_start"},
		"ends when it starts":    {forum.PeriodDetails{OpensAt: tomorrow, ClosesAt: tomorrow}, "period.ends_before_start"},
		"has no instants at all": {forum.PeriodDetails{}, "period.in_the_past"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.inForum("officer", forum.SetPeriod, id, "", test.period)
			refused(t, err, forum.Invalid, test.key)
		})
	}
}

func TestForumIsAnnouncedOnlyWithDossierAndPeriod(t *testing.T) {
	c := newCity(t)
	id := c.preparing()
	facts, err := c.ScheduleForum(t.Context(), id)
	if err != nil || facts.Ready || facts.Status != forum.Preparing {
		t.Errorf("%+v, %v", facts, err)
	}
	opens := time.Now().Add(time.Hour)
	facts = c.mustInForum("officer", forum.SetPeriod, id, "", forum.PeriodDetails{OpensAt: opens, ClosesAt: opens.Add(time.Hour)})
	if facts.Ready || !facts.OpensAt.Equal(opens.Truncate(time.Microsecond)) {
		t.Errorf("with a period alone: %+v", facts)
	}
}

func TestOpeningAndCloseWaitForTheDatabasesClock(t *testing.T) {
	c := newCity(t)
	c.subscriber("reader")
	id := c.open()
	if c.mails(forum.MailForumOpened) != 1 {
		t.Errorf("%d letters on the opening", c.mails(forum.MailForumOpened))
	}
	exec(t, c.Store, `UPDATE forums SET closes_at = now() + interval '5 seconds' WHERE id = $1`, id)
	_, err := c.CloseForum(t.Context(), id)
	refused(t, err, forum.Unavailable, "clock.too_early")
	exec(t, c.Store, `UPDATE forums SET closes_at = now() + interval '1 hour' WHERE id = $1`, id) // moved away: look again
	facts, err := c.CloseForum(t.Context(), id)
	if err != nil || facts.Status != forum.Open {
		t.Errorf("%+v, %v", facts, err)
	}
	exec(t, c.Store, `UPDATE forums SET status = 'scheduled', opens_at = now() + interval '5 seconds' WHERE id = $1`, id)
	_, err = c.OpenForum(t.Context(), id)
	refused(t, err, forum.Unavailable, "clock.too_early")
}

func TestSuspensionGivesTheLostTimeBack(t *testing.T) {
	c := newCity(t)
	id := c.open()
	before, err := c.Forum(t.Context(), id)
	c.must(err)
	c.mustInForum("officer", forum.SuspendForum, id, "선거 기간입니다.", nil)
	suspended, err := c.Forum(t.Context(), id)
	c.must(err)
	if suspended.Reason != "선거 기간입니다." || suspended.SuspendedAt.IsZero() || !suspended.ClosesAt.Equal(before.ClosesAt) {
		t.Errorf("suspended: %+v", suspended)
	}
	outcome := c.AcceptOpinions(t.Context(), []forum.NewOpinion{opinionOf(id, "늦었습니다.")})[0]
	if outcome.Err == nil {
		t.Error("a suspended board took an opinion")
	}

	// A day passes, and so does the instant of the close: no timer closes a suspended board.
	exec(t, c.Store, `UPDATE forums SET suspended_at = suspended_at - interval '1 day', closes_at = closes_at - interval '1 day',
		opens_at = opens_at - interval '1 day' WHERE id = $1`, id)
	facts, err := c.CloseForum(t.Context(), id)
	if err != nil || facts.Status != forum.Suspended {
		t.Fatalf("%+v, %v", facts, err)
	}
	facts = c.mustInForum("officer", forum.ResumeForum, id, "", nil)
	took := one[time.Duration](t, c.Store, `SELECT (a.at - b.at) + interval '1 day' FROM audit a JOIN audit b ON b.subject_id = a.subject_id
		WHERE a.subject_id = $1 AND a.action = 'forum.resume' AND b.action = 'forum.suspend'`, id)
	given := facts.ClosesAt.Sub(before.ClosesAt) + 24*time.Hour
	if difference := (given - took).Abs(); difference > 100*time.Millisecond {
		t.Errorf("given back %s for %s", given, took)
	}
	after, _ := c.Forum(t.Context(), id)
	if after.Status != forum.Open || !after.SuspendedAt.IsZero() || after.Reason != "" {
		t.Errorf("resumed: %+v", after)
	}
	accept(t, c.Store, opinionOf(id, "다시 열렸습니다."))
}

func TestEarlyCloseIsTheInstantOfItsStatement(t *testing.T) {
	c := newCity(t)
	id := c.open()
	posted := accept(t, c.Store, opinionOf(id, "제때 왔습니다."))[0]
	facts := c.mustInForum("officer", forum.CloseForum, id, "목적을 이루었습니다.", c.atOnce())
	if facts.Status != forum.Closed || !facts.Ready {
		t.Fatalf("%+v", facts)
	}
	closed := one[time.Time](t, c.Store, `SELECT closed_at FROM forums WHERE id = $1`, id)
	if !closed.Equal(facts.ClosesAt) || !posted.AcceptedAt.Before(closed) {
		t.Errorf("closes_at %s, closed_at %s, the last opinion %s", facts.ClosesAt, closed, posted.AcceptedAt)
	}
	a, err := c.Analysis(t.Context(), id)
	if err != nil || a.Figures.Opinions != 1 || !a.Figures.FrozenAt.Equal(closed) {
		t.Errorf("frozen: %+v, %v", a.Figures, err)
	}
	c.wantNothingWrong()
}

func TestCloseFromSuspensionCountsWhatCameBefore(t *testing.T) {
	c := newCity(t)
	id := c.open()
	accept(t, c.Store, opinionOf(id, "먼저 왔습니다."))
	c.mustInForum("officer", forum.SuspendForum, id, "사고가 났습니다.", nil)
	c.mustInForum("officer", forum.CloseForum, id, "더 열 수 없습니다.", c.atOnce())
	if a, err := c.Analysis(t.Context(), id); err != nil || a.Figures.Opinions != 1 {
		t.Errorf("frozen: %+v, %v", a.Figures, err)
	}
	c.wantNothingWrong()
}

func TestExtensionNeedsItsApproval(t *testing.T) {
	c := newCity(t)
	id := c.open()
	accept(t, c.Store, c.post(id, "더 이야기합시다.", citizen(t, c.Store, "author")))
	before, err := c.Forum(t.Context(), id)
	c.must(err)
	later := before.ClosesAt.Add(24 * time.Hour).Truncate(time.Second)
	extend := func(closes time.Time) (forum.ForumFacts, error) {
		return c.inForum("officer", forum.ExtendForum, id, "의견이 계속 옵니다.", forum.ExtensionDetails{
			PeriodDetails: forum.PeriodDetails{ClosesAt: closes}, ActDetails: forum.ActDetails{LineDetails: c.line("bureau.head")}})
	}
	_, err = extend(before.ClosesAt)
	refused(t, err, forum.Invalid, "extension.not_later")
	facts, err := extend(later)
	if err != nil || !facts.ClosesAt.Equal(before.ClosesAt) || len(facts.Starts) != 1 {
		t.Fatalf("%+v, %v: want the close where it was", facts, err)
	}
	_, err = extend(later)
	refused(t, err, forum.Conflict, "approval.in_review_already")
	c.signed(forum.TheExtension, id, "bureau.head")
	if f, _ := c.Forum(t.Context(), id); !f.ClosesAt.Equal(later) {
		t.Errorf("the close is %s, want %s", f.ClosesAt, later)
	}
	if c.mails(forum.MailForumExtended) != 1 {
		t.Errorf("%d letters on the extension", c.mails(forum.MailForumExtended))
	}
	c.wantNothingWrong()
}

func TestExtensionThatComesTooLateIsVoid(t *testing.T) {
	c := newCity(t)
	id := c.open()
	f, err := c.Forum(t.Context(), id)
	c.must(err)
	_, err = c.inForum("officer", forum.ExtendForum, id, "더 필요합니다.", forum.ExtensionDetails{
		PeriodDetails: forum.PeriodDetails{ClosesAt: f.ClosesAt.Add(time.Hour)}, ActDetails: forum.ActDetails{LineDetails: c.line("bureau.head")}})
	c.must(err)
	c.passes(id, 2*time.Hour)
	_, err = c.CloseForum(t.Context(), id)
	c.must(err)
	a, err := c.ApprovalOf(t.Context(), forum.TheExtension, id)
	if err != nil || a.Status != forum.Voided {
		t.Errorf("the extension's approval is %s, %v", a.Status, err)
	}
	c.wantWaits(id)
}

func TestWithdrawnForumOwesNothing(t *testing.T) {
	c := newCity(t)
	c.subscriber("reader")
	id, a := c.submitted("road.head")
	facts := c.mustInForum("officer", forum.WithdrawForum, id, "사업이 취소되었습니다.", nil)
	if !facts.Final() || len(facts.Starts) != 0 || !facts.Due.IsZero() {
		t.Errorf("%+v", facts)
	}
	c.wantWaits(id)
	if a, _ = c.Approval(t.Context(), a.ID); a.Status != forum.Voided {
		t.Errorf("its document is %s", a.Status)
	}
	if c.mails(forum.MailForumWithdrawn) != 0 {
		t.Error("citizens are told of a forum that they never saw")
	}
	open := c.open()
	c.mustInForum("officer", forum.WithdrawForum, open, "사업이 취소되었습니다.", nil)
	if c.mails(forum.MailForumWithdrawn) != 1 {
		t.Error("the subscriber isn't told of the end of an open forum")
	}
	c.wantNothingWrong()
}

// TestLongClocksCountWorkingDaysTheFirstOneIncluded: ten days make a period in days, so that the day of the acceptance counts where it
// is worked (a Monday's tenth day is the Friday of the next week).
func TestLongClocksCountWorkingDaysTheFirstOneIncluded(t *testing.T) {
	c := newCity(t)
	id := c.preparing()
	start := one[time.Time](t, c.Store, `SELECT since FROM owed WHERE subject_id = $1 AND kind = 'dossier.submit'`, id)
	due := one[time.Time](t, c.Store, `SELECT due FROM owed WHERE subject_id = $1 AND kind = 'dossier.submit'`, id)
	seoul, err := time.LoadLocation(forum.City)
	c.must(err)
	days, last := 0, due.In(seoul).Format(time.DateOnly) // counted by hand after the almanac, not by the calendar under test
	for day := start.In(seoul); day.Format(time.DateOnly) <= last; day = day.AddDate(0, 0, 1) {
		weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		if _, free := almanac(t)[day.Format(time.DateOnly)]; !weekend && !free {
			days++
		}
	}
	if days != 10 || due.In(seoul).Hour() != 18 {
		t.Errorf("due %s, on the working day %d since %s; want the tenth, at 18:00 in Seoul", due, days, start)
	}
}
