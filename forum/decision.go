package forum

import (
	"encoding/json"
	"slices"
	"time"
)

// Decision is what an official decided about a procedure: first a row, then an update that carries only the row's id.
type Decision struct {
	ID      ID // the form's key: sent twice, it is one decision
	Action  Action
	Noun    Noun // whose procedure takes it: TheForum, TheRound, TheApproval, TheAward, TheInvitation
	Subject ID
	By      ID     // the official; empty when somebody from outside answers (a winner, an expert)
	From    string // the address it came from
	Reason  string
	Details json.RawMessage // one of the …Details below, or nil
}

// Outcome of a decision, as its row tells it.
type DecisionOutcome struct {
	Done    bool
	Refused *Error
	At      time.Time
}

// AnswerAward is a winner's own decision; no duty is asked, the one-time page's secret is.
const AnswerAward Action = "award.answer"

// IsOutsiders says that somebody decides it who is no official: a link's secret lets them, no duty does.
func (a Action) IsOutsiders() bool {
	return a == AnswerAward || a == SubmitInvited || a == DeclineInvited || a == WithdrawConsent
}

// Details of decisions: what the official chose beside the reason.
type (
	// DepartmentDetails of ProposeDepartment, TransferAssignment, ConsultDepartment and HandOverForum.
	DepartmentDetails struct {
		Department string `json:"department"`
	}
	// PeriodDetails of SetPeriod; ExtendForum uses ClosesAt alone.
	PeriodDetails struct {
		OpensAt  time.Time `json:"opens_at,omitzero"`
		ClosesAt time.Time `json:"closes_at"`
	}
	// LineDetails of every submission to an approval line: reviewers and consulted in order, then the approver.
	LineDetails struct {
		Signers []LineSigner `json:"signers"`
		Keep    bool         `json:"keep,omitempty"` // as the department's usual line for this type of document
	}
	// LineSigner is one step of the line that a drafter lays out.
	LineSigner struct {
		Role     SignerRole `json:"role"`
		Official ID         `json:"official"`
	}
	// SignatureDetails of SignApproval.
	SignatureDetails struct {
		Disagrees bool `json:"disagrees,omitempty"` // of a consulted department; the reason holds its opinion
		Final     bool `json:"final,omitempty"`     // 전결: for all who would come after
	}
	// ReturnDetails of ReturnApproval.
	ReturnDetails struct {
		To int `json:"to,omitempty"` // an earlier place in the line; 0: the drafter
	}
	// ActDetails of CloseForum and SuspendForum. A suspension may have no line: then it goes through none.
	ActDetails struct {
		AfterTheFact bool `json:"after_the_fact,omitempty"` // 후결: done at once, approved afterwards
		LineDetails
	}
	// ExtensionDetails of ExtendForum.
	ExtensionDetails struct {
		PeriodDetails
		ActDetails
	}
	// ShortlistDetails of StartScoring.
	ShortlistDetails struct {
		Suggestions []ID      `json:"suggestions"`
		Deadline    time.Time `json:"deadline"`
	}
	// ChoiceDetails of ChooseTopics; Reasons has the reason for each that isn't chosen.
	ChoiceDetails struct {
		Chosen  []ID          `json:"chosen"`
		Reasons map[ID]string `json:"reasons"`
	}
	// AwardsDetails of SubmitAwards.
	AwardsDetails struct {
		Picks []AwardPick `json:"picks"`
		LineDetails
	}
	// AnswerDetails of AnswerAward.
	AnswerDetails struct {
		Accept    bool `json:"accept"`
		NameShown bool `json:"name_shown"`
	}
	// MilestonesDetails of PlanFollowUp; none is allowed, with a reason.
	MilestonesDetails struct {
		Milestones []Milestone `json:"milestones"`
	}
	// MilestoneDetails of CompleteMilestone and DropMilestone.
	MilestoneDetails struct {
		Milestone ID `json:"milestone"`
	}
)

// needsReason are the decisions that the rules ask a reason for, some of them a public one.
var needsReason = []Action{TransferAssignment, ConsultDepartment, AnswerConsultation, HandOverForum, DeclineHandover,
	CloseRound, SuspendForum, CloseForum, WithdrawForum, ExtendForum, ReturnApproval, SettleAlarm, DropMilestone, RevokeInvitation}

// Validate refuses a decision without the reason that its rule asks for.
func (d Decision) Validate() error {
	if slices.Contains(needsReason, d.Action) {
		return needReason(d.Reason)
	}
	return lengthOf("reason", d.Reason, 0, ReasonMax)
}

// withDepartment are the statuses of a forum from the first proposal of a department to the archive.
var withDepartment = []ForumStatus{Assigning, Preparing, Scheduled, Open, Suspended, Closed, Analysing, Awarding, Responding, Published, Following}

// ForumDecisions tells in which statuses of a forum a decision may be taken.
var ForumDecisions = map[Action][]ForumStatus{
	ProposeDepartment:  {Selected, Assigning},
	AcceptAssignment:   {Assigning},
	TransferAssignment: {Assigning},
	ConsultDepartment:  withDepartment,
	AnswerConsultation: withDepartment,
	HandOverForum:      withDepartment[1:],
	AcceptHandover:     withDepartment[1:],
	DeclineHandover:    withDepartment[1:],
	SubmitDossier:      {Preparing, Scheduled, Open, Suspended},
	SetPeriod:          {Preparing, Scheduled},
	ExtendForum:        {Open, Suspended},
	SuspendForum:       {Open},
	ResumeForum:        {Suspended},
	CloseForum:         {Open, Suspended},
	StartAnalysis:      {Closed},
	SubmitAnalysis:     {Analysing},
	SubmitAwards:       {Awarding},
	SubmitResponse:     {Responding},
	PublishResponse:    {Responding},
	CorrectResponse:    Correctable,
	PlanFollowUp:       {Published, Following},
	CompleteMilestone:  {Following},
	DropMilestone:      {Following},
	WithdrawForum:      {Selected, Assigning, Preparing, Scheduled, Open, Suspended, Closed, Analysing, Awarding, Responding},
}

// RoundDecisions tells in which statuses of a round a decision may be taken.
var RoundDecisions = map[Action][]RoundStatus{
	StartScoring:  {RoundOpen},
	CloseRound:    {RoundOpen},
	ChooseTopics:  {RoundDecided},
	SubmitMinutes: {RoundDecided},
}

// ApprovalDecisions tells in which statuses of an approval a decision may be taken.
var ApprovalDecisions = map[Action][]ApprovalStatus{
	SignApproval:   {Drafted, InReview},
	ReturnApproval: {Drafted, InReview},
	RecallApproval: {Drafted, InReview},
	SettleAlarm:    {InReview, Returned, Recalled},
}

// AwardDecisions tells in which statuses of an award a decision may be taken.
var AwardDecisions = map[Action][]AwardStatus{
	AnswerAward:  {AwardOffered},
	DeliverAward: {AwardAccepted},
}
