package excel

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"acropolis/forum"
)

// series is one row of a chart's points: a column of the sheet that holds them.
type series struct {
	column int
	name   string
	values []int
	colour string
	dashed bool // lines must differ in black and white too
}

// plot is where a chart's points stand: on which sheet, under which row of heads.
type plot struct {
	kind              excelize.ChartType
	title             string
	sheet             string
	category          int // its column
	head, first, last int
	width, height     uint
}

// add draws the series with what all our charts have in common: an axis from zero, a title, a text for those who can't
// see it.
func (s *sheet) add(at string, p plot, keep points, change func(*excelize.Chart), all ...series) {
	if s.err != nil {
		return
	}
	small, zero, no, gap := excelize.Font{Family: fontName, Size: 9, Color: ink}, 0.0, false, uint(45)
	c := &excelize.Chart{
		Type:       p.kind,
		Dimension:  excelize.ChartDimension{Width: p.width, Height: p.height},
		Title:      excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: p.title, Font: &excelize.Font{Family: fontName, Size: 11, Bold: true, Color: ink}}}},
		Legend:     excelize.ChartLegend{Position: "none"},
		VaryColors: &no,
		GapWidth:   &gap,
		XAxis:      excelize.ChartAxis{Font: small},
		YAxis:      excelize.ChartAxis{Font: small, MajorGridLines: true, Minimum: &zero, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "#,##0"}},
		Format:     excelize.GraphicOptions{AltText: p.title},
	}
	if len(all) > 1 {
		c.Legend = excelize.ChartLegend{Position: "bottom", Font: &small}
	}
	for _, one := range all {
		line := excelize.LineOptions{Width: 2.25}
		if one.dashed {
			line.Dash = excelize.LineDashDash
		}
		c.Series = append(c.Series, excelize.ChartSeries{
			Name: p.ref(one.column, p.head, p.head), Categories: p.ref(p.category, p.first, p.last), Values: p.ref(one.column, p.first, p.last),
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{one.colour}}, Line: line, Marker: excelize.ChartMarker{Symbol: "none"}})
		keep.names = append(keep.names, one.name)
		keep.values = append(keep.values, one.values)
	}
	if change != nil {
		change(c)
	}
	s.keep(s.file.AddChart(s.name, at, c))
	s.keepPoints(keep)
}

// ref names cells of one column as a chart does: '일별'!$B$5:$B$41.
func (p plot) ref(col, from, to int) string {
	name, err := excelize.ColumnNumberToName(col)
	if err != nil {
		panic(err) // columns are ours
	}
	if from == to && from == p.head {
		return fmt.Sprintf("'%s'!$%s$%d", p.sheet, name, from)
	}
	return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", p.sheet, name, from, name, to)
}

// daily draws columns of the sheet of days.
func (s *sheet) daily(at string, kind excelize.ChartType, title string, width, height uint, all ...series) {
	days := s.report.Figures.Days
	keep := points{format: s.words.AxisFormat}
	for _, d := range days {
		keep.categories = append(keep.categories, strconv.Itoa(serialOf(d.Date)))
	}
	p := plot{kind: kind, title: title, sheet: s.words.Sheets.Days, category: 1, head: daysFirst - 2, first: daysFirst, last: daysFirst + len(days) - 1, width: width, height: height}
	s.add(at, p, keep, func(c *excelize.Chart) {
		c.XAxis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: keep.format}
		if len(days) > 14 { // a label a week, or every few weeks
			c.XAxis.TickLabelSkip = 7 * (1 + len(days)/100)
		}
	}, all...)
}

// serialOf is a civil day as Excel counts days: from 30 December 1899.
func serialOf(day string) int {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0 // days.go refuses it
	}
	return int(at.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
}

// perDay is one of the sheet of days' columns as a series.
func (b *book) perDay(column int, name, colour string, of func(forum.DayFigures) int) series {
	one := series{column: column, name: name, colour: colour}
	for _, d := range b.report.Figures.Days {
		one.values = append(one.values, of(d))
	}
	return one
}

func (b *book) opinionsPerDay() series {
	return b.perDay(2, b.words.OpinionCount, blue, func(d forum.DayFigures) int { return d.Opinions })
}

func (b *book) votesPerDay() (votesFor, against series) {
	votesFor = b.perDay(3, b.words.For, blue, func(d forum.DayFigures) int { return d.VotesFor })
	against = b.perDay(4, b.words.Against, red, func(d forum.DayFigures) int { return d.VotesAgainst })
	against.dashed = true
	return votesFor, against
}

func (b *book) hitsPerDay() series {
	return b.perDay(5, b.words.HitsShort, grey, func(d forum.DayFigures) int { return d.Hits })
}

// hitsByLanguage are the columns after the hits.
func (b *book) hitsByLanguage(languages []forum.LangHits) (all []series) {
	colours := [...]string{blue, red, green, amber}
	for i, one := range languages {
		all = append(all, b.perDay(6+i, cmp.Or(b.words.HitsIn[one.Lang], one.Lang), colours[i%len(colours)], func(d forum.DayFigures) int { return d.HitsByLanguage[one.Lang] }))
	}
	return all
}

// bars draws rows of this sheet as horizontal bars with their numbers, the first on top.
func (s *sheet) bars(at string, p plot, categories []string, one series) {
	p.kind, p.sheet, p.width, p.height = excelize.Bar, s.name, 560, uint(max(160, 70+24*len(categories)))
	s.add(at, p, points{categories: categories}, func(c *excelize.Chart) {
		c.XAxis.ReverseOrder = true
		c.YAxis.None, c.YAxis.MajorGridLines = true, false
		c.PlotArea.ShowVal = true
	}, one)
}
