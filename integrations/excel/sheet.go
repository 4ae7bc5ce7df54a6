package excel

import "github.com/xuri/excelize/v2"

// sheet is one worksheet being written.
type sheet struct {
	*book
	name string
}

func cell(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		panic(err) // columns are ours, rows far below the limit
	}
	return name
}

// put writes one value, a text as a text whatever it begins with.
func (s *sheet) put(col, row int, value any, l look) {
	if s.err != nil {
		return
	}
	at := cell(col, row)
	switch v := value.(type) {
	case nil:
	case string:
		s.keep(s.file.SetCellStr(s.name, at, cellText(v, s.words.Cut)))
	default:
		s.keep(s.file.SetCellValue(s.name, at, v))
	}
	s.keep(s.file.SetCellStyle(s.name, at, at, s.style(l)))
}

// span writes one value over several columns.
func (s *sheet) span(row, from, to int, value any, l look) {
	s.put(from, row, value, l)
	if s.err == nil && to > from {
		s.keep(s.file.SetCellStyle(s.name, cell(from, row), cell(to, row), s.style(l)))
		s.keep(s.file.MergeCell(s.name, cell(from, row), cell(to, row)))
	}
}

func (s *sheet) height(row int, points float64) {
	s.keep(s.file.SetRowHeight(s.name, row, points))
}

// column is one of a table's.
type column struct {
	title string
	width float64
	look  look
}

// widths sets those of the columns from the first on.
func (s *sheet) widths(columns []column) {
	for i, c := range columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		s.keep(err)
		s.keep(s.file.SetColWidth(s.name, name, name, c.width))
	}
}

// heads writes a table's titles.
func (s *sheet) heads(row int, columns []column) {
	for i, c := range columns {
		s.put(i+1, row, c.title, head)
	}
	s.height(row, 24)
}

// line writes one row of a table; change, if any, is for a row that looks different.
func (s *sheet) line(row int, columns []column, change func(look) look, values ...any) {
	for i, value := range values {
		l := columns[i].look
		if change != nil {
			l = change(l)
		}
		s.put(i+1, row, value, l)
	}
	points, _ := rowHeight(columns, values)
	s.height(row, points)
}

// freeze keeps the rows above the first data row in sight.
func (s *sheet) freeze(first int) {
	s.keep(s.file.SetPanes(s.name, &excelize.Panes{Freeze: true, YSplit: first - 1, TopLeftCell: cell(1, first), ActivePane: "bottomLeft"}))
}
