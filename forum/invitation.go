package forum

import "time"

// InvitationStatus is where an expert's invitation stands.
type InvitationStatus string

// The statuses of an invitation.
const (
	InvitationInvited   InvitationStatus = "invited"
	InvitationDrafted   InvitationStatus = "drafted"
	InvitationSubmitted InvitationStatus = "submitted"
	InvitationPublished InvitationStatus = "published"
	InvitationDeclined  InvitationStatus = "declined"
	InvitationLapsed    InvitationStatus = "lapsed"
	InvitationRevoked   InvitationStatus = "revoked"
)

// InvitationSteps is the life of an invitation. What is submitted without consent to publication stays with the city.
var InvitationSteps = Steps[InvitationStatus]{
	InvitationInvited:   {InvitationDrafted, InvitationDeclined, InvitationLapsed, InvitationRevoked},
	InvitationDrafted:   {InvitationSubmitted, InvitationDeclined, InvitationLapsed, InvitationRevoked},
	InvitationSubmitted: {InvitationPublished, InvitationRevoked},
}

// TakesDraft says whether the expert may still write.
func (s InvitationStatus) TakesDraft() bool { return s == InvitationInvited || s == InvitationDrafted }

// HasText says whether staff may read what the expert wrote: a draft is the expert's own.
func (s InvitationStatus) HasText() bool {
	return s == InvitationSubmitted || s == InvitationPublished
}

// InvitationKind is what an expert is asked for.
type InvitationKind string

// An opinion on a forum's topic, or a topic of the expert's own.
const (
	InvitedOpinion    InvitationKind = "opinion"
	InvitedSuggestion InvitationKind = "suggestion"
)

// Limits of an invitation: days are working days, the rest characters.
const (
	InvitationDaysMin, InvitationDaysMax = 1, 60
	InvitationDaysUsual                  = 10
	AskedMin, AskedMax                   = 2, 2000
	ExpertNameMax, AffiliationMax        = 60, 120
)

// InvitationStatuses are those of a forum whose experts may be invited: from the preparation until the close.
var InvitationStatuses = []ForumStatus{Preparing, Scheduled, Open, Suspended}

// NewInvitation is what an officer, or a drafter of the responsible department, asks of an expert.
type NewInvitation struct {
	ID          ID // the form's key: sent twice, it is one invitation
	Kind        InvitationKind
	Forum       ID // empty for a suggestion
	Name        string
	Affiliation string
	Email       string
	Lang        string
	Asked       string // what the expert is asked
	Days        int    // working days to answer
}

// Validate tells what can be mended.
func (n NewInvitation) Validate() error {
	if (n.Kind == InvitedOpinion) != (n.Forum != "") || n.Kind != InvitedOpinion && n.Kind != InvitedSuggestion {
		return Refuse(Invalid, "invitation.no_such_kind").At("kind")
	}
	if err := lengthOf("name", n.Name, 1, ExpertNameMax); err != nil {
		return err
	}
	if err := lengthOf("affiliation", n.Affiliation, 1, AffiliationMax); err != nil {
		return err
	}
	if n.Email == "" {
		return Refuse(Invalid, "text.missing").At("email")
	}
	if err := emailShape("email", n.Email); err != nil {
		return err
	}
	if n.Days < InvitationDaysMin || n.Days > InvitationDaysMax {
		return Refuse(Invalid, "invitation.days_out_of_range").At("days").With("least", itoa(InvitationDaysMin)).With("most", itoa(InvitationDaysMax))
	}
	return lengthOf("asked", n.Asked, AskedMin, AskedMax)
}

// InvitedDraft is what an expert writes. It is saved as often as they like; Version counts the savings, so that what is
// submitted is what was checked.
type InvitedDraft struct {
	Title   string
	Body    string // Markdown
	Stance  Stance // of an opinion
	Consent string // "yes", "no", or "" while the expert hasn't said
	Version int
}

// Answers of the expert about publication with name and affiliation.
const (
	ConsentYes = "yes"
	ConsentNo  = "no"
)

// Fits refuses a draft that can't even be kept.
func (d InvitedDraft) Fits() error {
	if err := lengthOf("title", d.Title, 0, ItemTitleMax); err != nil {
		return err
	}
	switch {
	case d.Stance != "" && d.Stance != StanceFor && d.Stance != StanceAgainst && d.Stance != StanceNeutral:
		return Refuse(Invalid, "dossier.stance_missing").At("stance")
	case d.Consent != "" && d.Consent != ConsentYes && d.Consent != ConsentNo:
		return Refuse(Invalid, "invitation.consent_missing").At("consent")
	}
	return lengthOf("body", d.Body, 0, ItemBodyMax)
}

// Validate tells what the expert must still say before they submit.
func (d InvitedDraft) Validate(kind InvitationKind) error {
	if err := d.Fits(); err != nil {
		return err
	}
	if kind == InvitedSuggestion {
		if err := lengthOf("title", d.Title, SuggestionTitleMin, SuggestionTitleMax); err != nil {
			return err
		}
		return lengthOf("body", d.Body, SuggestionTextMin, SuggestionTextMax)
	}
	switch {
	case d.Title == "":
		return Refuse(Invalid, "text.missing").At("title")
	case d.Stance == "":
		return Refuse(Invalid, "dossier.stance_missing").At("stance")
	case d.Body == "":
		return Refuse(Invalid, "text.missing").At("body")
	case d.Consent == "":
		return Refuse(Invalid, "invitation.consent_missing").At("consent")
	}
	return nil
}

// Invitation as its expert and staff see it. Name and affiliation are personal data: lists show them masked.
type Invitation struct {
	ID          ID
	Kind        InvitationKind
	Forum       ID
	Department  string // the forum's
	Status      InvitationStatus
	Name        string
	Affiliation string
	Lang        string
	Asked       string
	InvitedBy   ID
	InvitedAt   time.Time
	AnswerBy    time.Time
	Draft       InvitedDraft
	SavedAt     time.Time
	SubmittedAt time.Time
	PublishedAt time.Time
	Reason      string // of a decline or a revocation
	Suggestion  ID     // what an invited suggestion became
	Receipt     Receipt
}

// Publishable says whether the officer may publish it: an opinion that its author agreed to have published.
func (i Invitation) Publishable() bool {
	return i.Status == InvitationSubmitted && i.Kind == InvitedOpinion && i.Draft.Consent == ConsentYes
}

// ExpertsOpinion is an invited opinion as everybody reads it.
type ExpertsOpinion struct {
	Title       string    `json:"title"`
	Body        string    `json:"body"`
	Name        string    `json:"name"`
	Affiliation string    `json:"affiliation,omitempty"`
	Stance      Stance    `json:"stance"`
	Lang        string    `json:"lang"`
	SubmittedAt time.Time `json:"submitted_at"`
	PublishedAt time.Time `json:"published_at"`
}

// MaskName leaves the first letter of a person's name and hides the rest: 김○○.
func MaskName(name string) string {
	letters := []rune(name)
	if len(letters) == 0 {
		return ""
	}
	return string(letters[:1]) + "○○"
}

// What an expert decides by their link: no duty is asked, the link's secret is.
const (
	SubmitInvited   Action = "invitation.submit"
	DeclineInvited  Action = "invitation.decline"
	WithdrawConsent Action = "invitation.withdraw_consent"
)

// InvitationDecisions tells in which statuses of an invitation a decision may be taken. The procedure doesn't hear of drafts, so
// it lets a submission through from where it saw the invitation last; the step table asks for the draft.
var InvitationDecisions = map[Action][]InvitationStatus{
	SubmitInvited:     {InvitationInvited, InvitationDrafted},
	DeclineInvited:    {InvitationInvited, InvitationDrafted},
	WithdrawConsent:   {InvitationSubmitted},
	PublishInvitation: {InvitationSubmitted},
	RevokeInvitation:  {InvitationInvited, InvitationDrafted, InvitationSubmitted},
}

// SubmissionDetails of SubmitInvited: the saving that the expert checked.
type SubmissionDetails struct {
	Version int `json:"version"`
}

// InvitationFacts is what an Invitation workflow knows: nothing of a person.
type InvitationFacts struct {
	Status   InvitationStatus
	AnswerBy time.Time
	// Settled says of a submitted one that nothing follows: a suggestion goes its own way, and what may not be published stays.
	Settled bool
	Due     time.Time // when the expert, or whoever must publish, is to be reminded; zero: never
}

// Waits gives the next reminder's instant and the procedures that must be running.
func (f InvitationFacts) Waits() (time.Time, []Start) { return f.Due, nil }

// Final says that nothing follows.
func (f InvitationFacts) Final() bool { return f.Settled || InvitationSteps.IsFinal(f.Status) }
