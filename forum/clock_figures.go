package forum

import (
	"cmp"
	"slices"
	"time"
)

// EndedClock is a step that is over, done or called off.
type EndedClock struct {
	Kind       Action
	Department string
	Due, Done  time.Time
	Paused     time.Duration // working time given back
}

// ClockFigures are how one kind of step went in a department and a month: how many ended, how many of them in time, and by how
// many working days the others were late.
type ClockFigures struct {
	Month      string // 2026-11, in which they ended
	Department string
	Kind       Action
	Ended      int
	InTime     int
	Median     int // working days late, of the late ones; 0: none was
	P90        int
	Paused     time.Duration
}

// Late is how many ended late.
func (f ClockFigures) Late() int { return f.Ended - f.InTime }

// PausedHours is the working time that pauses gave back, in hours.
func (f ClockFigures) PausedHours() int { return int(f.Paused.Round(time.Hour) / time.Hour) }

// CountClocks counts steps by month, department and kind, the newest month first.
func (c Calendar) CountClocks(ended []EndedClock) []ClockFigures {
	type key struct {
		month, department string
		kind              Action
	}
	figures, late := map[key]*ClockFigures{}, map[key][]int{}
	for _, e := range ended {
		k := key{c.City(e.Done).Format("2006-01"), e.Department, e.Kind}
		f := figures[k]
		if f == nil {
			f = &ClockFigures{Month: k.month, Department: k.department, Kind: k.kind}
			figures[k] = f
		}
		f.Ended++
		f.Paused += e.Paused
		if days := c.LateBy(e.Due, e.Done); days > 0 {
			late[k] = append(late[k], days)
		} else {
			f.InTime++
		}
	}
	all := make([]ClockFigures, 0, len(figures))
	for k, f := range figures {
		f.Median, f.P90 = quantile(late[k], 50), quantile(late[k], 90)
		all = append(all, *f)
	}
	slices.SortFunc(all, func(a, b ClockFigures) int {
		return cmp.Or(cmp.Compare(b.Month, a.Month), cmp.Compare(a.Department, b.Department), cmp.Compare(a.Kind, b.Kind))
	})
	return all
}

// quantile is the smallest value that so many per cent don't exceed; 0 of none.
func quantile(values []int, percent int) int {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[(len(values)*percent+99)/100-1]
}
