package analysis

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Department is what is known of a unit's field: the terms of its name, and of each past text that it answered for.
type Department struct {
	Code string
	Own  []string
	Past [][]string
}

// Suited is a department that a text suits, with the reasons.
type Suited struct {
	Department string
	Score      float64
	Terms      []string // the most telling that they share, at most suitedTerms
	Past       int      // texts of the department that share one of these terms
}

// suitedTerms bounds the reasons, suitedPast the past texts that speak for a department.
const suitedTerms, suitedPast = 4, 3

// Departments weighs a city's departments against texts.
type Departments struct {
	all  []Department
	idf  map[string]float64
	past [][]weights
	own  []map[string]bool
}

// weights are a text's terms on the unit sphere: each counts 1 + ln of how often it stands there, times how few departments
// use it, ln((1 + departments) / departments that use it).
type weights map[string]float64

// NewDepartments reads what is known of the departments.
func NewDepartments(all []Department) *Departments {
	d := &Departments{all: all, idf: map[string]float64{}}
	users := map[string]int{}
	for _, one := range all {
		used, own := map[string]bool{}, map[string]bool{}
		for _, term := range one.Own {
			used[term], own[term] = true, true
		}
		for _, text := range one.Past {
			for _, term := range text {
				used[term] = true
			}
		}
		for term := range used {
			users[term]++
		}
		d.own = append(d.own, own)
	}
	for term, n := range users {
		d.idf[term] = math.Log(float64(1+len(all)) / float64(n))
	}
	for _, one := range all {
		var past []weights
		for _, text := range one.Past {
			past = append(past, d.weigh(text))
		}
		d.past = append(d.past, past)
	}
	return d
}

func (d *Departments) weigh(text []string) weights {
	counts := map[string]int{}
	for _, term := range text {
		counts[term]++
	}
	w := weights{}
	for term, n := range counts {
		if idf := d.idf[term]; idf > 0 {
			w[term] = (1 + math.Log(float64(n))) * idf
		}
	}
	length := 0.0
	for _, term := range w.terms() {
		length += w[term] * w[term]
	}
	for term := range w {
		w[term] /= math.Sqrt(length)
	}
	return w
}

// terms in one order, because sums of fractions depend on it.
func (w weights) terms() []string {
	terms := make([]string, 0, len(w))
	for term := range w {
		terms = append(terms, term)
	}
	slices.Sort(terms)
	return terms
}

// Suit gives the n departments that a text's terms suit best: by the likeness (cosine) of its three nearest past texts, which
// count 1, 1/2 and 1/3, and by the weight of what the text says of its name. Departments with which it shares nothing are
// left out; ties go to the code. The same text always suits the same.
func (d *Departments) Suit(text []string, n int) []Suited {
	w := d.weigh(text)
	terms := w.terms()
	var found []Suited
	for i, one := range d.all {
		shared, score := map[string]float64{}, 0.0
		for _, term := range terms {
			if d.own[i][term] {
				score += w[term]
				shared[term] += w[term]
			}
		}
		var likenesses []float64
		for _, past := range d.past[i] {
			likeness := 0.0
			for _, term := range terms {
				likeness += w[term] * past[term]
				if past[term] > 0 {
					shared[term] += w[term] * past[term]
				}
			}
			likenesses = append(likenesses, likeness)
		}
		slices.SortFunc(likenesses, func(a, b float64) int { return cmp.Compare(b, a) })
		for place, likeness := range firstOf(likenesses, suitedPast) {
			score += likeness / float64(place+1)
		}
		if score = math.Round(score*1e9) / 1e9; score > 0 {
			s := Suited{Department: one.Code, Score: score, Terms: heaviest(shared)}
			s.Past = pastWith(one.Past, s.Terms)
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b Suited) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Department, b.Department))
	})
	return firstOf(found, n)
}

func heaviest(shared map[string]float64) []string {
	terms := make([]string, 0, len(shared))
	for term := range shared {
		terms = append(terms, term)
	}
	slices.SortFunc(terms, func(a, b string) int {
		return cmp.Or(cmp.Compare(math.Round(shared[b]*1e9), math.Round(shared[a]*1e9)), strings.Compare(a, b))
	})
	return firstOf(terms, suitedTerms)
}

func pastWith(past [][]string, terms []string) int {
	n := 0
	for _, text := range past {
		if slices.ContainsFunc(text, func(term string) bool { return slices.Contains(terms, term) }) {
			n++
		}
	}
	return n
}
