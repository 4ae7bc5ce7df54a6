package rehearsal

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"acropolis/forum"
)

// The people of these stories.
const (
	officer, analyst, juror, head, drafter, director, auditor = "kim", "lee", "park", "cho", "jung", "han", "min"
)

var staff = forum.Directory{
	Units: []forum.Department{{Code: "roads", Name: "도로계획과", Parent: "city"}, {Code: "city", Name: "시청"}},
	People: []forum.Official{
		{ID: officer, UID: officer, Department: "forum", Duties: []forum.Duty{forum.Officer}},
		{ID: analyst, UID: analyst, Department: "forum", Duties: []forum.Duty{forum.Analyst}},
		{ID: juror, UID: juror, Department: "forum", Duties: []forum.Duty{forum.Juror}},
		{ID: auditor, UID: auditor, Department: "audit", Duties: []forum.Duty{forum.Auditor}},
		{ID: head, UID: head, Department: "roads", Superior: director, Duties: []forum.Duty{forum.Head}},
		{ID: drafter, UID: drafter, Department: "roads", Superior: head, Duties: []forum.Duty{forum.Drafter}},
		{ID: director, UID: director, Department: "city", Duties: []forum.Duty{forum.Head, forum.Executive}},
	},
}

func seoul(t testing.TB) forum.Calendar {
	t.Helper()
	zone, err := time.LoadLocation(forum.City)
	if err != nil {
		t.Fatal(err)
	}
	return forum.Calendar{Zone: zone, Holidays: map[string]string{}}
}

// on is an hour of a day of 2026.
func on(days forum.Calendar, month time.Month, day, hour int) time.Time {
	return time.Date(2026, month, day, hour, 0, 0, 0, days.Zone)
}

// ninetyDays is a plan for a board that is open for ninety days.
func ninetyDays(days forum.Calendar) forum.ForumPlan {
	opens := on(days, 6, 1, 9)
	return forum.ForumPlan{Status: forum.Selected, Start: on(days, 5, 4, 10), Department: "roads",
		Period: forum.Period{OpensAt: opens, ClosesAt: opens.AddDate(0, 0, 90)}, Line: 2, Prizes: 3, Milestones: 2, Every: 30}
}

func rehearse(t testing.TB, plan forum.ForumPlan, days forum.Calendar, others ...forum.Forum) forum.Rehearsal {
	t.Helper()
	r, err := Run(t.Context(), plan, days, staff, others)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestNinetyDaysPassInAMoment(t *testing.T) {
	days := seoul(t)
	r := rehearse(t, ninetyDays(days), days)
	if r.Status != forum.Archived || len(r.Open) > 0 {
		t.Fatalf("it ends %s and waits for %v", r.Status, r.Open)
	}
	long := ninetyDays(days)
	long.ClosesAt, long.Milestones, long.Every = long.OpensAt.AddDate(1, 0, 0), 12, 30
	year := rehearse(t, long, days)
	for name, r := range map[string]forum.Rehearsal{"a board of 90 days": r, "a year's, and a year of follow-up": year} {
		life := r.Ends().Sub(r.Plan.Start)
		t.Logf("%s: %d events of %d days in %s, %.0f times as fast as the city", name, len(r.Events), int(life.Hours()/24), r.Took.Round(time.Millisecond), float64(life)/float64(r.Took))
		if r.Took > 10*time.Second {
			t.Errorf("%s took %s", name, r.Took)
		}
	}
	wantAt(t, "subscribers hear that the close is near", at(t, r, forum.EventMail, forum.TheForum, string(forum.MailForumClosing)).At, on(days, 8, 27, 9))
	wantAt(t, "and that it is there", at(t, r, forum.EventMail, forum.TheForum, string(forum.MailForumClosed)).At, on(days, 8, 30, 9))
	if year.Status != forum.Archived {
		t.Errorf("the year's forum ends %s", year.Status)
	}
}

// at finds the one event of a kind, or fails.
func at(t *testing.T, r forum.Rehearsal, kind forum.EventKind, noun forum.Noun, what string) forum.RehearsalEvent {
	t.Helper()
	var found []forum.RehearsalEvent
	for _, e := range r.Events {
		if e.Kind == kind && e.Noun == noun && e.What == what {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d events %s %s %s", len(found), kind, noun, what)
	}
	return found[0]
}

func wantAt(t *testing.T, what string, got, want time.Time) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s on %s, want %s", what, got.Format("2006-01-02 15:04"), want.Format("2006-01-02 15:04"))
	}
}

// TestHeadWhoNeverAnswersIsPassedOver: proposed on the morning of Friday 8 May 2026, due on Tuesday the 12th, put to the director
// a working day later, who answers two days before their own clock runs out.
func TestHeadWhoNeverAnswersIsPassedOver(t *testing.T) {
	days := seoul(t)
	plan := ninetyDays(days)
	plan.Acts = map[forum.Action]int{forum.ProposeDepartment: 0, forum.AcceptAssignment: forum.Never}
	r := rehearse(t, plan, days)
	wantAt(t, "the assignment is escalated", at(t, r, forum.EventMove, forum.TheAssignment, string(forum.AssignmentEscalated)).At, on(days, 5, 13, 18))
	accepted := at(t, r, forum.EventDecision, forum.TheForum, string(forum.AcceptAssignment))
	wantAt(t, "the director accepts", accepted.At, on(days, 5, 14, 14))
	if accepted.Whom.Official != director || r.Status != forum.Archived {
		t.Errorf("%s accepts, and it ends %s", accepted.Whom.Official, r.Status)
	}
}

// TestStepThatNobodyDoesIsToldUpwards: the period is due on Wednesday 20 May, and Monday the 25th is free.
func TestStepThatNobodyDoesIsToldUpwards(t *testing.T) {
	days := seoul(t)
	plan := ninetyDays(days)
	plan.Acts = map[forum.Action]int{forum.SetPeriod: forum.Never}
	r := rehearse(t, plan, days)
	var nudges []time.Time
	told, digests := map[forum.ID]int{}, map[forum.ID]int{}
	for _, e := range r.Events {
		if e.Kind == forum.EventNudge && e.What == string(forum.SetPeriod) {
			nudges = append(nudges, e.At)
			told[e.Whom.Official]++
		}
		if e.Kind == forum.EventMail && e.What == string(forum.MailDigest) && e.At.After(on(days, 5, 27, 18)) {
			digests[e.Whom.Official]++
		}
	}
	want := []time.Time{on(days, 5, 19, 18), on(days, 5, 20, 18), on(days, 5, 21, 18), on(days, 5, 27, 18)}
	if len(nudges) != len(want) {
		t.Fatalf("nudged at %v", nudges)
	}
	for i := range want {
		wantAt(t, "a nudge", nudges[i], want[i])
	}
	if told[auditor] != 1 || told[officer] != 3 {
		t.Errorf("told: %v", told)
	}
	// The morning after, the audit office reads of it; the officer does each morning. After a quiet day the rehearsal ends.
	if digests[auditor] != 1 || digests[officer] != 2 {
		t.Errorf("digests: %v", digests)
	}
	if r.Status != forum.Preparing || len(r.Open) != 1 || r.Open[0].Kind != forum.SetPeriod {
		t.Errorf("it ends %s and waits for %v", r.Status, r.Open)
	}
	if !clashes(r, forum.NotReady) {
		t.Error("a board that never opens is no clash")
	}
}

// TestWhoActsInTimeIsNotReminded: a signer who is asked at two has two days and a reminder at two on the next, which they forestall.
func TestWhoActsInTimeIsNotReminded(t *testing.T) {
	days := seoul(t)
	for _, e := range rehearse(t, ninetyDays(days), days).Events {
		if e.Kind == forum.EventNudge {
			t.Errorf("%s of %s on %s", e.Nudge, e.What, e.At)
		}
	}
}

// TestPaceOfTheCityIsTheRehearsals: in a city whose days last two seconds a plan leads to the same on the same days.
func TestPaceOfTheCityIsTheRehearsals(t *testing.T) {
	days := seoul(t)
	plan := ninetyDays(days)
	plan.Acts = map[forum.Action]int{forum.AnswerAward: forum.Never}
	slow := byDay(rehearse(t, plan, days).Events, days)
	fast := days
	fast.Pace = forum.Pace{Base: plan.Start.AddDate(0, -1, 0), Day: 2 * time.Second}
	plan.Start, plan.OpensAt, plan.ClosesAt = fast.Pace.Real(plan.Start), fast.Pace.Real(plan.OpensAt), fast.Pace.Real(plan.ClosesAt)
	all := byDay(rehearse(t, plan, fast).Events, fast)
	for i := range min(len(all), len(slow)) {
		if all[i] != slow[i] {
			t.Fatalf("at a pace %+v, without %+v", all[i], slow[i])
		}
	}
	if len(all) != len(slow) {
		t.Errorf("%d events at a pace, %d without", len(all), len(slow))
	}
}

// byDay are events with nothing but the days of their instants.
func byDay(all []forum.RehearsalEvent, days forum.Calendar) []forum.RehearsalEvent {
	day := func(t time.Time) time.Time {
		local := days.City(t)
		return on(days, local.Month(), local.Day(), 0)
	}
	for i, e := range all {
		all[i].At = day(e.At)
		if !e.Due.IsZero() {
			all[i].Due = day(e.Due)
		}
	}
	days.Pace = forum.Pace{}
	forum.EventsByDay(all, days)
	return all
}

func clashes(r forum.Rehearsal, kind forum.ClashKind) bool {
	return slices.ContainsFunc(r.Clashes, func(c forum.Clash) bool { return c.Kind == kind })
}

func TestCloseOnChuseokIsAClash(t *testing.T) {
	days := seoul(t)
	plan := ninetyDays(days)
	plan.ClosesAt = on(days, 9, 25, 18)
	r := rehearse(t, plan, days)
	i := slices.IndexFunc(r.Clashes, func(c forum.Clash) bool { return c.Kind == forum.ClosesOnFreeDay })
	if i < 0 || r.Clashes[i].Name != "추석" {
		t.Errorf("clashes: %v", r.Clashes)
	}
	plan.ClosesAt = on(days, 9, 23, 18)
	if r = rehearse(t, plan, days); !clashes(r, forum.ClosesByHoliday) || clashes(r, forum.ClosesOnFreeDay) {
		t.Errorf("the day before: %v", r.Clashes)
	}
	plan.ClosesAt = on(days, 9, 16, 18)
	if r = rehearse(t, plan, days); clashes(r, forum.ClosesByHoliday) || clashes(r, forum.ClosesOnFreeDay) {
		t.Errorf("a week before: %v", r.Clashes)
	}
}

func TestBoardBeforeAnElectionIsAClash(t *testing.T) {
	days := seoul(t)
	days.Holidays["2026-06-03"] = "제9회 전국동시지방선거"
	plan := ninetyDays(days)
	if r := rehearse(t, plan, days); !clashes(r, forum.InElection) {
		t.Errorf("clashes: %v", r.Clashes)
	}
	plan.OpensAt = on(days, 6, 4, 9)
	if r := rehearse(t, plan, days); clashes(r, forum.InElection) {
		t.Errorf("the day after: %v", r.Clashes)
	}
}

func TestOtherForumsMeanwhile(t *testing.T) {
	days := seoul(t)
	plan := ninetyDays(days)
	other := forum.Forum{ID: "other", Title: "한강 다리", Status: forum.Scheduled, Department: "roads", OpensAt: on(days, 8, 1, 9), ClosesAt: on(days, 10, 1, 18)}
	elsewhere := other
	elsewhere.ID, elsewhere.Department, elsewhere.ClosesAt = "elsewhere", "parks", plan.ClosesAt
	r := rehearse(t, plan, days, other, elsewhere)
	for _, want := range []struct {
		forum forum.ID
		kind  forum.ClashKind
		is    bool
	}{{"other", forum.ForumsOverlap, true}, {"other", forum.JuriesOverlap, false}, {"elsewhere", forum.ForumsOverlap, false}, {"elsewhere", forum.JuriesOverlap, true}} {
		if is := slices.ContainsFunc(r.Clashes, func(c forum.Clash) bool { return c.Kind == want.kind && c.Forum == want.forum }); is != want.is {
			t.Errorf("%s with %s: %t", want.kind, want.forum, is)
		}
	}
}

// TestSilentWinnerMakesRoomForTheNext: five offers lapse after fourteen days, and each of three runners-up has a turn.
func TestSilentWinnerMakesRoomForTheNext(t *testing.T) {
	days := seoul(t)
	plan := ninetyDays(days)
	plan.Prizes, plan.Acts = forum.Prizes+forum.RunnersUp, map[forum.Action]int{forum.AnswerAward: forum.Never}
	offers := map[string]int{}
	for _, e := range rehearse(t, plan, days).Events {
		if e.Kind == forum.EventMail && e.What == string(forum.MailAwardOffered) {
			offers[e.At.Format(time.DateOnly)]++
		}
	}
	if len(offers) != 2 || offers["2026-09-17"] != forum.Prizes || offers["2026-10-01"] != forum.RunnersUp {
		t.Errorf("offers: %v", offers)
	}
}

// TestForumUnderWayGoesOnFromWhereItStands: its dossier lies before the head since Monday, and the director signs after them, an
// hour before they would be reminded.
func TestForumUnderWayGoesOnFromWhereItStands(t *testing.T) {
	days := seoul(t)
	plan := ninetyDays(days)
	plan.Forum, plan.Status, plan.Start, plan.Announced = "01990000-0000-7000-8000-000000000001", forum.Preparing, on(days, 5, 12, 9), true
	plan.Waits = []forum.Owed{{Noun: forum.TheApproval, Subject: "01990000-0000-7000-8000-000000000002", Kind: forum.SignApproval, Official: head,
		Since: on(days, 5, 11, 15), Due: on(days, 5, 13, 18)}}
	plan.Rest = []forum.LineSigner{{Role: forum.Approver, Official: director}}
	r := rehearse(t, plan, days)
	wantAt(t, "the dossier is approved", at(t, r, forum.EventMove, forum.TheDossier, string(forum.DossierApproved)).At, on(days, 5, 13, 13))
	if r.Status != forum.Archived {
		t.Errorf("it ends %s", r.Status)
	}
}

func TestSamePlanLeadsToTheSame(t *testing.T) {
	days := seoul(t)
	if a, b := rehearse(t, ninetyDays(days), days), rehearse(t, ninetyDays(days), days); !slices.Equal(a.Events, b.Events) {
		t.Error("two rehearsals of one plan differ")
	}
}

func TestPlansThatCannotBeRehearsed(t *testing.T) {
	days := seoul(t)
	for _, c := range []struct {
		field, key string
		spoil      func(*forum.ForumPlan)
	}{
		{"start", "rehearsal.start_missing", func(p *forum.ForumPlan) { p.Start = time.Time{} }},
		{"department", "department.unknown", func(p *forum.ForumPlan) { p.Department = "" }},
		{"opens_at", "period.in_the_past", func(p *forum.ForumPlan) { p.OpensAt = p.Start.Add(-time.Hour) }},
		{"opens_at", "period.in_the_past", func(p *forum.ForumPlan) { p.OpensAt = time.Time{} }},
		{"closes_at", "period.ends_before_start", func(p *forum.ForumPlan) { p.ClosesAt = p.OpensAt }},
		{"closes_at", "rehearsal.too_long", func(p *forum.ForumPlan) { p.ClosesAt = p.OpensAt.AddDate(4, 0, 0) }},
		{"line", "number.out_of_range", func(p *forum.ForumPlan) { p.Line = 0 }},
		{"prizes", "number.out_of_range", func(p *forum.ForumPlan) { p.Prizes = 9 }},
		{"milestones", "number.out_of_range", func(p *forum.ForumPlan) { p.Milestones = 51 }},
		{"every", "number.out_of_range", func(p *forum.ForumPlan) { p.Every = 0 }},
		{"", "rehearsal.too_late", func(p *forum.ForumPlan) { p.Status = forum.Open }},
	} {
		plan := ninetyDays(days)
		c.spoil(&plan)
		_, err := Run(t.Context(), plan, days, staff, nil)
		if refusal := forum.RefusalIn(err); refusal == nil || refusal.Fields["field"] != c.field || refusal.Key != c.key {
			t.Errorf("%s, want %s: %v", c.field, c.key, err)
		}
	}
}

// TestRehearsalEndsWithItsCaller, who has closed the page or waited long enough.
func TestRehearsalEndsWithItsCaller(t *testing.T) {
	days := seoul(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, ninetyDays(days), days, staff, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
