package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"acropolis/forum"
)

// Store is what the demo city is written to.
type Store interface {
	Officials(ctx context.Context, duty forum.Duty, department string) ([]forum.Official, error)
	Forums(ctx context.Context, f forum.ForumFilter) ([]forum.Forum, int, error)
	Import(ctx context.Context, by forum.Official, past forum.PastForum) (forum.ID, error)
	ImportSuggestion(ctx context.Context, by forum.Official, past forum.PastSuggestion) (forum.ID, error)
}

// Seed fills an empty city with one forum in each status and the suggestions that wait; a city that has forums is left as it
// is. today is the day on which the demo city is founded.
func Seed(ctx context.Context, store Store, today time.Time) error {
	if _, n, err := store.Forums(ctx, forum.ForumFilter{Page: 1, Size: 1}); err != nil || n > 0 {
		return err
	}
	operators, err := store.Officials(ctx, forum.Operator, "")
	if err != nil {
		return err
	}
	if len(operators) == 0 {
		return fmt.Errorf("the directory has no operator who could import the demo forums")
	}
	city, err := Forums()
	if err != nil {
		return err
	}
	for _, f := range city.Forums {
		past, err := f.past(today)
		if err != nil {
			return fmt.Errorf("demo forum %s: %w", f.Key, err)
		}
		if _, err := store.Import(ctx, operators[0], past); err != nil {
			return fmt.Errorf("demo forum %s: %w", f.Key, err)
		}
	}
	known := map[string]forum.ID{} // by title, for those that were merged into others
	for _, s := range slices.SortedStableFunc(slices.Values(city.Suggestions), mergedLast) {
		past, err := s.past(today)
		if err != nil {
			return fmt.Errorf("demo suggestion %q: %w", s.Title, err)
		}
		past.MergedInto = known[s.Into]
		if past.Status == forum.SuggestionMerged && past.MergedInto == "" {
			continue // into one that has become a forum
		}
		if known[s.Title], err = store.ImportSuggestion(ctx, operators[0], past); err != nil {
			return fmt.Errorf("demo suggestion %q: %w", s.Title, err)
		}
	}
	return nil
}

func mergedLast(a, b Suggestion) int { return cmp.Compare(len(a.Into), len(b.Into)) }

// past is the forum as an import takes it.
func (f Forum) past(today time.Time) (forum.PastForum, error) {
	opens, err := f.Opens.Date(today)
	if err != nil {
		return forum.PastForum{}, err
	}
	closes, err := f.Closes.Date(today)
	if err != nil {
		return forum.PastForum{}, err
	}
	if !closes.IsZero() {
		closes = closes.AddDate(0, 0, 1) // Closes is the last day
	}
	suggestion, err := f.Suggestion.past(today)
	if err != nil {
		return forum.PastForum{}, err
	}
	suggestion.Status = forum.SuggestionSelected
	past := forum.PastForum{
		Status: forum.ForumStatus(f.Status), Track: forum.Track(f.Track), Lang: f.Lang, Title: f.Title.Ko, TitleEn: f.Title.En,
		Summary: f.Summary.Ko, SummaryEn: f.Summary.En, Department: f.Department, Suggestion: &suggestion,
		OpensAt: opens, ClosesAt: closes, Reason: f.Reason.Ko, Hits: f.HitsPerDay,
	}
	if f.ReasonOn != "" {
		on, err := f.ReasonOn.Date(today)
		if err != nil {
			return past, err
		}
		past.Steps = map[forum.ForumStatus]time.Time{past.Status: on.Add(10 * time.Hour)}
	}
	for _, i := range f.Dossier {
		past.Dossier = append(past.Dossier, forum.DossierItem{Kind: forum.ItemKind(i.Kind), Title: i.Title, Body: i.Body, Link: i.Link,
			Name: i.Name, Affiliation: i.Affiliation, Stance: forum.Stance(i.Stance)})
		if i.File != "" {
			file, err := i.file()
			if err != nil {
				return past, err
			}
			past.Files = append(past.Files, file)
		}
	}
	if past.Opinions, err = f.pastOpinions(opens, closes, today); err != nil {
		return past, err
	}
	for _, a := range f.Awards {
		past.Awards = append(past.Awards, forum.PastAward{Opinion: a.Opinion, Rank: a.Rank, Reason: a.Reason})
	}
	for _, p := range f.Response {
		past.Response = append(past.Response, forum.Paragraph{Text: p.Text, Disposition: forum.Disposition(p.Disposition), Reason: p.Reason, Terms: p.Themes})
	}
	for _, m := range f.Milestones {
		milestone, err := m.past(today)
		if err != nil {
			return past, err
		}
		past.Milestones = append(past.Milestones, milestone)
	}
	return past, nil
}

func (f Forum) pastOpinions(opens, closes, today time.Time) ([]forum.PastOpinion, error) {
	var past []forum.PastOpinion
	if f.OpinionsFile != "" {
		rows, err := Opinions()
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			past = append(past, forum.PastOpinion{Title: r.Title, Text: r.Text, Pseudonym: r.Author, District: r.District, Lang: r.Lang,
				At: r.Time, For: r.VotesUp, Against: r.VotesDown})
		}
		return past, nil
	}
	for n, o := range f.Opinions {
		// Some minutes apart, so that two of the same hundredth aren't of the same instant.
		at := opens.Add(closes.Sub(opens)*time.Duration(o.AtPercent)/100 + time.Duration(n*97)*time.Second)
		if !at.Before(closes) {
			at = closes.Add(-time.Duration(len(f.Opinions)-n) * time.Minute)
		}
		if at.After(today) {
			at = today.Add(-time.Duration(len(f.Opinions)-n) * time.Minute)
		}
		past = append(past, forum.PastOpinion{Title: o.Title, Text: o.Text, Pseudonym: o.Author, District: o.District, Lang: o.Lang,
			At: at, Status: forum.OpinionStatus(o.Status), Reason: o.Reason, For: o.Up, Against: o.Down})
	}
	return past, nil
}

func (s Suggestion) past(today time.Time) (forum.PastSuggestion, error) {
	at, err := s.At.Date(today)
	return forum.PastSuggestion{Status: forum.SuggestionStatus(s.Status), Track: forum.Track(s.Track), Kind: forum.ProposerKind(s.Kind),
		Lang: "ko", Title: s.Title, Text: s.Text, Pseudonym: s.Author, At: at.Add(10 * time.Hour), Supports: s.Supports, Reason: s.Reason}, err
}

func (m Milestone) past(today time.Time) (forum.Milestone, error) {
	due, err := m.Due.Date(today)
	if err != nil {
		return forum.Milestone{}, err
	}
	done, err := m.Done.Date(today)
	milestone := forum.Milestone{Title: m.Title, Due: due.Add(forum.OfficeCloses * time.Hour), Note: m.Note, Status: forum.MilestonePlanned}
	switch {
	case !done.IsZero():
		milestone.Status, milestone.DoneAt = forum.MilestoneDone, done.Add(10*time.Hour)
	case milestone.Due.Before(today):
		milestone.Status = forum.MilestoneLate
	}
	return milestone, err
}
