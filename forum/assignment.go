package forum

import "time"

// AssignmentStatus is where the search for the responsible department stands.
type AssignmentStatus string

// The statuses of an assignment.
const (
	AssignmentProposed    AssignmentStatus = "proposed"
	AssignmentAccepted    AssignmentStatus = "accepted"
	AssignmentTransferred AssignmentStatus = "transferred"
	AssignmentEscalated   AssignmentStatus = "escalated"
)

// AssignmentSteps is the life of an assignment: a transferred one is proposed to the other department, an escalated one to
// the superior.
var AssignmentSteps = Steps[AssignmentStatus]{
	AssignmentProposed:    {AssignmentAccepted, AssignmentTransferred, AssignmentEscalated},
	AssignmentTransferred: {AssignmentProposed},
	AssignmentEscalated:   {AssignmentProposed},
}

// Assignment is a forum's responsible department.
type Assignment struct {
	Forum      ID
	Status     AssignmentStatus
	Department string // proposed or accepted
	Addressee  ID     // the official who is asked: the head, or after escalation the superior
	Reason     string
	ProposedAt time.Time
	Transfers  int    // how often a head has passed it on
	Wanted     string // the department to which the last head would have passed it, when the officer decides instead
}

// TransfersMost is the transfer that goes to the officers instead of yet another department: a topic isn't played back and
// forth.
const TransfersMost = 3

// Suited is a department that a text suits, with the reasons: the terms that they share, and how many past forums of the
// department have one of them.
type Suited struct {
	Department string
	Terms      []string
	Forums     int
}

// SuitedMost is how many departments are suggested.
const SuitedMost = 3

// Unread is a text whose terms aren't known yet: a suggestion's, a forum's, or a department's name.
type Unread struct {
	Noun       Noun // TheSuggestion, TheForum, or TheAssignment for a department
	Subject    ID
	Department string
	Text       string
}

// Consultation asks a second department for its opinion. It has a clock of its own and holds nothing up.
type Consultation struct {
	Department string
	Addressee  ID
	Question   string
	AskedAt    time.Time
	Opinion    string
	AnsweredBy string
	AnsweredAt time.Time // zero: not yet
}

// Handover is the wish to give a forum to another department after it was accepted. Until the other head accepts, the
// department stays responsible.
type Handover struct {
	ID               ID
	From, Department string
	Addressee        ID
	Reason           string
	AskedAt          time.Time
	AskedBy          ID // hears what became of it
}
