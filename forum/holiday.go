package forum

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// HolidayKind is why a day is free.
type HolidayKind string

// The law knows its days by itself; the others are declared, and kept as rows.
const (
	Statutory  HolidayKind = "statutory"
	Substitute HolidayKind = "substitute" // for a statutory one that fell on a weekend or on another
	Election   HolidayKind = "election"
	Temporary  HolidayKind = "temporary"
	Imported   HolidayKind = "imported"
)

// Holiday is a day on which public offices are closed.
type Holiday struct {
	Day    string // 2026-10-09
	Name   string
	NameEn string // of statutory ones
	Kind   HolidayKind

	// Of declared ones: why, by whom, when.
	Reason     string
	DeclaredBy string
	DeclaredAt time.Time
}

// OpenPeriod is when a forum's board takes opinions, for calendars.
type OpenPeriod struct {
	Forum    ID
	Title    string
	Status   ForumStatus
	OpensAt  time.Time
	ClosesAt time.Time
}

// HolidayNameMax is how long a declared holiday's name may be, in characters.
const HolidayNameMax = 100

// ValidateHolidays refuses a declaration without its reason, a day that is none, is over, lies beyond what the calendar knows
// or is a holiday already, and a name that is missing or too long.
func ValidateHolidays(days []Holiday, reason, today string, known Calendar) error {
	if err := needReason(reason); err != nil {
		return err
	}
	if len(days) == 0 {
		return Refuse(Invalid, "holiday.none")
	}
	named := map[string]bool{}
	for _, h := range days {
		if err := lengthOf("name", h.Name, 1, HolidayNameMax); err != nil {
			return err
		}
		day, err := time.Parse(time.DateOnly, h.Day)
		switch {
		case err != nil:
			return Refuse(Invalid, "holiday.day_malformed").At("day")
		case h.Day < today:
			return Refuse(Invalid, "holiday.past").At("day").With("day", h.Day)
		case day.Year() > LastHolidayYear:
			return Refuse(Invalid, "holiday.too_far").At("day").With("year", itoa(LastHolidayYear))
		case known.IsHoliday(h.Day) || named[h.Day]:
			return Refuse(Conflict, "holiday.known").At("day").With("day", h.Day)
		}
		named[h.Day] = true
	}
	return nil
}

// The years whose statutory holidays are known; beyond them a calendar knows its weekends and what was declared.
const (
	FirstHolidayYear = 2003
	LastHolidayYear  = 2050
)

// statute is one public holiday of the Regulation on Holidays of Public Offices (관공서의 공휴일에 관한 규정, article 2), which the
// Act on Public Holidays (공휴일에 관한 법률) has carried on since 2022.
type statute struct {
	name, nameEn string
	day          func(year int) string // 2026-10-09
	around       bool                  // with the day before and the day after
	from, until  string                // the first and the last day of its being one; empty: always
	substitute   string                // since when another day is given for it
	saturdays    bool                  // also when it falls on a Saturday, not only on a Sunday or another holiday
}

// The steps of the Regulation's article 3, by which another day is given for a holiday that would be lost.
const (
	sinceSubstitutes = "2013-11-05" // Seollal, Chuseok, Children's Day
	sinceNational    = "2021-08-04" // the national days
	sinceReligious   = "2023-05-04" // Buddha's Birthday and Christmas
)

// statutes are the public holidays since 2003. Which days the calendars of the Korea Astronomy and Space Science Institute had
// is in testdata/holidays.txt.
var statutes = []statute{
	{name: "신정", nameEn: "New Year's Day", day: solar("01-01")},
	{name: "설날", nameEn: "Seollal", day: lunar(seollal), around: true, substitute: sinceSubstitutes},
	{name: "3·1절", nameEn: "Independence Movement Day", day: solar("03-01"), substitute: sinceNational, saturdays: true},
	{name: "식목일", nameEn: "Arbor Day", day: solar("04-05"), until: "2005-12-31"},
	{name: "부처님오신날", nameEn: "Buddha's Birthday", day: lunar(buddhasBirthday), substitute: sinceReligious, saturdays: true},
	{name: "어린이날", nameEn: "Children's Day", day: solar("05-05"), substitute: sinceSubstitutes, saturdays: true},
	{name: "현충일", nameEn: "Memorial Day", day: solar("06-06")},
	{name: "제헌절", nameEn: "Constitution Day", day: solar("07-17"), until: "2007-12-31"},
	// The Act's amendment that the National Assembly passed in January 2026 made it a holiday again.
	{name: "제헌절", nameEn: "Constitution Day", day: solar("07-17"), from: "2026-01-01", substitute: sinceNational, saturdays: true},
	{name: "광복절", nameEn: "Liberation Day", day: solar("08-15"), substitute: sinceNational, saturdays: true},
	{name: "추석", nameEn: "Chuseok", day: lunar(chuseok), around: true, substitute: sinceSubstitutes},
	{name: "개천절", nameEn: "National Foundation Day", day: solar("10-03"), substitute: sinceNational, saturdays: true},
	{name: "한글날", nameEn: "Hangeul Day", day: solar("10-09"), from: "2013-01-01", substitute: sinceNational, saturdays: true},
	{name: "성탄절", nameEn: "Christmas Day", day: solar("12-25"), substitute: sinceReligious, saturdays: true},
}

func solar(day string) func(int) string {
	return func(year int) string { return strconv.Itoa(year) + "-" + day }
}

func lunar(which int) func(int) string {
	return func(year int) string { return strconv.Itoa(year) + "-" + lunarDays[year-FirstHolidayYear][which] }
}

// StatutoryHolidays are a year's public holidays with their substitute days, as the law stood on each of them.
func StatutoryHolidays(year int) []Holiday {
	var all []Holiday
	for day, h := range statutory() {
		if strings.HasPrefix(day, strconv.Itoa(year)+"-") {
			all = append(all, h)
		}
	}
	slices.SortFunc(all, func(a, b Holiday) int { return strings.Compare(a.Day, b.Day) })
	return all
}

// statutory has every statutory holiday by its day.
var statutory = sync.OnceValue(func() map[string]Holiday {
	on := map[string][]statute{}
	all := map[string]Holiday{}
	for year := FirstHolidayYear; year <= LastHolidayYear; year++ {
		for _, s := range statutes {
			day := s.day(year)
			if day < s.from || s.until != "" && day > s.until {
				continue
			}
			on[day] = append(on[day], s)
			all[day] = Holiday{Day: day, Name: joined(all[day].Name, s.name), NameEn: joined(all[day].NameEn, s.nameEn), Kind: Statutory}
			if !s.around {
				continue
			}
			for _, beside := range []string{shifted(day, -1), shifted(day, 1)} {
				on[beside] = append(on[beside], s)
				all[beside] = Holiday{Day: beside, Name: joined(all[beside].Name, s.name+" 연휴"), NameEn: joined(all[beside].NameEn, s.nameEn+" holidays"), Kind: Statutory}
			}
		}
	}
	for _, day := range slices.Sorted(maps.Keys(on)) {
		for _, s := range owedAnother(day, on[day]) {
			free := shifted(day, 1)
			for isWeekend(free) || all[free].Name != "" {
				free = shifted(free, 1)
			}
			all[free] = Holiday{Day: free, Name: s.name + " 대체공휴일", NameEn: "Substitute for " + s.nameEn, Kind: Substitute}
		}
	}
	return all
})

// owedAnother are those of a day's holidays for which another day is given: each that a weekend takes, and of several on one
// working day all but one.
func owedAnother(day string, here []statute) (owed []statute) {
	weekday := parsed(day).Weekday()
	for _, s := range here {
		eligible := s.substitute != "" && day >= s.substitute
		switch {
		case !eligible, weekday == time.Saturday && !s.saturdays:
		case !isWeekend(day) && len(owed) == len(here)-1:
		default:
			owed = append(owed, s)
		}
	}
	return owed
}

func joined(name, other string) string {
	if name == "" {
		return other
	}
	return name + ", " + other
}

// parsed reads a day that this file has made.
func parsed(day string) time.Time {
	t, _ := time.Parse(time.DateOnly, day)
	return t
}

func shifted(day string, by int) string { return parsed(day).AddDate(0, 0, by).Format(time.DateOnly) }

func isWeekend(day string) bool {
	weekday := parsed(day).Weekday()
	return weekday == time.Saturday || weekday == time.Sunday
}
