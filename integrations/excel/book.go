package excel

import (
	"archive/zip"
	"errors"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"acropolis/forum"
)

// book is one workbook while it is written. It keeps the first error and does nothing after it, so that the code of a sheet
// reads like the sheet.
type book struct {
	file    *excelize.File
	report  forum.Report
	words   *words
	styles  map[look]int
	written digest // of the opinions
	charts  int
	err     error
}

// Write writes the report's workbook to w, in the report's language. Sheets without anything to tell are left out, but for
// the opinions, the awards, the response and the provenance. It reads the opinions once, from the first to the last.
func Write(w io.Writer, r forum.Report) (err error) {
	if r.Opinions == nil {
		r.Opinions = func(func(forum.Opinion, error) bool) {}
	}
	b := &book{file: excelize.NewFile(), report: r, words: wordsOf(r.Lang), styles: map[look]int{}}
	defer func() { err = errors.Join(err, b.file.Close()) }() // removes the opinions' temporary file
	b.keep(b.file.SetDefaultFont(fontName))
	b.properties()
	pages := b.pages()
	for i, page := range pages {
		b.begin(page.name, i == 0)
	}
	for _, page := range pages {
		page.write(&sheet{book: b, name: page.name})
	}
	if b.err != nil {
		return b.err
	}
	// Straight into w: excelize would otherwise build the whole zip in memory first.
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) })
	return b.file.Write(io.Discard)
}

type page struct {
	name  string
	write func(*sheet)
}

// pages are the sheets that have something to tell, in order. The provenance comes last: it knows what was written.
func (b *book) pages() []page {
	names, r := b.words.Sheets, b.report
	pages := []page{{names.Cover, b.cover}}
	if len(r.Figures.Days) > 0 {
		pages = append(pages, page{names.Days, b.days})
	}
	if namesDistricts(r.Figures.Districts) {
		pages = append(pages, page{names.Districts, b.districts})
	}
	if len(r.Terms) > 0 {
		pages = append(pages, page{names.Terms, b.terms})
	}
	pages = append(pages, page{names.Opinions, b.opinions})
	if len(r.Invited) > 0 {
		pages = append(pages, page{names.Experts, b.experts})
	}
	if len(r.Best) > 0 {
		pages = append(pages, page{names.Ranking, b.ranking})
	}
	return append(pages, page{names.Awards, b.awards}, page{names.Response, b.response}, page{names.Provenance, b.provenance})
}

// begin makes the sheet; excelize begins every file with one of its own.
func (b *book) begin(name string, first bool) {
	if first {
		b.keep(b.file.SetSheetName("Sheet1", name))
		return
	}
	_, err := b.file.NewSheet(name)
	b.keep(err)
}

func (b *book) keep(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *book) properties() {
	r, w := b.report, b.words
	b.keep(b.file.SetDocProps(&excelize.DocProperties{
		Title:    w.reportTitle(r) + " - " + cellText(b.title(), w.Cut),
		Subject:  cellText(b.title(), w.Cut),
		Creator:  cellText(b.department(), w.Cut),
		Keywords: w.Product,
		Language: map[string]string{korean: "ko-KR", english: "en-GB"}[w.Lang],
		Created:  r.MadeAt.UTC().Format(time.RFC3339),
		Modified: r.MadeAt.UTC().Format(time.RFC3339),
	}))
	b.keep(b.file.SetAppProps(&excelize.AppProperties{Application: "Acropolis", Company: cellText(b.department(), w.Cut)}))
}

// title is the forum's in the report's language, where there is one.
func (b *book) title() string {
	if b.words.Lang == english && b.report.Forum.TitleEn != "" {
		return b.report.Forum.TitleEn
	}
	return b.report.Forum.Title
}

func (b *book) department() string {
	if b.words.Lang == english && b.report.Department.NameEn != "" {
		return b.report.Department.NameEn
	}
	return b.report.Department.Name
}
