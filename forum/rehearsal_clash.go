package forum

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Load is how many steps wait for somebody at once, at most, in one week.
type Load struct {
	Week time.Time `json:"week"` // its Monday
	Whom Whom      `json:"whom"`
	Open int       `json:"open"`
}

// LoadsOf counts the steps that are open by week and person or duty, in order of both.
func LoadsOf(events []RehearsalEvent, days Calendar) []Load {
	type key struct {
		week time.Time
		whom Whom
	}
	open, most := map[Whom]int{}, map[key]int{}
	begin := func(t time.Time) time.Time {
		day := days.City(t)
		return days.At(day.AddDate(0, 0, -(int(day.Weekday())+6)%7), 0)
	}
	var week time.Time
	reach := func(to time.Time) { // what is open goes on into each week that begins meanwhile
		for ; !week.IsZero() && week.Before(to); week = days.At(days.City(week).AddDate(0, 0, 7), 0) {
			for whom, n := range open {
				most[key{week, whom}] = max(most[key{week, whom}], n)
			}
		}
		week = to
	}
	for _, e := range events {
		if e.Kind != EventClock && e.Kind != EventDone {
			continue
		}
		reach(begin(e.At))
		if e.Kind == EventDone {
			open[e.Whom]--
			continue
		}
		open[e.Whom]++
		most[key{week, e.Whom}] = max(most[key{week, e.Whom}], open[e.Whom])
	}
	var all []Load
	for k, n := range most {
		if n > 0 {
			all = append(all, Load{Week: k.week, Whom: k.whom, Open: n})
		}
	}
	slices.SortFunc(all, func(a, b Load) int {
		return cmp.Or(a.Week.Compare(b.Week), cmp.Compare(b.Open, a.Open), cmp.Compare(a.Whom.Duty, b.Whom.Duty),
			cmp.Compare(a.Whom.Official, b.Whom.Official), cmp.Compare(a.Whom.Department, b.Whom.Department))
	})
	return all
}

// Clash is something in a plan that runs into something else.
type Clash struct {
	Kind  ClashKind `json:"kind"`
	At    time.Time `json:"at"`
	Until time.Time `json:"until,omitzero"` // the last day of what lasts
	What  string    `json:"what,omitempty"` // the step that is due
	Name  string    `json:"name,omitempty"` // the holiday's, or the other forum's title
	Forum ID        `json:"forum,omitempty"`
}

// ClashKind is what runs into what.
type ClashKind string

// The clashes: the board can't open when it is planned to; it opens or closes on a free day, or beside a long holiday; a step is due beside one; the board is open
// while the law bids a city's head keep quiet before an election; another board of the department is open too; the jurors
// have another forum's opinions on their desks.
const (
	NotReady        ClashKind = "not_ready"
	OpensOnFreeDay  ClashKind = "opens_on_free_day"
	ClosesOnFreeDay ClashKind = "closes_on_free_day"
	OpensByHoliday  ClashKind = "opens_by_holiday"
	ClosesByHoliday ClashKind = "closes_by_holiday"
	DueByHoliday    ClashKind = "due_by_holiday"
	InElection      ClashKind = "in_election"
	ForumsOverlap   ClashKind = "forums_overlap"
	JuriesOverlap   ClashKind = "juries_overlap"
)

// LongHoliday is how many free days in a row, one of them a public holiday on a day otherwise worked, make people travel.
const LongHoliday = 3

// ElectionDays is how long before an election a city's head may hold no hearing on policy (공직선거법 article 86(2)).
const ElectionDays = 60

// ClashesOf are what a rehearsed plan runs into: the calendar's free days, and other forums.
func ClashesOf(r Rehearsal, days Calendar, others []Forum) []Clash {
	var all []Clash
	if !slices.ContainsFunc(r.Events, func(e RehearsalEvent) bool {
		return e.Kind == EventMove && e.Noun == TheForum && e.What == string(Open) && !e.At.After(r.Plan.OpensAt)
	}) {
		all = append(all, Clash{Kind: NotReady, At: r.Plan.OpensAt})
	}
	all = append(all, atHoliday(r.Plan.OpensAt, "", OpensOnFreeDay, OpensByHoliday, days)...)
	all = append(all, atHoliday(r.Plan.ClosesAt, "", ClosesOnFreeDay, ClosesByHoliday, days)...)
	told := map[string]bool{}
	for _, e := range r.Events {
		if e.Kind != EventClock {
			continue
		}
		for _, c := range atHoliday(e.Due, e.What, "", DueByHoliday, days) {
			if key := days.City(c.At).Format(time.DateOnly) + c.What; !told[key] {
				told[key] = true
				all = append(all, c)
			}
		}
	}
	all = append(all, elections(r.Plan.Period, days)...)
	all = append(all, overlaps(r, days, others)...)
	slices.SortStableFunc(all, func(a, b Clash) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Kind, b.Kind)) })
	return all
}

// atHoliday tells whether an instant lies on a free day, or on the working day before or after a long holiday.
func atHoliday(at time.Time, what string, on, beside ClashKind, days Calendar) []Clash {
	day := days.City(at)
	if !days.IsWorkingDay(at) {
		if on == "" {
			return nil
		}
		return []Clash{{Kind: on, At: at, What: what, Name: holidayName(day, days)}}
	}
	for _, step := range []int{1, -1} {
		if name, n := freeRun(day.AddDate(0, 0, step), step, days); n >= LongHoliday && name != "" {
			return []Clash{{Kind: beside, At: at, What: what, Name: name}}
		}
	}
	return nil
}

// freeRun counts the free days in a row from a city day on, and names the public holiday among them.
func freeRun(day time.Time, step int, days Calendar) (name string, n int) {
	for ; !days.IsWorkingDay(days.At(day, 12)) && n < 30; day, n = day.AddDate(0, 0, step), n+1 {
		if found := holidayName(day, days); found != "" && (name == "" || len(found) < len(name)) {
			name = found // "추석" says more than "추석 연휴"
		}
	}
	return name, n
}

// holidayName is a holiday's name, by the law or as it was declared.
func holidayName(day time.Time, days Calendar) string {
	on := day.Format(time.DateOnly)
	return cmp.Or(statutory()[on].Name, days.Holidays[on])
}

// elections are those before which the board would be open.
func elections(p Period, days Calendar) []Clash {
	var all []Clash
	opens, closes := days.City(p.OpensAt), days.City(p.ClosesAt)
	for day := opens; day.Before(closes.AddDate(0, 0, ElectionDays+1)); day = day.AddDate(0, 0, 1) {
		name := holidayName(day, days)
		if !strings.Contains(name, "선거") {
			continue
		}
		from := day.AddDate(0, 0, -ElectionDays)
		if from.Before(opens) {
			from = opens
		}
		all = append(all, Clash{Kind: InElection, At: days.At(from, 0), Until: days.At(day, 0), Name: name})
	}
	return all
}

// overlaps are the other forums of the department whose boards are open meanwhile, and those whose jury would sit meanwhile: a
// jury's days are reckoned from the close, as the terms have it.
func overlaps(r Rehearsal, days Calendar, others []Forum) []Clash {
	var all []Clash
	var jury Period
	for _, e := range r.Events {
		if e.Kind == EventClock && e.What == string(ScoreAward) {
			jury = Period{OpensAt: e.At, ClosesAt: e.Due}
		}
	}
	for _, o := range others {
		if o.ID == r.Plan.Forum || o.ClosesAt.IsZero() || ForumSteps.IsFinal(o.Status) {
			continue
		}
		if at, until, overlap := r.Plan.Period.overlap(Period{o.OpensAt, o.ClosesAt}); overlap && o.Department == r.Plan.Department {
			all = append(all, Clash{Kind: ForumsOverlap, At: at, Until: until, Name: o.Title, Forum: o.ID})
		}
		sits := Period{OpensAt: days.Due(o.ClosesAt, Terms[SubmitAnalysis].Days+Terms[SignApproval].Days)}
		sits.ClosesAt = days.Due(sits.OpensAt, Terms[ScoreAward].Days)
		if at, until, overlap := jury.overlap(sits); overlap {
			all = append(all, Clash{Kind: JuriesOverlap, At: at, Until: until, Name: o.Title, Forum: o.ID})
		}
	}
	return all
}

// overlap is what two periods have in common.
func (p Period) overlap(other Period) (from, until time.Time, overlap bool) {
	from, until = p.OpensAt, p.ClosesAt
	if other.OpensAt.After(from) {
		from = other.OpensAt
	}
	if other.ClosesAt.Before(until) {
		until = other.ClosesAt
	}
	return from, until, from.Before(until) && !p.OpensAt.IsZero()
}
