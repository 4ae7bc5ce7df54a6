package korean_test

import (
	"cmp"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"acropolis/forum/analysis"
	"acropolis/integrations/korean"
)

// TestDepartmentsThatTheCityChoseAreSuggested measures the suggestion on real proposals that were adopted, each with the
// department that answered: every one is taken out in turn and suggested from the others. Without the data, $ACROPOLIS_DATA or
// else shared/data beside the repository, there is nothing to measure.
func TestDepartmentsThatTheCityChoseAreSuggested(t *testing.T) {
	file, err := os.Open(filepath.Join(cmp.Or(os.Getenv("ACROPOLIS_DATA"), "../../../shared/data"), "ko_seoul_democracy", "adopted.csv"))
	if err != nil {
		t.Skip("the data set isn't there")
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := korean.New()
	if err != nil {
		t.Fatal(err)
	}
	const title, text, department = 2, 3, 4
	type proposal struct {
		department string
		terms      []string
	}
	var all []proposal
	own := map[string][]string{}
	for _, row := range rows[1:] {
		if unit := row[department]; unit != "" {
			all = append(all, proposal{unit, tokens.Terms(row[title] + "\n" + row[title] + "\n" + row[text])})
			own[unit] = tokens.Terms(unit)
		}
	}
	var first, among, usualFirst, usualAmong int
	for i, asked := range all {
		past := map[string][][]string{}
		for j, other := range all {
			if i != j {
				past[other.department] = append(past[other.department], other.terms)
			}
		}
		var units, usual []analysis.Department
		for unit, terms := range own {
			units = append(units, analysis.Department{Code: unit, Own: terms, Past: past[unit]})
			usual = append(usual, analysis.Department{Code: unit, Past: past[unit]})
		}
		for place, suited := range analysis.NewDepartments(units).Suit(asked.terms, 3) {
			if suited.Department == asked.department {
				among++
				first += 1 - min(place, 1)
			}
		}
		better := 0
		for _, unit := range usual {
			if n := len(unit.Past); n > len(past[asked.department]) || n == len(past[asked.department]) && unit.Code < asked.department {
				better++
			}
		}
		if better < 3 {
			usualAmong++
			usualFirst += 1 - min(better, 1)
		}
	}
	share := func(n int) float64 { return 100 * float64(n) / float64(len(all)) }
	t.Logf("%d proposals of %d departments: first %.0f %%, among three %.0f %%; the most frequent: %.0f %%, %.0f %%",
		len(all), len(own), share(first), share(among), share(usualFirst), share(usualAmong))
	if first < 3*usualFirst || among < 3*usualAmong {
		t.Errorf("the suggestion is hardly better than the most frequent departments")
	}
}
