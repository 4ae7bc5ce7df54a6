package analysis

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Text is an opinion's words, normalised to NFC by whoever took them in.
type Text struct {
	ID, Title, Body string
	// At is the instant at which the opinion was accepted.
	At time.Time
}

// tellingLetters is how many letters and digits a text needs before its equal is a copy and not a coincidence: two
// people write "동의합니다" or "I agree" without having read each other.
const tellingLetters = 8

// Reposts finds the exact re-posts: groups of two and more ids whose texts are equal but for case, white space,
// punctuation and full-width forms. The body decides, because campaigns vary the title; where the body is shorter than
// tellingLetters, the titles must be equal and telling as well. Each group starts with its earliest text (smaller id
// first at the same instant), and so do the groups among themselves.
func Reposts(texts []Text) [][]string {
	texts = slices.Clone(texts)
	slices.SortFunc(texts, func(a, b Text) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID))
	})

	copies := map[[sha256.Size]byte][]string{}
	var firsts [][sha256.Size]byte
	for _, t := range texts {
		said, telling := fingerprint(t)
		if !telling {
			continue
		}
		if copies[said] == nil {
			firsts = append(firsts, said)
		}
		copies[said] = append(copies[said], t.ID)
	}

	var groups [][]string
	for _, said := range firsts {
		if len(copies[said]) > 1 {
			groups = append(groups, copies[said])
		}
	}
	return groups
}

// fingerprint stands for what the text says, and tells whether that is enough to speak of a copy. A hash keeps a board
// of 100,000 long opinions small.
func fingerprint(t Text) (said [sha256.Size]byte, telling bool) {
	body, letters := canonical(t.Body)
	if letters >= tellingLetters {
		return sha256.Sum256([]byte(body)), true
	}
	title, letters := canonical(t.Title)
	// A canonical text has no line break, so a short body with its title is never taken for a long body.
	return sha256.Sum256([]byte(title + "\n" + body)), letters >= tellingLetters
}

// canonical gives the letters, digits and marks of a text in one case and width, and their number.
func canonical(s string) (text string, letters int) {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if '！' <= r && r <= '～' { // the full-width forms stand in ASCII's order
			r -= '！' - '!'
		}
		if unicode.Is(unicode.Variation_Selector, r) || !unicode.In(r, unicode.L, unicode.N, unicode.M) {
			continue
		}
		b.WriteRune(foldCase(r))
		letters++
	}
	return b.String(), letters
}

// foldCase gives the smallest of the runes that differ from r in case alone, as strings.EqualFold sees them.
func foldCase(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r - ('a' - 'A')
	}
	if '가' <= r && r <= '힣' { // most of what is read here, and without case
		return r
	}
	smallest := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		smallest = min(smallest, next)
	}
	return smallest
}
