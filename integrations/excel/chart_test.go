package excel_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"acropolis/forum"
)

var values = regexp.MustCompile(`<val><numRef><f>([^<]*)</f><numCache><formatCode>General</formatCode><ptCount val="(\d+)"></ptCount>((?:<pt idx="\d+"><v>-?\d+</v></pt>)*)</numCache></numRef></val>`)

func TestChartsShowAllDays(t *testing.T) {
	r := firstForum("ko")
	all := parts(t, written(t, r))
	daily := 0
	for name, chart := range all {
		if !strings.HasPrefix(name, "xl/charts/chart") {
			continue
		}
		for _, found := range values.FindAllStringSubmatch(chart, -1) {
			if strings.Contains(found[1], "일별") {
				daily++
				if found[2] != "37" || strings.Count(found[3], "<pt ") != 37 || !strings.HasSuffix(found[1], "$41") {
					t.Errorf("%s: %s points of %s", name, found[2], found[1])
				}
			}
		}
		if strings.Contains(chart, "<numCache><formatCode></formatCode>") || strings.Contains(chart, "</f></strRef>") {
			t.Errorf("%s keeps no points", name)
		}
	}
	if daily != 6 { // opinions and hits on the cover; opinions, votes for and against, hits among the days
		t.Errorf("%d rows of daily points", daily)
	}
	opinions := all["xl/charts/chart1.xml"]
	for i, d := range r.Figures.Days {
		point := `<pt idx="` + itoa(i) + `"><v>` + itoa(d.Opinions) + `</v></pt>`
		if !strings.Contains(opinions, point) {
			t.Errorf("%s: no point %s", d.Date, point)
		}
	}
	if !strings.Contains(opinions, `<pt idx="0"><v>37659</v></pt>`) || !strings.Contains(opinions, `<min val="0">`) {
		t.Error("the first day isn't 7 February 2003, or the axis doesn't begin at zero")
	}
}

func TestBarsOfDistrictsAndTerms(t *testing.T) {
	r := firstForum("ko")
	for range 30 {
		r.Terms = append(r.Terms, forum.TermFigures{Text: "말 & <말>", Opinions: 1, Occurrences: 1})
	}
	all := parts(t, written(t, r))
	if chart := all["xl/charts/chart6.xml"]; !strings.Contains(chart, `<pt idx="0"><v>중구</v></pt>`) || !strings.Contains(chart, `<pt idx="4"><v>(밝히지 않음)</v></pt>`) {
		t.Error("districts: the largest first, those that didn't say last")
	}
	if chart := all["xl/charts/chart7.xml"]; !strings.Contains(chart, `<ptCount val="20">`) || !strings.Contains(chart, `<v>말 &amp; &lt;말&gt;</v>`) {
		t.Error("terms: twenty at most, escaped")
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
