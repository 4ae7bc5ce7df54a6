package analysis

import (
	"cmp"
	"slices"
)

// Field is what the candidates for an award are taken from. Maps are by opinion id; all but Ranked may be empty.
type Field struct {
	Ranked []Ranked
	// Authors names who wrote an opinion, by any key that is the same for the same person. An opinion without one is its
	// own author's.
	Authors map[string]string
	// Themes names the theme of an opinion. Those without one stand together as one theme more.
	Themes map[string]string
	// Staff marks the opinions that officials wrote: they win nothing.
	Staff map[string]bool
	// Reposts are groups of copies, the earliest first, as Reposts gives them.
	Reposts [][]string
}

// Why names the rule that made an opinion a candidate, as a locale key's last part.
type Why string

// The rules, in the order in which they give out places.
const (
	BestOfTheme Why = "best_of_theme" // the best of its theme, which had no candidate yet
	BestBound   Why = "best_bound"    // the best bound of agreement among those left
)

// Candidate is an opinion that the jury gets to see.
type Candidate struct {
	ID string
	// Rank is its place among the candidates, from 1.
	Rank int
	Why  Why
	// BoundRank is its place in the ranking by agreement: of the best of its copies, when it has copies.
	BoundRank int
	// InPlaceOf is the id of the later copy whose place it was given, or empty.
	InPlaceOf string
}

// Candidates chooses up to n opinions by rule (PRODUCT 2.7), best bound of agreement first:
//
//   - a group of re-posts has one place, the best that any of its copies has, and the earliest ranked copy holds it;
//   - an opinion of staff has none, and neither have the later copies of it;
//   - an author has one: the best of theirs;
//   - with themes, every theme that has an eligible opinion gets its first place before any theme gets a second. Only
//     opinions with a bound above 0 claim a place for their theme: one that nobody voted for fills places left over;
//   - places after that go by the bound alone.
//
// The result doesn't depend on the order of Ranked, only on its ranks.
func Candidates(field Field, n int) []Candidate {
	entries := field.entries()
	var chosen []Candidate
	taken := map[string]bool{}  // by opinion
	prized := map[string]bool{} // by author
	free := func(e entry) bool { return len(chosen) < n && !taken[e.ID] && !prized[e.author] }
	place := func(e entry, why Why) {
		e.Why, e.Rank = why, len(chosen)+1
		chosen = append(chosen, e.Candidate)
		taken[e.ID] = true
		prized[e.author] = e.author != ""
	}

	if len(field.Themes) > 0 {
		shown := map[string]bool{}
		for _, e := range entries {
			if free(e) && !shown[e.theme] && e.score > 0 {
				place(e, BestOfTheme)
				shown[e.theme] = true
			}
		}
	}
	for _, e := range entries {
		if free(e) {
			place(e, BestBound)
		}
	}
	return chosen
}

// entry is an opinion that may become a candidate, with what the rules ask about it.
type entry struct {
	Candidate
	score         float64
	author, theme string
}

// entries are the opinions that staff didn't write, best bound first. A group of copies stands in each place of theirs
// as its earliest; the first of them is the one that counts.
func (f Field) entries() []entry {
	ranked := slices.Clone(f.Ranked)
	slices.SortFunc(ranked, func(a, b Ranked) int { return cmp.Compare(a.Rank, b.Rank) })

	isRanked := make(map[string]bool, len(ranked))
	for _, r := range ranked {
		isRanked[r.ID] = true
	}
	earliest := map[string]string{}
	for _, copies := range f.Reposts {
		first := slices.IndexFunc(copies, func(id string) bool { return isRanked[id] })
		for _, id := range copies[max(first, 0):] {
			earliest[id] = copies[max(first, 0)]
		}
	}

	var entries []entry
	for _, r := range ranked {
		id := cmp.Or(earliest[r.ID], r.ID)
		if f.Staff[id] {
			continue
		}
		e := entry{Candidate{ID: id, BoundRank: r.Rank}, r.Score, f.Authors[id], f.Themes[id]}
		if id != r.ID {
			e.InPlaceOf = r.ID
		}
		entries = append(entries, e)
	}
	return entries
}
