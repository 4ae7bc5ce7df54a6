package page

import (
	"fmt"
	"strings"
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

// days are the names of the days of the week, Sunday first; English has its own in time.
var days = map[string][7]string{
	"ko": {"일", "월", "화", "수", "목", "금", "토"},
	"zh": {"周日", "周一", "周二", "周三", "周四", "周五", "周六"},
	"ja": {"日", "月", "火", "水", "木", "金", "土"},
}

// Date writes the day of an instant in Seoul: 2026. 11. 23.(월), 23 Nov 2026 (Mon), 2026年11月23日（周一） or 2026年11月23日（月）.
func Date(lang string, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	at = at.In(Seoul)
	switch lang {
	case "ko":
		return at.Format("2006. 1. 2.(") + days[lang][at.Weekday()] + ")"
	case "zh", "ja":
		return at.Format("2006年1月2日（") + days[lang][at.Weekday()] + "）"
	}
	return at.Format("2 Jan 2006 (Mon)")
}

// ShortDate writes a day without its year, for the axis of a chart: 2. 7., 7 Feb or 2月7日.
func ShortDate(lang string, at time.Time) string {
	switch lang {
	case "ko":
		return at.In(Seoul).Format("1. 2.")
	case "zh", "ja":
		return at.In(Seoul).Format("1月2日")
	}
	return at.In(Seoul).Format("2 Jan")
}

// DateTime writes an instant in Seoul to the minute: 2026. 11. 23.(월) 18:00, 23 Nov 2026 (Mon), 18:00 or 2026年11月23日（周一）18:00.
func DateTime(lang string, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	switch lang {
	case "ko":
		return Date(lang, at) + at.In(Seoul).Format(" 15:04")
	case "zh", "ja": // the full-width bracket before it is space enough
		return Date(lang, at) + at.In(Seoul).Format("15:04")
	}
	return Date(lang, at) + at.In(Seoul).Format(", 15:04")
}

// End is an end as a day: midnight belongs to the day that ends with it.
func End(at time.Time) time.Time {
	if at = at.In(Seoul); at.IsZero() || at.Hour() != 0 || at.Minute() != 0 || at.Second() != 0 {
		return at
	}
	return at.Add(-time.Second)
}

// LastMoment writes until when: as DateTime, but midnight as 24:00 of the day that ends with it.
func LastMoment(lang string, at time.Time) string {
	if end := End(at); !end.Equal(at) {
		return strings.TrimSuffix(DateTime(lang, end), "23:59") + "24:00"
	}
	return DateTime(lang, at)
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
