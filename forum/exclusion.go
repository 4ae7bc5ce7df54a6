package forum

import "time"

// ExclusionStatus is where an exclusion of votes stands.
type ExclusionStatus string

// The statuses of an exclusion. Votes don't count while it is in force, also while somebody asks to undo it.
const (
	ExclusionAsked    ExclusionStatus = "asked"
	ExclusionInForce  ExclusionStatus = "in_force"
	ExclusionDeclined ExclusionStatus = "declined"
	ExclusionDoubted  ExclusionStatus = "doubted" // somebody asks to undo it
	ExclusionUndone   ExclusionStatus = "undone"
)

// ExclusionSteps is the life of an exclusion: one person asks, another one answers, both when votes are excluded and when they
// are to count again.
var ExclusionSteps = Steps[ExclusionStatus]{
	ExclusionAsked:   {ExclusionInForce, ExclusionDeclined},
	ExclusionInForce: {ExclusionDoubted},
	ExclusionDoubted: {ExclusionUndone, ExclusionInForce},
}

// IsInForce says whether the votes don't count.
func (s ExclusionStatus) IsInForce() bool { return s == ExclusionInForce || s == ExclusionDoubted }

// ExclusionDecision is one of the answers to an exclusion: from where to where, and whether it takes another person than the one
// who asked.
type ExclusionDecision struct {
	Action   Action
	From, To ExclusionStatus
	Second   bool
}

// ExclusionDecisions are all of them. Whoever asked may take it back by declining it.
var ExclusionDecisions = []ExclusionDecision{
	{ConfirmExclusion, ExclusionAsked, ExclusionInForce, true},
	{DeclineExclusion, ExclusionAsked, ExclusionDeclined, false},
	{AskUndo, ExclusionInForce, ExclusionDoubted, false},
	{ConfirmUndo, ExclusionDoubted, ExclusionUndone, true},
	{DeclineUndo, ExclusionDoubted, ExclusionInForce, false},
}

// TakesExclusions says whether votes may be excluded or be counted again: until what the analysis says is signed.
func (s ForumStatus) TakesExclusions() bool {
	return s == Open || s == Suspended || s == Closed || s == Analysing
}

// Crowd is a group of voters that the detector suspects, as people read of it: figures, never an address or a name.
type Crowd struct {
	ID          ID
	Score       float64 // powers of ten
	Signals     []string
	Voters      int
	Votes       int // all that stand, on any opinion
	Excluded    int // of these
	Networks    int
	Domains     int
	Copies      int
	First, Last time.Time
	Targets     []CrowdTarget
}

// CrowdTarget is an opinion on which a crowd votes alike.
type CrowdTarget struct {
	Opinion ID     `json:"opinion"`
	Number  string `json:"-"`
	For     bool   `json:"for"`
	Votes   int    `json:"votes"`
}

// SuspectHours are a forum's votes by time: all, those of marked voters, and these by signal.
type SuspectHours struct {
	At       []time.Time
	All      []int
	Marked   []int
	BySignal map[string][]int
}

// SuspectOpinion is an opinion that was marked: a near-copy of others.
type SuspectOpinion struct {
	ID     ID
	Number string
	Status OpinionStatus
	Alike  int // how many say the same
}

// Suspects are all that the detector marked on a forum.
type Suspects struct {
	MarkedAt   time.Time // zero: not looked at yet
	Voters     int       // all of the forum
	Crowds     []Crowd
	Hours      SuspectHours
	Opinions   []SuspectOpinion
	Exclusions []Exclusion
}

// TallyChange is how an opinion's counts change when votes are excluded.
type TallyChange struct {
	Opinion                    ID
	Number                     string
	Text                       string
	Lang                       string
	For, Against               int // of the votes that count now
	WithoutFor, WithoutAgainst int // of these, what the exclusion takes
}

// Exclusion is a set of votes that don't count, or are asked not to; they stay stored and may count again.
type Exclusion struct {
	ID      ID
	Forum   ID
	Status  ExclusionStatus
	Signals []string
	Votes   int
	Voters  int
	AskedBy ID // whom the next step must not be confirmed by; empty where nothing is asked
	Steps   []ExclusionStep
	Changes []TallyChange
	Digest  string // of exactly these votes
}

// ExclusionStep is one dated step of it.
type ExclusionStep struct {
	Status ExclusionStatus
	By     string
	At     time.Time
	Reason string
}

// NewExclusion asks that a crowd's votes be excluded, exactly those that were shown.
type NewExclusion struct {
	Forum  ID
	Crowd  ID
	Digest string
	Reason string
}

// ExcludedVotes is what citizens read of exclusions: how many votes don't count, and why.
type ExcludedVotes struct {
	Votes   int      `json:"votes"`
	Voters  int      `json:"voters"`
	Reasons []string `json:"reasons"` // signals, by name
}
