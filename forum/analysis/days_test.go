package analysis_test

import (
	"encoding/json"
	"testing"
	"time"
	_ "time/tzdata" // the zones' history, wherever the test runs

	"pgregory.net/rapid"

	"acropolis/forum/analysis"
)

func seoul(t interface{ Fatal(...any) }) *time.Location {
	loc, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestCivilDays(t *testing.T) {
	loc := seoul(t)
	at := func(s string) time.Time {
		instant, err := time.ParseInLocation("2006-01-02 15:04:05", s, loc)
		if err != nil {
			t.Fatal(err)
		}
		return instant
	}
	for _, c := range []struct {
		period        string
		opens, closes time.Time
		days          int
		first, last   string
	}{
		{"the first forum, to the evening", at("2003-02-07 09:00:00"), at("2003-03-15 18:00:00"), 37, "2003-02-07", "2003-03-15"},
		{"the first forum, to midnight", at("2003-02-07 00:00:00"), at("2003-03-16 00:00:00"), 37, "2003-02-07", "2003-03-15"},
		{"one second into the new day", at("2003-02-07 00:00:00"), at("2003-03-16 00:00:01"), 38, "2003-02-07", "2003-03-16"},
		{"an hour", at("2026-05-01 10:00:00"), at("2026-05-01 11:00:00"), 1, "2026-05-01", "2026-05-01"},
		{"an hour across midnight", at("2026-05-01 23:30:00"), at("2026-05-02 00:30:00"), 2, "2026-05-01", "2026-05-02"},
		{"across a leap day", at("2028-02-28 12:00:00"), at("2028-03-01 12:00:00"), 3, "2028-02-28", "2028-03-01"},
		{"no leap day in 2100", at("2100-02-28 12:00:00"), at("2100-03-01 12:00:00"), 2, "2100-02-28", "2100-03-01"},
		{"across the year's end", at("2025-12-31 23:00:00"), at("2026-01-01 01:00:00"), 2, "2025-12-31", "2026-01-01"},
		// 8 May 1988 had 23 hours in Seoul, 9 October 1988 had 25.
		{"into summer time", at("1988-05-07 23:30:00"), at("1988-05-09 00:00:00"), 2, "1988-05-07", "1988-05-08"},
		{"summer time's first day alone", at("1988-05-08 00:00:00"), at("1988-05-09 00:00:00"), 1, "1988-05-08", "1988-05-08"},
		{"out of summer time", at("1988-10-08 23:30:00"), at("1988-10-10 00:00:00"), 2, "1988-10-08", "1988-10-09"},
		{"a whole summer", at("1988-05-01 00:00:00"), at("1988-11-01 00:00:00"), 184, "1988-05-01", "1988-10-31"},
		// 1 June 1948 had no midnight in Seoul: 00:00 became 01:00.
		{"a day without its midnight", at("1948-05-31 12:00:00"), at("1948-06-01 12:00:00"), 2, "1948-05-31", "1948-06-01"},
		{"closed at the midnight that wasn't", at("1948-05-31 12:00:00"), at("1948-06-01 01:00:00"), 1, "1948-05-31", "1948-05-31"},
		{"given in another zone", at("2003-02-07 00:00:00").UTC(), at("2003-03-16 00:00:00").In(time.FixedZone("", -5*3600)), 37, "2003-02-07", "2003-03-15"},
		{"open at no instant", at("2003-02-07 09:00:00"), at("2003-02-07 09:00:00"), 0, "", ""},
		{"closed before it opened", at("2003-02-07 09:00:00"), at("2003-02-06 09:00:00"), 0, "", ""},
	} {
		t.Run(c.period, func(t *testing.T) {
			days := analysis.CivilDays(c.opens, c.closes, loc)
			if len(days) != c.days {
				t.Fatalf("%d days, want %d: %v", len(days), c.days, days)
			}
			if c.days > 0 && (days[0].String() != c.first || days[len(days)-1].String() != c.last) {
				t.Errorf("from %s to %s, want %s to %s", days[0], days[len(days)-1], c.first, c.last)
			}
		})
	}
}

func TestTheClockOfSeoulDecidesTheDay(t *testing.T) {
	instant := time.Date(2003, 2, 6, 15, 0, 0, 0, time.UTC)
	if got := analysis.DateOf(instant, seoul(t)); got != (analysis.Date{Year: 2003, Month: time.February, Day: 7}) {
		t.Errorf("midnight in Seoul is on %s", got)
	}
	if got := analysis.DateOf(time.Date(1988, 7, 1, 14, 0, 0, 0, time.UTC), seoul(t)); got.String() != "1988-07-02" {
		t.Errorf("midnight of Seoul's summer time is on %s", got)
	}
}

func TestEveryInstantOfThePeriodFallsOnOneOfItsDays(t *testing.T) {
	loc := seoul(t)
	rapid.Check(t, func(t *rapid.T) {
		opens := time.Unix(rapid.Int64Range(-800_000_000, 4_000_000_000).Draw(t, "opens"), 0)
		length := rapid.Int64Range(1, 100*86400).Draw(t, "seconds")
		days := analysis.CivilDays(opens, opens.Add(time.Duration(length)*time.Second), loc)
		for i, d := range days[1:] {
			noonBefore := time.Date(days[i].Year, days[i].Month, days[i].Day, 12, 0, 0, 0, time.UTC)
			if d != analysis.DateOf(noonBefore.Add(24*time.Hour), time.UTC) {
				t.Fatalf("%s doesn't follow %s", d, days[i])
			}
		}
		within := opens.Add(time.Duration(rapid.Int64Range(0, length-1).Draw(t, "within")) * time.Second)
		found := 0
		for _, d := range days {
			if d == analysis.DateOf(within, loc) {
				found++
			}
		}
		if found != 1 {
			t.Fatalf("%s stands %d times in %v", within.In(loc), found, days)
		}
		if days[len(days)-1] != analysis.DateOf(opens.Add(time.Duration(length)*time.Second-1), loc) {
			t.Fatalf("the last day is %s", days[len(days)-1])
		}
	})
}

func TestDateInJSONIsItsISOString(t *testing.T) {
	written, err := json.Marshal(analysis.Day{Date: analysis.Date{Year: 2003, Month: time.February, Day: 7}, Hits: 203})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"date":"2003-02-07","opinions":0,"votes_for":0,"votes_against":0,"hits":203}`
	if string(written) != want {
		t.Errorf("written as %s", written)
	}
	var read analysis.Day
	if err := json.Unmarshal(written, &read); err != nil || read.Date.String() != "2003-02-07" {
		t.Errorf("read as %v, %v", read, err)
	}
	if err := json.Unmarshal([]byte(`{"date":"2003-02-29"}`), &read); err == nil {
		t.Error("29 February 2003 was read as a day")
	}
}
