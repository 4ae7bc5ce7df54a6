// Package excel writes a forum's workbook for the heads of departments: one file that tells all and can be filled in.
//
// What is asked of it: it opens without help in Excel and LibreOffice, prints on A4 as it is, never turns a citizen's text
// into a formula, never cuts one silently, and stays small in memory however many opinions there are: these go from the
// report's cursor through a temporary file straight into the zip that is being written.
package excel

import (
	"context"
	"io"
	"time"

	"acropolis/forum"
)

// Books makes workbooks of what its source reports.
type Books struct{ Source forum.ReportSource }

// Workbook writes the forum's workbook in lang ("ko" or "en"). After an error, what w got is no workbook.
func (b *Books) Workbook(ctx context.Context, forumID forum.ID, lang string, w io.Writer) error {
	return b.Source.Report(ctx, forumID, lang, func(r forum.Report) error { return Write(w, r) })
}

// FileName is what the workbook of a forum of this title is called: see the function of that name.
func (b *Books) FileName(title, lang string, at time.Time) string { return FileName(title, lang, at) }
