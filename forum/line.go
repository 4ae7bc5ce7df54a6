package forum

import "time"

// SignerStatus is where one signer's step stands.
type SignerStatus string

// The statuses of a signer's step.
const (
	SignerWaiting    SignerStatus = "waiting"
	SignerApproved   SignerStatus = "approved"
	SignerReturned   SignerStatus = "returned"
	SignerConsulted  SignerStatus = "consulted"
	SignerSkipped    SignerStatus = "skipped"
	SignerSubstitute SignerStatus = "by_substitute"
)

// SignerSteps is the life of one signer's step.
var SignerSteps = Steps[SignerStatus]{
	SignerWaiting:    {SignerApproved, SignerReturned, SignerConsulted, SignerSkipped, SignerSubstitute},
	SignerApproved:   {SignerWaiting}, // returned to an earlier step: they sign again
	SignerConsulted:  {SignerWaiting},
	SignerSubstitute: {SignerWaiting},
}

// SignerRole is what a signer does in a line.
type SignerRole string

// The roles of an approval line.
const (
	Reviewer  SignerRole = "reviewer"
	Consulted SignerRole = "consulted"
	Approver  SignerRole = "approver"
)

// Signer is one step of an approval line.
type Signer struct {
	Order     int
	Role      SignerRole
	Official  ID
	Name      string // for staff pages
	Title     string
	Status    SignerStatus
	At        time.Time
	Comment   string // of a consulted department: its opinion
	Disagrees bool   // a consulted department that doesn't agree
	Final     bool   // 전결: signed for all who would have come after
	SignedBy  string // the substitute's name, where one signed
}

// LineEventKind is what happened in a line.
type LineEventKind string

// What may happen in a line.
const (
	LineDrafted   LineEventKind = "drafted"
	LineSigned    LineEventKind = "signed"
	LineConsulted LineEventKind = "consulted"
	LineSkipped   LineEventKind = "skipped"
	LineSentBack  LineEventKind = "sent_back" // to an earlier signer; the document stays in review
	LineReturned  LineEventKind = "returned"  // to the drafter
	LineRecalled  LineEventKind = "recalled"
	LineVoided    LineEventKind = "voided"
	LineCommented LineEventKind = "commented"
	LineRerouted  LineEventKind = "rerouted" // a successor took a signer's place
	LineAlarmed   LineEventKind = "alarmed"
	LineSettled   LineEventKind = "settled"
)

// LineEvent is one thing that somebody did in a line. What was done is never changed: a signature that a return took back
// stays on record.
type LineEvent struct {
	At        time.Time
	Kind      LineEventKind
	Order     int // the place in the line; 0: none
	Official  ID  // whose place it was
	Name      string
	By        ID // who acted; empty: the city itself
	ByName    string
	Final     bool
	Disagrees bool
	Text      string
	Decision  ID
}

// Alarm is why an act that was done before its approval stands without one.
type Alarm string

// An act stands without approval because the line took too long, or because the document came back.
const (
	AlarmLate     Alarm = "late"
	AlarmReturned Alarm = "returned"
	AlarmRecalled Alarm = "recalled"
)
