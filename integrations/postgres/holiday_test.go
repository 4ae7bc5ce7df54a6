package postgres_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/pgtest"
)

// almanac is the hand-kept list of forum/testdata: each day's letter by the day.
func almanac(t testing.TB) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("../../forum/testdata/holidays.txt")
	if err != nil {
		t.Fatal(err)
	}
	days := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		year, list, found := strings.Cut(line, ": ")
		if strings.HasPrefix(line, "#") || !found {
			continue
		}
		for _, entry := range strings.Fields(list) {
			days[year+"-"+entry[:5]] = entry[5:]
		}
	}
	return days
}

// TestCalendarIsTheAlmanac of 2003 to 2030: the law's days with the declared ones, and no other.
func TestCalendarIsTheAlmanac(t *testing.T) {
	s := newStore(t)
	c, err := s.Calendar(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	days := almanac(t)
	for day := time.Date(2003, 1, 1, 12, 0, 0, 0, c.Zone); day.Year() <= 2030; day = day.AddDate(0, 0, 1) {
		text := day.Format(time.DateOnly)
		if _, free := days[text]; free != c.IsHoliday(text) {
			t.Errorf("%s: by the almanac free: %v, by the calendar: %v", text, free, !free)
		}
	}
	declared, err := s.Holidays(t.Context(), "2003-01-01", "2030-12-31")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]forum.HolidayKind{"e": forum.Election, "t": forum.Temporary}
	for _, h := range declared {
		if kinds[days[h.Day]] != h.Kind {
			t.Errorf("%s %s is %s; the almanac has %q", h.Day, h.Name, h.Kind, days[h.Day])
		}
	}
}

func cityZone(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(forum.City)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// workingDayAfter counts by the almanac, not by the calendar under test.
func workingDayAfter(t testing.TB, day time.Time, free ...string) time.Time {
	days := almanac(t)
	for _, f := range free {
		days[f] = "t"
	}
	for {
		day = day.AddDate(0, 0, 1)
		_, holiday := days[day.Format(time.DateOnly)]
		if !holiday && day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			return day
		}
	}
}

// runningClocks begins a clock of every kind that is promised in working days.
func (c city) runningClocks() {
	c.t.Helper()
	move := func(from forum.ForumStatus, name string) {
		for _, m := range forumMoves {
			if m.name == name {
				c.must(m.call(c, c.ripe(from, name == "CloseForum")))
			}
		}
	}
	move(forum.Selected, string(forum.ProposeDepartment))
	move(forum.Assigning, string(forum.AcceptAssignment))
	move(forum.Closed, "BeginAnalysis")
	move(forum.Awarding, "BeginResponding")
	move(forum.Responding, string(forum.PublishResponse))
	c.awarding(2)
	c.inReview("reviewer road.head", "approver bureau.head")
	c.round()
	// What long stories lead to, as owe would write it.
	calendar, err := c.Calendar(c.t.Context())
	c.must(err)
	now := one[time.Time](c.t, c.Store, `SELECT now()`)
	for kind, days := range map[forum.Action]int{forum.ProposeDepartment: forum.AssignmentDays, forum.ModerateOpinion: forum.HeldDays,
		forum.PublishResponse: forum.OfficerDays, forum.ChooseTopics: forum.OfficerDays, forum.SubmitMinutes: forum.OfficerDays, forum.DeliverAward: forum.DeliveryDays,
		forum.SettleAlarm: forum.AlarmDays, forum.AnswerConsultation: forum.AssignmentDays, forum.AcceptHandover: forum.AssignmentDays,
		forum.PublishInvitation: forum.OfficerDays} {
		due := calendar.Due(now, days)
		nudge, next := calendar.NextNudge(forum.RemindBefore, due, now)
		exec(c.t, c.Store, `
INSERT INTO owed (id, noun, subject_id, kind, duty, since, days, due, reminders, next_at) VALUES ($1, 'forum', $2, $3, 'officer', $4, $5, $6, $7, $8)`,
			postgres.NewID(), postgres.NewID(), kind, now, days, due, nudge, next)
	}
}

// clockOf is a row of owed as a late holiday may change it.
type clockOf struct {
	kind      string
	days      int
	due, next time.Time
	paused    bool
}

func (c city) allClocks() map[string]clockOf {
	c.t.Helper()
	rows, err := c.Pool().Query(c.t.Context(), `SELECT id::text, kind, days, due, COALESCE(next_at, 'epoch'), paused_at IS NOT NULL FROM owed WHERE done_at IS NULL`)
	c.must(err)
	all := map[string]clockOf{}
	for rows.Next() {
		var id string
		var k clockOf
		c.must(rows.Scan(&id, &k.kind, &k.days, &k.due, &k.next, &k.paused))
		all[id] = k
	}
	c.must(rows.Err())
	return all
}

func (c city) declare(day string) ([]forum.Start, error) {
	return c.DeclareHolidays(c.t.Context(), c.official("officer"), "10.0.0.1", []forum.Holiday{{Day: day, Name: "임시공휴일", Kind: forum.Temporary}}, "국무회의에서 의결되었습니다.")
}

// TestLateHolidayMovesEveryRunningClockOnce: by one working day, at the same hour, paused or not; not a second time, and back
// when it is taken back. What is an announced instant stays.
func TestLateHolidayMovesEveryRunningClockOnce(t *testing.T) {
	c := newCity(t)
	c.runningClocks()
	milestone := postgres.NewID()
	exec(t, c.Store, `INSERT INTO owed (id, noun, subject_id, kind, duty, due) VALUES ($1, 'milestone', $1, 'followup.complete', 'officer', now() + interval '40 days')`, milestone)
	exec(t, c.Store, `UPDATE owed SET paused_at = now() WHERE kind = 'dossier.submit'`)
	before, periods := c.allClocks(), c.instants()
	kinds := map[string]bool{}
	for _, k := range before {
		kinds[k.kind] = true
	}
	for kind := range forum.Terms {
		if !kinds[string(kind)] {
			t.Errorf("no clock of %s runs: the test says nothing of it", kind)
		}
	}
	deadline := one[time.Time](t, c.Store, `SELECT deadline FROM rounds WHERE status = 'open'`)
	zone := cityZone(t)
	now := one[time.Time](t, c.Store, `SELECT now()`).In(zone)
	holiday := workingDayAfter(t, now)
	day, begins := holiday.Format(time.DateOnly), time.Date(holiday.Year(), holiday.Month(), holiday.Day(), 0, 0, 0, 0, zone)

	waiting, err := c.declare(day)
	c.must(err)

	after := c.allClocks()
	for id, was := range before {
		is := after[id]
		if was.days == 0 {
			if is != was {
				t.Errorf("%s is no promise in working days and moved from %s to %s", was.kind, was.due, is.due)
			}
			continue
		}
		if was.due.Before(begins) { // in the small hours a step of one day is due on this very day
			if is != was {
				t.Errorf("%s was due before the holiday and moved from %s to %s", was.kind, was.due, is.due)
			}
			continue
		}
		if want := workingDayAfter(t, was.due.In(zone), day); !is.due.Equal(want) {
			t.Errorf("%s was due %s and is due %s, want %s", was.kind, was.due.In(zone), is.due.In(zone), want)
		}
		if was.next.After(begins) && !is.next.After(was.next) || is.next.After(is.due) || is.paused != was.paused {
			t.Errorf("%s: next reminder %s → %s, due %s, paused %v → %v", was.kind, was.next, is.next, is.due, was.paused, is.paused)
		}
		if n := one[int](t, c.Store, `SELECT count(*) FROM clock_changes WHERE owed_id = $1 AND kind = 'moved'`, id); n != 1 {
			t.Errorf("%s moved %d times", was.kind, n)
		}
	}
	if moved := one[time.Time](t, c.Store, `SELECT deadline FROM rounds WHERE status = 'open'`); !moved.Equal(workingDayAfter(t, deadline.In(zone), day)) {
		t.Errorf("the round's deadline moved from %s to %s", deadline, moved)
	}
	if len(waiting) < 8 {
		t.Errorf("only %d procedures are to be woken: %v", len(waiting), waiting)
	}
	if got := c.instants(); got != periods {
		t.Errorf("announced instants moved:\n%s\n%s", periods, got)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE action = 'calendar.declare' AND noun = 'holiday' AND reason <> '' AND after LIKE $1 || '%'`, day); n != 1 {
		t.Errorf("%d audit rows of the declaration", n)
	}

	if _, err := c.declare(day); !isRefusal(err, forum.Conflict, "holiday.known") {
		t.Errorf("declared twice: %v", err)
	}
	if again := c.allClocks(); fmt.Sprint(again) != fmt.Sprint(after) {
		t.Error("the second declaration moved a clock")
	}

	_, err = c.RemoveHoliday(t.Context(), c.official("officer"), "10.0.0.1", day, "의결이 취소되었습니다.")
	c.must(err)
	for id, back := range c.allClocks() {
		if !back.due.Equal(before[id].due) || !back.next.Equal(before[id].next) {
			t.Errorf("%s was due %s and is due %s after the day was taken back", back.kind, before[id].due, back.due)
		}
	}
	if back := one[time.Time](t, c.Store, `SELECT deadline FROM rounds WHERE status = 'open'`); !back.Equal(deadline) {
		t.Errorf("the round's deadline came back as %s, not %s", back, deadline)
	}
}

// instants are what citizens were told.
func (c city) instants() string {
	return one[string](c.t, c.Store, `
SELECT concat((SELECT string_agg(concat(opens_at, closes_at), ' ' ORDER BY id) FROM forums), (SELECT string_agg(answer_by::text, ' ' ORDER BY id) FROM awards))`)
}

func isRefusal(err error, code forum.Code, key string) bool {
	refusal := forum.RefusalIn(err)
	return refusal != nil && refusal.Code == code && refusal.Key == key
}

func TestPauseThatWasGivenBackIsKept(t *testing.T) {
	c := newCity(t)
	c.runningClocks()
	zone := cityZone(t)
	calendar, err := c.Calendar(t.Context())
	c.must(err)
	// One clock has stood still for twelve working hours: a day and a half.
	id := one[forum.ID](t, c.Store, `SELECT id FROM owed WHERE kind = 'assignment.accept' AND done_at IS NULL`)
	due := calendar.AfterWork(one[time.Time](t, c.Store, `SELECT due FROM owed WHERE id = $1`, id), 12*time.Hour)
	exec(t, c.Store, `UPDATE owed SET due = $2, paused_for = interval '12 hours' WHERE id = $1`, id, due)
	day := workingDayAfter(t, one[time.Time](t, c.Store, `SELECT now()`).In(zone)).Format(time.DateOnly)
	_, err = c.declare(day)
	c.must(err)
	if got, want := one[time.Time](t, c.Store, `SELECT due FROM owed WHERE id = $1`, id), workingDayAfter(t, due.In(zone), day); !got.Equal(want) {
		t.Errorf("due %s, want %s", got.In(zone), want)
	}
}

// TestHolidayOfThisVeryDayTakesBackWhatWasDue: the clock runs once more, and the reminder of the day comes on the new one. What
// was due before the day stays overdue.
func TestHolidayOfThisVeryDayTakesBackWhatWasDue(t *testing.T) {
	url := pgtest.URL(t)
	clock := pgtest.OwnClock(t, url)
	c := city{storeOn(t, url), t}
	c.must(c.RefreshDirectory(t.Context(), cityHall.people, cityHall.units))
	clock.Set(seoul(t, "2026-12-03 15:00"))
	wait := func(since, due string) forum.ID {
		id := postgres.NewID()
		exec(t, c.Store, `
INSERT INTO owed (id, noun, subject_id, kind, duty, since, days, due, reminders, next_at)
VALUES ($1, 'forum', $1, 'assignment.accept', 'officer', $2, 1, $3, 2, $3::timestamptz + interval '1 day')`, id, seoul(t, since), seoul(t, due))
		return id
	}
	today := wait("2026-12-02 10:30", "2026-12-03 10:30")  // Wed 6.5 h, Thu 1.5
	before := wait("2026-12-01 10:30", "2026-12-02 10:30") // Tue 6.5 h, Wed 1.5
	_, err := c.declare("2026-12-03")
	c.must(err)
	for id, want := range map[forum.ID]string{today: "2026-12-04 10:30", before: "2026-12-02 10:30"} { // Wed 6.5 h, Fri 1.5
		if due := one[time.Time](t, c.Store, `SELECT due FROM owed WHERE id = $1`, id); !due.Equal(seoul(t, want)) {
			t.Errorf("due %s, want %s", due, want)
		}
	}
	if next := one[time.Time](t, c.Store, `SELECT next_at FROM owed WHERE id = $1 AND reminders = 1`, today); !next.Equal(seoul(t, "2026-12-04 10:30")) {
		t.Errorf("the day's reminder comes %s", next)
	}
}

// TestClockThatStartsMeanwhileKnowsTheHoliday: the declaration waits behind whoever holds the clocks; a round that opens and a
// board that closes meanwhile wait behind the declaration. Without their locks they have read the calendar of before.
func TestClockThatStartsMeanwhileKnowsTheHoliday(t *testing.T) {
	c := newCity(t)
	zone := cityZone(t)
	day := workingDayAfter(t, one[time.Time](t, c.Store, `SELECT now()`).In(zone)).Format(time.DateOnly)
	id := c.ripe(forum.Open, true)
	exec(t, c.Store, `
INSERT INTO opinions (id, forum_id, status, text, author, receipt, salt, accepted_at) VALUES ($1, $2, 'held', '보류된 의견', '', 'r', '', now())`, postgres.NewID(), id)
	holder, err := c.Pool().Begin(t.Context())
	c.must(err)
	defer func() { _ = holder.Rollback(t.Context()) }()
	_, err = holder.Exec(t.Context(), `LOCK TABLE owed IN SHARE MODE`)
	c.must(err)
	var both sync.WaitGroup
	both.Go(func() {
		if _, err := c.declare(day); err != nil {
			t.Error(err)
		}
	})
	c.queued(1)
	both.Go(func() { c.round() })
	c.queued(2)
	both.Go(func() {
		if _, err := c.CloseForum(t.Context(), id); err != nil {
			t.Error(err)
		}
	})
	c.queued(3)
	c.must(holder.Rollback(t.Context()))
	both.Wait()
	known, err := c.Calendar(t.Context())
	c.must(err)
	for kind, days := range map[string]int{"round.start_scoring": forum.OfficerDays, "opinion.moderate": forum.HeldDays} {
		due := one[time.Time](t, c.Store, `SELECT due FROM owed WHERE kind = $1`, kind)
		if want := known.Due(one[time.Time](t, c.Store, `SELECT since FROM owed WHERE kind = $1`, kind), days); !due.Equal(want) {
			t.Errorf("%s is due %s; with the holiday it is %s", kind, due.In(zone), want)
		}
	}
	deadline := one[time.Time](t, c.Store, `SELECT deadline FROM rounds`)
	if want := known.Due(one[time.Time](t, c.Store, `SELECT promised_at FROM rounds`), forum.RoundDays); !deadline.Equal(want) {
		t.Errorf("the round ends %s; with the holiday it ends %s", deadline.In(zone), want)
	}
}

// queued waits until so many wait for a lock of the clocks.
func (c city) queued(n int) {
	c.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; {
		waiting := one[int](c.t, c.Store, `
SELECT count(*) FROM pg_locks l JOIN pg_class r ON r.oid = l.relation WHERE NOT l.granted AND r.relname IN ('rounds', 'owed') AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
		if waiting >= n {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("%d wait, want %d", waiting, n)
		}
	}
}

// TestRemindersAndALateHolidayAtOnce: procedures remind, rounds open and days are declared all at the same time; then every
// clock is where the calendar puts it, and none was moved twice by one day.
func TestRemindersAndALateHolidayAtOnce(t *testing.T) {
	c := newCity(t)
	c.runningClocks()
	exec(t, c.Store, `UPDATE owed SET next_at = now() WHERE done_at IS NULL`)
	zone := cityZone(t)
	day := one[time.Time](t, c.Store, `SELECT now()`).In(zone)
	var free []string
	for range 4 {
		day = workingDayAfter(t, day)
		free = append(free, day.Format(time.DateOnly))
	}
	rows, err := c.Pool().Query(t.Context(), `SELECT DISTINCT noun, subject_id::text FROM owed WHERE done_at IS NULL AND (noun <> 'forum' OR forum_id IS NOT NULL)`)
	c.must(err)
	var subjects []forum.Start
	for rows.Next() {
		var s forum.Start
		c.must(rows.Scan(&s.Noun, &s.ID))
		subjects = append(subjects, s)
	}
	c.must(rows.Err())
	var all sync.WaitGroup
	for _, d := range free {
		all.Go(func() {
			if _, err := c.declare(d); err != nil {
				t.Errorf("%s: %v", d, err)
			}
		})
	}
	for _, s := range subjects {
		all.Go(func() {
			if err := c.Remind(t.Context(), s.Noun, s.ID); err != nil && forum.CodeOf(err) != forum.Unavailable {
				t.Errorf("%s %s: %v", s.Noun, s.ID, err)
			}
		})
	}
	for i := range 6 {
		all.Go(func() {
			if _, err := c.OpenRound(t.Context(), c.official("officer"), "10.0.0.1", forum.Youth, fmt.Sprintf("2027-%02d", i+1)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	known, err := c.Calendar(t.Context())
	c.must(err)
	clocks, err := c.Pool().Query(t.Context(), `
SELECT w.kind, w.since, w.days, w.due, (SELECT count(*) FROM clock_changes x WHERE x.owed_id = w.id AND x.kind = 'moved') FROM owed w WHERE w.done_at IS NULL AND w.days > 0`)
	c.must(err)
	for clocks.Next() {
		var kind string
		var since, due time.Time
		var days, moves int
		c.must(clocks.Scan(&kind, &since, &days, &due, &moves))
		if want := known.Due(since, days); !due.Equal(want) || moves > len(free) {
			t.Errorf("%s is due %s after %d moves, by the calendar %s", kind, due.In(zone), moves, want)
		}
	}
	c.must(clocks.Err())
}

func TestHolidayIsRefused(t *testing.T) {
	c := newCity(t)
	h := func(day, name string) []forum.Holiday {
		return []forum.Holiday{{Day: day, Name: name, Kind: forum.Temporary}}
	}
	for key, days := range map[string][]forum.Holiday{
		"holiday.none": nil, "holiday.day_malformed": h("2027-02-30", "없는 날"), "holiday.past": h("2020-08-18", "지난 날"), "holiday.too_far": h("2051-01-01", "먼 날"),
		"holiday.known": h("2027-02-08", "설날"), "text.missing": h("2027-03-04", ""), "text.too_long": h("2027-03-04", strings.Repeat("가", 101)),
	} {
		_, err := c.DeclareHolidays(t.Context(), c.official("officer"), "", days, "까닭이 있습니다.")
		if refusal := forum.RefusalIn(err); refusal == nil || refusal.Key != key {
			t.Errorf("want %s, got %v", key, err)
		}
	}
	_, err := c.DeclareHolidays(t.Context(), c.official("officer"), "", append(h("2027-03-04", "하루"), h("2027-03-04", "또 하루")...), "까닭이 있습니다.")
	if !isRefusal(err, forum.Conflict, "holiday.known") {
		t.Errorf("one day twice: %v", err)
	}
	if _, err := c.DeclareHolidays(t.Context(), c.official("officer"), "", h("2027-03-04", "하루"), ""); !isRefusal(err, forum.Invalid, "reason.missing") {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := c.DeclareHolidays(t.Context(), c.official("moderator"), "", h("2027-03-04", "하루"), "까닭이 있습니다."); !isRefusal(err, forum.Forbidden, "duty.missing") {
		t.Errorf("by a moderator: %v", err)
	}
	if _, err := c.RemoveHoliday(t.Context(), c.official("officer"), "", "2027-03-04", "까닭이 있습니다."); !isRefusal(err, forum.Conflict, "holiday.not_declared") {
		t.Errorf("what nobody declared: %v", err)
	}
	if _, err := c.RemoveHoliday(t.Context(), c.official("officer"), "", "2025-01-27", "까닭이 있습니다."); !isRefusal(err, forum.Conflict, "holiday.began") {
		t.Errorf("a day of the past: %v", err)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE noun = 'holiday'`); n != 0 {
		t.Errorf("%d audit rows of what was refused", n)
	}
}

// TestMonthShowsWhatTheReaderMaySee: officers the whole city's boards and dates, a drafter their department's.
func TestMonthShowsWhatTheReaderMaySee(t *testing.T) {
	c := newCity(t)
	id := c.ripe(forum.Open, false)
	c.ripe(forum.Preparing, false)
	c.inReview("approver road.head")
	now := one[time.Time](t, c.Store, `SELECT now()`)
	for uid, sees := range map[string]bool{"officer": true, "road.drafter": true, "parks.head": false} {
		reader := c.official(uid)
		periods, err := c.OpenPeriods(t.Context(), reader, now, now.AddDate(0, 1, 0))
		c.must(err)
		if got := len(periods) == 1 && periods[0].Forum == id; got != sees {
			t.Errorf("%s sees the boards %v", uid, periods)
		}
		due, err := c.DueBetween(t.Context(), reader, now, now.AddDate(0, 1, 0))
		c.must(err)
		if got := len(due) > 0; got != sees {
			t.Errorf("%s sees %d dates", uid, len(due))
		}
		if before, err := c.DueBetween(t.Context(), reader, now.AddDate(0, -1, 0), now); err != nil || len(before) != 0 {
			t.Errorf("%s: %v, %v", uid, before, err)
		}
	}
}
