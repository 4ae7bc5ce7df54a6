package forum

import "time"

// ApprovalStatus is where a document stands in its approval line.
type ApprovalStatus string

// The statuses of an approval.
const (
	Drafted  ApprovalStatus = "drafted"
	InReview ApprovalStatus = "in_review"
	Approved ApprovalStatus = "approved"
	Returned ApprovalStatus = "returned"
	Recalled ApprovalStatus = "recalled"
	Voided   ApprovalStatus = "voided"
)

// ApprovalSteps is the whole life of a document in its line. It is bound to the SHA-256 of one exact text, so a returned
// document comes back as a new approval of the new text.
var ApprovalSteps = Steps[ApprovalStatus]{
	Drafted:  {InReview, Recalled, Voided},
	InReview: {Approved, Returned, Recalled, Voided},
}

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
	SignerWaiting: {SignerApproved, SignerReturned, SignerConsulted, SignerSkipped, SignerSubstitute},
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
	Order    int
	Role     SignerRole
	Official ID
	Name     string // for staff pages
	Title    string
	Status   SignerStatus
	At       time.Time
	Comment  string
	SignedBy string // the substitute's name, where one signed
}

// Approval is one document on its way through the line.
type Approval struct {
	ID          ID
	Noun        Noun // TheDossier, TheResponse, TheAwards, TheAnalysis, TheExtension, TheMinutes
	Subject     ID   // the forum's id, or the round's for minutes
	Title       string
	Department  string
	Status      ApprovalStatus
	Version     int
	SHA256      string
	Text        string // the exact content, as JSON
	Drafter     ID
	DrafterName string
	DraftedAt   time.Time
	Line        []Signer
	Document    string // department-year-serial, once approved
	DecidedAt   time.Time
	Reason      string
	Current     string // the SHA-256 of the subject's text as it is now
}

// Submits is the decision that sends a kind of document into its line, and so what is owed when it comes back.
var Submits = map[Noun]Action{
	TheDossier:   SubmitDossier,
	TheResponse:  SubmitResponse,
	TheAnalysis:  SubmitAnalysis,
	TheAwards:    SubmitAwards,
	TheMinutes:   SubmitMinutes,
	TheExtension: ExtendForum,
}

// Holds says that the approval still covers the text as it stands.
func (a Approval) Holds() bool { return a.Status == Approved && a.SHA256 == a.Current }

// Next is the first signer who is still waited for, or nil.
func (a Approval) Next() *Signer {
	for i := range a.Line {
		if a.Line[i].Status == SignerWaiting {
			return &a.Line[i]
		}
	}
	return nil
}

// MaySign refuses whoever isn't next in the line, and the drafter whatever their place in it.
func (a Approval) MaySign(official ID) error {
	if official == a.Drafter {
		return Refuse(Forbidden, "approval.own_draft")
	}
	if a.Status != InReview && a.Status != Drafted {
		return Refuse(Conflict, "approval.not_in_review")
	}
	next := a.Next()
	if next == nil || next.Official != official {
		return Refuse(Forbidden, "approval.not_your_turn")
	}
	if a.SHA256 != a.Current {
		return Refuse(Conflict, "approval.text_changed")
	}
	return nil
}

// ApprovalFacts is what an Approval workflow knows: nothing of a person.
type ApprovalFacts struct {
	Status ApprovalStatus
	Due    time.Time // when the next reminder or escalation is due; zero: none
	// Wake is the procedure that waits for this one's end.
	Wake Start
}

// Waits gives the next reminder's instant and the procedures that must be running.
func (f ApprovalFacts) Waits() (time.Time, []Start) { return f.Due, nil }

// Final says that nothing follows.
func (f ApprovalFacts) Final() bool { return ApprovalSteps.IsFinal(f.Status) }
