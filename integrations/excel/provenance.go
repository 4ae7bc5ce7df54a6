package excel

import "runtime/debug"

// provenance tells where all this comes from, so that it can be checked.
func (b *book) provenance(s *sheet) {
	w, r := b.words, b.report
	s.print(paper{landscape: true, repeat: 3})
	columns := []column{{w.Item, 26, look{bold: true, format: textFormat, box: true, top: true}}, {w.Content, 100, text}}
	s.widths(columns)
	s.span(1, 1, 2, w.Sheets.Provenance, look{size: 14, bold: true})
	s.heads(3, columns)
	frozenAt := w.NotFrozen
	if frozen(r) {
		frozenAt = dateTime(w.Lang, r.Figures.FrozenAt)
	}
	row := 4
	tell := func(item string, content any) {
		s.line(row, columns, nil, item, content)
		row++
	}
	tell(w.Source, r.Source)
	tell(w.MadeAt, dateTime(w.Lang, r.MadeAt))
	tell(w.FrozenAt, frozenAt)
	tell(w.ForumNumber, r.Forum.Number)
	tell(w.ForumID, string(r.Forum.ID))
	tell(w.Scope, w.ScopeIs)
	tell(w.RowsWritten, b.written.rows)
	tell(w.RowsCounted, r.Figures.Opinions)
	if b.written.rows != r.Figures.Opinions {
		tell("※", w.RowsDiffer)
	}
	tell(w.Hash, b.written.hex())
	tell(w.HashIs, w.HashHow)
	tell(w.Version, version())
}

// version is the program's, as the build knows it.
func version() string {
	info, known := debug.ReadBuildInfo()
	if !known {
		return "-"
	}
	told := info.Main.Path + " " + info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			told += " " + s.Value
		}
	}
	return told
}
