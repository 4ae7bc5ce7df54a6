package forum

import "time"

// SuggestionStatus is where a suggestion stands.
type SuggestionStatus string

// The statuses of a suggestion.
const (
	SuggestionSubmitted   SuggestionStatus = "submitted"
	SuggestionAccepted    SuggestionStatus = "accepted"
	SuggestionMerged      SuggestionStatus = "merged"
	SuggestionTransferred SuggestionStatus = "transferred"
	SuggestionRejected    SuggestionStatus = "rejected"
	SuggestionShortlisted SuggestionStatus = "shortlisted"
	SuggestionSelected    SuggestionStatus = "selected"
	SuggestionNotSelected SuggestionStatus = "not_selected"
	SuggestionWithdrawn   SuggestionStatus = "withdrawn"
)

// SuggestionSteps is the life of a suggestion. One that wasn't selected goes back into next month's pool.
var SuggestionSteps = Steps[SuggestionStatus]{
	SuggestionSubmitted:   {SuggestionAccepted, SuggestionMerged, SuggestionTransferred, SuggestionRejected},
	SuggestionAccepted:    {SuggestionShortlisted, SuggestionWithdrawn},
	SuggestionShortlisted: {SuggestionSelected, SuggestionNotSelected},
	SuggestionNotSelected: {SuggestionAccepted},
}

// WithdrawSuggestion is its author's own step; its receipt is asked for, no duty.
const WithdrawSuggestion Action = "suggestion.withdraw"

// IsPublic says whether citizens may read a suggestion of this status in lists.
func (s SuggestionStatus) IsPublic() bool {
	switch s {
	case SuggestionAccepted, SuggestionShortlisted, SuggestionSelected, SuggestionNotSelected:
		return true
	}
	return false
}

// TakesSupport says whether citizens may back it now.
func (s SuggestionStatus) TakesSupport() bool {
	return s == SuggestionAccepted || s == SuggestionShortlisted
}

// ProposerKind is who put a suggestion forward.
type ProposerKind string

// The proposers of PRODUCT.md section 1.
const (
	ByCitizen  ProposerKind = "citizen"
	ByExpert   ProposerKind = "expert"
	ByOfficial ProposerKind = "official"
)

// Screening clock: the target for a moderator's first answer, in calendar days.
const ScreeningTargetDays = 7

// Limits of a suggestion's texts, in characters.
const (
	SuggestionTitleMin, SuggestionTitleMax = 2, 200
	SuggestionTextMin, SuggestionTextMax   = 10, 4000
)

// NewSuggestion is what somebody sends; the store adds id, number and receipt.
type NewSuggestion struct {
	Title, Text string
	Pseudonym   string
	Lang        string
	Track       Track
	Kind        ProposerKind
	Email       string // optional; kept as a contact, never beside the text
	Citizen     ID     // the signed-in citizen's contact, or empty
	Official    ID     // the official who suggests, or who enters it for somebody, or empty
	Entry       Entry  // how it came, where an official enters it
	Idempotency Idempotency
}

// Validate tells what the sender can mend.
func (s NewSuggestion) Validate() error {
	if err := lengthOf("title", s.Title, SuggestionTitleMin, SuggestionTitleMax); err != nil {
		return err
	}
	if err := lengthOf("text", s.Text, SuggestionTextMin, SuggestionTextMax); err != nil {
		return err
	}
	if err := lengthOf("pseudonym", s.Pseudonym, 0, PseudonymMax); err != nil {
		return err
	}
	return emailShape("email", s.Email)
}

// NewSupport is a citizen's backing of a suggestion, or its taking back; one person backs a suggestion once.
type NewSupport struct {
	Suggestion  ID
	Citizen     ID             // the signed-in citizen's contact; only a confirmed person backs
	Kind        IdentityPolicy // of their session; empty: by a mailed code
	Device      []byte         // the browser's secret
	Stands      bool           // false takes it back
	Idempotency Idempotency    // Key may be empty: a PUT is idempotent by itself
}

// Suggestion as lists and pages show it. Text and pseudonym are the citizen's own.
type Suggestion struct {
	ID          ID               `json:"id"`
	Number      string           `json:"number"`
	Status      SuggestionStatus `json:"status"`
	Track       Track            `json:"track"`
	Kind        ProposerKind     `json:"kind"`
	Title       string           `json:"title"`
	Text        string           `json:"text"`
	Pseudonym   string           `json:"pseudonym,omitempty"`
	Lang        string           `json:"lang"`
	Supports    int              `json:"supports"`
	SubmittedAt time.Time        `json:"submitted_at"`
	Due         time.Time        `json:"-"` // screening target
	Reason      string           `json:"reason,omitempty"`
	MergedInto  ID               `json:"merged_into,omitempty"`
	Forum       ID               `json:"forum,omitempty"`
	Channel     Channel          `json:"channel,omitempty"`     // how it came, where staff entered it
	ReceivedOn  string           `json:"received_on,omitempty"` // the day on which it came
	EnteredBy   string           `json:"-"`                     // for staff only
}

// Screening is a moderator's answer to a submitted suggestion.
type Screening struct {
	Suggestion ID
	To         SuggestionStatus // accepted, merged, transferred, rejected
	Reason     string           // required for all but accepted; reaches the author
	MergeInto  ID
}

// Validate tells what the moderator must still say.
func (s Screening) Validate() error {
	switch s.To {
	case SuggestionAccepted:
		return nil
	case SuggestionMerged:
		if s.MergeInto == "" {
			return Refuse(Invalid, "suggestion.merge_target_missing").At("merge_into")
		}
	case SuggestionTransferred, SuggestionRejected:
	default:
		return Refuse(Invalid, "suggestion.no_such_answer").At("to")
	}
	return needReason(s.Reason)
}

// SuggestionFilter narrows a list of suggestions.
type SuggestionFilter struct {
	Query  string
	Status SuggestionStatus // empty: every status that the reader may see
	Track  Track
	Staff  bool // staff see every status
	Page   int  // from 1
	Size   int
}
