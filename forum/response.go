package forum

import (
	"slices"
	"strings"
	"time"
)

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

// ResponseSteps is the life of a response. A submitted one whose text is edited is a draft again, its approval being void. A
// corrected one may be corrected again.
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
	Frequent    []TermFigures
	Unanswered  []string     // frequent terms that no paragraph answers yet
	Corrections []Correction // that took place, the newest first
}

// Results is what citizens read once the answer is out. Awards carry a name only where the winner agreed to it.
type Results struct {
	Forum      Forum
	Response   Response
	Awards     []Award
	Milestones []Milestone
	Invited    []ExpertsOpinion
	Figures    Figures
	Excluded   ExcludedVotes // that are in none of the figures
}

// Themes are the words that the paragraphs of a response answer, each once, in their order: by them a board can be read.
func (r Response) Themes() []string {
	var themes []string
	for _, p := range r.Paragraphs {
		for _, t := range p.Terms {
			if t = strings.TrimSpace(t); t != "" && !slices.Contains(themes, t) {
				themes = append(themes, t)
			}
		}
	}
	return themes
}

// Answers tells which paragraph of a response answers an opinion.
type Answers struct {
	terms [][]string
	rest  int // the first paragraph without terms
}

// NewAnswers reads the paragraphs' terms.
func NewAnswers(paragraphs []Paragraph) Answers {
	a := Answers{rest: max(0, slices.IndexFunc(paragraphs, func(p Paragraph) bool { return len(p.Terms) == 0 }))}
	for _, p := range paragraphs {
		var terms []string
		for _, t := range p.Terms {
			if t = strings.ToLower(strings.TrimSpace(t)); t != "" && !slices.Contains(terms, t) {
				terms = append(terms, t)
			}
		}
		a.terms = append(a.terms, terms)
	}
	return a
}

// To is the place, from 0, of the paragraph that answers a text: the one most of whose terms occur in it, the first of equals;
// where no term of any occurs, the first paragraph without terms, or the first.
func (a Answers) To(text string) int {
	text = strings.ToLower(text)
	best, most := a.rest, 0
	for i, terms := range a.terms {
		n := 0
		for _, t := range terms {
			if strings.Contains(text, t) {
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	return best
}

// Unanswered lists the frequent terms that no paragraph answers yet. A paragraph without terms answers them all.
func Unanswered(paragraphs []Paragraph, frequent []TermFigures) []string {
	answered := map[string]bool{}
	for _, p := range paragraphs {
		if len(p.Terms) == 0 {
			return nil
		}
		for _, t := range p.Terms {
			answered[strings.ToLower(strings.TrimSpace(t))] = true
		}
	}
	var open []string
	for _, f := range frequent {
		if !answered[strings.ToLower(f.Text)] {
			open = append(open, f.Text)
		}
	}
	return open
}
