package excel

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// series is one row of a chart's points: a column of the sheet that holds them.
type series struct {
	column int
	colour string
	dashed bool // lines must differ in black and white too
}

// chart is what ours have in common: an axis from zero, a title, a text for those who can't see it.
func (b *book) chart(kind excelize.ChartType, title, sheet string, category, head, first, last int, all ...series) *excelize.Chart {
	ref := func(col, from, to int) string {
		name, err := excelize.ColumnNumberToName(col)
		b.keep(err)
		if from == to && from == head {
			return fmt.Sprintf("'%s'!$%s$%d", sheet, name, from)
		}
		return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", sheet, name, from, name, to)
	}
	small, zero := excelize.Font{Family: fontName, Size: 9, Color: ink}, 0.0
	c := &excelize.Chart{
		Type:   kind,
		Title:  excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title, Font: &excelize.Font{Family: fontName, Size: 11, Bold: true, Color: ink}}}},
		Legend: excelize.ChartLegend{Position: "none"},
		XAxis:  excelize.ChartAxis{Font: small},
		YAxis:  excelize.ChartAxis{Font: small, MajorGridLines: true, Minimum: &zero, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "#,##0"}},
		Format: excelize.GraphicOptions{AltText: title},
	}
	if len(all) > 1 {
		c.Legend = excelize.ChartLegend{Position: "bottom", Font: &small}
	}
	for _, one := range all {
		line := excelize.LineOptions{Width: 2.25}
		if one.dashed {
			line.Dash = excelize.LineDashDash
		}
		fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{one.colour}}
		c.Series = append(c.Series, excelize.ChartSeries{
			Name: ref(one.column, head, head), Categories: ref(category, first, last), Values: ref(one.column, first, last),
			Fill: fill, Line: line, Marker: excelize.ChartMarker{Symbol: "none"}})
	}
	return c
}

// daily is a chart of columns on the sheet of days.
func (b *book) daily(kind excelize.ChartType, title string, width, height uint, all ...series) *excelize.Chart {
	days := len(b.report.Figures.Days)
	c := b.chart(kind, title, b.words.Sheets.Days, 1, daysFirst-2, daysFirst, daysFirst+days-1, all...)
	c.Dimension = excelize.ChartDimension{Width: width, Height: height}
	if days > 14 {
		c.XAxis.TickLabelSkip = max(7, (days/60)*7)
	}
	narrow := uint(40)
	c.GapWidth = &narrow
	return c
}

var (
	opinionSeries = series{column: 2, colour: blue}
	forSeries     = series{column: 3, colour: blue}
	againstSeries = series{column: 4, colour: red, dashed: true}
	hitSeries     = series{column: 5, colour: grey}
)

func (b *book) coverCharts(s *sheet, row int) {
	w := b.words
	s.keep(s.file.AddChart(s.name, cell(1, row), b.daily(excelize.Col, w.ChartOpinions, coverPixels, 190, opinionSeries)))
	s.keep(s.file.AddChart(s.name, cell(1, row+10), b.daily(excelize.Line, w.ChartHits, coverPixels, 170, hitSeries)))
}

func (b *book) dayCharts(s *sheet) {
	w := b.words
	for i, c := range []*excelize.Chart{
		b.daily(excelize.Col, w.ChartOpinions, 620, 250, opinionSeries),
		b.daily(excelize.Line, w.ChartVotes, 620, 250, forSeries, againstSeries),
		b.daily(excelize.Line, w.ChartHits, 620, 250, hitSeries),
	} {
		s.keep(s.file.AddChart(s.name, cell(7, 3+13*i), c))
	}
}

// bars is a chart of horizontal bars, the first row on top, with its numbers.
func (s *sheet) bars(at, title string, category, values, first, last int) {
	c := s.chart(excelize.Bar, title, s.name, category, first-1, first, last, series{column: values, colour: blue})
	c.Dimension = excelize.ChartDimension{Width: 560, Height: uint(max(160, 70+24*(last-first+1)))}
	c.XAxis.ReverseOrder = true
	c.YAxis.None, c.YAxis.MajorGridLines = true, false
	c.PlotArea.ShowVal = true
	narrow := uint(45)
	c.GapWidth = &narrow
	for i := range c.Series {
		c.Series[i].Name = fmt.Sprintf("'%s'!%s", s.name, cell(values, 3))
	}
	s.keep(s.file.AddChart(s.name, at, c))
}
