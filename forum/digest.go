package forum

import (
	"cmp"
	"slices"
	"time"
)

// DigestHour is when an official's digest is written on a working day: the one letter a day about everything that they are
// waited for, newly owed, reminded, escalated. A rung of the ladder that is reached during the day stands in the next morning's
// letter, where an overdue step is read among the others and not as one of a hundred mails; My work shows it at once. Only what
// is due before the next letter has one of its own.
const DigestHour = 9

// PausedDays is how many working days a clock may stand still until each digest asks the officers about it again.
const PausedDays = 5

// DigestMost is how many lines one letter holds; My work has them all.
const DigestMost = 60

// DigestPart is a heading of the digest.
type DigestPart string

// The parts of a digest, in their order.
const (
	DigestOverdue   DigestPart = "overdue"
	DigestToday     DigestPart = "today"
	DigestTomorrow  DigestPart = "tomorrow" // on the next working day: the reminder before
	DigestNew       DigestPart = "new"
	DigestStandsIn  DigestPart = "stands_in" // begins to wait for them in place of somebody absent
	DigestMoved     DigestPart = "moved"     // a holiday has moved its clock
	DigestEscalated DigestPart = "escalated" // somebody else's, brought before them
	DigestGaveOver  DigestPart = "gave_over" // somebody's who left, handed to another
	DigestPaused    DigestPart = "paused"    // a clock that has stood still for long
)

// DigestParts holds them in order.
var DigestParts = []DigestPart{DigestOverdue, DigestToday, DigestTomorrow, DigestNew, DigestStandsIn, DigestMoved, DigestEscalated, DigestGaveOver, DigestPaused}

// DigestLine is one step in a digest. Of people it says nothing.
type DigestLine struct {
	Part    DigestPart `json:"part"`
	Wait    ID         `json:"wait"` // of the row of owed
	Kind    Action     `json:"kind"`
	Noun    Noun       `json:"noun"`
	Subject ID         `json:"subject"`
	Forum   ID         `json:"forum,omitzero"`
	Title   string     `json:"title"`
	Due     time.Time  `json:"due"`
	Late    int        `json:"late,omitzero"` // working days
}

// Digest puts lines into a letter's order: part by part, the oldest clock first.
func Digest(lines []DigestLine) []DigestLine {
	return slices.SortedStableFunc(slices.Values(lines), func(a, b DigestLine) int {
		return cmp.Or(slices.Index(DigestParts, a.Part)-slices.Index(DigestParts, b.Part), a.Due.Compare(b.Due), cmp.Compare(a.Wait, b.Wait))
	})
}

// DigestDay is the day whose digest is due at now: today, on a working day from DigestHour on.
func (c Calendar) DigestDay(now time.Time) (day string, due bool) {
	local := c.City(now)
	return local.Format(time.DateOnly), c.works(local) && local.Hour() >= DigestHour
}

// NextDigest is when the next digest after now is due.
func (c Calendar) NextDigest(now time.Time) time.Time {
	local := c.City(now)
	at := c.on(local, DigestHour)
	for !at.After(local) || !c.works(at) {
		at = at.AddDate(0, 0, 1)
	}
	return c.real(at)
}

// CannotWait says that a step which is owed from now on is due before the digest that would tell of it.
func (c Calendar) CannotWait(due, now time.Time) bool {
	return now.Before(due) && !due.After(c.NextDigest(now))
}

// DigestPartOf is where a step that waits for the reader stands in their digest of now. One that isn't due soon is news or nothing.
func (c Calendar) DigestPartOf(due, now time.Time) DigestPart {
	switch {
	case !now.Before(due):
		return DigestOverdue
	case !due.After(c.After(now, 0)):
		return DigestToday
	case !due.After(c.After(now, 1)):
		return DigestTomorrow
	}
	return DigestNew
}

// Past is the same hour so many working days before now.
func (c Calendar) Past(now time.Time, n int) time.Time {
	for ; n > 0; n-- {
		now = c.Before(now)
	}
	return now
}

// LateBy is by how many working days a step is late: those that have begun since its day, and one on that day itself. Zero: it
// isn't.
func (c Calendar) LateBy(due, now time.Time) int {
	if now.Before(due) {
		return 0
	}
	return max(c.WorkingDaysBetween(due, now), 1)
}
