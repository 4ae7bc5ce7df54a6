package page

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"pgregory.net/rapid"
)

// testView is a view of a GET in a language.
func testView(t interface{ Fatal(...any) }, s *Site, path string) *View {
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest("GET", path, nil)
	return s.view(c, nil)
}

func TestLineChartHasAnAxisFromZeroAndNamesItsLines(t *testing.T) {
	s, _ := testSite(t, Options{})
	v := testView(t, s, "/ko/it")
	c := v.LineChart(sample().Days)
	if c.Across[0].Label != "0" || c.Across[0].At != c.Bottom || c.Across[len(c.Across)-1].Label != "80" {
		t.Errorf("axis %+v", c.Across)
	}
	if len(c.Lines) != 2 || len(c.Lines[0].Marks) != 37 || c.Lines[0].N == c.Lines[1].N || !strings.HasPrefix(c.Lines[1].Marks[0].Text, "2. 7. 조회 20") {
		t.Errorf("lines %+v", c.Lines)
	}
	if c.Lines[0].Marks[0].Path[len("M"+coord(c.Left)):] == c.Lines[1].Marks[0].Path[len("M"+coord(c.Left)):] {
		t.Error("two lines have the same marker")
	}
	if len(c.Legend) != 2 || c.Legend[1].Name != "조회" || c.Legend[0].Mark == c.Legend[1].Mark {
		t.Errorf("legend %+v", c.Legend)
	}
	one := sample().Days
	one.Series = one.Series[:1]
	if alone := v.LineChart(one); alone.Legend != nil {
		t.Errorf("a single line needs no legend: %+v", alone.Legend)
	}
	if len(c.Down) < 5 || len(c.Down) > 15 || c.Down[0].Label != "2. 7." {
		t.Errorf("labels %+v", c.Down)
	}
	if want := "의견: 모두 185건이고, 가장 많은 때는 2. 10.(10건)입니다. 조회: 모두 1,838건이고, 가장 많은 때는 3. 2.(79건)입니다."; c.Sentence != want {
		t.Errorf("sentence %q", c.Sentence)
	}
	if len(c.Table.Rows) != 37 || c.Table.Rows[1].Cells[0] != "7" {
		t.Errorf("table %+v", c.Table)
	}
	if gap := math.Abs(c.Lines[0].EndY - c.Lines[1].EndY); gap < 20 {
		t.Errorf("the names stand on each other, %v apart", gap)
	}
}

func TestBarsGrowWithTheirValues(t *testing.T) {
	s, _ := testSite(t, Options{})
	c := testView(t, s, "/en/it").BarChart(sample().Districts)
	width := func(i int) float64 { return c.Bars[i].Parts[0].W }
	if len(c.Bars) != 4 || math.Abs(width(0)/width(2)-41.0/12) > 0.01 || c.Bars[0].Parts[0].X != 0 || width(0) != 100 || c.Bars[2].Number != "12" {
		t.Errorf("%+v", c.Bars)
	}
	if want := "의견: 109 in all, most for 종로구 (41)."; c.Sentence != want {
		t.Errorf("sentence %q", c.Sentence)
	}
}

func TestStackSharesTheWholeAndShowsIt(t *testing.T) {
	s, _ := testSite(t, Options{})
	c := testView(t, s, "/ko/it").StackChart(sample().Themes)
	for _, bar := range c.Bars {
		sum := 0.0
		for _, part := range bar.Parts {
			sum += part.W
		}
		if math.Abs(sum-100) > 0.01 {
			t.Errorf("%s adds up to %v %%", bar.Label, sum)
		}
	}
	if c.Bars[1].Parts[0].Text != "40%" || c.Bars[1].Number != "100" || c.Bars[1].Parts[1].Description != "비공감 60% (60/100)" || len(c.Legend) != 2 {
		t.Errorf("%+v", c.Bars[1])
	}
	if c.Sentence != "공감 71.4%(266건 중 190건). 비공감 28.6%(266건 중 76건)." {
		t.Errorf("sentence %q", c.Sentence)
	}
}

// TestAnyFiguresGiveAWellFormedPicture: no NaN, nothing outside of the picture, for whatever figures there are.
func TestAnyFiguresGiveAWellFormedPicture(t *testing.T) {
	s, _ := testSite(t, Options{})
	rapid.Check(t, func(rt *rapid.T) {
		f := Figures{ID: "x", Title: "<&>\"", LabelsName: "날짜"}
		for i := range rapid.IntRange(0, 70).Draw(rt, "labels") {
			f.Labels = append(f.Labels, strings.Repeat("이름", i%9)+strconv.Itoa(i))
		}
		for i := range rapid.IntRange(0, 6).Draw(rt, "series") {
			values := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(0, 1e9), rapid.Just(0.0), rapid.Just(math.NaN()), rapid.Just(math.Inf(1))), 0, 80).Draw(rt, "values")
			f.Series = append(f.Series, Series{Name: "</svg>" + strconv.Itoa(i), Values: values})
		}
		v := testView(rt, s, "/ko/it")
		set := s.templates["plain"]
		for name, chart := range map[string]any{"chart-line": v.LineChart(f), "chart-bars": v.BarChart(f), "chart-stack": v.StackChart(f)} {
			var b strings.Builder
			if err := set.ExecuteTemplate(&b, name, chart); err != nil {
				rt.Fatal(err)
			}
			if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "Inf") || strings.Contains(b.String(), `="-`) && strings.Contains(b.String(), `width="-`) {
				rt.Fatalf("%s has no numbers:\n%s", name, b.String())
			}
			wellFormedXML(rt, b.String())
		}
	})
}

func wellFormedXML(t *rapid.T, text string) {
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
	}
}

func TestNiceSteps(t *testing.T) {
	for top, want := range map[float64]float64{0: 1, 1: 1, 4: 1, 7: 2, 10: 2, 37: 10, 79: 20, 203: 50, 7509: 2000} {
		if got := niceStep(top, 5); got != want {
			t.Errorf("to %v in steps of %v, want %v", top, got, want)
		}
	}
}
