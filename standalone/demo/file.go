package demo

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"unicode/utf16"

	"acropolis/forum"
	"acropolis/integrations/attachment"
)

// file makes an attachment's file, and looks at it as at an official's: a table of Rows, or a page of Lines.
func (i Item) file() (forum.NewFile, error) {
	switch path.Ext(i.File) {
	case ".csv":
		return attachment.Inspect(i.File, table(i.Rows))
	case ".pdf":
		return attachment.Inspect(i.File, paper(i.Title, i.Lines))
	}
	return forum.NewFile{}, fmt.Errorf("nobody here makes a file like %q", i.File)
}

// table is a CSV that spreadsheets read right in Korean.
func table(rows [][]string) []byte {
	file := bytes.NewBufferString("\uFEFF")
	w := csv.NewWriter(file)
	w.UseCRLF = true
	_ = w.WriteAll(rows) // a buffer takes everything
	return file.Bytes()
}

// paper is a PDF of one A4 page. It has no font of its own: a reader knows this one, or shows another for Korean.
func paper(title string, lines []string) []byte {
	var text strings.Builder
	text.WriteString("BT /F 16 Tf 22 TL 60 770 Td " + shown(title) + " Tj T* /F 11 Tf 20 TL T* ")
	for _, line := range lines {
		text.WriteString(shown(line) + " Tj T* ")
	}
	text.WriteString("ET")
	objects := []string{
		"<</Type /Catalog /Pages 2 0 R /Lang (ko)>>",
		"<</Type /Pages /Kids [3 0 R] /Count 1>>",
		"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", text.Len(), text.String()),
		"<</Type /Font /Subtype /Type0 /BaseFont /HYGoThic-Medium /Encoding /UniKS-UTF16-H /DescendantFonts [6 0 R]>>",
		"<</Type /Font /Subtype /CIDFontType0 /BaseFont /HYGoThic-Medium /CIDSystemInfo <</Registry (Adobe) /Ordering (Korea1) /Supplement 2>> /FontDescriptor 7 0 R /DW 1000>>",
		"<</Type /FontDescriptor /FontName /HYGoThic-Medium /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80>>",
	}
	file := bytes.NewBufferString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var offsets []int
	for n, object := range objects {
		offsets = append(offsets, file.Len())
		fmt.Fprintf(file, "%d 0 obj\n%s\nendobj\n", n+1, object)
	}
	at := file.Len()
	fmt.Fprintf(file, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		fmt.Fprintf(file, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(file, "trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, at)
	return file.Bytes()
}

// shown is a line as the font's encoding wants it.
func shown(line string) string {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(line)) {
		raw = append(raw, byte(unit>>8), byte(unit))
	}
	return "<" + hex.EncodeToString(raw) + ">"
}
