package page

import (
	"encoding/csv"
	"iter"
	"strings"

	"github.com/gin-gonic/gin"
)

// CSV writes a table as a file of text that spreadsheets read right: they know Korean by the mark in front, and take no cell for a
// formula. It stops at the first error among the rows; the name and the type are the caller's to set, see Download.
func CSV(c *gin.Context, head []string, rows iter.Seq2[[]string, error]) error {
	if _, err := c.Writer.WriteString("\uFEFF"); err != nil {
		return err
	}
	w := csv.NewWriter(c.Writer)
	w.UseCRLF = true
	if err := w.Write(head); err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		for i, cell := range row {
			row[i] = inert(cell)
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// inert keeps a spreadsheet from reading a text as a formula.
func inert(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(text)[0]) {
		return "'" + text
	}
	return text
}
