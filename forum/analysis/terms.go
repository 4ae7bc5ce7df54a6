package analysis

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Term is a word of the opinions, as the tokeniser gave it.
type Term struct {
	Text string
	// Opinions is the document frequency: in how many opinions the term stands.
	Opinions int
	// Occurrences counts every place where it stands.
	Occurrences int
}

// FrequentTerms are the n terms that stand in the most opinions; tokens are an opinion's terms by its id, repeated as
// often as they occur. Opinions are counted before occurrences, because one person who says a word twenty times is one
// person. Ties go to more occurrences, then to the alphabet (the order of code points: 가나다 for Hangul). A negative n
// means all.
func FrequentTerms(tokens map[string][]string, n int) []Term {
	counted := countTerms(tokens)
	terms := make([]Term, 0, len(counted))
	for _, t := range counted {
		terms = append(terms, *t)
	}
	slices.SortFunc(terms, func(a, b Term) int {
		return cmp.Or(cmp.Compare(b.Opinions, a.Opinions), cmp.Compare(b.Occurrences, a.Occurrences), strings.Compare(a.Text, b.Text))
	})
	return firstOf(terms, n)
}

// DistinctiveTerm is a term that some opinions use more than the others do.
type DistinctiveTerm struct {
	// Term counts within those opinions alone.
	Term
	// Elsewhere is the document frequency among the other opinions.
	Elsewhere int
	// Score is how many standard deviations the log-odds lie above equal use.
	Score float64
}

// priorOpinions is the weight of the prior of DistinctiveTerms, in opinions. Ten keep a word that stands in one opinion
// out of one from looking typical, and are soon outweighed in a theme of fifty.
const priorOpinions = 10

// DistinctiveTerms are the n terms that tell the opinions named by ids from all others in tokens, most telling first:
// those that stand in a larger share of opinions here than elsewhere, by the z-score of the log-odds ratio. Ties go to
// more opinions, then to the alphabet. A negative n means all; an id without tokens counts as an opinion that says
// nothing. Where there are no other opinions, nothing tells them apart.
//
// The prior: before anything is counted, either side is given priorOpinions opinions that use each term as often as all
// opinions together do. It is the informative prior of B. L. Monroe, M. P. Colaresi and K. M. Quinn, "Fightin' Words",
// Political Analysis 16 (2008), 372-403, taken on opinions instead of occurrences (a Beta prior per term in place of
// their Dirichlet), so that one long opinion can't set the theme's words.
func DistinctiveTerms(tokens map[string][]string, ids []string, n int) []DistinctiveTerm {
	here := make(map[string][]string, len(ids))
	for _, id := range ids {
		here[id] = tokens[id]
	}
	elsewhere := make(map[string][]string, len(tokens))
	for id, terms := range tokens {
		if _, isHere := here[id]; !isHere {
			elsewhere[id] = terms
		}
	}

	countedElsewhere := countTerms(elsewhere)
	var telling []DistinctiveTerm
	for text, t := range countTerms(here) {
		d := DistinctiveTerm{Term: *t}
		if e := countedElsewhere[text]; e != nil {
			d.Elsewhere = e.Opinions
		}
		d.Score = logOddsZ(d.Opinions, len(here), d.Elsewhere, len(elsewhere))
		if d.Score > 0 {
			telling = append(telling, d)
		}
	}
	slices.SortFunc(telling, func(a, b DistinctiveTerm) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Opinions, a.Opinions), strings.Compare(a.Text, b.Text))
	})
	return firstOf(telling, n)
}

// logOddsZ compares how often a term stands in the opinions here and elsewhere, both with the prior added: the
// difference of the log-odds over its standard deviation (the large-sample variance of a Beta's logit, 1/a + 1/b). It is
// above 0 if the share is larger here, and 0 otherwise.
func logOddsZ(usedHere, opinionsHere, usedElsewhere, opinionsElsewhere int) float64 {
	if usedHere*opinionsElsewhere <= usedElsewhere*opinionsHere {
		return 0
	}
	share := float64(usedHere+usedElsewhere) / float64(opinionsHere+opinionsElsewhere) // below 1: not all use it elsewhere
	yes, no := priorOpinions*share, priorOpinions*(1-share)
	a, b := float64(usedHere)+yes, float64(opinionsHere-usedHere)+no
	c, d := float64(usedElsewhere)+yes, float64(opinionsElsewhere-usedElsewhere)+no
	z := (math.Log(a/b) - math.Log(c/d)) / math.Sqrt(1/a+1/b+1/c+1/d)
	// Processors disagree about a logarithm's last bits; nine decimals keep the order the same on all of them.
	return math.Round(z*1e9) / 1e9
}

func countTerms(tokens map[string][]string) map[string]*Term {
	counted := map[string]*Term{}
	for _, terms := range tokens {
		seen := make(map[string]bool, len(terms))
		for _, text := range terms {
			t := counted[text]
			if t == nil {
				t = &Term{Text: text}
				counted[text] = t
			}
			t.Occurrences++
			if !seen[text] {
				seen[text] = true
				t.Opinions++
			}
		}
	}
	return counted
}

func firstOf[T any](all []T, n int) []T {
	if n < 0 || n > len(all) {
		return all
	}
	return all[:n]
}
