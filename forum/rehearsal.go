package forum

import (
	"cmp"
	"slices"
	"time"
)

// ForumPlan is how a forum is expected to go: where it stands, when its people act, and how much there is of what takes time. It
// names no person; who is meant, the directory tells.
type ForumPlan struct {
	Forum      ID          `json:"forum,omitempty"` // none: a plan without a forum
	Status     ForumStatus `json:"status"`          // where it stands at Start: Selected to Scheduled
	Start      time.Time   `json:"start"`
	Department string      `json:"department"` // that answers for it, or will be asked
	Period     `json:"period"`
	Line       int            `json:"line"`       // signers of each document
	Prizes     int            `json:"prizes"`     // places given, runners-up among them
	Milestones int            `json:"milestones"` // promises of the follow-up
	Every      int            `json:"every"`      // so many days lie between two of them
	Acts       map[Action]int `json:"acts"`       // when each kind of step is done, in working days after its due date
	// Of a forum that is under way:
	Approved  bool         `json:"-"` // the dossier is
	Announced bool         `json:"-"` // the period is set
	Waits     []Owed       `json:"-"` // as they stand
	Rest      []LineSigner `json:"-"` // who signs the dossier after whoever is waited for
}

// Never is a step that nobody does: it is reminded of, escalated, and then still waits.
const Never = 1000

// ActsByDefault is two working days before the due date, before anybody is reminded.
const ActsByDefault = -2

// Planned are the steps whose time a plan tells, in the order in which a forum takes them.
var Planned = []Action{ProposeDepartment, AcceptAssignment, SubmitDossier, SetPeriod, SignApproval, SubmitAnalysis, ScoreAward, SubmitAwards,
	AnswerAward, DeliverAward, SubmitResponse, PublishResponse, PlanFollowUp, CompleteMilestone}

// Rehearsable are the statuses at which a plan may begin.
var Rehearsable = []ForumStatus{Selected, Assigning, Preparing, Scheduled}

// Bounds of a plan.
const (
	LineMax       = 8
	MilestonesMax = 50
	PlanDaysMax   = 3 * 366 // from the start to the last promise
)

// Validate tells what the planner must mend.
func (p ForumPlan) Validate() error {
	switch {
	case !slices.Contains(Rehearsable, p.Status):
		return Refuse(Conflict, "rehearsal.too_late")
	case p.Start.IsZero():
		return Refuse(Invalid, "rehearsal.start_missing").At("start")
	case p.Department == "":
		return Refuse(Invalid, "department.unknown").At("department")
	case p.OpensAt.IsZero():
		return Refuse(Invalid, "period.in_the_past").At("opens_at")
	case p.Line < 1 || p.Line > LineMax:
		return outOf("line", 1, LineMax)
	case p.Prizes < 0 || p.Prizes > Prizes+RunnersUp:
		return outOf("prizes", 0, Prizes+RunnersUp)
	case p.Milestones < 0 || p.Milestones > MilestonesMax:
		return outOf("milestones", 0, MilestonesMax)
	case p.Milestones > 0 && (p.Every < 1 || p.Every > 366):
		return outOf("every", 1, 366)
	}
	if err := p.Period.Validate(p.Start); err != nil {
		return err
	}
	if p.ClosesAt.AddDate(0, 0, p.Milestones*p.Every).Sub(p.Start) > PlanDaysMax*24*time.Hour {
		return Refuse(Invalid, "rehearsal.too_long").At("closes_at").With("most", itoa(PlanDaysMax))
	}
	return nil
}

func outOf(field string, least, most int) error {
	return Refuse(Invalid, "number.out_of_range").At(field).With("least", itoa(least)).With("most", itoa(most))
}

// PlanHour is when on its day a step is done: well after the morning's digests, well before the day is over.
const PlanHour = 14

// ActsAt is when a step is done that was asked for at an instant and is due at another: on the planned working day, but never
// on the very day on which it was asked for. A step that is never done tells false. One that was put to a superior again is
// done by them in their own time: the plan speaks of whoever was asked first.
func (p ForumPlan) ActsAt(kind Action, asked, due time.Time, again bool, days Calendar) (time.Time, bool) {
	late, planned := p.Acts[kind]
	if !planned || again {
		late = ActsByDefault
	}
	on, hour, inTime := due, PlanHour, late < 0
	switch {
	case late >= Never:
		return time.Time{}, false
	case late > 0:
		on = days.After(due, late)
	case late == 0: // on the day itself, but in time
		hour = min(hour, days.City(due).Hour()-1)
	}
	for ; late < 0; late++ {
		on = days.Before(on)
	}
	at := days.At(days.City(on), hour)
	if earliest := days.At(days.City(days.After(asked, 1)), PlanHour); at.Before(earliest) {
		at = earliest
	}
	if inTime {
		at = unreminded(at, due, days)
	}
	return at, true
}

// unreminded is a step's instant, moved ahead of the reminder where that is given on the same day, but not before that day's
// digests: what is asked for at two in the afternoon and due in two days is reminded of at two on the next.
func unreminded(at, due time.Time, days Calendar) time.Time {
	reminder := days.NudgeAt(RemindBefore, due)
	before := days.City(reminder).Add(-time.Hour)
	if at.Before(reminder) || before.Hour() <= DigestHour || days.City(at).Format(time.DateOnly) != before.Format(time.DateOnly) {
		return at
	}
	return days.real(before)
}

// At is the instant at which the city's clocks show an hour of a civil day of theirs.
func (c Calendar) At(day time.Time, hour int) time.Time {
	return c.real(c.on(day, hour))
}

// Promises are the dates of the follow-up's milestones when it is planned at an instant.
func (p ForumPlan) Promises(planned time.Time, days Calendar) []time.Time {
	var all []time.Time
	for i := range p.Milestones {
		all = append(all, days.At(days.City(planned).AddDate(0, 0, (i+1)*p.Every), OfficeCloses))
	}
	return all
}

// RehearsalEvent is one thing that a rehearsal foresees.
type RehearsalEvent struct {
	At    time.Time `json:"at"`
	Kind  EventKind `json:"kind"`
	Noun  Noun      `json:"noun"`
	What  string    `json:"what"` // the new status of a move, the step of a decision, a clock or a nudge, the kind of a letter
	Nudge NudgeKind `json:"nudge,omitempty"`
	Whom  Whom      `json:"whom,omitzero"`
	Due   time.Time `json:"due,omitzero"` // of a clock that begins
}

// NudgeKind is how a step is brought to mind: to whoever is waited for, to their superior, to the audit office.
type NudgeKind string

// The nudges, as the city's notices know them.
const (
	Reminder   NudgeKind = "reminder"
	Escalation NudgeKind = "escalation"
	ToAudit    NudgeKind = "audit"
)

// EventKind is what happens.
type EventKind string

// The kinds of events: a status changes, an official decides, a clock begins and ends, somebody is reminded or their superior
// told, a letter goes out.
const (
	EventMove     EventKind = "move"
	EventDecision EventKind = "decision"
	EventClock    EventKind = "clock"
	EventDone     EventKind = "done"
	EventNudge    EventKind = "nudge"
	EventMail     EventKind = "mail"
)

// EventKinds in the order in which one leads to another.
var EventKinds = []EventKind{EventNudge, EventDecision, EventMove, EventDone, EventClock, EventMail}

// Whom an event means: an official, whoever holds a duty (in a department), or citizens.
type Whom struct {
	Official   ID     `json:"official,omitempty"`
	Duty       Duty   `json:"duty,omitempty"`
	Department string `json:"department,omitempty"`
	Citizens   string `json:"citizens,omitempty"` // followers or winner
}

// The citizens whom an event may mean.
const (
	ToFollowers = "followers"
	ToWinner    = "winner"
)

// Rehearsal is what a plan leads to.
type Rehearsal struct {
	Plan    ForumPlan        `json:"plan"`
	Events  []RehearsalEvent `json:"events"`
	Loads   []Load           `json:"load"`
	Clashes []Clash          `json:"clashes"`
	Status  ForumStatus      `json:"status"` // where the forum stands in the end
	Open    []Owed           `json:"-"`      // what it waits for then
	Took    time.Duration    `json:"-"`
}

// Ends is when its last event happens.
func (r Rehearsal) Ends() time.Time {
	if len(r.Events) == 0 {
		return r.Plan.Start
	}
	return r.Events[len(r.Events)-1].At
}

// SortEvents orders events by their instants, and those of one instant as one leads to another.
func SortEvents(all []RehearsalEvent) {
	slices.SortStableFunc(all, func(a, b RehearsalEvent) int {
		return cmp.Or(a.At.Compare(b.At), compareEvents(a, b))
	})
}

// EventsByDay orders events by their civil days, and those of one day by what they are: two tellings of the same calendar
// compare equal whatever the order within a day.
func EventsByDay(all []RehearsalEvent, days Calendar) {
	day := func(e RehearsalEvent) string { return days.City(e.At).Format(time.DateOnly) }
	slices.SortStableFunc(all, func(a, b RehearsalEvent) int {
		return cmp.Or(cmp.Compare(day(a), day(b)), compareEvents(a, b))
	})
}

func compareEvents(a, b RehearsalEvent) int {
	return cmp.Or(slices.Index(EventKinds, a.Kind)-slices.Index(EventKinds, b.Kind), cmp.Compare(a.Noun, b.Noun), cmp.Compare(a.What, b.What), cmp.Compare(a.Nudge, b.Nudge),
		cmp.Compare(a.Whom.Official, b.Whom.Official), cmp.Compare(a.Whom.Duty, b.Whom.Duty), cmp.Compare(a.Whom.Department, b.Whom.Department),
		cmp.Compare(a.Whom.Citizens, b.Whom.Citizens), a.Due.Compare(b.Due))
}
