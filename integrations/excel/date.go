package excel

import (
	"fmt"
	"time"
	_ "time/tzdata" // the city's zone, also where the machine has none

	"acropolis/forum"
)

var seoul = func() *time.Location {
	zone, err := time.LoadLocation(forum.City)
	if err != nil {
		panic(err) // time/tzdata is linked
	}
	return zone
}()

var koreanDays = [...]string{"일", "월", "화", "수", "목", "금", "토"}

// date writes the city's day of an instant: 2026. 11. 23.(월), or 23 Nov 2026 (Mon).
func date(lang string, at time.Time) string {
	at = at.In(seoul)
	if lang == english {
		return at.Format("2 Jan 2006 (Mon)")
	}
	return fmt.Sprintf("%d. %d. %d.(%s)", at.Year(), at.Month(), at.Day(), koreanDays[at.Weekday()])
}

// dateTime adds the minute.
func dateTime(lang string, at time.Time) string {
	return date(lang, at) + at.In(seoul).Format(" 15:04")
}

// lastMoment writes an end that is no longer part of the period: midnight belongs to the day that ends with it.
func lastMoment(lang string, at time.Time) string {
	if at = at.In(seoul); at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0 {
		return date(lang, at.Add(-time.Second)) + " 24:00"
	}
	return dateTime(lang, at)
}

// wallClock is the instant as the city's clocks show it, for a cell: Excel knows no zones.
func wallClock(at time.Time) any {
	if at.IsZero() {
		return ""
	}
	at = at.In(seoul)
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
}
