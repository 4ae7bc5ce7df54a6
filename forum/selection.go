package forum

import "time"

// RoundStatus is where a month's choice of topics stands.
type RoundStatus string

// The statuses of a selection round.
const (
	RoundOpen     RoundStatus = "open"
	RoundScoring  RoundStatus = "scoring"
	RoundDecided  RoundStatus = "decided"
	RoundRecorded RoundStatus = "recorded"
)

// RoundSteps is the life of a selection round. Without a quorum at the deadline it opens again; a month in which nothing is
// worth choosing, or nothing was suggested, is closed from the open round.
var RoundSteps = Steps[RoundStatus]{
	RoundOpen:    {RoundScoring, RoundDecided},
	RoundScoring: {RoundDecided, RoundOpen},
	RoundDecided: {RoundRecorded},
}

// RoundDays is how many working days a round has from its opening to the end of its scoring.
const RoundDays = 10

// ScoringsMost is how often a committee is asked. When it comes to no quorum the last time either, the round is decided all
// the same and every choice needs a reason: a month never hangs.
const ScoringsMost = 3

// RoundQuorum is how many of n members must have scored at least one topic: more than half.
func RoundQuorum(n int) int { return n/2 + 1 }

// RoundDue tells the month whose round should be open at that instant, once its first working day has begun. A day that was
// missed heals on the next: the question is not whether today is the first working day but whether it has come.
func RoundDue(c Calendar, at time.Time) (month string, due bool) {
	local := at.In(c.Zone)
	first := c.FirstWorkingDay(local.Year(), local.Month())
	return local.Format("2006-01"), local.Format(time.DateOnly) >= first.Format(time.DateOnly)
}

// Round is one month's choice on one track.
type Round struct {
	ID         ID
	Track      Track
	Month      string // 2026-11
	Status     RoundStatus
	OpenedAt   time.Time
	Deadline   time.Time
	DecidedAt  time.Time
	RecordedAt time.Time
	ScoreBy    time.Time // what the officer is offered as the end of the scoring
	Tries      int       // scorings that came to no quorum
	Members    int       // of the committee
	Scored     int       // members who have scored
	Seated     []RoundMember
	Criteria   []Criterion
	Candidates []RoundCandidate
	MinutesBy  string
	Approval   ID  // of the minutes, when there is one
	Late       int // by how many working days what it waits for is late
}

// RoundMember is somebody of a round's committee.
type RoundMember struct {
	Official ID
	Name     string
	Scored   bool
}

// HasQuorum says whether enough of the committee have scored.
func (r Round) HasQuorum() bool { return r.Members > 0 && r.Scored >= RoundQuorum(r.Members) }

// IsChosen says whether every shortlisted topic of a round has its answer: chosen, or a reason.
func (r Round) IsChosen() bool {
	for _, c := range r.Candidates {
		if c.Shortlisted && !c.Chosen && c.Reason == "" {
			return false
		}
	}
	return true
}

// RoundCandidate is a suggestion in a round's pool.
type RoundCandidate struct {
	Suggestion  Suggestion
	Shortlisted bool
	Chosen      bool
	Reason      string // why it isn't chosen, or why it is in spite of a missing quorum

	// What its place in the pool rests on.
	Department string // that the text suggests
	Months     int    // rounds that it has waited through
	Refused    string // the reason of the last round that didn't choose it
	RefusedIn  string // that round's month
	Weight     float64

	// What the committee said; hidden until the round is decided.
	Supports int // frozen when the round is decided
	Tally    Tally
	Rank     int
	Tie      TieRule
	SatOut   []string // the names of those in a conflict of interest

	Mine *RoundScore // the reader's own sheet
}

// RoundFacts is what a Selection workflow knows: nothing of a person.
type RoundFacts struct {
	Status    RoundStatus
	Deadline  time.Time
	AllScored bool
	Due       time.Time // when the next reminder or escalation is due; zero: none
	Starts    []Start
}

// Waits gives the next reminder's instant and the procedures that must be running.
func (f RoundFacts) Waits() (time.Time, []Start) { return f.Due, f.Starts }

// Final says that nothing follows.
func (f RoundFacts) Final() bool { return RoundSteps.IsFinal(f.Status) }
