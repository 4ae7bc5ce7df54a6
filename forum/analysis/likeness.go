package analysis

import "slices"

// Shape is what a text says, letter triple by letter triple, in order and each once: what two texts share tells how near a copy one
// is of the other, whatever was put before, after or between.
type Shape []uint64

// NearCopy is the share from which two texts are shown as near-copies.
const NearCopy = 0.5

// ShapeOf gives the shape of a text. One with fewer telling letters than a re-post needs has none.
func ShapeOf(text string) Shape {
	said, letters := canonical(text)
	if letters < tellingLetters {
		return nil
	}
	shape := make(Shape, 0, letters)
	var triple uint64
	n := 0
	for _, r := range said {
		triple = (triple<<21 | uint64(r)) & (1<<63 - 1) //nolint:gosec // a rune has 21 bits and no sign
		if n++; n >= 3 {
			shape = append(shape, triple)
		}
	}
	slices.Sort(shape)
	return slices.Compact(shape)
}

// Shared is, of all triples that either has, the share that both have (Jaccard).
func (a Shape) Shared(b Shape) float64 {
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			both++
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	if both == 0 {
		return 0
	}
	return float64(both) / float64(len(a)+len(b)-both)
}
