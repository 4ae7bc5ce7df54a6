package forum

import (
	"cmp"
	"slices"
	"time"
)

// RoundStatus is where a month's choice of topics stands.
type RoundStatus string

// The statuses of a selection round.
const (
	RoundOpen     RoundStatus = "open"
	RoundScoring  RoundStatus = "scoring"
	RoundDecided  RoundStatus = "decided"
	RoundRecorded RoundStatus = "recorded"
)

// RoundSteps is the life of a selection round. Without a quorum at the deadline it opens again.
var RoundSteps = Steps[RoundStatus]{
	RoundOpen:    {RoundScoring},
	RoundScoring: {RoundDecided, RoundOpen},
	RoundDecided: {RoundRecorded},
}

// ScoreMin and ScoreMax bound a committee member's or juror's score.
const ScoreMin, ScoreMax = 1, 5

// RoundQuorum is how many of n members must have scored at least one topic: more than half.
func RoundQuorum(n int) int { return n/2 + 1 }

// Round is one month's choice on one track.
type Round struct {
	ID         ID
	Track      Track
	Month      string // 2026-11
	Status     RoundStatus
	OpenedAt   time.Time
	Deadline   time.Time
	Members    int // committee members
	Scored     int // members who have scored
	Candidates []RoundCandidate
	MinutesBy  string
	Approval   ID // of the minutes, when there is one
}

// RoundCandidate is a suggestion in a round's pool.
type RoundCandidate struct {
	Suggestion  Suggestion
	Shortlisted bool
	Scores      int     // members who scored it, conflicts of interest not counted
	Mean        float64 // of ScoreMin..ScoreMax
	Chosen      bool
	Reason      string
	MyScore     int // the reader's own; 0: none
	MyConflict  bool
}

// RankRound orders a round's candidates: mean score, then the tie rule: more supports, then the older suggestion, then id.
func RankRound(candidates []RoundCandidate) {
	slices.SortStableFunc(candidates, func(a, b RoundCandidate) int {
		return cmp.Or(cmp.Compare(b.Mean, a.Mean), cmp.Compare(b.Suggestion.Supports, a.Suggestion.Supports),
			a.Suggestion.SubmittedAt.Compare(b.Suggestion.SubmittedAt), cmp.Compare(a.Suggestion.ID, b.Suggestion.ID))
	})
}

// RoundScore is one member's score of one topic, or a declared conflict of interest.
type RoundScore struct {
	Round, Suggestion ID
	Score             int
	Conflict          bool
}

// Validate tells what the member must mend.
func (s RoundScore) Validate() error { return scoreOrConflict(s.Score, s.Conflict) }

func scoreOrConflict(score int, conflict bool) error {
	if conflict {
		return nil
	}
	if score < ScoreMin || score > ScoreMax {
		return Refuse(Invalid, "score.out_of_range").At("score")
	}
	return nil
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
