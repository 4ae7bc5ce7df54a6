package analysis_test

import (
	"slices"
	"testing"

	"acropolis/forum/analysis"
)

var units = []analysis.Department{
	{Code: "road", Own: []string{"도로", "계획"}, Past: [][]string{{"광장", "보행", "차로"}, {"보행", "신호"}}},
	{Code: "parks", Own: []string{"공원", "녹지"}, Past: [][]string{{"나무", "광장", "잔디"}}},
	{Code: "water", Own: []string{"상수도"}},
}

func TestTextSuitsWhoAnsweredItsLike(t *testing.T) {
	d := analysis.NewDepartments(units)
	suited := d.Suit([]string{"광장", "보행", "보행", "잔치"}, 3)
	if len(suited) != 2 || suited[0].Department != "road" || suited[0].Past != 2 || !slices.Equal(suited[0].Terms, []string{"보행", "광장"}) || suited[1].Department != "parks" {
		t.Errorf("%+v", suited)
	}
	if suited = d.Suit([]string{"상수도", "요금"}, 3); len(suited) != 1 || suited[0].Department != "water" || suited[0].Past != 0 || suited[0].Score != 1 {
		t.Errorf("by its name alone: %+v", suited)
	}
	if suited = d.Suit([]string{"우주"}, 3); len(suited) != 0 {
		t.Errorf("nobody's: %+v", suited)
	}
	if suited = d.Suit([]string{"광장"}, 1); len(suited) != 1 {
		t.Errorf("bounded: %+v", suited)
	}
}

func TestSuitIsTheSameEachTime(t *testing.T) {
	text := []string{"광장", "보행", "나무", "도로", "공원", "신호", "잔디", "차로"}
	first := analysis.NewDepartments(units).Suit(text, 3)
	for range 100 {
		again := analysis.NewDepartments(units).Suit(text, 3)
		for i := range first {
			if again[i].Department != first[i].Department || again[i].Score != first[i].Score || !slices.Equal(again[i].Terms, first[i].Terms) {
				t.Fatalf("%+v, then %+v", first, again)
			}
		}
	}
}
