package excel

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// opinionColumn is the place of the text among the columns, from 0.
const opinionColumn = 4

// opinions streams the list: what is in memory doesn't grow with it.
func (b *book) opinions(s *sheet) {
	if b.err != nil {
		return
	}
	w := b.words
	when := look{format: w.TimeFormat, align: "center", box: true}
	top := func(l look) look { l.top = true; return l }
	columns := []column{
		{w.Serial, 7, top(whole)}, {w.Number, 14, top(label)}, {w.AcceptedAt, 17, top(when)}, {w.OpinionTitle, 24, text}, {w.Opinion, 76, text},
		{w.Pseudonym, 12, text}, {w.District, 10, text}, {w.For, 8, top(whole)}, {w.Against, 8, top(whole)}, {w.StatusIs, 9, top(label)},
		{w.Channel, 10, top(label)},
	}
	s.print(paper{landscape: true, repeat: 1})
	s.freeze(2)
	stream, err := b.file.NewStreamWriter(s.name)
	b.keep(err)
	if b.err != nil {
		return
	}
	styles := make([]int, len(columns))
	for i, c := range columns {
		b.keep(stream.SetColWidth(i+1, i+1, c.width))
		styles[i] = b.style(c.look)
	}
	titles := make([]any, len(columns))
	for i, c := range columns {
		titles[i] = excelize.Cell{StyleID: b.style(head), Value: c.title}
	}
	b.keep(stream.SetRow("A1", titles, excelize.RowOpts{Height: 24}))

	long := text.total()
	long.bold = false
	clipped := 0
	row := make([]any, len(columns))
	for o, err := range b.report.Opinions {
		if err != nil {
			b.keep(fmt.Errorf("read the opinions: %w", err))
			return
		}
		if !o.Status.IsPublic() {
			// Its text must not leave; better no workbook than one that must be called back.
			b.keep(fmt.Errorf("opinion %s isn't public but %s", o.ID, o.Status))
			return
		}
		b.written.add(o)
		values := []any{b.written.rows, o.Number, wallClock(o.AcceptedAt), o.Title, o.Text, o.Pseudonym, o.District,
			o.For, o.Against, w.OpinionStatus[o.Status], w.ChannelIs[o.Channel]}
		points, tooLong := rowHeight(columns, values)
		for i, value := range values {
			if words, isText := value.(string); isText {
				value = cellText(words, w.Cut)
			}
			row[i] = excelize.Cell{StyleID: styles[i], Value: value}
		}
		if tooLong { // all of it is there, but paper doesn't show it
			clipped++
			row[opinionColumn] = excelize.Cell{StyleID: b.style(long), Value: cellText(o.Text, w.Cut)}
		}
		at, err := excelize.CoordinatesToCellName(1, b.written.rows+1) // a sheet ends at 1,048,576 rows
		if err == nil {
			err = stream.SetRow(at, row, excelize.RowOpts{Height: points})
		}
		if err != nil {
			b.keep(fmt.Errorf("opinion %d: %w", b.written.rows, err))
			return
		}
	}
	if clipped > 0 {
		s.running(paper{landscape: true}, w.Clipped)
	}
	b.keep(b.file.AutoFilter(s.name, cell(1, 1)+":"+cell(len(columns), b.written.rows+1), nil))
	b.keep(stream.Flush())
}
