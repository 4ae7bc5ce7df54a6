package excel

import "fmt"

// chartTerms is how many terms a chart can show and still be read.
const chartTerms = 20

// terms lists the frequent ones in the analysis' order.
func (b *book) terms(s *sheet) {
	w, all := b.words, b.report.Figures.Opinions
	s.print(paper{landscape: true, repeat: 3})
	columns := []column{{w.Serial, 8, whole.aligned("center")}, {w.Term, 22, look{format: textFormat, box: true}}, {w.TermOpinions, 11, whole},
		{w.TermShare, 11, share}, {w.Occurrences, 13, whole}}
	s.widths(columns)
	s.span(1, 1, 5, w.Sheets.Terms, look{size: 14, bold: true})
	s.put(1, 2, fmt.Sprintf(w.TermNote, commas(all)), note)
	s.heads(3, columns)
	var names []string
	var counts []int
	for i, t := range b.report.Terms {
		if i < chartTerms {
			names, counts = append(names, cellText(t.Text, w.Cut)), append(counts, t.Opinions)
		}
		s.line(4+i, columns, nil, i+1, t.Text, t.Opinions, float64(t.Opinions)/float64(max(all, 1)), t.Occurrences)
	}
	s.freeze(4)
	s.bars(cell(7, 3), plot{title: w.ChartTerms, category: 2, head: 3, first: 4, last: 3 + len(names)}, names,
		series{column: 3, name: w.TermOpinions, values: counts, colour: blue})
}
