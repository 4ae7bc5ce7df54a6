package forum

import "time"

// CalendarRule is one version of how the city counts its periods.
//
// Today's is article 19 of the Civil Petitions Treatment Act (민원 처리에 관한 법률): a period of five days or less is counted
// from the very receipt in hours, a day being eight hours of work; from six days on it is counted in days, the first one
// included. Public holidays and Saturdays are left out of both. The days themselves follow the working week of public offices
// (국가공무원 복무규정): Saturdays were worked until one o'clock; from July 2004 on the second and fourth of a month were free,
// from July 2005 on all of them. What the trial of 2002 to 2004 left to each office, one free Saturday a month, is no version.
type CalendarRule struct {
	From      string // the first civil day that it is in force on
	Saturdays []int  // which of a month's Saturdays are worked
	HourDays  int    // a period of up to so many days is counted in hours
	FirstDay  bool   // a longer one counts the day on which it begins
}

// CalendarRules are the versions since the first forum of 2003. Each begins where the one before ends; the first also counts
// what lies before it.
var CalendarRules = []CalendarRule{
	{From: "2003-01-01", Saturdays: []int{1, 2, 3, 4, 5}, HourDays: 5, FirstDay: true},
	{From: "2004-07-01", Saturdays: []int{1, 3, 5}, HourDays: 5, FirstDay: true},
	{From: "2005-07-01", HourDays: 5, FirstDay: true},
}

// A working day has eight hours, nine to six but for the hour at noon; a worked Saturday the four until one o'clock.
const (
	officeOpens    = 9
	saturdayCloses = 13
	hoursOfDay     = 8
)

var (
	dayHours      = [][2]int{{officeOpens, 12}, {13, OfficeCloses}}
	saturdayHours = [][2]int{{officeOpens, saturdayCloses}}
)

// RuleOn is the version in force on t's civil day.
func (c Calendar) RuleOn(t time.Time) CalendarRule { return c.ruleOn(c.City(t)) }

func (c Calendar) ruleOn(local time.Time) CalendarRule {
	rules := c.Rules
	if rules == nil {
		rules = CalendarRules
	}
	day, rule := local.Format(time.DateOnly), rules[0]
	for _, r := range rules[1:] {
		if r.From > day {
			break
		}
		rule = r
	}
	return rule
}

// Due is when a period of so many days that begins at start runs out, by the rule in force at start. Which days are worked is
// what each day itself knows: a period that runs into the five-day week meets its free Saturdays.
func (c Calendar) Due(start time.Time, days int) time.Time {
	local := c.City(start)
	rule := c.ruleOn(local)
	if days <= rule.HourDays {
		return c.real(c.afterWork(local, time.Duration(days)*hoursOfDay*time.Hour))
	}
	if rule.FirstDay && c.works(local) {
		days--
	}
	return c.real(c.closing(c.ahead(local, days)))
}

// AfterWork is the instant at which so much working time has passed since start; work that fills a day ends with it.
func (c Calendar) AfterWork(start time.Time, work time.Duration) time.Time {
	return c.real(c.afterWork(c.City(start), work))
}

func (c Calendar) afterWork(start time.Time, work time.Duration) time.Time {
	for day := start; ; day = day.AddDate(0, 0, 1) {
		for _, span := range c.hours(day) {
			from, to := span[0], span[1]
			if start.After(from) {
				from = start
			}
			switch here := to.Sub(from); {
			case here <= 0:
			case work <= here:
				return from.Add(work)
			default:
				work -= here
			}
		}
	}
}

// WorkBetween is the working time from a until b, in the city's hours.
func (c Calendar) WorkBetween(a, b time.Time) (work time.Duration) {
	start, end := c.City(a), c.City(b)
	for day := c.on(start, 0); day.Before(end); day = day.AddDate(0, 0, 1) {
		for _, span := range c.hours(day) {
			from, to := span[0], span[1]
			if start.After(from) {
				from = start
			}
			if end.Before(to) {
				to = end
			}
			work += max(0, to.Sub(from))
		}
	}
	return work
}

// hours are the spans of a day in which the offices work.
func (c Calendar) hours(day time.Time) (spans [][2]time.Time) {
	if !c.works(day) {
		return nil
	}
	hours := dayHours
	if day.Weekday() == time.Saturday {
		hours = saturdayHours
	}
	for _, h := range hours {
		spans = append(spans, [2]time.Time{c.on(day, h[0]), c.on(day, h[1])})
	}
	return spans
}
