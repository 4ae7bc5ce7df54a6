package excel

import (
	"strings"
	"time"
	"unicode"
)

// titleBytes leaves room for the rest within the 255 bytes that file systems allow, percent-encoding aside.
const titleBytes = 120

// FileName is what a forum's workbook is called: 사이버정책포럼_시청앞광장_20261123.xlsx. Of the title it keeps letters and
// digits, so that the name is safe in every file system and header, and at most 120 bytes.
func FileName(title, lang string, at time.Time) string {
	parts := []string{wordsOf(lang).FilePrefix}
	if safe := safeTitle(title); safe != "" {
		parts = append(parts, safe)
	}
	return strings.Join(append(parts, at.In(seoul).Format("20060102")), "_") + ".xlsx"
}

func safeTitle(title string) string {
	words := strings.FieldsFunc(title, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	short := ""
	for _, r := range strings.ToValidUTF8(strings.Join(words, "_"), "") {
		if len(short)+len(string(r)) > titleBytes {
			break
		}
		short += string(r)
	}
	return strings.Trim(short, "_")
}
