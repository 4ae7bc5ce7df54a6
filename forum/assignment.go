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
}
