package office

import (
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// rehearsed is what a plan leads to, in the reader's words.
type rehearsed struct {
	Status  forum.ForumStatus
	Starts  time.Time
	Ends    time.Time
	Days    int
	Count   int
	Took    int // milliseconds
	Open    []wait
	Clashes []clash
	Months  []month
	Weeks   []time.Time
	Loads   []load
}

type clash struct {
	forum.Clash
	What string
	URL  string
}

type month struct {
	Name string
	Days []rehearsalDay
}

type rehearsalDay struct {
	At     time.Time
	Events []rehearsalEvent
}

type rehearsalEvent struct {
	forum.RehearsalEvent
	Time  string
	What  string
	Who   string
	Tag   bool // What is a status
	Times int  // so many of the same at once
}

// add puts an event into its day; the same for several people, or several times, is one line.
func (d *rehearsalDay) add(e rehearsalEvent) {
	e.Times = 1
	if n := len(d.Events); n > 0 {
		last := &d.Events[n-1]
		a, b := last.RehearsalEvent, e.RehearsalEvent
		a.Whom, b.Whom = forum.Whom{}, forum.Whom{}
		if a == b {
			if !slices.Contains(strings.Split(last.Who, ", "), e.Who) {
				last.Who += ", " + e.Who
			}
			last.Times++
			return
		}
	}
	d.Events = append(d.Events, e)
}

type load struct {
	Whom string
	Most int
	Open []int // by week
}

func (h *Handlers) rehearsed(c *gin.Context, r forum.Rehearsal) *rehearsed {
	lang := page.Lang(c)
	v := &rehearsed{Status: r.Status, Starts: r.Plan.Start, Ends: r.Ends(), Count: len(r.Events), Took: int(r.Took.Milliseconds()), Open: h.waits(c, r.Open)}
	v.Days = int(v.Ends.Sub(v.Starts).Hours()/24) + 1
	for _, one := range r.Clashes {
		shown := clash{Clash: one}
		if one.What != "" {
			shown.What = h.site.Text(lang, "office.action."+one.What)
		}
		if one.Forum != "" {
			shown.URL = page.To(c, "forums", one.Forum)
		}
		v.Clashes = append(v.Clashes, shown)
	}
	for _, e := range r.Events {
		at := e.At.In(page.Seoul)
		if name := at.Format("2006. 1."); len(v.Months) == 0 || v.Months[len(v.Months)-1].Name != name {
			v.Months = append(v.Months, month{Name: name})
		}
		m := &v.Months[len(v.Months)-1]
		if n := len(m.Days); n == 0 || m.Days[n-1].At.In(page.Seoul).Day() != at.Day() {
			m.Days = append(m.Days, rehearsalDay{At: e.At})
		}
		day := &m.Days[len(m.Days)-1]
		day.add(h.rehearsalEvent(c, e))
	}
	v.loads(h, c, r.Loads)
	return v
}

func (h *Handlers) rehearsalEvent(c *gin.Context, e forum.RehearsalEvent) rehearsalEvent {
	lang := page.Lang(c)
	shown := rehearsalEvent{RehearsalEvent: e, Time: e.At.In(page.Seoul).Format("15:04"), Who: h.whomOf(c, e.Whom)}
	switch e.Kind {
	case forum.EventMove:
		shown.What, shown.Tag = h.nounText(lang, e.Noun), true
	case forum.EventMail:
		shown.What = h.wordOr(lang, "office.mail."+e.What, e.What)
	case forum.EventNudge:
		shown.What = h.site.Text(lang, "office.action."+e.What) + ": " + h.site.Text(lang, "office.rehearsal.nudge."+string(e.Nudge))
	default:
		shown.What = h.site.Text(lang, "office.action."+e.What)
	}
	return shown
}

// whomOf says whom an event means.
func (h *Handlers) whomOf(c *gin.Context, w forum.Whom) string {
	if w.Citizens != "" {
		return h.site.Text(page.Lang(c), "office.rehearsal.to."+w.Citizens)
	}
	return h.whom(c, forum.Owed{Official: w.Official, Duty: w.Duty, Department: w.Department})
}

// loads lays out who has how much to do in which week, the busiest first.
func (v *rehearsed) loads(h *Handlers, c *gin.Context, all []forum.Load) {
	rows := map[forum.Whom]int{}
	for _, one := range all {
		if n := len(v.Weeks); n == 0 || !v.Weeks[n-1].Equal(one.Week) {
			v.Weeks = append(v.Weeks, one.Week)
		}
	}
	for _, one := range all {
		i, known := rows[one.Whom]
		if !known {
			i = len(v.Loads)
			rows[one.Whom] = i
			v.Loads = append(v.Loads, load{Whom: h.whomOf(c, one.Whom), Open: make([]int, len(v.Weeks))})
		}
		week := slices.IndexFunc(v.Weeks, func(at time.Time) bool { return at.Equal(one.Week) })
		v.Loads[i].Open[week] = one.Open
		v.Loads[i].Most = max(v.Loads[i].Most, one.Open)
	}
	slices.SortStableFunc(v.Loads, func(a, b load) int { return b.Most - a.Most })
}
