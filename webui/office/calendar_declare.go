package office

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// calendarFileMost is how long a calendar file may be.
const calendarFileMost = 256 << 10

func declareForm(c *gin.Context, s sheet) *form {
	return &form{ID: string(forum.DeclareHoliday), Title: s.text("office.action.calendar.declare"), URL: page.To(c, "calendar", "holidays"),
		Button: s.text("office.action.calendar.declare"), Tone: "primary", Fields: []*field{
			s.field(page.Field{Name: "day", Kind: "date", Required: true}, "office.calendar.day"),
			s.field(page.Field{Name: "name", Required: true, Max: forum.HolidayNameMax}, "office.calendar.name"),
			s.field(page.Field{Name: "reason", Kind: "area", Required: true, Max: forum.ReasonMax, Rows: 3, Hint: "office.calendar.reason_hint"}, "office.field.reason"),
		}}
}

// DeclareHoliday makes a day, or the days of an imported file, free, and lets whoever waits aim anew.
func (h *Handlers) DeclareHoliday(c *gin.Context) error {
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	days := holidaysIn(values)
	if err == nil {
		var waiting []forum.Start
		if waiting, err = h.Store.DeclareHolidays(c, officialOf(c).Official, c.ClientIP(), days, values.Get("reason")); err == nil {
			h.wakeAll(c, waiting)
			return h.site.Redirect(c, page.To(c, "calendar")+"?month="+monthOfDay(values.Get("day")))
		}
	}
	if values.Get("imported") != "" {
		view, viewErr := h.importView(c, h.sheet(c, values, err), days)
		if viewErr != nil {
			return viewErr
		}
		return h.site.Refused(c, "calendar_import", view, err)
	}
	view, viewErr := h.calendarView(c, h.sheet(c, values, err))
	if viewErr != nil {
		return viewErr
	}
	return h.site.Refused(c, "calendar", view, err)
}

// holidaysIn are the days that a form brought: one from the form, or those of an imported file.
func holidaysIn(values *page.Values) (all []forum.Holiday) {
	names, kind := values.All("name"), forum.Temporary
	if values.Get("imported") != "" {
		kind = forum.Imported
	}
	for i, day := range values.All("day") {
		one := forum.Holiday{Day: day, Kind: kind}
		if i < len(names) {
			one.Name = names[i]
		}
		all = append(all, one)
	}
	return all
}

// monthOfDay is the month that a day lies in.
func monthOfDay(day string) string { return day[:min(len(day), len("2006-01"))] }

// wakeAll lets procedures aim at their moved clocks. It is bounded: whoever isn't woken wakes by the clock of before, or by
// the Sweep when the new one has come, and looks again.
func (h *Handlers) wakeAll(c *gin.Context, waiting []forum.Start) {
	for _, s := range waiting[:min(len(waiting), 200)] {
		h.wake(c, s.Noun, s.ID)
	}
}

type removalView struct {
	base
	Day  string
	At   time.Time
	Name string
	Form form
}

// AskRemoval asks why a declared day is to be a working day again.
func (h *Handlers) AskRemoval(c *gin.Context) error {
	view, err := h.removalView(c, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "calendar_remove", view)
}

func (h *Handlers) removalView(c *gin.Context, s sheet) (removalView, error) {
	day := c.Param("day")
	at, err := time.ParseInLocation(time.DateOnly, day, page.Seoul)
	if err != nil {
		return removalView{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	declared, err := h.Store.Holidays(c, day, day)
	if err != nil {
		return removalView{}, err
	}
	if len(declared) == 0 {
		return removalView{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return removalView{Day: day, At: at, Name: declared[0].Name, Form: form{ID: string(forum.RemoveHoliday), URL: page.To(c, "calendar", "holidays", day, "remove"),
		Button: s.text("office.action.calendar.remove"), Tone: "danger", Fields: []*field{
			s.field(page.Field{Name: "reason", Kind: "area", Required: true, Max: forum.ReasonMax, Rows: 3}, "office.field.reason")}}}, nil
}

// RemoveHoliday makes it one.
func (h *Handlers) RemoveHoliday(c *gin.Context) error {
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	day := c.Param("day")
	if err == nil {
		var waiting []forum.Start
		if waiting, err = h.Store.RemoveHoliday(c, officialOf(c).Official, c.ClientIP(), day, values.Get("reason")); err == nil {
			h.wakeAll(c, waiting)
			return h.site.Redirect(c, page.To(c, "calendar")+"?month="+monthOfDay(day))
		}
	}
	view, viewErr := h.removalView(c, h.sheet(c, values, err))
	if viewErr != nil {
		return err
	}
	return h.site.Refused(c, "calendar_remove", view, err)
}

// importedDay is a day of a file, and what would become of it.
type importedDay struct {
	forum.Holiday
	At    time.Time
	State string // new, known, past or far
}

type importView struct {
	base
	Days []importedDay
	New  int // that would be declared
	Form form
}

// ImportHolidays shows what a calendar file holds. Nothing is declared before somebody has seen it and says why.
func (h *Handlers) ImportHolidays(c *gin.Context) error {
	file, err := page.Upload(c, "file", calendarFileMost)
	var days []forum.Holiday
	if err == nil {
		days, err = h.CalendarFile(file)
	}
	if err != nil {
		view, viewErr := h.calendarView(c, h.sheet(c, nil, nil))
		if viewErr != nil {
			return viewErr
		}
		return h.site.Refused(c, "calendar", view, err)
	}
	view, err := h.importView(c, h.sheet(c, nil, nil), days)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "calendar_import", view)
}

func (h *Handlers) importView(c *gin.Context, s sheet, days []forum.Holiday) (importView, error) {
	known, err := h.Store.Calendar(c)
	if err != nil {
		return importView{}, err
	}
	view := importView{Form: form{ID: "import", URL: page.To(c, "calendar", "holidays"), Tone: "primary", Fixed: []held{{Name: "imported", Value: "1"}}}}
	today := known.City(h.Now()).Format(time.DateOnly)
	for _, one := range days {
		row := importedDay{Holiday: one, State: "new"}
		row.At, _ = time.ParseInLocation(time.DateOnly, one.Day, page.Seoul)
		switch {
		case one.Day < today:
			row.State = "past"
		case row.At.Year() > forum.LastHolidayYear:
			row.State = "far"
		case known.IsHoliday(one.Day):
			row.State = "known"
		default:
			view.New++
			view.Form.Fixed = append(view.Form.Fixed, held{Name: "day", Value: one.Day}, held{Name: "name", Value: shortened(one.Name)})
		}
		view.Days = append(view.Days, row)
	}
	view.Form.Button = s.text("office.calendar.import.apply", "count", view.New)
	view.Form.Fields = []*field{s.field(page.Field{Name: "reason", Kind: "area", Required: true, Max: forum.ReasonMax, Rows: 3}, "office.field.reason")}
	return view, nil
}

// shortened cuts a name to what the rule allows.
func shortened(name string) string {
	if letters := []rune(name); len(letters) > forum.HolidayNameMax {
		return string(letters[:forum.HolidayNameMax])
	}
	return name
}
