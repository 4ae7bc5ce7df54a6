// Package forum holds the city's rules in words: what things are, which steps they may take, who may take them and how
// long a step may last. It knows no clock, no dice and nothing outside; open it first.
package forum

import (
	"time"
	"unicode/utf8"
)

// ForumStatus is where a topic stands between its selection and the archive.
type ForumStatus string

// The statuses of a forum.
const (
	Selected   ForumStatus = "selected"
	Assigning  ForumStatus = "assigning"
	Preparing  ForumStatus = "preparing"
	Scheduled  ForumStatus = "scheduled"
	Open       ForumStatus = "open"
	Suspended  ForumStatus = "suspended"
	Closed     ForumStatus = "closed"
	Analysing  ForumStatus = "analysing"
	Awarding   ForumStatus = "awarding"
	Responding ForumStatus = "responding"
	Published  ForumStatus = "published"
	Following  ForumStatus = "following"
	Archived   ForumStatus = "archived"
	Withdrawn  ForumStatus = "withdrawn"
)

// ForumSteps is the life of a forum.
var ForumSteps = Steps[ForumStatus]{
	Selected:   {Assigning, Withdrawn},
	Assigning:  {Preparing, Withdrawn},
	Preparing:  {Scheduled, Withdrawn},
	Scheduled:  {Open, Withdrawn},
	Open:       {Suspended, Closed, Withdrawn},
	Suspended:  {Open, Closed, Withdrawn},
	Closed:     {Analysing, Withdrawn},
	Analysing:  {Awarding, Withdrawn},
	Awarding:   {Responding, Withdrawn},
	Responding: {Published, Withdrawn},
	Published:  {Following},
	Following:  {Archived},
}

// Journey is the usual way of a forum, as timelines draw it.
var Journey = []ForumStatus{Selected, Assigning, Preparing, Scheduled, Open, Closed, Analysing, Awarding, Responding, Published, Following, Archived}

// TakesOpinions says whether the board is open in this status; the database's clock decides within it.
func (s ForumStatus) TakesOpinions() bool { return s == Open }

// IsPublic says whether citizens may see a forum of this status: from the announcement on.
func (s ForumStatus) IsPublic() bool {
	switch s {
	case Selected, Assigning, Preparing:
		return false
	}
	return true
}

// HasClosed says whether the counts are frozen.
func (s ForumStatus) HasClosed() bool {
	switch s {
	case Closed, Analysing, Awarding, Responding, Published, Following, Archived:
		return true
	}
	return false
}

// HasResults says whether the city's answer is out.
func (s ForumStatus) HasResults() bool { return s == Published || s == Following || s == Archived }

// Moderation is when a board's opinions are looked at.
type Moderation string

// After publication is the default; before it if the officer says so.
const (
	ModerateAfter  Moderation = "after"
	ModerateBefore Moderation = "before"
)

// Forum as pages show it.
type Forum struct {
	ID          ID
	Number      string // 2026-0007, for people
	Status      ForumStatus
	Track       Track
	Lang        string
	Title       string
	TitleEn     string
	Summary     string
	SummaryEn   string
	Identity    IdentityPolicy
	Moderation  Moderation
	Department  string // the responsible department's code, empty until assigned
	OpensAt     time.Time
	ClosesAt    time.Time
	SuspendedAt time.Time
	Reason      string // public, for suspension, early close and withdrawal
	Imported    bool
	CreatedAt   time.Time
	Counts      Counts
	Attention   bool // a step of its workflow is parked
}

// Counts are the shown tallies; after the close they are the frozen ones.
type Counts struct {
	Opinions     int `json:"opinions"`
	Voters       int `json:"voters"`
	VotesFor     int `json:"votes_for"`
	VotesAgainst int `json:"votes_against"`
	Hits         int `json:"hits"`
}

// Period is when a forum is open: from OpensAt, until just before ClosesAt.
type Period struct{ OpensAt, ClosesAt time.Time }

// ClosingNoticeDays is how many days before the close its subscribers are reminded (PRODUCT.md 2.5).
const ClosingNoticeDays = 3

// Validate refuses a period that ends before it starts or starts in the past.
func (p Period) Validate(now time.Time) error {
	switch {
	case p.OpensAt.Before(now):
		return Refuse(Invalid, "period.in_the_past").At("opens_at")
	case !p.ClosesAt.After(p.OpensAt):
		return Refuse(Invalid, "period.ends_before_start").At("closes_at")
	}
	return nil
}

// ForumFacts is all that a Forum workflow knows of its row: statuses, instants and ids, nothing of a person.
type ForumFacts struct {
	Status   ForumStatus
	OpensAt  time.Time
	ClosesAt time.Time
	// Ready says that what the status waits for is there. Preparing: the dossier is approved and the period set.
	// Closed: no opinion is held any more. Analysing: the analysis is approved. Awarding: the awards are decided.
	// Following: every milestone is done or dropped.
	Ready bool
	// Made says, in Analysing, that the figures, terms and ranking are there for the analyst.
	Made bool
	Due  time.Time // when the next reminder or escalation is due; zero: none
	// Starts are the procedures of their own that this step made and that aren't final: approvals and awards.
	Starts []Start
}

// Waits gives the next reminder's instant and the procedures that must be running.
func (f ForumFacts) Waits() (time.Time, []Start) { return f.Due, f.Starts }

// Final says that nothing follows.
func (f ForumFacts) Final() bool { return ForumSteps.IsFinal(f.Status) }

// Start names a procedure that must be running: its row's noun and id.
type Start struct {
	Noun Noun
	ID   ID
}

// ForumFilter narrows a list of forums.
type ForumFilter struct {
	Status     ForumStatus
	Track      Track
	Query      string
	Department string // only this one's, for staff without a city-wide duty
	Public     bool   // only what citizens may see
	Page, Size int
}

func lengthOf(field, text string, least, most int) error {
	switch n := utf8.RuneCountInString(text); {
	case n == 0 && least > 0:
		return Refuse(Invalid, "text.missing").At(field)
	case n < least:
		return Refuse(Invalid, "text.too_short").At(field).With("least", itoa(least))
	case n > most:
		return Refuse(Invalid, "text.too_long").At(field).With("most", itoa(most))
	}
	return nil
}

// NeedReason refuses a missing or overlong reason.
func NeedReason(reason string) error { return needReason(reason) }

func needReason(reason string) error {
	if utf8.RuneCountInString(reason) < 2 {
		return Refuse(Invalid, "reason.missing").At("reason")
	}
	return lengthOf("reason", reason, 2, ReasonMax)
}
