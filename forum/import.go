package forum

import (
	"fmt"
	"slices"
	"time"
)

// ImportForum's past is told by these: what a city brings along from before. The audit trail and the ledger mark it as such;
// it was counted elsewhere, so its voters, supporters and visitors are as few as the counts allow and nobody's in particular.

// PastForum is a forum that enters the city in any status.
type PastForum struct {
	Status            ForumStatus
	Track             Track
	Lang              string
	Title, TitleEn    string
	Summary           string
	SummaryEn         string
	Identity          IdentityPolicy // empty: email
	Moderation        Moderation     // empty: after
	Department        string         // needed from Assigning on
	Suggestion        *PastSuggestion
	SelectedAt        time.Time                 // zero: taken from the suggestion or the period
	OpensAt, ClosesAt time.Time                 // needed from Scheduled on
	Steps             map[ForumStatus]time.Time // of the other statuses, where they are known; else they are spread over the time between
	Reason            string                    // public, of a suspension or withdrawal
	Dossier           []DossierItem
	Files             []NewFile // of the Dossier's attachments, in their order
	Opinions          []PastOpinion
	Hits              []int // views per civil day, from the day of OpensAt on
	Terms             []TermFigures
	Awards            []PastAward // kept from Responding on; before, candidates are by rule
	Response          []Paragraph
	Milestones        []Milestone // done ones have DoneAt
}

// PastOpinion is one opinion of a PastForum, with its votes by count.
type PastOpinion struct {
	Title, Text  string
	Pseudonym    string
	District     string
	Lang         string
	At           time.Time
	Status       OpinionStatus // empty: published
	Reason       string        // of hiding
	For, Against int
}

// PastAward is a best opinion of a PastForum.
type PastAward struct {
	Opinion   int // index into Opinions
	Rank      int
	Reason    string
	NameShown bool
}

// PastSuggestion is a suggestion that enters the city in any status.
type PastSuggestion struct {
	Status     SuggestionStatus
	Track      Track
	Kind       ProposerKind
	Lang       string
	Title      string
	Text       string
	Pseudonym  string
	At         time.Time
	Supports   int
	Reason     string
	MergedInto ID
}

// PastStep is one dated step of an import's trail.
type PastStep[S ~string] struct {
	From, To S
	At       time.Time
}

// Validate tells what an import lacks. It is an operator's tool: the message is for whoever prepared the data.
func (p PastForum) Validate(now time.Time) error {
	if p.Title == "" || !slices.Contains(append([]ForumStatus{Suspended, Withdrawn}, Journey...), p.Status) {
		return fmt.Errorf("import: a title and a known status are needed, not %q", p.Status)
	}
	if !slices.Contains([]ForumStatus{Selected, Assigning, Preparing, Withdrawn}, p.Status) && !p.ClosesAt.After(p.OpensAt) {
		return fmt.Errorf("import: a %s forum needs its period", p.Status)
	}
	if p.Department == "" && p.Status != Selected && p.Status != Withdrawn {
		return fmt.Errorf("import: a %s forum needs its department", p.Status)
	}
	switch {
	case p.Status == Scheduled && !p.OpensAt.After(now), p.Status == Open && (p.OpensAt.After(now) || !p.ClosesAt.After(now)),
		p.Status == Suspended && p.OpensAt.After(now), p.Status.HasClosed() && p.ClosesAt.After(now):
		return fmt.Errorf("import: a forum from %s to %s can't be %s now", p.OpensAt, p.ClosesAt, p.Status)
	}
	if p.Status.HasResults() && len(p.Response) == 0 {
		return fmt.Errorf("import: a %s forum needs its response", p.Status)
	}
	until := p.ClosesAt
	for _, step := range p.Trail(now) {
		if step.To == Suspended {
			until = step.At
		}
	}
	for i, o := range p.Opinions {
		if err := (NewOpinion{Title: o.Title, Text: o.Text, Pseudonym: o.Pseudonym, District: o.District}).Validate(); err != nil {
			return fmt.Errorf("import: opinion %d: %w", i, err)
		}
		if o.At.Before(p.OpensAt) || !o.At.Before(until) || o.At.After(now) {
			return fmt.Errorf("import: opinion %d of %s is outside the period", i, o.At)
		}
	}
	for _, a := range p.Awards {
		if a.Opinion < 0 || a.Opinion >= len(p.Opinions) || a.Rank < 1 || a.Reason == "" {
			return fmt.Errorf("import: award %d needs an opinion and a reason", a.Rank)
		}
	}
	return nil
}

// Trail is the dated way to the forum's status. Dates that nobody knows are spread evenly between those that are.
func (p PastForum) Trail(now time.Time) []PastStep[ForumStatus] {
	way := p.way()
	known := map[ForumStatus]time.Time{Selected: p.selectedAt(now)}
	if slices.Contains(way, Open) {
		known[Open], known[Closed] = p.OpensAt, p.ClosesAt
	}
	for status, at := range p.Steps {
		known[status] = at
	}
	if _, dated := known[p.Status]; !dated {
		known[p.Status] = p.arrivedAt(now)
	}
	steps := make([]PastStep[ForumStatus], len(way))
	last := 0 // the nearest dated step before
	for i, status := range way {
		at, dated := known[status]
		if i > 0 {
			steps[i].From = way[i-1]
		}
		steps[i].To = status
		if !dated {
			continue
		}
		steps[i].At = at
		for between := last + 1; between < i; between++ {
			part := at.Sub(steps[last].At) * time.Duration(between-last) / time.Duration(i-last)
			steps[between].At = steps[last].At.Add(part)
		}
		last = i
	}
	return steps
}

// way lists the statuses that the forum has been in.
func (p PastForum) way() []ForumStatus {
	last, detour := p.Status, []ForumStatus(nil)
	switch {
	case p.Status == Suspended:
		last, detour = Open, []ForumStatus{Suspended}
	case p.Status == Withdrawn && p.OpensAt.IsZero():
		last, detour = Preparing, []ForumStatus{Withdrawn}
	case p.Status == Withdrawn:
		last, detour = Open, []ForumStatus{Withdrawn}
	}
	return append(slices.Clone(Journey[:slices.Index(Journey, last)+1]), detour...)
}

func (p PastForum) selectedAt(now time.Time) time.Time {
	switch {
	case !p.SelectedAt.IsZero():
		return p.SelectedAt
	case p.Suggestion != nil:
		until := now
		if !p.OpensAt.IsZero() && p.OpensAt.Before(now) {
			until = p.OpensAt
		}
		return p.Suggestion.At.Add(until.Sub(p.Suggestion.At) / 3)
	case !p.OpensAt.IsZero() && p.OpensAt.Before(now):
		return p.OpensAt.AddDate(0, -2, 0)
	}
	return now.AddDate(0, -1, 0)
}

// arrivedAt is when the forum came into its status: where nobody knows, a third of the way from its close to now, but not
// later than two months after the close; before the close, yesterday.
func (p PastForum) arrivedAt(now time.Time) time.Time {
	if p.Status.HasClosed() {
		after := now.Sub(p.ClosesAt) / 3
		return p.ClosesAt.Add(min(after, 60*24*time.Hour))
	}
	yesterday := now.AddDate(0, 0, -1)
	if start := p.selectedAt(now); yesterday.Before(start) {
		return start
	}
	return yesterday
}

// Trail is the dated way to the suggestion's status, a day a step.
func (s PastSuggestion) Trail() []PastStep[SuggestionStatus] {
	way := []SuggestionStatus{SuggestionSubmitted}
	switch s.Status {
	case SuggestionSubmitted:
	case SuggestionAccepted, SuggestionMerged, SuggestionTransferred, SuggestionRejected:
		way = append(way, s.Status)
	case SuggestionShortlisted, SuggestionWithdrawn:
		way = append(way, SuggestionAccepted, s.Status)
	default:
		way = append(way, SuggestionAccepted, SuggestionShortlisted, s.Status)
	}
	steps := make([]PastStep[SuggestionStatus], len(way))
	for i, status := range way {
		steps[i] = PastStep[SuggestionStatus]{To: status, At: s.At.AddDate(0, 0, i)}
		if i > 0 {
			steps[i].From = way[i-1]
		}
	}
	return steps
}
