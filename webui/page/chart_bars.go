package page

// BarChart is one series as horizontal bars, as the partial "chart-bars" draws them; or several as shares of 100 %, for the
// partial "chart-stack".
type BarChart struct {
	ID, Title, Sentence string
	Width, Height, Left float64
	Bars                []Bar
	Legend              []LegendEntry
	Table               chartTable
}

// Bar is one label's bar or stack.
type Bar struct {
	Y, TextY, NumberX float64
	Label, Number     string
	Parts             []BarPart
}

// BarPart is a piece of a bar; N picks its colour and pattern.
type BarPart struct {
	N           int
	X, W        float64
	Text        string // the share inside the piece, where it fits
	TextX       float64
	Description string
}

// LegendEntry names the pieces of a stack.
type LegendEntry struct {
	N    int
	Name string
	X    float64
}

const (
	barHeight    = 30
	barStep      = 44
	widestLabel  = 250
	legendHeight = 40
	kindsOfParts = 5
)

// BarChart draws the first series as bars from zero, in the order given.
func (v *View) BarChart(f Figures) BarChart {
	c := newBars(f, v)
	if len(f.Series) == 0 {
		c.Sentence = v.site.text(v.Lang, "chart.empty")
		return c
	}
	s := f.Series[0]
	top := 0.0
	for i := range f.Labels {
		top = max(top, s.at(i))
	}
	room := c.Width - c.Left - textWidth(v.Number(top), chartFont) - 24
	for i, label := range f.Labels {
		bar := newBar(i, label, 6)
		bar.Number = v.Number(s.at(i))
		width := s.at(i) / max(top, 1) * room
		bar.Parts = []BarPart{{X: c.Left, W: width}}
		bar.NumberX = c.Left + width + 8
		c.Bars = append(c.Bars, bar)
	}
	c.Sentence = v.barSentence(f, s)
	return c
}

// StackChart draws, for each label, how its whole is shared among the series. The number at the right is that whole: a share
// never stands without its denominator.
func (v *View) StackChart(f Figures) BarChart {
	c := newBars(f, v)
	x := c.Left
	for n, s := range f.Series {
		c.Legend = append(c.Legend, LegendEntry{N: n % kindsOfParts, Name: s.Name, X: x})
		x += textWidth(s.Name, chartFont) + 46
	}
	c.Width = max(c.Width, x)
	c.Height += legendHeight
	widest := 0.0
	for i := range f.Labels {
		widest = max(widest, textWidth(v.Number(f.whole(i)), chartFont))
	}
	room := c.Width - c.Left - widest - 24
	for i, label := range f.Labels {
		bar := newBar(i, label, 6+legendHeight)
		whole, x := f.whole(i), c.Left
		bar.Number, bar.NumberX = v.Number(whole), c.Left+room+10
		for n, s := range f.Series {
			if s.at(i) <= 0 {
				continue
			}
			share := s.at(i) / whole
			part := BarPart{N: n % kindsOfParts, X: x, W: share * room, TextX: x + share*room/2}
			part.Description = label + " " + s.Name + " " + v.Percent(share) + " (" + v.Number(s.at(i)) + "/" + v.Number(whole) + ")"
			if text := v.Percent(share); textWidth(text, chartFont) < part.W-8 {
				part.Text = text
			}
			bar.Parts = append(bar.Parts, part)
			x += part.W
		}
		c.Bars = append(c.Bars, bar)
	}
	c.Sentence = v.stackSentence(f)
	return c
}

func newBars(f Figures, v *View) BarChart {
	c := BarChart{ID: f.ID, Title: f.Title, Width: 720, Height: float64(len(f.Labels))*barStep + 12, Table: v.chartTable(f)}
	for _, label := range f.Labels {
		c.Left = max(c.Left, min(textWidth(label, chartFont), widestLabel)+16)
	}
	return c
}

func newBar(i int, label string, from float64) Bar {
	y := float64(i)*barStep + from
	return Bar{Y: y, TextY: y + 20, Label: fitting(label, chartFont, widestLabel)}
}

// whole is the sum of all series at a label.
func (f Figures) whole(i int) (sum float64) {
	for _, s := range f.Series {
		sum += max(0, s.at(i))
	}
	return sum
}

func (v *View) barSentence(f Figures, s Series) string {
	if len(f.Labels) == 0 || s.total() == 0 {
		return v.site.text(v.Lang, "chart.empty")
	}
	most := 0
	for i := range f.Labels {
		if s.at(i) > s.at(most) {
			most = i
		}
	}
	return v.site.text(v.Lang, "chart.bar_sentence", "name", s.Name, "total", s.total(), "where", f.Labels[most], "highest", s.at(most))
}

func (v *View) stackSentence(f Figures) string {
	var whole float64
	for i := range f.Labels {
		whole += f.whole(i)
	}
	if whole == 0 {
		return v.site.text(v.Lang, "chart.empty")
	}
	sentence := ""
	for _, s := range f.Series {
		if sentence != "" {
			sentence += " "
		}
		sentence += v.site.text(v.Lang, "chart.stack_sentence", "name", s.Name, "share", v.Percent(s.total()/whole), "part", s.total(), "whole", whole)
	}
	return sentence
}
