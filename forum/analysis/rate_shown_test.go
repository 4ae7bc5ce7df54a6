package analysis_test

import (
	"testing"

	"acropolis/forum/analysis"
)

func TestRateIsShownWholeFromTenOn(t *testing.T) {
	for rate, want := range map[analysis.Rate]float64{
		{Numerator: 7509, Denominator: 37}: 203, // the first forum's hits a day
		{Numerator: 109, Denominator: 37}:  2.9, // and opinions
		{Numerator: 95, Denominator: 10}:   10,
		{Numerator: 94, Denominator: 10}:   9.4,
		{Numerator: 0, Denominator: 37}:    0,
		{Numerator: 5, Denominator: 0}:     0,
	} {
		if got := rate.Shown(); got != want {
			t.Errorf("%v is shown as %v, want %v", rate, got, want)
		}
	}
}
