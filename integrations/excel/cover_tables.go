package excel

import (
	"acropolis/forum"
	"acropolis/forum/analysis"
)

// keyFigures is the table of totals, with what they are a day.
func (s *sheet) keyFigures(row int) int {
	w, f := s.words, s.report.Figures
	s.titled(row, w.KeyFigures, w.UnitMixed)
	row++
	s.span(row, 1, 2, w.Figure, head)
	s.span(row+1, 1, 2, w.Total, label.total())
	s.span(row+2, 1, 2, w.DailyAverage, label)
	for i, n := range []int{f.Opinions, f.Authors, f.Voters, f.VotesFor, f.VotesAgainst, f.Hits} {
		from := 3 + 2*i
		s.span(row, from, from+1, w.Figures[i], head)
		s.span(row+1, from, from+1, n, whole.total().aligned("center"))
		daily := analysis.Rate{Numerator: n, Denominator: len(f.Days)}
		if people := i == 1 || i == 2; people || !daily.Measured() { // the same person may come on several days
			s.span(row+2, from, from+1, "-", label)
			continue
		}
		value, format := averageCell(daily)
		s.span(row+2, from, from+1, value, look{format: format, align: "center", box: true})
	}
	for i := range 3 {
		s.height(row+i, 19)
	}
	return row + 3
}

// byDisposition is the response in one table, the total first.
func (s *sheet) byDisposition(row int) int {
	w, answers := s.words, s.answered()
	s.titled(row, w.ByDisposition, w.UnitCount)
	row++
	s.span(row, 1, 4, w.Disposition, head)
	s.span(row+1, 1, 4, w.Answers, label)
	s.span(row+2, 1, 4, w.Share, label)
	counts := append([]int{len(answers)}, countDispositions(answers)...)
	for i, n := range counts {
		from, title, number, part := 5+2*i, w.Total, whole.total(), share.total()
		if i > 0 {
			title, number, part = w.Dispositions[forum.Dispositions[i-1]], whole, share
		}
		s.span(row, from, from+1, title, head)
		s.span(row+1, from, from+1, n, number.aligned("center"))
		s.span(row+2, from, from+1, float64(n)/float64(max(len(answers), 1)), part.aligned("center"))
	}
	for i := range 3 {
		s.height(row+i, 19)
	}
	return row + 3
}

// titled writes a heading with the unit at the right.
func (s *sheet) titled(row int, title, units string) {
	s.span(row, 1, coverColumns-4, title, heading)
	s.span(row, coverColumns-3, coverColumns, units, unit)
	s.height(row, 20)
}
