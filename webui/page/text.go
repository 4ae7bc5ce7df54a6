package page

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"acropolis/forum"
)

// Text is what people typed, as the city keeps it: NFC, line feeds, no invisible marks, trimmed, and empty where nothing of it can
// be seen. It refuses (Unreadable) invalid UTF-8 "text.not_utf8", NUL "text.nul", and control characters and bidirectional overrides
// "text.control", which would make a text look like another. The zero-width joiner stays: emoji need it.
func Text(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", forum.Refuse(forum.Unreadable, "text.not_utf8")
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	for _, r := range s {
		switch {
		case r == 0:
			return "", forum.Refuse(forum.Unreadable, "text.nul")
		case r == '\t' || r == '\n':
		case unicode.IsControl(r) || isBidiOverride(r):
			return "", forum.Refuse(forum.Unreadable, "text.control")
		}
	}
	s = strings.Map(func(r rune) rune {
		if r == '\u200B' || r == '\uFEFF' {
			return -1
		}
		return r
	}, s)
	if forum.IsBlank(s) {
		return "", nil
	}
	return strings.TrimSpace(norm.NFC.String(s)), nil
}

// readable is what of a refused text can be shown again for mending.
func readable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r != '\t' && r != '\n' && unicode.IsControl(r) || isBidiOverride(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\uFFFD"))
	text, err := Text(s)
	if err != nil {
		return ""
	}
	return text
}

func isBidiOverride(r rune) bool {
	return '\u202A' <= r && r <= '\u202E' || '\u2066' <= r && r <= '\u2069'
}
