package forum

import (
	"slices"
	"time"
)

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

// Approval is one document on its way through the line.
type Approval struct {
	ID           ID
	Noun         Noun // one of DocumentNouns
	Subject      ID   // the forum's id, or the round's for minutes
	Title        string
	Department   string
	Status       ApprovalStatus
	Version      int
	SHA256       string
	Text         string // the exact content, as JSON
	Drafter      ID
	DrafterName  string
	DraftedAt    time.Time
	Line         []Signer
	History      []LineEvent // of the single document: what everybody did, in order
	Document     string      // department-year-serial, once approved
	DecidedAt    time.Time
	Reason       string
	Late         int    // by how many working days the signature that is waited for is late
	Current      string // the SHA-256 of the subject's text as it is now
	AfterTheFact bool   // 후결: what it is about was done when it was submitted
	Alarm        Alarm
	AlarmedAt    time.Time
	SettledAt    time.Time
}

// Submits is the decision that sends a kind of document into its line, and so what is owed when it comes back.
var Submits = map[Noun]Action{
	TheDossier:    SubmitDossier,
	TheResponse:   SubmitResponse,
	TheAnalysis:   SubmitAnalysis,
	TheAwards:     SubmitAwards,
	TheMinutes:    SubmitMinutes,
	TheExtension:  ExtendForum,
	TheUrgent:     StartUrgent,
	TheEarlyClose: CloseForum,
	TheSuspension: SuspendForum,
	TheCorrection: CorrectResponse,
}

// DocumentNouns are the kinds of documents that go through a line.
var DocumentNouns = []Noun{TheDossier, TheExtension, TheEarlyClose, TheSuspension, TheAnalysis, TheAwards, TheResponse, TheCorrection, TheMinutes, TheUrgent}

// IsAct says that a document is about something done to the forum's period: its text stands in its approval alone, so nobody edits
// it, and when it comes back it is decided anew.
func (n Noun) IsAct() bool { return n == TheExtension || n == TheEarlyClose || n == TheSuspension }

// Alarmed says that an act stands without its approval and nobody has answered for it yet.
func (a Approval) Alarmed() bool { return a.Alarm != "" && a.SettledAt.IsZero() }

// HasSignatures says that somebody in the line has signed already, even if a return took it back.
func (a Approval) HasSignatures() bool {
	return slices.ContainsFunc(a.History, func(e LineEvent) bool {
		return e.Kind == LineSigned || e.Kind == LineConsulted || e.Kind == LineSentBack
	})
}

// Earlier are the places before those that are waited for now: a document may be returned to them.
func (a Approval) Earlier() []Signer {
	next := a.Next()
	if len(next) == 0 {
		return nil
	}
	for i, s := range a.Line {
		if s.Order == next[0].Order {
			return a.Line[:firstOfStep(a.Line, i)]
		}
	}
	return nil
}

// firstOfStep is where the step of the line begins to which a place belongs: departments that are consulted at once are one step.
func firstOfStep(line []Signer, place int) int {
	for line[place].Role == Consulted && place > 0 && line[place-1].Role == Consulted {
		place--
	}
	return place
}

// InLine says that somebody drafted the document or has a place in its line.
func (a Approval) InLine(official ID) bool {
	return a.Drafter == official || slices.ContainsFunc(a.Line, func(s Signer) bool { return s.Official == official })
}

// Holds says that the approval still covers the text as it stands.
func (a Approval) Holds() bool { return a.Status == Approved && a.SHA256 == a.Current }

// Next are those who are waited for now: the first in the line who hasn't signed, and where that is a department to be
// consulted, all that are consulted in the same breath. None: everybody has signed.
func (a Approval) Next() []*Signer {
	var next []*Signer
	for i := range a.Line {
		s := &a.Line[i]
		switch {
		case len(next) > 0 && s.Role != Consulted:
			return next
		case s.Status != SignerWaiting:
			continue
		}
		if next = append(next, s); s.Role != Consulted {
			return next
		}
	}
	return next
}

// Turn is the place in the line in which an official may sign now: their own, or that of an absent signer whom they stand in
// for. The drafter has none, whatever their place.
func (a Approval) Turn(official ID, standsInFor ...ID) (*Signer, error) {
	if official == a.Drafter {
		return nil, Refuse(Forbidden, "approval.own_draft")
	}
	if a.Status != InReview && a.Status != Drafted {
		return nil, Refuse(Conflict, "approval.not_in_review")
	}
	next := a.Next()
	for _, as := range append([]ID{official}, standsInFor...) {
		for _, s := range next {
			if s.Official != as {
				continue
			}
			if a.SHA256 != a.Current {
				return s, Refuse(Conflict, "approval.text_changed")
			}
			return s, nil
		}
	}
	return nil, Refuse(Forbidden, "approval.not_your_turn")
}

// MaySign refuses whoever isn't waited for, and the drafter whatever their place in the line.
func (a Approval) MaySign(official ID) error {
	_, err := a.Turn(official)
	return err
}

// ApprovalFacts is what an Approval workflow knows: nothing of a person.
type ApprovalFacts struct {
	Status ApprovalStatus
	Due    time.Time // when the next reminder or escalation is due; zero: none
	// Alarm says that an act stands without its approval, and that somebody has to answer for it.
	Alarm bool
	// Wake is the procedure that waits for this one's end.
	Wake Start
	// Starts are the forum that an approved urgent topic has made, or the prizes that an approved decision on awards has.
	Starts []Start
}

// Waits gives the next reminder's instant and the procedures that must be running.
func (f ApprovalFacts) Waits() (time.Time, []Start) { return f.Due, f.Starts }

// Final says that nothing follows. While an alarm is open, something does.
func (f ApprovalFacts) Final() bool { return ApprovalSteps.IsFinal(f.Status) && !f.Alarm }

// Takes says whether a decision may be taken now.
func (f ApprovalFacts) Takes(action Action) bool {
	return slices.Contains(ApprovalDecisions[action], f.Status) && (action != SettleAlarm || f.Alarm)
}
