package page

import (
	"math"
	"strconv"
)

// Series is one row of figures by label: opinions per day, votes per theme.
type Series struct {
	Name   string
	Values []float64
}

// Figures are what a chart shows. ID is unique on its page; Title and the names are in the reader's words already.
type Figures struct {
	ID         string
	Title      string
	LabelsName string // what the labels are: date, district, theme
	Labels     []string
	Series     []Series
}

// chartTable is the same figures for those who don't see the picture, under <details>.
type chartTable struct {
	Summary    string
	LabelsName string
	Heads      []string
	Rows       []chartRow
}

type chartRow struct {
	Label string
	Cells []string
}

func (v *View) chartTable(f Figures) chartTable {
	t := chartTable{Summary: v.site.text(v.Lang, "chart.table"), LabelsName: f.LabelsName}
	for _, s := range f.Series {
		t.Heads = append(t.Heads, s.Name)
	}
	for i, label := range f.Labels {
		row := chartRow{Label: label}
		for _, s := range f.Series {
			row.Cells = append(row.Cells, v.Number(s.at(i)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// at is the value at a label; a series that is too short has none.
func (s Series) at(i int) float64 {
	if i >= len(s.Values) || math.IsNaN(s.Values[i]) || math.IsInf(s.Values[i], 0) {
		return 0
	}
	return s.Values[i]
}

// niceStep is 1, 2 or 5 times a power of ten, so that the axis to top has some n steps; never less than one: counts are whole.
func niceStep(top float64, n int) float64 {
	if top <= 0 {
		return 1
	}
	raw := top / float64(n)
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*power {
			return math.Max(1, m*power)
		}
	}
	return math.Max(1, 10*power)
}

// textWidth estimates pixels at a font size: Hangul and Han nearly one em, others 0.56 em. It leaves room and needs no font.
func textWidth(s string, size float64) float64 {
	ems := 0.0
	for _, r := range s {
		if r >= 0x1100 {
			ems += 0.95
		} else {
			ems += 0.56
		}
	}
	return ems * size
}

// fitting cuts a label to a width, with an ellipsis.
func fitting(s string, size, width float64) string {
	if textWidth(s, size) <= width {
		return s
	}
	runes := []rune(s)
	for len(runes) > 1 && textWidth(string(runes)+"…", size) > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// coord writes a coordinate to a tenth of a pixel.
func coord(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }
