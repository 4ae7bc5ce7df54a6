package forum

import (
	"slices"
	"testing"
	"time"
)

var (
	importDay  = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	squareOpen = time.Date(2003, 2, 6, 15, 0, 0, 0, time.UTC)
)

func TestPastTrailLeadsToItsStatusInOrder(t *testing.T) {
	for _, status := range append([]ForumStatus{Suspended, Withdrawn}, Journey...) {
		p := PastForum{Status: status, Suggestion: &PastSuggestion{At: squareOpen.AddDate(0, -2, 0)}, OpensAt: squareOpen, ClosesAt: squareOpen.AddDate(0, 0, 37)}
		switch status {
		case Selected, Assigning, Preparing:
			p.OpensAt, p.ClosesAt = time.Time{}, time.Time{}
		case Scheduled:
			p.OpensAt, p.ClosesAt = importDay.AddDate(0, 0, 7), importDay.AddDate(0, 0, 27)
		case Open, Suspended:
			p.OpensAt, p.ClosesAt = importDay.AddDate(0, 0, -9), importDay.AddDate(0, 0, 12)
		}
		steps := p.Trail(importDay)
		if last := steps[len(steps)-1]; steps[0].From != "" || last.To != status || last.At.After(importDay) {
			t.Errorf("%s: from %q to %+v", status, steps[0].From, last)
		}
		for i := 1; i < len(steps); i++ {
			if steps[i].At.Before(steps[i-1].At) || steps[i].From != steps[i-1].To || !ForumSteps.Allows(steps[i].From, steps[i].To) {
				t.Errorf("%s: %+v after %+v", status, steps[i], steps[i-1])
			}
		}
	}
}

func TestPastTrailKeepsTheDatesThatAreKnown(t *testing.T) {
	published := squareOpen.AddDate(0, 4, 0)
	p := PastForum{Status: Archived, SelectedAt: squareOpen.AddDate(0, -1, 0), OpensAt: squareOpen, ClosesAt: squareOpen.AddDate(0, 0, 37),
		Steps: map[ForumStatus]time.Time{Published: published, Archived: published.AddDate(1, 0, 0)}}
	at := map[ForumStatus]time.Time{}
	for _, step := range p.Trail(importDay) {
		at[step.To] = step.At
	}
	if !at[Selected].Equal(p.SelectedAt) || !at[Open].Equal(p.OpensAt) || !at[Closed].Equal(p.ClosesAt) || !at[Published].Equal(published) {
		t.Errorf("%v", at)
	}
	if half := p.ClosesAt.Add(published.Sub(p.ClosesAt) / 2); !at[Awarding].Equal(half) {
		t.Errorf("awarding at %v, want half-way between close and publication, %v", at[Awarding], half)
	}
}

func TestPastSuggestionTrailIsAllowed(t *testing.T) {
	for status := range SuggestionSteps {
		steps := PastSuggestion{Status: status, At: importDay}.Trail()
		if steps[len(steps)-1].To != status {
			t.Errorf("%s: %+v", status, steps)
		}
		for i := 1; i < len(steps); i++ {
			if !SuggestionSteps.Allows(steps[i].From, steps[i].To) {
				t.Errorf("%s: %+v", status, steps[i])
			}
		}
	}
}

func TestPastForumIsCheckedBeforeItEnters(t *testing.T) {
	good := PastForum{Status: Archived, Title: "광장", Department: "road", OpensAt: squareOpen, ClosesAt: squareOpen.AddDate(0, 0, 37),
		Response: []Paragraph{{Text: "답변", Disposition: Adopted}}, Opinions: []PastOpinion{{Text: "의견", At: squareOpen}},
		Awards: []PastAward{{Rank: 1, Reason: "좋은 생각"}}}
	if err := good.Validate(importDay); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*PastForum){
		"no title":               func(p *PastForum) { p.Title = "" },
		"no such status":         func(p *PastForum) { p.Status = "lost" },
		"no period":              func(p *PastForum) { p.ClosesAt = p.OpensAt },
		"no department":          func(p *PastForum) { p.Department = "" },
		"still open in the past": func(p *PastForum) { p.Status = Open },
		"scheduled in the past":  func(p *PastForum) { p.Status = Scheduled },
		"closed in the future":   func(p *PastForum) { p.ClosesAt = importDay.AddDate(0, 0, 1) },
		"no response":            func(p *PastForum) { p.Response = nil },
		"opinion before opening": func(p *PastForum) { p.Opinions[0].At = squareOpen.Add(-time.Second) },
		"opinion at the close":   func(p *PastForum) { p.Opinions[0].At = p.ClosesAt },
		"opinion without text":   func(p *PastForum) { p.Opinions[0].Text = "" },
		"award of nothing":       func(p *PastForum) { p.Awards[0].Opinion = 1 },
		"award without a place":  func(p *PastForum) { p.Awards[0].Rank = 0 },
		"award without a reason": func(p *PastForum) { p.Awards[0].Reason = "" },
	} {
		p := good
		p.Opinions, p.Awards = slices.Clone(good.Opinions), slices.Clone(good.Awards)
		spoil(&p)
		if p.Validate(importDay) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
