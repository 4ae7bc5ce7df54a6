package activities

import (
	"context"

	"acropolis/forum"
	"acropolis/forum/analysis"
)

// Analyses count, rank and find terms once a forum has closed.
type Analyses struct {
	Store interface {
		AnalysisInput(ctx context.Context, forumID forum.ID) ([]forum.AnalysedOpinion, error)
		SaveAnalysis(ctx context.Context, forumID forum.ID, made forum.Analysis) error
		ForumFacts(ctx context.Context, id forum.ID) (forum.ForumFacts, error)
	}
	// Terms gives a text's content words (Korean morphology).
	Terms interface{ Terms(text string) []string }
}

// FrequentTerms is how many terms an analysis shows.
const FrequentTerms = 40

// Analyse makes the first cut: rank by a confidence bound of agreement, exact re-posts, frequent terms. The same opinions
// always give the same analysis.
func (a *Analyses) Analyse(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	opinions, err := a.Store.AnalysisInput(ctx, id)
	if err != nil {
		return forum.ForumFacts{}, err
	}
	made := forum.Analysis{Forum: id, Reposts: reposts(opinions), Best: best(opinions)}
	tokens := make(map[string][]string, len(opinions))
	for _, o := range opinions {
		tokens[string(o.ID)] = a.Terms.Terms(o.Title + "\n" + o.Text)
	}
	for _, term := range analysis.FrequentTerms(tokens, FrequentTerms) {
		made.Terms = append(made.Terms, forum.TermFigures{Text: term.Text, Opinions: term.Opinions, Occurrences: term.Occurrences})
	}
	if err := a.Store.SaveAnalysis(ctx, id, made); err != nil {
		return forum.ForumFacts{}, err
	}
	return a.Store.ForumFacts(ctx, id)
}

// NominateAwards puts the candidates by rule before the jury: one prize per author, none for staff, the earliest of re-posts.
func (a *Awards) NominateAwards(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	opinions, err := a.Store.AnalysisInput(ctx, id)
	if err != nil {
		return forum.ForumFacts{}, err
	}
	authors := make(map[string]string, len(opinions))
	staff := map[string]bool{}
	tallies := make([]analysis.Tally, len(opinions))
	for i, o := range opinions {
		authors[string(o.ID)] = o.Author
		staff[string(o.ID)] = o.Staff
		tallies[i] = tally(o)
	}
	ranked := analysis.Rank(tallies)
	bounds := make(map[string]float64, len(ranked))
	for _, r := range ranked {
		bounds[r.ID] = r.Score
	}
	var copies [][]string
	for _, group := range reposts(opinions) {
		var ids []string
		for _, id := range group {
			ids = append(ids, string(id))
		}
		copies = append(copies, ids)
	}
	var candidates []forum.Candidate
	for _, c := range analysis.Candidates(analysis.Field{Ranked: ranked, Authors: authors, Staff: staff, Reposts: copies}, forum.Prizes+forum.RunnersUp) {
		candidates = append(candidates, forum.Candidate{Opinion: forum.ID(c.ID), Rank: c.Rank, Bound: bounds[c.ID]})
	}
	return a.Store.BeginAwarding(ctx, id, candidates)
}

func tally(o forum.AnalysedOpinion) analysis.Tally {
	return analysis.Tally{ID: string(o.ID), For: o.For, Against: o.Against, At: o.AcceptedAt}
}

func best(opinions []forum.AnalysedOpinion) []forum.RankedOpinion {
	byID := make(map[string]forum.Opinion, len(opinions))
	tallies := make([]analysis.Tally, len(opinions))
	for i, o := range opinions {
		byID[string(o.ID)] = o.Opinion
		tallies[i] = tally(o)
	}
	var ranked []forum.RankedOpinion
	for _, r := range analysis.Rank(tallies) {
		ranked = append(ranked, forum.RankedOpinion{Opinion: byID[r.ID], Rank: r.Rank, Bound: r.Score})
	}
	return ranked
}

func reposts(opinions []forum.AnalysedOpinion) [][]forum.ID {
	texts := make([]analysis.Text, len(opinions))
	for i, o := range opinions {
		texts[i] = analysis.Text{ID: string(o.ID), Title: o.Title, Body: o.Text, At: o.AcceptedAt}
	}
	var groups [][]forum.ID
	for _, group := range analysis.Reposts(texts) {
		var ids []forum.ID
		for _, id := range group {
			ids = append(ids, forum.ID(id))
		}
		groups = append(groups, ids)
	}
	return groups
}
