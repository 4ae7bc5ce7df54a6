package forum_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"acropolis/forum"
)

// almanac is the hand-kept list of testdata: each day's letter, or "", by the day.
func almanac(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("testdata/holidays.txt")
	if err != nil {
		t.Fatal(err)
	}
	days := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		year, list, found := strings.Cut(line, ": ")
		if strings.HasPrefix(line, "#") || !found {
			continue
		}
		for _, entry := range strings.Fields(list) {
			days[year+"-"+entry[:5]] = entry[5:]
		}
	}
	return days
}

// TestStatutoryHolidaysAreTheAlmanacs of 2003 to 2030, with their substitute days and no other.
func TestStatutoryHolidaysAreTheAlmanacs(t *testing.T) {
	want := almanac(t)
	names := map[string]string{"L": "설날", "B": "부처님오신날", "C": "추석"}
	for year := 2003; year <= 2030; year++ {
		for _, h := range forum.StatutoryHolidays(year) {
			mark, listed := want[h.Day]
			delete(want, h.Day)
			switch {
			case !listed:
				t.Errorf("%s %s isn't in the almanac", h.Day, h.Name)
			case (mark == "s") != (h.Kind == forum.Substitute):
				t.Errorf("%s %s is a %s day; the almanac has %q", h.Day, h.Name, h.Kind, mark)
			case names[mark] != "" && !slices.Contains(strings.Split(h.Name, ", "), names[mark]):
				t.Errorf("%s is %s, by the almanac %s", h.Day, h.Name, names[mark])
			}
		}
	}
	for day, mark := range want {
		if mark != "e" && mark != "t" {
			t.Errorf("%s of the almanac isn't known by the law", day)
		}
	}
	if len(want) == 0 {
		t.Error("no day was declared in 28 years: the almanac isn't read")
	}
}

// TestLunarDaysAreThoseOfAnotherReckoning: ICU's Korean calendar, through node where there is one.
func TestLunarDaysAreThoseOfAnotherReckoning(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node here")
	}
	out, err := exec.CommandContext(t.Context(), node, "testdata/lunar.mjs").Output()
	if err != nil {
		t.Fatal(err)
	}
	year := forum.FirstHolidayYear
	for line := range strings.Lines(string(out)) {
		names := map[string]string{}
		for _, h := range forum.StatutoryHolidays(year) {
			for _, name := range strings.Split(h.Name, ", ") {
				names[name] = h.Day
			}
		}
		if want := strings.Fields(line); names["설날"] != want[0] || names["부처님오신날"] != want[1] || names["추석"] != want[2] {
			t.Errorf("%s, %s, %s; ICU has %v", names["설날"], names["부처님오신날"], names["추석"], want)
		}
		year++
	}
	if year != forum.LastHolidayYear+1 {
		t.Errorf("ICU was asked until %d", year-1)
	}
}

// TestSubstituteDaysOfTheNextDecades: what the rule gives where no almanac is out, worked by hand.
func TestSubstituteDaysOfTheNextDecades(t *testing.T) {
	// 2036: Chuseok is Saturday 4 October. Friday 3 is National Foundation Day too, Sunday 5 is Sunday: Monday 6 and Tuesday 7.
	// 2039: Chuseok is Sunday 2 October. Monday 3 is National Foundation Day too: Tuesday 4 and Wednesday 5.
	// 2044: Thursday 5 May is Children's Day and Buddha's Birthday: Friday 6.
	for year, days := range map[int][]string{2036: {"2036-10-06", "2036-10-07"}, 2039: {"2039-10-04", "2039-10-05"}, 2044: {"2044-05-06"}} {
		free := map[string]forum.HolidayKind{}
		for _, h := range forum.StatutoryHolidays(year) {
			free[h.Day] = h.Kind
		}
		for _, day := range days {
			if free[day] != forum.Substitute {
				t.Errorf("%s is no substitute day", day)
			}
		}
	}
}

func TestNobodyWorksOnAHoliday(t *testing.T) {
	c := calendar(t)
	for _, day := range []string{"2027-02-09", "2028-10-05", "2050-09-30"} {
		if c.IsWorkingDay(at(t, day+"T10:00")) {
			t.Errorf("%s is a working day", day)
		}
	}
	if day := time.Date(2026, 5, 1, 10, 0, 0, 0, c.Zone); !c.IsWorkingDay(day) {
		t.Error("Labour Day is free for offices only where it is declared")
	}
}
