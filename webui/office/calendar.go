package office

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Calendars knows the working days, what was declared, and what falls on them.
type Calendars interface {
	Calendar(ctx context.Context) (forum.Calendar, error)
	Holidays(ctx context.Context, from, to string) ([]forum.Holiday, error)
	OpenPeriods(ctx context.Context, reader forum.Official, from, to time.Time) ([]forum.OpenPeriod, error)
	DueBetween(ctx context.Context, reader forum.Official, from, to time.Time) ([]forum.Owed, error)
	DeclareHolidays(ctx context.Context, by forum.Official, from string, days []forum.Holiday, reason string) ([]forum.Start, error)
	RemoveHoliday(ctx context.Context, by forum.Official, from, day, reason string) ([]forum.Start, error)
}

type calendarDay struct {
	Number  int
	Date    string
	Outside bool // of another month
	Today   bool
	Works   bool
	Holiday string
	Open    int // boards that take opinions
	Due     int
}

type calendarHoliday struct {
	forum.Holiday
	At        time.Time
	Text      string
	Lang      string // of a declared name
	Removable bool
}

type calendarView struct {
	base
	Month      time.Time
	Title      string
	Back, Next string
	Heads      []string
	Weeks      [][]calendarDay
	Holidays   []calendarHoliday
	Periods    []forum.OpenPeriod
	Waits      []wait
	Rules      []forum.CalendarRule
	Short      time.Time // when a clock of three days that begins now runs out
	Long       time.Time // one of ten
	Declare    *form
	MayImport  bool
}

// Calendar shows a month: its working days and holidays, which boards are open, what is due, and by which rule it is counted.
func (h *Handlers) Calendar(c *gin.Context) error {
	view, err := h.calendarView(c, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "calendar", view)
}

func (h *Handlers) calendarView(c *gin.Context, s sheet) (calendarView, error) {
	lang, reader := page.Lang(c), officialOf(c).Official
	known, err := h.Store.Calendar(c)
	if err != nil {
		return calendarView{}, err
	}
	now := h.Now()
	month := monthOf(c.Query("month"), known.City(now))
	until := month.AddDate(0, 1, 0)
	view := calendarView{Month: month, Title: monthText(lang, month), Rules: forum.CalendarRules,
		Short: known.Due(now, forum.AssignmentDays), Long: known.Due(now, forum.DossierDays),
		Back: monthURL(c, month.AddDate(0, -1, 0)), Next: monthURL(c, until)}
	declared, err := h.Store.Holidays(c, month.Format("2006")+"-01-01", month.Format("2006")+"-12-31")
	if err != nil {
		return view, err
	}
	view.Holidays = h.holidayRows(c, month.Year(), declared, known.City(now).Format(time.DateOnly))
	from, to := known.Pace.Real(month), known.Pace.Real(until)
	if view.Periods, err = h.Store.OpenPeriods(c, reader, from, to); err != nil {
		return view, err
	}
	due, err := h.Store.DueBetween(c, reader, from, to)
	if err != nil {
		return view, err
	}
	view.Waits = h.waits(c, due)
	view.fill(lang, known, known.City(now))
	if officialOf(c).May(forum.DeclareHoliday, "") == nil {
		view.Declare, view.MayImport = declareForm(c, s), true
	}
	return view, nil
}

// Year is the year whose holidays are listed.
func (v calendarView) Year() string { return v.Month.Format("2006") }

type ruleRow struct {
	forum.CalendarRule
	At        time.Time
	Saturdays string // all, some or none
}

// RuleRows are the versions of the counting rule, today's first.
func (v calendarView) RuleRows() (rows []ruleRow) {
	for _, rule := range slices.Backward(v.Rules) {
		row := ruleRow{CalendarRule: rule, Saturdays: "some"}
		row.At, _ = time.ParseInLocation(time.DateOnly, rule.From, page.Seoul)
		switch len(rule.Saturdays) {
		case 0:
			row.Saturdays = "none"
		case 5:
			row.Saturdays = "all"
		}
		rows = append(rows, row)
	}
	return rows
}

// monthOf is the first day of the month that an address asks for, or of today's.
func monthOf(text string, today time.Time) time.Time {
	if asked, err := time.ParseInLocation("2006-01", text, today.Location()); err == nil && asked.Year() >= forum.FirstHolidayYear && asked.Year() <= forum.LastHolidayYear {
		return asked
	}
	return time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, today.Location())
}

func monthURL(c *gin.Context, month time.Time) string {
	if month.Year() < forum.FirstHolidayYear || month.Year() > forum.LastHolidayYear {
		return ""
	}
	return page.To(c, "calendar") + "?month=" + month.Format("2006-01")
}

func monthText(lang string, month time.Time) string {
	if lang == "ko" {
		return month.Format("2006년 1월")
	}
	return month.Format("January 2006")
}

// fill lays the month out in weeks that begin on Sunday, as Korean calendars do.
func (v *calendarView) fill(lang string, known forum.Calendar, today time.Time) {
	names := map[string]string{}
	for _, h := range v.Holidays {
		names[h.Day] = h.Text
	}
	due := map[string]int{}
	for _, w := range v.Waits {
		due[known.City(w.Due).Format(time.DateOnly)]++
	}
	first := v.Month.AddDate(0, 0, -int(v.Month.Weekday()))
	for day := first; day.Before(v.Month.AddDate(0, 1, 0)); {
		var week []calendarDay
		for range 7 {
			date := day.Format(time.DateOnly)
			cell := calendarDay{Number: day.Day(), Date: date, Outside: day.Month() != v.Month.Month(), Today: date == today.Format(time.DateOnly),
				Works: known.IsWorkingDay(known.Pace.Real(day)), Holiday: names[date], Due: due[date]}
			for _, p := range v.Periods {
				if p.OpensAt.Before(known.Pace.Real(day.AddDate(0, 0, 1))) && known.Pace.Real(day).Before(p.ClosesAt) {
					cell.Open++
				}
			}
			week, day = append(week, cell), day.AddDate(0, 0, 1)
		}
		v.Weeks = append(v.Weeks, week)
	}
	for _, day := range v.Weeks[0] {
		at, _ := time.Parse(time.DateOnly, day.Date)
		v.Heads = append(v.Heads, weekdayText(lang, at.Weekday()))
	}
}

func weekdayText(lang string, day time.Weekday) string {
	if lang == "ko" {
		return []string{"일", "월", "화", "수", "목", "금", "토"}[day]
	}
	return day.String()[:3]
}

// holidayRows are a year's holidays, those of the law and the declared ones, by day.
func (h *Handlers) holidayRows(c *gin.Context, year int, declared []forum.Holiday, today string) []calendarHoliday {
	lang, may := page.Lang(c), officialOf(c).May(forum.RemoveHoliday, "") == nil
	var all []calendarHoliday
	for _, one := range forum.StatutoryHolidays(year) {
		all = append(all, calendarHoliday{Holiday: one, Text: inLang(lang, one.Name, one.NameEn)})
	}
	for _, one := range declared {
		all = append(all, calendarHoliday{Holiday: one, Text: one.Name, Lang: "ko", Removable: may && one.Day > today})
	}
	for i := range all {
		all[i].At, _ = time.ParseInLocation(time.DateOnly, all[i].Day, page.Seoul)
	}
	slices.SortStableFunc(all, func(a, b calendarHoliday) int { return strings.Compare(a.Day, b.Day) })
	return all
}
