package excel

import "strings"

// Rows find their heights here: merged cells never find their own, and not every program computes them when it opens a file.
const (
	linePoints   = 14.0  // one line of ten points
	highestRow   = 409.0 // Excel's limit
	singleHeight = 18.0
	// charactersPerWidth is how many narrow characters of ten points stand in one unit of a column's width, which is a
	// digit of eleven points.
	charactersPerWidth = 1.12
)

// rowHeight is what a row of a table needs, and whether that is more than a row can have.
func rowHeight(columns []column, values []any) (points float64, clipped bool) {
	points = singleHeight
	for i, value := range values {
		if words, isText := value.(string); isText && columns[i].look.wrap {
			points = max(points, linePoints*float64(lines(words, int(columns[i].width*charactersPerWidth)))+4)
		}
	}
	return min(points, highestRow), points > highestRow
}

// lines estimates how many lines a text takes in a cell that is room narrow characters wide. Hangul and other wide
// characters take two; too many lines show better than too few.
func lines(text string, room int) int {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n += max(1, (charactersOf(line)+room-1)/room)
	}
	return n
}

func charactersOf(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return n
}
