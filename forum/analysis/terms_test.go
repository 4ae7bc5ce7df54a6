package analysis_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"acropolis/forum/analysis"
)

var spoken = map[string][]string{
	"o1": {"광장", "나무", "나무", "나무", "나무"},
	"o2": {"광장", "잔디", "교통"},
	"o3": {"광장", "교통", "지하철"},
	"o4": {"잔디", "광장", "광장"},
	"o5": nil,
}

func TestFrequentTermsCountOpinionsBeforeOccurrences(t *testing.T) {
	want := []analysis.Term{
		{Text: "광장", Opinions: 4, Occurrences: 5},
		{Text: "교통", Opinions: 2, Occurrences: 2}, // before 잔디 by the alphabet alone
		{Text: "잔디", Opinions: 2, Occurrences: 2},
		{Text: "나무", Opinions: 1, Occurrences: 4}, // one person, however often
		{Text: "지하철", Opinions: 1, Occurrences: 1},
	}
	for _, n := range []int{-1, 5, 99} {
		if got := analysis.FrequentTerms(spoken, n); !slices.Equal(got, want) {
			t.Errorf("n = %d: %+v", n, got)
		}
	}
	if got := analysis.FrequentTerms(spoken, 2); !slices.Equal(got, want[:2]) {
		t.Errorf("the first two are %+v", got)
	}
	if got := analysis.FrequentTerms(nil, 3); len(got) != 0 {
		t.Errorf("nothing said has the terms %+v", got)
	}
}

func TestFrequentTermsCountWhatIsThere(t *testing.T) {
	words := rapid.SampledFrom([]string{"가", "나", "다", "a", "b", ""})
	rapid.Check(t, func(t *rapid.T) {
		tokens := map[string][]string{}
		occurrences := 0
		for i := range rapid.IntRange(0, 12).Draw(t, "opinions") {
			said := rapid.SliceOfN(words, 0, 8).Draw(t, "said")
			tokens[fmt.Sprint(i)] = said
			occurrences += len(said)
		}
		terms := analysis.FrequentTerms(tokens, -1)
		for i, term := range terms {
			in := 0
			for _, said := range tokens {
				if slices.Contains(said, term.Text) {
					in++
				}
			}
			if term.Opinions != in || term.Occurrences < in {
				t.Fatalf("%+v stands in %d opinions", term, in)
			}
			occurrences -= term.Occurrences
			if i > 0 {
				before := terms[i-1]
				inOrder := before.Opinions > term.Opinions ||
					before.Opinions == term.Opinions && (before.Occurrences > term.Occurrences ||
						before.Occurrences == term.Occurrences && before.Text < term.Text)
				if !inOrder {
					t.Fatalf("%+v before %+v", before, term)
				}
			}
		}
		if occurrences != 0 {
			t.Fatalf("%d occurrences counted nowhere", occurrences)
		}
		if again := analysis.FrequentTerms(tokens, -1); !slices.Equal(again, terms) {
			t.Fatal("another order the second time")
		}
	})
}

func TestDistinctiveTermsFollowTheirFormula(t *testing.T) {
	// Two opinions here of five: 교통 stands in both and nowhere else. By hand: its share is
	// 2 of 5, so ten opinions more on either side give 4 with it and 6 without: here 6 and 6, elsewhere 4 and 9.
	want := (math.Log(6.0/6) - math.Log(4.0/9)) / math.Sqrt(1.0/6+1.0/6+1.0/4+1.0/9)

	got := analysis.DistinctiveTerms(spoken, []string{"o2", "o3"}, -1)
	if len(got) == 0 || got[0].Text != "교통" || math.Abs(got[0].Score-want) > 1e-9 {
		t.Fatalf("most telling is %+v, want 교통 with %v", got, want)
	}
	if got[0].Opinions != 2 || got[0].Elsewhere != 0 || got[0].Occurrences != 2 {
		t.Errorf("counted %+v", got[0])
	}
	for _, d := range got {
		if d.Text == "나무" {
			t.Error("나무 isn't said here at all")
		}
	}
}

func TestALoneRareWordIsLessTellingThanOneThatManyUse(t *testing.T) {
	tokens := map[string][]string{}
	var theme []string
	for i := range 60 {
		id := fmt.Sprintf("o%02d", i)
		tokens[id] = []string{"광장"}
		if i < 20 {
			theme = append(theme, id)
			tokens[id] = append(tokens[id], "지하철", "지하철역")
		} else if i < 24 {
			tokens[id] = append(tokens[id], "지하철")
		}
	}
	tokens["o00"] = append(tokens["o00"], "환승통로", "환승통로", "환승통로", "환승통로", "환승통로", "환승통로")

	var order []string
	for _, d := range analysis.DistinctiveTerms(tokens, theme, -1) {
		order = append(order, d.Text)
	}
	if want := []string{"지하철역", "지하철", "환승통로"}; !slices.Equal(order, want) { // 광장 is in all and tells nothing
		t.Errorf("order is %q, want %q", order, want)
	}
	if first := analysis.DistinctiveTerms(tokens, theme, 1); len(first) != 1 || first[0].Text != "지하철역" {
		t.Errorf("the first alone is %+v", first)
	}
}

func TestATermTellsIfItsShareIsLargerHere(t *testing.T) {
	words := rapid.SampledFrom([]string{"가", "나", "다", "라"})
	rapid.Check(t, func(t *rapid.T) {
		tokens := map[string][]string{}
		var here, there []string
		for i := range rapid.IntRange(0, 14).Draw(t, "opinions") {
			id := fmt.Sprint(i)
			tokens[id] = rapid.SliceOfN(words, 0, 4).Draw(t, "said")
			if rapid.Bool().Draw(t, "here") {
				here = append(here, id)
			} else {
				there = append(there, id)
			}
		}
		using := func(word string, ids []string) int {
			n := 0
			for _, id := range ids {
				if slices.Contains(tokens[id], word) {
					n++
				}
			}
			return n
		}
		got := map[string]analysis.DistinctiveTerm{}
		for _, d := range analysis.DistinctiveTerms(tokens, here, -1) {
			got[d.Text] = d
		}
		for _, word := range []string{"가", "나", "다", "라"} {
			a, c := using(word, here), using(word, there)
			d, tells := got[word]
			if larger := a*len(there) > c*len(here); tells != larger {
				t.Fatalf("%s: in %d of %d here and %d of %d elsewhere, telling: %v", word, a, len(here), c, len(there), tells)
			}
			if tells && (d.Score <= 0 || math.IsInf(d.Score, 0) || d.Opinions != a || d.Elsewhere != c) {
				t.Fatalf("%s: counted %+v, want %d and %d", word, d, a, c)
			}
		}
	})
}
