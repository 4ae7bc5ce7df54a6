package page

// BarChart is one series as horizontal bars, as the partial "chart-bars" draws them; or several as shares of 100 %, for the
// partial "chart-stack". Labels and numbers are text of the page, so that they wrap on a phone and grow with the reader's
// text size; only the bars are pictures.
type BarChart struct {
	ID, Title, Sentence string
	Bars                []Bar
	Legend              []LegendEntry
	Table               chartTable
}

// Bar is one label's bar or stack.
type Bar struct {
	Label, Number string
	Parts         []BarPart
}

// BarPart is a piece of a bar, in percent of the room; N picks its colour.
type BarPart struct {
	N            int
	X, W, Middle float64
	Text         string // the share, where it fits inside
	Description  string
}

// LegendEntry names the pieces of a stack, or a line.
type LegendEntry struct {
	N    int
	Name string
	Mark string // a line's marker
}

const (
	kindsOfParts = 5
	roomForShare = 0.16 // of a bar on a phone: "100%" fits
)

// BarChart draws the first series as bars from zero, in the order given.
func (v *View) BarChart(f Figures) BarChart {
	c := BarChart{ID: f.ID, Title: f.Title, Table: v.chartTable(f), Sentence: v.site.text(v.Lang, "chart.empty")}
	if len(f.Series) == 0 {
		return c
	}
	s := f.Series[0]
	top := 0.0
	for i := range f.Labels {
		top = max(top, s.at(i))
	}
	for i, label := range f.Labels {
		c.Bars = append(c.Bars, Bar{Label: label, Number: v.Number(s.at(i)), Parts: []BarPart{{W: max(0, s.at(i)) / max(top, 1) * 100}}})
	}
	if top > 0 {
		c.Sentence = v.barSentence(f, s)
	}
	return c
}

// StackChart draws, for each label, how its whole is shared among the series. The number at the right is that whole: a share
// never stands without its denominator.
func (v *View) StackChart(f Figures) BarChart {
	c := BarChart{ID: f.ID, Title: f.Title, Table: v.chartTable(f), Sentence: v.stackSentence(f)}
	for n, s := range f.Series {
		c.Legend = append(c.Legend, LegendEntry{N: n % kindsOfParts, Name: s.Name})
	}
	for i, label := range f.Labels {
		whole, x := f.whole(i), 0.0
		bar := Bar{Label: label, Number: v.Number(whole)}
		for n, s := range f.Series {
			if s.at(i) <= 0 {
				continue
			}
			share := s.at(i) / whole
			part := BarPart{N: n % kindsOfParts, X: x, W: share * 100, Middle: x + share*50}
			part.Description = s.Name + " " + v.Percent(share) + " (" + v.Number(s.at(i)) + "/" + v.Number(whole) + ")"
			if share >= roomForShare {
				part.Text = v.Percent(share)
			}
			bar.Parts = append(bar.Parts, part)
			x += part.W
		}
		c.Bars = append(c.Bars, bar)
	}
	return c
}

// whole is the sum of all series at a label.
func (f Figures) whole(i int) (sum float64) {
	for _, s := range f.Series {
		sum += max(0, s.at(i))
	}
	return sum
}

func (v *View) barSentence(f Figures, s Series) string {
	most, total := 0, 0.0
	for i := range f.Labels {
		total += s.at(i)
		if s.at(i) > s.at(most) {
			most = i
		}
	}
	return v.site.text(v.Lang, "chart.bar_sentence", "name", s.Name, "total", total, "where", f.Labels[most], "highest", s.at(most))
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
		var part float64
		for i := range f.Labels {
			part += max(0, s.at(i))
		}
		if sentence != "" {
			sentence += " "
		}
		sentence += v.site.text(v.Lang, "chart.stack_sentence", "name", s.Name, "share", v.Percent(part/whole), "part", part, "whole", whole)
	}
	return sentence
}
