package analysis_test

import (
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"acropolis/forum/analysis"
)

func TestTheFirstForumHad203HitsADay(t *testing.T) {
	loc := seoul(t)
	period := analysis.CivilDays(time.Date(2003, 2, 7, 9, 0, 0, 0, loc), time.Date(2003, 3, 15, 18, 0, 0, 0, loc), loc)
	figures := analysis.Figures{Opinions: 109, VotesFor: 300, VotesAgainst: 33, Hits: 7509}
	figures.Days, _ = analysis.FillDays(period, nil)

	perDay := figures.HitsPerDay()
	if perDay != (analysis.Rate{Numerator: 7509, Denominator: 37}) {
		t.Fatalf("hits per day are %+v", perDay)
	}
	if perDay.Rounded() != 203 || perDay.Decimal(1) != "202.9" || perDay.Decimal(2) != "202.95" {
		t.Errorf("%d, %s, %s a day", perDay.Rounded(), perDay.Decimal(1), perDay.Decimal(2))
	}
	if v := perDay.Value(); v < 202.9459 || v > 202.9460 {
		t.Errorf("value %v", v)
	}
	if got := figures.OpinionsPerDay().Decimal(1); got != "2.9" {
		t.Errorf("%s opinions a day", got)
	}
	if got := figures.VotesPerDay(); got != (analysis.Rate{Numerator: 333, Denominator: 37}) {
		t.Errorf("votes per day are %+v", got)
	}
}

func TestRateRoundsHalfUp(t *testing.T) {
	for _, c := range []struct {
		rate    analysis.Rate
		rounded int
		tenths  string
	}{
		{analysis.Rate{Numerator: 1, Denominator: 2}, 1, "0.5"},
		{analysis.Rate{Numerator: 5, Denominator: 2}, 3, "2.5"}, // half to even would say 2
		{analysis.Rate{Numerator: 49, Denominator: 100}, 0, "0.5"},
		{analysis.Rate{Numerator: 1, Denominator: 20}, 0, "0.1"},  // 0.05
		{analysis.Rate{Numerator: 23, Denominator: 20}, 1, "1.2"}, // 1.15 isn't a binary fraction: %.1f would say 1.1
		{analysis.Rate{Numerator: 1, Denominator: 25}, 0, "0.0"},
		{analysis.Rate{Numerator: 1999, Denominator: 2000}, 1, "1.0"},
		{analysis.Rate{Numerator: 0, Denominator: 7}, 0, "0.0"},
		{analysis.Rate{Numerator: 7, Denominator: 0}, 0, "0.0"},
	} {
		if got := c.rate.Rounded(); got != c.rounded {
			t.Errorf("%+v rounds to %d, want %d", c.rate, got, c.rounded)
		}
		if got := c.rate.Decimal(1); got != c.tenths {
			t.Errorf("%+v is %s with one decimal, want %s", c.rate, got, c.tenths)
		}
	}
	if nothing := (analysis.Rate{Numerator: 7}); nothing.Measured() || nothing.Value() != 0 {
		t.Errorf("seven over nothing have the value %v", nothing.Value())
	}
}

func TestDecimalIsTheExactQuotientRoundedHalfUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := analysis.Rate{Numerator: rapid.IntRange(0, 10_000_000).Draw(t, "count"), Denominator: rapid.IntRange(1, 100_000).Draw(t, "over")}
		places := rapid.IntRange(0, 4).Draw(t, "places")
		// big.Rat rounds halves away from zero, which is up for counts.
		if got, want := rate.Decimal(places), big.NewRat(int64(rate.Numerator), int64(rate.Denominator)).FloatString(places); got != want {
			t.Fatalf("%+v with %d places is %s, want %s", rate, places, got, want)
		}
		if places == 0 && fmt.Sprint(rate.Rounded()) != rate.Decimal(0) {
			t.Fatalf("%+v: %d and %s", rate, rate.Rounded(), rate.Decimal(0))
		}
	})
}

func TestFillDaysShowsQuietDaysAndLosesNothing(t *testing.T) {
	date := func(day int) analysis.Date { return analysis.Date{Year: 2003, Month: time.February, Day: day} }
	days, outside := analysis.FillDays([]analysis.Date{date(7), date(8), date(9)}, []analysis.Day{
		{Date: date(9), Opinions: 2, VotesFor: 3, VotesAgainst: 1, Hits: 40},
		{Date: date(6), Hits: 5},
		{Date: date(7), Opinions: 1, Hits: 10},
		{Date: date(7), VotesFor: 4},
		{Date: date(10), Hits: 6},
	})
	want := []analysis.Day{
		{Date: date(7), Opinions: 1, VotesFor: 4, Hits: 10},
		{Date: date(8)},
		{Date: date(9), Opinions: 2, VotesFor: 3, VotesAgainst: 1, Hits: 40},
	}
	if !slices.Equal(days, want) {
		t.Errorf("days are %+v", days)
	}
	if outside != (analysis.Day{Hits: 11}) {
		t.Errorf("outside the period: %+v", outside)
	}
}
