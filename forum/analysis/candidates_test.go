package analysis_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"acropolis/forum/analysis"
)

// standing ranks the opinions in the order given, with falling bounds above 0.
func standing(ids ...string) []analysis.Ranked {
	ranked := make([]analysis.Ranked, len(ids))
	for i, id := range ids {
		ranked[i] = analysis.Ranked{ID: id, Score: 0.9 / float64(i+1), Rank: i + 1}
	}
	return ranked
}

func TestCandidates(t *testing.T) {
	type picked = analysis.Candidate
	unvoted := standing("a1", "a2", "b1")
	unvoted[2].Score = 0

	for name, c := range map[string]struct {
		field analysis.Field
		n     int
		want  []picked
	}{
		"the best bounds": {
			analysis.Field{Ranked: standing("a", "b", "c")}, 2,
			[]picked{{ID: "a", Rank: 1, Why: "best_bound", BoundRank: 1}, {ID: "b", Rank: 2, Why: "best_bound", BoundRank: 2}},
		},
		"fewer opinions than places": {
			analysis.Field{Ranked: standing("a")}, 5,
			[]picked{{ID: "a", Rank: 1, Why: "best_bound", BoundRank: 1}},
		},
		"no places": {analysis.Field{Ranked: standing("a")}, 0, nil},
		"one prize per author, many unknown authors": {
			analysis.Field{Ranked: standing("kim1", "kim2", "x", "y"), Authors: map[string]string{"kim1": "kim", "kim2": "kim"}}, 3,
			[]picked{{ID: "kim1", Rank: 1, Why: "best_bound", BoundRank: 1}, {ID: "x", Rank: 2, Why: "best_bound", BoundRank: 3},
				{ID: "y", Rank: 3, Why: "best_bound", BoundRank: 4}},
		},
		"staff excluded": {
			analysis.Field{Ranked: standing("official", "citizen"), Staff: map[string]bool{"official": true}}, 2,
			[]picked{{ID: "citizen", Rank: 1, Why: "best_bound", BoundRank: 2}},
		},
		"each theme once before any twice, then by bound alone": {
			analysis.Field{Ranked: standing("a1", "a2", "a3", "b1", "b2", "c1"),
				Themes: map[string]string{"a1": "a", "a2": "a", "a3": "a", "b1": "b", "b2": "b", "c1": "c"}}, 5,
			[]picked{{ID: "a1", Rank: 1, Why: "best_of_theme", BoundRank: 1}, {ID: "b1", Rank: 2, Why: "best_of_theme", BoundRank: 4},
				{ID: "c1", Rank: 3, Why: "best_of_theme", BoundRank: 6}, {ID: "a2", Rank: 4, Why: "best_bound", BoundRank: 2},
				{ID: "a3", Rank: 5, Why: "best_bound", BoundRank: 3}},
		},
		"more themes than places: the best of the best": {
			analysis.Field{Ranked: standing("a1", "b1", "c1"), Themes: map[string]string{"a1": "a", "b1": "b", "c1": "c"}}, 2,
			[]picked{{ID: "a1", Rank: 1, Why: "best_of_theme", BoundRank: 1}, {ID: "b1", Rank: 2, Why: "best_of_theme", BoundRank: 2}},
		},
		"a theme whose best author has a prize is held by its next": {
			analysis.Field{Ranked: standing("a1", "b1", "a2", "b2"), Authors: map[string]string{"a1": "kim", "b1": "kim"},
				Themes: map[string]string{"a1": "a", "a2": "a", "b1": "b", "b2": "b"}}, 2,
			[]picked{{ID: "a1", Rank: 1, Why: "best_of_theme", BoundRank: 1}, {ID: "b2", Rank: 2, Why: "best_of_theme", BoundRank: 4}},
		},
		"opinions without a theme are one theme more": {
			analysis.Field{Ranked: standing("x", "y", "a1"), Themes: map[string]string{"a1": "a"}}, 2,
			[]picked{{ID: "x", Rank: 1, Why: "best_of_theme", BoundRank: 1}, {ID: "a1", Rank: 2, Why: "best_of_theme", BoundRank: 3}},
		},
		"an opinion that nobody voted for claims nothing for its theme": {
			analysis.Field{Ranked: unvoted, Themes: map[string]string{"a1": "a", "a2": "a", "b1": "b"}}, 3,
			[]picked{{ID: "a1", Rank: 1, Why: "best_of_theme", BoundRank: 1}, {ID: "a2", Rank: 2, Why: "best_bound", BoundRank: 2},
				{ID: "b1", Rank: 3, Why: "best_bound", BoundRank: 3}},
		},
		"a copy gives its place to the earliest, and only one": {
			analysis.Field{Ranked: standing("third", "x", "first", "second"), Reposts: [][]string{{"first", "second", "third"}}}, 4,
			[]picked{{ID: "first", Rank: 1, Why: "best_bound", BoundRank: 1, InPlaceOf: "third"}, {ID: "x", Rank: 2, Why: "best_bound", BoundRank: 2}},
		},
		"a copy of what staff wrote wins nothing": {
			analysis.Field{Ranked: standing("copy", "x", "official"), Staff: map[string]bool{"official": true},
				Reposts: [][]string{{"official", "copy"}}}, 3,
			[]picked{{ID: "x", Rank: 1, Why: "best_bound", BoundRank: 2}},
		},
		"the earliest that is ranked": {
			analysis.Field{Ranked: standing("late", "early"), Reposts: [][]string{{"hidden since", "early", "late"}}}, 3,
			[]picked{{ID: "early", Rank: 1, Why: "best_bound", BoundRank: 1, InPlaceOf: "late"}},
		},
		"a group of copies is its first author's prize": {
			analysis.Field{Ranked: standing("copy", "kim's other", "lee's other", "first"),
				Authors: map[string]string{"first": "kim", "kim's other": "kim", "copy": "lee", "lee's other": "lee"},
				Reposts: [][]string{{"first", "copy"}}}, 3,
			[]picked{{ID: "first", Rank: 1, Why: "best_bound", BoundRank: 1, InPlaceOf: "copy"},
				{ID: "lee's other", Rank: 2, Why: "best_bound", BoundRank: 3}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := analysis.Candidates(c.field, c.n); !slices.Equal(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestCandidatesKeepEveryRuleAtOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		field := analysis.Field{Authors: map[string]string{}, Themes: map[string]string{}, Staff: map[string]bool{}}
		var ids []string
		scores := map[string]float64{}
		for i := range rapid.IntRange(0, 15).Draw(t, "opinions") {
			id := fmt.Sprintf("o%02d", i)
			ids = append(ids, id)
			scores[id] = max(0, 0.8-float64(i)/15)
			field.Ranked = append(field.Ranked, analysis.Ranked{ID: id, Score: scores[id], Rank: i + 1})
			field.Authors[id] = rapid.SampledFrom([]string{"", "kim", "lee", "park", "choi"}).Draw(t, "author")
			field.Themes[id] = rapid.SampledFrom([]string{"", "trees", "traffic", "cost"}).Draw(t, "theme")
			field.Staff[id] = rapid.IntRange(0, 5).Draw(t, "staff") == 0
		}
		copies := map[string]bool{} // the later ones
		if len(ids) > 3 {
			group := rapid.Permutation(ids).Draw(t, "group")[:3]
			field.Reposts = [][]string{group}
			copies[group[1]], copies[group[2]] = true, true
			scores[group[0]] = max(scores[group[0]], scores[group[1]], scores[group[2]])
		}
		n := rapid.IntRange(0, 8).Draw(t, "places")
		chosen := analysis.Candidates(field, n)

		if len(chosen) > n {
			t.Fatalf("%d candidates for %d places", len(chosen), n)
		}
		isChosen, hasPrize, firstOfTheme := map[string]bool{}, map[string]bool{}, map[string]int{}
		for i, c := range chosen {
			author, theme := field.Authors[c.ID], field.Themes[c.ID]
			switch {
			case c.Rank != i+1:
				t.Fatalf("%+v stands at place %d", c, i+1)
			case field.Staff[c.ID]:
				t.Fatalf("%+v is staff's", c)
			case copies[c.ID]:
				t.Fatalf("%+v is a later copy", c)
			case isChosen[c.ID]:
				t.Fatalf("%+v has two places", c)
			case author != "" && hasPrize[author]:
				t.Fatalf("%s has two prizes", author)
			}
			isChosen[c.ID], hasPrize[author] = true, true
			if _, seen := firstOfTheme[theme]; !seen {
				firstOfTheme[theme] = i
			} else if c.Why == analysis.BestOfTheme {
				t.Fatalf("%s has a second place as its best: %+v", theme, c)
			}
		}
		for _, id := range ids {
			author := field.Authors[id]
			eligible := !isChosen[id] && !field.Staff[id] && !copies[id] && (author == "" || !hasPrize[author])
			if eligible && len(chosen) < n {
				t.Fatalf("%s could have had one of the places left", id)
			}
			if _, shown := firstOfTheme[field.Themes[id]]; eligible && !shown && scores[id] > 0 {
				for i, c := range chosen {
					if firstOfTheme[field.Themes[c.ID]] < i {
						t.Fatalf("%+v is its theme's second while %s, %q, has none", c, id, field.Themes[id])
					}
				}
			}
		}

		field.Ranked = rapid.Permutation(field.Ranked).Draw(t, "shuffled")
		if again := analysis.Candidates(field, n); !slices.Equal(again, chosen) {
			t.Fatalf("%+v in one order, %+v in another", chosen, again)
		}
	})
}
