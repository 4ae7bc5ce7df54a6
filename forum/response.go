package forum

import "time"

// ResponseStatus is where the city's answer stands.
type ResponseStatus string

// The statuses of a response.
const (
	ResponseDraft     ResponseStatus = "draft"
	ResponseSubmitted ResponseStatus = "submitted"
	ResponseReturned  ResponseStatus = "returned"
	ResponseApproved  ResponseStatus = "approved"
	ResponsePublished ResponseStatus = "published"
	ResponseCorrected ResponseStatus = "corrected"
)

// ResponseSteps is the life of a response. A submitted one whose text is edited is a draft again, its approval being void.
var ResponseSteps = Steps[ResponseStatus]{
	ResponseDraft:     {ResponseSubmitted},
	ResponseSubmitted: {ResponseApproved, ResponseReturned, ResponseDraft},
	ResponseReturned:  {ResponseDraft},
	ResponseApproved:  {ResponsePublished, ResponseDraft},
	ResponsePublished: {ResponseCorrected},
}

// Disposition is what the city does about what a paragraph answers.
type Disposition string

// The dispositions; "not adopted" needs a reason.
const (
	Adopted       Disposition = "adopted"
	PartlyAdopted Disposition = "partly"
	ForLater      Disposition = "later"
	NotAdopted    Disposition = "not_adopted"
)

// Dispositions in the order in which forms offer them.
var Dispositions = []Disposition{Adopted, PartlyAdopted, ForLater, NotAdopted}

// Paragraph is one answer of the city, with the terms that tell which opinions it answers. One without terms answers all
// that no other paragraph does.
type Paragraph struct {
	Text        string      `json:"text"`
	Disposition Disposition `json:"disposition"`
	Reason      string      `json:"reason,omitempty"`
	Terms       []string    `json:"terms,omitempty"`
}

// Limits of a response.
const (
	ParagraphsMax    = 100
	ParagraphTextMax = 8000
)

// Validate tells what the drafter can mend.
func (p Paragraph) Validate() error {
	if err := lengthOf("text", p.Text, 2, ParagraphTextMax); err != nil {
		return err
	}
	switch p.Disposition {
	case Adopted, PartlyAdopted, ForLater:
		return lengthOf("reason", p.Reason, 0, ReasonMax)
	case NotAdopted:
		return needReason(p.Reason)
	}
	return Refuse(Invalid, "response.disposition_missing").At("disposition")
}

// Response is the city's answer on a forum.
type Response struct {
	Forum       ID
	Status      ResponseStatus
	Version     int
	Paragraphs  []Paragraph
	SHA256      string
	SavedAt     time.Time
	SavedBy     string
	Document    string
	PublishedAt time.Time
	Unanswered  []string // frequent terms that no paragraph answers yet
}

// Results is what citizens read once the answer is out. Awards carry a name only where the winner agreed to it.
type Results struct {
	Forum      Forum
	Response   Response
	Awards     []Award
	Milestones []Milestone
	Figures    Figures
}
