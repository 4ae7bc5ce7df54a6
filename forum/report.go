package forum

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"time"
)

// Figures are a forum's frozen participation figures, each rate with its denominator.
type Figures struct {
	Counts
	Authors   int               `json:"authors"` // distinct signed-in or pseudonymous authors
	Days      []DayFigures      `json:"days"`
	Districts []DistrictFigures `json:"districts"`
	FrozenAt  time.Time         `json:"frozen_at"`
}

// DayFigures are one civil day's.
type DayFigures struct {
	Date         string `json:"date"` // 2003-02-07
	Opinions     int    `json:"opinions"`
	VotesFor     int    `json:"votes_for"`
	VotesAgainst int    `json:"votes_against"`
	Hits         int    `json:"hits"`
	// HitsByLanguage are the same hits by the language of the page. There are none where it isn't known: of a forum that was
	// imported, and in figures that were frozen before it was counted.
	HitsByLanguage map[string]int `json:"hits_by_language,omitempty"`
}

// HitsByLanguage adds up the days', the most seen language first.
func (f Figures) HitsByLanguage() []LangHits {
	sums := map[string]int{}
	for _, day := range f.Days {
		for lang, hits := range day.HitsByLanguage {
			sums[lang] += hits
		}
	}
	all := make([]LangHits, 0, len(sums))
	for lang, hits := range sums {
		all = append(all, LangHits{lang, hits})
	}
	slices.SortFunc(all, func(a, b LangHits) int { return cmp.Or(b.Hits-a.Hits, cmp.Compare(a.Lang, b.Lang)) })
	return all
}

// DistrictFigures are one district's; the empty name stands for "not given".
type DistrictFigures struct {
	Name     string `json:"name"`
	Opinions int    `json:"opinions"`
}

// Analysis is what is known of a forum's opinions after the close.
type Analysis struct {
	Forum    ID
	Figures  Figures
	Terms    []TermFigures
	Reposts  [][]ID // groups of exact re-posts, the earliest first
	Best     []RankedOpinion
	Summary  string // the analyst's own words
	Approval ID
	MadeAt   time.Time
}

// ValidateSummary tells what the analyst can mend.
func ValidateSummary(text string) error { return lengthOf("summary", text, 0, ItemBodyMax) }

// TermFigures are a frequent term's: in how many opinions, how often.
type TermFigures struct {
	Text        string `json:"text"`
	Opinions    int    `json:"opinions"`
	Occurrences int    `json:"occurrences"`
}

// RankedOpinion is an opinion's place by the confidence bound of agreement.
type RankedOpinion struct {
	Opinion
	Rank  int
	Bound float64
}

// Report is all that a forum's workbook holds. Opinions stream from the database's cursor.
type Report struct {
	Forum      Forum
	Department Department
	Head       string // name, for the cover
	Officer    string
	Phone      string
	Figures    Figures
	Awards     []Award
	Response   *Response // published or approved only
	Terms      []TermFigures
	Best       []RankedOpinion
	Invited    []ExpertsOpinion
	Opinions   iter.Seq2[Opinion, error] // published ones only, oldest first
	MadeAt     time.Time
	Source     string // what was asked of the database, for the provenance sheet
	Lang       string
}

// Table is a list as a workbook of one sheet holds it. Its cells are texts, whole numbers and instants.
type Table struct {
	Title   string // of the sheet
	Lang    string
	Columns []TableColumn
	Rows    iter.Seq2[[]any, error]
}

// TableColumn is one of a table's; Width is in characters.
type TableColumn struct {
	Head  string
	Width float64
}

// ReportSource opens a report; the opinions must be read within the call.
type ReportSource interface {
	Report(ctx context.Context, forum ID, lang string, use func(Report) error) error
}

// AnalysedOpinion is a published opinion with what its analysis needs: who wrote it, as a key of this forum.
type AnalysedOpinion struct {
	Opinion
	Author string
	Staff  bool // the author's address is an official's: no prize
}
