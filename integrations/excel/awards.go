package excel

import (
	"cmp"
	"fmt"
	"slices"

	"acropolis/forum"
)

// decided are the awards whose places are final, in their order. What a jury still weighs is nobody else's.
func (b *book) decided() []forum.Award {
	var decided []forum.Award
	for _, a := range b.report.Awards {
		if a.Status != forum.AwardCandidate && a.Status != forum.AwardScored && a.Rank > 0 {
			decided = append(decided, a)
		}
	}
	slices.SortStableFunc(decided, func(x, y forum.Award) int { return cmp.Compare(x.Rank, y.Rank) })
	return decided
}

// places counts prizes and runners-up.
func places(awards []forum.Award) (prizes, standby int) {
	for _, a := range awards {
		if a.Wins() {
			prizes++
		} else {
			standby++
		}
	}
	return prizes, standby
}

// awards lists the best opinions and why they are.
func (b *book) awards(s *sheet) {
	w, awards := b.words, b.decided()
	s.print(paper{landscape: true, repeat: 3})
	top := label
	top.top, top.wrap = true, true
	columns := []column{{w.Place, 9, top}, {w.Number, 14, top}, {w.OpinionTitle, 24, text}, {w.Opinion, 62, text}, {w.Reason, 32, text},
		{w.Winner, 10, top}, {w.StatusIs, 11, top}}
	s.widths(columns)
	s.span(1, 1, 4, w.Sheets.Awards, look{size: 14, bold: true})
	s.put(1, 2, w.AwardNote, note)
	s.heads(3, columns)
	s.freeze(4)
	if len(awards) == 0 {
		s.span(4, 1, len(columns), w.NoAwards, look{align: "center", box: true})
		s.height(4, 30)
	}
	for i, a := range awards {
		place, name := commas(a.Rank), w.NameHidden
		if !a.Wins() {
			place = fmt.Sprintf(w.RunnerUp, commas(a.Rank-forum.Prizes))
		}
		if a.NameShown && masked(a.Pseudonym) != "" {
			name = masked(a.Pseudonym)
		}
		s.line(4+i, columns, nil, place, a.Number, a.Title, a.Text, a.Reason, name, w.AwardStatus[a.Status])
	}
}

// rankingMost is how many places the ranking shows: all opinions, with their votes, are on their own sheet.
const rankingMost = 100

// ranking lists the opinions that people agreed on most.
func (b *book) ranking(s *sheet) {
	w := b.words
	s.print(paper{landscape: true, repeat: 3})
	top := func(l look) look { l.top = true; return l }
	columns := []column{{w.Rank, 8, top(whole.aligned("center"))}, {w.Number, 14, top(label)}, {w.OpinionTitle, 26, text}, {w.Opinion, 70, text},
		{w.For, 9, top(whole)}, {w.Against, 9, top(whole)}, {w.Bound, 12, top(share)}}
	s.widths(columns)
	s.span(1, 1, 4, w.Sheets.Ranking, look{size: 14, bold: true})
	s.put(1, 2, fmt.Sprintf(w.BoundNote, commas(rankingMost)), note)
	s.heads(3, columns)
	s.freeze(4)
	for i, o := range b.report.Best[:min(len(b.report.Best), rankingMost)] {
		s.line(4+i, columns, nil, o.Rank, o.Number, o.Title, o.Text, o.For, o.Against, o.Bound)
	}
}
