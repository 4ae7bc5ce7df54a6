package page

import (
	"math"
	"strings"
)

// LineChart is figures over time, as the partial "chart-line" draws them.
type LineChart struct {
	ID, Title, Sentence      string
	Width, Height            float64
	Left, Right, Top, Bottom float64 // of the plot
	Across, Down             []Tick
	Lines                    []Line
	Legend                   []LegendEntry // of several lines, for a phone: their names stand at their ends, where it has to scroll to
	Table                    chartTable
}

// Tick is a mark of an axis.
type Tick struct {
	At    float64
	Label string
}

// Line is one series; N picks its colour, its dash and its marker.
type Line struct {
	N          int
	Name       string
	Points     string
	Marks      []Mark
	EndX, EndY float64
}

// Mark is a point: the outline of its marker, and its tooltip.
type Mark struct {
	Path string
	Text string
}

const (
	chartFont    = 15
	mostMarks    = 60 // more would be a band of dots; the line and the table are there
	kindsOfLines = 4
)

// LineChart draws series by label with the axis from zero.
func (v *View) LineChart(f Figures) LineChart {
	c := LineChart{ID: f.ID, Title: f.Title, Sentence: v.lineSentence(f), Width: 720, Height: 320, Top: 20, Table: v.chartTable(f)}
	top, nameWidth := 0.0, 0.0
	for _, s := range f.Series {
		nameWidth = max(nameWidth, textWidth(s.Name, chartFont))
		for i := range s.Values {
			top = max(top, s.at(i))
		}
	}
	step := niceStep(top, 5)
	top = max(step, math.Ceil(top/step)*step)
	c.Left = textWidth(v.Number(top), chartFont) + 18
	if len(f.Labels) > 0 {
		c.Left = max(c.Left, textWidth(f.Labels[0], chartFont)/2) // it stands in the middle under the first point
	}
	c.Right = c.Width - min(nameWidth, 200) - 26
	c.Bottom = c.Height - 40
	x := func(i int) float64 {
		if len(f.Labels) < 2 {
			return (c.Left + c.Right) / 2
		}
		return c.Left + float64(i)/float64(len(f.Labels)-1)*(c.Right-c.Left)
	}
	y := func(value float64) float64 { return c.Bottom - value/top*(c.Bottom-c.Top) }

	for value := 0.0; value <= top+step/2; value += step {
		c.Across = append(c.Across, Tick{y(value), v.Number(value)})
	}
	c.Down = labelTicks(f.Labels, x, c.Right-c.Left)
	for n, s := range f.Series {
		line := Line{N: n % kindsOfLines, Name: fitting(s.Name, chartFont, 200)}
		var points strings.Builder
		for i, label := range f.Labels {
			atX, atY := x(i), y(s.at(i))
			points.WriteString(coord(atX) + "," + coord(atY) + " ")
			line.EndX, line.EndY = atX+12, atY+5
			if len(f.Labels) <= mostMarks {
				line.Marks = append(line.Marks, Mark{marker(line.N, atX, atY), label + " " + s.Name + " " + v.Number(s.at(i))})
			}
		}
		line.Points = strings.TrimSpace(points.String())
		c.Lines = append(c.Lines, line)
	}
	apart(c.Lines, c.Top, c.Bottom)
	if len(f.Series) > 1 {
		for n, s := range f.Series {
			c.Legend = append(c.Legend, LegendEntry{N: n % kindsOfLines, Name: s.Name, Mark: marker(n%kindsOfLines, 20, 8)})
		}
	}
	return c
}

// marker is the outline of a circle, square, diamond or triangle: series differ without colour, too.
func marker(n int, x, y float64) string {
	at := coord(x) + " " + coord(y)
	switch n {
	case 1:
		return "M" + at + "m-4-4h8v8h-8z"
	case 2:
		return "M" + at + "m0-5.5l5.5 5.5l-5.5 5.5l-5.5-5.5z"
	case 3:
		return "M" + at + "m0-5l5 9h-10z"
	}
	return "M" + at + "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z"
}

// labelTicks keeps as many labels as fit side by side, the first one always.
func labelTicks(labels []string, x func(int) float64, width float64) []Tick {
	widest := 1.0
	for _, label := range labels {
		widest = max(widest, textWidth(label, chartFont)+16)
	}
	every := max(1, int(math.Ceil(float64(len(labels))/max(1, math.Floor(width/widest)))))
	var ticks []Tick
	for i := 0; i < len(labels); i += every {
		ticks = append(ticks, Tick{x(i), labels[i]})
	}
	return ticks
}

// apart keeps the names at the lines' ends from standing on each other.
func apart(lines []Line, top, bottom float64) {
	const room = 20
	for range lines {
		for i := range lines {
			for j := i + 1; j < len(lines); j++ {
				upper, lower := &lines[i], &lines[j]
				if upper.EndY > lower.EndY {
					upper, lower = lower, upper
				}
				if gap := lower.EndY - upper.EndY; gap < room {
					upper.EndY -= (room - gap) / 2
					lower.EndY += (room - gap) / 2
				}
			}
		}
	}
	for i := range lines {
		lines[i].EndY = min(max(lines[i].EndY, top), bottom+5)
	}
}

// lineSentence says in words what the picture shows: per series the total and the highest point.
func (v *View) lineSentence(f Figures) string {
	var parts []string
	for _, s := range f.Series {
		highest, where, total := -1.0, "", 0.0
		for i, label := range f.Labels {
			total += s.at(i)
			if s.at(i) > highest {
				highest, where = s.at(i), label
			}
		}
		if where == "" {
			continue
		}
		parts = append(parts, v.site.text(v.Lang, "chart.line_sentence", "name", s.Name, "total", total, "highest", highest, "where", where))
	}
	if len(parts) == 0 {
		return v.site.text(v.Lang, "chart.empty")
	}
	return strings.Join(parts, " ")
}
