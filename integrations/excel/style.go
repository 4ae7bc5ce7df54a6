package excel

import "github.com/xuri/excelize/v2"

const fontName = "맑은 고딕"

// Colours, sparing ones: a report is printed in black and white as well.
const (
	ink       = "1E2124"
	frame     = "8A949E"
	headFill  = "E6E8EA"
	totalFill = "F4F5F6"
	inputFill = "FFF9DB"
	blue      = "256EF4"
	red       = "BD2C0F"
	grey      = "58616A"
	green     = "267337"
	amber     = "9E6A00"
)

// look is how a cell looks; the zero one is plain text of ten points.
type look struct {
	size   float64
	bold   bool
	format string
	align  string // horizontal
	top    bool   // else in the middle
	indent int
	wrap   bool
	box    bool
	fill   string
}

// textFormat keeps a text a text even after somebody edits its cell.
const textFormat = "@"

var (
	plain   = look{}
	heading = look{size: 12, bold: true}
	note    = look{size: 9}
	unit    = look{size: 9, align: "right"}
	head    = look{bold: true, align: "center", wrap: true, box: true, fill: headFill}
	text    = look{format: textFormat, wrap: true, top: true, box: true}
	label   = look{format: textFormat, align: "center", box: true}
	whole   = look{format: wholeFormat, align: "right", indent: 1, box: true}
	share   = look{format: percentFormat, align: "right", indent: 1, box: true}
)

// total is the same look for the row of totals.
func (l look) total() look {
	l.bold, l.fill = true, totalFill
	return l
}

// input is the same look for a cell to be filled in.
func (l look) input() look {
	l.fill = inputFill
	return l
}

func (l look) aligned(horizontal string) look {
	l.align, l.indent = horizontal, 0
	return l
}

// style makes the look known to the file, once.
func (b *book) style(l look) int {
	if id, known := b.styles[l]; known {
		return id
	}
	s := excelize.Style{
		Font:      &excelize.Font{Family: fontName, Size: l.size, Bold: l.bold, Color: ink},
		Alignment: &excelize.Alignment{Horizontal: l.align, Vertical: "center", WrapText: l.wrap, Indent: l.indent},
	}
	if l.size == 0 {
		s.Font.Size = 10
	}
	if l.top {
		s.Alignment.Vertical = "top"
	}
	if l.format != "" {
		s.CustomNumFmt = &l.format
	}
	if l.box {
		for _, side := range []string{"left", "right", "top", "bottom"} {
			s.Border = append(s.Border, excelize.Border{Type: side, Color: frame, Style: 1})
		}
	}
	if l.fill != "" {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{l.fill}}
	}
	if l.format == textFormat {
		s.CustomNumFmt, s.NumFmt = nil, 49
	}
	id, err := b.file.NewStyle(&s)
	b.keep(err)
	b.styles[l] = id
	return id
}
