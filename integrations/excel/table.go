package excel

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"acropolis/forum"
)

// Table writes a list as a workbook of one sheet: titles that stay in sight and repeat on paper, filters, texts as texts. What is in
// memory doesn't grow with the list.
func (b *Books) Table(w io.Writer, t forum.Table) (err error) {
	book := &book{file: excelize.NewFile(), words: wordsOf(t.Lang), styles: map[look]int{}}
	book.report.Forum.Title, book.report.Forum.TitleEn = t.Title, t.Title
	defer func() { err = errors.Join(err, book.file.Close()) }()
	book.keep(book.file.SetDefaultFont(fontName))
	book.begin(t.Title, true)
	book.table(&sheet{book: book, name: t.Title}, t)
	if book.err != nil {
		return book.err
	}
	book.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) })
	return book.file.Write(io.Discard)
}

func (b *book) table(s *sheet, t forum.Table) {
	s.print(paper{landscape: true, repeat: 1})
	s.freeze(2)
	stream, err := b.file.NewStreamWriter(s.name)
	b.keep(err)
	if b.err != nil {
		return
	}
	heads := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		b.keep(stream.SetColWidth(i+1, i+1, c.Width))
		heads[i] = excelize.Cell{StyleID: b.style(head), Value: c.Head}
	}
	b.keep(stream.SetRow("A1", heads, excelize.RowOpts{Height: 24}))
	words, numbers, instants := b.style(text), b.style(whole), b.style(look{format: b.words.TimeFormat, align: "center", box: true})
	rows := 0
	for cells, err := range t.Rows {
		if err != nil {
			b.keep(fmt.Errorf("read the list: %w", err))
			return
		}
		rows++
		row := make([]any, len(cells))
		for i, value := range cells {
			switch v := value.(type) {
			case string:
				row[i] = excelize.Cell{StyleID: words, Value: cellText(v, b.words.Cut)}
			case time.Time:
				row[i] = excelize.Cell{StyleID: instants, Value: wallClock(v)}
			default:
				row[i] = excelize.Cell{StyleID: numbers, Value: v}
			}
		}
		at, err := excelize.CoordinatesToCellName(1, rows+1)
		if err == nil {
			err = stream.SetRow(at, row)
		}
		if err != nil {
			b.keep(fmt.Errorf("row %d: %w", rows, err))
			return
		}
	}
	b.keep(b.file.AutoFilter(s.name, cell(1, 1)+":"+cell(len(t.Columns), rows+1), nil))
	b.keep(stream.Flush())
}
