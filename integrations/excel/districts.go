package excel

import (
	"cmp"
	"slices"

	"acropolis/forum"
)

// namesDistricts says whether any district was given at all.
func namesDistricts(all []forum.DistrictFigures) bool {
	return slices.ContainsFunc(all, func(d forum.DistrictFigures) bool { return d.Name != "" && d.Opinions > 0 })
}

// districts lists where opinions came from, most first; those that didn't say come last.
func (b *book) districts(s *sheet) {
	w := b.words
	rows := slices.Clone(b.report.Figures.Districts)
	slices.SortStableFunc(rows, func(x, y forum.DistrictFigures) int {
		if unnamed := cmp.Compare(len(y.Name), 0) - cmp.Compare(len(x.Name), 0); unnamed != 0 {
			return unnamed
		}
		return cmp.Or(cmp.Compare(y.Opinions, x.Opinions), cmp.Compare(x.Name, y.Name))
	})
	s.print(paper{landscape: true, repeat: 3})
	columns := []column{{w.Serial, 8, whole.aligned("center")}, {w.District, 20, look{format: textFormat, box: true}}, {w.OpinionCount, 11, whole}, {w.Share, 11, share}}
	s.widths(columns)
	s.span(1, 1, 4, w.Sheets.Districts, look{size: 14, bold: true})
	s.span(2, 3, 4, w.UnitCount, unit)
	s.heads(3, columns)
	total := 0
	for _, d := range rows {
		total += d.Opinions
	}
	s.line(4, columns, look.total, nil, w.Total, total, 1.0)
	var names []string
	var counts []int
	for i, d := range rows {
		name := d.Name
		if name == "" {
			name = w.NoDistrict
		}
		names, counts = append(names, name), append(counts, d.Opinions)
		s.line(5+i, columns, nil, i+1, name, d.Opinions, float64(d.Opinions)/float64(max(total, 1)))
	}
	s.freeze(5)
	s.bars(cell(6, 3), plot{title: w.ChartDistricts, category: 2, head: 3, first: 5, last: 4 + len(rows)}, names,
		series{column: 3, name: w.OpinionCount, values: counts, colour: blue})
}
