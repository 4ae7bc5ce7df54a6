package e2e

import (
	"cmp"
	"flag"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/e2e/program"
	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/temporal/rehearsal"
)

var (
	cityDay   = flag.Duration("day", 4*time.Second, "how long a day of the rehearsed city lasts")
	boardDays = flag.Int("board", 10, "for how many days the board of the rehearsed forum is open")
)

// planned is a forum whose board is open for so many days of 2026, in a city whose people have their habits: the head never
// answers and is passed over, signers are late by a day and reminded twice, promises are kept a day late, all else is done in time.
func planned(days forum.Calendar, board int) forum.ForumPlan {
	at := func(month time.Month, day, hour int) time.Time {
		return days.At(time.Date(2026, month, day, 0, 0, 0, 0, days.Zone), hour)
	}
	return forum.ForumPlan{Status: forum.Selected, Start: at(time.May, 4, 11), Department: department,
		Period: forum.Period{OpensAt: at(time.May, 29, 12), ClosesAt: at(time.May, 29+board, 12)}, Line: 2, Prizes: 2, Milestones: 2, Every: 7,
		Acts: map[forum.Action]int{forum.AcceptAssignment: forum.Never, forum.SubmitDossier: -7, forum.SetPeriod: -7, forum.SignApproval: 1,
			forum.SubmitAnalysis: -3, forum.ScoreAward: -4, forum.SubmitAwards: -6, forum.AnswerAward: -9, forum.DeliverAward: -6,
			forum.PublishResponse: -4, forum.PlanFollowUp: -4, forum.CompleteMilestone: 1}}
}

// TestRealCityFollowsItsRehearsal: a plan is rehearsed, and then its people carry it out in the real city, whose days pass in
// seconds. What the database has of it in the end is what the rehearsal foresaw: each change of a status, decision, clock that
// begins or ends, reminder and letter, with whom it means, on the same day of the city. A step takes moments, which are hours of
// such a day: so instants are compared by their days, and of one day not the order. But what a clock that counts in days is due
// at is compared to the instant, and one that counts in hours is counted anew from where it really began. The citizens' own acts
// (opinions, votes, the letters that answer them) are in no plan; a letter to followers is one, however many they are.
// `make rehearsal` does it with a board of ninety days.
func TestRealCityFollowsItsRehearsal(t *testing.T) {
	c := newCity(t)
	program.Binary(t, "worker")
	program.Binary(t, "webui")
	begins := time.Now().Add(25 * time.Second)
	c.settings["CALENDAR_PACE"] = paceThrough(begins, time.Date(2026, time.May, 4, 11, 0, 0, 0, time.FixedZone("KST", 9*60*60)), *cityDay)
	c.worker()
	c.webui()
	store := c.store()
	importer := awaitOfficial(t, store, anOperator)
	days, people := cityNow(t, store)
	plan := planned(days, *boardDays)
	foreseen, err := rehearsal.Run(t.Context(), plan, days, people, nil)
	if err != nil {
		t.Fatal(err)
	}
	if foreseen.Status != forum.Archived {
		t.Fatalf("the rehearsal ends %s and waits for %v", foreseen.Status, foreseen.Open)
	}
	life := foreseen.Ends().Sub(plan.Start)
	t.Logf("%d events of %d days rehearsed in %s; the city takes %s", len(foreseen.Events), int(life / *cityDay), foreseen.Took.Round(time.Millisecond), life.Round(time.Second))

	follower(t, store)
	if late := time.Since(plan.Start); late > 0 {
		t.Fatalf("the machine is too slow: the plan began %s ago", late)
	}
	time.Sleep(time.Until(plan.Start))
	plan.Forum = selectedForum(t, store, importer)
	conductor := c.conductor()
	if err := conductor.Start(t.Context(), forum.Start{Noun: forum.TheForum, ID: plan.Forum}); err != nil {
		t.Fatal(err)
	}
	cast := &cast{t: t, city: c, store: store, conductor: conductor, plan: plan, days: days, people: people, taken: map[forum.ID]bool{}}
	cast.playUntil(foreseen.Ends().Add(5 * *cityDay))

	words{days: days, people: people}.compare(t, foreseen.Events, whatHappened(t, store, plan.Forum))
	dueAsCounted(t, store, days)
	wellKept(t, store)
}

// selectedForum is a topic that was chosen this moment.
func selectedForum(t *testing.T, s *postgres.Store, importer forum.ID) forum.ID {
	t.Helper()
	by, err := s.Official(t.Context(), importer)
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.Import(t.Context(), by, forum.PastForum{Status: forum.Selected, Title: "시청 앞 광장을 어떻게 쓸까요", TitleEn: "How shall we use the square"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// paceThrough is a pace of days that last so long, at which the city's clocks show city at an instant.
func paceThrough(at, city time.Time, day time.Duration) string {
	// The base is where both are the same: city = base + (at - base) × times.
	times := float64(24*time.Hour) / float64(day)
	base := at.Add(time.Duration(float64(at.Sub(city)) / (times - 1)))
	return day.String() + "@" + base.UTC().Format(time.RFC3339Nano)
}

// cityNow is the city's calendar and its people, as its rehearsals read them.
func cityNow(t *testing.T, s *postgres.Store) (days forum.Calendar, people forum.Directory) {
	t.Helper()
	days, err := s.Calendar(t.Context())
	if err == nil {
		people.People, err = s.Officials(t.Context(), "", "")
	}
	if err == nil {
		people.Units, err = s.Departments(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return days, people
}

// whatHappened reads the forum's events as a rehearsal tells them.
func whatHappened(t *testing.T, s *postgres.Store, id forum.ID) []forum.RehearsalEvent {
	t.Helper()
	var all []forum.RehearsalEvent
	for kind, sql := range happenings {
		rows, err := s.Pool().Query(t.Context(), sql, pgx.NamedArgs{"forum": id})
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		e := forum.RehearsalEvent{Kind: kind}
		var due *time.Time
		_, err = pgx.ForEachRow(rows, []any{&e.At, &e.Noun, &e.What, &e.Nudge, &e.Whom.Official, &e.Whom.Duty, &e.Whom.Department, &e.Whom.Citizens, &due}, func() error {
			if e.Due = (time.Time{}); due != nil {
				e.Due = *due
			}
			all = append(all, e)
			return nil
		})
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
	}
	return all
}

// whom are the columns that say for whom a wait w is; a row's id tells when it was made, also where a clock counts since earlier.
const (
	whom    = `COALESCE(w.official_id::text, ''), CASE WHEN w.official_id IS NULL THEN w.duty ELSE '' END, CASE WHEN w.official_id IS NULL THEN w.department ELSE '' END, ''`
	madeAt  = `to_timestamp(('x0000' || substr(replace(w.id::text, '-', ''), 1, 12))::bit(64)::bigint / 1000.0)`
	nothing = `'', '', '', '', ''`
)

// happenings are where the database has each kind of event: instant, noun, what, nudge, whom, due.
var happenings = map[forum.EventKind]string{
	forum.EventMove: `SELECT at, noun, after, ` + nothing + `, NULL::timestamptz FROM audit
WHERE forum_id = @forum AND by_kind <> 'import' AND after <> '' AND after <> before AND noun <> 'opinion'`,
	forum.EventDecision: `SELECT done_at, noun, action, '', COALESCE(by_official::text, ''), '', '', CASE WHEN by_official IS NULL THEN 'winner' ELSE '' END, NULL::timestamptz
FROM decisions WHERE refused IS NULL AND @forum <> ''`,
	forum.EventClock: `SELECT ` + madeAt + `, w.noun, w.kind, '', ` + whom + `, w.due FROM owed w WHERE w.forum_id = @forum`,
	forum.EventDone:  `SELECT w.done_at, w.noun, w.kind, '', ` + whom + `, NULL::timestamptz FROM owed w WHERE w.forum_id = @forum AND w.done_at IS NOT NULL`,
	forum.EventNudge: `SELECT n.at, w.noun, w.kind, n.kind, n.official_id::text, '', '', '', NULL::timestamptz
FROM notices n JOIN owed w ON w.id = n.owed_id WHERE w.forum_id = @forum AND n.kind IN ('reminder', 'escalation', 'audit')`,
	forum.EventMail: `SELECT min(created_at), noun, kind, '', COALESCE(official_id::text, ''), '', '',
	CASE WHEN official_id IS NOT NULL THEN '' WHEN kind = 'award_offered' THEN 'winner' ELSE 'followers' END, NULL::timestamptz
FROM mails WHERE kind NOT IN ('session_code', 'opinion_received', 'subscription_confirm', 'news') AND @forum <> '' GROUP BY event, noun, kind, official_id`,
}

// words tell events so that they can be compared, and read.
type words struct {
	days   forum.Calendar
	people forum.Directory
}

// compare reports what was rehearsed and didn't happen, and the other way round.
func (w words) compare(t *testing.T, rehearsed, happened []forum.RehearsalEvent) {
	t.Helper()
	missing, surprising := apart(w.tell(rehearsed), w.tell(happened))
	if len(missing)+len(surprising) == 0 {
		t.Logf("all %d of them happened, and nothing else", len(happened))
		return
	}
	first := slices.Min(slices.Concat(missing, surprising))[:len(time.DateOnly)]
	t.Errorf("they differ from %s on; what comes later may follow from that.\nRehearsed, but it didn't happen:\n  %s\nhappened, but wasn't rehearsed:\n  %s", first,
		strings.Join(missing, "\n  "), strings.Join(surprising, "\n  "))
	night := slices.DeleteFunc(happened, func(e forum.RehearsalEvent) bool { return w.days.City(e.At).Hour() >= forum.DigestHour })
	if len(night) > 0 {
		t.Errorf("the machine is too slow for days of %s: these happened at night, when nobody works:\n  %s", *cityDay, strings.Join(w.tell(night), "\n  "))
	}
}

func (w words) tell(events []forum.RehearsalEvent) []string {
	var all []string
	for _, e := range events {
		line := []string{w.days.City(e.At).Format(time.DateOnly), string(e.Kind), string(e.Noun), e.What, string(e.Nudge), string(e.Whom.Duty), e.Whom.Department, e.Whom.Citizens}
		if e.Whom.Official != "" {
			o, _ := w.people.Of(e.Whom.Official)
			line = append(line, o.UID)
		}
		if !e.Due.IsZero() {
			line = append(line, "due "+w.due(e))
		}
		all = append(all, strings.Join(slices.DeleteFunc(line, func(s string) bool { return s == "" }), " "))
	}
	slices.Sort(all)
	return all
}

// due is the day, and the instant where a clock counts in days or ends on a date of its own.
func (w words) due(e forum.RehearsalEvent) string {
	day := w.days.City(e.Due).Format(time.DateOnly)
	if term := forum.Terms[forum.Action(e.What)].Days; term > 0 && term <= w.days.RuleOn(e.Due).HourDays {
		return day
	}
	return day + " " + e.Due.UTC().Format("15:04:05.000000 UTC")
}

// apart are the lines of one sorted list that the other lacks, and the other way round.
func apart(a, b []string) (onlyA, onlyB []string) {
	for len(a) > 0 && len(b) > 0 {
		switch cmp.Compare(a[0], b[0]) {
		case 0:
			a, b = a[1:], b[1:]
		case -1:
			onlyA, a = append(onlyA, a[0]), a[1:]
		default:
			onlyB, b = append(onlyB, b[0]), b[1:]
		}
	}
	return append(onlyA, a...), append(onlyB, b...)
}

// dueAsCounted counts each clock anew from where it began.
func dueAsCounted(t *testing.T, s *postgres.Store, days forum.Calendar) {
	t.Helper()
	rows, err := s.Pool().Query(t.Context(), `SELECT kind, since, days, due FROM owed WHERE days > 0`)
	if err != nil {
		t.Fatal(err)
	}
	var kind string
	var since, due time.Time
	var n int
	if _, err = pgx.ForEachRow(rows, []any{&kind, &since, &n, &due}, func() error {
		if want := days.Due(since, n); !due.Equal(want) {
			t.Errorf("%s since %s is due %s, want %s", kind, days.City(since), days.City(due), days.City(want))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
