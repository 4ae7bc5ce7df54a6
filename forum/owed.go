package forum

import "time"

// Owed is one thing that somebody is waited for: a row from when the wait begins until it ends. Work lists, timelines and
// reminders read it; no page guesses from a status.
type Owed struct {
	ID         ID
	Noun       Noun // the procedure that waits
	Subject    ID
	Forum      ID     // whose page shows it; empty for what belongs to no forum
	Kind       Action // the decision that ends it
	Official   ID     // who is waited for, or
	Duty       Duty   // whoever holds this duty,
	Department string // in this department ("" for the city)
	Since      time.Time
	Due        time.Time
	Paused     bool
	Escalated  bool
	Title      string // of the forum, round or document, for lists
	Name       string // of the official, for staff
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
