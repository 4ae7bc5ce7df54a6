package excel

import "strings"

// lines estimates how many lines a text takes in a cell that is room narrow characters wide: rows of merged cells don't
// find their heights themselves. Hangul and other wide characters take two.
func lines(text string, room int) int {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n += max(1, (columnsOf(line)+room-1)/room)
	}
	return n
}

func columnsOf(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return n
}
