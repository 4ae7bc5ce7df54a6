package excel

import (
	"cmp"
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"

	"acropolis/forum"
)

// daysFirst is the row of the first day, below title, note, heads and total.
const daysFirst = 5

// dayHeight lets a month and more stand on one page, three charts beside it.
const dayHeight = 13.5

// days has one row per civil day of the period, the quiet ones too, and what they look like beside. Where the languages of the hits
// are known, each has a column after the hits, whose sum they are.
func (b *book) days(s *sheet) {
	w, f := b.words, b.report.Figures
	s.print(paper{landscape: true, repeat: daysFirst - 2})
	day := look{format: w.DayFormat, align: "center", box: true}
	columns := []column{{w.Date, 14, day}, {w.OpinionCount, 9, whole}, {w.For, 9, whole}, {w.Against, 9, whole}, {w.HitsShort, 9, whole}}
	languages := f.HitsByLanguage()
	for _, one := range languages {
		columns = append(columns, column{cmp.Or(w.HitsIn[one.Lang], one.Lang), 9, whole})
	}
	beside := len(columns) + 2
	s.widths(columns)
	s.span(1, 1, 5, w.Sheets.Days, look{size: 14, bold: true})
	s.span(2, len(columns)-1, len(columns), w.UnitCount, unit)
	s.heads(3, columns)

	var sum forum.DayFigures
	for i, d := range f.Days {
		at, err := time.Parse(time.DateOnly, d.Date)
		s.keep(err)
		cells := []any{at, d.Opinions, d.VotesFor, d.VotesAgainst, d.Hits}
		for _, one := range languages {
			cells = append(cells, d.HitsByLanguage[one.Lang])
		}
		s.line(daysFirst+i, columns, nil, cells...)
		sum.Opinions += d.Opinions
		sum.VotesFor += d.VotesFor
		sum.VotesAgainst += d.VotesAgainst
		sum.Hits += d.Hits
	}
	cells := []any{nil, sum.Opinions, sum.VotesFor, sum.VotesAgainst, sum.Hits}
	for _, one := range languages {
		cells = append(cells, one.Hits)
	}
	s.line(daysFirst-1, columns, look.total, cells...)
	s.put(1, daysFirst-1, w.Total, label.total())
	if f.Opinions != sum.Opinions || f.VotesFor != sum.VotesFor || f.VotesAgainst != sum.VotesAgainst || f.Hits != sum.Hits {
		text := fmt.Sprintf(w.OutsidePeriod, commas(f.Opinions), commas(f.VotesFor), commas(f.VotesAgainst), commas(f.Hits))
		s.span(1, beside, beside+13, text, note)
	}
	s.freeze(daysFirst)
	for row := range len(f.Days) + 1 {
		s.height(daysFirst-1+row, dayHeight)
	}
	votesFor, against := b.votesPerDay()
	s.daily(cell(beside, 3), excelize.Col, w.ChartOpinions, 640, 205, b.opinionsPerDay())
	s.daily(cell(beside, 16), excelize.Line, w.ChartVotes, 640, 205, votesFor, against)
	if len(languages) > 1 { // their sum is what one sees of the whole
		s.daily(cell(beside, 29), excelize.ColStacked, w.ChartHits, 640, 205, b.hitsByLanguage(languages)...)
	} else {
		s.daily(cell(beside, 29), excelize.Line, w.ChartHits, 640, 205, b.hitsPerDay())
	}
}
