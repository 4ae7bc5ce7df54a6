package forum

import "time"

// Stopped is a procedure that doesn't run although its row isn't final, or that runs and can't go on.
type Stopped struct {
	Start
	Why       StopCause
	Since     time.Time // zero: nobody knows
	Restarts  int       // within the last hour or so
	Restarted time.Time // when it was started again; zero: it waits for somebody to do it
	Title     string
	Status    string // the row's own
}

// StopCause is why a procedure doesn't run.
type StopCause string

// A procedure was ended by hand, failed, took too long, was cancelled, came to its end before its row did, is gone or never
// started, or is blocked: it has a fault that another try doesn't mend.
const (
	WasTerminated StopCause = "terminated"
	HasFailed     StopCause = "failed"
	HasTimedOut   StopCause = "timed_out"
	WasCancelled  StopCause = "cancelled"
	EndedEarly    StopCause = "ended_early"
	IsMissing     StopCause = "missing"
	IsBlocked     StopCause = "blocked"
)

// RestartsByItself is how often within an hour the city starts one procedure again by itself. What stops more often has a
// fault that needs a person; starting it for ever would hide that.
const RestartsByItself = 3

// Procedures are the nouns whose rows are run by a procedure each.
var Procedures = []Noun{TheForum, TheRound, TheApproval, TheAward, TheInvitation}
