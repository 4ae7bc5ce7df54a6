package forum

import (
	"strings"
	"unicode"
)

// IsInvisible says of a character that readers see nothing of it, or at most a gap: it joins, selects or fills. Among them are the
// fillers of Hangul, which Unicode counts as letters, and Braille's blank, which it counts as a sign.
func IsInvisible(r rune) bool {
	return r >= 0x80 && !('가' <= r && r <= '힣') && // nearly all
		(r == '\u2800' || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector))
}

// IsBlank says that nothing of a text can be seen.
func IsBlank(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsSpace(r) && !IsInvisible(r) })
}
