package forum

import "time"

// Owed is one thing that somebody is waited for: a row from when the wait begins until it ends. Work lists, timelines and
// reminders read it; no page guesses from a status.
type Owed struct {
	ID          ID
	Noun        Noun // the procedure that waits
	Subject     ID
	Forum       ID     // whose page shows it; empty for what belongs to no forum
	Kind        Action // the decision that ends it
	Official    ID     // who is waited for, or
	Duty        Duty   // whoever holds this duty,
	Department  string // in this department ("" for the city)
	Since       time.Time
	Days        int // the working days promised from Since; 0: Due is an instant of its own
	Due         time.Time
	Late        int // by how many working days; 0: it isn't
	Paused      bool
	PausedAt    time.Time
	Reason      string // of the pause
	Escalated   bool
	EscalatedAt time.Time
	EscalatedTo string    // the names of the superiors who were told
	AuditedAt   time.Time // when the audit office was
	Title       string    // of the forum, round or document, for lists
	TitleEn     string    // where Title is a forum's that has one
	Name        string    // of the official, for staff
}

// Term is how long a wait of one kind lasts, in working days from its beginning, and who is waited for where nobody is named.
type Term struct {
	Days int
	Duty Duty // whoever holds it; empty for waits that always name somebody
	Own  bool // in the responsible department alone
}

// Terms are the clocks of PRODUCT.md section 2 by what ends them. The one for the response runs from the forum's close, and a
// promise's until its own date.
var Terms = map[Action]Term{
	ProposeDepartment:  {Days: AssignmentDays, Duty: Officer},
	AcceptAssignment:   {Days: AssignmentDays},
	AnswerConsultation: {Days: AssignmentDays},
	AcceptHandover:     {Days: AssignmentDays},
	SubmitDossier:      {Days: DossierDays, Duty: Drafter, Own: true},
	SetPeriod:          {Days: DossierDays, Duty: Officer},
	SignApproval:       {Days: SignerDays},
	SettleAlarm:        {Days: AlarmDays, Duty: Officer},
	PublishInvitation:  {Days: OfficerDays, Duty: Officer},
	ModerateOpinion:    {Days: HeldDays, Duty: Moderator},
	SubmitAnalysis:     {Days: AnalysisDays, Duty: Analyst},
	ScoreAward:         {Days: JuryDays},
	SubmitAwards:       {Days: JuryDays + OfficerDays, Duty: Officer},
	DeliverAward:       {Days: DeliveryDays, Duty: Officer},
	SubmitResponse:     {Days: ResponseDays, Duty: Drafter, Own: true},
	PublishResponse:    {Days: OfficerDays, Duty: Officer},
	PlanFollowUp:       {Days: FollowUpDays, Duty: Drafter, Own: true},
}

// Clock is how near a due date is.
type Clock string

// Fresh, due within a day, and overdue.
const (
	ClockFresh   Clock = "fresh"
	ClockNear    Clock = "near"
	ClockOverdue Clock = "overdue"
)

// ClockAt tells how the clock that is due stands at now.
func ClockAt(due, now time.Time) Clock {
	switch {
	case !now.Before(due):
		return ClockOverdue
	case due.Sub(now) <= 24*time.Hour:
		return ClockNear
	}
	return ClockFresh
}

// Nudge is one rung of the ladder by which an owed step is brought to mind. The ladder is climbed from below, and no rung above
// the first is ever left out: nobody's superior hears of a step of which they were never reminded.
type Nudge int

// The ladder. Whoever is waited for is reminded twice, then others hear of it; the step itself stays whose it was.
const (
	RemindBefore Nudge = iota // a working day before it is due
	RemindDue                 // when it is due
	TellSuperior              // a working day later: their superior
	TellAudit                 // AuditDays after that: the audit office
	Silence                   // nobody is left to be told
)

// AuditDays is how many working days a superior has until the audit office hears of an overdue step.
const AuditDays = 3

// Ladder holds the rungs in order.
var Ladder = []Nudge{RemindBefore, RemindDue, TellSuperior, TellAudit}

// NudgeAt is the instant of one rung for a step that is due then. Silence has none.
func (c Calendar) NudgeAt(n Nudge, due time.Time) time.Time {
	switch n {
	case RemindBefore:
		return c.Before(due)
	case RemindDue:
		return due
	case TellSuperior:
		return c.After(due, 1)
	case TellAudit:
		return c.After(due, 1+AuditDays)
	}
	return time.Time{}
}

// NextNudge is the rung to which a step climbs after those that are given, and when: it may be past already after an outage.
// A reminder before the due date whose own time is past is left out.
func (c Calendar) NextNudge(given Nudge, due, now time.Time) (Nudge, time.Time) {
	if given == RemindBefore && !c.NudgeAt(RemindBefore, due).After(now) {
		given = RemindDue
	}
	return given, c.NudgeAt(given, due)
}

// NudgeNow is the rung to give to a step whose clock has struck: a reminder that comes when the step is due already is the one
// of that day.
func NudgeNow(next Nudge, due, now time.Time) Nudge {
	if next == RemindBefore && !now.Before(due) {
		return RemindDue
	}
	return next
}

// GivenBack is when a step is due again whose clock stood still: later by the working time that passed meanwhile.
func (c Calendar) GivenBack(due, paused, resumed time.Time) time.Time {
	lost := c.WorkBetween(paused, resumed)
	if lost == 0 {
		return due
	}
	return c.AfterWork(due, lost)
}

// Attention is a step that couldn't be done and waits for a person's Retry.
type Attention struct {
	Workflow string // its id
	Noun     Noun
	Subject  ID
	Step     string // what it was about to do, as the procedure names it
	Problem  string // the kind of error, scrubbed
	Since    time.Time
	Title    string
}

// Unfinished is a row that needs a running procedure. Ready says that what it waits for has happened in the database, so
// that it must be woken in case its wake-up was lost.
type Unfinished struct {
	Start
	Ready bool
}
