package excel

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"acropolis/forum"
	"acropolis/forum/analysis"
)

// The cover stands on a grid of narrow columns, so that boxes of different widths find their places.
const (
	coverColumns   = 14
	coverWidth     = 6.3
	coverPixels    = 686 // of all columns together
	lineHeight     = 17.0
	coverLine      = 110 // narrow characters
	coverChartRows = 11
)

// cover tells it all on one page, the conclusion first.
func (b *book) cover(s *sheet) {
	s.print(paper{onePage: true})
	s.keep(s.file.SetColWidth(s.name, "A", "N", coverWidth))
	no := false
	s.keep(s.file.SetSheetView(s.name, 0, &excelize.ViewOptions{ShowGridLines: &no}))
	s.approvalBox()
	w, r := b.words, b.report
	s.height(3, 10)
	s.span(4, 1, coverColumns, w.reportTitle(r), look{size: 20, bold: true, align: "center"})
	s.height(4, 36)
	title := fmt.Sprintf(w.Quoted, b.title())
	s.span(5, 1, coverColumns, title, look{size: 13, bold: true, align: "center", wrap: true})
	s.height(5, 22*float64(lines(title, 66)))
	s.span(6, 1, coverColumns, b.sender(), look{align: "right", wrap: true})
	s.height(6, lineHeight*float64(lines(b.sender(), coverLine)))

	row := 8
	row = s.bullets(row, w.Summary, b.summary()...)
	row = s.keyFigures(row + 1)
	if b.answered() != nil {
		row = s.byDisposition(row + 1)
	}
	row = s.bullets(row+1, w.Outline, b.outline()...)
	if len(r.Figures.Days) > 0 {
		s.bullets(row+1, w.Trend)
		row += 2
		s.daily(cell(1, row), excelize.Col, w.ChartOpinions, coverPixels, 180, b.opinionsPerDay())
		s.daily(cell(1, row+coverChartRows), excelize.Line, w.ChartHits, coverPixels, 160, b.hitsPerDay())
	}
}

// approvalBox is where the people of the line stamp or sign on paper.
func (s *sheet) approvalBox() {
	w := s.words
	first := coverColumns - 2*len(w.ApprovalSteps) // one column for the word, two for each step
	s.height(1, 20)
	s.height(2, 50)
	s.put(first, 1, w.ApprovalBox, head)
	s.put(first, 2, nil, head)
	s.keep(s.file.MergeCell(s.name, cell(first, 1), cell(first, 2)))
	for i, step := range w.ApprovalSteps {
		from := first + 1 + 2*i
		s.span(1, from, from+1, step, head)
		s.span(2, from, from+1, nil, look{box: true})
	}
}

// sender is the date, and whom to ask.
func (b *book) sender() string {
	w, r := b.words, b.report
	parts := []string{date(w.Lang, r.MadeAt)}
	if b.department() != "" {
		parts = append(parts, b.department())
	}
	if r.Head != "" {
		parts = append(parts, fmt.Sprintf(w.HeadIs, r.Head))
	}
	if r.Officer != "" {
		officer := fmt.Sprintf(w.OfficerIs, r.Officer)
		if r.Phone != "" {
			officer += " (☎ " + r.Phone + ")"
		}
		parts = append(parts, officer)
	}
	return strings.Join(parts, " / ")
}

// bullets writes a heading and its lines, and gives the row after them. A line that begins with - belongs to the one above.
func (s *sheet) bullets(row int, title string, texts ...string) int {
	s.span(row, 1, coverColumns, title, heading)
	s.height(row, 20)
	for _, t := range texts {
		row++
		l, indent := look{wrap: true, indent: 1, align: "left"}, 2
		switch {
		case strings.HasPrefix(t, "-"):
			l.indent, indent = 3, 6
		case strings.HasPrefix(t, "※"):
			l.size = 9
		}
		s.span(row, 1, coverColumns, t, l)
		s.height(row, lineHeight*float64(lines(t, coverLine-indent)))
	}
	return row + 1
}

// summary is the conclusion, each figure with what it is measured by.
func (b *book) summary() []string {
	w, f := b.words, b.report.Figures
	days, votes := len(f.Days), f.VotesFor+f.VotesAgainst
	var told []string
	tell := func(form string, values ...any) { told = append(told, fmt.Sprintf(form, values...)) }

	tell(w.Opinions, commas(f.Opinions), commas(f.Authors))
	daily := analysis.Rate{Numerator: f.Opinions, Denominator: days}
	switch {
	case daily.Measured() && f.Authors > 0:
		each := analysis.Rate{Numerator: f.Opinions, Denominator: f.Authors}
		tell(w.OpinionRates, average(daily), commas(f.Opinions), commas(days), average(each), commas(f.Authors))
	case daily.Measured():
		tell(w.PerDay, average(daily), commas(f.Opinions), commas(days))
	}
	tell(w.Votes, commas(f.Voters), commas(votes))
	if votes > 0 {
		tell(w.VoteShares, commas(f.VotesFor), percent(f.VotesFor, votes), commas(f.VotesAgainst), percent(f.VotesAgainst, votes), commas(votes))
	}
	tell(w.Hits, commas(f.Hits))
	if hits := (analysis.Rate{Numerator: f.Hits, Denominator: days}); hits.Measured() {
		tell(w.HitRate, average(hits), commas(f.Hits), commas(days))
	}
	if prizes, standby := places(b.decided()); prizes > 0 {
		tell(w.Awarded, commas(prizes), commas(standby))
	} else {
		told = append(told, w.NotAwarded)
	}
	if answers := b.answered(); answers != nil {
		told = append(told, fmt.Sprintf(w.Answered, commas(len(answers)))+": "+w.dispositions(answers))
	} else {
		told = append(told, w.NotAnswered)
	}
	return append(told, b.asOf())
}

// asOf says what the figures count, and whether they are final.
func (b *book) asOf() string {
	w, r := b.words, b.report
	if frozen(r) {
		return fmt.Sprintf(w.Frozen, lastMoment(w.Lang, r.Figures.FrozenAt))
	}
	return fmt.Sprintf(w.Interim, dateTime(w.Lang, r.MadeAt))
}

// dispositions lists how many answers have each one; those that no answer has are left out.
func (w *words) dispositions(answers []forum.Paragraph) string {
	var parts []string
	for i, n := range countDispositions(answers) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(w.AnsweredEach, w.Dispositions[forum.Dispositions[i]], commas(n)))
		}
	}
	return strings.Join(parts, ", ")
}

// countDispositions counts in the order of forum.Dispositions.
func countDispositions(answers []forum.Paragraph) []int {
	counts := make([]int, len(forum.Dispositions))
	for i, disposition := range forum.Dispositions {
		for _, answer := range answers {
			if answer.Disposition == disposition {
				counts[i]++
			}
		}
	}
	return counts
}

// outline says which forum it is.
func (b *book) outline() []string {
	w, f := b.words, b.report.Forum
	summary := f.Summary
	if w.Lang == english && f.SummaryEn != "" {
		summary = f.SummaryEn
	}
	var told []string
	if summary != "" {
		told = append(told, fmt.Sprintf(w.Topic, shortened(summary, 160)))
	}
	if f.OpensAt.IsZero() || f.ClosesAt.IsZero() {
		told = append(told, w.NoPeriod)
	} else {
		told = append(told, fmt.Sprintf(w.PeriodIs, dateTime(w.Lang, f.OpensAt), lastMoment(w.Lang, f.ClosesAt), commas(len(b.report.Figures.Days))))
	}
	return append(told, fmt.Sprintf(w.NumberIs, f.Number, w.ForumStatus[f.Status]))
}

// reportTitle tells a final report from an interim one.
func (w *words) reportTitle(r forum.Report) string {
	if frozen(r) {
		return w.Title
	}
	return w.TitleInterim
}

// frozen says whether the figures are final. What is counted of a forum that is still open isn't, whenever it was counted.
func frozen(r forum.Report) bool { return r.Forum.Status.HasClosed() && !r.Figures.FrozenAt.IsZero() }
