package excel

import (
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// cellText makes any text one that a cell may hold: what XML forbids is replaced visibly, what is longer than Excel takes
// is cut with a mark that says so. Excel counts in UTF-16.
func cellText(text, cutMark string) string {
	text = strings.Map(allowed, strings.ReplaceAll(text, "\r\n", "\n"))
	if len(text) <= excelize.TotalCellChars {
		return text
	}
	room := excelize.TotalCellChars - len(utf16.Encode([]rune(cutMark)))
	size, end := 0, 0
	for i, r := range text {
		if size <= room {
			end = i
		}
		size += utf16.RuneLen(r)
	}
	if size <= excelize.TotalCellChars {
		return text
	}
	return text[:end] + cutMark
}

// allowed replaces what no XML may carry, and what turns the reading order around and so makes a cell show what it
// doesn't say. Bytes that are no UTF-8 come in as U+FFFD already.
func allowed(r rune) rune {
	switch {
	case r == '\r':
		return '\n'
	case r == '\t', r == '\n':
		return r
	case r < ' ', r >= 0x7F && r <= 0x9F, r == 0xFFFE, r == 0xFFFF:
		return '\uFFFD'
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return '\uFFFD'
	}
	return r
}

// masked shows of a name what a report may: 김○○.
func masked(name string) string {
	for _, first := range strings.TrimSpace(name) {
		return string(first) + "○○"
	}
	return ""
}

// shortened keeps the first characters of a text that has little room, on one line.
func shortened(text string, most int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= most {
		return string(runes)
	}
	kept := string(runes[:most-1])
	if end := strings.LastIndex(kept, " "); runes[most-1] != ' ' && end > len(kept)*3/4 { // no word is cut in two
		kept = kept[:end]
	}
	return strings.TrimSpace(kept) + "…"
}
