package page

import (
	"fmt"
	"time"
	_ "time/tzdata" // Asia/Seoul is known wherever the program runs

	"golang.org/x/text/number"
)

// Seoul is the time zone of every date that a person reads or types.
var Seoul = func() *time.Location {
	seoul, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		panic(err) // time/tzdata is linked
	}
	return seoul
}()

var koreanDays = [...]string{"일", "월", "화", "수", "목", "금", "토"}

// Date writes the day of an instant in Seoul: 2026. 11. 23.(월), or 23 Nov 2026 (Mon).
func Date(lang string, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	at = at.In(Seoul)
	if lang == "ko" {
		return fmt.Sprintf("%d. %d. %d.(%s)", at.Year(), at.Month(), at.Day(), koreanDays[at.Weekday()])
	}
	return at.Format("2 Jan 2006 (Mon)")
}

// DateTime writes an instant in Seoul to the minute: 2026. 11. 23.(월) 18:00, or 23 Nov 2026 (Mon), 18:00.
func DateTime(lang string, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	if lang == "ko" {
		return Date(lang, at) + at.In(Seoul).Format(" 15:04")
	}
	return Date(lang, at) + at.In(Seoul).Format(", 15:04")
}

// number writes 7509 as 7,509 and 203.46 as 203.5.
func (w *words) number(lang string, value any) string {
	return w.numbers[lang].Sprint(number.Decimal(value, number.MaxFractionDigits(1)))
}

// percent writes 0.4567 as 45.7 %.
func (w *words) percent(lang string, share float64) string {
	return w.numbers[lang].Sprint(number.Decimal(share*100, number.MaxFractionDigits(1))) + "%"
}

// instant accepts what view structs hold: a time or a pointer to one.
func instant(value any) (time.Time, error) {
	switch at := value.(type) {
	case time.Time:
		return at, nil
	case string: // a day of the city's calendar
		if at == "" {
			return time.Time{}, nil
		}
		return time.ParseInLocation(time.DateOnly, at, Seoul)
	case *time.Time:
		if at == nil {
			return time.Time{}, nil
		}
		return *at, nil
	case nil:
		return time.Time{}, nil
	}
	return time.Time{}, fmt.Errorf("%T is no time", value)
}
