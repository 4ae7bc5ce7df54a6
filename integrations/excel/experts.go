package excel

// experts lists the opinions that the city asked experts for, with the names to whose publication they agreed.
func (b *book) experts(s *sheet) {
	w := b.words
	s.print(paper{landscape: true, repeat: 3})
	top := label
	top.top, top.wrap = true, true
	serial := whole.aligned("center")
	serial.top = true
	columns := []column{{w.Serial, 7, serial}, {w.Expert, 12, top}, {w.Affiliation, 20, top}, {w.Stance, 9, top}, {w.OpinionTitle, 24, text}, {w.Opinion, 80, text}}
	s.widths(columns)
	s.span(1, 1, 4, w.Sheets.Experts, look{size: 14, bold: true})
	s.put(1, 2, w.ExpertNote, note)
	s.heads(3, columns)
	s.freeze(4)
	for i, e := range b.report.Invited {
		s.line(4+i, columns, nil, i+1, e.Name, e.Affiliation, w.Stances[e.Stance], e.Title, e.Body)
	}
}
